"""What people sign: the stages, the allowed moves, the coded reasons and the chained record of decisions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import pandas as pd

from assessment.problems import Problem, nearest

POOL, SHORTLIST, TEAM = "pool", "shortlist", "team"
RESERVE, NOT_NOW, WITHDRAWN = "reserve", "not_now", "withdrawn"
STAGES = (POOL, SHORTLIST, TEAM, RESERVE, NOT_NOW, WITHDRAWN)

# From the pool nobody goes straight into the team: an interview stands between (Labour Code, article 86: no decision on
# data obtained by automated processing alone). Whoever has withdrawn comes back through the pool only, by own consent.
MOVES: Mapping[str, frozenset[str]] = {
    POOL: frozenset({SHORTLIST, RESERVE, NOT_NOW, WITHDRAWN}),
    SHORTLIST: frozenset({TEAM, RESERVE, NOT_NOW, POOL, WITHDRAWN}),
    TEAM: frozenset({SHORTLIST, RESERVE, NOT_NOW, WITHDRAWN}),
    RESERVE: frozenset({SHORTLIST, TEAM, NOT_NOW, POOL, WITHDRAWN}),
    NOT_NOW: frozenset({POOL, SHORTLIST, RESERVE, WITHDRAWN}),
    WITHDRAWN: frozenset({POOL}),
}

AS_PROPOSED = "as_proposed"
REASONS = (
    AS_PROPOSED,  # the proposal stands; every other code says why a person decided otherwise
    "interview",
    "seen_at_work",
    "data_wrong",
    "little_evidence",
    "needed_in_team",
    "knows_process",
    "no_time",
    "own_wish",
    "absent",
    "conflict_of_interest",
    "unit_cannot_release",
    "other",
)
REASON_SHORTEST = 3  # letters; a dash or a dot is no reason

DECISION, UNDO, EXPORT, ERASURE = "decision", "undo", "export", "erasure"
KINDS = (DECISION, UNDO, EXPORT, ERASURE)
FIRST_LINK = "0" * 64  # what the first entry of a record names as its predecessor


@dataclass(frozen=True)
class Decision:
    """What one person decides about another, before it is recorded.

    person_id : whom it is about
    decision : the stage the person goes to, one of STAGES
    author : who decides and answers for it
    reason : in words, compulsory
    code : one of REASONS; AS_PROPOSED only where the proposal says the same
    proposed_by_model : whether the engine had proposed this very move
    role : the seat in the team, where one is given
    """

    person_id: str
    decision: str
    author: str
    reason: str
    code: str = AS_PROPOSED
    proposed_by_model: bool = True
    role: str = ""


@dataclass(frozen=True)
class Entry:
    """One line of the record; `stage` is where the person stood, `decision` where the person goes.

    Undo entries name the sequence they take back in `undoes` and carry the way back in stage and decision.
    Exports and erasures have no person; an export's `reason` says what went out, `details` its SHA-256 or other facts.
    """

    sequence: int
    time: str
    author: str
    kind: str
    person_id: str
    stage: str
    decision: str
    reason: str
    code: str
    proposed_by_model: bool
    role: str
    undoes: int | None
    details: str
    previous: str
    hash: str


def allowed(stage: str, decision: str) -> bool:
    """Whether a person may go from one stage to the other; an unknown stage is never allowed."""
    return decision in MOVES.get(stage, frozenset())


def check(decision: Decision, stages: Mapping[str, str], people: Iterable[str]) -> list[Problem]:
    """Everything that keeps a decision from being recorded; empty when it may be.

    Parameters
    ----------
    stages : current stage per person, from `replay`; whoever is not in it stands in the pool
    people : ids of everybody in the campaign
    """
    problems = _missing_parts(decision)
    person, goes_to = decision.person_id, decision.decision
    known = people if isinstance(people, (set, frozenset, pd.Index)) else set(people)
    if person not in known:
        return [*problems, _wrong("decision_unknown_person", "person_id", person, person_id=person)]
    if goes_to not in STAGES:
        near = nearest(goes_to, STAGES)
        return [*problems, _wrong("decision_unknown_stage", "decision", goes_to, stage=goes_to, nearest=near)]
    stage = stages.get(person, POOL)
    if not allowed(stage, goes_to):
        params = {"person_id": person, "stage": stage, "decision": goes_to}
        problems.append(_wrong("decision_move_not_allowed", "decision", goes_to, **params))
    return problems


def _wrong(code: str, column: str, value: str, **params: Any) -> Problem:
    return Problem(code, params=params, table="decisions", column=column, value=value)


def check_signed(author: str, reason: str, person_id: str = "") -> list[Problem]:
    """Nobody who answers for it, or no reason in words."""
    problems = []
    if not author.strip():
        problems.append(_wrong("decision_no_author", "author", author, person_id=person_id))
    if sum(letter.isalnum() for letter in reason) < REASON_SHORTEST:
        problems.append(_wrong("decision_no_reason", "reason", reason, person_id=person_id))
    return problems


def _missing_parts(decision: Decision) -> list[Problem]:
    """What the decision lacks by itself: author, reason, a code that is known and fits."""
    problems = check_signed(decision.author, decision.reason, decision.person_id)
    person, code = decision.person_id, decision.code
    if code not in REASONS:
        near = nearest(code, REASONS)
        problems.append(_wrong("decision_unknown_code", "code", code, person_id=person, given=code, nearest=near))
    elif code == AS_PROPOSED and not decision.proposed_by_model:
        problems.append(_wrong("decision_not_as_proposed", "code", code, person_id=person))
    return problems


def check_undo(sequence: int, author: str, reason: str, record: Sequence[Entry]) -> list[Problem]:
    """Everything that keeps an entry from being taken back: only a person's last standing decision can be."""
    problems = check_signed(author, reason)
    found = next((entry for entry in record if entry.sequence == sequence), None)
    if found is None or found.kind != DECISION:
        return [*problems, _wrong("undo_no_decision", "sequence", str(sequence), sequence=sequence)]
    standing = last_standing(record, found.person_id)
    if standing is None:
        return [*problems, _wrong("undo_done_already", "sequence", str(sequence), sequence=sequence)]
    if standing.sequence != sequence:
        params = {"sequence": sequence, "person_id": found.person_id, "standing": standing.sequence}
        problems.append(_wrong("undo_not_the_last", "sequence", str(sequence), **params))
    return problems


def standing_decisions(record: Sequence[Entry]) -> list[Entry]:
    """The decisions that have not been taken back, in order."""
    undone = {entry.undoes for entry in record if entry.kind == UNDO}
    return [entry for entry in record if entry.kind == DECISION and entry.sequence not in undone]


def last_standing(record: Sequence[Entry], person_id: str) -> Entry | None:
    """The last decision about a person that has not been taken back."""
    about = [entry for entry in standing_decisions(record) if entry.person_id == person_id]
    return about[-1] if about else None


def replay(record: Sequence[Entry]) -> dict[str, str]:
    """Current stage per person with a decision that stands; everybody else is in the pool."""
    return {entry.person_id: entry.decision for entry in standing_decisions(record)}


def as_table(record: Sequence[Entry]) -> pd.DataFrame:
    """The decisions that stand in the columns of the data dictionary's table `decisions`, one row per person and stage.

    Reserve and not_now belong to the stage the person was being decided for: the team for whoever stood on the
    shortlist or in the team, else the shortlist. A return to the pool or a withdrawal takes the person's rows away.
    """
    rows: dict[tuple[str, str], dict[str, object]] = {}
    on_list: set[str] = set()
    for entry in standing_decisions(record):
        person = entry.person_id
        if entry.decision in (POOL, WITHDRAWN):
            on_list.discard(person)
            for stage in (SHORTLIST, TEAM):
                rows.pop((person, stage), None)
            continue
        if entry.decision in (SHORTLIST, TEAM):
            on_list.add(person)
        if entry.decision == SHORTLIST:
            rows.pop((person, TEAM), None)
        stage = TEAM if entry.decision == TEAM or (entry.decision != SHORTLIST and person in on_list) else SHORTLIST
        rows[person, stage] = {
            "person_id": person, "stage": stage, "proposed_by_model": entry.proposed_by_model,
            "decision": {RESERVE: "reserve", NOT_NOW: "out"}.get(entry.decision, "in"),
            "reason": entry.reason, "decided_by": entry.author,
            "decided_at": pd.Timestamp(entry.time).tz_localize(None), "role": entry.role or None,
        }  # fmt: skip
    columns = ["person_id", "stage", "proposed_by_model", "decision", "reason", "decided_by", "decided_at", "role"]
    return pd.DataFrame([rows[key] for key in sorted(rows)], columns=columns)


def link(entry: Entry) -> str:
    """SHA-256 over every field but the hash itself, in canonical JSON; it covers the hash of the entry before."""
    content = asdict(entry)
    del content["hash"]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def chained(entry: Entry, previous: str) -> Entry:
    """The entry with its predecessor's hash and its own filled in."""
    content = {f.name: getattr(entry, f.name) for f in fields(entry)} | {"previous": previous, "hash": ""}
    return Entry(**(content | {"hash": link(Entry(**content))}))


def verify(record: Sequence[Entry], head: str | None = None, printed: Iterable[str] = ()) -> list[Problem]:
    """What is wrong with a record: entries altered, removed or inserted; empty when it is whole.

    Parameters
    ----------
    head : hash the record should end with, kept apart from it: without one a cut-off end cannot be seen
    printed : heads that stand on signed protocols; each must be the hash of an entry, which holds
        even against someone who rewrites the whole chain
    """
    problems = []
    previous = FIRST_LINK
    for expected, entry in enumerate(record, start=1):
        if entry.sequence != expected or entry.previous != previous:
            problems.append(_broken("record_gap", expected))
        if entry.hash != link(entry):
            problems.append(_broken("record_altered", entry.sequence))
        previous = entry.hash
    if head is not None and head != previous:
        problems.append(_broken("record_cut", len(record)))
    hashes = {FIRST_LINK, *(entry.hash for entry in record)}
    problems += [Problem("record_head_unknown", params={"head": seen[:12]}) for seen in printed if seen not in hashes]
    return problems


def _broken(code: str, sequence: int) -> Problem:
    return Problem(code, params={"sequence": sequence}, table="decisions", row=sequence)
