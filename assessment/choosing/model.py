"""A choice under rules written as a programme: people, seats, one row for each part of a rule, points."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from assessment.choosing.rows import Rows, Table
from assessment.rules.language import Coverage, RuleSet
from assessment.rules.parts import Part
from assessment.rules.pool import Columns

SCALE = 1_000_000


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
