"""Impact by group and stage: the guidelines' example, too few, not known, nobody."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.fairness.impact import impact, impacts, stage_lists
from tests.fairness_example import PEOPLE, chosen


def grouped(**counts: tuple[int, int]) -> tuple[pd.Series, set[str]]:
    """Groups as (passed, people)."""
    names, passed = [], set()
    for name, (through, people) in counts.items():
        passed |= {f"P{len(names) + i}" for i in range(through)}
        names += [name] * people
    return pd.Series(names, [f"P{i}" for i in range(len(names))]), passed


def test_only_the_group_under_four_fifths_of_the_highest_has_adverse_impact():
    # Uniform Guidelines, questions and answers 1979
    found = impact(*grouped(a=(60, 100), b=(45, 100), c=(48, 100), d=(51, 100))).set_index("group")
    assert list(found["ratio"]) == pytest.approx([1, 0.75, 0.80, 0.85])
    assert list(found["verdict"]) == ["highest", "adverse", "passes", "passes"]
    assert list(found["flips"]) == [False, False, True, False]
    assert set(found["of"]) == {"a"}


def test_tests_stand_against_everybody_else():
    found = impact(*grouped(women=(2, 10), men=(15, 25))).set_index("group")  # Morris 2017
    assert found.loc["women", "fisher"] == pytest.approx(0.0599, abs=5e-5)
    assert found.loc["women", "beyond_chance"] == "some"
    assert found.loc["women", "ratio_rest"] == pytest.approx(1 / found.loc["men", "ratio_rest"])


def test_groups_under_five_and_the_unknown_keep_their_counts_and_get_no_figures():
    group, passed = grouped(a=(5, 20), b=(4, 4))
    group = pd.concat([group, pd.Series(["", ""], ["X1", "X2"])])
    found = impact(group, passed | {"X1"}).set_index("group")
    assert found.loc["b", ["n", "passed", "verdict"]].tolist() == [4, 4, "too_few"]
    assert found.loc["", ["n", "passed", "verdict"]].tolist() == [2, 1, "unknown"]
    assert found.loc["b":, "ratio"].isna().all()
    assert found.loc["a", "verdict"] == "highest"  # four people of 100 % are no measure for the others
    assert found.loc["a", "ratio_rest"] == pytest.approx(0.25)  # but they are among the rest


def test_nobody_passing_or_a_single_group_leaves_nothing_to_compare():
    assert set(impact(*grouped(a=(0, 20), b=(0, 30)))["verdict"]) == {"nothing"}
    assert set(impact(*grouped(a=(5, 20)))["verdict"]) == {"nothing"}


def test_the_order_asked_for_is_kept():
    found = impact(*grouped(a=(5, 20), b=(5, 20)), order=["b", "x", "a"])
    assert list(found["group"]) == ["b", "a"]


def test_stages_go_from_everybody_to_the_shortlist_and_from_there_to_the_team():
    stages = stage_lists(pd.Index(PEOPLE), chosen(PEOPLE[:10], "shortlist"), chosen(PEOPLE[2:5], "team"))
    assert [(s.name, len(s.pool), len(s.passed)) for s in stages] == [
        ("shortlist", 40, 10), ("team", 10, 3), ("whole", 40, 3)
    ]  # fmt: skip
    only = stage_lists(pd.Index(PEOPLE), chosen(PEOPLE[:10], "shortlist"), chosen([], "team"))
    assert [s.name for s in only] == ["shortlist"]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c", ""]), st.booleans()), min_size=1, max_size=60))
def test_nobody_is_lost_from_the_counts(people):
    group = pd.Series([g for g, _ in people], [f"P{i}" for i in range(len(people))])
    passed = {f"P{i}" for i, (_, p) in enumerate(people) if p}
    found = impact(group, passed)
    assert found["n"].sum() == len(people) and found["passed"].sum() == len(passed)
    assert found["shortfall"].dropna().size in (0, (found["verdict"].isin(["highest", "passes", "adverse"])).sum())


def test_every_stage_shows_every_attribute():
    table = pd.DataFrame({"gender": ["f", "m"] * 20, "age": ["old"] * 40}, index=PEOPLE)
    stages = stage_lists(pd.Index(PEOPLE), chosen(PEOPLE[:10], "shortlist"), chosen(PEOPLE[2:5], "team"))
    found = impacts(table, stages)
    assert found.groupby(["stage", "attribute"]).size().to_dict() == {
        (s, a): n for s in ("shortlist", "team", "whole") for a, n in (("gender", 2), ("age", 1))
    }
