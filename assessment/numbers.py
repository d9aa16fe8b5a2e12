"""Numbers, shares, intervals and dates as a Russian or an English reader writes them."""

from __future__ import annotations

import datetime as dt
import math
from functools import cache

from babel.dates import format_date, format_datetime
from babel.numbers import NumberPattern, format_decimal, parse_pattern

MINUS, DASH, THIN, NO_BREAK = "\u2212", "\u2013", "\u202f", "\u00a0"
NOTHING = "\u2014"
DAY_PATTERNS = {"ru": ("dd.MM", "dd.MM.yyyy"), "en": ("d MMM", "d MMM yyyy")}


def num(value: float | int | None, language: str, digits: int = 1, *, sign: bool = False) -> str:
    """A number with so many decimals: "1 234,5" (ru, thin space) or "1,234.5" (en); "—" where there is none.

    The minus is U+2212; with ``sign`` a plus is written too. What rounds to nothing carries no sign.
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    rounded = round(float(value), digits)
    written = format_decimal(abs(rounded), format=_pattern(digits), locale=language)
    written = written.replace(NO_BREAK, THIN)
    if rounded < 0:
        return MINUS + written
    return "+" + written if sign and rounded > 0 else written


@cache
def _pattern(digits: int) -> NumberPattern:
    return parse_pattern("#,##0" + ("." + "0" * digits if digits else ""))


def pct(share: float | None, language: str, digits: int = 0) -> str:
    """A share of one as percent: "12 %" with a no-break space (ru), "12%" (en)."""
    written = num(None if share is None else 100 * share, language, digits)
    if written == NOTHING:
        return written
    return f"{written}{NO_BREAK}%" if language == "ru" else f"{written}%"


def interval(low: float, high: float, language: str, digits: int = 1) -> str:
    """Two ends joined by an en dash: "58,1–69,2"."""
    return f"{num(low, language, digits)}{DASH}{num(high, language, digits)}"


def points(standing: float | None, language: str, *, sign: bool = False) -> str:
    """A standing of 0..1 as points of 0..100 with one decimal."""
    return num(None if standing is None else 100 * standing, language, 1, sign=sign)


def t_score(z: float) -> float:
    """A z value (mean 0, deviation 1) on the T scale: 50 is the middle, 10 one deviation."""
    return 50 + 10 * z


def day(date: dt.date | dt.datetime | None, language: str, *, year: bool = False) -> str:
    """A date: "25.11" or "25.11.2026" (ru), "25 Nov" or "25 Nov 2026" (en); "—" where there is none."""
    if date is None or date != date:  # NaT is unequal to itself
        return NOTHING
    return format_date(date, DAY_PATTERNS[language][year], locale=language)


def moment(when: dt.datetime | None, language: str) -> str:
    """A date with hour and minute: "25.11.2026, 14:05"."""
    if when is None or when != when:
        return NOTHING
    return format_datetime(when, DAY_PATTERNS[language][1] + ", HH:mm", locale=language)


def parse_moment(text: str) -> dt.datetime | None:
    """An ISO moment; None where the text is none."""
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None
