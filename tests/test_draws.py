"""Who stands above whom, ranks with intervals, and how sure a chance is that comes from so many draws."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm

from assessment.draws import above, above_table, chance_error, draw_ranks, rank_intervals

standings = arrays(float, st.tuples(st.integers(2, 8), st.integers(1, 12)), elements=st.integers(0, 5).map(float))


def test_a_chance_to_stand_above_is_the_share_of_draws_and_equal_draws_count_half():
    assert above(np.array([1.0, 2, 3, 3]), np.array([0.0, 2, 4, 1])) == pytest.approx((1 + 0.5 + 0 + 1) / 4)


def test_two_normal_people_stand_above_each_other_as_the_normal_law_says():
    rng = np.random.default_rng(2)
    first, second = 0.5 + 0.3 * rng.standard_normal(200_000), 0.2 + 0.4 * rng.standard_normal(200_000)
    assert above(first, second) == pytest.approx(norm.cdf(0.3 / 0.5), abs=0.004)


def test_draws_of_different_length_cannot_be_compared():
    with pytest.raises(ValueError, match="same draws"):
        above(np.zeros(3), np.zeros(4))


def test_what_people_share_in_the_draws_does_not_blur_who_is_above():
    together = np.random.default_rng(1).standard_normal(500)
    assert above(together + 0.01, together) == 1.0


@given(standings)
def test_one_of_two_is_above(standing):
    people = [f"P{k}" for k in range(len(standing))]
    table = above_table(standing, people, people[:2])
    assert table.iloc[0, 1] + table.iloc[1, 0] == pytest.approx(1.0)
    assert np.isnan(np.diag(table)).all()


def test_somebody_unknown_is_named():
    with pytest.raises(KeyError, match="P9"):
        above_table(np.zeros((2, 3)), ["P1", "P2"], ["P1", "P9"])


@given(standings)
def test_ranks_of_a_draw_are_the_whole_numbers_and_follow_the_standing(standing):
    ranks = draw_ranks(standing)
    assert (np.sort(ranks, axis=0) == np.arange(1, len(standing) + 1)[:, None]).all()
    higher = standing[:, None] > standing[None]
    assert (ranks[:, None] < ranks[None])[higher].all()


def test_a_rank_interval_holds_nine_of_ten_draws_and_is_a_point_for_the_certain():
    rng = np.random.default_rng(0)
    standing = np.vstack([np.full(400, 9.0), rng.standard_normal((20, 400))])
    found = rank_intervals(standing, pd.Index([f"P{k:02d}" for k in range(21)]))
    assert found.loc["P00"].tolist() == [1.0, 1, 1]
    ranks = draw_ranks(standing)
    inside = (ranks >= found["low"].to_numpy()[:, None]) & (ranks <= found["high"].to_numpy()[:, None])
    assert (inside.mean(axis=1) >= 0.9).all()
    assert found.index.name == "person_id"


def test_a_chance_from_two_thousand_draws_is_known_to_one_hundredth():
    assert chance_error(0.8, 2000) == pytest.approx(0.00894, abs=1e-5)
    assert chance_error(np.array([0.0, 1.0]), 2000).tolist() == [0.0, 0.0]
    seen = np.random.default_rng(3).binomial(2000, 0.8, 5000) / 2000
    assert seen.std() == pytest.approx(float(chance_error(0.8, 2000)), rel=0.05)
    with pytest.raises(ValueError, match="at least one draw"):
        chance_error(0.5, 0)
