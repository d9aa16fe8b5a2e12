"""What people decided, which processes they named, and how it went after 6 and 12 months."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from assessment.intake.about import Context, read_about, words_of
from assessment.intake.sheet import Sheet
from assessment.intake.tables import Demands, drop_doubles, sort_rows
from assessment.problems import NOTE, Problem

Found = tuple[pd.DataFrame | None, list[Problem]]
CONTRIBUTION = (1.0, 5.0)


def read_decisions(sheet: Sheet, context: Context) -> Found:
    """The decision in force for each person and stage: the latest, in the same moment the later row."""
    roles = context.instruments.roles.roles
    words = {"role": words_of({role.id: role.name for role in roles.values()})} if roles else {}
    frame, _, problems = read_about(sheet, context, Demands(words=words), by=["decided_by"])
    if frame is None:
        return None, problems
    frame, doubles = drop_doubles(frame, list(frame.columns), "decisions")
    ordered = frame.sort_values("decided_at", kind="stable")
    last = ordered.drop_duplicates(["person_id", "stage"], keep="last")
    for row in frame.index.difference(last.index):
        person = str(frame.loc[row, "person_id"])
        problems.append(
            Problem("decision_replaced", NOTE, {"person": person}, "decisions", int(row), "decision", person)
        )
    return sort_rows(last, ["person_id", "stage"]), problems + doubles


def read_process_answers(sheet: Sheet, context: Context) -> Found:
    """Processes people named, checked against the limits and causes of the process questions."""
    fields = {str(f.get("id")): f for f in context.instruments.processes.get("fields", ()) if isinstance(f, Mapping)}
    limits = {name: limit for name, field in fields.items() if (limit := _limit(field)) is not None}
    causes = fields.get("cause", {}).get("options", ())
    words = {}
    if causes:
        words["cause"] = words_of(
            {str(o["v"]): {k: str(v) for k, v in o.items() if k != "v"} for o in causes if "v" in o}
        )
    frame, _, problems = read_about(sheet, context, Demands(limits, words))
    if frame is None:
        return None, problems
    frame, doubles = drop_doubles(frame, ["person_id", "rank"], "process_answers")
    if context.staff is not None and "unit" in context.staff:
        units = frame["person_id"].map(context.staff["unit"])
        frame = frame.assign(unit=frame["unit"].fillna(units).astype("str"))
    return sort_rows(frame, ["person_id", "rank"]), problems + doubles


def _limit(field: Mapping[str, Any]) -> tuple[float, float] | None:
    if field.get("type") == "number" and "min" in field and "max" in field:
        return float(field["min"]), float(field["max"])
    if field.get("type") == "ordinal" and field.get("values"):
        return float(min(field["values"])), float(max(field["values"]))
    return None


def read_outcomes(sheet: Sheet, context: Context) -> Found:
    """Outcomes, one row a person and review."""
    limits = {"contribution": CONTRIBUTION, "brought_others": CONTRIBUTION}
    frame, _, problems = read_about(sheet, context, Demands(limits))
    if frame is None:
        return None, problems
    frame, doubles = drop_doubles(frame, ["person_id", "months"], "outcomes")
    return sort_rows(frame, ["person_id", "months"]), problems + doubles
