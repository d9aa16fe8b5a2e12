"""Item fit of the graded response model: S-X2, observed against expected answers at every sum score."""
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .graded_curves import Floats

if TYPE_CHECKING:
    from .graded_response import GradedResponse


def item_fit(model: GradedResponse, answers: pd.DataFrame, smallest: float = 1.0) -> pd.DataFrame:
    """S-X2 of every item (Orlando & Thissen 2000; Kang & Chen 2008) over people who answered all items.

    Cells expected to hold fewer than `smallest` people are joined with their smaller neighbours, first within a sum
    score, then sum scores. Columns s_x2, df, p (NaN where df < 1), one row an item. ValueError below 10 complete rows.
    """
    from scipy.stats import chi2

    complete = answers.dropna()
    if len(complete) < 10:
        raise ValueError(f"item fit needs people who answered all items; found {len(complete)}")
    values = complete.to_numpy(dtype=float)
    codes = np.column_stack([np.searchsorted(known, values[:, i]) for i, known in enumerate(model.categories_)])
    nodes = np.linspace(-6.0, 6.0, model.n_nodes_)
    weights = np.exp(-0.5 * nodes**2)
    weights /= weights.sum()
    curves = [np.exp(model.log_probabilities(item, nodes)) for item in range(codes.shape[1])]
    before, after = _running_scores(curves), _running_scores(curves[::-1])[::-1]
    score = codes.sum(axis=1)
    people = np.bincount(score, minlength=sum(len(c) - 1 for c in curves) + 1)
    rows = []
    for item, own in enumerate(curves):
        rest = _joined(before[item], after[item + 1]) * weights
        expected = _expected(rest, own, people)
        observed = np.zeros_like(expected)
        np.add.at(observed, (score, codes[:, item]), 1)
        inside = len(own) - 1, len(people) - len(own)
        seen, hoped = _collapsed(_ends_joined(observed, *inside), _ends_joined(expected, *inside), smallest)
        filled = hoped > 0
        statistic = float(((seen - hoped)[filled] ** 2 / hoped[filled]).sum())
        df = int(filled.sum()) - len(hoped) - len(own)
        rows.append((statistic, df, float(chi2.sf(statistic, df)) if df > 0 else np.nan))
    return pd.DataFrame(rows, columns=["s_x2", "df", "p"], index=answers.columns)


def _running_scores(curves: list[Floats]) -> list[Floats]:
    """Chances of every sum score of the first 0, 1, 2 ... items at every node (Lord & Wingersky 1984)."""
    scores = [np.ones((1, curves[0].shape[1]))]
    for own in curves:
        scores.append(_joined(scores[-1], own))
    return scores


def _joined(left: Floats, right: Floats) -> Floats:
    """Chances of the sum of two independent scores, both (n_scores, n_nodes)."""
    total = np.zeros((len(left) + len(right) - 1, left.shape[1]))
    short, long = (left, right) if len(left) < len(right) else (right, left)
    for place, row in enumerate(short):
        total[place : place + len(long)] += row * long
    return total


def _expected(rest: Floats, own: Floats, people: NDArray) -> Floats:
    """People expected at every sum score (rows) and category of the item (columns)."""
    table = np.zeros((len(people), len(own)))
    for category, curve in enumerate(own):
        table[category : category + len(rest), category] = rest @ curve
    total = table.sum(axis=1, keepdims=True)
    return people[:, None] * table / np.where(total > 0, total, 1.0)


def _ends_joined(table: Floats, first: int, last: int) -> Floats:
    """Scores from `first` to `last`, at which every category is possible; scores outside join the nearest of them.

    The lowest and the highest score of all are left out: there the answer is known.
    """
    if first >= last:
        return table[1:-1].sum(axis=0, keepdims=True)
    inner = table[first : last + 1].copy()
    inner[0] += table[1:first].sum(axis=0)
    inner[-1] += table[last + 1 : -1].sum(axis=0)
    return inner


def _collapsed(observed: Floats, expected: Floats, smallest: float) -> tuple[Floats, Floats]:
    """Both tables with rare scores and cells joined; unused cells are 0 (rules of R mirt 1.45)."""
    kept = observed.sum(axis=1) > 0
    if not kept.any():
        return observed[:0], expected[:0]
    seen, hoped = [*observed[kept]], [*expected[kept]]
    place = 0
    while len(seen) > 1 and place < len(seen):
        if seen[place].sum() == 1:
            _join(seen, hoped, place, place + 1 if place + 1 < len(seen) else place - 1)
        else:
            place += 1
    both = [_joined_cells(s, h, smallest) for s, h in zip(seen, hoped, strict=True)]
    seen, hoped = [s for s, _ in both], [h for _, h in both]
    left, right = _rare_columns(np.array(seen), np.array(hoped), smallest)
    seen, hoped = [*left], [*right]
    while len(seen) > 1:
        short = [place for place, row in enumerate(hoped) if np.any((row < smallest) & (row != 0))]
        if not short:
            break
        place = short[0]
        sides = [side for side in (place - 1, place + 1) if 0 <= side < len(seen)]
        _join(seen, hoped, place, min(sides, key=lambda side: seen[side].sum()))
    return np.array(seen), np.array(hoped)


def _join(seen: list[Floats], hoped: list[Floats], place: int, into: int) -> None:
    for rows in (seen, hoped):
        rows[into] = rows[into] + rows[place]
        del rows[place]


def _joined_cells(seen: Floats, hoped: Floats, smallest: float) -> tuple[Floats, Floats]:
    """One row whose rarest cell joins its smaller neighbour until all are large enough or two are left."""
    width = len(hoped)
    left, right = [*seen], [*hoped]
    while len(right) > 2 and min(right) < smallest:
        low = min(right)
        place = max(i for i, value in enumerate(right) if value == low)
        sides = [side for side in (place - 1, place + 1) if 0 <= side < len(right)]
        into = min(sides, key=lambda side: right[side])
        left[into] += left[place]
        right[into] += right[place]
        del left[place], right[place]
    gap = [0.0] * (width - len(right))
    return np.array(left + gap), np.array(right + gap)


def _rare_columns(seen: Floats, hoped: Floats, smallest: float) -> tuple[Floats, Floats]:
    """Columns at the right that hardly any row uses, added to the column before."""
    enough = smallest * np.ceil(len(hoped) * 0.1)
    while hoped.shape[1] > 2 and hoped[:, -1].sum() < enough:
        seen, hoped = _without_column(seen, -1), _without_column(hoped, -1)
    for column in range(hoped.shape[1] - 1, 0, -1):
        if np.mean(hoped[:, column] > 0) < 0.05:
            seen, hoped = _without_column(seen, column), _without_column(hoped, column)
    return seen, hoped


def _without_column(table: Floats, column: int) -> Floats:
    table = table.copy()
    table[:, column - 1] += table[:, column]
    return np.delete(table, column, axis=1)
