"""What joint draws say of people against people: who stands above whom, ranks with intervals, error of a chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

RANK_INTERVAL = (5.0, 95.0)  # percent of the draws


def above(first: np.ndarray, second: np.ndarray) -> float:
    """Chance that one person stands above another: share of the joint draws, equal draws count half.

    first, second : the standing of each in the same draws, shape (n_draws,). ValueError where the lengths differ.
    """
    if np.shape(first) != np.shape(second):
        raise ValueError("both people need the same draws")
    difference = np.asarray(first, dtype=float) - np.asarray(second, dtype=float)
    return float((difference > 0).mean() + 0.5 * (difference == 0).mean())


def above_table(standing: np.ndarray, people: Sequence[str] | pd.Index, chosen: Sequence[str]) -> pd.DataFrame:
    """Chance of each chosen person (rows) to stand above each other one (columns); the diagonal is empty.

    standing : people x draws. KeyError: somebody chosen is not among the people.
    """
    index = pd.Index(people)
    missing = [p for p in chosen if p not in index]
    if missing:
        raise KeyError(", ".join(map(str, missing)))
    rows = standing[index.get_indexer(pd.Index(chosen))]
    table = np.full((len(chosen), len(chosen)), np.nan)
    for i in range(len(chosen)):
        for j in range(i):
            table[i, j] = above(rows[i], rows[j])
            table[j, i] = 1.0 - table[i, j]
    return pd.DataFrame(table, index=list(chosen), columns=list(chosen))


def draw_ranks(standing: np.ndarray) -> np.ndarray:
    """Rank of everybody in every draw (1 = first), people x draws; of equals the one who comes first in the rows."""
    order = np.argsort(-standing, axis=0, kind="stable")
    ranks = np.empty(standing.shape, dtype=np.int32)
    np.put_along_axis(ranks, order, np.arange(1, len(standing) + 1, dtype=np.int32)[:, None], axis=0)
    return ranks


def rank_intervals(standing: np.ndarray, people: Sequence[str] | pd.Index) -> pd.DataFrame:
    """Ranks over the draws: index person_id; mean, low, high (5 and 95 %), whole numbers at the ends."""
    ranks = draw_ranks(standing)
    low, high = np.percentile(ranks, RANK_INTERVAL, axis=1, method="nearest")
    index = pd.Index(people, name="person_id")
    table = {"mean": ranks.mean(axis=1), "low": low.astype(int), "high": high.astype(int)}
    return pd.DataFrame(table, index=index)


def chance_error(chance: pd.Series | np.ndarray | float, n_draws: int) -> np.ndarray:
    """Standard error that a chance has only because the draws are so many: sqrt(p (1 - p) / n_draws)."""
    if n_draws < 1:
        raise ValueError("a chance needs at least one draw")
    p = np.asarray(chance, dtype=float)
    return np.sqrt(p * (1.0 - p) / n_draws)
