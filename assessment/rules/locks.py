"""The team's rules as people edit them: lock in, lock out, release, and the change a repair asks for."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

LOCK_IN, LOCK_OUT = "lock_in", "lock_out"
KINDS = (LOCK_IN, LOCK_OUT)
Rules = list[dict[str, Any]]


def rules_text(rules: Sequence[Mapping[str, Any]]) -> str:
    """Rules as text for the store: JSON, which is YAML too."""
    return json.dumps({"rules": list(rules)}, ensure_ascii=False, indent=1)


def rules_from(text: str) -> Rules | None:
    """The rules of a stored text; None where nobody has written any."""
    return list(json.loads(text)["rules"]) if text.strip() else None


def locks(rules: Collection[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Person -> the rule that locks the person in or out."""
    return {person: rule for rule in rules for kind in KINDS for person in people_of(rule, kind)}


def people_of(rule: Mapping[str, Any], kind: str) -> list[str]:
    """The people a rule locks; a single id may stand alone."""
    named = rule.get(kind) or []
    return [str(p) for p in named] if isinstance(named, (list, tuple)) else [str(named)]


def locked(rules: Sequence[Mapping[str, Any]], person: str, kind: str, by: str, reason: str) -> Rules:
    """The rules with a person locked; an earlier lock of the same person is taken away."""
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is none of {KINDS}")
    left = released(rules, person)
    taken = {str(rule.get("id")) for rule in left}
    name = next(n for n in (f"{kind}_{k}" for k in range(1, len(left) + 2)) if n not in taken)
    return [*left, {"id": name, kind: [person], "by": by, "reason": reason}]


def released(rules: Sequence[Mapping[str, Any]], person: str) -> Rules:
    """The rules without any lock on a person; a lock on several keeps the others."""
    left: Rules = []
    for rule in rules:
        kind = next((k for k in KINDS if k in rule), None)
        if kind is None:
            left.append(dict(rule))
            continue
        people = [p for p in people_of(rule, kind) if p != person]
        if people:
            left.append({**rule, kind: people})
    return left


def repaired(rules: Sequence[Mapping[str, Any]], changes: Sequence[Mapping[str, Any]]) -> Rules | None:
    """The rules after the changes of a repair; None where one of them cannot be written into a rule.

    changes : of a certificate: {"rule": part, "from": limits, "to": limits}. A part is a whole rule ("u07"), one person
    of a lock ("keep:P001"), or one value of an `each` rule, which cannot be changed alone.
    """
    left: Rules = [dict(rule) for rule in rules]
    for change in changes:
        owner, _, key = str(change["rule"]).partition(":")
        rule = next((r for r in left if str(r.get("id")) == owner), None)
        if rule is None:
            return None
        kind = next((k for k in KINDS if k in rule), None)
        if kind is not None:
            for person in [key] if key else people_of(rule, kind):
                left = released(left, person)
        elif not key and "count" in rule:
            rule["count"] = list(change["to"])
        else:
            return None
    return left
