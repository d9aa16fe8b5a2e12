"""Measures of everybody from all sources, and the draws that hang on them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from assessment.campaign import Campaign, Criteria, Settings
from assessment.intake.folder import read_folder
from assessment.scoring.measures import Measures, score
from assessment.standing import rank_people
from assessment.synthetic.municipality import write_demo
from tests.small_campaign import random_answers, small_campaign

PEOPLE = [f"P{i:03d}" for i in range(80)]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Campaign, pd.DataFrame]:
    folder = tmp_path_factory.mktemp("town") / "demo"
    write_demo(folder, 300, 11)
    truth = pd.read_csv(folder / "truth.csv", index_col="person_id")
    intake = read_folder(folder)
    assert intake.campaign is not None
    return intake.campaign, truth


@pytest.fixture(scope="module")
def measures(town: tuple[Campaign, pd.DataFrame]) -> Measures:
    return score(town[0], seed=2, n_draws=500)


def test_every_domain_follows_its_truth_and_better_than_the_questionnaire(
    town: tuple[Campaign, pd.DataFrame], measures: Measures
) -> None:
    truth = town[1].loc[measures.people]
    table = rank_people(measures, Criteria()).loc[measures.people]
    for domain in ("want", "can", "endure", "lead"):
        assert np.corrcoef(table[domain], truth[domain])[0, 1] > 0.6
    merit = np.corrcoef(table["standing"], truth["merit"])[0, 1]
    own = measures.plain.composites["self_report"]
    assert merit > own.corr(truth["merit"]) + 0.05


def test_intervals_of_domains_hold_the_truth(town: tuple[Campaign, pd.DataFrame], measures: Measures) -> None:
    truth = town[1].loc[measures.people]
    table = rank_people(measures, Criteria()).loc[measures.people]
    inside = [
        (np.abs((truth[d] - truth[d].mean()) / truth[d].std() - table[d]) < 1.96 * table[f"{d}_se"]).mean()
        for d in ("want", "can", "endure", "lead")
    ]
    assert 0.88 < np.mean(inside) < 0.99


def test_interviews_make_surer_of_the_people_interviewed(measures: Measures) -> None:
    seen = measures.interviewed.to_numpy()
    before = measures.draws_before.std(axis=2).mean(axis=1)
    after = measures.draws.std(axis=2).mean(axis=1)
    assert (after[seen] < before[seen]).mean() > 0.95
    assert after[~seen] == pytest.approx(before[~seen], rel=0.15)


def test_what_is_known_before_interviews_does_not_hang_on_them(town: tuple[Campaign, pd.DataFrame]) -> None:
    campaign = town[0]
    without = replace(campaign, interviews=campaign.interviews.iloc[:0])
    one, two = (rank_people(score(c, seed=3, n_draws=300), Criteria()) for c in (campaign, without))
    pd.testing.assert_series_equal(one["p_shortlist"].sort_index(), two["p_shortlist"].sort_index())


def test_careless_answers_count_less(town: tuple[Campaign, pd.DataFrame], measures: Measures) -> None:
    careless = measures.quality.careless
    assert careless.sum() >= 3
    truth = town[1].loc[careless.index, "careless"].astype(str).str.lower().isin(["true", "1"])
    assert truth[careless].mean() > 0.6
    spread = measures.construct_errors.loc[careless.index].mean(axis=1)
    assert spread[careless].median() > spread[~careless].median()


def test_a_share_of_self_presentation_may_be_given() -> None:
    campaign = small_campaign(PEOPLE, random_answers(PEOPLE), settings=Settings(method_variance=0.3))
    assert score(campaign, n_draws=50).facts["method_variance"]["share"] == pytest.approx(0.3, abs=0.02)


def test_the_same_seed_gives_the_same_draws() -> None:
    campaign = small_campaign(PEOPLE, random_answers(PEOPLE))
    one, two, other = (score(campaign, seed=s, n_draws=50).draws for s in (4, 4, 5))
    assert np.array_equal(one, two) and not np.array_equal(one, other) and one.dtype == np.float32


@pytest.mark.parametrize("n", [1, 2, 5])
def test_very_few_people_are_measured_without_a_crash(n: int) -> None:
    people = PEOPLE[:n]
    measures = score(small_campaign(people, random_answers(people)), n_draws=50)
    table = rank_people(measures, Criteria())
    assert np.isfinite(table["standing"]).all() and len(table) == n


def test_nobody_answered_leaves_everybody_in_the_middle() -> None:
    measures = score(small_campaign(PEOPLE), n_draws=50)
    assert np.allclose(measures.constructs, 0.0) and not measures.evidence.any().any()
