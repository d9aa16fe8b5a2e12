"""Decisions, processes and outcomes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fixture_folder import one, read


def decision(person: str, **changes: Any) -> dict[str, Any]:
    row = {"person_id": person, "stage": "shortlist", "proposed_by_model": "да", "decision": "in", "reason": "r",
           "decided_by": "D1", "decided_at": "2026-04-01 10:00"}  # fmt: skip
    return {**row, **changes}


@pytest.mark.parametrize(
    ("changes", "code", "column"),
    [
        ({"stage": "final"}, "value_not_allowed", "stage"), ({"decision": "yes"}, "value_not_allowed", "decision"),
        ({"reason": ""}, "value_missing", "reason"),
        ({"proposed_by_model": "?"}, "value_unreadable", "proposed_by_model"),
        ({"role": "boss"}, "cell_not_listed_far", "role"),
    ],
)  # fmt: skip
def test_decisions_are_checked(tmp_path: Path, changes: dict[str, Any], code: str, column: str) -> None:
    intake = read(tmp_path, lambda tables: tables.update(decisions=[decision("P001", **changes)]))
    assert one(intake, code)[:4] == ("row", "decisions", 2, column)


def test_the_latest_decision_is_in_force(tmp_path: Path) -> None:
    rows = [decision("P001", decided_at="2026-05-01"), decision("P001", decision="out"), decision("P001", stage="team")]
    intake = read(tmp_path, lambda tables: tables.update(decisions=rows))
    assert one(intake, "decision_replaced") == ("note", "decisions", 3, "decision", "P001")
    assert intake.campaign is not None
    assert intake.campaign.decisions["decision"].tolist() == ["in", "in"]


def process(person: str, **changes: Any) -> dict[str, Any]:
    return {
        "person_id": person,
        "rank": 1,
        "text": "Готовлю ответы",
        "share_pct": "35%",
        "pain": 4,
        "hours_week": "14,5",
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "code", "column"),
    [
        ({"rank": 3}, "value_not_allowed", "rank"), ({"share_pct": 120}, "value_not_allowed", "share_pct"),
        ({"pain": 6}, "value_not_allowed", "pain"), ({"text": "-"}, "value_missing", "text"),
        ({"hours_week": 200}, "cell_not_allowed", "hours_week"), ({"cause": "weather"}, "cell_not_listed", "cause"),
    ],
)  # fmt: skip
def test_processes_are_checked(tmp_path: Path, changes: dict[str, Any], code: str, column: str) -> None:
    intake = read(tmp_path, lambda tables: tables.update(process_answers=[process("P001", **changes)]))
    problems = [p for p in intake.problems if p.severity == "row"]
    assert [(p.row, p.column, p.code.removesuffix("_far")) for p in problems] == [(2, column, code)]


def test_processes_take_their_unit_from_staff(tmp_path: Path) -> None:
    rows = [process("P002", cause="Бумага; approvals"), process("P002", rank=1), process("P003", unit="X")]
    intake = read(tmp_path, lambda tables: tables.update(process_answers=rows))
    assert one(intake, "row_double")[:3] == ("row", "process_answers", 3)
    assert intake.campaign is not None
    answers = intake.campaign.process_answers
    assert answers["unit"].tolist() == ["U1", "X"]
    assert answers.loc[0, "cause"] == "paper;approvals"
    assert answers.loc[0, "share_pct"] == 35


def test_outcomes_are_checked(tmp_path: Path) -> None:
    rows = [
        {"person_id": "P001", "months": m, "still_in_team": "да", "contribution": c}
        for m, c in ((6, 5), (7, 5), (12, 6))
    ]
    intake = read(tmp_path, lambda tables: tables.update(outcomes=rows))
    assert [(p.row, p.column) for p in intake.problems if p.severity == "row"] == [(3, "months"), (4, "contribution")]
    assert intake.campaign is not None
    assert len(intake.campaign.outcomes) == 2
