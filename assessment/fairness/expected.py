"""What a difference of means must do to a selection, and the best trade of validity against mix over weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

FAR = 12.0
STARTS = 12  # one start may end in a wrong local optimum where the mix is nearly even
WITHIN = 1e-6


@dataclass(frozen=True)
class Expected:
    """ratio : impact ratio; others_rate, group_rate : share of each that passes; cutoff : in SD of the others."""

    ratio: float
    others_rate: float
    group_rate: float
    cutoff: float


def expected_impact(d: float, selection_ratio: float, share: float) -> Expected:
    """What a group's mean, d standard deviations below the others', does to its chances (De Corte & Lievens 2003).

    Scores of the others are standard normal, those of the group normal with mean -d; the top `selection_ratio` of both
    together passes; `share` is the group's share of everybody.
    """
    from scipy.optimize import brentq
    from scipy.stats import norm

    if not (0 < selection_ratio < 1 and 0 < share < 1):
        raise ValueError(f"ratio {selection_ratio!r} and share {share!r} lie between 0 and 1")

    def passing(cut: float) -> float:
        return float((1 - share) * norm.sf(cut) + share * norm.sf(cut + d)) - selection_ratio

    cut = brentq(passing, -FAR - abs(d), FAR + abs(d), xtol=1e-13)
    others, group = float(norm.sf(cut)), float(norm.sf(cut + d))
    return Expected(group / others, others, group, cut)


@dataclass(frozen=True)
class Predictors:
    """d : how far the group lies below the others on each predictor; correlations : of the predictors, within groups;
    validities : with the criterion."""

    d: np.ndarray
    correlations: np.ndarray
    validities: np.ndarray

    def of(self, weights: np.ndarray) -> tuple[float, float]:
        """d and validity of the weighted sum."""
        spread = float(np.sqrt(weights @ self.correlations @ weights))
        return float(weights @ self.d) / spread, float(weights @ self.validities) / spread


def quality_and_mix(
    predictors: Predictors, selection_ratio: float, share: float, ratios: Sequence[float], seed: int = 1
) -> pd.DataFrame:
    """The highest validity at each impact ratio, over weights from 0 up (De Corte, Lievens & Sackett 2007).

    Returns rows ratio (asked for), impact_ratio, validity, w1 ... (adding up to 1); NaN where no weights reach a ratio.
    """
    k = len(predictors.d)
    rows = []
    for wanted in ratios:
        limit = _difference_for(wanted, selection_ratio, share)
        best = _best_weights(predictors, limit, _starts(k, seed))
        if best is None:
            rows.append([wanted, np.nan, np.nan, *([np.nan] * k)])
            continue
        d, validity = predictors.of(best)
        rows.append([wanted, expected_impact(d, selection_ratio, share).ratio, validity, *best])
    return pd.DataFrame(rows, columns=["ratio", "impact_ratio", "validity", *(f"w{i + 1}" for i in range(k))])


def _difference_for(ratio: float, selection_ratio: float, share: float) -> float:
    """The d that gives an impact ratio: it falls as d grows."""
    from scipy.optimize import brentq

    return float(brentq(lambda d: expected_impact(d, selection_ratio, share).ratio - ratio, -4.0, 6.0, xtol=1e-12))


def _starts(k: int, seed: int) -> list[np.ndarray]:
    """Near each predictor alone, all alike, and drawn by lot."""
    rng = np.random.default_rng(seed)
    alone = [0.97 * row + 0.03 / k for row in np.eye(k)]
    return [*alone, np.full(k, 1.0 / k), *rng.dirichlet(np.ones(k), max(STARTS - k - 1, 1))]


def _best_weights(predictors: Predictors, limit: float, starts: Sequence[np.ndarray]) -> np.ndarray | None:
    from scipy.optimize import minimize

    best, found = None, -np.inf
    conditions = [
        {"type": "ineq", "fun": lambda w: limit - predictors.of(w)[0]},
        {"type": "eq", "fun": lambda w: w.sum() - 1.0},
    ]
    for start in starts:
        result = minimize(
            lambda w: -predictors.of(w)[1], start, method="SLSQP", bounds=[(0.0, 1.0)] * len(start),
            constraints=conditions, options={"maxiter": 300, "ftol": 1e-12},
        )  # fmt: skip
        d, validity = predictors.of(result.x)
        if d <= limit + WITHIN and validity > found:
            best, found = np.clip(result.x, 0.0, None), validity
    return None if best is None else best / best.sum()
