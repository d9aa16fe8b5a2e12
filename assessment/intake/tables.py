"""A sheet becomes a typed table of the dictionary; every cell and row that cannot be used is named."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from assessment.instruments.types import Column, Dictionary, Table
from assessment.intake.headers import Headings, match_headings, missing_columns, report_rest
from assessment.intake.sheet import Sheet, trim
from assessment.intake.values import MISSING, NOT_ALLOWED, OK, CellReader, Values, expected, typed_series
from assessment.problems import NOTE, ROW, Problem, nearest

SHOWN = 60


@dataclass(frozen=True)
class Demands:
    """What a table asks of its cells beyond the dictionary.

    limits : column -> lowest and highest number
    words : column -> folded word -> id, for columns that hold ids of an instrument
    decisive : columns that are not compulsory, but an unusable value of which leaves the row out
    may_lack : compulsory columns whose cells may be empty or unusable
    """

    limits: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    decisive: frozenset[str] = frozenset()
    may_lack: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Located:
    """A sheet whose columns are known: the cells of each column of the dictionary that is there."""

    sheet: Sheet
    headings: Headings

    def cells(self, name: str) -> np.ndarray | None:
        """The texts of a column, None where the file lacks it."""
        place = self.headings.places.get(name)
        return None if place is None else self.sheet.columns[place]

    def take(self, keep: np.ndarray) -> Located:
        """Only the rows where keep is true."""
        return Located(self.sheet.take(keep), self.headings)

    def put(self, name: str, cells: np.ndarray) -> Located:
        """With other texts in a column; a column the file lacks is added."""
        place = self.headings.places.get(name)
        if place is None:
            sheet = Sheet(
                self.sheet.table, self.sheet.file, (*self.sheet.heading, name), self.sheet.heading_row,
                (*self.sheet.columns, cells), self.sheet.rows,
            )  # fmt: skip
            places = {**self.headings.places, name: len(sheet.heading) - 1}
            return Located(sheet, Headings(places, self.headings.rest, self.headings.dropped))
        columns = list(self.sheet.columns)
        columns[place] = cells
        sheet = self.sheet
        return Located(
            Sheet(sheet.table, sheet.file, sheet.heading, sheet.heading_row, tuple(columns), sheet.rows), self.headings
        )


def locate(
    sheet: Sheet, table: Table, dictionary: Dictionary, stand_in: Mapping[str, Sequence[Column]]
) -> tuple[Located, list[Problem]]:
    """Finds the table's columns in a sheet.

    stand_in : column -> columns that may be there in its place (personnel number and organisation for person_id)
    """
    columns = [column for column in table.columns if "<" not in column.name]
    headings, problems = match_headings(sheet, columns, dictionary)
    for name, others in stand_in.items():
        if name not in headings.places:
            more, _ = match_headings(sheet, [*columns, *others], dictionary)
            if others[0].name in more.places:
                headings = more
    stood_for = {name for name, others in stand_in.items() if others[0].name in headings.places}
    required = [column for column in columns if column.required and column.name not in stood_for]
    problems += missing_columns(sheet, headings, required, dictionary)
    problems += report_rest(sheet, headings, False, columns, dictionary)
    return Located(sheet, headings), problems


def read_columns(
    located: Located, table: Table, reader: CellReader, demands: Demands | None = None
) -> tuple[pd.DataFrame, list[Problem]]:
    """Every column of the table, typed, indexed by the row numbers of the file; rows that cannot be used are gone."""
    demands = demands or Demands()
    rows = located.sheet.rows
    keep = np.ones(len(rows), dtype=bool)
    understood: dict[str, Values] = {}
    problems: list[Problem] = []
    columns = [column for column in table.columns if "<" not in column.name]
    for column in columns:
        cells = located.cells(column.name)
        if cells is None:
            continue
        values = reader.read(cells, column, demands.limits.get(column.name), demands.words.get(column.name))
        understood[column.name] = values
        decisive = column.required and column.name not in demands.may_lack
        found, lost = _cell_problems(values, cells, rows, table.name, column, decisive, demands)
        problems += found
        keep &= ~lost
    index = pd.Index(rows[keep], name="row")
    data = {}
    for column in columns:
        required = column.required and column.name not in demands.may_lack
        if column.name in understood:
            data[column.name] = typed_series(understood[column.name].values[keep], column.type, index, required)
        else:
            data[column.name] = typed_series([None] * len(index), column.type, index)
    return pd.DataFrame(data, index=index), problems


def _cell_problems(
    values: Values, cells: np.ndarray, rows: np.ndarray, table: str, column: Column, decisive: bool, demands: Demands
) -> tuple[list[Problem], np.ndarray]:
    """Problems of one column, and which rows are lost by them."""
    if not values.state.any():
        return [], np.zeros(len(rows), dtype=bool)
    troubled = values.state > MISSING
    lost = troubled if decisive or column.name in demands.decisive else np.zeros(len(rows), dtype=bool)
    if decisive:
        lost = values.state != OK
    words = demands.words.get(column.name)
    right = expected(column, demands.limits.get(column.name), words)
    problems = []
    for place in np.flatnonzero(troubled | lost):
        shown = "" if column.pii else show(cells[place])
        params: dict[str, Any] = {"expected": right}
        if values.state[place] == MISSING:
            code, params = "value_missing", {}
        elif values.state[place] == NOT_ALLOWED and words is not None:
            near = nearest(shown, dict.fromkeys(words.values()))
            code = ("value_not_listed" if lost[place] else "cell_not_listed") + ("" if near else "_far")
            params = {"nearest": near, "expected": right}
        elif values.state[place] == NOT_ALLOWED:
            code = "value_not_allowed" if lost[place] else "cell_not_allowed"
        else:
            code = "value_unreadable" if lost[place] else "cell_unreadable"
        problems.append(Problem(code, ROW, params, table, int(rows[place]), column.name, shown))
    return problems, lost


def show(text: Any) -> str:
    """A value as a problem shows it: short, on one line, never an e-mail address."""
    text = int(text) if isinstance(text, float) and text.is_integer() else text  # as it stood in the cell
    shown = " ".join(trim(str(text)).split())
    if "@" in shown:
        return ""
    return shown if len(shown) <= SHOWN else shown[: SHOWN - 1] + "…"


def row_problems(
    code: str, table: str, column: str, rows: Iterable[int], values: Iterable[Any] | None = None, **params: Any
) -> list[Problem]:
    """One problem of severity row for each row number."""
    rows = list(rows)
    texts = list(values) if values is not None else [""] * len(rows)
    return [
        Problem(code, ROW, params, table, int(row), column, show(value) if value == value else "")
        for row, value in zip(rows, texts, strict=True)
    ]


def drop_doubles(
    frame: pd.DataFrame, keys: Sequence[str], table: str, column: str = ""
) -> tuple[pd.DataFrame, list[Problem]]:
    """Of rows equal in the keys the first counts; every further one is named with the row of the first."""
    if frame.empty:
        return frame, []
    codes = frame.groupby(list(keys), dropna=False, sort=False).ngroup().to_numpy()
    _, first = np.unique(codes, return_index=True)
    double = np.ones(len(frame), dtype=bool)
    double[first] = False
    if not double.any():
        return frame, []
    rows = frame.index.to_numpy()
    first_row, shown = rows[first], ", ".join(keys)
    problems = [
        Problem(
            "row_double", ROW, {"first": int(first_row[codes[place]]), "keys": shown}, table, int(rows[place]), column
        )
        for place in np.flatnonzero(double)
    ]
    return frame[~double], problems


def drop_where(
    frame: pd.DataFrame, bad: pd.Series, code: str, table: str, column: str, **params: Any
) -> tuple[pd.DataFrame, list[Problem]]:
    """Leaves out the rows where bad is true and names each."""
    if not bad.any():
        return frame, []
    lost = frame[bad]
    values = lost[column] if column in frame else None
    return frame[~bad], row_problems(code, table, column, lost.index, values, **params)


def counted(code: str, n: int, table: str, column: str = "", **params: Any) -> list[Problem]:
    """A note with a count, where there is anything to count."""
    return [Problem(code, NOTE, {"n": n, **params}, table, None, column)] if n else []


def sort_rows(frame: pd.DataFrame, keys: Collection[str]) -> pd.DataFrame:
    """The rows in the order of their keys, so that the order in the file changes nothing later."""
    ordered = frame.sort_values(list(keys), kind="stable", na_position="last") if len(frame) else frame
    return ordered.reset_index(drop=True)
