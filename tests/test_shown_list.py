"""The list on the screen: conditions, views, the line, and what a row shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment import shown_list
from assessment.shown_list import Conditions
from assessment.wording import Names, Words
from tests.small_campaign import small_campaign

IDS = ["P1", "P2", "P3", "P4"]


@pytest.fixture
def campaign():
    staff = {
        "unit": ["ЖКХ", "ЖКХ", "Кадры", None],
        "org_type": ["subordinate", "administration", "administration", None],
        "hire_date": pd.to_datetime(["2016-01-01", "2020-01-01", "2025-01-01", None]),
    }
    made = small_campaign(IDS, staff=staff)
    names = pd.DataFrame(
        {"full_name": ["Королёва Анна Ильинична", "Гусев Пётр", "Титова Яна", None]}, index=made.people
    )
    submissions = pd.DataFrame({"submitted_at": pd.to_datetime(["2026-01-01"])}, index=["P1"])
    return replace(made, names=names, submissions=submissions)


@pytest.fixture
def names(campaign):
    return Names(campaign, Words("ru"))


@pytest.fixture
def ranking():
    standing = [0.72, 0.66, 0.60, 0.41]
    return pd.DataFrame(
        {
            "rank": [1, 2, 3, 4],
            "standing": standing,
            "low": [s - 0.05 for s in standing],
            "high": [s + 0.05 for s in standing],
            "p_shortlist": [0.95, 0.7, 0.3, 0.01],
            "p_team": [0.5, 0.2, 0.1, 0.0],
            "band": ["in", "open", "open", "out"],
            "want": [1.0, 0.2, -0.5, np.nan],
        },
        index=pd.Index(IDS, name="person_id"),
    )


@pytest.mark.parametrize(
    ("conditions", "left"),
    [
        (Conditions(), IDS),
        (Conditions({"unit": ["ЖКХ"]}), ["P1", "P2"]),
        (Conditions({"unit": ["ЖКХ"], "org_type": ["administration"]}), ["P2"]),
        (Conditions({"unit": []}), IDS),
        (Conditions({"no_such_column": ["x"]}), IDS),
        (Conditions(tenure=(5, 12)), ["P1", "P2"]),
        (Conditions(lowest={"want": 50.0}), ["P1", "P2"]),
        (Conditions(bands=["open"]), ["P2", "P3"]),
        (Conditions(search="королева"), ["P1"]),
        (Conditions(search="жкх петр"), ["P2"]),
        (Conditions(search="p4"), ["P4"]),
        (Conditions(search="никто"), []),
    ],
)
def test_who_meets_the_conditions(campaign, ranking, names, conditions, left):
    assert list(shown_list.matching(campaign, ranking, conditions, names)) == left


def test_tenure_ends_on_the_day_of_the_last_submission(campaign):
    assert shown_list.tenure(campaign)["P1"] == pytest.approx(10.0, abs=0.01)


def test_without_hire_dates_there_is_no_tenure():
    assert shown_list.tenure(small_campaign(IDS)) is None


def test_the_line_lies_halfway_between_the_last_in_and_the_first_out(ranking):
    assert shown_list.cut_off(ranking, 2) == pytest.approx(0.63)
    assert np.isnan(shown_list.cut_off(ranking, 4))


def test_views_show_the_list_its_line_or_who_moved(ranking):
    assert list(shown_list.in_view(ranking, shown_list.ALL, 2)) == ["P1", "P2"]
    assert list(shown_list.in_view(ranking, shown_list.AT_THE_LINE, 2)) == IDS
    assert list(shown_list.in_view(ranking, shown_list.MOVED, 2, ["P3"])) == ["P3"]


def test_a_shift_is_told_in_signs_and_words():
    before = pd.Series([1, 2, 3, 4], index=IDS)
    after = pd.Series([1, 3, 2, 4], index=IDS)
    assert list(shown_list.shift(before, after, 2, "вошёл", "вышел")) == ["", "вышел", "вошёл", ""]
    assert list(shown_list.shift(before, after, 4, "вошёл", "вышел")) == ["", "▼ 1", "▲ 1", ""]


@given(st.permutations(range(1, 9)), st.integers(1, 8))
def test_as_many_are_told_to_enter_as_to_leave(order, size):
    before = pd.Series(range(1, 9), index=[f"P{k}" for k in range(8)])
    words = shown_list.shift(before, pd.Series(order, index=before.index), size, "in", "out")
    assert (words == "in").sum() == (words == "out").sum()


def test_bands_follow_the_chance_of_the_list_looked_at(ranking):
    assert shown_list.banded(ranking, "p_shortlist", "p_shortlist") is ranking
    assert list(shown_list.banded(ranking, "p_team", "p_shortlist")["band"]) == ["open", "open", "out", "out"]


def test_a_row_holds_what_the_table_shows(ranking, names):
    shifts = pd.Series("", index=ranking.index)
    rows = shown_list.rows(ranking, ranking.index[:2], shifts, 0.63, ["want"], names, "p_shortlist")
    first = rows.iloc[0]
    assert (first["rank"], first["name"], first["points"], first["chance"], first["unit"]) == (
        1,
        "Королёва Анна",
        72.0,
        95,
        "ЖКХ",
    )
    assert first["interval"].startswith("data:image/svg+xml") and first["bars"].startswith("data:image/svg+xml")


def test_a_list_of_nobody_has_no_rows(ranking, names):
    empty = ranking.index[:0]
    assert shown_list.rows(ranking, empty, pd.Series(dtype=object), 0.6, ["want"], names, "p_team").empty


def test_few_values_are_offered_by_frequency_many_by_the_alphabet(campaign):
    assert shown_list.choices(campaign, "unit") == ["ЖКХ", "Кадры"]
    many = small_campaign([f"P{k}" for k in range(8)], staff={"unit": list("hgfedcba")})
    assert shown_list.choices(many, "unit") == list("abcdefgh")
    assert shown_list.choices(campaign, "no_such_column") == []
