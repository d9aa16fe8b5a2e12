"""CSV in every encoding and separator; row numbers as Excel counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fixture_folder import (
    PEOPLE,
    csv_text,
    move,
    notable,
    one,
    read,
    sound_tables,
)


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
