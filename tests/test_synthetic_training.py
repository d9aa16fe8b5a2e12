"""The invented training days: groups, rotating observers, facts for extreme ratings, choices inside the rules."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assessment.instruments.reading import load_instruments
from assessment.synthetic.facts import FACTS
from assessment.synthetic.municipality import Municipality, build


@pytest.fixture(scope="module")
def town() -> Municipality:
    return build(600, 1)


def pieces(ratings: pd.DataFrame) -> int:
    """Into how many unconnected parts observers and people fall."""
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent.setdefault(node, node) != node:
            node = parent[node]
        return node

    for observer, person in ratings[["observer_id", "person_id"]].drop_duplicates().itertuples(index=False):
        parent[root(observer)] = root(person)
    return len({root(node) for node in list(parent)})


@pytest.mark.parametrize("people", [12, 20, 60, 120, 600])
def test_rotating_pairs_hold_the_graph_together(people):
    assert pieces(build(people, 2, interviews=False).tables["observations"]) == 1


def test_pairs_that_stay_together_let_the_graph_fall_apart():
    assert pieces(build(120, 2, crossed=False, interviews=False).tables["observations"]) > 1


def test_a_group_has_eight_to_twelve_people_of_several_units(town):
    attendance = town.tables["attendance"].merge(town.tables["staff"][["person_id", "unit"]], on="person_id")
    groups = attendance.groupby("group_id")
    assert groups.size().between(8, 12).all()
    assert (groups["unit"].nunique() >= 6).all()
    assert groups["event_id"].nunique().eq(1).all()
    assert (attendance["present_share"] > 0).mean() == pytest.approx(0.91, abs=0.04)


def test_two_observers_rate_each_person_present_at_each_activity(town):
    ratings = town.tables["observations"]
    seen = ratings.groupby(["person_id", "activity_id"])["observer_id"].nunique()
    assert seen.eq(2).all()
    key = ["event_id", "group_id", "activity_id", "observer_id", "person_id", "behaviour_id"]
    assert not ratings.duplicated(key).any()
    rated = set(ratings["person_id"])
    present = town.tables["attendance"].query("present_share > 0")["person_id"]
    assert rated == set(present)


def test_observers_can_be_more_or_fewer():
    for n in (1, 3):
        ratings = build(120, 1, observers_per_person=n, interviews=False).tables["observations"]
        assert ratings.groupby(["person_id", "activity_id"])["observer_id"].nunique().eq(n).all()
        assert pieces(ratings) == 1


def test_not_observed_has_no_rating_and_extreme_ratings_have_a_fact(town):
    ratings = town.tables["observations"]
    assert (ratings["rating"].isna() == (ratings["not_observed"] == 1)).all()
    extreme = ratings["rating"].isin([1, 5])
    assert ratings.loc[extreme, "evidence"].notna().all()
    assert ratings["position_primary"].notna().all()
    assert (ratings["position_primary"] != ratings["position_secondary"]).all()


def test_facts_exist_for_every_behaviour_and_positions_are_the_declared_ones(town):
    instruments, _ = load_instruments()
    assert set(FACTS) == set(instruments.observation.behaviours)
    assert set(town.tables["observations"]["position_primary"]) == set(instruments.observation.positions)


def test_a_severe_observer_gives_lower_ratings(town):
    means = town.tables["observations"].groupby("observer_id")["rating"].mean().astype(float)
    assert means.corr(town.observers) < -0.8


def test_choices_keep_to_three_names_to_the_group_and_never_to_oneself(town):
    choices = town.tables["sociometry"]
    assert (choices["chooser_id"] != choices["chosen_id"]).all()
    assert not choices.duplicated(["question_id", "chooser_id", "chosen_id"]).any()
    assert choices.groupby(["question_id", "chooser_id"])["order"].agg(["min", "max"]).isin([1, 2, 3]).all(axis=None)
    group = town.tables["attendance"].set_index("person_id")["group_id"]
    inside = choices[choices["question_id"] == "so_team"]
    assert (group[inside["chosen_id"]].to_numpy() == inside["group_id"].to_numpy()).all()
    assert (group[inside["chooser_id"]].to_numpy() == inside["group_id"].to_numpy()).all()


def test_three_in_four_of_those_present_name_colleagues_in_every_group(town):
    present = town.tables["attendance"].query("present_share > 0")
    answered = present["person_id"].isin(town.tables["sociometry"]["chooser_id"])
    share = answered.groupby(present["group_id"]).mean()
    assert 0.72 < answered.mean() < 0.88
    assert share.min() >= 0.6


def test_people_ask_their_own_unit_for_advice_more_than_chance_would(town):
    unit = town.tables["staff"].set_index("person_id")["unit"]
    advice = town.tables["sociometry"].query("question_id == 'so_advice'")
    own = unit[advice["chooser_id"]].to_numpy() == unit[advice["chosen_id"]].to_numpy()
    assert 0.15 < own.mean() < 0.8


def test_large_towns_choose_in_parts_without_losing_a_chooser():
    tables = build(700, 1, interviews=False).tables
    per_question = tables["sociometry"].groupby("question_id")["chooser_id"].nunique()
    assert np.ptp(per_question.to_numpy()) <= 2
    assert per_question.min() > 500
