"""The kinds of rules: what each may say, and how its words are read against a pool."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from assessment.problems import STOP, Problem
from assessment.rules.file import written
from assessment.rules.reading import Condition, Reading, closest, is_word, read_conditions, read_people, read_range

BASES = ("count", "share", "share_of_team")
COMMON_KEYS = ("id", "text", "hard", "soft", "by", "reason")
KEYS: dict[str, tuple[str, ...]] = {
    "each": ("each", "where", *BASES),
    "distinct": ("distinct", "where", "count"),
    "assign": ("assign", "min", "max", "fit", "weight"),
    "cover": ("cover", "ids", "by_at_least"),
    "not_together": ("not_together",),
    "together": ("together",),
    "lock_in": ("lock_in",),
    "lock_out": ("lock_out",),
    "every_member": ("every_member",),
    "where": ("where", *BASES),
}
KINDS = tuple(KEYS)
_ALL_KEYS = tuple(dict.fromkeys(key for keys in KEYS.values() for key in keys))
ANYBODY = "anybody"


@dataclass(frozen=True)
class Rule:
    """One rule as read; which fields count depends on the kind.

    low, high : limits as written (a count, or a share of `basis`), None = open
    where : all conditions hold for the people who count (for every_member: for each member)
    soft : price in points for each person (or id, pair, value) short of the rule; None = hard
    """

    id: str
    kind: str
    column: str = ""
    where: tuple[Condition, ...] = ()
    basis: str = "count"
    low: Fraction | None = None
    high: Fraction | None = None
    people: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    by_at_least: int = 1
    least: Mapping[str, int] = field(default_factory=dict)
    most: Mapping[str, int] = field(default_factory=dict)
    fit: Mapping[str, str] = field(default_factory=dict)
    weight: float = 1.0
    soft: float | None = None
    text: str = ""
    by: str = ""
    reason: str = ""

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles of an assign rule in the order they are named."""
        return tuple(dict.fromkeys([*self.least, *self.most, *self.fit]))


def read_rule(reading: Reading, entry: Any, path: str) -> Rule | None:
    """One entry of the list of rules, or None with every fault noted."""
    if not isinstance(entry, Mapping):
        reading.fault("rule_no_map", path, entry, rule=path)
        return None
    before = len(reading.problems)
    name = written(entry["id"]) if is_word(entry.get("id")) else ""
    if not name:
        reading.fault("rule_id_missing", f"{path}.id", written(entry["id"]) if "id" in entry else "", rule=path)
    label = name or path
    kind = _kind(reading, entry, label, path)
    common = _common(reading, entry, label, path)
    rule = None
    if kind:
        for key in entry:
            if written(key) not in (*COMMON_KEYS, *KEYS[kind]):
                near = closest(written(key), (*COMMON_KEYS, *KEYS[kind]))
                reading.fault(
                    "rule_key_unknown",
                    f"{path}.{written(key)}",
                    written(key),
                    rule=label,
                    name=written(key),
                    nearest=near,
                )
        fields = READERS[kind](reading, entry, label, path)
        rule = Rule(id=name, kind=kind, **common, **fields)
    return rule if len(_stops(reading, before)) == 0 else None


def _stops(reading: Reading, since: int) -> list[Problem]:
    return [p for p in reading.problems[since:] if p.severity == STOP]


def _kind(reading: Reading, entry: Mapping[str, Any], label: str, path: str) -> str:
    named = [k for k in KINDS if k in entry]
    if "where" in named and any(k in named for k in ("each", "distinct")):
        named.remove("where")
    if len(named) == 1:
        return named[0]
    if named:
        reading.fault("rule_kinds_many", path, ", ".join(named), rule=label, names=", ".join(named))
        return ""
    strange = _strange(entry)
    name = strange[0] if strange else ""
    near = closest(name, KINDS) if name else ", ".join(KINDS)
    reading.fault("rule_kind_unknown", f"{path}.{name}".rstrip("."), name, rule=label, name=name, nearest=near)
    return ""


def _strange(entry: Mapping[str, Any]) -> list[str]:
    """Keys that no rule has."""
    return [written(k) for k in entry if k not in (*COMMON_KEYS, *_ALL_KEYS)]


def _common(reading: Reading, entry: Mapping[str, Any], label: str, path: str) -> dict[str, Any]:
    price = None
    if entry.get("soft") is not None:
        price = reading.number(entry["soft"], label, f"{path}.soft")
    if entry.get("hard") is not None and (not isinstance(entry["hard"], bool) or entry["hard"] == ("soft" in entry)):
        reading.fault("rule_hard_bad", f"{path}.hard", entry["hard"], rule=label)
    texts = {}
    for key in ("text", "by", "reason"):
        value = entry.get(key)
        if isinstance(value, (Mapping, list)):
            reading.fault("rule_value_bad", f"{path}.{key}", value, rule=label, name=key)
            value = None
        texts[key] = "" if value is None else written(value)
    return {"soft": price, **texts}


def _limits(
    reading: Reading, entry: Mapping[str, Any], label: str, path: str, bases: tuple[str, ...]
) -> dict[str, Any]:
    named = [b for b in bases if b in entry]
    if not named and any(closest(written(k), (*COMMON_KEYS, *_ALL_KEYS)) in bases for k in _strange(entry)):
        return {}  # a misspelt limit is named as such: one fault, one problem
    if len(named) != 1:
        reading.fault(
            "rule_limits_missing" if not named else "rule_limits_many",
            path,
            ", ".join(named),
            rule=label,
            names=", ".join(bases),
        )
        return {}
    basis = named[0]
    most = 1.0 if basis == "share_of_team" else math.inf
    low, high = read_range(reading, entry[basis], label, f"{path}.{basis}", basis == "count", most)
    return {"basis": basis, "low": low, "high": high}


def _where(reading: Reading, entry: Mapping[str, Any], label: str, path: str) -> dict[str, Any]:
    where = read_conditions(reading, entry["where"], label, f"{path}.where") if "where" in entry else ()
    return {"where": where}


def _read_where(reading: Reading, entry: Mapping[str, Any], label: str, path: str) -> dict[str, Any]:
    return {**_where(reading, entry, label, path), **_limits(reading, entry, label, path, BASES)}


def _read_each(reading: Reading, entry: Mapping[str, Any], label: str, path: str) -> dict[str, Any]:
    column = reading.column(entry["each"], label, f"{path}.each")
    return {"column": column, **_where(reading, entry, label, path), **_limits(reading, entry, label, path, BASES)}


def _read_distinct(reading: Reading, entry: Mapping[str, Any], label: str, path: str) -> dict[str, Any]:
    column = reading.column(entry["distinct"], label, f"{path}.distinct")
    return {"column": column, **_where(reading, entry, label, path), **_limits(reading, entry, label, path, ("count",))}


def _read_assign(reading: Reading, entry: Mapping[str, Any], label: str, path: str) -> dict[str, Any]:
    name = entry["assign"]
    free = name is None or (name == ANYBODY and ANYBODY not in reading.columns.names)
    column = "" if free else reading.column(name, label, f"{path}.assign")
    readable = free or column != ""
    least = _role_map(reading, entry, "min", label, path, column, readable, _count)
    most = _role_map(reading, entry, "max", label, path, column, readable, _count)
    fit = _role_map(reading, entry, "fit", label, path, column, readable, Reading.numeric)
    for role, lowest in least.items():
        if role in most and lowest is not None and most[role] is not None and lowest > most[role]:
            reading.fault("rule_range_bad", f"{path}.max.{role}", f"[{lowest}, {most[role]}]", rule=label)
    if not least and not most and not fit:
        reading.fault("rule_limits_missing", path, "", rule=label, names="min, max, fit")
    weight = 1.0
    if entry.get("weight") is not None:
        weight = reading.number(entry["weight"], label, f"{path}.weight") or 0.0
    return {"column": column, "least": least, "most": most, "fit": fit, "weight": weight}


def _count(reading: Reading, value: Any, label: str, path: str) -> int | None:
    number = reading.number(value, label, path, whole=True)
    return None if number is None else int(number)


def _role_map(
    reading: Reading,
    entry: Mapping[str, Any],
    key: str,
    label: str,
    path: str,
    column: str,
    readable: bool,
    read: Callable[[Reading, Any, str, str], Any],
) -> dict[str, Any]:
    value = entry.get(key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        reading.fault("rule_value_bad", f"{path}.{key}", value, rule=label, name=key)
        return {}
    found = {}
    for role, inner in value.items():
        here = f"{path}.{key}.{written(role)}"
        name = written(role)
        if readable and column:
            name = (reading.values(column, role, label, here) or (name,))[0]
        found[name] = read(reading, inner, label, here)
    return found


def _read_cover(reading: Reading, entry: Mapping[str, Any], label: str, path: str) -> dict[str, Any]:
    column = reading.column(entry["cover"], label, f"{path}.cover")
    listed = entry.get("ids")
    listed = listed if isinstance(listed, list) or listed is None else [listed]
    if not listed:
        reading.fault("rule_ids_missing", f"{path}.ids", "", rule=label)
    ids = [v for i in listed or [] if column for v in reading.values(column, i, label, f"{path}.ids")]
    times = 1.0
    if entry.get("by_at_least") is not None:
        times = reading.number(entry["by_at_least"], label, f"{path}.by_at_least", whole=True, least=1) or 1.0
    return {"column": column, "ids": tuple(dict.fromkeys(ids)), "by_at_least": int(times)}


def _people_reader(key: str, least: int) -> Callable[[Reading, Mapping[str, Any], str, str], dict[str, Any]]:
    def read(reading: Reading, entry: Mapping[str, Any], label: str, path: str) -> dict[str, Any]:
        return {"people": read_people(reading, entry[key], label, f"{path}.{key}", least)}

    return read


def _read_every_member(reading: Reading, entry: Mapping[str, Any], label: str, path: str) -> dict[str, Any]:
    return {"where": read_conditions(reading, entry["every_member"], label, f"{path}.every_member")}


READERS: dict[str, Callable[[Reading, Mapping[str, Any], str, str], dict[str, Any]]] = {
    "where": _read_where,
    "each": _read_each,
    "distinct": _read_distinct,
    "assign": _read_assign,
    "cover": _read_cover,
    "not_together": _people_reader("not_together", 2),
    "together": _people_reader("together", 2),
    "lock_in": _people_reader("lock_in", 0),
    "lock_out": _people_reader("lock_out", 0),
    "every_member": _read_every_member,
}
