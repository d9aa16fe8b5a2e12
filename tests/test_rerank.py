"""Standing under many weights at once: the same figures as the ranking, only sooner."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.campaign import Criteria
from assessment.rerank import exact_standing, ground, ranks_under
from assessment.standing import rank_people
from assessment.weights import resolve_weights
from tests.small_measures import UNWILLING, measures

EXPERT = resolve_weights(Criteria(), measures().campaign.instruments.roles)
BALANCES = st.sampled_from([1.0, 0.5, 0.0, -1.0, -4.0])
WEIGHTS = st.lists(st.floats(0.02, 1), min_size=4, max_size=4).map(lambda w: np.array(w) / sum(w))


@pytest.mark.parametrize("balance", [1.0, 0.0, -4.0])
@pytest.mark.parametrize("reading", ["model", "plain"])
def test_places_are_those_of_the_ranking(balance: float, reading: str) -> None:
    for weights in ("expert", "equal", {"want": 2.0, "lead": 1.0}):
        criteria = Criteria(weights, balance, reading)
        ranking = rank_people(measures(), criteria)
        assert ranks_under(measures(), criteria).to_dict() == ranking["rank"].to_dict()


@given(WEIGHTS, BALANCES)
@settings(deadline=None, max_examples=25)
def test_standing_is_the_mean_of_the_power_mean_over_the_draws(weights: np.ndarray, balance: float) -> None:
    found = ground(measures(), EXPERT)
    assert found.standing(weights, balance) == pytest.approx(exact_standing(found, weights, balance), abs=2e-6)


@given(WEIGHTS, BALANCES)
@settings(deadline=None, max_examples=25)
def test_the_quick_standing_is_near_and_right_at_its_anchor(weights: np.ndarray, balance: float) -> None:
    found = ground(measures(), EXPERT)
    exact = found.standing(weights, balance)
    quick = found.standings(weights[None], balance)[:, 0]
    assert np.abs(quick - exact).max() < 0.015
    assert found.standings(weights[None], balance, weights)[:, 0] == pytest.approx(exact, abs=1e-6)


def test_the_quick_standing_is_exact_for_a_weighted_sum() -> None:
    found = ground(measures(), EXPERT)
    weights = np.array([[0.4, 0.3, 0.2, 0.1], [1.0, 0.0, 0.0, 0.0]])
    exact = np.column_stack([exact_standing(found, w, 1.0) for w in weights])
    assert found.standings(weights, 1.0) == pytest.approx(exact, abs=1e-6)


def test_weights_may_differ_from_draw_to_draw() -> None:
    found = ground(measures(), EXPERT)
    n = found.domains.shape[2]
    one, other = np.array([0.4, 0.3, 0.2, 0.1]), np.array([0.1, 0.1, 0.1, 0.7])
    mixed = np.where(np.arange(n) < n // 2, one[:, None], other[:, None])
    draws = found.draws(mixed, 0.0)
    assert draws[:, : n // 2] == pytest.approx(found.draws(one, 0.0)[:, : n // 2], abs=1e-5)
    assert draws[:, n // 2 :] == pytest.approx(found.draws(other, 0.0)[:, n // 2 :], abs=1e-5)


def test_people_a_gate_excludes_come_last_and_are_never_eligible() -> None:
    found = ground(measures(), EXPERT)
    ranks = found.ranks(found.standing(found.shares(EXPERT), 0.0))
    barred = found.people.isin(UNWILLING)
    assert sorted(ranks[barred]) == [86, 87, 88, 89, 90] and sorted(ranks) == list(range(1, 91))
    assert not found.eligible()[barred].any() and found.eligible()[~barred].any()
