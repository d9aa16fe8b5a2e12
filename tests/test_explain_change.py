"""The smallest change that moves a person over the line: it suffices, and less does not."""

from __future__ import annotations

import numpy as np
import pytest

from assessment.campaign import Criteria
from assessment.explain.change import T_STEP, _Case, needed_measures, needed_weights
from assessment.rerank import exact_standing, ground, ranks_under
from assessment.standing import rank_people
from assessment.weights import resolve_weights
from tests.small_measures import UNWILLING, measures

SIZE = 20
RANKING = rank_people(measures(), Criteria())
NEAR_BELOW, NEAR_ABOVE, FAR = RANKING.index[22], RANKING.index[17], RANKING.index[60]


def case(person: str, criteria: Criteria = Criteria()) -> _Case:  # noqa: B008 frozen
    weights = resolve_weights(criteria, measures().campaign.instruments.roles)
    found = ground(measures(), weights)
    shares = found.shares(weights)
    others = exact_standing(found, shares, criteria.balance)
    return _Case(found, shares, criteria.balance, found.people.get_loc(person), SIZE, others)


@pytest.mark.parametrize("balance", [1.0, 0.0, -3.0])
@pytest.mark.parametrize("person", [NEAR_BELOW, NEAR_ABOVE, FAR])
def test_the_change_of_one_domain_suffices_and_a_tenth_less_does_not(person: str, balance: float) -> None:
    criteria = Criteria(balance=balance)
    found = needed_measures(measures(), criteria, person, SIZE)
    inside = ranks_under(measures(), criteria)[person] <= SIZE
    assert found.side == ("leave" if inside else "enter")
    given = case(person, criteria)
    possible = found.alone.dropna()
    assert len(possible) or len(found.together)
    for domain, row in possible.iterrows():
        shift = np.zeros(4)
        d = given.found.names.index(domain)
        shift[d] = row["change"] / 10
        assert given.rank(shift) == row["rank"] and (row["rank"] <= SIZE) != inside
        shift[d] -= np.sign(shift[d]) * T_STEP / 10
        assert (given.rank(shift) <= SIZE) == inside


def test_who_is_below_needs_more_and_who_is_above_can_bear_less() -> None:
    below = needed_measures(measures(), Criteria(), NEAR_BELOW, SIZE).alone["change"].dropna()
    above = needed_measures(measures(), Criteria(), NEAR_ABOVE, SIZE).alone["change"].dropna()
    assert (below > 0).all() and (above < 0).all()


def test_all_domains_together_need_less_than_any_alone() -> None:
    found = needed_measures(measures(), Criteria(), FAR, SIZE)
    assert np.linalg.norm(found.together) <= found.alone["change"].min() + 1e-9
    assert found.together_rank is not None and found.together_rank <= SIZE


def test_of_a_weighted_sum_the_shortest_way_runs_along_the_weights() -> None:
    """Known answer: the least change over a linear threshold is proportional to the weights, while no end is near."""
    criteria = Criteria({"want": 3.0, "endure": 4.0}, balance=1.0)
    person = rank_people(measures(), criteria).index[24]
    together = needed_measures(measures(), criteria, person, SIZE).together
    assert together["endure"] / together["want"] == pytest.approx(4 / 3, rel=0.1)
    assert together["can"] == 0


def test_a_domain_without_weight_cannot_help() -> None:
    found = needed_measures(measures(), Criteria({"want": 1.0}), NEAR_BELOW, SIZE)
    assert found.alone["change"].drop("want").isna().all()


def test_a_gate_stands_before_every_measure_and_every_weight() -> None:
    found = needed_measures(measures(), Criteria(), UNWILLING[0], SIZE)
    assert found.barred == ("gate_will",) and found.alone["change"].isna().all() and found.together.empty
    assert needed_weights(measures(), Criteria(), UNWILLING[0], SIZE).empty


def test_the_chance_after_the_change_is_better_than_before() -> None:
    found = needed_measures(measures(), Criteria(), NEAR_BELOW, SIZE)
    assert (found.alone["chance"].dropna() > RANKING.loc[NEAR_BELOW, "p_shortlist"]).all()
    assert case(NEAR_BELOW).chance(np.zeros(4)) == pytest.approx(RANKING.loc[NEAR_BELOW, "p_shortlist"], abs=0.01)


@pytest.mark.parametrize("criteria", [Criteria(), Criteria(balance=1.0), Criteria(balance=-3.0)])
@pytest.mark.parametrize("place", [21, 23, 18])
def test_the_weights_found_bring_the_person_over_the_line(criteria: Criteria, place: int) -> None:
    person = rank_people(measures(), criteria).index[place - 1]
    found = needed_weights(measures(), criteria, person, SIZE)
    for norm, row in found.iterrows():
        weights = row[["want", "can", "endure", "lead"]]
        assert weights.sum() == pytest.approx(1) and (weights >= -1e-12).all()
        rank = ranks_under(measures(), Criteria(weights.to_dict(), criteria.balance))[person]
        assert rank == row["rank"] and (rank <= SIZE) == (place > SIZE), norm
    assert len(found), "people beside the line change sides under some weights"


def test_no_random_weights_nearer_than_those_found_would_do() -> None:
    criteria = Criteria(balance=1.0)
    person = rank_people(measures(), criteria).index[21]
    found = needed_weights(measures(), criteria, person, SIZE)
    reference = case(person, criteria)
    start = reference.shares
    rng = np.random.default_rng(3)
    tried = start + rng.normal(size=(4000, 4)) * found.loc["L2", "distance"] / 2
    tried = np.maximum(tried - (tried.sum(1, keepdims=True) - 1) / 4, 0)
    tried /= tried.sum(1, keepdims=True)
    standing = reference.found.standings(tried, 1.0)
    ranks = reference.found.ranks(standing)[reference.row]
    distance = np.sqrt(((tried - start) ** 2).sum(1))[ranks <= SIZE]
    assert distance.min(initial=9) > 0.9 * found.loc["L2", "distance"]


def test_the_same_seed_finds_the_same_weights() -> None:
    first, again = (needed_weights(measures(), Criteria(), NEAR_BELOW, SIZE, seed=4) for _ in range(2))
    assert first.equals(again)


def test_plain_reading_is_searched_too() -> None:
    criteria = Criteria(reading="plain")
    person = rank_people(measures(), criteria).index[20]
    found = needed_weights(measures(), criteria, person, SIZE)
    for _, row in found.iterrows():
        weights = row[["want", "can", "endure", "lead"]].to_dict()
        assert ranks_under(measures(), Criteria(weights, reading="plain"))[person] == row["rank"] <= SIZE
