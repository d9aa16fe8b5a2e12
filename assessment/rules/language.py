"""The rule language: how many are chosen, what is maximised, and the conditions on the list."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from assessment.problems import NOTE, Problem, stops
from assessment.rules.file import read_yaml, written
from assessment.rules.kinds import Rule, read_rule
from assessment.rules.pool import Columns
from assessment.rules.reading import Reading, closest, is_number

TOP_KEYS = ("size", "objective", "rules")
OBJECTIVE_KEYS = ("score", "coverage")
COVERAGE_KEYS = ("column", "weights", "first", "second", "factor")
SCORE = "score"


@dataclass(frozen=True)
class Coverage:
    """Points for what the list knows: factor * weight * (first when one member has the id, second more when two have).

    weights : every id of the column; ids without a weight of their own count 1
    """

    column: str
    weights: Mapping[str, float]
    first: float = 1.0
    second: float = 0.4
    factor: float = 1.0


@dataclass(frozen=True)
class RuleSet:
    """How many are chosen from a pool, by which score, under which rules."""

    size: int
    score: str = SCORE
    coverage: Coverage | None = None
    rules: tuple[Rule, ...] = ()
    notes: tuple[Problem, ...] = field(default=(), compare=False)


def read_rules(
    source: Path | str | Mapping[str, Any],
    pool: pd.DataFrame,
    defaults: int | None = None,
    withheld: Collection[str] = (),
    table: str | None = None,
    words: Mapping[str, Collection[str]] | None = None,
) -> tuple[RuleSet | None, list[Problem]]:
    """Read a set of rules against a pool and name every fault at once.

    Parameters
    ----------
    source : a YAML file, or its contents as a map {size, objective, rules}
    pool : people, index person_id (or a column of that name), with every column that the rules name
    defaults : the size where the source is silent
    withheld : people who withdrew their consent; a rule that names one is a stop that does not repeat the id
    words : column -> values that are known although nobody in the pool has them
    table : the name that problems show as their place; the file's name, or "rules"

    Returns
    -------
    The rules, or None when there is a stop; and all problems. Notes are kept in `RuleSet.notes` too.
    """
    raw: Any = source
    name = table or "rules"
    if not isinstance(source, Mapping):
        name = table or Path(source).name
        raw, problems = read_yaml(Path(source))
        if problems:
            return None, problems
    reading = Reading(Columns(pool, words), name, withheld)
    if not isinstance(raw, Mapping):
        reading.fault("rules_no_map", "", raw)
        return None, reading.problems
    for key in raw:
        if key not in TOP_KEYS:
            near = closest(written(key), TOP_KEYS)
            reading.fault("rules_key_unknown", written(key), written(key), name=written(key), nearest=near)
    size = _size(reading, raw, defaults)
    score, coverage = _objective(reading, raw.get("objective"), pool)
    rules = _rules(reading, raw.get("rules"))
    if stops(reading.problems):
        return None, reading.problems
    return RuleSet(size, score, coverage, rules, tuple(reading.problems)), reading.problems


def _size(reading: Reading, raw: Mapping[str, Any], defaults: int | None) -> int:
    value = raw.get("size", defaults)
    if is_number(value) and value >= 1 and value == int(value):
        return int(value)
    reading.fault("rules_size_bad", "size", "" if value is None else value)
    return 0


def _objective(reading: Reading, raw: Any, pool: pd.DataFrame) -> tuple[str, Coverage | None]:
    if raw is not None and not isinstance(raw, Mapping):
        reading.fault("rule_value_bad", "objective", raw, rule="objective", name="objective")
        return SCORE, None
    raw = raw or {}
    _unknown_keys(reading, raw, OBJECTIVE_KEYS, "objective")
    score = reading.column(raw.get("score", SCORE), "objective", "objective.score")
    if score:
        _score_problems(reading, score, pool)
    coverage = raw.get("coverage")
    return score, None if coverage is None else _coverage(reading, coverage)


def _unknown_keys(reading: Reading, raw: Mapping[str, Any], known: tuple[str, ...], path: str) -> None:
    for key in raw:
        if key not in known:
            near = closest(written(key), known)
            reading.fault(
                "rule_key_unknown", f"{path}.{written(key)}", written(key), rule=path, name=written(key), nearest=near
            )


def _score_problems(reading: Reading, score: str, pool: pd.DataFrame) -> None:
    """Everybody needs a number as score; each person without one is a stop of the pool's row."""
    numbers = reading.columns.numbers(score)
    rows = pool.attrs.get("rows", {})
    for i, person in enumerate(reading.columns.ids):
        if math.isnan(numbers[i]):
            value = ";".join(reading.columns.tokens(score)[i])
            reading.problems.append(
                Problem(
                    "pool_score_no_number",
                    params={"person": person},
                    table=pool.attrs.get("table", "pool"),
                    row=rows.get(person),
                    column=score,
                    value=value,
                )
            )


def _coverage(reading: Reading, raw: Any) -> Coverage | None:
    path = "objective.coverage"
    if not isinstance(raw, Mapping):
        reading.fault("rule_value_bad", path, raw, rule=path, name="coverage")
        return None
    _unknown_keys(reading, raw, COVERAGE_KEYS, path)
    column = reading.column(raw.get("column"), path, f"{path}.column")
    shares = {"first": 1.0, "second": 0.4, "factor": 1.0}
    for key in shares:
        if raw.get(key) is not None:
            shares[key] = reading.number(raw[key], path, f"{path}.{key}") or 0.0
    weights = _weights(reading, raw.get("weights"), column, f"{path}.weights")
    if not column:
        return None
    return Coverage(column, {i: weights.get(i, 1.0) for i in reading.columns.known(column)}, **shares)


def _weights(reading: Reading, raw: Any, column: str, path: str) -> dict[str, float]:
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        reading.fault("rule_value_bad", path, raw, rule="objective.coverage", name="weights")
        return {}
    found: dict[str, float] = {}
    absent = []
    for key, value in raw.items():
        number = reading.number(value, "objective.coverage", f"{path}.{written(key)}")
        ids = reading.columns.resolve(column, written(key)) if column else ()
        if ids is None:
            absent.append(written(key))
        for i in ids or ():
            found[i] = number or 0.0
    if absent:
        reading.fault("coverage_ids_absent", path, ", ".join(absent[:10]), NOTE, n=len(absent))
    return found


def _rules(reading: Reading, raw: Any) -> tuple[Rule, ...]:
    if raw is None:
        return ()
    if not isinstance(raw, (list, tuple)):
        reading.fault("rules_no_list", "rules", raw)
        return ()
    paths = [_path(entry, i) for i, entry in enumerate(raw)]
    found = [read_rule(reading, entry, path) for entry, path in zip(raw, paths, strict=True)]
    _id_problems(reading, raw, paths)
    rules = tuple(rule for rule in found if rule is not None)
    _role_problems(reading, rules)
    return rules


def _path(entry: Any, i: int) -> str:
    name = entry.get("id") if isinstance(entry, Mapping) else None
    return f"rules.{written(name)}" if isinstance(name, (str, int)) and written(name) else f"rules[{i + 1}]"


def _id_problems(reading: Reading, raw: Collection[Any], paths: list[str]) -> None:
    """An id stands once, is not `size`, and does not look like the part of another rule."""
    names = [written(e["id"]) for e in raw if isinstance(e, Mapping) and isinstance(e.get("id"), (str, int))]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            reading.fault("rule_id_twice", f"rules.{name}.id", name, rule=name, n=names.count(name))
        if name == "size" or (":" in name and name.split(":")[0] in names):
            reading.fault("rule_id_reserved", f"rules.{name}.id", name, rule=name)


def _role_problems(reading: Reading, rules: tuple[Rule, ...]) -> None:
    """A person fills one seat at most, so two assign rules may not name the same role."""
    owner: dict[str, str] = {}
    for rule in rules:
        for role in rule.roles:
            if role in owner:
                reading.fault("rule_role_twice", f"rules.{rule.id}", role, rule=rule.id, name=role, other=owner[role])
            owner.setdefault(role, rule.id)
