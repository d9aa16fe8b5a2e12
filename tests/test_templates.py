"""Facts about the empty workbooks."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from assessment.instruments.reading import Instruments, load_instruments
from assessment.messages import has_text
from assessment.templates.workbooks import FORM, write_templates
from tests.fixture_questionnaires import FOREIGN, load


@pytest.fixture(scope="module")
def instruments() -> Instruments:
    loaded, problems = load_instruments()
    assert loaded is not None, problems
    return loaded


@pytest.fixture(scope="module")
def folder(instruments: Instruments, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("templates") / "new"
    write_templates(folder, instruments, "ru")
    return folder


def rows(folder: Path, table: str, sheet: int = 0) -> list[tuple[object, ...]]:
    return list(load_workbook(folder / f"{table}.xlsx").worksheets[sheet].iter_rows(values_only=True))


def test_there_is_a_workbook_for_every_table_and_the_paper_form(instruments: Instruments, folder: Path) -> None:
    expected = {f"{name}.xlsx" for name in instruments.dictionary.tables} | {FORM}
    assert {path.name for path in folder.iterdir()} == expected


def test_headings_are_the_columns_of_the_dictionary(instruments: Instruments, folder: Path) -> None:
    for name, table in instruments.dictionary.tables.items():
        if name != "survey_wide":
            assert rows(folder, name)[0] == tuple(column.name for column in table.columns)


def test_the_wide_questionnaire_has_a_column_for_everything_asked(instruments: Instruments, folder: Path) -> None:
    headings = rows(folder, "survey_wide")[0]
    battery = instruments.battery
    assert headings[:5] == ("token", "started_at", "submitted_at", "language", "duration_s")
    assert set(battery.ordinal_ids) | set(battery.conditions) | {"sj1_most", "sj1_least"} <= set(headings)
    assert not any(str(heading).startswith("<") for heading in headings)


def test_headings_stay_in_sight_and_ids_are_kept_as_text(folder: Path) -> None:
    sheet = load_workbook(folder / "staff.xlsx").worksheets[0]
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["A"].width >= 10
    assert sheet["B2"].value == "0000-00123"
    assert sheet["B2"].number_format == "@"


def test_example_answers_are_codes_of_their_format(instruments: Instruments, folder: Path) -> None:
    headings, example = rows(folder, "survey_wide")[:2]
    answers = dict(zip(headings, example, strict=True))
    for name in instruments.battery.ordinal_ids:
        assert answers[name] in instruments.battery.format_of(name).values
    assert answers["ac1"] == 2
    assert answers["sj1_most"] != answers["sj1_least"]


def test_every_compulsory_column_has_an_example(instruments: Instruments, folder: Path) -> None:
    for name, table in instruments.dictionary.tables.items():
        if name == "survey_wide":
            continue
        example = dict(zip(*rows(folder, name)[:2], strict=True))
        for column in table.columns:
            if column.required:
                assert example[column.name] is not None, (name, column.name)


def test_examples_speak_of_people_in_the_staff_list(folder: Path) -> None:
    people = {row[0] for row in rows(folder, "staff")[1:]}
    for name in ("tokens", "survey_long", "observations", "attendance", "interviews", "consents", "decisions"):
        example = dict(zip(*rows(folder, name)[:2], strict=True))
        assert example["person_id"] in people
    choice = dict(zip(*rows(folder, "sociometry")[:2], strict=True))
    assert {choice["chooser_id"], choice["chosen_id"]} == people
    assert dict(zip(*rows(folder, "tokens")[:2], strict=True))["token"] == rows(folder, "survey_wide")[1][0]


def test_the_second_sheet_explains_every_column(instruments: Instruments, folder: Path) -> None:
    for name in instruments.dictionary.tables:
        headings = rows(folder, name)[0]
        explained = [row[0] for row in rows(folder, name, sheet=1)[5:]]
        assert explained == list(headings)


def test_items_are_explained_by_their_text_and_labels(folder: Path) -> None:
    notes = {row[0]: row for row in rows(folder, "survey_wide", sheet=1)}
    assert notes["sc1"][1] == "На работе в муниципалитете меня держит прежде всего польза для жителей."
    assert str(notes["sc1"][4]).startswith("1 = Совсем не про меня; 2 = ")
    assert "Не могу оценить" in str(notes["ov1"][4])
    assert "a = " in str(notes["sj1_most"][4])
    assert "change_leader = Лидер изменений" in str(notes["lg3"][4])
    behaviours = {row[0]: row for row in rows(folder, "observations", sheet=1)}
    assert "ob_lead = Ведёт группу" in str(behaviours["behaviour_id"][4])


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_shipped_column_has_a_title_and_its_note_in_both_languages(
    instruments: Instruments, language: str
) -> None:
    for table in instruments.dictionary.tables.values():
        for column in table.columns:
            if column.name.startswith("<"):
                continue
            assert has_text(f"template.column.{column.name}", language), column.name
            if column.note:
                assert has_text(f"template.note.{table.name}.{column.name}", language), (table.name, column.name)


def test_workbooks_in_english_explain_in_english(instruments: Instruments, tmp_path: Path) -> None:
    write_templates(tmp_path, instruments, "en")
    notes = {row[0]: row for row in rows(tmp_path, "survey_wide", sheet=1)}
    assert notes["sc1"][1] == "What keeps me working for the municipality is mainly the good it does residents."
    assert load_workbook(tmp_path / "staff.xlsx").sheetnames == ["staff", "Notes"]


def test_a_foreign_questionnaire_gives_its_own_columns(tmp_path: Path) -> None:
    foreign, problems = load(tmp_path / "questionnaires", battery=FOREIGN)
    assert foreign is not None, problems
    write_templates(tmp_path / "out", foreign, "ru")
    assert rows(tmp_path / "out", "survey_wide")[0][5:] == ("w1", "w2", "t1", "t2", "n1")


def test_a_text_that_looks_like_a_formula_stays_a_text(tmp_path: Path) -> None:
    foreign, problems = load(tmp_path / "q", battery=FOREIGN.replace("I ask how others are.", "=1+1"))
    assert foreign is not None, problems
    write_templates(tmp_path / "out", foreign, "en")
    sheet = load_workbook(tmp_path / "out" / "survey_wide.xlsx").worksheets[1]
    cell = next(row[1] for row in sheet.iter_rows() if row[0].value == "w2")
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_the_import_takes_the_workbooks_as_they_are(folder: Path) -> None:
    intake = pytest.importorskip("assessment.intake.folder")
    problems = intake.read_folder(folder).problems
    assert [problem for problem in problems if problem.severity == "stop"] == []
