"""The checker sees what the solver must not get wrong."""

import numpy as np
import pandas as pd
import pytest

from assessment.choosing.compose import choose
from assessment.rules.check import CheckFailed, check, objective, verify
from assessment.rules.language import read_rules
from tests.choice_oracle import every_list, shortfall, small_pool, small_rules


def pool():
    return pd.DataFrame(
        {
            "score": [1.0, 2.0, 3.0, 4.0],
            "unit": ["A", "A", "B", "C"],
            "knows": ["7;8", "8", "", "7;9"],
            "roles": ["lead", "lead;clerk", "clerk", ""],
            "fit": [0.5, -1.0, 0.0, 9.0],
            "want": [0.1, 0.5, None, 0.9],
        },
        index=pd.Index(["p1", "p2", "p3", "p4"], name="person_id"),
    )


def read(*rules, size=2, **objective):
    ruleset, problems = read_rules({"size": size, "objective": objective, "rules": list(rules)}, pool())
    assert ruleset is not None, problems
    return ruleset


def row(ruleset, people, name, roles=None):
    return next(c for c in check(pool(), ruleset, people, roles or {}) if c.id == name)


@pytest.mark.parametrize(
    ("rule", "name", "people", "value", "short"),
    [
        ({"where": {"unit": "A"}, "count": [0, 1]}, "r", ["p1", "p2"], 2, 1),
        ({"where": {"unit": ["B", "C"]}, "count": [1, None]}, "r", ["p3", "p4"], 2, 0),
        ({"where": {"knows": "7"}, "share_of_team": [0.9, 1]}, "r", ["p1", "p2"], 1, 1),
        ({"where": {"want": {"min": 0.5}}, "count": [2, None]}, "r", ["p3", "p4"], 1, 1),
        ({"each": "unit", "count": [0, 1]}, "r:A", ["p1", "p2"], 2, 1),
        ({"each": "knows", "count": [1, None]}, "r:9", ["p1", "p2"], 0, 1),
        ({"distinct": "unit", "count": [2, None]}, "r", ["p1", "p2"], 1, 1),
        ({"cover": "knows", "ids": ["8"], "by_at_least": 2}, "r:8", ["p1", "p4"], 1, 1),
        ({"not_together": ["p1", "p2"]}, "r", ["p1", "p2"], 2, 1),
        ({"together": ["p1", "p2"]}, "r", ["p1", "p3"], 1, 1),
        ({"lock_in": ["p4"]}, "r:p4", ["p1", "p3"], 0, 1),
        ({"lock_out": ["p1"]}, "r:p1", ["p1", "p3"], 1, 1),
        ({"every_member": {"want": {"min": 0.3}}}, "r", ["p1", "p3"], 2, 2),
    ],
)
def test_each_kind_of_rule_is_counted(rule, name, people, value, short):
    found = row(read({"id": "r", **rule}), people, name)
    assert (found.value, found.short) == (value, short)


def test_objective_is_score_coverage_and_fit_less_prices():
    ruleset = read(
        {"id": "seats", "assign": "roles", "min": {"lead": 1}, "fit": {"lead": "fit"}, "weight": 2},
        {"id": "b", "where": {"unit": "B"}, "count": [1, None], "soft": 0.3},
        score="score",
        coverage={"column": "knows", "weights": {"8": 3.0}, "first": 1.0, "second": 0.4, "factor": 0.5},
    )
    # scores 3; 7 by one: .5; 8 by two: .5 * 3 * 1.4 = 2.1; lead p1: 2 * .5; nobody of B: -.3
    assert objective(pool(), ruleset, ["p1", "p2"], {"p1": "lead"}) == pytest.approx(3 + 0.5 + 2.1 + 1.0 - 0.3)


def test_a_list_that_breaks_a_hard_rule_is_a_loud_fault():
    with pytest.raises(CheckFailed, match="apart"):
        verify(pool(), read({"id": "apart", "not_together": ["p1", "p2"]}), ["p1", "p2"], {}, 3.0)


def test_a_total_that_is_not_the_lists_own_is_a_loud_fault():
    assert verify(pool(), read(), ["p1", "p2"], {}, 3.0)[1] == 3.0
    with pytest.raises(CheckFailed, match="points"):
        verify(pool(), read(), ["p1", "p2"], {}, 3.1)


def test_a_seat_nobody_may_fill_and_a_stranger_are_loud_faults():
    seats = read({"id": "seats", "assign": "roles", "min": {"lead": 1}})
    with pytest.raises(CheckFailed, match="lead"):
        check(pool(), seats, ["p3", "p4"], {"p3": "lead"})
    with pytest.raises(CheckFailed, match="pool"):
        check(pool(), seats, ["p1", "p9"], {})
    with pytest.raises(CheckFailed, match="outside"):
        verify(pool(), read(), ["p1", "p2"], {"p3": "clerk"}, 3.0)


def test_checker_and_plain_words_agree_on_random_lists():
    compared = 0
    for seed in range(60):
        random = np.random.default_rng(9000 + seed)
        table = small_pool(random, 8)
        raw = small_rules(random, table)
        ruleset, _ = read_rules(raw, table)
        people = [str(p) for p in random.choice(table.index, raw["size"], replace=False)]
        records = table.reset_index().to_dict("records")
        team = [p for p in records if p["person_id"] in people]
        checked = check(table, ruleset, people, {})
        for rule in raw["rules"]:
            mine = sum(c.short for c in checked if c.rule == rule["id"])
            truth = shortfall(rule, team, records, raw["size"], [])
            if "not_together" in rule and "soft" not in rule:
                mine, truth = bool(mine), bool(truth)  # hard: at most one, soft: each pair
            assert mine == truth, (rule, people)
            compared += 1
    assert compared > 150


def test_the_solver_and_the_checker_always_agree():
    for seed in range(30):
        random = np.random.default_rng(400 + seed)
        table = small_pool(random, 8)
        raw = small_rules(random, table)
        ruleset, _ = read_rules(raw, table)
        choice = choose(table, ruleset, detail="bare")
        if choice.people:
            checked = check(table, ruleset, choice.people, choice.roles)
            assert not [c for c in checked if c.short and c.soft is None]
            assert every_list(table, raw)[choice.people] == pytest.approx(choice.certificate["objective"], abs=1e-5)
