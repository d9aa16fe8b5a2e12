"""A conflict names only what is needed for it, and every repair works."""

import copy
import math
from fractions import Fraction
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from assessment.choosing.compose import choose
from assessment.rules.language import read_rules
from tests.choice_oracle import best_seats, cells, every_list, fits, limits, shortfall, small_pool, small_rules, whole
from tests.team_instances import team90


def parts_of(raw, pool):
    """Each part of each hard rule as a rule of its own: part id -> rule."""
    people = pool.reset_index().to_dict("records")
    found = {}
    for rule in raw["rules"]:
        name = rule["id"]
        if "soft" in rule:
            continue
        if "each" in rule:
            for value in {v for p in people for v in cells(p, rule["each"])}:
                has = [p for p in people if value in cells(p, rule["each"]) and fits(p, rule.get("where", {}))]
                edges = limits(rule, raw["size"], len(has), len(people))
                where = {**rule.get("where", {}), rule["each"]: value}
                found[f"{name}:{value}"] = {"where": where, "count": [None if abs(e) == math.inf else e for e in edges]}
        elif "share_of_team" in rule:
            edges = whole(rule["share_of_team"], Fraction(raw["size"]))
            found[name] = {"where": rule["where"], "count": edges}
        elif "assign" in rule:
            for role in {**rule.get("min", {}), **rule.get("max", {}), **rule.get("fit", {})}:
                one = {k: {role: rule[k][role]} if role in rule.get(k, {}) else {} for k in ("min", "max")}
                found[f"{name}:{role}"] = {"assign": rule["assign"], **one}
        elif "cover" in rule:
            for i in rule["ids"]:
                found[f"{name}:{i}"] = {**rule, "ids": [i]}
        elif "lock_in" in rule or "lock_out" in rule:
            key = "lock_in" if "lock_in" in rule else "lock_out"
            for person in rule[key]:
                found[f"{name}:{person}"] = {key: [person]}
        else:
            found[name] = rule
    return found


def possible(pool, rules, size):
    """Whether any list (of the size, or of any size at all) meets these rules."""
    people = pool.reset_index().to_dict("records")
    seats = [r for r in rules if "assign" in r]
    merged = None
    if seats:
        merged = {
            "assign": seats[0]["assign"],
            **{k: {r: v for s in seats for r, v in s[k].items()} for k in ("min", "max")},
        }
    for k in [size] if size is not None else range(len(people) + 1):
        for team in map(list, combinations(people, k)):
            if any(shortfall(r, team, people, k, []) for r in rules if "assign" not in r):
                continue
            if best_seats(team, people, k, merged) is not None:
                return True
    return False


@pytest.fixture(scope="module")
def unmet():
    found = []
    for seed in range(160):
        random = np.random.default_rng(5000 + seed)
        pool = small_pool(random, int(random.integers(6, 8)))
        raw = small_rules(random, pool)
        if not every_list(pool, raw):
            ruleset, problems = read_rules(raw, pool)
            assert ruleset is not None, problems
            found.append((pool, raw, choose(pool, ruleset, 1, language="en")))
    assert len(found) > 15
    return found


def test_a_conflict_cannot_hold_and_without_any_of_its_parts_it_can(unmet):
    for pool, raw, choice in unmet:
        parts = parts_of(raw, pool)
        named = choice.certificate["conflict"]["rules"]
        assert choice.status == "infeasible" and named and set(named) <= {"size", *parts}

        def holds(names, raw=raw, pool=pool, parts=parts):
            return possible(pool, [parts[n] for n in names if n != "size"], raw["size"] if "size" in names else None)

        assert not holds(named)
        for spared in named:
            assert holds([n for n in named if n != spared]), (raw, named, spared)


def test_every_repair_brings_a_list_that_breaks_nothing_else(unmet):
    for pool, raw, choice in unmet:
        people = pool.reset_index().to_dict("records")
        parts = parts_of(raw, pool)
        repairs = choice.certificate["repairs"]
        assert repairs and repairs[0]["cost"] == 0
        assert [r["cost"] for r in repairs] == sorted(r["cost"] for r in repairs)
        for repair in repairs:
            changed = {c["rule"]: c for c in repair["changes"]}
            team = [p for p in people if p["person_id"] in repair["team"]]
            assert len(team) == changed.get("size", {"to": [raw["size"]]})["to"][0]
            if "size" in changed:
                continue  # shares move with the size: the engine solves such a repair anew
            for name, rule in parts.items():
                if "assign" not in rule:
                    short = shortfall(rule, team, people, raw["size"], [])
                    assert bool(short) == (name in changed), (raw, repair, name)


def test_the_known_conflict_is_found_with_its_repairs():
    pool, raw, _ = team90("infeasible")
    ruleset, _ = read_rules(raw, pool)
    choice = choose(pool, ruleset, language="en")
    certificate = choice.certificate
    assert choice.status == "infeasible" and choice.people == ()
    assert sorted(certificate["conflict"]["rules"]) == ["U07", "keep:P001", "keep:P068"]
    assert all(name in certificate["conflict"]["text"] for name in ("U07", "P001", "P068"))
    changes = {r["changes"][0]["rule"]: r["changes"][0]["to"] for r in certificate["repairs"]}
    assert all(len(r["changes"]) == 1 for r in certificate["repairs"])
    assert changes == {"U07": [1, 2], "keep:P001": [0, 1], "keep:P068": [0, 1]}


def test_a_repair_done_by_hand_gives_the_list_it_promised():
    pool, raw, _ = team90("infeasible")
    ruleset, _ = read_rules(raw, pool)
    repairs = choose(pool, ruleset).certificate["repairs"]
    for repair in repairs:
        mended = copy.deepcopy(raw)
        name, to = repair["changes"][0]["rule"], repair["changes"][0]["to"]
        for rule in mended["rules"]:
            if rule["id"] == name:
                rule["count"] = to
            elif name.startswith(rule["id"] + ":"):
                rule["lock_in"] = [p for p in rule["lock_in"] if not name.endswith(p)]
        ruleset, problems = read_rules(mended, pool)
        choice = choose(pool, ruleset, detail="bare")
        assert choice.certificate["objective"] == pytest.approx(repair["objective"], abs=1e-5)
        assert repair["cost"] == pytest.approx(repairs[0]["objective"] - repair["objective"], abs=1e-6)


def test_more_seats_than_the_size_is_a_conflict_with_the_size():
    pool = small_pool(np.random.default_rng(1), 8)
    seats = {"id": "seats", "assign": "anybody", "min": {"a": 2, "b": 2}}
    ruleset, _ = read_rules({"size": 3, "rules": [seats]}, pool)
    certificate = choose(pool, ruleset).certificate
    assert sorted(certificate["conflict"]["rules"]) == ["seats:a", "seats:b", "size"]
    assert {c["rule"] for r in certificate["repairs"] for c in r["changes"]} == {"seats:a", "seats:b", "size"}
    larger = next(r for r in certificate["repairs"] if r["changes"][0]["rule"] == "size")
    assert larger["changes"][0] == {"rule": "size", "from": [3, 3], "to": [4, 4]} and len(larger["team"]) == 4


def test_a_limit_nobody_can_reach_is_a_conflict_by_itself():
    pool = small_pool(np.random.default_rng(1), 8).assign(unit=["U1"] * 7 + ["U2"])
    ruleset, _ = read_rules({"size": 3, "rules": [{"id": "two", "where": {"unit": "U2"}, "count": [2, None]}]}, pool)
    certificate = choose(pool, ruleset).certificate
    assert certificate["conflict"]["rules"] == ["two"]
    assert certificate["repairs"][0]["changes"] == [{"rule": "two", "from": [2, None], "to": [1, None]}]


def test_ties_do_not_spread_a_repair_over_other_seats_than_it_names():
    """More seats asked for than people: what each repair takes back is exactly what its list leaves empty."""
    seats = {"cl": 3, "pa": 6, "pm": 5, "co": 4, "do": 4, "de": 6, "ph": 2}
    for seed in (0, 3, 7):
        random = np.random.default_rng(seed)
        names = pd.Index([f"P{i:02d}" for i in range(15)], name="person_id")
        fits = {f"fit_{role}": random.normal(size=15).round(1) for role in seats}
        pool = pd.DataFrame({"score": random.normal(size=15).round(1), **fits}, index=names)
        seated = {"id": "seats", "assign": "anybody", "min": seats, "fit": {r: f"fit_{r}" for r in seats}}
        ruleset, _ = read_rules({"size": 15, "rules": [seated]}, pool)
        choice = choose(pool, ruleset, 1, language="en")
        assert choice.status == "infeasible" and len(choice.certificate["repairs"]) >= 2
