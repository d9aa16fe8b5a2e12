"""Every possible list of a small pool, judged straight from the words of the rules: the truth the solver must meet."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pandas as pd


def cells(person, column):
    """The values in a cell of a list column."""
    return [v for v in str(person[column]).split(";") if v]


def fits(person, where):
    """Whether a person fulfils a `where`."""
    for column, wanted in where.items():
        if isinstance(wanted, dict):
            number = float(person[column])
            if not wanted.get("min", -math.inf) <= number <= wanted.get("max", math.inf):
                return False
        else:
            any_of = wanted if isinstance(wanted, list) else [wanted]
            if not {str(v).lower() for v in any_of} & {v.lower() for v in cells(person, column)}:
                return False
    return True


def whole(pair, base):
    """Limits in whole people, rounded inwards, or outwards where nothing is left."""
    low, high = (None if v is None else Fraction(str(v)) * base for v in pair)
    inner = [-math.inf if low is None else math.ceil(low), math.inf if high is None else math.floor(high)]
    return inner if inner[0] <= inner[1] else [math.floor(low), math.ceil(high)]


def outside(value, low, high):
    """By how much a value leaves its limits."""
    return max(0, low - value, value - high)


def limits(rule, size, matching, n):
    """Limits of a counted rule."""
    if "count" in rule:
        return whole(rule["count"], Fraction(1))
    if "share_of_team" in rule:
        return whole(rule["share_of_team"], Fraction(size))
    return whole(rule["share"], Fraction(size * matching, n))


def shortfall(rule, team, people, size, filled):
    """How many people, ids, pairs or values a list is short of one rule."""
    where = rule.get("where", {})
    if "each" in rule:
        values = {v for p in people for v in cells(p, rule["each"])}
        total = 0
        for value in values:
            has = [p for p in people if value in cells(p, rule["each"]) and fits(p, where)]
            inside = sum(p in team for p in has)
            total += outside(inside, *limits(rule, size, len(has), len(people)))
        return total
    if "distinct" in rule:
        return outside(
            len({v for p in team for v in cells(p, rule["distinct"]) if fits(p, where)}), *whole(rule["count"], 1)
        )
    if "assign" in rule:
        roles = {**rule.get("min", {}), **rule.get("max", {}), **rule.get("fit", {})}
        return sum(
            outside(filled.count(r), rule.get("min", {}).get(r, 0), rule.get("max", {}).get(r, math.inf)) for r in roles
        )
    if "cover" in rule:
        times = [sum(i in cells(p, rule["cover"]) for p in team) for i in rule["ids"]]
        return sum(t < rule.get("by_at_least", 1) for t in times)
    if "every_member" in rule:
        return sum(not fits(p, rule["every_member"]) for p in team)
    if "where" in rule:
        matching = sum(fits(p, where) for p in people)
        return outside(sum(fits(p, where) for p in team), *limits(rule, size, matching, len(people)))
    ids = {p["person_id"] for p in team}
    if "not_together" in rule:
        return sum(a in ids and b in ids for a, b in combinations(rule["not_together"], 2))
    if "together" in rule:
        return sum((a in ids) != (b in ids) for a, b in combinations(rule["together"], 2))
    if "lock_in" in rule:
        return sum(p not in ids for p in rule["lock_in"])
    return sum(p in ids for p in rule["lock_out"])


def value_of(team, rules):
    """Scores and coverage of a list, without seats and prices."""
    points = sum(p["score"] for p in team)
    coverage = rules.get("objective", {}).get("coverage")
    if coverage:
        known = {v for p in team for v in cells(p, coverage["column"])}
        for v in known:
            n = sum(v in cells(p, coverage["column"]) for p in team)
            gain = coverage.get("first", 1.0) + (coverage.get("second", 0.4) if n > 1 else 0.0)
            points += coverage.get("factor", 1.0) * coverage.get("weights", {}).get(v, 1.0) * gain
    return points


def seatings(team, rule):
    """Every way to fill seats: a role or None for each member."""
    if rule is None:
        return [(None,) * len(team)]
    roles = list({**rule.get("min", {}), **rule.get("max", {}), **rule.get("fit", {})})
    may = [
        [None, *[r for r in roles if rule["assign"] in (None, "anybody") or r in cells(p, rule["assign"])]]
        for p in team
    ]
    return product(*may)


def every_list(pool: pd.DataFrame, rules: dict) -> dict[tuple[str, ...], float]:
    """Each set of people that meets the hard rules -> its best total after prices."""
    people = pool.reset_index().to_dict("records")
    size = min(rules["size"], len(people))
    assign = next((r for r in rules["rules"] if "assign" in r), None)
    others = [r for r in rules["rules"] if "assign" not in r]
    found = {}
    for team in map(list, combinations(people, size)):
        short = [(shortfall(r, team, people, size, []), r.get("soft")) for r in others]
        if any(n and price is None for n, price in short):
            continue
        points = value_of(team, rules) - sum(n * (price or 0.0) for n, price in short)
        best = best_seats(team, people, size, assign)
        if best is not None:
            found[tuple(sorted(p["person_id"] for p in team))] = points + best
    return found


def best_seats(team, people, size, rule):
    """The most that seats add to a list, or None when a hard minimum cannot be met."""
    if rule is None:
        return 0.0
    best = None
    for filled in seatings(team, rule):
        short = shortfall(rule, team, people, size, list(filled))
        if short and rule.get("soft") is None:
            continue
        fit = sum(p[rule["fit"][r]] for p, r in zip(team, filled, strict=True) if r in rule.get("fit", {}))
        points = rule.get("weight", 1.0) * fit - short * (rule.get("soft") or 0.0)
        best = points if best is None else max(best, points)
    return best


def small_pool(random: np.random.Generator, n: int) -> pd.DataFrame:
    """An invented pool with a unit, a gender, a truth value, a number and three list columns."""
    pick = random.choice
    listed = lambda values, most: ";".join(sorted(pick(values, random.integers(0, most + 1), replace=False)))  # noqa: E731
    return pd.DataFrame(
        {
            "person_id": [f"{i:03d}" for i in range(n)],
            "score": random.integers(-20, 40, n) / 10,
            "unit": pick(["U1", "U2", "U3"], n),
            "gender": pick(["f", "m"], n),
            "head": pick(["true", "false"], n),
            "age": random.integers(20, 60, n),
            "roles": [listed(["lead", "analyst"], 2) for _ in range(n)],
            "knows": [listed(["7", "8", "9", "10"], 3) for _ in range(n)],
            "fit_lead": random.integers(-10, 11, n) / 10,
        }
    ).set_index("person_id")


def small_rules(random: np.random.Generator, pool: pd.DataFrame) -> dict:
    """An invented set of rules of mixed kinds, hard and soft, that names only what the pool has."""
    ids = list(pool.index)
    pair = lambda k: [str(i) for i in random.choice(ids, k, replace=False)]  # noqa: E731
    number = lambda low, high: int(random.integers(low, high + 1))  # noqa: E731
    known = sorted({v for cell in pool.knows for v in cell.split(";") if v})
    can = sorted({v for cell in pool.roles for v in cell.split(";") if v})
    size = number(2, 4)
    kinds = [
        {"where": {"unit": str(pool.unit.iloc[0])}, "count": [number(0, 2), number(2, 3)]},
        {"where": {"gender": str(pool.gender.iloc[0]), "age": {"min": 25}}, "share_of_team": [0.2, 0.75]},
        {"where": {"head": True}, "count": [number(0, 1), None]},
        {"each": "unit", "count": [number(0, 1), number(1, 3)]},
        {"each": "unit", "share": [0.5, 1.6]},
        {"each": "unit", "where": {"age": {"max": 50}}, "count": [0, number(1, 2)]},
        {"distinct": "unit", "count": [number(1, 3), None]},
        {"distinct": "unit", "count": [1, 2]},
        {"not_together": pair(number(2, 3))},
        {"together": pair(number(2, 3))},
        {"lock_in": pair(1)},
        {"lock_out": pair(number(1, 2))},
        {"every_member": {"age": {"min": number(20, 30)}}},
    ]
    if known:
        kinds.append({"cover": "knows", "ids": known[: number(1, 2)], "by_at_least": number(1, 2)})
    rules = [dict(kinds[i]) for i in random.choice(len(kinds), number(1, 5), replace=False)]
    if can and random.random() < 0.6:
        assign = {"assign": "roles", "min": {r: number(0, 2) for r in can}}
        if random.random() < 0.4:
            assign = {"assign": "anybody", "min": {"lead": number(0, 2)}, "max": {"lead": 2, "clerk": number(0, 1)}}
        if random.random() < 0.6 and ("lead" in can or assign["assign"] == "anybody"):
            assign |= {"fit": {"lead": "fit_lead"}, "weight": 0.5}
        rules.append(assign)
    for i, rule in enumerate(rules):
        rule["id"] = f"r{i}"
        if random.random() < 0.35:
            rule["soft"] = number(0, 20) / 10
    objective: dict = {"score": "score"}
    if random.random() < 0.5:
        objective["coverage"] = {
            "column": "knows",
            "weights": {v: number(0, 15) / 10 for v in known[:2]},
            "first": number(0, 10) / 10,
            "second": number(0, 12) / 10,
            "factor": 0.7,
        }
    return {"size": size, "objective": objective, "rules": rules}
