"""The kinds of rules: what each may say, and how its words are read against a pool."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from assessment.pool import Columns
from assessment.problems import NOTE, STOP, Problem
from assessment.rules_file import written

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
ANYBODY = "anybody"


@dataclass(frozen=True)
class Condition:
    """What a cell must hold: any of these values of the column, or a number between low and high."""

    column: str
    values: tuple[str, ...] | None = None
    low: float | None = None
    high: float | None = None


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


def closest(name: str, known: Iterable[str]) -> str:
    """The known name most like the one given, however unlike; empty when nothing is known."""
    folded = {str(k).lower(): str(k) for k in known}
    found = difflib.get_close_matches(str(name).lower(), sorted(folded), n=1, cutoff=0.0)
    return folded[found[0]] if found else ""


class Reading:
    """One pass over a set of rules: the pool, the place, and every problem found so far."""

    def __init__(self, columns: Columns, table: str, withheld: Collection[str] = ()) -> None:
        self.columns, self.table, self.withheld = columns, table, frozenset(map(str, withheld))
        self.problems: list[Problem] = []

    def fault(self, code: str, path: str, value: Any = "", severity: str = STOP, **params: Any) -> None:
        """Note one problem; `path` is the path of the key."""
        shown = value if isinstance(value, str) else written(value)
        self.problems.append(Problem(code, severity, params, self.table, None, path, shown))

    def column(self, name: Any, rule: str, path: str) -> str:
        """The column's name when the pool has it, else an empty text and a stop."""
        text = written(name)
        if isinstance(name, str) and text in self.columns.names:
            return text
        self.fault("rule_column_unknown", path, name, rule=rule, name=text, nearest=closest(text, self.columns.names))
        return ""

    def numeric(self, name: Any, rule: str, path: str) -> str:
        """The same, and the column must hold numbers."""
        column = self.column(name, rule, path)
        if column and not self.columns.is_numeric(column):
            bad = next((t for t in self.columns.known(column) if math.isnan(float_or_nan(t))), "")
            self.fault("rule_column_no_numbers", path, bad, rule=rule, name=column)
            return ""
        return column

    def number(self, value: Any, rule: str, path: str, whole: bool = False, least: float = 0.0) -> float | None:
        """A finite number not below `least`, else None and a stop."""
        if is_number(value) and value >= least and not (whole and value != int(value)):
            return float(value)
        self.fault("rule_number_bad", path, value, rule=rule, whole=whole)
        return None

    def values(self, column: str, value: Any, rule: str, path: str) -> tuple[str, ...]:
        """The values of the column that a written scalar means; unknown ones are a stop."""
        if value is None or isinstance(value, (dict, list)):
            self.fault("rule_value_bad", path, value, rule=rule, name=column)
            return ()
        found = self.columns.resolve(column, written(value))
        if found is None:
            near = closest(written(value), self.columns.known(column))
            self.fault(
                "rule_value_unknown", path, value, rule=rule, name=written(value), named_column=column, nearest=near
            )
        return found or ()


def is_number(value: Any) -> bool:
    """A finite number; true and false are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def float_or_nan(text: str) -> float:
    """The text as a number or NaN."""
    try:
        return float(text.replace(",", ".", 1))
    except ValueError:
        return math.nan


def exactly(value: Any) -> Fraction:
    """A number as the fraction that was meant: 0.15 is 3/20, and the noise of a computed 0.1 + 0.2 is dropped."""
    return Fraction(str(float(value)) if not isinstance(value, int) else int(value)).limit_denominator(10**6)


def read_rule(reading: Reading, entry: Any, path: str) -> Rule | None:
    """One entry of the list of rules, or None with every fault noted."""
    if not isinstance(entry, Mapping):
        reading.fault("rule_no_map", path, entry, rule=path)
        return None
    before = len(reading.problems)
    name = written(entry["id"]) if _is_word(entry.get("id")) else ""
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


def _is_word(value: Any) -> bool:
    return isinstance(value, (str, int, float)) and not isinstance(value, bool) and written(value) != ""


def _kind(reading: Reading, entry: Mapping[str, Any], label: str, path: str) -> str:
    named = [k for k in KINDS if k in entry]
    if "where" in named and any(k in named for k in ("each", "distinct")):
        named.remove("where")
    if len(named) == 1:
        return named[0]
    if named:
        reading.fault("rule_kinds_many", path, ", ".join(named), rule=label, names=", ".join(named))
        return ""
    strange = [
        written(k)
        for k in entry
        if k not in COMMON_KEYS and k not in {*BASES, *(w for ws in KEYS.values() for w in ws)}
    ]
    name = strange[0] if strange else ""
    near = closest(name, KINDS) if name else ", ".join(KINDS)
    reading.fault("rule_kind_unknown", f"{path}.{name}".rstrip("."), name, rule=label, name=name, nearest=near)
    return ""


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


def read_range(
    reading: Reading, value: Any, label: str, path: str, whole: bool, most: float = math.inf
) -> tuple[Fraction | None, Fraction | None]:
    """A pair [lowest, highest], null = open; malformed ones are a stop."""
    pair = list(value) if isinstance(value, (list, tuple)) else []
    good = len(pair) == 2 and all(
        v is None or (is_number(v) and 0 <= v <= most and (not whole or v == int(v))) for v in pair
    )
    if good and None not in pair:
        good = pair[0] <= pair[1]
    if not good:
        reading.fault(
            "rule_range_bad", path, str(value)[:60] if isinstance(value, (list, tuple)) else value, rule=label
        )
        return None, None
    if pair == [None, None]:
        reading.fault("rule_without_limits", path, severity=NOTE, rule=label)
    low, high = (None if v is None else exactly(v) for v in pair)
    return low, high


def _limits(
    reading: Reading, entry: Mapping[str, Any], label: str, path: str, bases: tuple[str, ...]
) -> dict[str, Any]:
    named = [b for b in bases if b in entry]
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


def read_conditions(reading: Reading, value: Any, label: str, path: str) -> tuple[Condition, ...]:
    """The map of `where` or `every_member`: column -> value, list of values, or {min, max}."""
    if not isinstance(value, Mapping) or not value:
        reading.fault("rule_where_bad", path, value, rule=label)
        return ()
    found = []
    for name, wanted in value.items():
        here = f"{path}.{written(name)}"
        column = reading.column(written(name) if _is_word(name) else name, label, here)
        if not column:
            continue
        if isinstance(wanted, Mapping):
            found.append(_between(reading, column, wanted, label, here))
        else:
            listed = wanted if isinstance(wanted, list) else [wanted]
            if not listed:
                reading.fault("rule_value_bad", here, wanted, rule=label, name=column)
            values = [v for w in listed for v in reading.values(column, w, label, here)]
            found.append(Condition(column, tuple(dict.fromkeys(values))))
    return tuple(found)


def _between(reading: Reading, column: str, wanted: Mapping[str, Any], label: str, path: str) -> Condition:
    limits: dict[str, float | None] = {"min": None, "max": None}
    for key, value in wanted.items():
        if key not in limits:
            reading.fault(
                "rule_key_unknown",
                f"{path}.{written(key)}",
                written(key),
                rule=label,
                name=written(key),
                nearest=closest(written(key), limits),
            )
        elif value is not None:
            limits[key] = reading.number(value, label, f"{path}.{key}", least=-math.inf)
    low, high = limits["min"], limits["max"]
    if not wanted or (low is not None and high is not None and low > high):
        reading.fault("rule_range_bad", path, str(dict(wanted))[:60], rule=label)
    reading.numeric(column, label, path)
    return Condition(column, None, low, high)


def read_people(reading: Reading, value: Any, label: str, path: str, least: int = 1) -> tuple[str, ...]:
    """A list of ids of people in the pool; a withheld person is never named in the problem."""
    listed = value if isinstance(value, list) else [value]
    ids = []
    for entry in listed:
        name = written(entry)
        if not _is_word(entry):
            reading.fault("rule_value_bad", path, entry, rule=label, name="person_id")
        elif name in reading.withheld:
            reading.fault("rule_person_withheld", path, rule=label)
        elif name in reading.columns.place:
            ids.append(name)
        else:
            near = closest(name, reading.columns.ids)
            reading.fault("rule_person_unknown", path, name, rule=label, name=name, nearest=near)
    ids = list(dict.fromkeys(ids))
    if len(listed) == len(ids) < least:
        reading.fault("rule_people_few", path, severity=NOTE, rule=label)
    return tuple(ids)


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
