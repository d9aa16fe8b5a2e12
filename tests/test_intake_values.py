"""What a cell's text means."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fixture_folder import INSTRUMENTS, found, one, read
from hypothesis import given
from hypothesis import strategies as st

from assessment.instruments.types import Column
from assessment.intake.values import MISSING, NOT_ALLOWED, OK, UNREADABLE, CellReader, birth_year, moment, number, whole

assert INSTRUMENTS is not None
READER = CellReader(INSTRUMENTS.dictionary)


def understood(text: str, kind: str, **more: Any) -> tuple[Any, int]:
    values = READER.read(np.array([text], dtype=object), Column("c", kind, **more))
    return values.values[0], int(values.state[0])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0,5", 0.5), ("0.5", 0.5), ("1 234,5", 1234.5), ("1\u00a0234", 1234.0), ("1.234,56", 1234.56),
        ("1,234.56", 1234.56), ("−3", -3.0), ("1e-05", 1e-05), ("007", 7.0), ("4 5", None), ("12 34", None),
        ("nan", None),
        ("inf", None), ("٣", None), ("4.", None), ("1_000", None), ("12x", None), ("--1", None),
    ],
)  # fmt: skip
def test_numbers(text: str, value: float | None) -> None:
    assert number(text) == value


@pytest.mark.parametrize(("text", "value"), [("4", 4), ("4,0", 4), ("4.0", 4), ("4,5", None), ("four", None)])
def test_whole_numbers(text: str, value: int | None) -> None:
    assert whole(text) == value


@given(st.floats(-1e6, 1e6).map(lambda x: round(x, 3)))
def test_a_decimal_comma_is_a_decimal_point(value: float) -> None:
    assert number(f"{value:.3f}".replace(".", ",")) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("31.12.2026", datetime(2026, 12, 31)), ("1.3.2026", datetime(2026, 3, 1)),
        ("2026-03-12", datetime(2026, 3, 12)),
        ("12.03.2026 г.", datetime(2026, 3, 12)), ("12.03.2026 09:05", datetime(2026, 3, 12, 9, 5)),
        ("2026-03-12T09:05:07Z", datetime(2026, 3, 12, 9, 5, 7)),
        ("2026-03-12 09:05:07.250+03:00", datetime(2026, 3, 12, 9, 5, 7)),
        ("2026/03/12 10:15:00 PM GMT+3", datetime(2026, 3, 12, 22, 15)), ("45000", datetime(2023, 3, 15)),
        ("45000,5", datetime(2023, 3, 15, 12)), ("29.02.2024", datetime(2024, 2, 29)), ("29.02.2026", None),
        ("31.02.2026", None), ("12.03.26", None), ("32.01.2026", None), ("2026-13-01", None),
        ("12.03.2026 25:00", None),
        ("12.03.0026", None), ("yesterday", None), ("5", None), ("2026", None),
    ],
)  # fmt: skip
def test_days_and_times(text: str, value: datetime | None) -> None:
    assert moment(text) == value


@given(st.datetimes(datetime(1930, 1, 1), datetime(2090, 1, 1)))
def test_every_day_is_read_alike_in_every_form(value: datetime) -> None:
    value = value.replace(microsecond=0)
    day = value.replace(hour=0, minute=0, second=0)
    assert moment(value.strftime("%Y-%m-%d %H:%M:%S")) == value
    assert moment(f"{value.day:02d}.{value.month:02d}.{value.year}") == day
    assert moment(str((day - datetime(1899, 12, 30)).days)) == day


def test_a_year_of_birth_may_be_a_date() -> None:
    assert [birth_year(t) for t in ("1985", "12.05.1985", "1985-05-12", "31179", "1985.0", "85", "1066")] == [
        1985, 1985, 1985, 1985, 1985, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["", " ", "-", "—", "н/д", "нет данных", "NA", "n/a", "NULL", "#Н/Д", "\u00a0", "\ufeff"]
)
def test_words_for_nothing(text: str) -> None:
    assert understood(text, "str") == (None, MISSING)
    assert understood(text, "float") == (None, MISSING)


@pytest.mark.parametrize(
    ("text", "value"), [("да", True), ("ИСТИНА", True), ("+", True), ("1", True), ("нет", False), ("-", False)]
)
def test_words_for_true_and_false(text: str, value: bool) -> None:
    assert understood(text, "bool") == (value, OK)


def test_a_word_that_is_neither_true_nor_false_is_unreadable() -> None:
    assert understood("может быть", "bool") == (None, UNREADABLE)


@pytest.mark.parametrize("kind", ["str", "int", "float", "date"])
def test_a_fault_of_a_formula_is_unreadable(kind: str) -> None:
    assert understood("#ССЫЛКА!", kind) == (None, UNREADABLE)
    assert understood("#REF!", kind) == (None, UNREADABLE)


def test_words_of_a_list_are_known_by_their_aliases() -> None:
    options: dict[str, Any] = {"values": ("f", "m"), "value_aliases": {"f": ("ж", "жен"), "m": ("м",)}}
    assert understood("Ж", "enum", **options) == ("f", OK)
    assert understood(" жен. ", "enum", **options) == ("f", OK)
    assert understood("x", "enum", **options) == (None, NOT_ALLOWED)


def test_ids_stay_as_they_stand() -> None:
    for text in ("00123", "1234567890123456", "0000-00123", "1e5", "П-7"):
        assert understood(text, "str") == (text, OK)


def change(column: str, value: str) -> Any:
    return lambda tables: tables["staff"][2].update({column: value})


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("rate", "половина", "cell_unreadable"), ("birth_year", "давно", "cell_unreadable"),
        ("hire_date", "31.02.2020", "cell_unreadable"), ("gender", "x", "cell_not_allowed"),
        ("org_type", "завод", "cell_not_allowed"),
    ],
)  # fmt: skip
def test_an_unusable_optional_cell_is_left_out_alone(tmp_path: Path, column: str, value: str, code: str) -> None:
    intake = read(tmp_path, change(column, value))
    assert one(intake, code) == ("row", "staff", 4, column, value)
    assert intake.campaign is not None
    assert "P003" in intake.campaign.staff.index
    assert intake.campaign.staff[column].isna().loc["P003"]


def test_an_unusable_compulsory_cell_costs_the_row(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda tables: tables["attendance"][1].update(present_share="почти всё"))
    assert one(intake, "value_unreadable") == ("row", "attendance", 3, "present_share", "почти всё")
    assert found(intake, "value_unreadable")[0].params["expected"]
    assert intake.campaign is not None
    assert "P002" not in set(intake.campaign.attendance["person_id"])


def test_an_empty_compulsory_cell_costs_the_row(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda tables: tables["observations"][0].update(group_id="н/д"))
    assert one(intake, "value_missing") == ("row", "observations", 2, "group_id", "н/д")


def test_a_decision_on_an_impossible_day_is_left_out(tmp_path: Path) -> None:
    row = {"person_id": "P001", "stage": "team", "proposed_by_model": "да", "decision": "in", "reason": "r",
           "decided_by": "D",
           "decided_at": "31.02.2026"}  # fmt: skip
    intake = read(tmp_path, lambda tables: tables.update(decisions=[row]))
    assert one(intake, "value_unreadable") == ("row", "decisions", 2, "decided_at", "31.02.2026")


def test_shares_in_per_cent_are_understood(tmp_path: Path) -> None:
    def percent(tables: dict[str, Any]) -> None:
        for row, share in zip(tables["attendance"], ("100", "80", "50,5", "0", "25"), strict=True):
            row["present_share"] = share

    intake = read(tmp_path, percent)
    assert one(intake, "shares_in_percent")[:2] == ("note", "attendance")
    assert intake.campaign is not None
    assert intake.campaign.attendance["present_share"].tolist() == [1, 0.8, 0.505, 0, 0.25]
