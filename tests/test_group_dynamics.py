"""Choices made by hand: reach, choices inside, what is withheld; invented choices for the rest."""

from __future__ import annotations

from dataclasses import fields
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.campaign import Campaign
from assessment.group.choices import response
from assessment.group.dynamics import Inside, Reach, greedy_reach, inside, reach
from tests.invented_run import invented
from tests.small_campaign import small_campaign

TEN = [f"P{i}" for i in range(10)]


def choosing(*pairs: str, question: str = "so_change", people: list[str] = TEN) -> Campaign:
    """Choices as "chooser>chosen" by the numbers of people; units A for P0-P4, B for the others."""
    rows = []
    for pair in pairs:
        one, other = pair.split(">")
        rows.append({"event_id": "T1", "group_id": "G1", "question_id": question, "chooser_id": f"P{one}",
                     "chosen_id": f"P{other}"})  # fmt: skip
    return small_campaign(people, staff={"unit": ["A" if i < 5 else "B" for i in range(len(people))]}, sociometry=rows)


SEVEN = choosing("0>1", "1>0", "2>1", "3>9", "4>9", "5>1", "6>7", "0>5")


def test_reach_counts_choosers_once_and_other_units_apart():
    found = reach(SEVEN, ["P1", "P5"])
    assert found == Reach(answered=7, reached=3, outside_answered=5, outside_reached=2, other_units=2)  # 0, 2, 5
    assert found.share == pytest.approx(3 / 7)


def test_nothing_is_shown_below_sixty_percent_response():
    few = choosing("0>1", "1>0", "2>1", "3>1", "4>1")
    assert (response(few).asked, response(few).answered, response(few).shown) == (10, 5, False)
    assert reach(few, ["P1"]) is None and greedy_reach(few, 3) is None and inside(few, TEN) is None
    assert response(SEVEN).shown and response(SEVEN).warning


def test_the_best_reach_takes_who_adds_most_and_stops_when_nobody_adds():
    found = greedy_reach(SEVEN, 5)
    assert list(found["person_id"]) == ["P1", "P9", "P0", "P7"]
    assert list(found["new"]) == [3, 2, 1, 1] and found["share"].iloc[-1] == 1.0
    assert list(greedy_reach(SEVEN, 1, candidates=["P9", "P7"])["person_id"]) == ["P9"]


def test_inside_a_team_pairs_are_counted_and_members_without_ties_named():
    found = inside(SEVEN, ["P0", "P1", "P2", "P5", "P8"])
    assert found == Inside(members=5, answered=4, possible=6, ties=4, mutual=1, isolated=("P8",))


def test_a_handful_of_members_is_not_looked_into():
    assert inside(SEVEN, ["P0", "P1"]) is None


def test_no_result_holds_a_chooser_beside_a_chosen():
    names = {f.name for kind in (Inside, Reach) for f in fields(kind) if f.type not in ("int", "float")}
    assert names == {"isolated"}  # everything else is a count


@settings(deadline=None, max_examples=30)
@given(st.sets(st.integers(0, 9), min_size=1), st.integers(0, 9))
def test_a_further_member_never_lowers_the_reach(team, more):
    ids = [f"P{i}" for i in team]
    assert reach(SEVEN, [*ids, f"P{more}"]).reached >= reach(SEVEN, ids).reached


@settings(deadline=None, max_examples=30)
@given(st.permutations(TEN))
def test_the_order_of_names_changes_nothing(order):
    assert reach(SEVEN, order[:4]) == reach(SEVEN, sorted(order[:4]))
    assert inside(SEVEN, order[:6]) == inside(SEVEN, sorted(order[:6]))


def test_greedy_reaches_nearly_the_best_of_all_small_teams():
    rng = np.random.default_rng(2)
    pairs = [f"{i}>{j}" for i in range(10) for j in rng.choice(np.delete(np.arange(10), i), 2, replace=False)]
    campaign = choosing(*pairs)
    best = max(reach(campaign, team).reached for team in combinations(TEN, 3))
    assert greedy_reach(campaign, 3)["reached"].iloc[-1] >= (1 - 1 / np.e) * best


def test_the_invented_team_is_reached_by_more_than_as_many_drawn_by_lot():
    result = invented()
    team = list(result.team.index[result.team["list"] == "team"])
    rng = np.random.default_rng(1)
    lots = [reach(result.campaign, list(rng.choice(result.campaign.people, len(team), False))).share for _ in range(20)]
    found = reach(result.campaign, team)
    assert found.share > np.mean(lots)
    assert found.share <= greedy_reach(result.campaign, len(team))["share"].iloc[-1] <= 1
