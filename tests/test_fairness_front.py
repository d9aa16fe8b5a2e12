"""Quality against mix on real people: exact against trying every list, and what quotas cost."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.fairness.front import front, front_under_rules, quota_costs
from assessment.rules.language import read_rules

IDS = [f"P{i:02d}" for i in range(10)]
SCORE = pd.Series([9.0, 8, 7, 6, 5, 4, 3, 2, 1, 0], IDS)
WOMEN = pd.Series([False, False, False, True, False, True, True, False, True, True], IDS)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=2, max_size=9), st.integers(1, 5))
def test_every_point_is_the_best_of_all_lists_with_that_number(people, size):
    ids = [f"P{i}" for i in range(len(people))]
    size = min(size, len(people))
    score, member = pd.Series([float(s) for s, _ in people], ids), pd.Series([m for _, m in people], ids)
    best: dict[int, float] = {}
    for team in combinations(ids, size):
        count = int(member[list(team)].sum())
        best[count] = max(best.get(count, -1.0), float(score[list(team)].sum()))
    points = front(score, member, size).points
    assert dict(zip(points["count"], points["total"], strict=True)) == best


def test_the_chosen_list_is_marked_and_how_far_it_lies_behind():
    found = front(SCORE, WOMEN, 4, ["P00", "P01", "P04", "P05"])
    assert found.chosen is not None
    assert (found.chosen["count"], found.chosen["total"], found.chosen["cost"], found.chosen["behind"]) == (1, 26, 4, 4)
    assert found.chosen["ratio"] == pytest.approx((1 / 5) / (3 / 5))
    assert found.best["count"] == 1 and found.best["total"] == 30
    assert front(SCORE, WOMEN, 4).chosen is None


def test_a_quota_costs_what_the_people_exchanged_are_worth():
    table = quota_costs(front(SCORE, WOMEN, 4), shares=(0.5, 0.75)).set_index("least")
    assert table.loc[0.75, "cost"] == 30 - (6 + 4 + 3 + 9)
    half = quota_costs(front(SCORE, WOMEN, 4), shares=(0.5,)).iloc[-1]
    assert (half["count"], half["cost"], half["cost_per_person"]) == (2, 3, 0.75)


def test_the_four_fifths_quota_is_met_by_both_sides():
    table = quota_costs(front(SCORE, WOMEN, 4)).set_index("quota")
    assert table.loc["four_fifths", "count"] == 2
    assert table.loc["none", "cost"] == 0


def test_a_quota_that_cannot_be_met_is_said():
    assert np.isnan(quota_costs(front(SCORE, WOMEN, 9), shares=(0.9,)).iloc[-1]["count"])


def test_points_worse_on_both_sides_are_not_efficient():
    points = front(SCORE, WOMEN, 4).points.set_index("count")
    assert points["efficient"].to_dict() == {0: False, 1: True, 2: True, 3: False, 4: False}


def test_a_pool_smaller_than_the_list_is_taken_whole():
    points = front(SCORE[:3], WOMEN[:3], 5).points
    assert list(points["count"]) == [0] and list(points["total"]) == [24.0]


def test_without_rules_the_solver_finds_the_same_front():
    pool = pd.DataFrame({"score": SCORE, "gender": np.where(WOMEN, "f", "m"), "unit": list("AABBCCDDEE")})
    pool.index.name = "person_id"
    ruleset, _ = read_rules({"size": 4}, pool)
    points = front(SCORE, WOMEN, 4).points
    found = front_under_rules(pool, ruleset, "gender", "f", list(points["count"]))
    assert list(found["total"]) == pytest.approx(list(points["total"]))
    rules = [{"id": "u", "each": "unit", "count": [0, 1]}, {"id": "keep", "lock_in": ["P00"]}]
    ruled, _ = read_rules({"size": 4, "rules": rules}, pool)
    under = front_under_rules(pool, ruled, "gender", "f", [0, 1, 2, 3, 4])
    assert (under["total"].fillna(-1) <= points["total"]).all()
    assert list(under["total"].isna()) == [False, False, False, False, True]  # P00 is a man
