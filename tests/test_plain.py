"""The plain reading redone on paper."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assessment.scoring.plain import method_composites, method_pairs, plain_reading, stage_shares, standardise
from tests.small_campaign import random_answers, shipped, small_campaign

PEOPLE = [f"P{i:02d}" for i in range(1, 13)]
ROLES = shipped().roles
NAN = np.nan


def z(values: np.ndarray) -> np.ndarray:
    return (values - np.nanmean(values)) / np.nanstd(values)


def test_z_has_n_in_the_denominator_and_no_spread_is_zero() -> None:
    table = standardise(pd.DataFrame({"a": [1.0, 2.0, 3.0], "same": [4.0, 4.0, NAN]}))
    assert table["a"].tolist() == pytest.approx([-np.sqrt(1.5), 0, np.sqrt(1.5)])
    assert table["same"].tolist()[:2] == [0.0, 0.0] and np.isnan(table["same"].iloc[2])


def test_a_questionnaire_alone_gives_the_weighted_mean_of_its_scales() -> None:
    """Total = z of the mean of the scales' z weighted by the constructs; digital counts up to the mean only."""
    answers = random_answers(PEOPLE)
    reading = plain_reading(small_campaign(PEOPLE, answers))
    battery = shipped().battery
    total, mass = np.zeros(len(PEOPLE)), 0.0
    for scale in battery.person_scales:
        items = [i.id for i in battery.scale_items(scale)]
        turned = np.column_stack([6 - answers[i] if battery.reverse(i) else answers[i] for i in items])
        value = z(turned.mean(1))
        total += ROLES.constructs[scale] * (np.minimum(value, 0.0) if scale == "digital_lit" else value)
        mass += ROLES.constructs[scale]
    assert reading.total.to_numpy() == pytest.approx(z(total / mass))


def test_a_missing_method_is_left_out_and_the_rest_rescaled() -> None:
    """Shares of stage one: self-report .20, facts .30; a person without facts is judged by the questionnaire alone."""
    answers = random_answers(PEOPLE) | {"bd1": [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, NAN]}
    reading = plain_reading(small_campaign(PEOPLE, answers))
    own, facts = reading.composites["self_report"], reading.composites["biodata_sjt"]
    assert reading.total["P12"] == pytest.approx(own["P12"])
    assert reading.total["P03"] == pytest.approx((0.20 * own["P03"] + 0.30 * facts["P03"]) / 0.50)
    assert reading.errors.loc["P12", "stage_one"] > reading.errors.loc["P03", "stage_one"]


def interview(person: str, value: float) -> dict:
    row = {"person_id": person, "interviewer_id": "I1", "question": "past", "rating_initial": value}
    return {**row, "competency_id": "iv_motive"}


def test_people_interviewed_come_first_in_the_plain_order() -> None:
    rows = [interview("P02", 1), interview("P05", 5), interview("P07", 3)]
    reading = plain_reading(small_campaign(PEOPLE, random_answers(PEOPLE), interviews=rows))
    order = reading.rank().sort_values().index.tolist()
    assert set(order[:3]) == {"P02", "P05", "P07"}
    share = stage_shares(ROLES, "stage_two", list(reading.composites.columns))
    one = reading.composites.loc["P05"]
    expected = (share["interview"] * one["interview"] + share["self_report"] * one["self_report"]) / (0.38 + 0.09)
    assert reading.total["P05"] == pytest.approx(expected)


def test_people_not_eligible_come_last_whatever_their_total() -> None:
    reading = plain_reading(small_campaign(PEOPLE, random_answers(PEOPLE)))
    best = reading.total.idxmax()
    assert reading.rank(pd.Index([best]))[best] == len(PEOPLE)


def test_a_situation_counts_with_the_weights_of_both_its_constructs() -> None:
    pairs = method_pairs(ROLES, ["bd1", "sj1"])
    table = pd.DataFrame({"bd1": [1.0, -1.0], "sj1": [-1.0, 1.0]})
    composites = method_composites(table, pairs, ROLES.constructs, {})
    weight = ROLES.constructs
    situation = weight["change_will"] + weight["persever"]
    assert situation > weight["initiative"]  # so the situation decides the sign
    assert composites["biodata_sjt"].tolist() == [-1.0, 1.0]


def test_more_digital_skill_above_the_mean_moves_nobody_up() -> None:
    answers = random_answers(PEOPLE)
    before = plain_reading(small_campaign(PEOPLE, answers))
    above = before.z["digital_lit"].idxmax()
    place = PEOPLE.index(above)
    for item in ("dl1", "dl2", "dl3", "dl4"):
        answers[item] = answers[item].copy()
        answers[item][place] = 5
    after = plain_reading(small_campaign(PEOPLE, answers))
    assert after.rank()[above] >= before.rank()[above]


def test_the_profile_of_a_construct_is_the_mean_of_its_methods_by_their_shares() -> None:
    answers = random_answers(PEOPLE) | {"bd1": np.arange(12) % 4}
    reading = plain_reading(small_campaign(PEOPLE, answers))
    own, fact = reading.z.loc["P04", "initiative"], reading.z.loc["P04", "bd1"]
    assert reading.profile.loc["P04", "initiative"] == pytest.approx((0.20 * own + 0.30 * fact) / 0.50)
    assert reading.profile.loc["P04", "place_att"] == pytest.approx(reading.z.loc["P04", "place_att"])
