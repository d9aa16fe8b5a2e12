"""The append-only record of decisions in the database: appending in one transaction, reading, taking back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from assessment import decisions as rules_of_record
from assessment.decisions import DECISION, FIRST_LINK, POOL, UNDO, Decision, Entry
from assessment.problems import Problem
from assessment.store.schema import campaigns, record


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt to write: either entries and no problem, or problems and nothing written.

    entries : what was recorded, durable when this is returned
    problems : everything that kept it from being recorded
    changed : what others recorded meanwhile, when that is the reason
    version : number of entries of the record after the attempt; pass it back as `expected_version`
    """

    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    changed: tuple[Entry, ...] = ()
    version: int = 0

    @property
    def done(self) -> bool:
        """Whether it was recorded."""
        return not self.problems


def now() -> str:
    """This moment in UTC, ISO 8601 to the microsecond."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def read_record(connection: sa.Connection, campaign_id: str) -> list[Entry]:
    """All entries of a campaign in order."""
    columns = [record.c[f.name] for f in fields(Entry)]
    rows = connection.execute(
        sa.select(*columns).where(record.c.campaign_id == campaign_id).order_by(record.c.sequence)
    )
    return [Entry(*row) for row in rows]


def head_of(connection: sa.Connection, campaign_id: str, lock: bool = False) -> tuple[int, str]:
    """Number of entries and hash of the last one, as kept beside the record; KeyError for an unknown campaign."""
    query = sa.select(campaigns.c.entries, campaigns.c.head).where(campaigns.c.id == campaign_id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise KeyError(f"no campaign {campaign_id!r}")
    return int(row[0]), str(row[1])


def append_decisions(
    connection: sa.Connection,
    campaign_id: str,
    wanted: Sequence[Decision],
    people: frozenset[str],
    expected_version: int | None,
) -> Outcome:
    """Record all of the decisions or none; each is checked against the state the ones before it leave behind."""
    version, _ = head_of(connection, campaign_id, lock=True)
    so_far = read_record(connection, campaign_id)
    changed = _changed(so_far, expected_version, {decision.person_id for decision in wanted})
    if changed:
        return Outcome(problems=(_conflict(changed),), changed=changed, version=version)
    stages = rules_of_record.replay(so_far)
    problems: list[Problem] = []
    lines: list[dict[str, Any]] = []
    for decision in wanted:
        problems += rules_of_record.check(decision, stages, people)
        lines.append(_line(decision, stages.get(decision.person_id, POOL)))
        stages[decision.person_id] = decision.decision
    if problems:
        return Outcome(problems=tuple(problems), version=version)
    return _append(connection, campaign_id, lines)


def append_undo(
    connection: sa.Connection, campaign_id: str, sequence: int, author: str, reason: str
) -> Outcome:
    """Take a person's last standing decision back by a new entry."""
    version, _ = head_of(connection, campaign_id, lock=True)
    so_far = read_record(connection, campaign_id)
    problems = rules_of_record.check_undo(sequence, author, reason, so_far)
    if problems:
        return Outcome(problems=tuple(problems), version=version)
    taken = so_far[sequence - 1]
    line = {
        "author": author.strip(), "kind": UNDO, "person_id": taken.person_id, "stage": taken.decision,
        "decision": taken.stage, "reason": reason.strip(), "undoes": sequence,
    }  # fmt: skip
    return _append(connection, campaign_id, [line])


def append_act(
    connection: sa.Connection, campaign_id: str, kind: str, author: str, reason: str, details: str
) -> Outcome:
    """Note an act about the whole campaign: an export, an erasure."""
    version, _ = head_of(connection, campaign_id, lock=True)
    problems = rules_of_record.check_signed(author, reason)
    if problems:
        return Outcome(problems=tuple(problems), version=version)
    line = {"author": author.strip(), "kind": kind, "reason": reason.strip(), "details": details}
    return _append(connection, campaign_id, [line])


def _line(decision: Decision, stage: str) -> dict[str, Any]:
    return {
        "author": decision.author.strip(), "kind": DECISION, "person_id": decision.person_id, "stage": stage,
        "decision": decision.decision, "reason": decision.reason.strip(), "code": decision.code,
        "proposed_by_model": bool(decision.proposed_by_model), "role": decision.role,
    }  # fmt: skip


_EMPTY: dict[str, Any] = {
    "person_id": "", "stage": "", "decision": "", "code": "", "proposed_by_model": False,
    "role": "", "undoes": None, "details": "", "previous": "", "hash": "",
}  # fmt: skip


def _append(connection: sa.Connection, campaign_id: str, lines: Sequence[dict[str, Any]]) -> Outcome:
    version, previous = head_of(connection, campaign_id)
    time = now()
    entries = []
    for sequence, line in enumerate(lines, start=version + 1):
        entry = rules_of_record.chained(Entry(**(_EMPTY | line | {"sequence": sequence, "time": time})), previous)
        entries.append(entry)
        previous = entry.hash
    if entries:
        rows = [{"campaign_id": campaign_id} | {f.name: getattr(e, f.name) for f in fields(Entry)} for e in entries]
        connection.execute(record.insert(), rows)
        connection.execute(
            campaigns.update()
            .where(campaigns.c.id == campaign_id)
            .values(entries=version + len(entries), head=previous or FIRST_LINK)
        )
    return Outcome(entries=tuple(entries), version=version + len(entries))


def _changed(so_far: Sequence[Entry], expected_version: int | None, about: set[str]) -> tuple[Entry, ...]:
    """What others recorded about the same people since the version the author looked at."""
    if expected_version is None:
        return ()
    return tuple(entry for entry in so_far if entry.sequence > expected_version and entry.person_id in about)


def _conflict(changed: Sequence[Entry]) -> Problem:
    last = changed[-1]
    params = {"author": last.author, "time": last.time[11:16], "entries": len(changed)}
    return Problem("changed_meanwhile", params=params, table="decisions")
