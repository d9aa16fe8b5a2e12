"""The survey as the engine keeps it: raw answers, one row a person, whichever file they came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from assessment.instruments.types import Battery, Instruments
from assessment.intake.answers import AnswerReader
from assessment.intake.tables import row_problems, show
from assessment.intake.values import MISSING, NOT_ALLOWED, CellReader, typed_series
from assessment.problems import NOTE, ROW, Problem

META = {"started_at": "datetime", "submitted_at": "datetime", "language": "enum", "duration_s": "float"}


@dataclass(frozen=True)
class Survey:
    """Raw answers, index person_id in every table: the columns are those Campaign describes."""

    answers: pd.DataFrame
    situations: pd.DataFrame
    conditions: pd.DataFrame
    seconds: pd.DataFrame
    submissions: pd.DataFrame


@dataclass
class Collected:
    """Answers while a file is read: question -> one value a row (None = missing), and seconds likewise."""

    rows: np.ndarray
    values: dict[str, np.ndarray] = field(default_factory=dict)
    seconds: dict[str, np.ndarray] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def collect(found: Collected, name: str, cells: np.ndarray, reader: AnswerReader, table: str, column: str) -> None:
    """Adds the answers to one question; an unusable cell is missing, and named."""
    values, states = reader.read(name, cells)
    for place in np.flatnonzero(states > MISSING):
        code = "answer_off_scale" if states[place] == NOT_ALLOWED else "answer_unreadable"
        params = {"expected": reader.expected(name)}
        row = int(found.rows[place])
        found.problems.append(Problem(code, ROW, params, table, row, column, show(cells[place])))
    if name in reader.conditions:
        values = _within_maximum(found, name, values, reader, table, column)
    found.values[name] = values


def _within_maximum(
    found: Collected, name: str, values: np.ndarray, reader: AnswerReader, table: str, column: str
) -> np.ndarray:
    """Of more wishes than are asked for the first count."""
    values = values.copy()
    for place, value in enumerate(values):
        allowed = reader.beyond_most(name, value) if value is not None else ""
        if allowed:
            params = {"kept": allowed}
            found.problems.append(
                Problem("too_many_options", ROW, params, table, int(found.rows[place]), column, show(value))
            )
            values[place] = allowed
    return values


def check_situations(found: Collected, battery: Battery, table: str) -> None:
    """The same action cannot be the most and the least likely one: both are missing then."""
    for name in battery.situations:
        most, least = found.values.get(f"{name}_most"), found.values.get(f"{name}_least")
        if most is None or least is None:
            continue
        same = np.array([a is not None and a == b for a, b in zip(most, least, strict=True)], dtype=bool)
        found.problems += row_problems("most_is_least", table, f"{name}_most", found.rows[same], most[same])
        for which, chosen in (("most", most), ("least", least)):
            chosen = chosen.copy()
            chosen[same] = None
            found.values[f"{name}_{which}"] = chosen


def build_survey(found: Collected, people: Sequence[str], reader: AnswerReader, meta: pd.DataFrame) -> Survey:
    """The five tables from what was collected; every question of the battery has a column."""
    battery = reader.battery
    index = pd.Index(list(people), name="person_id", dtype="str")
    order = np.argsort(np.asarray(people, dtype=object), kind="stable") if len(index) else np.empty(0, dtype=int)
    nothing = np.full(len(index), None, dtype=object)

    def table(names: Sequence[str], kind: str, values: Mapping[str, np.ndarray]) -> pd.DataFrame:
        data = {name: typed_series(values.get(name, nothing), kind, index) for name in names}
        return pd.DataFrame(data, index=index).iloc[order]

    chosen = [f"{name}_{which}" for name in battery.situations for which in ("most", "least")]
    answers = {name: found.values.get(name, nothing) for name in battery.ordinal_ids}
    block = np.array([np.asarray(column, dtype=float) for column in answers.values()], dtype=float)
    frame = pd.DataFrame(block.T.reshape(len(index), len(answers)), index=index, columns=list(answers)).iloc[order]
    return Survey(
        answers=frame,
        situations=table(chosen, "str", found.values),
        conditions=table(list(battery.conditions), "str", found.values),
        seconds=table([name for name in battery.ordinal_ids if name in found.seconds], "float", found.seconds),
        submissions=meta.set_axis(index, axis=0).iloc[order],
    )


def no_survey(instruments: Instruments) -> Survey:
    """Tables of answers nobody gave."""
    reader = AnswerReader(instruments, CellReader(instruments.dictionary))
    return build_survey(Collected(np.empty(0, dtype=np.int64)), [], reader, pd.DataFrame(index=range(0)))


def join_surveys(wide: Survey, long: Survey) -> Survey:
    """People of a wide and of a long file together; nobody stands in both."""

    def both(name: str) -> pd.DataFrame:
        parts: list[pd.DataFrame] = [getattr(wide, name), getattr(long, name)]
        return pd.concat([part for part in parts if len(part)] or parts[:1]).sort_index()

    return Survey(*(both(name) for name in ("answers", "situations", "conditions", "seconds", "submissions")))


def note(code: str, table: str, row: int | None = None, column: str = "", **params: Any) -> Problem:
    """A note about a whole table or column."""
    return Problem(code, NOTE, params, table, row, column)
