"""Scales are marked weak or unusable for a reason; flagged people stand with what was found, the surest first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from assessment.diagnosis import items as subject
from assessment.scoring.checks import scale_curves
from assessment.scoring.measures import Measures, score
from tests.small_campaign import random_answers, small_campaign

PEOPLE = [f"P{k:03d}" for k in range(320)]


@pytest.fixture(scope="module")
def measures() -> Measures:
    answers: dict[str, Any] = random_answers(PEOPLE, seed=3)
    rng = np.random.default_rng(5)
    for item in ("re1", "re2", "re3", "re4"):  # a scale of noise alone
        answers[item] = rng.integers(1, 6, len(PEOPLE)).astype(float)
    noise = rng.integers(1, 6, len(PEOPLE)).astype(float)  # one item that mostly goes its own way
    answers["in2"] = np.where(rng.random(len(PEOPLE)) < 0.2, answers["in2"], noise)
    for item in answers:
        answers[item][7] = 3.0  # the same answer to everything
    answers["qc1"] = np.r_[np.full(5, 1.0), np.full(315, 4.0)]
    seconds = {item: np.r_[np.full(6, 1.0), np.full(314, 6.0)] for item in answers}
    return score(small_campaign(PEOPLE, answers=answers, seconds=seconds), n_draws=50)


def test_a_scale_of_noise_is_unusable_and_a_good_one_carries_no_mark(measures):
    table = subject.scales(measures)
    assert table.loc["resil", ["mark", "reason"]].tolist()[0] == "unusable"
    assert table.loc["svc_commit", ["mark", "reason"]].tolist() == ["", ""]
    assert table["reliability"].is_monotonic_decreasing


def test_a_scale_with_one_item_that_goes_its_own_way_is_weak_and_the_item_is_named(measures):
    row = subject.scales(measures).loc["initiative"]
    assert row["worst"] == "in2" and row["item_rest"] < 0.2
    assert (row["mark"], row["reason"]) == ("weak", "item_rest")


def test_counts_of_answers_at_the_ends_are_shares(measures):
    table = subject.scales(measures)
    assert table[["floor", "ceiling"]].to_numpy().min() >= 0 and (table["floor"] + table["ceiling"]).max() <= 1
    answers = measures.campaign.answers
    reverse = measures.campaign.instruments.battery.reverse
    turned = [(6 - answers[i]) if reverse(i) else answers[i] for i in ("sc1", "sc2", "sc3", "sc4", "sc5")]
    assert table.loc["svc_commit", "ceiling"] == pytest.approx(np.mean([(t == 5).mean() for t in turned]))


def test_the_mark_follows_the_reason_that_weighs_most():
    assert subject._mark(0.9, 0.5, "item_against_key") == ("unusable", "against_key")
    assert subject._mark(0.9, 0.5, "scale_not_converged") == ("unusable", "not_converged")
    assert subject._mark(0.49, 0.5, "") == ("unusable", "reliability")
    assert subject._mark(0.69, 0.5, "") == ("weak", "reliability")
    assert subject._mark(0.7, 0.2, "") == ("", "")


def test_people_with_a_flag_stand_with_reasons_and_indices_and_nobody_else(measures):
    table = subject.flagged(measures)
    flags = measures.quality.flags
    assert set(table.index) == set(flags.index[flags.any(axis=1)])
    assert all("too_fast" in reasons for reasons in table.loc[PEOPLE[:6], "reasons"])
    assert table.loc["P000", "median_seconds"] == 1.0 and table.loc["P000", "held"]
    assert table["careless"].is_monotonic_decreasing
    counts = subject.flag_counts(measures)
    assert counts["too_fast"] == 6 and counts["careless"] == int(table["careless"].sum())


def test_domains_that_correlate_above_the_line_are_named_once(measures):
    measures.facts["correlation"] = {"want": {"want": 1, "can": 0.9}, "can": {"want": 0.9, "can": 1}}
    found = subject.structure(measures)
    assert found.to_numpy().tolist() == [["want", "can", 0.9]]
    measures.facts["correlation"]["want"]["can"] = 0.84
    assert subject.structure(measures).empty


def test_structure_is_not_judged_below_three_hundred_people():
    few = score(small_campaign(PEOPLE[:80], answers=random_answers(PEOPLE[:80])), n_draws=20)
    few.facts["correlation"] = {"want": {"want": 1, "can": 0.99}, "can": {"want": 0.99, "can": 1}}
    assert subject.structure(few).empty


def test_a_domain_known_without_error_is_wholly_reliable():
    points = pd.DataFrame({"want": [1.0, -1.0, 0.0], "can": [1.0, -1.0, 0.0]})
    errors = pd.DataFrame({"want": [0.0] * 3, "can": [(2 / 3) ** 0.5] * 3})
    assert subject.domain_reliability(points, errors).tolist() == pytest.approx([1.0, 0.5])


def test_curves_of_a_scale_are_chances_that_add_up_and_expected_answers_that_rise(measures):
    table = scale_curves(measures.campaign, "svc_commit")
    chances = table.filter(like="p_")
    assert chances.sum(axis=1).to_numpy() == pytest.approx(1.0)
    for _, part in table.groupby("item"):
        assert part["expected"].is_monotonic_increasing
        assert part["expected"].between(1, 5).all() and (part["information"] > 0).all()
    codes = np.arange(1, 6)
    assert table["expected"].to_numpy() == pytest.approx(chances.to_numpy() @ codes)


def test_a_scale_nobody_was_asked_has_no_curves():
    assert scale_curves(small_campaign(["P1", "P2"]), "svc_commit").empty
