"""Workbooks cell by cell, and fences against what is none."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from fixture_folder import (
    move,
    notable,
    one,
    read,
    sound_tables,
    table_rows,
    write_workbook,
)

from assessment.intake.workbook import MAX_ENTRIES, read_workbook


def book(rows: list[list[Any]], **options: Any) -> bytes:
    path = io.BytesIO()
    write_workbook(path, rows, **options)  # type: ignore[arg-type]
    return path.getvalue()


def staff_book(**options: Any) -> bytes:
    return book(table_rows(sound_tables()["staff"]), **options)


def test_a_workbook_reads_like_the_csv(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    text = read(tmp_path / "a")
    workbook = read(tmp_path / "b", lambda t: move(t, "staff", "staff.xlsx", staff_book()))
    assert text.campaign is not None
    assert workbook.campaign is not None
    assert workbook.campaign.staff.equals(text.campaign.staff)


def test_ids_in_workbooks_are_text(tmp_path: Path) -> None:
    rows = [["person_id", "token"], ["00123", "T0"], [1234567890123456, "T1"], [42.0, "T2"]]
    records, problems = read_workbook(book(rows), "tokens", len)
    assert [cells[0] for _, cells in records] == ["person_id", "00123", "1234567890123456", "42"]
    assert problems == []


def test_days_fractions_and_truth_in_workbooks() -> None:
    import datetime

    rows = [["a"], [datetime.date(2026, 3, 12)], [datetime.datetime(2026, 3, 12, 9, 5)], [0.8], [True], [None], ["x"]]
    records, _ = read_workbook(book(rows), "tokens", len)
    assert records == [
        (1, ["a"]), (2, ["2026-03-12"]), (3, ["2026-03-12 09:05:00"]), (4, ["0.8"]), (5, ["true"]), (7, ["x"]),
    ]  # fmt: skip


def test_the_sheet_named_like_the_table_is_taken() -> None:
    import openpyxl

    workbook = openpyxl.Workbook()
    assert workbook.active is not None
    workbook.active.append(["person_id", "other"])
    workbook.create_sheet("Staff").append(["person_id", "unit"])
    out = io.BytesIO()
    workbook.save(out)
    assert read_workbook(out.getvalue(), "staff", len)[0] == [(1, ["person_id", "unit"])]


def test_the_first_sheet_with_content_is_taken() -> None:
    records, _ = read_workbook(book([["person_id"]], before=["Empty"]), "staff", lambda cells: cells.count("person_id"))
    assert records == [(1, ["person_id"])]


def test_formulas_without_a_stored_value_are_named() -> None:
    records, problems = read_workbook(book([["a", "b"], [1, "=1+1"]]), "staff", len)
    assert records == [(1, ["a", "b"]), (2, ["1"])]
    assert [(p.code, p.severity, p.row, p.params["cell"]) for p in problems] == [
        ("formula_not_computed", "note", 2, "B2")
    ]


def test_merged_headings_do_no_harm(tmp_path: Path) -> None:
    import openpyxl

    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in table_rows(sound_tables()["attendance"]):
        sheet.append([*row, "note", None])
    sheet.merge_cells("E1:F1")
    out = io.BytesIO()
    workbook.save(out)
    intake = read(tmp_path, lambda tables: move(tables, "attendance", "attendance.xlsx", out.getvalue()))
    assert notable(intake) == []
    assert intake.campaign is not None
    assert len(intake.campaign.attendance) == 5


def archive(parts: dict[str, bytes], start: bytes | None = None) -> bytes:
    """A workbook with parts put in or replaced."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(start or staff_book())) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, data in parts.items():
            new.writestr(name, data)
    return out.getvalue()


def entities() -> bytes:
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaa">]><worksheet><sheetData>&a;</sheetData></worksheet>'
    )
    return archive({"xl/worksheets/sheet1.xml": bomb})


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"just text", "workbook_not_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "workbook_other_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "workbook_locked"),
        (cut(staff_book()), "workbook_damaged"),
        (entities(), "workbook_suspicious"),
        (archive({"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row"}), "workbook_damaged"),
        (archive({"xl/bomb.xml": b"0" * 50_000_000}), "workbook_suspicious"),
        (archive({f"xl/{n}.xml": b"" for n in range(MAX_ENTRIES + 1)}), "workbook_too_large"),
        (archive({"../../evil.xml": b""}), "workbook_suspicious"),
        (archive({"mimetype": b"application/vnd.oasis"}, start=b"PK\x05\x06" + b"\0" * 18), "workbook_not_workbook"),
    ],
    ids=["text", "xls", "locked", "cut", "entities", "broken xml", "bomb", "many parts", "path", "other archive"],
)
def test_a_workbook_that_is_none_stops(tmp_path: Path, data: bytes, code: str) -> None:
    intake = read(tmp_path, lambda tables: move(tables, "staff", "staff.xlsx", data))
    assert one(intake, code)[:2] == ("stop", "staff")
    assert intake.campaign is None


def test_a_locked_part_of_an_archive_stops(tmp_path: Path) -> None:
    data = bytearray(staff_book())
    for place in range(len(data) - 4):
        if data[place : place + 4] == b"PK\x01\x02":
            data[place + 8] |= 1
    intake = read(tmp_path, lambda tables: move(tables, "staff", "staff.xlsx", bytes(data)))
    assert one(intake, "workbook_locked")[:2] == ("stop", "staff")


def test_a_far_stray_cell_makes_no_million_columns(tmp_path: Path) -> None:
    import openpyxl

    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in table_rows(sound_tables()["staff"]):
        sheet.append(row)
    sheet["XFD1048576"] = "stray"
    out = io.BytesIO()
    workbook.save(out)
    intake = read(tmp_path, lambda tables: move(tables, "staff", "staff.xlsx", out.getvalue()))
    assert one(intake, "id_missing") == ("row", "staff", 1048576, "person_id", "")
    assert intake.campaign is not None


def test_per_cents_of_a_workbook_are_read_by_their_style(tmp_path: Path) -> None:
    import openpyxl

    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(["person_id", "rank", "text", "share_pct", "pain"])
    sheet.append(["P001", 1, "Отчёты", 0.35, 4])
    sheet["D2"].number_format = "0%"
    out = io.BytesIO()
    workbook.save(out)
    intake = read(tmp_path, lambda tables: tables.update({"process_answers.xlsx": out.getvalue()}))
    assert notable(intake) == []
    assert intake.campaign is not None
    assert intake.campaign.process_answers.loc[0, "share_pct"] == 35


def test_leading_zeros_of_a_number_format_are_kept() -> None:
    import openpyxl

    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(["token", "person_id"])
    sheet.append(["T0", 123])
    sheet["B2"].number_format = "00000"
    out = io.BytesIO()
    workbook.save(out)
    assert read_workbook(out.getvalue(), "tokens", len)[0][1] == (2, ["T0", "00123"])


@pytest.mark.parametrize(
    "cells",
    [
        b'<c r="A1" t="inlineStr"><is><t>lost</t></is></c><row r="1"></row>',
        b'<row r="99999999999999999999"><c r="A1" t="s"><v>0</v></c></row>',
        b'<row r="2"><c r="A2" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>0</v></c></row>',
        b'<row><c t="s"><v>99999</v></c><c r="??"><v>1</v></c></row>',
        b'<row r="1"><c r="A1" s="77"><v>1e999</v></c></row>',
    ],
)
def test_odd_cells_raise_nothing(tmp_path: Path, cells: bytes) -> None:
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%b</sheetData></worksheet>'
    data = archive({"xl/worksheets/sheet1.xml": sheet % cells})
    intake = read(tmp_path, lambda tables: move(tables, "staff", "staff.xlsx", data))
    assert intake.campaign is None
    assert {p.table for p in intake.problems if p.severity == "stop"} == {"staff"}
