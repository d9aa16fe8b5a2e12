"""Why rules cannot be met together, and the smallest changes that would mend it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from assessment.choosing.model import Model, build
from assessment.choosing.optimise import Team, best_team, settle
from assessment.choosing.solver import INFEASIBLE, Cut, membership, solve
from assessment.narrow import best, relax
from assessment.rules.check import CheckFailed, check
from assessment.rules.language import RuleSet
from assessment.rules.parts import SIZE, Part, take_apart
from assessment.rules.pool import Columns

MOST_REPAIRS = 4
DIFFERENT_RULE = 1000.0
Limits = tuple[int | None, int | None]


@dataclass(frozen=True)
class Change:
    """A part with the limits it has and the limits it would need."""

    part: str
    before: Limits
    after: Limits


@dataclass(frozen=True)
class Repair:
    """Changes that make the rules possible, proven by the list they bring; its total in millionths."""

    changes: tuple[Change, ...]
    total: int
    people: tuple[str, ...]


def smallest_conflict(columns: Columns, ruleset: RuleSet, parts: Sequence[Part], seconds: float) -> list[str]:
    """Ids of hard parts that cannot hold together, of which none can be spared (deletion by halves).

    Junker (2004), QuickXplain: halves are tried together, so few parts among many cost few calls.
    """
    hard = [p for p in parts if p.soft is None]
    model = build(columns, ruleset, hard, with_objective=False)

    def possible(names: Sequence[str]) -> bool:
        free = {p.id: (-math.inf, math.inf) for p in hard if p.id not in set(names)}
        return solve(model, cost=np.zeros(len(model.cost)), limits=free, seconds=seconds).status != INFEASIBLE

    def needed(kept: list[str], fresh: bool, rest: list[str]) -> list[str]:
        if fresh and not possible(kept):
            return []
        if len(rest) == 1:
            return rest
        first, second = rest[: len(rest) // 2], rest[len(rest) // 2 :]
        later = needed(kept + first, bool(first), second)
        return needed(kept + later, bool(later), first) + later

    found = set(needed([], False, _likely_first(hard)))
    return [p.id for p in hard if p.id in found]


def _likely_first(hard: Sequence[Part]) -> list[str]:
    """Parts that can fail at all; broad ones first, so that locks and narrow limits are searched last."""
    return [p.id for p in sorted(hard, key=lambda p: -len(p.people))]


def repairs(
    pool: pd.DataFrame, columns: Columns, ruleset: RuleSet, parts: Sequence[Part], seed: int, seconds: float
) -> list[Repair]:
    """Up to four sets of changes, fewest rules first, each proven by solving; sorted by the total they allow.

    An elastic programme prices each changed rule and each person of change. Each set found is then forbidden (with
    everything that contains it), so every set is one of which no change can be spared.
    """
    hard = [p for p in parts if p.soft is None]
    elastic = build(columns, ruleset, hard, with_objective=False, elastic=True)
    relaxed = build(columns, ruleset, parts, elastic=True)
    prices = np.zeros(len(elastic.cost))
    for name, slack in elastic.slack_of.items():
        prices[slack.used] = -DIFFERENT_RULE * (2.0 if name == SIZE else 1.0)
        prices[[slack.under, slack.over]] = -1.0
    found: list[Repair] = []
    cuts: list[Cut] = []
    for _ in range(3 * MOST_REPAIRS):
        if len(found) == MOST_REPAIRS:
            break
        answer = solve(elastic, cost=prices, cuts=cuts, seconds=seconds)
        if answer.columns is None:
            break
        names = [n for n, s in elastic.slack_of.items() if answer.columns[s.used] > 0.5]
        amount = sum(round(answer.columns[s.under] + answer.columns[s.over]) for s in elastic.slack_of.values())
        cuts.append(_not_again(elastic, names))
        repair = _proven(pool, columns, ruleset, relaxed, names, amount, seed, seconds)
        if repair is not None:
            found.append(repair)
    return sorted(found, key=lambda r: (-r.total, [c.part for c in r.changes]))


def _not_again(model: Model, names: Sequence[str]) -> Cut:
    row = np.zeros(len(model.cost))
    row[[model.slack_of[n].used for n in names]] = 1.0
    return Cut(row, high=len(names) - 1.0)


def _proven(
    pool: pd.DataFrame,
    columns: Columns,
    ruleset: RuleSet,
    relaxed: Model,
    names: Sequence[str],
    amount: int,
    seed: int,
    seconds: float,
) -> Repair | None:
    """The best list that these changes of this total size allow, solved and checked; None when they do not do."""
    others, changed = np.zeros(len(relaxed.cost)), np.zeros(len(relaxed.cost))
    for name, slack in relaxed.slack_of.items():
        if name in names:
            changed[[slack.under, slack.over]] = 1.0
        else:
            others[slack.used] = 1.0
    cuts = [Cut(others, high=0.0), Cut(changed, high=float(amount))]
    relaxation = relax(relaxed, cuts=cuts)
    if relaxation is None:
        return None
    answer = best(relaxed, cuts=cuts, relaxation=relaxation, seconds=seconds)
    if answer.columns is None:
        return None
    changes = []
    for name in names:
        part, slack = relaxed.parts[name], relaxed.slack_of[name]
        under, over = (round(float(answer.columns[at])) for at in (slack.under, slack.over))
        cuts += [_at_most(relaxed, slack.under, under), _at_most(relaxed, slack.over, over)]
        if under or over:
            changes.append(Change(name, (part.lowest, part.highest), _moved(part, under, over)))
    if any(change.part == SIZE for change in changes):
        return _resized(pool, columns, ruleset, tuple(changes), seed, seconds)
    return _checked(
        pool, ruleset, tuple(changes), settle(relaxed, membership(relaxed, answer), seed, None, seconds, cuts), relaxed
    )


def _at_most(model: Model, column: int, most: int) -> Cut:
    """What is taken back is settled: breaking ties may not spread it over the rules in another way."""
    row = np.zeros(len(model.cost))
    row[column] = 1.0
    return Cut(row, high=float(most))


def _moved(part: Part, under: int, over: int) -> Limits:
    lowest = None if part.lowest is None else part.lowest - under
    highest = None if part.highest is None else part.highest + over
    if part.id == SIZE:
        both = (part.lowest or 0) - under + over
        return both, both
    return lowest, highest


def _resized(
    pool: pd.DataFrame, columns: Columns, ruleset: RuleSet, changes: tuple[Change, ...], seed: int, seconds: float
) -> Repair | None:
    """Another size moves the shares with it, so these changes are solved anew from the rules."""
    after: Mapping[str, Limits] = {c.part: c.after for c in changes}
    ruleset = replace(ruleset, size=after[SIZE][0] or 1)
    parts, _ = take_apart(columns, ruleset)
    model = build(columns, ruleset, parts)
    team = best_team(model, seed, {n: _open(edges) for n, edges in after.items() if n != SIZE}, seconds)
    return _checked(pool, ruleset, changes, team, model) if team.members else None


def _checked(pool: pd.DataFrame, ruleset: RuleSet, changes: tuple[Change, ...], team: Team, model: Model) -> Repair:
    """The repair, once every limit is checked on its list: the changed ones as changed, all others as they are."""
    after: Mapping[str, Limits] = {c.part: c.after for c in changes}
    people = tuple(model.ids[i] for i in team.members)
    roles = {model.ids[i]: role for i, role in team.roles.items()}
    for c in check(pool, ruleset, people, roles):
        low, high = _open(after.get(c.id, (c.lowest, c.highest)))
        if c.soft is None and not low <= c.value <= high:
            raise CheckFailed(f"the repaired list breaks {c.id}")
    return Repair(changes, team.total, people)


def _open(edges: Limits) -> tuple[float, float]:
    low, high = edges
    return (-math.inf if low is None else low), (math.inf if high is None else high)
