"""Which files of a folder are which tables, and fences against files that cannot be tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fixture_folder import (
    found,
    move,
    notable,
    one,
    read,
    sound_tables,
    table_rows,
    write_folder,
    write_workbook,
)

from assessment.intake.folder import read_folder


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


@pytest.mark.parametrize("text", ["", "event_id,group_id,person_id,present_share\n"])
def test_an_empty_table_that_nobody_needs_is_a_note(tmp_path: Path, text: str) -> None:
    intake = read(tmp_path, lambda tables: move(tables, "attendance", "attendance.csv", text.encode()))
    assert notable(intake) == []
    assert [p.severity for p in intake.problems if p.table == "attendance"] == ["note"]
    assert intake.campaign is not None
    assert "attendance" not in intake.campaign.present


def test_a_paper_form_is_melted_into_ratings(tmp_path: Path) -> None:
    from fixture_folder import INSTRUMENTS
    from xlsxwriter import Workbook

    from assessment.templates.form import write_observation_form

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
