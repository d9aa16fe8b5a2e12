"""The people to choose from: a table read from CSV, and its columns as the rules see them."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from assessment.problems import Problem, nearest, stops

PERSON = "person_id"
BOOLEANS = ("true", "false")


def cell_text(value: Any) -> str:
    """A cell as text: missing is empty, booleans are true/false, whole floats lose their point, lists join by ";"."""
    if value is None or (isinstance(value, float) and math.isnan(value)) or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (list, tuple, set, frozenset)):
        return ";".join(
            cell_text(v) for v in (sorted(value, key=str) if isinstance(value, (set, frozenset)) else value)
        )
    if isinstance(value, (float, np.floating)):
        return str(int(value)) if math.isfinite(value) and float(value).is_integer() else repr(float(value))
    return str(value).strip()


def cell_number(value: Any) -> float:
    """A cell as a number, NaN when it is missing or no number; a decimal comma is understood."""
    if isinstance(value, (bool, np.bool_)):
        return math.nan
    if isinstance(value, (int, float, np.integer, np.floating)):
        return float(value)
    text = cell_text(value).replace("\u2212", "-")
    if "_" in text:
        return math.nan
    try:
        number = float(text.replace(",", ".", 1))
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan


class Columns:
    """The columns of a pool for the people sorted by id: as tokens (lists split at ";") and as numbers.

    Sorting makes every later step independent of the order of rows. `words` are values that make sense in a column
    although nobody in this pool has them (a flag that no one carries today).
    """

    def __init__(self, pool: pd.DataFrame, words: Mapping[str, Collection[str]] | None = None) -> None:
        self.words = words or {}
        frame = pool.set_index(PERSON) if PERSON in pool.columns and pool.index.name != PERSON else pool
        order = sorted(range(len(frame)), key=lambda i: str(frame.index[i]))
        self.frame = frame.iloc[order]
        self.ids: tuple[str, ...] = tuple(str(i) for i in self.frame.index)
        self._tokens: dict[str, list[tuple[str, ...]]] = {}
        self._numbers: dict[str, np.ndarray] = {}

    @cached_property
    def place(self) -> dict[str, int]:
        """Id -> position among the sorted people."""
        return {person: i for i, person in enumerate(self.ids)}

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        return [str(c) for c in self.frame.columns]

    def tokens(self, column: str) -> list[tuple[str, ...]]:
        """For each person the values in the cell, without repetitions; an empty tuple where the cell is empty."""
        if column not in self._tokens:
            cells = (cell_text(v) for v in self.frame[column])
            self._tokens[column] = [tuple(dict.fromkeys(t for t in map(str.strip, c.split(";")) if t)) for c in cells]
        return self._tokens[column]

    def known(self, column: str) -> list[str]:
        """Every value that occurs in the column, sorted."""
        return sorted({t for cell in self.tokens(column) for t in cell})

    def numbers(self, column: str) -> np.ndarray:
        """The column as numbers, NaN where the cell is missing or no number."""
        if column not in self._numbers:
            self._numbers[column] = np.array([cell_number(v) for v in self.frame[column]], dtype=float)
        return self._numbers[column]

    def is_numeric(self, column: str) -> bool:
        """Whether every cell that is not empty holds one number, and at least one does."""
        filled = np.array([bool(t) for t in self.tokens(column)])
        return bool(filled.any()) and not np.isnan(self.numbers(column)[filled]).any()

    def is_boolean(self, column: str) -> bool:
        """Whether the column holds nothing but true and false."""
        known = self.known(column)
        return bool(known) and all(t.lower() in BOOLEANS for t in known)

    def resolve(self, column: str, value: str) -> tuple[str, ...] | None:
        """The values of the column that a written value means; None when it occurs nowhere.

        An exact match counts first, so 01 and 1 stay apart; true and false match in any case; a number matches an
        equal number of a numeric column (1990 and 1990.0).
        """
        known = self.known(column)
        if value in known or value in self.words.get(column, ()):
            return (value,)
        if value.lower() in BOOLEANS and self.is_boolean(column):
            return tuple(t for t in known if t.lower() == value.lower())
        number = cell_number(value)
        if not math.isnan(number) and self.is_numeric(column):
            return tuple(t for t in known if cell_number(t) == number) or None
        return None

    def having(self, column: str, values: Iterable[str]) -> np.ndarray:
        """Mask of the people whose cell contains any of the values."""
        wanted = set(values)
        return np.array([not wanted.isdisjoint(cell) for cell in self.tokens(column)], dtype=bool)


def read_pool(path: Path | str) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Read POOL.csv: UTF-8 with or without a byte order mark, comma, semicolon or tab.

    Returns a table of text (NaN = empty cell) with index person_id in the order of the file, or None with the stops.
    The table remembers its name and the rows of the file in `attrs` ("table", "rows").
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        return None, [
            Problem("pool_unreadable", table=path.name, params={"why": error.strerror or type(error).__name__})
        ]
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return None, [Problem("pool_not_utf8", table=path.name, row=line)]
    try:
        numbered = _lines(text)
    except csv.Error as error:
        return None, [Problem("pool_unreadable", table=path.name, params={"why": str(error)})]
    if len(numbered) < 2:
        return None, [Problem("pool_empty", table=path.name)]
    return _table(numbered, path.name)


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """The lines that hold anything, each with its number as Excel counts rows (blank rows count)."""
    heading = text.lstrip("\r\n").splitlines()[:1] or [""]
    delimiter = max(",;\t", key=lambda mark: (len(next(csv.reader([heading[0]], delimiter=mark), [])), mark == ","))
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    return [(n, row) for n, row in enumerate(rows, start=1) if any(cell.strip() for cell in row)]


def _table(numbered: list[tuple[int, list[str]]], name: str) -> tuple[pd.DataFrame | None, list[Problem]]:
    headings = [cell.strip() for cell in numbered[0][1]]
    problems = _heading_problems(headings, name)
    if problems:
        return None, problems
    keep = [i for i, heading in enumerate(headings) if heading]
    problems = _row_problems(numbered[1:], headings, name)
    if stops(problems):
        return None, problems
    cells = [[(row[i].strip() if i < len(row) else "") or None for i in keep] for _, row in numbered[1:]]
    table = pd.DataFrame(cells, columns=[headings[i] for i in keep], dtype=object).set_index(PERSON)
    table.attrs = {"table": name, "rows": {row[headings.index(PERSON)].strip(): n for n, row in numbered[1:]}}
    return table, problems


def _heading_problems(headings: list[str], name: str) -> list[Problem]:
    found = [
        Problem("pool_heading_twice", table=name, row=1, column=heading, value=heading)
        for heading, n in Counter(headings).items()
        if n > 1 and heading
    ]
    if PERSON not in headings:
        near = nearest(PERSON, headings) or ", ".join(h for h in headings if h)[:80]
        found.append(Problem("pool_no_person_id", table=name, row=1, column=PERSON, params={"nearest": near}))
    return found


def _row_problems(rows: list[tuple[int, list[str]]], headings: list[str], name: str) -> list[Problem]:
    found: list[Problem] = []
    seen: dict[str, int] = {}
    at = headings.index(PERSON)
    for n, row in rows:
        person = row[at].strip() if at < len(row) else ""
        beyond = [cell for i, cell in enumerate(row) if cell.strip() and (i >= len(headings) or not headings[i])]
        if beyond:
            found.append(Problem("pool_row_too_long", table=name, row=n, value=beyond[0].strip()))
        if not person:
            found.append(Problem("pool_id_empty", table=name, row=n, column=PERSON))
        elif person in seen:
            params = {"person": person, "first": seen[person]}
            found.append(Problem("pool_id_twice", table=name, row=n, column=PERSON, value=person, params=params))
        else:
            seen[person] = n
    return found
