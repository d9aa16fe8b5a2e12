"""The best list and its seats: HiGHS to proven optimality, then a tie-break that the seed settles."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from assessment.choice_model import Model

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


@dataclass(frozen=True)
class Team:
    """A chosen list: positions of people, role of each who fills a seat, total in millionths, bound."""

    status: str
    members: tuple[int, ...] = ()
    roles: Mapping[int, str] = field(default_factory=dict)
    total: int = 0
    bound: float = math.inf


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


def tie_weight(seed: int, person: str, role: str = "") -> int:
    """A fixed number of 20 bits for a person, or a person in a role: settles between equally good lists."""
    return 1 + int(hashlib.sha256(f"{seed}|{person}|{role}".encode()).hexdigest()[:5], 16)


def membership(model: Model, solution: Solution) -> np.ndarray:
    """0/1 for each person sorted by id."""
    assert solution.columns is not None
    return np.round(solution.columns[: len(model.ids)])


def best_team(
    model: Model, seed: int = 1, limits: Mapping[str, tuple[float, float]] | None = None, seconds: float = SECONDS
) -> Team:
    """The best total, then among equally good lists the one that the seed settles, then its seats likewise."""
    first = solve(model, limits=limits, seconds=seconds)
    if first.columns is None:
        return Team(first.status, bound=first.bound)
    chosen, total = membership(model, first), first.total
    if first.status == OPTIMAL:
        weights = np.zeros(len(model.cost))
        weights[: len(model.ids)] = [-tie_weight(seed, person) for person in model.ids]
        second = solve(model, cost=weights, limits=limits, cuts=[at_least(model, total)], seconds=seconds)
        if second.columns is not None:
            settled = settle(model, membership(model, second), seed, limits, seconds)
            if settled.total >= total:
                return settled
    settled = settle(model, chosen, seed, limits, seconds)
    return Team(first.status, settled.members, settled.roles, settled.total, max(first.bound, settled.total))


def at_least(model: Model, total: int) -> Cut:
    """The total may not fall below this one.

    Totals are whole, so half a millionth is room enough; in hundredths of a point the row stays well scaled, and
    that room is still far above the solver's tolerance.
    """
    return Cut(model.cost / CUT_SCALE, low=(total - 0.5) / CUT_SCALE)


def settle(
    model: Model,
    chosen: np.ndarray,
    seed: int,
    limits: Mapping[str, tuple[float, float]] | None = None,
    seconds: float = SECONDS,
    cuts: Sequence[Cut] = (),
) -> Team:
    """The best seats for given members, settled by the seed; no seat is filled that neither a rule nor fit asks for."""
    best = solve(model, limits=limits, fixed=chosen, cuts=cuts, seconds=seconds)
    if best.columns is None:
        raise RuntimeError("the chosen members break the rows they were chosen by")
    members = tuple(int(i) for i in np.flatnonzero(chosen))
    roles: dict[int, str] = {}
    if model.seats:
        weights = np.zeros(len(model.cost))
        for seat in model.seats:
            weights[seat.at] = -tie_weight(seed, model.ids[seat.person], seat.role)
        kept = [*cuts, at_least(model, best.total)]
        found = solve(model, cost=weights, limits=limits, fixed=chosen, cuts=kept, whole_seats=True, seconds=seconds)
        seated = best.columns if found.columns is None else found.columns
        roles = {seat.person: seat.role for seat in model.seats if seated[seat.at] > 0.5}
    return Team(OPTIMAL, members, roles, best.total, best.total)
