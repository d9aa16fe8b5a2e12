"""Rules, conflicts and repairs in words, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assessment.choosing.conflict import Change
from assessment.messages import plural, text
from assessment.rules.kinds import Rule
from assessment.rules.language import RuleSet
from assessment.rules.parts import SIZE
from assessment.rules.pool import cell_text
from assessment.rules.reading import Condition

SHOWN_PEOPLE = 12


def limits_text(allowed: Sequence[int | None], language: str) -> str:
    """A pair of limits in words: from 1 to 5, at least 1, exactly 5."""
    low, high = allowed
    if low is None and high is None:
        return text("rules.limits.open", language)
    if high is None:
        return text("rules.limits.least", language, low=low)
    if low is None or (low == 0 and high > 0):
        return text("rules.limits.most", language, high=high)
    if low == high:
        return text("rules.limits.exactly", language, low=low)
    return text("rules.limits.between", language, low=low, high=high)


def condition_text(condition: Condition) -> str:
    """A condition in signs: unit = U01, U02; 0.3 <= want."""
    if condition.values is not None:
        return f"{condition.column} = {', '.join(condition.values)}"
    low = "" if condition.low is None else f"{cell_text(condition.low)} ≤ "
    high = "" if condition.high is None else f" ≤ {cell_text(condition.high)}"
    return f"{low}{condition.column}{high}"


def part_text(ruleset: RuleSet, part: str, allowed: Sequence[int | None], language: str) -> str:
    """One part of a rule in words; a rule's own text comes first where it has one."""
    if part == SIZE:
        return text("rules.part.size", language, limits=limits_text(allowed, language))
    rule, key = rule_of(ruleset, part)
    words = _kind_text(rule, key, limits_text(allowed, language), language)
    return f"{rule.text}: {words}" if rule.text else words


def rule_of(ruleset: RuleSet, part: str) -> tuple[Rule, str]:
    """The rule a part belongs to, and its key (empty for a rule of one part)."""
    by_id = {rule.id: rule for rule in ruleset.rules}
    if part in by_id:
        return by_id[part], ""
    owner = max((name for name in by_id if part.startswith(name + ":")), key=len)
    return by_id[owner], part[len(owner) + 1 :]


def _kind_text(rule: Rule, key: str, limits: str, language: str) -> str:
    conditions = ", ".join(map(condition_text, rule.where))
    what = ", ".join(w for w in (f"{rule.column} = {key}" if key else "", conditions) if w)
    people = [key] if key else list(rule.people)
    named = ", ".join(people[:SHOWN_PEOPLE]) + (" …" if len(people) > SHOWN_PEOPLE else "")
    if rule.kind == "each" and not key:
        what = ", ".join(w for w in (text("rules.each", language, column=rule.column), conditions) if w)
    if rule.kind == "distinct":
        what = ", ".join(w for w in (rule.column, conditions) if w)
    if rule.kind == "assign":
        what = key or ", ".join(rule.roles)
    if rule.kind == "cover" and not key:
        what = f"{rule.column} = {', '.join(rule.ids)}"
    kind = "where" if rule.kind == "each" else rule.kind
    return text(f"rules.part.{kind}", language, what=what, limits=limits, people=named)


def change_text(ruleset: RuleSet, change: Change, language: str) -> str:
    """One change of a repair in words."""
    kind = "" if change.part == SIZE else rule_of(ruleset, change.part)[0].kind
    if kind in ("lock_in", "lock_out"):
        key = rule_of(ruleset, change.part)[1]
        return text(f"rules.change.{kind}", language, rule=change.part, person=key)
    return text(
        "rules.change.limits",
        language,
        rule=change.part,
        before=limits_text(change.before, language),
        after=limits_text(change.after, language),
        part=part_text(ruleset, change.part, change.before, language),
    )


def conflict_text(ruleset: RuleSet, found: Sequence[Mapping[str, Any]], language: str) -> str:
    """The conflict in one sentence: each part with its id and its words."""
    listed = "; ".join(f"{row['id']} ({part_text(ruleset, row['id'], row['allowed'], language)})" for row in found)
    return text("rules.conflict", language, parts=listed)


def repair_text(ruleset: RuleSet, changes: Sequence[Change], people: Sequence[str], cost: float, language: str) -> str:
    """What to change, and what the list then is."""
    listed = "; ".join(change_text(ruleset, change, language) for change in changes)
    return text(
        "rules.repair",
        language,
        changes=listed,
        people=plural("rules.people", len(people), language),
        cost=f"{cost:.6f}".rstrip("0").rstrip("."),
    )
