"""The team's rules as people edit them."""

from __future__ import annotations

import pytest

from assessment.rules import locks

BASE = [{"id": "spread", "distinct": "unit", "count": [8, None]}, {"id": "keep", "lock_in": ["P1", "P2"], "by": "x"}]


def test_rules_come_back_from_the_store_as_they_went():
    assert locks.rules_from(locks.rules_text(BASE)) == BASE
    assert locks.rules_from("") is None


def test_a_person_is_locked_once_however_often_it_is_said():
    rules = locks.locked(BASE, "P7", locks.LOCK_IN, "Орлова", "приказ")
    rules = locks.locked(rules, "P7", locks.LOCK_OUT, "Орлова", "передумали")
    assert [rule for rule in rules if "P7" in str(rule)] == [
        {"id": "lock_out_1", "lock_out": ["P7"], "by": "Орлова", "reason": "передумали"}
    ]


def test_ids_of_new_locks_do_not_collide():
    rules = []
    for person in ("P1", "P2", "P3"):
        rules = locks.locked(rules, person, locks.LOCK_IN, "a", "b")
    assert len({rule["id"] for rule in rules}) == 3


def test_releasing_one_of_two_keeps_the_other():
    assert locks.released(BASE, "P1")[1]["lock_in"] == ["P2"]
    assert len(locks.released(locks.released(BASE, "P1"), "P2")) == 1


def test_a_single_id_counts_as_a_list_of_one():
    assert locks.released([{"id": "k", "lock_out": "P1"}], "P1") == []


def test_locks_name_the_rule_of_each_person():
    assert set(locks.locks(BASE)) == {"P1", "P2"}


def test_a_repair_writes_the_new_limits_or_releases_the_person():
    changes = [
        {"rule": "spread", "from": [8, None], "to": [6, None]},
        {"rule": "keep:P2", "from": [1, 1], "to": [0, 1]},
    ]
    mended = locks.repaired(BASE, changes)
    assert mended[0]["count"] == [6, None] and mended[1]["lock_in"] == ["P1"]
    assert BASE[0]["count"] == [8, None], "what was given is left as it was"


@pytest.mark.parametrize("part", ["each_unit:U02", "nowhere"])
def test_a_change_no_rule_can_carry_is_not_written(part):
    rules = [*BASE, {"id": "each_unit", "each": "unit", "count": [0, 4]}]
    assert locks.repaired(rules, [{"rule": part, "from": [0, 4], "to": [0, 5]}]) is None


def test_an_unknown_kind_is_a_fault_of_ours():
    with pytest.raises(ValueError):
        locks.locked(BASE, "P1", "maybe", "a", "b")
