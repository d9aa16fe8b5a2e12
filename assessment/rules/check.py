"""Every rule checked again on the finished list, from the pool alone: nothing of the solver is used."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import pandas as pd

from assessment.rules.kinds import Rule
from assessment.rules.language import RuleSet
from assessment.rules.pool import PERSON, cell_number, cell_text
from assessment.rules.reading import Condition


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


@dataclass(frozen=True)
class _List:
    """A finished list: the pool, the members' rows, who fills which seat, and the size asked for."""

    pool: pd.DataFrame
    team: pd.DataFrame
    roles: Mapping[str, str]
    size: int


def _finished(pool: pd.DataFrame, ruleset: RuleSet, people: Collection[str], roles: Mapping[str, str]) -> _List:
    frame = pool if pool.index.name == PERSON or PERSON not in pool.columns else pool.set_index(PERSON)
    team = frame[frame.index.astype(str).isin(set(people))]
    if len(team) != len(set(people)):
        raise CheckFailed("the list names people who are not in the pool")
    return _List(frame, team, roles, min(ruleset.size, len(frame)))


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


def _pairs(cells: pd.Series) -> pd.Series:
    """One row for each person and value of the cell: index person, value as text."""
    listed = cells.map(cell_text).astype(object).str.split(";").explode().dropna().str.strip()
    listed = listed[listed != ""]
    return listed[~pd.MultiIndex.from_arrays([listed.index, listed]).duplicated()]


def _contains(cells: pd.Series, values: Collection[str]) -> pd.Series:
    pairs = _pairs(cells)
    return pd.Series(cells.index.isin(pairs.index[pairs.isin(values)]), index=cells.index)


def check(pool: pd.DataFrame, ruleset: RuleSet, people: Collection[str], roles: Mapping[str, str]) -> list[Checked]:
    """Every limit of every rule on this list, the size first.

    roles : person -> role for those who fill a seat (empty text = none)
    """
    case = _finished(pool, ruleset, people, roles)
    found = [_limit("size", "size", len(case.team), case.size, case.size, None)]
    for rule in ruleset.rules:
        found += _KINDS[rule.kind](rule, case)
    return found


def _limit(
    name: str,
    rule: str,
    value: int,
    lowest: int | None,
    highest: int | None,
    soft: float | None,
    short: int | None = None,
) -> Checked:
    if short is None:
        short = max(0, (lowest or 0) - value, value - (math.inf if highest is None else highest))  # type: ignore[assignment]
    return Checked(name, rule, value, lowest, highest, int(short or 0), soft)


def _allowed(rule: Rule, size: int, matching: int, pool_size: int) -> tuple[int | None, int | None]:
    """Limits in whole people: shares inwards, and outwards where nothing is left between."""
    bases = {"count": Fraction(1), "share": Fraction(size * matching, pool_size), "share_of_team": Fraction(size)}
    low, high = (None if edge is None else edge * bases[rule.basis] for edge in (rule.low, rule.high))
    inner = (None if low is None else -(-low.numerator // low.denominator), None if high is None else int(high // 1))
    if inner[0] is not None and inner[1] is not None and inner[0] > inner[1]:
        assert low is not None and high is not None
        return int(low // 1), -(-high.numerator // high.denominator)
    return inner


def _where(rule: Rule, case: _List) -> Iterator[Checked]:
    allowed = _allowed(rule, case.size, int(fulfils(case.pool, rule.where).sum()), len(case.pool))
    yield _limit(rule.id, rule.id, int(fulfils(case.team, rule.where).sum()), *allowed, rule.soft)


def _each(rule: Rule, case: _List) -> Iterator[Checked]:
    values = sorted(_pairs(case.pool[rule.column]).unique())
    in_pool, in_team = (
        _pairs(frame.loc[fulfils(frame, rule.where), rule.column]).value_counts() for frame in (case.pool, case.team)
    )
    for value in values:
        allowed = _allowed(rule, case.size, int(in_pool.get(value, 0)), len(case.pool))
        yield _limit(f"{rule.id}:{value}", rule.id, int(in_team.get(value, 0)), *allowed, rule.soft)


def _distinct(rule: Rule, case: _List) -> Iterator[Checked]:
    values = _pairs(case.team.loc[fulfils(case.team, rule.where), rule.column]).unique()
    yield _limit(rule.id, rule.id, len(values), *_allowed(rule, case.size, 0, len(case.pool)), rule.soft)


def _assign(rule: Rule, case: _List) -> Iterator[Checked]:
    for role in rule.roles:
        seated = [p for p in case.team.index if case.roles.get(str(p)) == role]
        if rule.column and not _contains(case.team.loc[seated, rule.column], [role]).all():
            raise CheckFailed(f"rule {rule.id}: somebody fills {role} who may not")
        limits = (rule.least.get(role), rule.most.get(role))
        yield _limit(f"{rule.id}:{role}", rule.id, len(seated), *limits, rule.soft)


def _cover(rule: Rule, case: _List) -> Iterator[Checked]:
    times = _pairs(case.team[rule.column]).value_counts()
    for name in rule.ids:
        value = int(times.get(name, 0))
        short = None if rule.soft is None else int(value < rule.by_at_least)
        yield _limit(f"{rule.id}:{name}", rule.id, value, rule.by_at_least, None, rule.soft, short)


def _apart(rule: Rule, case: _List) -> Iterator[Checked]:
    inside = sum(p in case.team.index for p in rule.people)
    short = None if rule.soft is None else inside * (inside - 1) // 2
    yield _limit(rule.id, rule.id, inside, 0, 1, rule.soft, short)


def _together(rule: Rule, case: _List) -> Iterator[Checked]:
    inside = {p: p in case.team.index for p in rule.people}
    split = sum(inside[a] != inside[b] for a, b in combinations(rule.people, 2))
    yield _limit(rule.id, rule.id, split, 0, 0, rule.soft)


def _locks(rule: Rule, case: _List) -> Iterator[Checked]:
    wanted = int(rule.kind == "lock_in")
    for person in rule.people:
        yield _limit(f"{rule.id}:{person}", rule.id, int(person in case.team.index), wanted, wanted, rule.soft)


def _every(rule: Rule, case: _List) -> Iterator[Checked]:
    yield _limit(rule.id, rule.id, int((~fulfils(case.team, rule.where)).sum()), 0, 0, rule.soft)


_KINDS: dict[str, Callable[[Rule, _List], Iterator[Checked]]] = {
    "where": _where,
    "each": _each,
    "distinct": _distinct,
    "assign": _assign,
    "cover": _cover,
    "not_together": _apart,
    "together": _together,
    "lock_in": _locks,
    "lock_out": _locks,
    "every_member": _every,
}


def objective(pool: pd.DataFrame, ruleset: RuleSet, people: Collection[str], roles: Mapping[str, str]) -> float:
    """Points of a list: scores, coverage and fit of filled seats, less the prices of soft rules that are not met."""
    case = _finished(pool, ruleset, people, roles)
    return _points(ruleset, case, check(pool, ruleset, people, roles))


def _points(ruleset: RuleSet, case: _List, checked: Sequence[Checked]) -> float:
    points = math.fsum(case.team[ruleset.score].map(cell_number))
    if ruleset.coverage is not None:
        for name, n in _pairs(case.team[ruleset.coverage.column]).value_counts().items():
            gain = ruleset.coverage.first + (ruleset.coverage.second if n >= 2 else 0.0)
            points += ruleset.coverage.factor * ruleset.coverage.weights.get(str(name), 1.0) * gain
    for rule in ruleset.rules:
        for role, column in rule.fit.items():
            seated = [p for p in case.team.index if case.roles.get(str(p)) == role]
            points += rule.weight * math.fsum(case.team.loc[seated, column].map(cell_number).fillna(0.0))
    return points - math.fsum((c.soft or 0.0) * c.short for c in checked)


def verify(
    pool: pd.DataFrame, ruleset: RuleSet, people: Collection[str], roles: Mapping[str, str], claimed: float
) -> tuple[list[Checked], float]:
    """The checked limits and the points of the list.

    Raises CheckFailed where a hard limit does not hold, or the points are not the claimed ones (each term may be
    rounded to a millionth).
    """
    checked = check(pool, ruleset, people, roles)
    broken = [c.id for c in checked if c.short and c.soft is None]
    if broken:
        raise CheckFailed(f"the solver's list breaks {', '.join(broken)}")
    if set(roles) - set(people):
        raise CheckFailed("somebody outside the list fills a seat")
    found = _points(ruleset, _finished(pool, ruleset, people, roles), checked)
    terms = (
        2 * len(people) + sum(c.short for c in checked) + 2 * len(ruleset.coverage.weights if ruleset.coverage else ())
    )
    if abs(found - claimed) > 1e-6 * (1 + terms):
        raise CheckFailed(f"the solver claims {claimed:.6f} points, the list has {found:.6f}")
    return checked, found
