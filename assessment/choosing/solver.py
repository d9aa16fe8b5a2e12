"""One call of HiGHS through scipy: the programme, other limits, further rows, and what came back."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from assessment.choosing.model import Model

OPTIMAL, FEASIBLE, INFEASIBLE = "optimal", "feasible", "infeasible"
SECONDS = 60.0
CUT_SCALE = 1e4


@dataclass(frozen=True)
class Solution:
    """What the solver gave: columns (None when there is none), the total and its bound in millionths."""

    status: str
    columns: np.ndarray | None = field(default=None, repr=False)
    total: int = 0
    bound: float = math.inf


@dataclass(frozen=True)
class Cut:
    """A further row: low <= sum of coefficients * columns <= high."""

    coefficients: np.ndarray = field(repr=False)
    low: float = -math.inf
    high: float = math.inf


def solve(
    model: Model,
    *,
    cost: np.ndarray | None = None,
    limits: Mapping[str, tuple[float, float]] | None = None,
    cuts: Sequence[Cut] = (),
    fixed: np.ndarray | None = None,
    whole_seats: bool = False,
    seconds: float = SECONDS,
    gap: float = 0.0,
) -> Solution:
    """Maximise the cost (the model's own by default) to proven optimality, or as far as the seconds reach.

    limits : part id -> (low, high) in place of its own; fixed : 0/1 for each person; cuts : further rows;
    gap : how far below the bound is near enough, as a share
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    aim = model.cost if cost is None else cost
    table = model.table
    row_low, row_high = table.row_low.copy(), table.row_high.copy()
    for name, (low, high) in (limits or {}).items():
        row_low[model.row_of[name]], row_high[model.row_of[name]] = low, high
    matrix = table.with_rows([c.coefficients for c in cuts])
    row_low = np.concatenate([row_low, [c.low for c in cuts]])
    row_high = np.concatenate([row_high, [c.high for c in cuts]])
    least, most, whole = table.low, table.high, table.binary
    if fixed is not None:
        least, most = least.copy(), most.copy()
        least[: len(model.ids)] = most[: len(model.ids)] = fixed
    if whole_seats:
        whole = whole.copy()
        whole[[seat.at for seat in model.seats]] = 1
    started = time.monotonic()
    for presolve in (True, False):
        result = milp(
            -aim,
            constraints=LinearConstraint(matrix, row_low, row_high),
            integrality=whole,
            bounds=Bounds(least, most),
            options={"mip_rel_gap": gap, "presolve": presolve, "time_limit": max(seconds, 0.01)},
        )
        if result.status in (0, 1, 2) or time.monotonic() - started > seconds:
            return _solution(result)
    raise RuntimeError(f"the solver stopped without an answer: {result.message}")


def _solution(result: Any) -> Solution:
    if result.status == 2:
        return Solution(INFEASIBLE)
    bound = math.inf if result.mip_dual_bound is None else -float(result.mip_dual_bound)
    if result.x is None:
        return Solution(FEASIBLE, None, 0, bound)
    total = round(-float(result.fun))
    return Solution(
        OPTIMAL if result.status == 0 else FEASIBLE, result.x, total, total if result.status == 0 else bound
    )


def membership(model: Model, solution: Solution) -> np.ndarray:
    """0/1 for each person sorted by id."""
    assert solution.columns is not None
    return np.round(solution.columns[: len(model.ids)])


def at_least(model: Model, total: int) -> Cut:
    """The total may not fall below this one.

    Totals are whole, so half a millionth is room enough; in hundredths of a point the row stays well scaled, and
    that room is still far above the solver's tolerance.
    """
    return Cut(model.cost / CUT_SCALE, low=(total - 0.5) / CUT_SCALE)
