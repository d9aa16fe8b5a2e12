"""What a cell's text means: numbers, days, truth values, words of a list, and what counts as missing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from assessment.instruments.types import Column, Dictionary
from assessment.intake.sheet import trim
from assessment.intake.workbook_cells import serial_text

OK, MISSING, UNREADABLE, NOT_ALLOWED = 0, 1, 2, 3
NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?(e[+-]?[0-9]{1,3})?", re.IGNORECASE)
PLAIN = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?")
GROUPED = re.compile(r"[+-]?[0-9]{1,3}([ '][0-9]{3})+([.,][0-9]+)?")
BOTH_MARKS = re.compile(r"[+-]?([0-9]{1,3}(\.[0-9]{3})+,[0-9]+|[0-9]{1,3}(,[0-9]{3})+\.[0-9]+)")
NARROW = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2212": "-", "\u2013": "-"})
DAY_FIRST = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})(?:\s*г\.?)?")
YEAR_FIRST = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
CLOCK = re.compile(
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]+)?)?\s*(am|pm)?\s*(?:z|utc|gmt|msk)?\s*([+-][0-9:]{1,5})?",
    re.IGNORECASE,
)
SERIAL = re.compile(r"[0-9]{5}([.,][0-9]+)?")
EXCEL_FAULTS = frozenset(("#ref!", "#div/0!", "#value!", "#name?", "#num!", "#null!", "#ссылка!", "#дел/0!", "#знач!",
                          "#имя?", "#число!", "#пусто!"))  # fmt: skip
YEARS = (1900, 2100)
EXAMPLES = {
    "int": "4", "float": "12,5", "date": "31.12.2026", "datetime": "31.12.2026 14:05", "bool": "да / нет, 1 / 0",
}  # fmt: skip


@dataclass(frozen=True)
class Values:
    """A column understood: one value a row (None unless OK) and the state of each cell."""

    values: np.ndarray
    state: np.ndarray

    def series(self, kind: str, rows: np.ndarray, required: bool = False) -> pd.Series:
        """The column typed: text and codes as str, numbers as float (int where compulsory), days as datetime, truth
        values as bool (nullable where they may be missing)."""
        return typed_series(self.values, kind, pd.Index(rows), required)


def typed_series(values: Any, kind: str, index: pd.Index, required: bool = False) -> pd.Series:
    """Values (None = missing) as a Series of the type a column of the dictionary has."""
    if kind == "int" and required:
        return pd.Series(np.asarray(values, dtype=float), index=index).astype("int64")
    if kind in ("int", "float"):
        return pd.Series(np.asarray(values, dtype=float), index=index)
    if kind in ("date", "datetime"):
        return pd.Series(pd.to_datetime(pd.Series(values, dtype=object).tolist()), index=index, dtype="datetime64[us]")
    if kind == "bool":
        return pd.Series(list(values), index=index, dtype="bool" if required else "boolean")
    return pd.Series(values, index=index, dtype="str")


Reader = Callable[[str], Any]


class CellReader:
    """Understands cells by the dictionary's words for true, false and missing."""

    def __init__(self, dictionary: Dictionary) -> None:
        self.missing = frozenset(fold_value(word) for word in dictionary.missing_values) | {""}
        words = {word: name == "true" for name, listed in dictionary.bool_values.items() for word in (name, *listed)}
        self.truth = {fold_value(word): truth for word, truth in words.items()}

    def is_missing(self, text: str) -> bool:
        """Whether a trimmed text stands for nothing."""
        return text == "" or fold_value(text) in self.missing

    def read(
        self,
        cells: np.ndarray,
        column: Column,
        limits: tuple[float, float] | None = None,
        words: Mapping[str, str] | None = None,
    ) -> Values:
        """Every cell of a column; each different text is understood once.

        Parameters
        ----------
        limits : lowest and highest number allowed ; words : folded word -> id, where the column holds ids of a list
        """
        reader = self._reader(column, words)
        allowed = frozenset(column.values) if column.type == "int" else frozenset()
        codes, texts = pd.factorize(cells)
        values = np.empty(len(texts), dtype=object)
        states = np.zeros(len(texts), dtype=np.int8)
        for i, raw in enumerate(texts):
            values[i], states[i] = self._cell(trim(raw), reader, column.type, limits, allowed)
        return Values(values[codes], states[codes])

    def _cell(
        self, text: str, reader: Reader, kind: str, limits: tuple[float, float] | None, allowed: frozenset[Any]
    ) -> tuple[Any, int]:
        if kind == "bool" and fold_value(text) in self.truth and text:
            return self.truth[fold_value(text)], OK
        if self.is_missing(text):
            return None, MISSING
        if fold_value(text) in EXCEL_FAULTS:
            return None, UNREADABLE
        value = reader(text)
        if value is None:
            return None, UNREADABLE
        outside = limits is not None and value is not NOT_LISTED and not limits[0] <= value <= limits[1]
        if value is NOT_LISTED or outside or (allowed and value not in allowed):
            return None, NOT_ALLOWED
        return value, OK

    def _reader(self, column: Column, words: Mapping[str, str] | None) -> Reader:
        if words is not None:
            if column.type == "list":
                return lambda text: _listed(text, words)
            return lambda text: words.get(fold_value(text), NOT_LISTED)
        if column.type == "enum":
            choices = enum_words(column)
            return lambda text: choices.get(fold_value(text), NOT_LISTED)
        if column.name == "birth_year":
            return birth_year
        if column.name.endswith("_pct"):
            return lambda text: number(text.rstrip("% "))
        return READERS[column.type]


NOT_LISTED = object()


def fold_value(text: str) -> str:
    """A word as it is compared: lower case, yo as e, no dots at its end, one kind of dash, single blanks."""
    if text.isdigit():
        return text
    folded = " ".join(text.casefold().replace("ё", "е").split())
    return folded.replace("–", "-").replace("—", "-").rstrip(".") or folded


def enum_words(column: Column) -> dict[str, str]:
    """Every word a list's column is known by -> its value."""
    found = {fold_value(str(value)): str(value) for value in column.values}
    for value, words in column.value_aliases.items():
        for word in words:
            found.setdefault(fold_value(word), value)
    return found


def number(text: str) -> float | None:
    """A number with decimal comma or point and blanks between thousands; None where it is none."""
    if PLAIN.fullmatch(text):
        return float(text)
    text = trim(text.translate(NARROW))
    if GROUPED.fullmatch(text):
        text = text.replace(" ", "").replace("'", "")
    elif BOTH_MARKS.fullmatch(text):
        text = text.replace(".", "") if text.rindex(",") > text.rindex(".") else text.replace(",", "")
    if not NUMBER.fullmatch(text):
        return None
    value = float(text.replace(",", "."))
    return value if abs(value) < 1e300 else None


def whole(text: str) -> int | None:
    """A whole number; 4, 4.0 and 4,0 are the same, 4,5 is none."""
    value = number(text)
    return int(value) if value is not None and value == int(value) else None


def share(text: str) -> float | None:
    """A share; with a per cent sign it is divided by 100."""
    if text.rstrip().endswith("%"):
        value = number(text.rstrip("% "))
        return None if value is None else value / 100
    return number(text)


def moment(text: str) -> datetime | None:
    """A day with or without a time: DD.MM.YYYY, YYYY-MM-DD, Excel's day number; None where no such day exists."""
    text = trim(text.translate(NARROW))
    if SERIAL.fullmatch(text):
        text = serial_text(text.replace(",", "."))
    day, clock = _split_moment(text)
    found = DAY_FIRST.fullmatch(day)
    year_first = YEAR_FIRST.fullmatch(day)
    if found:
        parts = (int(found[3]), int(found[2]), int(found[1]))
    elif year_first:
        parts = (int(year_first[1]), int(year_first[2]), int(year_first[3]))
    else:
        return None
    hours = _clock(clock)
    if hours is None or not YEARS[0] <= parts[0] <= YEARS[1]:
        return None
    try:
        return datetime(*parts, *hours)
    except ValueError:
        return None


def _split_moment(text: str) -> tuple[str, str]:
    found = re.match(r"([0-9./-]+(?:\s*г\.?(?!\w))?)(?:,?\s+|[Tt])?(.*)", text, re.DOTALL)
    return (found[1].strip(), found[2].strip()) if found else (text, "")


def _clock(text: str) -> tuple[int, int, int] | None:
    """Hours, minutes, seconds; the offset from Greenwich is left aside: times are read as the clock on the wall."""
    if not text:
        return (0, 0, 0)
    found = CLOCK.fullmatch(text)
    if not found:
        return None
    hours, half = int(found[1]), (found[4] or "").lower()
    if half:
        hours = hours % 12 + (12 if half == "pm" else 0)
    return hours, int(found[2]), int(found[3] or 0)


def day(text: str) -> datetime | None:
    """A day; a time beside it is left aside."""
    found = moment(text)
    return found.replace(hour=0, minute=0, second=0) if found else None


def birth_year(text: str) -> int | None:
    """A year, or the year of a date of birth."""
    value = whole(text)
    if value is not None and YEARS[0] <= value <= YEARS[1]:
        return value
    found = moment(text)
    return found.year if found else None


def listed(text: str) -> str:
    """Several values in one cell, separated by ";", without blanks and repetitions."""
    return ";".join(dict.fromkeys(part for part in map(trim, text.split(";")) if part))


def _listed(text: str, words: Mapping[str, str]) -> Any:
    parts = [trim(part) for part in re.split(r"[;,]", text) if trim(part)]
    found = [words.get(fold_value(part)) for part in parts]
    if not found or None in found:
        return NOT_LISTED
    return ";".join(dict.fromkeys(str(name) for name in found))


READERS: dict[str, Reader] = {
    "str": str, "int": whole, "float": share, "date": day, "datetime": moment, "list": listed,
    "bool": lambda text: None,
}  # fmt: skip


def expected(column: Column, limits: tuple[float, float] | None, words: Mapping[str, str] | None) -> str:
    """What would have been right, as a short example that needs no language."""
    if words is not None:
        return ", ".join(dict.fromkeys(words.values()))
    if column.values:
        return ", ".join(map(str, column.values))
    if limits:
        return f"{limits[0]:g}–{limits[1]:g}"
    return EXAMPLES.get(column.type, "")
