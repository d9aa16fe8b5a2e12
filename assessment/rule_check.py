"""Every rule checked again on the finished list, from the pool alone: nothing of the solver is used."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import pandas as pd

from assessment.pool import PERSON, cell_number, cell_text
from assessment.rule_kinds import Condition, Rule
from assessment.rules import RuleSet


class CheckFailed(RuntimeError):
    """The solver's list breaks a rule or misses its total: a fault of ours, never of the data."""


@dataclass(frozen=True)
class Checked:
    """One limit on the finished list: its value, what is allowed, and by how much it falls short (0 = holds)."""

    id: str
    rule: str
    value: int
    lowest: int | None
    highest: int | None
    short: int
    soft: float | None = None

    @property
    def slack(self) -> int | None:
        """Distance to the nearer limit, negative when short, None where there is no limit."""
        rooms = [self.value - self.lowest] if self.lowest is not None else []
        rooms += [self.highest - self.value] if self.highest is not None else []
        return min(rooms) if rooms else None


def members_of(pool: pd.DataFrame, people: Collection[str]) -> pd.DataFrame:
    """The rows of the chosen people."""
    frame = pool if pool.index.name == PERSON or PERSON not in pool.columns else pool.set_index(PERSON)
    return frame[frame.index.astype(str).isin(set(people))]


def fulfils(frame: pd.DataFrame, conditions: Sequence[Condition]) -> pd.Series:
    """Whether each person fulfils every condition."""
    good = pd.Series(True, index=frame.index)
    for condition in conditions:
        cells = frame[condition.column]
        if condition.values is not None:
            good &= _contains(cells, condition.values)
        else:
            numbers = cells.map(cell_number).astype(float)
            good &= numbers.ge(-math.inf if condition.low is None else condition.low)
            good &= numbers.le(math.inf if condition.high is None else condition.high)
    return good


def _contains(cells: pd.Series, values: Collection[str]) -> pd.Series:
    return cells.map(lambda cell: any(v in [t.strip() for t in cell_text(cell).split(";")] for v in values)).astype(bool)


def _values(cells: pd.Series) -> set[str]:
    listed = cells.map(cell_text).str.split(";").explode().dropna().str.strip()
    return set(listed[listed != ""])


def check(pool: pd.DataFrame, ruleset: RuleSet, people: Collection[str], roles: Mapping[str, str]) -> list[Checked]:
    """Every limit of every rule on this list, the size first.

    roles : person -> role for those who fill a seat (empty text = none)
    """
    team = members_of(pool, people)
    size = min(ruleset.size, len(pool))
    found = [_limit("size", "size", len(team), size, size, None)]
    if len(team) != len(set(people)):
        raise CheckFailed("the list names people who are not in the pool")
    for rule in ruleset.rules:
        found += _KINDS[rule.kind](rule, pool, team, roles, size)
    return found


def _limit(
    name: str, rule: str, value: int, lowest: int | None, highest: int | None, soft: float | None,
    short: int | None = None,
) -> Checked:
    if short is None:
        short = max(0, (lowest or 0) - value, value - (math.inf if highest is None else highest))  # type: ignore[assignment]
    return Checked(name, rule, value, lowest, highest, int(short or 0), soft)


def _allowed(rule: Rule, size: int, matching: int, pool_size: int) -> tuple[int | None, int | None]:
    """Limits in whole people: shares inwards, and outwards where nothing is left between."""
    of = {"count": Fraction(1), "share": Fraction(size * matching, pool_size), "share_of_team": Fraction(size)}[rule.basis]
    low, high = (None if edge is None else edge * of for edge in (rule.low, rule.high))
    inner = (None if low is None else -(-low.numerator // low.denominator), None if high is None else int(high // 1))
    if inner[0] is not None and inner[1] is not None and inner[0] > inner[1]:
        assert low is not None and high is not None
        return int(low // 1), -(-high.numerator // high.denominator)
    return inner


def _where(rule: Rule, pool: pd.DataFrame, team: pd.DataFrame, roles: Mapping[str, str], size: int) -> Iterator[Checked]:
    allowed = _allowed(rule, size, int(fulfils(pool, rule.where).sum()), len(pool))
    yield _limit(rule.id, rule.id, int(fulfils(team, rule.where).sum()), *allowed, rule.soft)


def _each(rule: Rule, pool: pd.DataFrame, team: pd.DataFrame, roles: Mapping[str, str], size: int) -> Iterator[Checked]:
    for value in sorted(_values(pool[rule.column])):
        among = (*rule.where, Condition(rule.column, (value,)))
        allowed = _allowed(rule, size, int(fulfils(pool, among).sum()), len(pool))
        yield _limit(f"{rule.id}:{value}", rule.id, int(fulfils(team, among).sum()), *allowed, rule.soft)


def _distinct(rule: Rule, pool: pd.DataFrame, team: pd.DataFrame, roles: Mapping[str, str], size: int) -> Iterator[Checked]:
    values = _values(team.loc[fulfils(team, rule.where), rule.column])
    yield _limit(rule.id, rule.id, len(values), *_allowed(rule, size, 0, len(pool)), rule.soft)


def _assign(rule: Rule, pool: pd.DataFrame, team: pd.DataFrame, roles: Mapping[str, str], size: int) -> Iterator[Checked]:
    for role in rule.roles:
        seated = [p for p in team.index if roles.get(str(p)) == role]
        if rule.column and not _contains(team.loc[seated, rule.column], [role]).all():
            raise CheckFailed(f"rule {rule.id}: somebody fills {role} who may not")
        yield _limit(f"{rule.id}:{role}", rule.id, len(seated), rule.least.get(role), rule.most.get(role), rule.soft)


def _cover(rule: Rule, pool: pd.DataFrame, team: pd.DataFrame, roles: Mapping[str, str], size: int) -> Iterator[Checked]:
    for name in rule.ids:
        value = int(_contains(team[rule.column], [name]).sum())
        short = None if rule.soft is None else int(value < rule.by_at_least)
        yield _limit(f"{rule.id}:{name}", rule.id, value, rule.by_at_least, None, rule.soft, short)


def _apart(rule: Rule, pool: pd.DataFrame, team: pd.DataFrame, roles: Mapping[str, str], size: int) -> Iterator[Checked]:
    inside = len([p for p in rule.people if p in team.index])
    short = None if rule.soft is None else inside * (inside - 1) // 2
    yield _limit(rule.id, rule.id, inside, 0, 1, rule.soft, short)


def _together(rule: Rule, pool: pd.DataFrame, team: pd.DataFrame, roles: Mapping[str, str], size: int) -> Iterator[Checked]:
    inside = {p: p in team.index for p in rule.people}
    split = sum(inside[a] != inside[b] for a, b in combinations(rule.people, 2))
    yield _limit(rule.id, rule.id, split, 0, 0, rule.soft)


def _locks(rule: Rule, pool: pd.DataFrame, team: pd.DataFrame, roles: Mapping[str, str], size: int) -> Iterator[Checked]:
    wanted = int(rule.kind == "lock_in")
    for person in rule.people:
        yield _limit(f"{rule.id}:{person}", rule.id, int(person in team.index), wanted, wanted, rule.soft)


def _every(rule: Rule, pool: pd.DataFrame, team: pd.DataFrame, roles: Mapping[str, str], size: int) -> Iterator[Checked]:
    yield _limit(rule.id, rule.id, int((~fulfils(team, rule.where)).sum()), 0, 0, rule.soft)


_KINDS = {
    "where": _where, "each": _each, "distinct": _distinct, "assign": _assign, "cover": _cover, "not_together": _apart,
    "together": _together, "lock_in": _locks, "lock_out": _locks, "every_member": _every,
}


def objective(pool: pd.DataFrame, ruleset: RuleSet, people: Collection[str], roles: Mapping[str, str]) -> float:
    """Points of a list: scores, coverage and fit of filled seats, less the prices of soft rules that are not met."""
    team = members_of(pool, people)
    points = float(team[ruleset.score].map(cell_number).sum())
    if ruleset.coverage is not None:
        known = team[ruleset.coverage.column].map(cell_text).str.split(";").explode().dropna().str.strip()
        times = known[known != ""].groupby(level=0).unique().explode().value_counts()
        for name, n in times.items():
            gain = ruleset.coverage.first + (ruleset.coverage.second if n >= 2 else 0.0)
            points += ruleset.coverage.factor * ruleset.coverage.weights.get(str(name), 1.0) * gain
    for rule in ruleset.rules:
        for role, column in rule.fit.items():
            seated = [p for p in team.index if roles.get(str(p)) == role]
            points += rule.weight * float(team.loc[seated, column].map(cell_number).fillna(0.0).sum())
    return points - sum((c.soft or 0.0) * c.short for c in check(pool, ruleset, people, roles))


def verify(
    pool: pd.DataFrame, ruleset: RuleSet, people: Collection[str], roles: Mapping[str, str], claimed: float
) -> list[Checked]:
    """The checked limits; raises CheckFailed where a hard one does not hold or the total is not the claimed one."""
    checked = check(pool, ruleset, people, roles)
    broken = [c.id for c in checked if c.short and c.soft is None]
    if broken:
        raise CheckFailed(f"the solver's list breaks {', '.join(broken)}")
    strangers = set(roles) - set(people)
    if strangers:
        raise CheckFailed("somebody outside the list fills a seat")
    found = objective(pool, ruleset, people, roles)
    room = 1e-6 * (2 + len(people) * 3 + len(checked) + len(ruleset.coverage.weights if ruleset.coverage else ()) * 2)
    if abs(found - claimed) > room:
        raise CheckFailed(f"the solver claims {claimed:.6f} points, the list has {found:.6f}")
    return checked
