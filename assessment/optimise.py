"""The choice as a mixed integer programme: who is in, who fills which seat, at the best total score."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from assessment.choice_rows import Rows, Table
from assessment.pool import Columns
from assessment.rule_parts import Part
from assessment.rules import Coverage, RuleSet

SCALE = 1_000_000
OPTIMAL, FEASIBLE, INFEASIBLE = "optimal", "feasible", "infeasible"
SECONDS = 60.0
CUT_SCALE = 1e4


@dataclass(frozen=True)
class Seat:
    """Column `at` of the programme is 1 when the person (position) fills the role."""

    person: int
    role: str
    at: int


@dataclass(frozen=True)
class Slack:
    """Columns by which a hard part may be left: how far under, how far over, and whether at all."""

    under: int
    over: int
    used: int


@dataclass(frozen=True)
class Model:
    """Maximise cost * columns under rows; the first len(ids) columns are the people sorted by id, 1 = chosen.

    cost : whole millionths of a point; table : rows and columns as arrays; row_of : part id -> its row
    """

    ids: tuple[str, ...]
    cost: np.ndarray
    table: Table
    row_of: Mapping[str, int]
    seats: tuple[Seat, ...]
    parts: Mapping[str, Part]
    slack_of: Mapping[str, Slack] = field(default_factory=dict)


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


def millionths(points: float) -> int:
    """Points as whole millionths, so that equal totals are equal."""
    return round(points * SCALE)


def build(
    columns: Columns, ruleset: RuleSet, parts: Sequence[Part], with_objective: bool = True, elastic: bool = False
) -> Model:
    """The programme for these parts.

    Without the objective only what can be chosen at all; elastic = every hard part may be left, at no price yet.
    """
    n = len(columns.ids)
    rows = Rows()
    scores = columns.numbers(ruleset.score)
    for i in range(n):
        rows.column(millionths(scores[i]) if with_objective else 0, binary=True)
    seats = _seat_columns(rows, columns, ruleset, parts, with_objective)
    row_of: dict[str, int] = {}
    slack_of: dict[str, Slack] = {}
    for part in parts:
        slack = _slack(rows, part) if elastic and part.soft is None else None
        if slack is not None:
            slack_of[part.id] = slack
        row_of[part.id] = _part_row(rows, part, seats, slack)
    if with_objective and ruleset.coverage is not None:
        _coverage(rows, columns, ruleset.coverage)
    return Model(columns.ids, rows.costs(), rows.table(), row_of, tuple(seats), {p.id: p for p in parts}, slack_of)


def _seat_columns(
    rows: Rows, columns: Columns, ruleset: RuleSet, parts: Sequence[Part], with_objective: bool
) -> list[Seat]:
    """One column for each person and role; a person fills one seat at most, and only as a member.

    Once the members are fixed the seats are a transport problem, whole by itself, so the columns may be continuous.
    """
    rules = {rule.id: rule for rule in ruleset.rules}
    seats = []
    for part in parts:
        if part.measure != "seats":
            continue
        rule = rules[part.rule]
        fit = columns.numbers(rule.fit[part.key]) if with_objective and part.key in rule.fit else None
        for i in part.people:
            points = 0.0 if fit is None or math.isnan(fit[i]) else rule.weight * float(fit[i])
            seats.append(Seat(i, part.key, rows.column(millionths(points))))
    taken: dict[int, list[int]] = {}
    for seat in seats:
        taken.setdefault(seat.person, []).append(seat.at)
    for person, at in taken.items():
        rows.row([*at, person], [*[1.0] * len(at), -1.0], -math.inf, 0.0)
    return seats


def _slack(rows: Rows, part: Part) -> Slack:
    """A hard part may be left by as much as can matter; a size stays at one person at least."""
    under, over = part.room
    under -= int(part.kind == "size")
    slack = Slack(*(rows.column(binary=True, high=float(most)) for most in (under, over, 1)))
    rows.row([slack.under, slack.used], [1.0, -float(under)], -math.inf, 0.0)
    rows.row([slack.over, slack.used], [1.0, -float(over)], -math.inf, 0.0)
    return slack


def _part_row(rows: Rows, part: Part, seats: Iterable[Seat], slack: Slack | None = None) -> int:
    """The row of a part; a soft one may fall short or go over, at its price."""
    at: list[int] = list(part.people)
    if part.measure == "seats":
        at = [seat.at for seat in seats if seat.role == part.key]
    elif part.measure == "values":
        at = [_value_column(rows, group) for group in part.groups]
    elif part.measure in ("split", "joint"):
        at = _pair_columns(rows, part)
    low = -math.inf if part.lowest is None else float(part.lowest)
    high = math.inf if part.highest is None else float(part.highest)
    coefficients = [1.0] * len(at)
    if part.soft is not None:
        price = millionths(part.soft)
        if part.once:
            at.append(rows.column(-price, binary=True))
            coefficients.append(low)
        else:
            at += [rows.column(-price, binary=True, high=float(most)) for most in part.room]
            coefficients += [1.0, -1.0]
    if slack is not None:
        at += [slack.under, slack.over]
        coefficients += [1.0, -1.0]
    return rows.row(at, coefficients, low, high)


def _value_column(rows: Rows, group: Sequence[int]) -> int:
    """1 exactly when a member has the value."""
    column = rows.column(binary=True)
    rows.row([column, *group], [1.0, *[-1.0] * len(group)], -math.inf, 0.0)
    for person in group:
        rows.row([column, person], [1.0, -1.0], 0.0, math.inf)
    return column


def _pair_columns(rows: Rows, part: Part) -> list[int]:
    """For each pair 1 exactly when it is split (one in, one out), or joint (both in)."""
    found = []
    for k, first in enumerate(part.people):
        for second in part.people[k + 1 :]:
            column = rows.column(binary=True)
            if part.measure == "split":
                rows.row([column, first, second], [1.0, -1.0, 1.0], 0.0, math.inf)
                rows.row([column, first, second], [1.0, 1.0, -1.0], 0.0, math.inf)
                rows.row([column, first, second], [1.0, -1.0, -1.0], -math.inf, 0.0)
                rows.row([column, first, second], [1.0, 1.0, 1.0], -math.inf, 2.0)
            else:
                rows.row([column, first, second], [1.0, -1.0, -1.0], -1.0, math.inf)
                rows.row([column, first], [1.0, -1.0], -math.inf, 0.0)
                rows.row([column, second], [1.0, -1.0], -math.inf, 0.0)
            found.append(column)
    return found


def _coverage(rows: Rows, columns: Columns, coverage: Coverage) -> None:
    """Points for the first and the second member who has an id.

    The columns are whole, although they would come out so by themselves when the second counts no more than the
    first: HiGHS then has no continuous part to solve again, which it announces on the console.
    """
    knowing: dict[str, list[int]] = {}
    for i, cell in enumerate(columns.tokens(coverage.column)):
        for name in cell:
            knowing.setdefault(name, []).append(i)
    for name in sorted(knowing):
        people = knowing[name]
        worth = coverage.factor * coverage.weights.get(name, 1.0)
        once, twice = millionths(worth * coverage.first), millionths(worth * coverage.second)
        second_too = twice > 0 and len(people) > 1
        if once == 0 and not second_too:
            continue
        at = [rows.column(once, binary=True)]
        if second_too:
            at.append(rows.column(twice, binary=True))
        if second_too and twice > once:
            rows.row(at, [1.0, -1.0], 0.0, math.inf)
        rows.row([*people, *at], [*[1.0] * len(people), *[-1.0] * len(at)], 0.0, math.inf)


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
    low, high, whole = table.low, table.high, table.binary
    if fixed is not None:
        low, high = low.copy(), high.copy()
        low[: len(model.ids)] = high[: len(model.ids)] = fixed
    if whole_seats:
        whole = whole.copy()
        whole[[seat.at for seat in model.seats]] = 1
    started = time.monotonic()
    for presolve in (True, False):
        result = milp(
            -aim,
            constraints=LinearConstraint(matrix, row_low, row_high),
            integrality=whole,
            bounds=Bounds(low, high),
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
