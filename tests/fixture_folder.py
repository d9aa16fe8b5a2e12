"""A small sound campaign as files, to be broken in one place by a test."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from assessment.campaign import Intake
from assessment.instruments.reading import load_instruments
from assessment.intake.folder import read_folder
from assessment.problems import Problem

INSTRUMENTS = load_instruments()[0]
assert INSTRUMENTS is not None
BATTERY = INSTRUMENTS.battery
PEOPLE = [f"P{n:03d}" for n in range(1, 9)]
Rows = list[dict[str, Any]]
GIVEN = {"given": "да", "given_at": "2026-02-01 10:00:00", "text_version": "1.0"}


def sound_tables() -> dict[str, Rows]:
    """Eight people with answers, ratings, choices, interviews; everything right."""
    staff = [
        {
            "person_id": p, "personnel_no": f"0000-{n:05d}", "full_name": f"Имя{n} Фамилия{n}", "org_id": "ADM",
            "org_type": "администрация", "unit": f"U{n % 3}", "position": "Специалист", "birth_year": 1980 + n,
            "gender": "ж" if n % 2 else "м", "rate": "1,0", "status": "Работа",
        }
        for n, p in enumerate(PEOPLE)
    ]  # fmt: skip
    answers: dict[str, Any] = {name: BATTERY.format_of(name).values[1] for name in BATTERY.ordinal_ids}
    chosen = {f"{s}_{w}": o for s in BATTERY.situations for w, o in (("most", "a"), ("least", "d"))}
    wishes = {"lg1": "yes_part", "lg2": "h3_5", "lg3": "change_leader;communicator", "lg4": "support"}
    survey = [
        {"token": f"T{n}", "started_at": "2026-03-01 09:00:00", "submitted_at": f"2026-03-01 10:{n:02d}:00",
         "language": "ru", "duration_s": 800, **answers, **chosen, **wishes}
        for n in range(len(PEOPLE))
    ]  # fmt: skip
    return {
        "staff": staff,
        "survey_wide": survey,
        "tokens": [{"token": f"T{n}", "person_id": p} for n, p in enumerate(PEOPLE)],
        "observations": [observation(p, o) for p in PEOPLE[:4] for o in ("O1", "O2")],
        "sociometry": [choice(p, q) for p, q in zip(PEOPLE[:4], PEOPLE[1:5], strict=True)],
        "attendance": [{"event_id": "E1", "group_id": "G1", "person_id": p, "present_share": 1} for p in PEOPLE[:5]],
        "interviews": [interview(p, i) for p in PEOPLE[:2] for i in ("I1", "I2")],
    }


def observation(person: str, observer: str = "O1", **more: Any) -> dict[str, Any]:
    """One rating."""
    row = {"event_id": "E1", "group_id": "G1", "activity_id": "A", "observer_id": observer, "person_id": person,
           "behaviour_id": "ob_lead", "rating": 4, "not_observed": 0, "evidence": "",
           "position_primary": "analyst"}  # fmt: skip
    return {**row, **more}


def choice(chooser: str, chosen: str, **more: Any) -> dict[str, Any]:
    """One sociometric choice."""
    row = {
        "event_id": "E1",
        "group_id": "G1",
        "question_id": "so_team",
        "chooser_id": chooser,
        "chosen_id": chosen,
        "order": 1,
    }
    return {**row, **more}


def interview(person: str, interviewer: str = "I1", **more: Any) -> dict[str, Any]:
    """One rating in an interview."""
    row = {"person_id": person, "interviewer_id": interviewer, "competency_id": "iv_overcome", "question": "past",
           "rating_initial": 3, "rating_final": ""}  # fmt: skip
    return {**row, **more}


def consent(person: str, purpose: str = "selection", **more: Any) -> dict[str, Any]:
    """One consent, given."""
    return {"person_id": person, "purpose": purpose, **GIVEN, "withdrawn_at": "", **more}


def all_consents() -> Rows:
    """Everybody agreed to everything."""
    return [consent(p, purpose) for p in PEOPLE for purpose in ("selection", "peer_data")]


def csv_text(rows: Rows, delimiter: str = ",", columns: Iterable[str] | None = None) -> str:
    """Rows as CSV."""
    names = list(columns) if columns is not None else list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, delimiter=delimiter, lineterminator="\r\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def move(tables: dict[str, Any], name: str, to: str, content: str | bytes | None = None, delimiter: str = ",") -> None:
    """Puts a table under another file name, or other bytes in its place."""
    rows = tables.pop(name)
    tables[to] = csv_text(rows, delimiter) if content is None else content


def write_folder(folder: Path, tables: Mapping[str, Rows | str | bytes]) -> Path:
    """Writes tables as .csv (rows), or a file of the very name given (text or bytes)."""
    folder.mkdir(exist_ok=True)
    for name, content in tables.items():
        if isinstance(content, list):
            (folder / f"{name}.csv").write_text(csv_text(content), encoding="utf-8", newline="")
        elif isinstance(content, str):
            (folder / name).write_text(content, encoding="utf-8", newline="")
        else:
            (folder / name).write_bytes(content)
    return folder


def write_workbook(path: Path, rows: list[list[Any]], title: str = "Sheet1", before: list[str] | None = None) -> Path:
    """A real workbook with one filled sheet."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for name in before or []:
        sheet.title = name
        sheet = book.create_sheet()
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def table_rows(rows: Rows) -> list[list[Any]]:
    """Rows as lists with a heading, for a workbook."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return [names, *([row.get(name, "") for name in names] for row in rows)]


def read(folder: Path, change: Callable[[dict[str, Any]], object] | None = None, **options: Any) -> Intake:
    """Writes the sound folder, changed in place by the test, and reads it."""
    tables: dict[str, Any] = dict(sound_tables())
    if change is not None:
        change(tables)
    return read_folder(write_folder(folder / "campaign", tables), **options)


def found(intake: Intake, code: str) -> list[Problem]:
    """The problems of a code."""
    return [problem for problem in intake.problems if problem.code == code]


def one(intake: Intake, code: str) -> tuple[str, str, int | None, str, str]:
    """(severity, table, row, column, value) of the only problem of a code."""
    problems = found(intake, code)
    assert len(problems) == 1, [(p.code, p.severity, p.table, p.row, p.column, p.value) for p in intake.problems]
    p = problems[0]
    return p.severity, p.table, p.row, p.column, p.value


def notable(intake: Intake) -> list[str]:
    """Codes of everything but notes."""
    return [problem.code for problem in intake.problems if problem.severity != "note"]
