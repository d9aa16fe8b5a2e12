"""Ratings with the effects of observers and activities removed, and interview means."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assessment.scoring.ratings import (
    behaviour_scores,
    competency_scores,
    position_shares,
    seen,
    usual_positions,
    without_effects,
)
from tests.small_campaign import small_campaign


def rating(
    person: str, observer: str, value: float, behaviour: str = "ob_lead", activity: str = "a1", **more: object
) -> dict:
    row = {"event_id": "T1", "group_id": "G1", "activity_id": activity, "observer_id": observer, "person_id": person}
    return {**row, "behaviour_id": behaviour, "rating": value, **more}


def test_a_severe_observer_and_a_hard_activity_leave_no_trace() -> None:
    rng = np.random.default_rng(5)
    people = [f"P{i:02d}" for i in range(40)]
    truth = pd.Series(rng.normal(3, 0.5, 40), people)
    severity = {"mild": 0.7, "severe": -0.7}
    ease = {"a1": 0.4, "a2": -0.4}
    rows = [rating(p, o, truth[p] + severity[o] + ease[a], activity=a) for p in people for o in severity for a in ease]
    frame = pd.DataFrame(rows)
    means = without_effects(frame).groupby(frame["person_id"]).mean()
    assert np.allclose(means - truth.mean(), truth - truth.mean(), atol=1e-9)


def test_not_observed_is_no_rating() -> None:
    rows = [rating("P1", "O1", 4), rating("P2", "O1", np.nan, not_observed=True), rating("P3", "O1", 2)]
    campaign = small_campaign(["P1", "P2", "P3"], observations=rows)
    assert "P2" not in behaviour_scores(campaign).index
    assert seen(campaign).loc["P1"].tolist() == [1, 1]


def test_a_competency_is_the_mean_of_interviewers_after_the_mean_of_questions() -> None:
    def row(interviewer: str, question: str, value: float) -> dict:
        return {"person_id": "P1", "interviewer_id": interviewer, "competency_id": "iv_motive", "question": question,
                "rating_initial": value}  # fmt: skip

    rows = [row("I1", "past", 5), row("I1", "situational", 3), row("I2", "past", 2)]
    campaign = small_campaign(["P1"], interviews=rows)
    assert competency_scores(campaign).loc["P1", "iv_motive"] == pytest.approx((4 + 2) / 2)


def test_the_final_rating_counts_where_it_is_given() -> None:
    row = {"person_id": "P1", "interviewer_id": "I1", "competency_id": "iv_motive", "question": "past"}
    campaign = small_campaign(["P1"], interviews=[{**row, "rating_initial": 2, "rating_final": 4}])
    assert competency_scores(campaign).loc["P1", "iv_motive"] == 4


def test_positions_are_shares_and_a_second_position_counts_half() -> None:
    rows = [
        rating("P1", "O1", 4, position_primary="integrator", position_secondary="analyst"),
        rating("P1", "O1", 3, behaviour="ob_ideas", position_primary="integrator", position_secondary="analyst"),
        rating("P1", "O2", 4, position_primary="analyst"),
    ]
    campaign = small_campaign(["P1"], observations=rows)
    shares = position_shares(campaign).loc["P1"]
    assert shares["integrator"] == pytest.approx(1 / 2.5) and shares["analyst"] == pytest.approx(1.5 / 2.5)
    assert usual_positions(campaign)["P1"] == "analyst"
