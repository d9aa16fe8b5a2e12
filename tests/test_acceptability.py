"""Chances over weights, over error and over both: what they mean and what must always hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.campaign import Criteria
from assessment.scenario.acceptability import Acceptability, acceptability, bands, confidence, first
from assessment.scenario.weight_space import weight_space
from assessment.standing import rank_people
from tests.small_measures import SETTINGS, UNWILLING, measures

ROLES = measures().campaign.instruments.roles
DOMAINS = ("want", "can", "endure", "lead")
EXPERT = dict(zip(DOMAINS, (0.44, 0.22, 0.25, 0.09), strict=True))


def found(criteria: Criteria = Criteria(), stage: str = "shortlist", **given_: object) -> Acceptability:  # noqa: B008
    space, problems = weight_space(given_, ROLES)
    assert space is not None, problems
    return acceptability(measures(), criteria, space, stage=stage)


WHOLE = found()


def test_over_the_error_alone_it_is_the_chance_of_the_ranking() -> None:
    ranking = rank_people(measures(), Criteria())
    for stage, column in (("shortlist", "p_shortlist"), ("team", "p_team")):
        people = found(stage=stage).people
        assert people["p_error"].to_numpy() == pytest.approx(ranking[column].reindex(people.index).to_numpy(), abs=1e-9)


def test_with_settled_weights_both_is_the_error_alone_and_weights_alone_is_the_list() -> None:
    settled = found(ranges={d: [w, w] for d, w in EXPERT.items()}).people
    assert settled["p_both"].to_numpy() == pytest.approx(settled["p_error"].to_numpy(), abs=0.011)
    ranking = rank_people(measures(), Criteria())["rank"].reindex(settled.index)
    assert ((settled["p_weights"] > 0.5) == (ranking <= SETTINGS.shortlist)).all()
    assert settled["p_weights"].isin([0.0, 1.0]).all()


@pytest.mark.parametrize("balance", [1.0, 0.0, -3.0])
@pytest.mark.parametrize("given_", [{}, {"order": "want >= can >= influence"}, {"order": "initiative >= persever"}])
def test_chances_add_up_to_the_places_and_places_to_chances(balance: float, given_: dict) -> None:
    result = found(Criteria(balance=balance), **given_)
    for column in ("p_weights", "p_error", "p_both"):
        assert result.people[column].sum() == pytest.approx(SETTINGS.shortlist, abs=0.02)
    inside = result.places[[c for c in result.places if int(c.split("-")[1]) <= SETTINGS.shortlist]]
    assert inside.sum(axis=1).to_numpy() == pytest.approx(result.people["p_both"].to_numpy(), abs=1e-9)
    assert (result.places.sum(axis=1) <= 1 + 1e-9).all()


def test_people_a_gate_excludes_are_in_under_no_weights() -> None:
    barred = WHOLE.people.loc[UNWILLING]
    assert (barred[["p_weights", "p_error", "p_both"]] == 0).all(axis=None)
    assert barred[[f"w_{d}" for d in DOMAINS]].isna().all(axis=None)


def test_central_weights_are_weights_and_average_to_the_space() -> None:
    central = WHOLE.people[[f"w_{d}" for d in DOMAINS]].dropna()
    assert central.sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-5)
    weighted = (central.mul(WHOLE.people.loc[central.index, "p_both"], axis=0)).sum() / SETTINGS.shortlist
    assert weighted.to_numpy() == pytest.approx(WHOLE.average.to_numpy(), abs=1e-4)


def test_one_must_value_what_a_person_is_strong_at() -> None:
    ranking = rank_people(measures(), Criteria())
    lopsided = (ranking["lead"] - ranking[["want", "can", "endure"]].mean(axis=1)).reindex(WHOLE.people.index)
    known = WHOLE.people["p_both"].between(0.05, 0.9)
    assert lopsided[known].corr(WHOLE.people.loc[known, "w_lead"]) > 0.6


def test_narrower_weights_leave_fewer_people_in_doubt() -> None:
    near = found(ranges={d: [max(w - 0.03, 0), w + 0.03] for d, w in EXPERT.items()}).people
    for table, other in ((near, WHOLE.people),):
        doubt = [(t["p_weights"] * (1 - t["p_weights"])).sum() for t in (table, other)]
        assert doubt[0] < doubt[1]


def test_weights_of_constructs_that_are_the_same_everywhere_give_what_domains_give() -> None:
    """With ranges that fix every construct at its expert weight both levels are one."""
    constructs = {c: w / 100 for c, w in ROLES.constructs.items()}
    result = found(ranges={c: [w, w] for c, w in constructs.items()})
    people = result.people
    assert people["p_both"].to_numpy() == pytest.approx(people["p_error"].to_numpy(), abs=0.02)


def test_confidence_is_the_chance_under_ones_own_central_weights() -> None:
    person = WHOLE.people.index[12]
    central = WHOLE.people.loc[person, [f"w_{d}" for d in DOMAINS]].rename(lambda c: c.removeprefix("w_"))
    value = confidence(measures(), Criteria(), person, central)
    assert value >= WHOLE.people.loc[person, "p_both"] - 0.05
    expert = confidence(measures(), Criteria(), person, pd.Series(EXPERT))
    assert expert == pytest.approx(WHOLE.people.loc[person, "p_error"], abs=0.01)


def test_the_same_seed_gives_the_same_table() -> None:
    pd.testing.assert_frame_equal(found().people, WHOLE.people)


@given(st.integers(1, 40), st.integers(1, 200))
@settings(max_examples=60)
def test_bands_of_places_cover_everybody_once(size: int, people: int) -> None:
    covered = [place for a, b in bands(size, people) for place in range(a, b + 1)]
    assert covered == list(range(1, people + 1))


def test_the_first_are_the_highest_finite_ones() -> None:
    standing = np.array([[0.3, 0.1], [0.2, -np.inf], [0.9, -np.inf]])
    assert first(standing, 2).tolist() == [[True, True], [False, False], [True, False]]
    assert first(standing, 5).tolist() == [[True, True], [True, False], [True, False]]
