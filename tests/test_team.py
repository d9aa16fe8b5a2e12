"""The shortlist and the team of a small municipality, under default rules and the office's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from assessment.campaign import Campaign, Settings
from assessment.choosing.team import default_rules, scaled_seats
from assessment.funnel import Result, run
from tests.small_campaign import random_answers, small_campaign

PEOPLE = [f"P{i:03d}" for i in range(64)]
SETTINGS = Settings(shortlist=20, team=8)


def campaign(settings: Settings = SETTINGS, **more: Any) -> Campaign:
    staff = {
        "unit": [f"U{i % 6}" for i in range(64)],
        "org_type": ["subordinate" if i % 3 == 0 else "administration" for i in range(64)],
        "gender": ["f" if i % 2 else "m" for i in range(64)],
    }
    conditions = {"lg1": ["no"] * 2 + ["yes_part"] * 62}
    return small_campaign(PEOPLE, random_answers(PEOPLE), conditions, staff=staff, settings=settings, **more)


def fast(c: Campaign) -> Result:
    return run(c, seed=3, detail="bare", language="en")


@pytest.fixture(scope="module")
def usual() -> Result:
    return fast(campaign())


def members(result: Result) -> list[str]:
    return result.team.index[result.team["list"] == "team"].tolist()


def invited(result: Result) -> list[str]:
    return result.shortlist.index[result.shortlist["list"] == "shortlist"].tolist()


def codes(result: Result) -> list[str]:
    return [p.code for p in result.problems]


def test_without_rules_the_shortlist_is_the_first_eligible_by_rank(usual: Result) -> None:
    eligible = [p for p in usual.ranking.index if p not in PEOPLE[:2]]
    assert invited(usual) == eligible[:20]
    assert (usual.shortlist["reason"] == np.where(usual.shortlist["list"] == "shortlist", "standing", "next")).all()
    assert usual.shortlist["list"].value_counts().to_dict() == {"shortlist": 20, "reserve": 7}


def test_the_team_comes_from_the_shortlist_and_is_provisional_before_interviews(usual: Result) -> None:
    assert usual.status == "done" and len(members(usual)) == 8
    assert set(members(usual)) <= set(invited(usual)) and usual.team["provisional"].all()


def test_seats_and_balance_are_scaled_to_the_size_of_the_team(usual: Result) -> None:
    seats = scaled_seats({"a": 3, "b": 6, "c": 5, "d": 4, "e": 4, "f": 6, "g": 2}, 8, 30)
    assert sum(seats.values()) == 8 and seats["b"] >= seats["g"] if "g" in seats else True
    roles = usual.team.loc[members(usual), "role"]
    assert (roles != "").all()
    rules = {r["id"]: r for r in default_rules(usual.campaign)}
    assert rules["spread"]["count"] == [2, None]
    assert (usual.campaign.staff.loc[members(usual), "org_type"] == "subordinate").sum() >= 2


def test_people_interviewed_are_the_shortlist_and_decisions_override() -> None:
    asked = [(i, c, q) for i in ("I1", "I2") for c in ("iv_motive", "iv_process") for q in ("past", "situational")]
    columns = ("interviewer_id", "competency_id", "question")
    rows = [
        {"person_id": p, **dict(zip(columns, one, strict=True)), "rating_initial": 1 + (k * 7 + j) % 5}
        for k, p in enumerate(PEOPLE[2:22])
        for j, one in enumerate(asked)
    ]
    decisions = [
        {"person_id": "P030", "stage": "shortlist", "decision": "in", "decided_at": "2026-11-01"},
        {"person_id": "P002", "stage": "shortlist", "decision": "out", "decided_at": "2026-11-01"},
    ]
    result = fast(campaign(interviews=rows, decisions=decisions))
    assert set(invited(result)) == set(PEOPLE[3:22]) | {"P030"}
    assert result.shortlist.loc["P030", "reason"] == "decided"
    assert set(members(result)) <= set(invited(result)) and not result.team["provisional"].any()


def test_the_last_decision_counts() -> None:
    first = {"person_id": "P040", "stage": "shortlist", "decision": "out", "decided_at": "2026-11-01"}
    last = {**first, "decision": "in", "decided_at": "2026-11-02"}
    assert "P040" in invited(fast(campaign(decisions=[last, first])))


def test_a_named_person_overrides_a_gate_and_the_word_is_kept() -> None:
    rules = ({"id": "keep", "lock_in": ["P000"], "by": "head", "reason": "needed"},)
    result = fast(campaign(replace(SETTINGS, shortlist_rules=rules)))
    assert "P000" in invited(result) and result.shortlist.loc["P000", "reason"] == "locked:keep"


def test_rules_of_the_office_replace_the_default_ones() -> None:
    assert (fast(campaign(replace(SETTINGS, team_rules=()))).team["role"] == "").all()
    rules = ({"id": "men", "where": {"gender": "m"}, "count": [6, None]},)
    result = fast(campaign(replace(SETTINGS, team_rules=rules)))
    assert (result.campaign.staff.loc[members(result), "gender"] == "m").sum() >= 6


def test_a_rule_may_name_what_nobody_has_now() -> None:
    rules = (
        {"id": "band", "where": {"flags": "digital_not_ready"}, "count": [0, 0]},
        {"id": "level", "where": {"positions": "integrator"}, "count": [0, None]},
    )
    assert fast(campaign(replace(SETTINGS, team_rules=rules))).status == "done"


def test_a_team_rule_may_name_somebody_who_is_not_on_the_shortlist(usual: Result) -> None:
    outside = next(p for p in reversed(usual.ranking.index) if p not in PEOPLE[:2])
    apart = ({"id": "apart", "not_together": [outside, members(usual)[0]]}, {"id": "out", "lock_out": [outside]})
    assert fast(campaign(replace(SETTINGS, team_rules=apart))).status == "done"
    keep = ({"id": "keep", "lock_in": [outside]},)
    stopped = fast(campaign(replace(SETTINGS, team_rules=keep)))
    assert stopped.status == "stopped" and "rule_person_not_on_shortlist" in codes(stopped)


def test_rules_that_cannot_be_met_are_a_conflict_with_the_shortlist_kept() -> None:
    rules = (
        {"id": "many", "where": {"unit": ["U0", "U1"]}, "count": [5, None]},
        {"id": "few", "each": "unit", "count": [0, 2]},
    )
    result = run(campaign(replace(SETTINGS, team_rules=rules)), language="en", detail="prices")
    assert result.status == "conflict" and len(invited(result)) == 20 and len(result.team) == 0
    named = set(result.certificates["team"]["conflict"]["rules"])
    assert "many" in named and any(n.startswith("few") for n in named)


def test_default_rules_that_cannot_hold_here_are_left_out_and_said() -> None:
    c = campaign()
    one_unit = replace(c, staff=c.staff.assign(unit="U0"))
    result = fast(one_unit)
    assert result.status == "done" and len(members(result)) == 8
    assert "default_rule_cannot_hold" in codes(result)


def test_fewer_people_than_places_is_everybody_with_a_note() -> None:
    result = fast(campaign(replace(SETTINGS, shortlist=500, team_rules=())))
    assert len(invited(result)) == 62 and "fewer_people_than_places" in codes(result)


def test_the_order_of_rows_changes_nothing(usual: Result) -> None:
    c = campaign()
    shuffled = c.answers.sample(frac=1, random_state=1)
    again = fast(replace(c, answers=shuffled.loc[c.answers.index]))
    assert again.team.equals(usual.team) and again.ranking.equals(usual.ranking)


def test_a_seat_is_one_place_even_where_there_are_fewer_seats_than_places() -> None:
    """Eight places, three seats: five people fill none, however well a role suits them."""
    c = campaign()
    roles = replace(c.instruments.roles, seats={"communicator": 2, "project_manager": 1}, team_size=8)
    result = fast(replace(c, instruments=replace(c.instruments, roles=roles)))
    seated = result.team.loc[members(result), "role"].value_counts().to_dict()
    assert seated == {"": 5, "communicator": 2, "project_manager": 1}


def test_a_first_trial_with_a_handful_of_people_gives_lists_and_notes() -> None:
    """Fifteen people and no campaign.yaml: ninety and thirty are asked for, everybody is taken, seats are scaled."""
    people = PEOPLE[:15]
    few = small_campaign(people, random_answers(people), staff={"unit": ["U0", "U1", "U2"] * 5}, settings=Settings())
    result = run(few, language="en", detail="full")
    assert result.status == "done" and len(members(result)) == len(invited(result)) == 15
    assert "fewer_people_than_places" in codes(result)
    assert result.team["role"].value_counts().max() <= 3
