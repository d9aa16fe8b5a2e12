"""Which files of a folder are which tables, and fences against files that cannot be tables."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from fixture_folder import (
    PEOPLE,
    csv_text,
    found,
    notable,
    one,
    read,
    sound_tables,
    table_rows,
    write_folder,
    write_workbook,
)

from assessment.intake import read_folder
from assessment.intake_workbook import MAX_ENTRIES, read_workbook


def move(tables: dict[str, Any], name: str, to: str, content: str | bytes | None = None, delimiter: str = ",") -> None:
    """Puts a table under another file name, or other bytes in its place."""
    rows = tables.pop(name)
    tables[to] = csv_text(rows, delimiter) if content is None else content


def test_a_missing_folder_stops(tmp_path: Path) -> None:
    intake = read_folder(tmp_path / "nowhere")
    assert intake.campaign is None
    assert one(intake, "folder_missing")[0] == "stop"


def test_a_file_in_place_of_the_folder_stops(tmp_path: Path) -> None:
    (tmp_path / "staff.csv").write_text("a")
    assert one(read_folder(tmp_path / "staff.csv"), "folder_is_file") == ("stop", "", None, "", "staff.csv")


def test_an_empty_folder_misses_staff_and_survey(tmp_path: Path) -> None:
    intake = read_folder(tmp_path)
    assert one(intake, "staff_missing")[:2] == ("stop", "staff")
    assert one(intake, "survey_missing")[:2] == ("stop", "survey_wide")


def test_only_staff_and_one_survey_are_compulsory(tmp_path: Path) -> None:
    def only(tables: dict[str, Any]) -> None:
        for name in ("observations", "sociometry", "attendance", "interviews"):
            del tables[name]

    intake = read(tmp_path, only)
    assert intake.campaign is not None
    assert len(intake.campaign.observations) == 0
    assert "rating" in intake.campaign.interviews
    assert intake.campaign.present == {"staff", "survey_wide", "tokens"}


@pytest.mark.parametrize("name", ["STAFF.CSV", "Staff.csv"])
def test_names_of_files_are_read_whatever_their_case(tmp_path: Path, name: str) -> None:
    intake = read(tmp_path, lambda tables: move(tables, "staff", name))
    assert notable(intake) == []
    assert intake.campaign is not None
    assert name in intake.campaign.inputs


def test_both_forms_of_a_table_stop(tmp_path: Path) -> None:
    write_folder(tmp_path, sound_tables())
    write_workbook(tmp_path / "staff.xlsx", table_rows(sound_tables()["staff"]))
    assert one(read_folder(tmp_path), "table_twice") == ("stop", "staff", None, "", "staff.csv, staff.xlsx")


def test_an_unknown_file_is_a_note_with_the_nearest_table(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda tables: tables.update({"intervews.csv": "a,b\n1,2\n"}))
    assert one(intake, "file_unknown_near") == ("note", "intervews.csv", None, "", "intervews.csv")
    assert found(intake, "file_unknown_near")[0].params["nearest"] == "interviews"


def test_a_misspelt_staff_list_is_named_in_the_stop(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda tables: move(tables, "staff", "staf.csv"))
    assert one(intake, "staff_missing_near")[:2] == ("stop", "staff")
    assert found(intake, "staff_missing_near")[0].params["nearest"] == "staf.csv"


@pytest.mark.parametrize(
    "name", ["truth.csv", "README.txt", "notes.md", "ranking.csv", "run.json", ".DS_Store", "~$staff.xlsx"]
)
def test_files_that_are_nobodys_mistake_are_passed_over(tmp_path: Path, name: str) -> None:
    intake = read(tmp_path, lambda tables: tables.update({name: "x"}))
    assert {p.table for p in intake.problems} <= {"staff", "consents"}
    assert intake.campaign is not None
    assert name not in intake.campaign.inputs


def test_a_folder_of_results_is_passed_over_but_a_misspelt_one_of_questionnaires_is_not(tmp_path: Path) -> None:
    (tmp_path / "campaign" / "out").mkdir(parents=True)
    (tmp_path / "campaign" / "questionaires").mkdir()
    intake = read(tmp_path)
    assert [p.value for p in intake.problems if p.value] == ["questionaires"]


def test_another_format_of_a_table_is_named(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda tables: tables.update({"decisions.ods": "x"}))
    assert one(intake, "file_other_format")[:2] == ("note", "decisions.ods")


def test_a_misspelt_settings_file_is_named(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda tables: tables.update({"campaign.yml": "team: 2"}))
    assert found(intake, "file_unknown_near")[0].params["nearest"] == "campaign.yaml"


def test_a_folder_called_like_a_table_stops(tmp_path: Path) -> None:
    (tmp_path / "campaign" / "interviews.csv").mkdir(parents=True)
    intake = read(tmp_path, lambda tables: tables.pop("interviews"))
    assert one(intake, "file_unreadable")[:2] == ("stop", "interviews")


def test_a_broken_link_stops(tmp_path: Path) -> None:
    (tmp_path / "campaign").mkdir()
    (tmp_path / "campaign" / "interviews.csv").symlink_to(tmp_path / "gone.csv")
    intake = read(tmp_path, lambda tables: tables.pop("interviews"))
    assert one(intake, "file_unreadable")[:2] == ("stop", "interviews")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-16-le-mark"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_encoding_and_separator_reads_alike(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = csv_text(sound_tables()["staff"], delimiter)
    data = b"\xff\xfe" + text.encode("utf-16-le") if encoding == "utf-16-le-mark" else text.encode(encoding)
    intake = read(tmp_path, lambda tables: move(tables, "staff", "staff.csv", data))
    assert notable(intake) == []
    assert intake.campaign is not None
    assert list(intake.campaign.staff.index) == PEOPLE
    assert intake.campaign.staff.loc["P001", "position"] == "Специалист"


def test_commas_inside_headings_do_not_pass_for_separators(tmp_path: Path) -> None:
    text = "person_id;Процесс, главный;Доля времени, %;rank;pain\nP001;Отчёты, сводки, справки;35;1;4\n"
    intake = read(
        tmp_path, lambda tables: tables.update({"process_answers.csv": text.replace("Процесс, главный", "Процесс")})
    )
    assert intake.campaign is not None
    assert intake.campaign.process_answers.loc[0, "text"] == "Отчёты, сводки, справки"
    assert intake.campaign.process_answers.loc[0, "share_pct"] == 35


def test_the_line_for_excel_counts_as_no_row(tmp_path: Path) -> None:
    text = "sep=;\r\n" + csv_text(sound_tables()["attendance"], ";").replace("P002;1", "P002;7")
    intake = read(tmp_path, lambda tables: move(tables, "attendance", "attendance.csv", text))
    assert one(intake, "value_not_allowed") == ("row", "attendance", 3, "present_share", "7")


def test_row_numbers_stay_right_with_line_breaks_in_cells_and_blank_lines(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        lines = csv_text(tables["observations"]).splitlines()
        lines[1] = lines[1].replace(",,", ',"two\nlines",', 1)
        lines.insert(2, "")
        lines.insert(3, ",,,,")
        lines[4] = lines[4].replace(",4,", ",9,")
        move(tables, "observations", "observations.csv", "\r\n".join(lines))

    assert one(read(tmp_path, change), "value_not_allowed") == ("row", "observations", 5, "rating", "9")


def test_a_row_with_more_cells_than_headings_is_left_out(tmp_path: Path) -> None:
    text = "event_id,group_id,person_id,present_share\nE1,G1,P001,1\nE1,G1,P002,0,5\nE1,G1,P003,1,,\n"
    intake = read(tmp_path, lambda tables: move(tables, "attendance", "attendance.csv", text))
    assert one(intake, "row_too_long")[:3] == ("row", "attendance", 3)
    assert intake.campaign is not None
    assert list(intake.campaign.attendance["person_id"]) == ["P001", "P003"]


def test_a_row_with_fewer_cells_misses_the_rest(tmp_path: Path) -> None:
    text = "event_id,group_id,person_id,present_share\nE1,G1,P001\n"
    intake = read(tmp_path, lambda tables: move(tables, "attendance", "attendance.csv", text))
    assert one(intake, "value_missing") == ("row", "attendance", 2, "present_share", "")


def test_a_title_above_the_headings_is_passed_over_and_rows_stay_right(tmp_path: Path) -> None:
    text = "Посещение,,,\n,,,\nevent_id,group_id,person_id,present_share\nE1,G1,NOBODY,1\n"
    intake = read(tmp_path, lambda tables: move(tables, "attendance", "attendance.csv", text))
    assert one(intake, "heading_below_title")[:3] == ("note", "attendance", 3)
    assert one(intake, "person_unknown") == ("row", "attendance", 4, "person_id", "NOBODY")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"person_id,unit\nP\x00001,U1\n", "file_binary"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "file_binary"),
        (b"person_id,unit\nP001,\x01\x02\n", "file_binary"),
        ("person_id,unit\nP001,Отдел кадров и учёта\n".encode()[:-3] + b"\xd0\n", "file_encoding_broken"),
        (b"\xff\xfep\x00e\x00r", "file_encoding_broken"),
        (b'person_id,unit\nP001,"U1\nP002,U2\n', "file_quote_open"),
        (b"PK\x03\x04rest", "csv_is_workbook"),
        (b"", "file_empty"),
        (b"\n\n  \n", "file_empty"),
        (b"person_id,unit\n", "table_without_rows"),
    ],
)
def test_a_damaged_compulsory_file_stops(tmp_path: Path, data: bytes, code: str) -> None:
    intake = read(tmp_path, lambda tables: move(tables, "staff", "staff.csv", data))
    assert one(intake, code)[:2] == ("stop", "staff")
    assert intake.campaign is None


def test_a_huge_cell_stops_without_a_traceback(tmp_path: Path) -> None:
    data = ("person_id,unit\nP001," + "x" * 1_100_000 + "\n").encode()
    assert one(read(tmp_path, lambda t: move(t, "staff", "staff.csv", data)), "file_not_csv")[:2] == ("stop", "staff")


@pytest.mark.parametrize("text", ["", "event_id,group_id,person_id,present_share\n"])
def test_an_empty_table_that_nobody_needs_is_a_note(tmp_path: Path, text: str) -> None:
    intake = read(tmp_path, lambda tables: move(tables, "attendance", "attendance.csv", text.encode()))
    assert notable(intake) == []
    assert [p.severity for p in intake.problems if p.table == "attendance"] == ["note"]
    assert intake.campaign is not None
    assert "attendance" not in intake.campaign.present


# --- workbooks -----------------------------------------------------------------------------------


def book(rows: list[list[Any]], **options: Any) -> bytes:
    path = io.BytesIO()
    write_workbook(path, rows, **options)  # type: ignore[arg-type]
    return path.getvalue()


def staff_book(**options: Any) -> bytes:
    return book(table_rows(sound_tables()["staff"]), **options)


def test_a_workbook_reads_like_the_csv(tmp_path: Path) -> None:
    text = read(tmp_path / "a") if (tmp_path / "a").mkdir() is None else None
    workbook = (
        read(tmp_path / "b", lambda t: move(t, "staff", "staff.xlsx", staff_book()))
        if (tmp_path / "b").mkdir() is None
        else None
    )
    assert text is not None and text.campaign is not None
    assert workbook is not None and workbook.campaign is not None
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


def test_a_paper_form_is_melted_into_ratings(tmp_path: Path) -> None:
    from fixture_folder import INSTRUMENTS
    from xlsxwriter import Workbook

    from assessment.templates_form import write_observation_form

    assert INSTRUMENTS is not None
    path = tmp_path / "form.xlsx"
    workbook = Workbook(str(path))
    write_observation_form(workbook, INSTRUMENTS.observation, "ru")
    workbook.close()
    import openpyxl

    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    for row, value in ((3, "E9"), (4, "G1"), (5, "A"), (6, "O7")):
        sheet.cell(row, 2, value)
    sheet.cell(11, 1, "P005")
    sheet.cell(11, 3, 4)
    sheet.cell(12, 1, "NOBODY")
    sheet.cell(12, 3, 3)
    (tmp_path / "campaign").mkdir()
    book.save(tmp_path / "campaign" / "form_O7.xlsx")
    path.unlink()
    intake = read(tmp_path)
    assert intake.campaign is not None
    ratings = intake.campaign.observations
    assert ratings[ratings["observer_id"] == "O7"]["person_id"].tolist() == ["P005"]
    assert one(intake, "person_unknown") == ("row", "observations", 12, "person_id", "NOBODY")
    assert "form_O7.xlsx" in intake.campaign.inputs


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


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(tmp_path: Path, ending: str) -> None:
    text = csv_text(sound_tables()["attendance"]).replace("\r\n", ending).replace("P003,1", "P003,9")
    intake = read(tmp_path, lambda tables: move(tables, "attendance", "attendance.csv", text))
    assert one(intake, "value_not_allowed") == ("row", "attendance", 4, "present_share", "9")


def test_a_quotation_mark_inside_a_cell_is_a_letter(tmp_path: Path) -> None:
    text = 'person_id,unit\n"P001",МБУ "Школа 1"\nP002,"МБУ ""Школа 2"""\n' + "\n".join(f"{p},U" for p in PEOPLE[2:])
    intake = read(tmp_path, lambda tables: move(tables, "staff", "staff.csv", text))
    assert notable(intake) == []
    assert intake.campaign is not None
    assert intake.campaign.staff["unit"].tolist()[:2] == ['МБУ "Школа 1"', 'МБУ "Школа 2"']


def test_a_folder_that_may_not_be_opened_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert one(read_folder(tmp_path), "folder_unreadable")[0] == "stop"


def test_a_file_that_may_not_be_opened_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(tmp_path, sound_tables())
    whole = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "interviews.csv":
            raise PermissionError(13, "Permission denied")
        return whole(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert one(read_folder(tmp_path), "file_unreadable") == ("stop", "interviews", None, "", "interviews.csv")
