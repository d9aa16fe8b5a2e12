"""What the list hangs on is told by name, and the run keeps the compact part of it all."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from assessment import standing
from assessment.campaign import Criteria, Settings
from assessment.diagnosis import overall as diagnosis
from assessment.scoring.measures import score
from tests.small_campaign import random_answers, small_campaign

PEOPLE = [f"P{k:03d}" for k in range(150)]


@pytest.fixture(scope="module")
def measured():
    staff = {"gender": ["f", "m", "m"] * 50, "unit": ["U1"] * 150}
    sizes = Settings(shortlist=30, team=10)
    campaign = small_campaign(PEOPLE, answers=random_answers(PEOPLE), staff=staff, settings=sizes)
    measures = score(campaign, n_draws=300)
    return measures, standing.rank_people(measures, campaign.settings.criteria, campaign.settings)


@pytest.fixture(scope="module")
def told(measured):
    return diagnosis.assumptions(*measured)


def test_every_assumption_is_tried_on_both_lists(told):
    kinds = told.groupby("assumption", sort=False).size().to_dict()
    assert kinds == {"self_presentation": 6, "plain": 2, "equal": 2}
    assert told["size"].tolist() == [30, 10] * 5


def test_as_many_enter_as_leave_and_nobody_does_both(told):
    for row in told.itertuples():
        assert len(row.enter) == len(row.leave) == row.changed
        assert not set(row.enter) & set(row.leave)


def test_counts_are_those_of_run_json(measured, told):
    measures, _ = measured
    settings = measures.campaign.settings
    shares = standing.sensitivity(measures, settings.criteria, settings)
    rows = told[told["assumption"] == "self_presentation"]
    assert {(str(r.value), r.list): r.changed for r in rows.itertuples()} == {
        (share, kind): n for share, both in shares.items() for kind, n in both.items()
    }


@pytest.mark.parametrize(
    "criteria", [Criteria(reading="plain"), Criteria("equal"), Criteria({"want": 1.0}, 1.0), Criteria()]
)
def test_the_quick_order_is_the_order_of_the_ranking(measured, criteria):
    measures, _ = measured
    ranking = standing.rank_people(measures, criteria, replace(measures.campaign.settings, criteria=criteria))
    assert diagnosis.order_under(measures, criteria) == list(ranking.sort_values("rank").index)


def test_who_enters_under_the_plain_sum_stands_there_first(measured, told):
    measures, ranking = measured
    row = told[(told["assumption"] == "plain") & (told["list"] == "shortlist")].iloc[0]
    assert (ranking.loc[list(row["enter"]), "plain_rank"] <= 30).all()
    assert (ranking.loc[list(row["enter"]), "rank"] > 30).all()
    assert (ranking.loc[list(row["leave"]), "plain_rank"] > 30).all()


def test_the_error_of_a_chance_is_largest_at_a_half(measured):
    _, ranking = measured
    found = diagnosis.monte_carlo_error(ranking, 300)
    assert 0 < found["p_shortlist"] <= 0.5 / np.sqrt(300) + 1e-12


def test_the_facts_of_a_run_are_json_and_short(measured):
    measures, _ = measured
    facts = diagnosis.run_facts(measures)
    assert set(facts) == {"flags", "groups", "structure", "coverage"}
    text = json.dumps(facts, allow_nan=False)
    assert len(text) < 20_000
    assert {g["subject"] for g in facts["groups"]} <= set(measures.campaign.instruments.roles.domains)
    assert facts["coverage"]["observers_per_person"]["0"] == 150


def test_all_tables_are_there_without_observations(measured):
    measures, ranking = measured
    found = diagnosis.diagnose(measures, ranking)
    assert found.observers.empty and len(found.scales) > 5 and found.agreement.cases == 0
    assert set(found.differences["kind"]) == {"domain", "scale", "method"}
    assert found.domains.between(0, 1).all()
