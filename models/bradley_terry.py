"""Strengths from pairs: who was preferred to whom (Bradley & Terry 1952)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

CYCLES, TOLERANCE = 200, 1e-10


class BradleyTerry(BaseEstimator):
    """Log odds that one is preferred to another = difference of their strengths; by Newton's method (concave).

    Parameters
    ----------
    alpha : precision of a normal prior on the strengths (mean 0). 0 = plain maximum likelihood: then everybody must be
        linked to everybody by a chain of preferences, else ValueError says who is not.

    Attributes
    ----------
    strengths_, errors_ : Series index item; strengths sum to 0, errors are those of a strength against that mean
    covariance_ : DataFrame items x items; log_likelihood_, n_iter_, converged_
    """

    def __init__(self, alpha: float = 0.0) -> None:
        self.alpha = alpha

    def fit(self, pairs: pd.DataFrame, y: Any = None) -> BradleyTerry:
        """Learn from rows preferred, other and (optional) count."""
        items, wins = _wins(pairs)
        n = len(items)
        if n < 2:
            raise ValueError("pairs name fewer than two different items")
        if self.alpha <= 0:
            _check_linked(items, wins)
        played = wins + wins.T
        at = np.zeros(n)
        self.converged_ = False
        for cycle in range(1, CYCLES + 1):
            self.n_iter_ = cycle
            chance = 1.0 / (1.0 + np.exp(at[None, :] - at[:, None]))
            slope = (wins - played * chance).sum(1) - self.alpha * at
            weight = played * chance * (1 - chance)
            # strengths are known up to a constant: 1/n ones fixes their sum at 0 and changes nothing else
            curve = np.diag(weight.sum(1) + self.alpha) - weight + 1.0 / n
            step = np.linalg.solve(curve, slope)
            at = at + step / max(1.0, np.abs(step).max() / 2)
            if np.abs(step).max() < TOLERANCE:
                self.converged_ = True
                break
        at -= at.mean()
        centre = np.eye(n) - 1.0 / n
        covariance = centre @ np.linalg.inv(curve) @ centre
        self.strengths_ = pd.Series(at, index=items)
        self.covariance_ = pd.DataFrame(covariance, items, items)
        self.errors_ = pd.Series(np.sqrt(np.diag(covariance)), index=items)
        chance = 1.0 / (1.0 + np.exp(at[None, :] - at[:, None]))
        self.log_likelihood_ = float((wins * np.log(chance)).sum())
        return self

    def predict_proba(self, pairs: pd.DataFrame) -> np.ndarray:
        """Chance that `preferred` is preferred to `other`, one a row; items not seen stand in the middle."""
        check_is_fitted(self)
        one, other = (pairs[c].map(self.strengths_).fillna(0.0).to_numpy(float) for c in ("preferred", "other"))
        return 1.0 / (1.0 + np.exp(other - one))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.no_validation = True
        return tags


def _wins(pairs: pd.DataFrame) -> tuple[pd.Index, np.ndarray]:
    """Items sorted, and how often the row was preferred to the column."""
    if (pairs["preferred"] == pairs["other"]).any():
        raise ValueError("a pair names the same item twice")
    items = pd.Index(sorted(set(pairs["preferred"]) | set(pairs["other"])))
    wins = np.zeros((len(items), len(items)))
    count = pairs["count"].to_numpy(float) if "count" in pairs else np.ones(len(pairs))
    np.add.at(wins, (items.get_indexer(pairs["preferred"]), items.get_indexer(pairs["other"])), count)
    return items, wins


def _check_linked(items: pd.Index, wins: np.ndarray) -> None:
    """Maximum likelihood exists only where the preferences form one strongly connected graph (Ford 1957)."""
    from scipy.sparse.csgraph import connected_components

    count, part = connected_components(wins > 0, directed=True, connection="strong")
    if count > 1:
        groups = [", ".join(map(str, items[part == k])) for k in range(count)]
        raise ValueError(f"no chain of preferences links these both ways: {' | '.join(groups[:6])}")
