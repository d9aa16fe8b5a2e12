"""Adverse impact expected from a difference of means, and quality against mix over weights: printed figures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.fairness.expected import Predictors, expected_impact, quality_and_mix

# De Corte, Lievens & Sackett 2007: four predictors and a criterion, minority share 1/4, selection ratio .10
CORRELATIONS = np.array([
    [1, 0.24, 0.00, 0.19, 0.30], [0.24, 1, 0.12, 0.16, 0.30], [0.00, 0.12, 1, 0.51, 0.18],
    [0.19, 0.16, 0.51, 1, 0.28], [0.30, 0.30, 0.18, 0.28, 1],
])  # fmt: skip
PREDICTORS = Predictors(np.array([1.00, 0.23, 0.09, 0.33]), CORRELATIONS[:4, :4], CORRELATIONS[:4, 4])
FRONT = [(0.226, 0.434), (0.280, 0.430), (0.325, 0.424), (0.410, 0.407), (0.493, 0.390), (0.603, 0.359),
         (0.708, 0.300), (0.791, 0.231), (0.852, 0.180)]  # fmt: skip


def test_expected_impact_is_that_of_de_corte_and_lievens():
    found = expected_impact(0.15, 0.25, 0.30)  # their program stops a little short of the root: 2e-5
    assert (found.ratio, found.others_rate, found.group_rate, found.cutoff) == pytest.approx(
        (0.823414, 0.2639772, 0.2173625, 0.6311318), abs=3e-5
    )
    found = expected_impact(0.40, 0.10, 0.15)
    assert (found.ratio, found.others_rate, found.group_rate, found.cutoff) == pytest.approx(
        (0.4708164, 0.1086222, 0.0511411, 1.233889), abs=1e-6
    )


@settings(deadline=None)
@given(st.floats(-1.5, 2.0), st.floats(0.02, 0.95), st.floats(0.02, 0.98))
def test_both_groups_together_fill_the_places(d, ratio, share):
    found = expected_impact(d, ratio, share)
    assert (1 - share) * found.others_rate + share * found.group_rate == pytest.approx(ratio, abs=1e-9)
    assert (found.ratio < 1) == (d > 0) or abs(d) < 1e-6


def test_invented_people_pass_as_expected():
    rng = np.random.default_rng(3)
    scores = np.concatenate([rng.normal(size=70_000), rng.normal(-0.5, 1, 30_000)])
    cut = np.quantile(scores, 0.85)
    ratio = (scores[70_000:] > cut).mean() / (scores[:70_000] > cut).mean()
    assert expected_impact(0.5, 0.15, 0.3).ratio == pytest.approx(ratio, abs=0.03)


def test_the_front_is_that_of_de_corte_lievens_and_sackett():
    found = quality_and_mix(PREDICTORS, 0.10, 0.25, [ratio for ratio, _ in FRONT])
    assert list(found["validity"]) == pytest.approx([validity for _, validity in FRONT], abs=1e-3)
    assert list(found["impact_ratio"]) == pytest.approx([ratio for ratio, _ in FRONT], abs=1e-3)


def test_no_weights_drawn_by_lot_beat_the_front():
    rng = np.random.default_rng(8)
    ratios = [0.4, 0.6, 0.8]
    best = list(quality_and_mix(PREDICTORS, 0.10, 0.25, ratios)["validity"])
    for weights in rng.dirichlet(np.full(4, 0.6), 400):
        d, validity = PREDICTORS.of(weights)
        impact = expected_impact(d, 0.10, 0.25).ratio
        assert all(validity <= top + 1e-6 for top, ratio in zip(best, ratios, strict=True) if impact >= ratio)


def test_a_mix_no_weights_reach_is_said():
    assert np.isnan(quality_and_mix(PREDICTORS, 0.10, 0.25, [0.97])["validity"].iloc[0])


def test_a_share_of_everybody_is_refused():
    with pytest.raises(ValueError):
        expected_impact(0.2, 0.1, 1.0)
