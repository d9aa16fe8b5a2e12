"""What proves a choice: its total and bound, each rule with its room and its price, and the other lists."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from assessment.choosing.alternatives import Alternative, Price, different, next_best, price_of_part, price_of_rule
from assessment.choosing.model import SCALE, Model
from assessment.choosing.optimise import Team
from assessment.choosing.solver import OPTIMAL
from assessment.rules.check import Checked

DETAILS = ("full", "prices", "bare")


def points(total: float) -> float:
    """Millionths as points with six decimals."""
    return round(total / SCALE, 6)


def of_team(
    model: Model, team: Team, checked: Sequence[Checked], objective: float, detail: str, seconds: float
) -> dict[str, Any]:
    """The certificate of a list that meets the rules; texts, seed, inputs and versions are added by the caller.

    objective : points of the list as the checker counted them; seconds : limit of one call of the solver.
    In "bare" there are neither prices nor other lists, and `ties` is null.
    """
    objective = round(objective, 6)
    bound = objective if team.status == OPTIMAL else max(objective, points(team.bound))
    found: dict[str, Any] = {
        "status": team.status,
        "objective": objective,
        "bound": bound,
        "gap": round((bound - objective) / max(1.0, abs(objective)), 9),
        "ties": None,
        "rules": rule_rows(model, team, checked, detail != "bare" and team.status == OPTIMAL, seconds),
        "alternatives": [],
        "different": [],
        "conflict": None,
        "repairs": [],
    }
    if detail == "full" and team.status == OPTIMAL:
        alternatives, found["ties"] = next_best(model, team, seconds)
        found["alternatives"] = [shown(a) for a in alternatives]
        found["different"] = [shown(a) for a in different(model, team, seconds)]
    return found


def shown(other: Alternative) -> dict[str, Any]:
    """Another list as the certificate shows it."""
    return {"objective": points(other.total), "enter": list(other.enter), "leave": list(other.leave)}


def rule_rows(
    model: Model, team: Team, checked: Sequence[Checked], priced: bool, seconds: float
) -> list[dict[str, Any]]:
    """One row for each part, and before the parts of a rule with several one row for the rule as a whole.

    The row of a whole rule shows its tightest part, and the price of dropping all of it.
    """
    rows = []
    for rule, parts in _by_rule(checked).items():
        prices = {p.id: price_of_part(model, team, p.id, seconds) if priced else None for p in parts}
        if parts[0].id != rule:
            names = [p.id for p in parts]
            price = price_of_rule(model, team, names, seconds) if priced and len(parts) > 1 else prices[names[0]]
            rows.append(_whole(rule, parts, price, priced))
        rows += [_row(p, prices[p.id], priced) for p in parts]
    return rows


def _by_rule(checked: Sequence[Checked]) -> dict[str, list[Checked]]:
    of_rule: dict[str, list[Checked]] = {}
    for part in checked:
        of_rule.setdefault(part.rule, []).append(part)
    return of_rule


def _whole(rule: str, parts: Sequence[Checked], price: Price | None, priced: bool) -> dict[str, Any]:
    tightest = min(parts, key=lambda p: (p.slack is None, p.slack or 0, p.id))
    short = sum(p.short for p in parts)
    row = {**_row(tightest, price, priced), "id": rule, "short": short, "holds": short == 0}
    return {**row, "parts": len(parts), "tightest": tightest.id}


def of_given(checked: Sequence[Checked], objective: float) -> dict[str, Any]:
    """The certificate of a list that people have settled: nothing was optimised, so there is no bound and no price.

    Whether each rule holds on it is told all the same; a rule that does not hold stops nothing here.
    """
    rows = []
    for rule, parts in _by_rule(checked).items():
        rows += [_whole(rule, parts, None, False)] if parts[0].id != rule else []
        rows += [_row(p, None, False) for p in parts]
    return {
        "status": "feasible", "given": True, "objective": round(objective, 6), "bound": None, "gap": None, "ties": 1,
        "rules": rows, "alternatives": [], "different": [], "conflict": None, "repairs": [], "notes": [],
    }  # fmt: skip


def _row(part: Checked, price: Price | None, priced: bool) -> dict[str, Any]:
    slack = part.slack
    gain = points(price.gain) if price is not None else None
    row: dict[str, Any] = {
        "id": part.id,
        "text": "",
        "value": part.value,
        "allowed": [part.lowest, part.highest],
        "slack": slack,
        "binding": (slack is not None and slack <= 0) or bool(gain),
        "price": gain,
        "holds": part.short == 0,
        "short": part.short,
        "soft": part.soft,
    }
    if priced and price is not None and price.gain > 0:
        row["without"] = shown(price.without)
    return row


def of_conflict(parts: Sequence[Any], conflict: Sequence[str], repairs: Sequence[Any]) -> dict[str, Any]:
    """The certificate where the rules cannot be met together: no list, but the conflict and what would mend it."""
    best = max((r.total for r in repairs), default=0)
    return {
        "status": "infeasible",
        "objective": None,
        "bound": None,
        "gap": None,
        "ties": 0,
        "rules": [_unmet(part, part.id in conflict) for part in parts],
        "alternatives": [],
        "different": [],
        "conflict": {"rules": list(conflict), "text": ""},
        "repairs": [
            {
                "changes": [{"rule": c.part, "from": list(c.before), "to": list(c.after)} for c in repair.changes],
                "cost": points(best - repair.total),
                "objective": points(repair.total),
                "team": list(repair.people),
                "text": "",
            }
            for repair in repairs
        ],
    }


def _unmet(part: Any, in_conflict: bool) -> dict[str, Any]:
    return {
        "id": part.id,
        "text": "",
        "value": None,
        "allowed": [part.lowest, part.highest],
        "slack": None,
        "binding": in_conflict,
        "price": None,
        "holds": None,
        "soft": part.soft,
    }


def stamped(found: dict[str, Any], seed: int, started: float, inputs: Mapping[str, str]) -> dict[str, Any]:
    """The certificate with seed, time, inputs and versions."""
    import platform

    import numpy
    import pandas
    import scipy

    versions = {
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "pandas": pandas.__version__,
        "scipy": scipy.__version__,
    }
    seconds = round(time.monotonic() - started, 3)
    return {**found, "seconds": seconds, "inputs": dict(inputs), "seed": seed, "versions": versions}
