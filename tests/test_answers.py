"""Self-report turned, averaged and counted as INSTRUMENTS.md section 3 says."""

from __future__ import annotations

import numpy as np
import pytest

from assessment.scoring.answers import (
    answered_share,
    fact_scores,
    scale_scores,
    situation_scores,
    turned_answers,
    unit_means,
)
from tests.small_campaign import small_campaign

NAN = np.nan
PEOPLE = ["P1", "P2", "P3"]


def test_a_reversed_item_is_turned_within_its_format() -> None:
    campaign = small_campaign(PEOPLE, {"sc1": [5, 1, 3], "sc3": [1, 5, 2]})
    turned = turned_answers(campaign, "svc_commit")
    assert list(turned["sc3"]) == [5, 1, 4] and list(turned["sc1"]) == [5, 1, 3]


def test_a_scale_needs_its_share_of_the_items_given() -> None:
    """min_answered is .6: three of five are enough, two are not; items nobody was given do not count."""
    answers = {i: [4, 4, 4] for i in ("sc1", "sc2", "sc4")}
    answers |= {"sc3": [NAN, 2, NAN], "sc5": [NAN, NAN, NAN]}
    answers["sc1"] = [NAN, 4, 4]
    scores = scale_scores(small_campaign(PEOPLE, answers), ("svc_commit",))["svc_commit"]
    assert np.isnan(scores["P1"])  # two of the four given
    assert scores["P2"] == pytest.approx(4.0) and scores["P3"] == pytest.approx(4.0)


def test_single_items_are_never_filled_in() -> None:
    campaign = small_campaign(PEOPLE, {"sc1": [5, 5, 1], "sc2": [5, NAN, 1], "sc4": [3, 3, 3]})
    assert scale_scores(campaign, ("svc_commit",)).loc["P2", "svc_commit"] == pytest.approx(4.0)


def test_the_share_answered_is_of_the_items_given() -> None:
    campaign = small_campaign(PEOPLE, {"sc1": [5, NAN, 1], "sc2": [5, NAN, 1]})
    assert list(answered_share(campaign)["svc_commit"]) == [1.0, 0.0, 1.0]


def test_a_situation_is_the_rate_of_the_most_less_that_of_the_least_likely() -> None:
    campaign = small_campaign(PEOPLE, situations={"sj1_most": ["a", "d", "a"], "sj1_least": ["d", "a", None]})
    scores = situation_scores(campaign)["sj1"]
    assert scores["P1"] == 4 and scores["P2"] == -4 and np.isnan(scores["P3"])


def test_past_facts_keep_their_count() -> None:
    assert list(fact_scores(small_campaign(PEOPLE, {"bd1": [0, 3, NAN]}))["bd1"].fillna(-1)) == [0, 3, -1]


def test_a_unit_with_fewer_than_five_answers_shows_nothing() -> None:
    people = [f"P{i}" for i in range(9)]
    campaign = small_campaign(
        people,
        {"ms1": [2] * 9, "ms2": [4] * 9, "ms3": [2] * 9},
        staff={"unit": ["big"] * 5 + ["small"] * 4},
    )
    means = unit_means(campaign)
    assert means.loc["big", "ctx_manager"] == pytest.approx(2.0)
    assert np.isnan(means.loc["small", "ctx_manager"])
