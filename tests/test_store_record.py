"""The record of decisions: what was acknowledged survives a killed process, two writers lose nothing of each other."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from fixture_campaign import small_campaign

from assessment.decisions import EXPORT, NOT_NOW, POOL, SHORTLIST, TEAM, UNDO, Decision, verify
from assessment.store.store import Store

ROOT = Path(__file__).parents[1]
WRITES = 50
PEOPLE = [f"P{number:03d}" for number in range(400)]

WRITER = """
import sys
from assessment.decisions import Decision, NOT_NOW, POOL, SHORTLIST
from assessment.store.store import Store
path, campaign_id, author, count, mine = sys.argv[1:]
store = Store(path)
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(count)):
    person = f"P{int(mine) * 200 + number % 200:03d}"
    goes_to = SHORTLIST if (number // 200) % 2 == 0 else POOL
    outcome = store.decide(campaign_id, Decision(person, goes_to, author, f"reason {number}"))
    assert outcome.done, outcome.problems
    print(outcome.entries[0].sequence, outcome.entries[0].hash, flush=True)
"""


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "s.db") as opened:
        yield opened


@pytest.fixture
def campaign_id(store):
    people = pd.Index(PEOPLE, dtype="str", name="person_id")
    tables = {name: pd.DataFrame(index=people[:0]) for name in small_campaign().tables()}
    return store.add_campaign(small_campaign(**tables | {"staff": pd.DataFrame(index=people)})).id


def decide(store, campaign_id, person, goes_to, **more):
    given = {"author": "Т. Орлова", "reason": "a good reason"} | more
    expected = given.pop("expected_version", None)
    return store.decide(campaign_id, Decision(person, goes_to, **given), expected_version=expected)


def writer(tmp_path, campaign_id, author, count, mine):
    command = [sys.executable, "-c", WRITER, str(tmp_path / "s.db"), campaign_id, author, str(count), str(mine)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def let_go(*children):
    """Wait until each has opened the store, then let all begin at once."""
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("\n")
        child.stdin.flush()


def test_an_entry_says_when_who_whom_from_where_to_where_and_why(store, campaign_id):
    outcome = decide(store, campaign_id, "P001", SHORTLIST, code="interview", proposed_by_model=False)
    entry = outcome.entries[0]
    assert (entry.sequence, entry.author, entry.person_id, entry.stage, entry.decision) == (
        1, "Т. Орлова", "P001", POOL, SHORTLIST,
    )  # fmt: skip
    assert (entry.reason, entry.code, entry.proposed_by_model) == ("a good reason", "interview", False)
    assert pd.Timestamp(entry.time).tzname() == "UTC"
    assert store.record(campaign_id) == [entry]


def test_the_head_is_the_hash_of_the_last_entry(store, campaign_id):
    decide(store, campaign_id, "P001", SHORTLIST)
    last = decide(store, campaign_id, "P002", SHORTLIST).entries[0]
    assert store.head(campaign_id) == (2, last.hash)
    assert store.campaign(campaign_id).head == last.hash


def test_many_decisions_are_recorded_together_or_not_at_all(store, campaign_id):
    good = Decision("P001", SHORTLIST, "A", "a reason")
    outcome = store.decide(campaign_id, [good, Decision("P002", TEAM, "A", "a reason")])
    assert [problem.code for problem in outcome.problems] == ["decision_move_not_allowed"]
    assert store.record(campaign_id) == [] and outcome.version == 0
    assert len(store.decide(campaign_id, [good, Decision("P001", TEAM, "A", "a reason")]).entries) == 2


def test_undoing_is_a_new_entry_and_the_old_one_stays(store, campaign_id):
    decide(store, campaign_id, "P001", SHORTLIST)
    outcome = store.undo(campaign_id, 1, "B", "entered by mistake")
    assert [entry.kind for entry in store.record(campaign_id)] == ["decision", UNDO]
    assert outcome.entries[0].undoes == 1 and outcome.version == 2
    assert store.stages(campaign_id) == {} and store.decisions(campaign_id).empty
    assert not store.undo(campaign_id, 1, "B", "once more").done
    assert store.verify(campaign_id) == []


def test_an_export_is_an_entry_with_what_went_out(store, campaign_id):
    entry = store.note_export(campaign_id, "A", "protocol.pdf", "ab" * 32).entries[0]
    assert (entry.kind, entry.reason, entry.details, entry.person_id) == (EXPORT, "protocol.pdf", "ab" * 32, "")
    assert not store.note_export(campaign_id, "", "protocol.pdf").done


def test_whoever_decides_from_an_outdated_screen_is_shown_what_changed(store, campaign_id):
    decide(store, campaign_id, "P001", SHORTLIST)
    seen = store.head(campaign_id)[0]
    theirs = decide(store, campaign_id, "P001", NOT_NOW, author="Б. Другой").entries
    outcome = decide(store, campaign_id, "P001", TEAM, expected_version=seen)
    assert [problem.code for problem in outcome.problems] == ["changed_meanwhile"]
    assert outcome.problems[0].params["author"] == "Б. Другой"
    assert outcome.changed == theirs and store.stages(campaign_id)["P001"] == NOT_NOW


def test_a_decision_about_somebody_else_meanwhile_is_no_conflict(store, campaign_id):
    seen = store.head(campaign_id)[0]
    decide(store, campaign_id, "P001", SHORTLIST)
    assert decide(store, campaign_id, "P002", SHORTLIST, expected_version=seen).done


def test_the_database_itself_refuses_to_alter_or_remove_an_entry(store, campaign_id, tmp_path):
    decide(store, campaign_id, "P001", SHORTLIST)
    with sqlite3.connect(tmp_path / "s.db") as raw:
        for statement in ("UPDATE record SET reason = 'x'", "DELETE FROM record"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                raw.execute(statement)
    raw.close()


FORGERIES = {
    "altered": ["UPDATE record SET author = 'somebody else' WHERE sequence = 2"],
    "removed": ["DELETE FROM record WHERE sequence = 2"],
    "cut": ["DELETE FROM record WHERE sequence = 3"],
    "inserted": ["UPDATE record SET sequence = 4 WHERE sequence = 3",
                 "INSERT INTO record SELECT campaign_id, 3, time, 'x', kind, 'P009', stage, decision, reason, code, "
                 "proposed_by_model, role, undoes, details, previous, hash FROM record WHERE sequence = 2"],
    "counted down": ["DELETE FROM record WHERE sequence = 3", "UPDATE campaigns SET entries = 2"],
}  # fmt: skip


@pytest.mark.parametrize("how", FORGERIES)
def test_a_forged_database_file_does_not_verify(store, campaign_id, tmp_path, how):
    for person in PEOPLE[:3]:
        decide(store, campaign_id, person, SHORTLIST)
    assert store.verify(campaign_id) == []
    with sqlite3.connect(tmp_path / "s.db") as raw:
        for trigger in ("record_no_update", "record_no_delete"):
            raw.execute(f"DROP TRIGGER {trigger}")
        for statement in FORGERIES[how]:
            raw.execute(statement)
    raw.close()
    assert store.verify(campaign_id) != []


def test_nothing_acknowledged_is_lost_when_the_writing_process_is_killed(store, campaign_id, tmp_path):
    for round_number in range(2):
        before = store.head(campaign_id)[0]
        child = writer(tmp_path, campaign_id, f"round {round_number}", 100_000, round_number)
        let_go(child)
        acknowledged = [child.stdout.readline().split() for _ in range(25)]
        child.kill()
        acknowledged += [line.split() for line in child.stdout.read().splitlines()]
        child.wait()
        child.stdin.close()
        child.stdout.close()
        stored = {str(entry.sequence): entry.hash for entry in store.record(campaign_id)}
        whole = [line for line in acknowledged if len(line) == 2 and len(line[1]) == 64]  # the last may be cut off
        assert len(whole) >= 25
        assert all(stored[sequence] == link for sequence, link in whole)
        assert len(whole) <= len(stored) - before <= len(whole) + 1
        assert store.verify(campaign_id) == []


def test_two_processes_writing_at_once_lose_nothing_of_each_other(store, campaign_id, tmp_path):
    children = [writer(tmp_path, campaign_id, f"writer {mine}", WRITES, mine) for mine in (0, 1)]
    let_go(*children)
    outputs = [child.communicate()[0] for child in children]
    assert [child.returncode for child in children] == [0, 0]
    entries = store.record(campaign_id)
    assert Counter(entry.author for entry in entries) == {"writer 0": WRITES, "writer 1": WRITES}
    assert [entry.sequence for entry in entries] == list(range(1, 2 * WRITES + 1))
    said = {line.split()[1] for output in outputs for line in output.splitlines()}
    assert said == {entry.hash for entry in entries}
    assert verify(entries, store.head(campaign_id)[1]) == []


def test_threads_of_one_process_writing_at_once_lose_nothing_of_each_other(store, campaign_id):
    def work(mine: int) -> None:
        for number in range(20):
            assert decide(store, campaign_id, PEOPLE[mine * 20 + number], SHORTLIST).done

    threads = [threading.Thread(target=work, args=(mine,)) for mine in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.stages(campaign_id)) == 80
    assert store.verify(campaign_id) == []


def test_a_reader_sees_one_moment_while_others_write(store, campaign_id):
    done = threading.Event()

    def work() -> None:
        for person in PEOPLE[:100]:
            decide(store, campaign_id, person, SHORTLIST)
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    while not done.is_set():
        assert store.verify(campaign_id) == []
    thread.join()
    assert store.head(campaign_id)[0] == 100
