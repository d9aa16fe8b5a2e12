"""Classical figures of a scale and of judges: alpha, omega, item-rest correlations, floor and ceiling, ICC."""
from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

LARGEST_LOADING = 0.995**0.5  # unique variances of standardised items stay above .005, as minres programs hold it


def covariances(answers: pd.DataFrame) -> NDArray[np.float64]:
    """Covariances of items over the pairs of answers both given, shape (n_items, n_items); NaN below two pairs."""
    return answers.astype(float).cov().to_numpy()


def correlations(answers: pd.DataFrame) -> NDArray[np.float64]:
    """Pearson correlations of items over the pairs of answers both given; NaN for items without spread."""
    return answers.astype(float).corr().to_numpy()


def alpha(answers: pd.DataFrame) -> float:
    """Cronbach's alpha from pairwise covariances, people x items (reversed items already turned).

    k / (k - 1) (1 - sum of variances / sum of all covariances); NaN for fewer than two items or without spread.
    """
    return _alpha(covariances(answers))


def standardised_alpha(answers: pd.DataFrame) -> float:
    """Alpha of the pairwise covariances divided by the spreads: what alpha would be if all items spread alike."""
    matrix = covariances(answers)
    spread = np.sqrt(np.diag(matrix))
    with np.errstate(divide="ignore", invalid="ignore"):
        return _alpha(matrix / np.outer(spread, spread))


def _alpha(matrix: NDArray[np.float64]) -> float:
    k, total = len(matrix), float(matrix.sum())
    if k < 2 or not total > 0:
        return float("nan")
    return k / (k - 1) * (1.0 - float(np.trace(matrix)) / total)


def one_factor(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Loadings of one factor by least squares on the correlations off the diagonal, shape (n_items,).

    One loading after the other given the rest (Harman & Jones 1966, minres), until none moves by more than 1e-9;
    unique variances stay above .005; the sum of the loadings is not negative.
    """
    off = matrix - np.diag(np.diag(matrix))
    strongest = off[np.argmax((off**2).sum(axis=0))]
    loadings = np.clip(np.where(strongest == 0, 0.5, strongest), -LARGEST_LOADING, LARGEST_LOADING)
    for _ in range(2000):
        moved = 0.0
        for item, row in enumerate(off):
            others = float(loadings @ loadings) - loadings[item] ** 2
            best = float(row @ loadings) / max(others, 1e-12)
            best = min(max(best, -LARGEST_LOADING), LARGEST_LOADING)
            moved = max(moved, abs(best - loadings[item]))
            loadings[item] = best
        if moved < 1e-9:
            break
    return loadings if loadings.sum() >= 0 else -loadings


def omega(answers: pd.DataFrame) -> float:
    """McDonald's omega total from one factor: 1 - sum of unique variances / sum of all correlations.

    Pairwise correlations, loadings by `one_factor`. NaN for fewer than three items, where one factor is not determined,
    and where correlations cannot be computed.
    """
    matrix = correlations(answers)
    if len(matrix) < 3 or np.isnan(matrix).any() or not matrix.sum() > 0:
        return float("nan")
    loadings = one_factor(matrix)
    return float(1.0 - (1.0 - loadings**2).sum() / matrix.sum())


def item_rest(answers: pd.DataFrame) -> pd.Series:
    """Correlation of every item with the mean of the other items answered, NaN where it does not exist."""
    values = answers.to_numpy(dtype=float)
    given = ~np.isnan(values)
    total, count = np.where(given, values, 0.0).sum(axis=1), given.sum(axis=1)
    found = {}
    for column, item in enumerate(answers.columns):
        others = count - given[:, column]
        both = given[:, column] & (others > 0)
        own = values[both, column]
        rest = (total[both] - own) / others[both]
        spread = len(own) > 1 and np.ptp(own) > 0 and np.ptp(rest) > 0
        found[item] = float(np.corrcoef(own, rest)[0, 1]) if spread else np.nan
    return pd.Series(found, dtype=float, name="item_rest")


def mean_inter_item(answers: pd.DataFrame) -> float:
    """Mean correlation between different items, over the pairs where it exists."""
    matrix = correlations(answers)
    pairs = matrix[np.triu_indices(len(matrix), 1)]
    pairs = pairs[~np.isnan(pairs)]
    return float(pairs.mean()) if len(pairs) else float("nan")


def floor_ceiling(answers: pd.DataFrame, lowest: float, highest: float) -> pd.DataFrame:
    """Share of answers at the ends of the scale [lowest, highest], columns floor and ceiling, one row an item."""
    given = answers.notna().sum()
    share = {"floor": (answers == lowest).sum() / given, "ceiling": (answers == highest).sum() / given}
    return pd.DataFrame(share)


def intraclass(ratings: pd.DataFrame) -> pd.Series:
    """The six intraclass correlations of Shrout & Fleiss (1979), targets x judges.

    Index ICC1, ICC2, ICC3 (one judge) and ICC1k, ICC2k, ICC3k (mean of the k judges). Targets that a judge has left out
    are dropped; ValueError when fewer than two targets or judges are left.
    """
    table = ratings.dropna().to_numpy(dtype=float)
    n, k = table.shape
    if n < 2 or k < 2:
        raise ValueError(f"intraclass correlations need two targets rated by all of two judges; found {n} and {k}")
    grand = table.mean()
    targets = k * ((table.mean(axis=1) - grand) ** 2).sum() / (n - 1)
    judges = n * ((table.mean(axis=0) - grand) ** 2).sum() / (k - 1)
    within = ((table - table.mean(axis=1, keepdims=True)) ** 2).sum()
    error = (within - judges * (k - 1)) / ((n - 1) * (k - 1))
    within /= n * (k - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = {
            "ICC1": (targets - within) / (targets + (k - 1) * within),
            "ICC2": (targets - error) / (targets + (k - 1) * error + k * (judges - error) / n),
            "ICC3": (targets - error) / (targets + (k - 1) * error),
            "ICC1k": (targets - within) / targets,
            "ICC2k": (targets - error) / (targets + (judges - error) / n),
            "ICC3k": (targets - error) / targets,
        }
    return pd.Series(found, dtype=float, name="icc")
