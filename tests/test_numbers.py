"""Numbers, shares, intervals and dates as a Russian or an English reader writes them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment import numbers


@pytest.mark.parametrize(
    ("value", "digits", "ru", "en"),
    [
        (84.0, 1, "84,0", "84.0"),
        (1234567.25, 1, "1\u202f234\u202f567,2", "1,234,567.2"),
        (-0.37, 1, "\u22120,4", "\u22120.4"),
        (-0.02, 1, "0,0", "0.0"),
        (600, 0, "600", "600"),
        (float("nan"), 1, "—", "—"),
        (None, 1, "—", "—"),
    ],
)
def test_a_number_in_both_languages(value, digits, ru, en):
    assert numbers.num(value, "ru", digits) == ru
    assert numbers.num(value, "en", digits) == en


def test_a_plus_is_written_where_asked_for_and_never_before_nothing():
    assert numbers.num(7.6, "ru", sign=True) == "+7,6"
    assert numbers.num(0.0, "ru", sign=True) == "0,0"


def test_a_share_has_a_no_break_space_in_russian_and_none_in_english():
    assert numbers.pct(0.12, "ru") == "12\u00a0%"
    assert numbers.pct(0.12, "en") == "12%"


def test_an_interval_is_joined_by_an_en_dash():
    assert numbers.interval(58.1, 69.2, "ru") == "58,1–69,2"


def test_a_standing_is_told_in_points_of_a_hundred():
    assert numbers.points(0.6256, "ru") == "62,6"


def test_dates_are_short_unless_the_year_is_asked_for():
    date = dt.date(2026, 11, 25)
    assert (numbers.day(date, "ru"), numbers.day(date, "en")) == ("25.11", "25 Nov")
    assert (numbers.day(date, "ru", year=True), numbers.day(date, "en", year=True)) == ("25.11.2026", "25 Nov 2026")
    assert numbers.day(None, "ru") == "—"


def test_a_moment_that_is_none_is_not_invented():
    assert numbers.parse_moment("yesterday") is None
    assert numbers.moment(numbers.parse_moment("2026-11-25T14:05:00+00:00"), "ru") == "25.11.2026, 14:05"


@given(st.floats(-1e9, 1e9), st.integers(0, 3))
def test_a_written_number_reads_back_as_itself(value, digits):
    text = numbers.num(value, "ru", digits).replace("\u202f", "").replace(",", ".").replace("\u2212", "-")
    assert float(text) == pytest.approx(round(value, digits), abs=10**-digits / 2 + 1e-9)
