"""Fewer columns for the solver: what the linear relaxation proves too costly is fixed, and nothing else.

The relaxation gives an upper bound and for each column the loss of moving it away from its end (its reduced cost).
A list that reaches a given total cannot move a column whose loss takes the bound below that total. Guessing the total
is safe: a list found at or above the guess is the best of all, otherwise the guess is lowered.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assessment.choosing.model import Model
from assessment.choosing.solver import INFEASIBLE, OPTIMAL, SECONDS, Cut, Solution, solve

ROOM = 100.0  # millionths kept for the rounding of the relaxation
FREE = (24, 40, 80)  # how many people may stay open at a guess, before the whole programme is taken


@dataclass(frozen=True)
class Relaxation:
    """Upper bound of every list, and for each column the loss of leaving its lower or its upper end."""

    bound: float
    rise: np.ndarray
    fall: np.ndarray


def relax(
    model: Model, limits: Mapping[str, tuple[float, float]] | None = None, cuts: Sequence[Cut] = ()
) -> Relaxation | None:
    """The linear relaxation (cuts left out only lower it); None when not even that can be met."""
    from scipy.optimize import linprog
    from scipy.sparse import vstack

    table = model.table
    row_low, row_high = table.row_low.copy(), table.row_high.copy()
    for name, (low, high) in (limits or {}).items():
        row_low[model.row_of[name]], row_high[model.row_of[name]] = low, high
    row_low = np.concatenate([row_low, [c.low for c in cuts]])
    row_high = np.concatenate([row_high, [c.high for c in cuts]])
    matrix = table.with_rows([c.coefficients for c in cuts])
    above, below = np.isfinite(row_high), np.isfinite(row_low)
    rows = vstack([matrix[above], -matrix[below]], format="csr")
    right = np.concatenate([row_high[above], -row_low[below]])
    ends = np.column_stack([table.low, table.high])
    answer = linprog(-model.cost, A_ub=rows, b_ub=right, bounds=ends, method="highs")
    if answer.status == 2:
        return None
    if answer.status != 0:
        nothing = np.zeros(len(model.cost))
        return Relaxation(math.inf, nothing, nothing)
    rise, fall = np.maximum(answer.lower.marginals, 0.0), np.maximum(-answer.upper.marginals, 0.0)
    return Relaxation(-float(answer.fun), rise, fall)


def narrowed(model: Model, relaxation: Relaxation, least: float) -> Model:
    """The programme without the moves that no list of this total or more can make."""
    spare = relaxation.bound - least + ROOM
    low, high = model.table.low.copy(), model.table.high.copy()
    small = (low == 0.0) & (high == 1.0)
    high[small & (relaxation.rise > spare)] = 0.0
    low[small & (relaxation.fall > spare)] = 1.0
    return replace(model, table=replace(model.table, low=low, high=high))


def guesses(model: Model, relaxation: Relaxation) -> list[float]:
    """Totals to try in turn: such that a few people stay open, then more."""
    n = len(model.ids)
    losses = np.sort(np.maximum(relaxation.rise[:n], relaxation.fall[:n]))
    return [relaxation.bound - losses[k] + ROOM for k in FREE if k < 0.8 * n and losses[k] > 0]


def best(
    model: Model,
    limits: Mapping[str, tuple[float, float]] | None = None,
    cuts: Sequence[Cut] = (),
    *,
    relaxation: Relaxation | None = None,
    least: float | None = None,
    most: float = math.inf,
    seconds: float = SECONDS,
    gap: float = 0.0,
) -> Solution:
    """As `solve`, with fewer columns wherever that is proven to give the same total.

    relaxation : of the same model and limits, where it is known already
    least : only totals of at least this matter; below it the answer is "infeasible"
    most : a total known to be out of reach from above, so that no guess is wasted beyond it
    """
    relaxation = relaxation or relax(model, limits)
    if relaxation is None or (least is not None and relaxation.bound + ROOM < least):
        return Solution(INFEASIBLE)
    if math.isinf(relaxation.bound):
        return solve(model, limits=limits, cuts=cuts, seconds=seconds, gap=gap)
    tried = [g for g in guesses(model, relaxation) if g <= most and (least is None or g > least)]
    for guess in tried:
        answer = solve(narrowed(model, relaxation, guess), limits=limits, cuts=cuts, seconds=seconds, gap=gap)
        if answer.status == OPTIMAL and answer.total >= guess:
            return answer
    if least is not None:
        model = narrowed(model, relaxation, least)
    return solve(model, limits=limits, cuts=cuts, seconds=seconds, gap=gap)
