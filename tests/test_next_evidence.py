"""Which interview settles most: those in doubt first, and what is foretold is what happens."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.campaign import Criteria
from assessment.explain.next_evidence import EXPECTED, INTERVIEW, OBSERVATION, _rows, _told, next_evidence
from assessment.intake.folder import read_folder
from assessment.scoring.measures import Measures, score
from assessment.standing import rank_people
from assessment.synthetic.municipality import write_demo
from models.latent_sources import PRIORS
from tests.small_measures import SETTINGS, UNWILLING, measures

FOUND = next_evidence(measures(), Criteria())


def test_what_is_expected_of_a_source_is_what_the_model_starts_from() -> None:
    assert {method: PRIORS[method] for method in (INTERVIEW, OBSERVATION)} == EXPECTED


def test_people_in_doubt_come_first_and_people_who_cannot_be_chosen_never() -> None:
    rows = FOUND.rows[FOUND.rows["method"] == INTERVIEW]
    assert rows["settles"].is_monotonic_decreasing and not rows["person_id"].isin(UNWILLING).any()
    assert (rows["band"].head(10) == "open").all()


def test_the_doubt_is_that_of_the_ranking() -> None:
    p = rank_people(measures(), Criteria())["p_shortlist"]
    assert FOUND.doubt == pytest.approx((p * (1 - p)).sum(), abs=0.02) and FOUND.size == SETTINGS.shortlist


def test_a_plan_adds_up_and_never_settles_more_than_there_is() -> None:
    plan = FOUND.plan(INTERVIEW, 15)
    assert len(plan) == 15 and plan["doubt_left"].is_monotonic_decreasing and plan["doubt_left"].iloc[-1] > 0
    assert plan["expected_changes"].iloc[-1] == pytest.approx(plan["change"].sum())


def test_everything_is_a_chance() -> None:
    for column in ("p", "told", "change"):
        assert FOUND.rows[column].between(0, 1).all()
    assert (FOUND.rows["settles"] <= FOUND.rows["p"] * (1 - FOUND.rows["p"]) + 1e-9).all()
    assert (FOUND.rows["change"] <= 0.5).all()


def test_the_same_measures_give_the_same_order() -> None:
    assert next_evidence(measures(), Criteria()).rows.equals(FOUND.rows)


@given(st.floats(0.02, 0.98), st.floats(0.05, 0.9), st.floats(0.01, 0.09))
@settings(max_examples=50, deadline=None)
def test_better_evidence_settles_more(p: float, told: float, more: float) -> None:
    rows = _rows(measures().people[:2], INTERVIEW, np.array([p, p]), np.ones(2), np.array([told, told + more]))
    assert rows["settles"].is_monotonic_increasing and rows["change"].is_monotonic_increasing


def test_of_equal_evidence_the_even_chance_settles_most() -> None:
    p = np.array([0.02, 0.1, 0.3, 0.5])
    rows = _rows(measures().people[:4], INTERVIEW, p, np.ones(4), np.full(4, 0.4))
    assert rows["settles"].is_monotonic_increasing and rows["change"].is_monotonic_increasing


def test_the_variance_told_is_that_of_a_regression_on_what_would_be_said() -> None:
    rng = np.random.default_rng(4)
    root, a = rng.normal(size=(3, 3)), rng.normal(size=(2, 3))
    spread, noise = root @ root.T, np.diag([0.5, 0.8])
    slope = np.array([0.4, -0.2, 0.7])
    x = rng.normal(size=(200_000, 3)) @ root.T
    y = x @ a.T + rng.normal(size=(200_000, 2)) * np.sqrt(np.diag(noise))
    distance = x @ slope + rng.normal(size=200_000) * 0.5
    fit = y @ np.linalg.lstsq(y, distance, rcond=None)[0]
    told = _told(spread[None], (spread @ slope)[None], np.array([distance.var()]), a, noise)[0]
    assert told == pytest.approx(fit.var() / distance.var(), abs=0.01)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Measures, Measures]:
    """An invented municipality before and after its interviews."""
    folder = Path(tmp_path_factory.mktemp("town"))
    write_demo(folder, 300, 4)
    campaign = read_folder(folder).campaign
    assert campaign is not None
    campaign = replace(campaign, settings=replace(campaign.settings, shortlist=45, team=15))
    nobody = replace(campaign, interviews=campaign.interviews.iloc[:0], present=campaign.present - {"interviews"})
    return score(nobody, n_draws=800), score(campaign, n_draws=800)


def test_standings_move_as_much_as_was_foretold(town: tuple[Measures, Measures]) -> None:
    before, after = town
    rows = next_evidence(before, Criteria()).rows
    rows = rows[rows["method"] == INTERVIEW].set_index("person_id")
    asked = after.people[after.interviewed].intersection(rows.index)
    moved = 100 * (rank_people(after, Criteria())["standing"] - rank_people(before, Criteria())["standing"])[asked]
    foretold = (rows["told"] * rows["sd"] ** 2)[asked]
    assert len(asked) > 30 and 0.6 < moved.var() / foretold.mean() < 1.7


def test_who_has_been_interviewed_is_not_asked_again(town: tuple[Measures, Measures]) -> None:
    after = town[1]
    found = next_evidence(after, Criteria())
    asked = set(after.people[after.interviewed])
    assert found.size == 15 and not asked & set(found.rows.loc[found.rows["method"] == INTERVIEW, "person_id"])
