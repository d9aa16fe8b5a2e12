"""How the words of a rule are read against a pool: columns, values, numbers, ranges, conditions, people."""

from __future__ import annotations

import difflib
import math
import os.path
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assessment.problems import NOTE, STOP, Problem
from assessment.rules.file import written
from assessment.rules.pool import Columns


@dataclass(frozen=True)
class Condition:
    """What a cell must hold: any of these values of the column, or a number between low and high."""

    column: str
    values: tuple[str, ...] | None = None
    low: float | None = None
    high: float | None = None


def closest(name: str, known: Iterable[str]) -> str:
    """The known name most like the one given, however unlike; empty when nothing is known.

    Among equally like names the longer common beginning counts, then the nearer number (U04: rather U03 than U01).
    """
    wanted = str(name).lower()
    matcher = difflib.SequenceMatcher(b=wanted)

    def likeness(other: str) -> tuple[float, int, float, str]:
        matcher.set_seq1(other.lower())
        beginning = len(os.path.commonprefix([other.lower(), wanted]))
        return matcher.ratio(), beginning, -abs(_digits(other) - _digits(wanted)), other

    return max(map(str, known), key=likeness, default="")


def _digits(name: str) -> int:
    return int("0" + "".join(c for c in name[:30] if c in "0123456789"))


class Reading:
    """One pass over a set of rules: the pool, the place, and every problem found so far."""

    def __init__(self, columns: Columns, table: str, withheld: Collection[str] = ()) -> None:
        self.columns, self.table, self.withheld = columns, table, frozenset(map(str, withheld))
        self.problems: list[Problem] = []

    def fault(self, code: str, path: str, value: Any = "", severity: str = STOP, **params: Any) -> None:
        """Note one problem; `path` is the path of the key."""
        shown = value if isinstance(value, str) else written(value)
        self.problems.append(Problem(code, severity, params, self.table, None, path, shown))

    def column(self, name: Any, rule: str, path: str) -> str:
        """The column's name when the pool has it, else an empty text and a stop."""
        text = written(name)
        if isinstance(name, str) and text in self.columns.names:
            return text
        self.fault("rule_column_unknown", path, name, rule=rule, name=text, nearest=closest(text, self.columns.names))
        return ""

    def numeric(self, name: Any, rule: str, path: str) -> str:
        """The same, and the column must hold numbers."""
        column = self.column(name, rule, path)
        if column and not self.columns.is_numeric(column):
            bad = next((t for t in self.columns.known(column) if math.isnan(float_or_nan(t))), "")
            self.fault("rule_column_no_numbers", path, bad, rule=rule, name=column)
            return ""
        return column

    def number(self, value: Any, rule: str, path: str, whole: bool = False, least: float = 0.0) -> float | None:
        """A finite number not below `least`, else None and a stop."""
        if is_number(value) and value >= least and not (whole and value != int(value)):
            return float(value)
        self.fault("rule_number_bad", path, value, rule=rule, whole=whole)
        return None

    def values(self, column: str, value: Any, rule: str, path: str) -> tuple[str, ...]:
        """The values of the column that a written scalar means; unknown ones are a stop."""
        if value is None or isinstance(value, (dict, list)):
            self.fault("rule_value_bad", path, value, rule=rule, name=column)
            return ()
        found = self.columns.resolve(column, written(value))
        if found is None:
            near = closest(written(value), self.columns.known(column))
            self.fault(
                "rule_value_unknown", path, value, rule=rule, name=written(value), named_column=column, nearest=near
            )
        return found or ()


def is_number(value: Any) -> bool:
    """A finite number; true and false are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def float_or_nan(text: str) -> float:
    """The text as a number or NaN."""
    try:
        return float(text.replace(",", ".", 1))
    except ValueError:
        return math.nan


def exactly(value: Any) -> Fraction:
    """A number as the fraction that was meant: 0.15 is 3/20, and the noise of a computed 0.1 + 0.2 is dropped."""
    return Fraction(str(float(value)) if not isinstance(value, int) else int(value)).limit_denominator(10**6)


def is_word(value: Any) -> bool:
    """A scalar that can name something."""
    return isinstance(value, (str, int, float)) and not isinstance(value, bool) and written(value) != ""


def read_range(
    reading: Reading, value: Any, label: str, path: str, whole: bool, most: float = math.inf
) -> tuple[Fraction | None, Fraction | None]:
    """A pair [lowest, highest], null = open; malformed ones are a stop."""
    pair = list(value) if isinstance(value, (list, tuple)) else []
    good = len(pair) == 2 and all(
        v is None or (is_number(v) and 0 <= v <= most and (not whole or v == int(v))) for v in pair
    )
    if good and None not in pair:
        good = pair[0] <= pair[1]
    if not good:
        reading.fault(
            "rule_range_bad", path, str(value)[:60] if isinstance(value, (list, tuple)) else value, rule=label
        )
        return None, None
    if pair == [None, None]:
        reading.fault("rule_without_limits", path, severity=NOTE, rule=label)
    low, high = (None if v is None else exactly(v) for v in pair)
    return low, high


def read_conditions(reading: Reading, value: Any, label: str, path: str) -> tuple[Condition, ...]:
    """The map of `where` or `every_member`: column -> value, list of values, or {min, max}."""
    if not isinstance(value, Mapping) or not value:
        reading.fault("rule_where_bad", path, value, rule=label)
        return ()
    found = []
    for name, wanted in value.items():
        here = f"{path}.{written(name)}"
        column = reading.column(written(name) if is_word(name) else name, label, here)
        if not column:
            continue
        if isinstance(wanted, Mapping):
            found.append(_between(reading, column, wanted, label, here))
        else:
            listed = wanted if isinstance(wanted, list) else [wanted]
            if not listed:
                reading.fault("rule_value_bad", here, wanted, rule=label, name=column)
            values = [v for w in listed for v in reading.values(column, w, label, here)]
            found.append(Condition(column, tuple(dict.fromkeys(values))))
    return tuple(found)


def _between(reading: Reading, column: str, wanted: Mapping[str, Any], label: str, path: str) -> Condition:
    limits: dict[str, float | None] = {"min": None, "max": None}
    for key, value in wanted.items():
        if key not in limits:
            reading.fault(
                "rule_key_unknown",
                f"{path}.{written(key)}",
                written(key),
                rule=label,
                name=written(key),
                nearest=closest(written(key), limits),
            )
        elif value is not None:
            limits[key] = reading.number(value, label, f"{path}.{key}", least=-math.inf)
    low, high = limits["min"], limits["max"]
    if not wanted or (low is not None and high is not None and low > high):
        reading.fault("rule_range_bad", path, str(dict(wanted))[:60], rule=label)
    reading.numeric(column, label, path)
    return Condition(column, None, low, high)


def read_people(reading: Reading, value: Any, label: str, path: str, least: int = 1) -> tuple[str, ...]:
    """A list of ids of people in the pool; a withheld person is never named in the problem."""
    listed = value if isinstance(value, list) else [value]
    ids = []
    for entry in listed:
        name = written(entry)
        if not is_word(entry):
            reading.fault("rule_value_bad", path, entry, rule=label, name="person_id")
        elif name in reading.withheld:
            reading.fault("rule_person_withheld", path, rule=label)
        elif name in reading.columns.place:
            ids.append(name)
        else:
            near = closest(name, reading.columns.ids)
            reading.fault("rule_person_unknown", path, name, rule=label, name=name, nearest=near)
    ids = list(dict.fromkeys(ids))
    if len(listed) == len(ids) < least:
        reading.fault("rule_people_few", path, severity=NOTE, rule=label)
    return tuple(ids)
