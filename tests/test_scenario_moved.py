"""Who moved and why: the places add up, and taking the named change back brings the person back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.campaign import Criteria
from assessment.scenario.moved import (
    SHORTLIST,
    TEAM,
    Side,
    changed_rules,
    changed_settings,
    moved_by_criteria,
    moved_by_scenario,
)
from assessment.standing import rank_people
from tests.small_measures import measures

SIZE = 20
ROLES = measures().campaign.instruments.roles
MORE_CAN = Criteria({"want": 44, "can": 60, "endure": 25, "lead": 9})
criteria = st.builds(
    Criteria,
    weights=st.one_of(
        st.sampled_from(["expert", "equal"]),
        st.fixed_dictionaries({d: st.floats(0.05, 1) for d in ("want", "can", "endure", "lead")}),
        st.just({"initiative": 2.0, "resil": 1.0, "process_think": 1.0}),
    ),
    balance=st.sampled_from([1.0, 0.0, -2.0]),
    reading=st.sampled_from(["model", "plain"]),
)


def ids(before: Criteria, after: Criteria) -> list[str]:
    return [c.id for c in changed_settings(before, after, ROLES)]


def test_one_weight_raised_is_one_change_although_all_shares_differ() -> None:
    assert ids(Criteria(), MORE_CAN) == ["weight:can"]
    assert ids(Criteria({"want": 1, "can": 1, "endure": 1}), Criteria({"want": 2, "can": 2, "endure": 2})) == []


def test_every_setting_that_differs_is_named_once() -> None:
    assert ids(Criteria(), Criteria(balance=1.0, reading="plain")) == ["balance", "reading"]
    assert "inside" in ids(Criteria(), Criteria({"initiative": 2.0, "resil": 1.0, "process_think": 1.0}))
    assert ids(Criteria(), Criteria()) == []


@given(criteria, criteria)
@settings(deadline=None, max_examples=15)
def test_the_places_add_up_to_the_way_from_rank_to_rank(before: Criteria, after: Criteria) -> None:
    found = moved_by_criteria(measures(), before, after, SIZE)
    ranks = rank_people(measures(), before)["rank"], rank_people(measures(), after)["rank"]
    inside = [set(r.index[r <= SIZE]) for r in ranks]
    entered = found.table["side"] == "entered"
    assert set(found.table.index[entered]) == inside[1] - inside[0]
    assert set(found.table.index[~entered]) == inside[0] - inside[1]
    for person, row in found.table.iterrows():
        assert (row["rank_before"], row["rank_after"]) == (ranks[0][person], ranks[1][person])
        assert found.places.loc[person].sum() == pytest.approx(row["rank_before"] - row["rank_after"])
        way = found.places.loc[person, row["by"]]
        assert way > 0 if row["side"] == "entered" else way < 0


def test_a_single_change_has_moved_everybody_alone() -> None:
    found = moved_by_criteria(measures(), Criteria(), MORE_CAN, SIZE)
    assert len(found.table) and (found.table[["by", "alone", "undoing"]] == "weight:can").all(axis=None)


def test_a_change_that_gives_nobody_a_place_moves_nobody() -> None:
    found = moved_by_criteria(measures(), Criteria(), Criteria(), SIZE)
    assert found.table.empty and found.places.empty and found.changes == ()


def test_many_changes_still_add_up_in_two_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assessment.scenario.moved.EXACT", 2)
    after = Criteria({"want": 1, "can": 3, "endure": 2, "lead": 5}, 1.0)
    found = moved_by_criteria(measures(), Criteria(), after, SIZE)
    assert len(found.changes) == 5
    total = found.table["rank_before"] - found.table["rank_after"]
    assert np.allclose(found.places.sum(axis=1)[total.index], total)


CAP = {"id": "cap", "each": "unit", "count": [0, 4]}
WOMEN = {"id": "women", "where": {"gender": "f"}, "share_of_team": [0.7, 1.0]}


def test_rules_are_compared_by_id() -> None:
    looser = {**CAP, "count": [0, 5]}
    found = {c.id: (c.before, c.after) for c in changed_rules([CAP], [looser, WOMEN])}
    assert found == {"rule:cap": (CAP, looser), "rule:women": (None, WOMEN)}
    assert [c.after for c in changed_rules([CAP], [])] == [None]


def test_a_new_rule_is_named_as_what_moved_people_and_taking_it_back_returns_them() -> None:
    found = moved_by_scenario(measures(), Side(rules=()), Side(rules=(WOMEN,)), SHORTLIST)
    gender = measures().campaign.staff["gender"]
    assert len(found.table) and set(found.table["by"]) == {"rule:women"}
    assert (found.table["undoing"] == "rule:women").all()
    assert (gender[found.table.index] == np.where(found.table["side"] == "entered", "f", "m")).all()
    assert (found.table["side"] == "entered").sum() == (found.table["side"] == "left").sum()


def test_weights_and_rules_are_told_apart() -> None:
    found = moved_by_scenario(measures(), Side(rules=()), Side(MORE_CAN, (WOMEN,)), SHORTLIST)
    assert {"rule:women", "weight:can"} <= set(found.table["by"])
    by_rule = found.table[found.table["undoing"] == "rule:women"]
    alone = moved_by_scenario(measures(), Side(MORE_CAN, ()), Side(MORE_CAN, (WOMEN,)), SHORTLIST)
    assert set(by_rule.index) <= set(alone.table.index)


def test_a_rule_altered_for_the_team_is_found_too() -> None:
    many, few = ({**WOMEN, "count": count} for count in ([8, 8], [0, 4]))
    for rule in (many, few):
        del rule["share_of_team"]
    found = moved_by_scenario(measures(), Side(rules=(many,)), Side(rules=(few,)), TEAM)
    assert len(found.table) >= 8 and set(found.table["by"]) == {"rule:women"} and not found.problems


def test_rules_that_cannot_be_read_are_said_and_nobody_is_moved() -> None:
    wrong = {"id": "x", "where": {"no_such_column": 1}, "count": [0, 1]}
    found = moved_by_scenario(measures(), Side(rules=()), Side(rules=(wrong,)), SHORTLIST)
    assert found.table.empty and found.problems
