"""Stand-ins against trying everybody, rules kept, and the word when nobody can step in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assessment.choosing.compose import choose
from assessment.choosing.reserve import as_table, how_often, stand_ins
from assessment.rules.language import read_rules
from tests.choice_oracle import every_list, small_pool, small_rules
from tests.team_instances import team90

SEATS = ["lead", "lead;work", "work", "work", "lead", ""]
POOL = pd.DataFrame(
    {"score": [9.0, 8, 7, 6, 5, 4], "unit": list("ABCABC"), "can_do": SEATS},
    index=pd.Index([f"P{i}" for i in range(6)], name="person_id"),
)


def ruled(size: int, *rules: dict) -> object:
    read, problems = read_rules({"size": size, "rules": list(rules)}, POOL)
    assert read is not None, problems
    return read


def test_the_next_by_score_steps_in_where_there_are_no_rules():
    found = stand_ins(POOL, ruled(3), ["P0", "P1", "P2"], members=["P1"])[0]
    assert [s.person for s in found.stand_ins] == ["P3", "P4", "P5"]
    assert [s.cost for s in found.stand_ins] == pytest.approx([2, 3, 4])


def test_a_rule_decides_who_can_step_in():
    one_each = {"id": "units", "each": "unit", "count": [1, 1]}
    found = {f.member: [s.person for s in f.stand_ins] for f in stand_ins(POOL, ruled(3, one_each), ["P0", "P1", "P2"])}
    assert found == {"P0": ["P3"], "P1": ["P4"], "P2": ["P5"]}


def test_nobody_being_able_is_said_with_the_rule_in_the_way():
    ruleset = ruled(3, {"id": "best", "where": {"score": {"min": 7}}, "count": [3, 3]})
    found = stand_ins(POOL, ruleset, ["P0", "P1", "P2"])
    assert all(not f.stand_ins and f.broken == ("best",) for f in found)
    table = as_table(found)
    assert list(table["place"]) == [0, 0, 0] and set(table["broken"]) == {"best"} and how_often(found).empty


def test_a_pair_that_stays_together_cannot_lose_one():
    found = stand_ins(POOL, ruled(3, {"id": "pair", "together": ["P0", "P1"]}), ["P0", "P1", "P2"])
    assert [f.broken for f in found] == [("pair",), ("pair",), ()]


def test_a_lock_on_the_member_who_withdraws_is_released_the_others_stay():
    ruleset = ruled(2, {"id": "keep", "lock_in": ["P0", "P5"]})
    found = stand_ins(POOL, ruleset, ["P0", "P5"], members=["P0"])[0]
    assert found.stand_ins[0].person == "P1"


def test_seats_are_dealt_out_anew_among_those_who_stay():
    seats = {"id": "roles", "assign": "can_do", "min": {"lead": 1, "work": 1}}
    found = stand_ins(POOL, ruled(2, seats), ["P0", "P1"], members=["P0"])[0]
    first = found.stand_ins[0]
    assert (first.person, first.role, first.moves) == ("P2", "work", {"P1": "lead"})


def test_a_whole_pool_in_the_team_leaves_nobody():
    found = stand_ins(POOL, ruled(6), list(POOL.index), members=["P0"])[0]
    assert found.stand_ins == () and found.broken == ()


def test_people_outside_the_pool_are_refused():
    with pytest.raises(ValueError, match="P9"):
        stand_ins(POOL, ruled(2), ["P0", "P9"])


@pytest.mark.parametrize("seed", range(12))
def test_the_first_stand_in_is_the_best_of_all_exchanges(seed):
    random = np.random.default_rng(seed)
    pool = small_pool(random, 7)
    rules = small_rules(random, pool)
    rules["rules"] = [r for r in rules.get("rules", []) if "lock_in" not in r]
    ruleset, _ = read_rules(rules, pool)
    lists = every_list(pool, rules)
    choice = choose(pool, ruleset, detail="bare")
    if not choice.people:
        return
    for line in stand_ins(pool, ruleset, choice.people):
        stay = set(choice.people) - {line.member}
        possible = {t: v for t, v in lists.items() if stay < set(t) and line.member not in t}
        assert len(line.stand_ins) == min(3, len(possible))
        if possible:
            assert line.stand_ins[0].objective == pytest.approx(max(possible.values()), abs=1e-5)
            assert [s.cost for s in line.stand_ins] == sorted(s.cost for s in line.stand_ins)


def test_every_stand_in_of_the_real_instance_keeps_the_rules():
    pool, rules, _ = team90("loose")
    ruleset, _ = read_rules(rules, pool)
    team = choose(pool, ruleset, detail="bare").people
    found = stand_ins(pool, ruleset, team, most=1, members=team[:4])
    for line in found:
        assert all(s.person not in team and s.cost >= -1e-6 for s in line.stand_ins)
    table = as_table(found)
    assert len(table) == 4 and how_often(found).sum() == (table["place"] == 1).sum()
