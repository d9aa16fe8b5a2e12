"""Mean differences of groups: worked examples, draws, what cannot be said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assessment.fairness.differences import difference, differences


def sides(n: int, m: int) -> tuple[np.ndarray, np.ndarray]:
    inside = np.arange(n + m) < n
    return inside, ~inside


def test_d_and_its_interval_are_those_of_the_textbook():
    rng = np.random.default_rng(1)
    values = np.concatenate([rng.normal(0.6, 1, 60), rng.normal(0, 1, 40)])
    inside, outside = sides(60, 40)
    d, low, high = difference(values, inside, outside)
    pooled = np.sqrt((59 * values[:60].var(ddof=1) + 39 * values[60:].var(ddof=1)) / 98)
    assert d == pytest.approx((values[:60].mean() - values[60:].mean()) / pooled)
    assert high - low == pytest.approx(2 * 1.959964 * np.sqrt(100 / 2400 + d * d / 200), rel=1e-6)


def test_disagreeing_draws_widen_the_interval():
    rng = np.random.default_rng(2)
    once = np.concatenate([rng.normal(1, 1, 50), rng.normal(0, 1, 50)])
    inside, outside = sides(50, 50)
    same = difference(np.repeat(once[:, None], 20, 1), inside, outside)
    moved = once[:, None] + np.where(inside[:, None], rng.normal(0, 0.4, (1, 20)), 0)
    drawn = difference(moved, inside, outside)
    assert same == pytest.approx(difference(once, inside, outside))
    assert drawn[2] - drawn[1] > same[2] - same[1]


def test_the_interval_covers_the_true_difference_as_often_as_it_says():
    rng = np.random.default_rng(3)
    inside, outside = sides(30, 70)
    hits = 0
    for _ in range(400):
        d, low, high = difference(rng.normal(np.where(inside, 0.5, 0.0), 1.0), inside, outside)
        hits += low <= 0.5 <= high
    assert 0.92 <= hits / 400 <= 0.98


def test_too_few_measured_people_give_no_difference():
    inside, outside = sides(6, 10)
    values = np.arange(16.0)
    values[:2] = np.nan
    assert np.isnan(difference(values, inside, outside)).all()
    assert np.isnan(difference(np.ones(16), inside, outside)).all()


def test_only_differences_beyond_half_a_deviation_are_flagged_and_the_unknown_stand_aside():
    rng = np.random.default_rng(4)
    table = pd.DataFrame({"gender": ["f"] * 100 + ["m"] * 100 + [""] * 50})
    shift = np.repeat([1.0, 0.0, 50.0], [100, 100, 50])
    found = differences(table, {"far": rng.normal(size=250) + shift, "near": rng.normal(size=250)})
    found = found.set_index(["what", "group"])
    assert found["large"].to_dict() == {(w, g): w == "far" for w in ("far", "near") for g in ("f", "m")}
    assert found.loc[("far", "f"), "d"] == pytest.approx(-found.loc[("far", "m"), "d"])
    assert found.loc[("far", "f"), "d"] == pytest.approx(1.0, abs=0.35)
