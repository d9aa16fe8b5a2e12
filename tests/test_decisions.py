"""Decisions: the moves that are allowed, what a decision needs, and a record in which nothing can be changed unseen."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment import decisions as d
from assessment.decisions import Decision, Entry
from assessment.messages import LANGUAGES, has_text, problem_text

PEOPLE = ["P1", "P2", "P3"]
GOOD = Decision("P1", d.SHORTLIST, "Т. Орлова", "сильное собеседование")


def codes(problems):
    return [problem.code for problem in problems]


def record_of(*moves, author="A"):
    """A record in which each (person, stage) follows the one before, built only from the subject's functions."""
    entries: list[Entry] = []
    for person, goes_to in moves:
        stage = d.replay(entries).get(person, d.POOL)
        raw = Entry(len(entries) + 1, "2025-11-25T10:00:00.000000Z", author, d.DECISION, person, stage, goes_to,
                    "a reason", d.AS_PROPOSED, True, "", None, "", "", "")  # fmt: skip
        entries.append(d.chained(raw, entries[-1].hash if entries else d.FIRST_LINK))
    return entries


def undone(entries, sequence):
    taken = entries[sequence - 1]
    raw = replace(taken, sequence=len(entries) + 1, kind=d.UNDO, stage=taken.decision, decision=taken.stage,
                  undoes=sequence)  # fmt: skip
    return [*entries, d.chained(raw, entries[-1].hash)]


def rechained(entries):
    """The same entries with all hashes computed anew, as somebody would who knows how the chain is made."""
    out: list[Entry] = []
    for number, entry in enumerate(entries, start=1):
        out.append(d.chained(replace(entry, sequence=number), out[-1].hash if out else d.FIRST_LINK))
    return out


def test_nobody_goes_from_the_pool_straight_into_the_team():
    assert not d.allowed(d.POOL, d.TEAM)


def test_whoever_has_withdrawn_comes_back_through_the_pool_only():
    assert [stage for stage in d.STAGES if d.allowed(d.WITHDRAWN, stage)] == [d.POOL]


def test_everybody_can_withdraw_from_every_stage():
    assert all(d.allowed(stage, d.WITHDRAWN) for stage in d.STAGES if stage != d.WITHDRAWN)


def test_every_stage_can_be_reached_from_the_pool_and_left_again():
    reached = {d.POOL}
    for _ in d.STAGES:
        reached |= {to for stage in reached for to in d.MOVES[stage]}
    assert reached == set(d.STAGES)
    assert all(d.MOVES[stage] for stage in d.STAGES)


def test_staying_at_a_stage_is_no_move():
    assert not any(d.allowed(stage, stage) for stage in d.STAGES)


def test_an_unknown_stage_allows_nothing():
    assert not d.allowed("nowhere", d.POOL)


def test_a_sound_decision_has_no_problem():
    assert d.check(GOOD, {}, PEOPLE) == []


@pytest.mark.parametrize(("change", "code"), [
    ({"reason": ""}, "decision_no_reason"), ({"reason": " - . "}, "decision_no_reason"),
    ({"author": " "}, "decision_no_author"), ({"person_id": "P9"}, "decision_unknown_person"),
    ({"decision": "teem"}, "decision_unknown_stage"), ({"decision": d.TEAM}, "decision_move_not_allowed"),
    ({"code": "intervew"}, "decision_unknown_code"), ({"proposed_by_model": False}, "decision_not_as_proposed"),
])  # fmt: skip
def test_what_a_decision_lacks_is_named(change, code):
    assert codes(d.check(replace(GOOD, **change), {}, PEOPLE)) == [code]


def test_all_problems_of_a_decision_come_at_once():
    bad = Decision("P1", d.TEAM, "", "", code="x")
    found = codes(d.check(bad, {}, PEOPLE))
    assert found == [
        "decision_no_author", "decision_no_reason", "decision_unknown_code", "decision_move_not_allowed",
    ]  # fmt: skip


def test_a_misspelt_code_is_answered_with_the_nearest_one():
    problem = d.check(replace(GOOD, code="intervew"), {}, PEOPLE)[0]
    assert problem.params["nearest"] == "interview"


def test_the_stage_a_person_stands_at_decides_what_is_allowed():
    assert d.check(replace(GOOD, decision=d.TEAM), {"P1": d.SHORTLIST}, PEOPLE) == []
    assert codes(d.check(GOOD, {"P1": d.WITHDRAWN}, PEOPLE)) == ["decision_move_not_allowed"]


def test_replay_gives_the_last_stage_of_each_person():
    record = record_of(("P1", d.SHORTLIST), ("P2", d.NOT_NOW), ("P1", d.TEAM), ("P2", d.POOL))
    assert d.replay(record) == {"P1": d.TEAM, "P2": d.POOL}


def test_an_undone_decision_leaves_the_person_where_they_stood():
    record = undone(record_of(("P1", d.SHORTLIST), ("P1", d.TEAM)), 2)
    assert d.replay(record) == {"P1": d.SHORTLIST}
    assert d.replay(undone(record, 1)) == {}


def test_only_the_last_standing_decision_can_be_undone_and_once():
    record = record_of(("P1", d.SHORTLIST), ("P1", d.TEAM))
    assert codes(d.check_undo(1, "A", "mistake", record)) == ["undo_not_the_last"]
    assert d.check_undo(2, "A", "mistake", record) == []
    after = undone(record, 2)
    assert codes(d.check_undo(2, "A", "mistake", after)) == ["undo_not_the_last"]
    assert d.check_undo(1, "A", "mistake", after) == []
    assert codes(d.check_undo(1, "A", "mistake", undone(after, 1))) == ["undo_done_already"]
    assert codes(d.check_undo(3, "A", "mistake", after)) == ["undo_no_decision"]
    assert codes(d.check_undo(9, "", "", record)) == ["decision_no_author", "decision_no_reason", "undo_no_decision"]


def test_the_table_of_decisions_has_a_row_for_each_stage_decided():
    record = record_of(("P1", d.SHORTLIST), ("P1", d.TEAM), ("P2", d.NOT_NOW), ("P3", d.SHORTLIST), ("P3", d.RESERVE))
    table = d.as_table(record)
    assert list(zip(table.person_id, table.stage, table.decision, strict=True)) == [
        ("P1", "shortlist", "in"), ("P1", "team", "in"), ("P2", "shortlist", "out"),
        ("P3", "shortlist", "in"), ("P3", "team", "reserve"),
    ]  # fmt: skip


def test_going_back_to_the_pool_or_withdrawing_takes_the_rows_away():
    assert d.as_table(record_of(("P1", d.SHORTLIST), ("P1", d.WITHDRAWN))).empty
    assert d.as_table(record_of(("P1", d.SHORTLIST), ("P1", d.TEAM), ("P1", d.SHORTLIST))).stage.tolist() == [
        "shortlist"
    ]


def test_the_table_has_the_columns_of_the_data_dictionary():
    from assessment.instruments.reading import load_instruments

    instruments, _ = load_instruments()
    assert instruments is not None
    declared = [column.name for column in instruments.dictionary.tables["decisions"].columns]
    assert sorted(d.as_table([]).columns) == sorted(declared)


WHOLE = record_of(("P1", d.SHORTLIST), ("P2", d.SHORTLIST), ("P1", d.TEAM), ("P3", d.NOT_NOW), ("P2", d.RESERVE))


def test_a_whole_record_verifies():
    assert d.verify(WHOLE, WHOLE[-1].hash, [entry.hash for entry in WHOLE]) == []
    assert d.verify([], d.FIRST_LINK) == []


@given(st.integers(0, 4), st.sampled_from(["author", "reason", "decision", "stage", "person_id", "time", "role"]))
def test_an_altered_entry_is_found(place, column):
    forged = list(WHOLE)
    forged[place] = replace(forged[place], **{column: getattr(forged[place], column) + "x"})
    assert "record_altered" in codes(d.verify(forged, WHOLE[-1].hash))


@given(st.integers(0, 4))
def test_a_removed_entry_is_found_the_last_one_too(place):
    assert d.verify(WHOLE[:place] + WHOLE[place + 1 :], WHOLE[-1].hash)


@given(st.integers(0, 5))
def test_an_inserted_entry_is_found(place):
    stranger = d.chained(replace(WHOLE[0], sequence=place + 1), WHOLE[place - 1].hash if place else d.FIRST_LINK)
    assert d.verify([*WHOLE[:place], stranger, *WHOLE[place:]], WHOLE[-1].hash)


@given(st.permutations(range(5)))
def test_entries_in_another_order_are_found(order):
    shuffled = [WHOLE[place] for place in order]
    assert (d.verify(shuffled, WHOLE[-1].hash) == []) == (list(order) == sorted(order))


def test_a_chain_rewritten_as_a_whole_is_found_by_a_head_on_a_signed_protocol():
    forged = rechained([WHOLE[0], *WHOLE[2:]])
    assert d.verify(forged, forged[-1].hash) == []
    assert codes(d.verify(forged, forged[-1].hash, [WHOLE[-1].hash])) == ["record_head_unknown"]


def test_each_link_covers_the_one_before():
    assert all(later.previous == earlier.hash for earlier, later in pairwise(WHOLE))
    assert len({entry.hash for entry in WHOLE}) == len(WHOLE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_stage_reason_and_problem_has_a_text(language):
    assert all(has_text(f"stage.{stage}", language) for stage in d.STAGES)
    assert all(has_text(f"reason.{code}", language) for code in d.REASONS)
    bad = Decision("P1", d.TEAM, "", "", code="x")
    problems = d.check(bad, {}, PEOPLE) + d.check(replace(GOOD, person_id="P9"), {}, PEOPLE)
    problems += d.check(replace(GOOD, decision="x", proposed_by_model=False), {}, PEOPLE)
    problems += d.check_undo(1, "A", "mistake", WHOLE) + d.check_undo(9, "A", "mistake", WHOLE)
    problems += d.verify([replace(WHOLE[1], reason="x")], "no", ["abc"])
    assert all(problem_text(problem, language) for problem in problems)
