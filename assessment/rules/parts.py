"""Rules taken apart: every limit that can hold, bind, or be relaxed on its own, with its whole numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from assessment.problems import NOTE, Problem
from assessment.rules.kinds import Rule
from assessment.rules.language import RuleSet
from assessment.rules.pool import Columns
from assessment.rules.reading import Condition

SIZE = "size"


@dataclass(frozen=True)
class Part:
    """One limit: lowest <= value <= highest, None = open.

    id : the rule's id, or rule:key for one value, person, id or role of a rule with several
    measure : what is counted - "people" (members among `people`), "values" (groups with a member), "seats" (people
        assigned to the role), "split" (pairs with one in and one out), "joint" (pairs with both in)
    people, groups : positions among the people sorted by id
    soft : price of each person (or id, pair, value) short, None = hard; `once` = the price is due once, however short
    """

    id: str
    rule: str
    kind: str
    key: str = ""
    measure: str = "people"
    people: tuple[int, ...] = ()
    groups: tuple[tuple[int, ...], ...] = field(default=(), repr=False)
    lowest: int | None = None
    highest: int | None = None
    soft: float | None = None
    once: bool = False

    @property
    def greatest(self) -> int:
        """The greatest value that can occur at all."""
        return {"values": len(self.groups), "split": self._pairs, "joint": self._pairs}.get(
            self.measure, len(self.people)
        )

    @property
    def room(self) -> tuple[int, int]:
        """By how much a value can lie under the limits, and over them."""
        return max(0, self.lowest or 0), 0 if self.highest is None else max(0, self.greatest - self.highest)

    @property
    def _pairs(self) -> int:
        return len(self.people) * (len(self.people) - 1) // 2

    def within(self, lowest: int | None, highest: int | None) -> Part:
        """The same limit with other numbers."""
        return replace(self, lowest=lowest, highest=highest)


def matching(columns: Columns, conditions: Sequence[Condition]) -> np.ndarray:
    """Mask of the people for whom every condition holds; an empty cell fulfils none."""
    mask = np.ones(len(columns.ids), dtype=bool)
    for condition in conditions:
        if condition.values is not None:
            mask &= columns.having(condition.column, condition.values)
        else:
            numbers = columns.numbers(condition.column)
            mask &= ~np.isnan(numbers)
            if condition.low is not None:
                mask &= numbers >= condition.low
            if condition.high is not None:
                mask &= numbers <= condition.high
    return mask


def whole(low: Fraction | None, high: Fraction | None, base: Fraction) -> tuple[int | None, int | None, bool]:
    """A share of `base` people in whole people, rounded inwards; the flag tells that nothing was left between.

    Then the nearest whole numbers outside are taken: [floor, ceil].
    """
    lowest = None if low is None else math.ceil(low * base)
    highest = None if high is None else math.floor(high * base)
    if lowest is None or highest is None or lowest <= highest:
        return lowest, highest, False
    return math.floor(low * base), math.ceil(high * base), True  # type: ignore[operator]


def take_apart(columns: Columns, ruleset: RuleSet) -> tuple[list[Part], list[Problem]]:
    """Every part of every rule, the size first, with notes on rounding and on a pool smaller than the size."""
    n = len(columns.ids)
    notes: list[Problem] = []
    size = min(ruleset.size, n)
    if n < ruleset.size:
        notes.append(Problem("pool_smaller_than_size", NOTE, {"people": n, "size": ruleset.size}, column=SIZE))
    parts = [Part(SIZE, SIZE, SIZE, people=tuple(range(n)), lowest=size, highest=size)]
    for rule in ruleset.rules:
        parts += _parts(columns, rule, size, notes)
    return parts, notes


def _parts(columns: Columns, rule: Rule, size: int, notes: list[Problem]) -> list[Part]:
    if rule.kind in ("where", "each"):
        return _counted(columns, rule, size, notes)
    if rule.kind == "distinct":
        return [_distinct(columns, rule)]
    if rule.kind == "assign":
        return _seats(columns, rule)
    if rule.kind == "cover":
        return [
            _part(rule, key, people=_places(columns.having(rule.column, [key])), lowest=rule.by_at_least, once=True)
            for key in rule.ids
        ]
    if rule.kind == "every_member":
        return [_part(rule, people=_places(~matching(columns, rule.where)), highest=0, lowest=0)]
    places = tuple(sorted(columns.place[p] for p in rule.people))
    if rule.kind == "not_together":
        if rule.soft is None:
            return [_part(rule, people=places, lowest=0, highest=1)]
        return [_part(rule, people=places, measure="joint", lowest=0, highest=0)]
    if rule.kind == "together":
        return [_part(rule, people=places, measure="split", lowest=0, highest=0)]
    limit = 1 if rule.kind == "lock_in" else 0
    return [_part(rule, p, people=(columns.place[p],), lowest=limit, highest=limit) for p in rule.people]


def _part(rule: Rule, key: str = "", **fields: object) -> Part:
    name = f"{rule.id}:{key}" if key else rule.id
    return Part(name, rule.id, rule.kind, key, soft=rule.soft, **fields)  # type: ignore[arg-type]


def _places(mask: np.ndarray) -> tuple[int, ...]:
    return tuple(int(i) for i in np.flatnonzero(mask))


def _counted(columns: Columns, rule: Rule, size: int, notes: list[Problem]) -> list[Part]:
    mask = matching(columns, rule.where)
    groups = [("", mask)]
    if rule.kind == "each":
        groups = [(value, mask & columns.having(rule.column, [value])) for value in columns.known(rule.column)]
    found = []
    for key, among in groups:
        base = Fraction(1)
        if rule.basis == "share_of_team":
            base = Fraction(size)
        elif rule.basis == "share":
            base = Fraction(size * int(among.sum()), len(columns.ids))
        lowest, highest, empty = whole(rule.low, rule.high, base)
        part = _part(rule, key, people=_places(among), lowest=lowest, highest=highest)
        if empty:
            params = {"rule": part.id, "lowest": lowest, "highest": highest}
            notes.append(Problem("rule_rounded_outwards", NOTE, params, column=f"rules.{rule.id}.{rule.basis}"))
        found.append(part)
    return found


def _distinct(columns: Columns, rule: Rule) -> Part:
    mask = matching(columns, rule.where)
    groups = [_places(mask & columns.having(rule.column, [v])) for v in columns.known(rule.column)]
    lowest, highest, _ = whole(rule.low, rule.high, Fraction(1))
    people = tuple(sorted({i for group in groups for i in group}))
    return _part(
        rule, measure="values", people=people, groups=tuple(g for g in groups if g), lowest=lowest, highest=highest
    )


def _seats(columns: Columns, rule: Rule) -> list[Part]:
    everybody = np.ones(len(columns.ids), dtype=bool)
    found = []
    for role in rule.roles:
        may = columns.having(rule.column, [role]) if rule.column else everybody
        found.append(
            _part(
                rule,
                role,
                measure="seats",
                people=_places(may),
                lowest=rule.least.get(role),
                highest=rule.most.get(role),
            )
        )
    return found
