"""Contributions add up to the standing exactly, whatever the criteria."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.campaign import Criteria
from assessment.explain.standing import coalitions, construct_parts, line_person, standing_parts
from assessment.standing import rank_people
from tests.small_measures import PEOPLE, measures

person = st.sampled_from(PEOPLE)
criteria = st.builds(
    Criteria,
    weights=st.one_of(
        st.sampled_from(["expert", "equal"]),
        st.fixed_dictionaries({d: st.floats(0.05, 1) for d in ("want", "can", "endure", "lead")}),
        st.just({"initiative": 2.0, "resil": 1.0, "digital_lit": 1.0}),
    ),
    balance=st.sampled_from([1.0, 0.3, 0.0, -2.0]),
    reading=st.sampled_from(["model", "plain"]),
)


@given(criteria, person, st.one_of(st.none(), person))
@settings(deadline=None, max_examples=40)
def test_the_parts_add_up_to_the_standing(given_: Criteria, who: str, against: str | None) -> None:
    ranking = rank_people(measures(), given_)
    parts = standing_parts(measures(), given_, who, against)
    total = 100 * ranking.loc[who, "standing"]
    assert parts["points"].iloc[:-1].sum() == pytest.approx(total, abs=1e-4)
    assert parts["points"].iloc[-1] == pytest.approx(total, abs=1e-4)
    begin = 50 if against is None else 100 * ranking.loc[against, "standing"]
    assert parts["points"].iloc[0] == pytest.approx(begin, abs=1e-4)
    assert np.allclose(parts["end"].iloc[:-2], parts["start"].iloc[1:-1])


@given(criteria.filter(lambda c: c.reading == "model"), person, st.one_of(st.none(), person))
@settings(deadline=None, max_examples=15)
def test_constructs_add_up_to_their_domain(given_: Criteria, who: str, against: str | None) -> None:
    domains = standing_parts(measures(), given_, who, against).set_index("step")["points"]
    constructs = construct_parts(measures(), given_, who, against)
    for domain, points in constructs.groupby("domain")["points"].sum().items():
        assert points == pytest.approx(domains.get(domain, 0.0), abs=1e-3)


def test_of_a_weighted_sum_each_part_is_its_weight_times_its_distance() -> None:
    only = Criteria({"want": 3.0, "can": 1.0}, balance=1.0)
    ranking = rank_people(measures(), only)
    inside = ranking[(ranking[["want", "can"]].abs() < 1.2).all(axis=1)]
    one, other = inside.index[0], inside.index[-1]
    parts = standing_parts(measures(), only, one, other).set_index("step")["points"]
    apart = inside.loc[one, ["want", "can"]].astype(float) - inside.loc[other, ["want", "can"]].astype(float)
    assert parts["want"] == pytest.approx(0.75 * apart["want"] * 100 / 6, abs=0.3)
    assert parts["can"] == pytest.approx(0.25 * apart["can"] * 100 / 6, abs=0.3)


def test_a_person_against_oneself_has_nothing_to_tell() -> None:
    parts = standing_parts(measures(), Criteria(), PEOPLE[20], PEOPLE[20])
    assert parts["points"].iloc[1:-1].abs().max() == 0


def test_the_person_at_the_line_stands_at_the_last_place() -> None:
    ranking = rank_people(measures(), Criteria())
    assert line_person(ranking, 20) == ranking.index[19]
    assert line_person(ranking, 5000) == ranking.index[-1]


@pytest.mark.parametrize("n", [1, 2, 5, 8, 12])
def test_weights_of_the_coalitions_add_up_and_leave_the_part_out(n: int) -> None:
    for part in range(n):
        found = list(coalitions(n, part))
        assert sum(w for _, w in found) == pytest.approx(1)
        assert all(part not in chosen for chosen, _ in found)


def test_twelve_parts_still_add_up() -> None:
    rng = np.random.default_rng(2)
    worth = {frozenset(): 0.0}

    def value(chosen: tuple[int, ...]) -> float:
        return worth.setdefault(frozenset(chosen), float(rng.normal()))

    parts = [sum(w * (value((*c, k)) - value(c)) for c, w in coalitions(12, k)) for k in range(12)]
    assert sum(parts) == pytest.approx(value(tuple(range(12))))


def test_every_step_stands_once() -> None:
    steps = standing_parts(measures(), Criteria(), PEOPLE[30])["step"]
    assert steps.iloc[0] == "middle" and steps.iloc[-1] == "total" and steps.is_unique
    assert set(steps) == {"middle", "want", "can", "endure", "lead", "total"} and isinstance(steps, pd.Series)
