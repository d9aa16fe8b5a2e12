"""What a rule of the team says, in the words of a screen: names of people, units and columns instead of codes."""

from __future__ import annotations

from assessment.choosing.rule_texts import rule_of
from assessment.numbers import DASH
from assessment.rules.kinds import Condition, Rule
from assessment.rules.language import RuleSet
from assessment.rules.parts import SIZE
from assessment.wording import Names


def describe(ruleset: RuleSet, part: str, names: Names) -> str:
    """A rule or one part of it; a rule's own text goes first."""
    said = names.words
    if part == SIZE:
        return said("rule.size")
    owner = part.partition(":")[0]
    if owner not in {rule.id for rule in ruleset.rules}:  # a rule the engine added: people not eligible, decisions
        return said.or_code(f"rule.of_{owner}", owner)
    rule, key = rule_of(ruleset, part)
    if rule.text and not key:
        return rule.text
    return _kind(rule, key, names)


def _kind(rule: Rule, key: str, names: Names) -> str:
    said = names.words
    column = names.column(rule.column) if rule.column else ""
    where = ", ".join(condition(c, names) for c in rule.where)
    if rule.kind == "each":
        each = said.or_code(f"rule.each_{rule.column}", said("rule.each", column=column.lower()))
        one = names.value(rule.column, key) if key else each
        return f"{one}, {where}" if where else one
    if rule.kind == "distinct":
        return said.or_code(f"rule.distinct_{rule.column}", said("rule.distinct", column=column.lower()))
    if rule.kind == "assign":
        return names.role(key) if key else said("rule.assign")
    if rule.kind == "cover":
        return said("rule.cover", what=key or ", ".join(rule.ids))
    if rule.kind == "every_member":
        return said("rule.every_member", what=where)
    if rule.kind in ("lock_in", "lock_out", "together", "not_together"):
        people = [key] if key else list(rule.people)
        return said(f"rule.{rule.kind}", people=said.list([names.brief(p) for p in people], 4))
    return where[:1].upper() + where[1:]


def condition(found: Condition, names: Names) -> str:
    """A condition: the values wanted, or the column with its limits."""
    if found.values is not None:
        return ", ".join(names.value(found.column, str(value)) for value in found.values)
    low = "" if found.low is None else f"{names.words.num(float(found.low), 2)} ≤ "
    high = "" if found.high is None else f" ≤ {names.words.num(float(found.high), 2)}"
    return f"{low}{names.column(found.column).lower()}{high}"


def limits(allowed: tuple[int | None, int | None] | list[int | None], names: Names) -> str:
    """A pair of limits in signs: "0–4", "8+", "30"."""
    low, high = allowed
    said = names.words
    if low is None and high is None:
        return "—"
    if high is None:
        return f"{said.whole(low or 0)}+"
    if low == high:
        return said.whole(high)
    return f"{said.whole(low or 0)}{DASH}{said.whole(high)}"
