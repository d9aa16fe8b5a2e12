"""Facts about the paper form of observation, printed, filled in and read back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from assessment.instruments.reading import Instruments, load_instruments
from assessment.templates.form import COLUMNS, FIRST_PERSON_ROW, PEOPLE, is_observation_form, read_observation_form
from assessment.templates.workbooks import FORM, write_templates


@pytest.fixture(scope="module")
def instruments() -> Instruments:
    loaded, problems = load_instruments()
    assert loaded is not None, problems
    return loaded


@pytest.fixture(scope="module")
def blank(instruments: Instruments, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("form")
    write_templates(folder, instruments, "ru")
    return folder / FORM


@pytest.fixture
def filled(blank: Path, tmp_path: Path) -> Path:
    """A form filled in by hand, and a copy of its sheet for the next observer."""
    book = load_workbook(blank)
    sheet = book.worksheets[0]
    for row, value in zip(range(3, 8), ("T1", "G07", "game", "O02", dt.date(2026, 3, 12)), strict=True):
        sheet.cell(row, 2, value)
    sheet.cell(FIRST_PERSON_ROW, 1, "0012")
    sheet.cell(FIRST_PERSON_ROW, 2, "Иванова")
    sheet.cell(FIRST_PERSON_ROW, 3, 4)
    sheet.cell(FIRST_PERSON_ROW, 4, "Н/н")
    sheet.cell(FIRST_PERSON_ROW, 5, "6")
    sheet.cell(FIRST_PERSON_ROW, 11, "Инициатор")
    sheet.cell(FIRST_PERSON_ROW, 12, "critic")
    sheet.cell(FIRST_PERSON_ROW + 1, 1, "P9")
    sheet.cell(FIRST_PERSON_ROW + 1, 11, "Аналитик")
    sheet.cell(FIRST_PERSON_ROW + 2, 3, 5)  # nobody's rating
    facts = FIRST_PERSON_ROW + PEOPLE + 2
    sheet.cell(facts, 1, "0012")
    sheet.cell(facts, 2, "Ведёт группу")
    sheet.cell(facts, 3, "распределила задачи")
    other = book.copy_worksheet(sheet)
    other["B6"] = "O03"
    other.cell(FIRST_PERSON_ROW, 3, 2.0)
    book.save(tmp_path / "filled.xlsx")
    return tmp_path / "filled.xlsx"


def test_a_form_is_known_by_its_marker(blank: Path, tmp_path: Path) -> None:
    assert is_observation_form(blank)
    Workbook().save(tmp_path / "other.xlsx")
    assert not is_observation_form(tmp_path / "other.xlsx")


def test_a_form_is_printed_across_on_one_page_width(blank: Path) -> None:
    sheet = load_workbook(blank).worksheets[0]
    assert sheet.page_setup.orientation == "landscape"
    assert str(sheet.page_setup.paperSize) == "9"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0  # as many pages down as it takes


def test_a_form_names_behaviours_in_words_and_codes(blank: Path, instruments: Instruments) -> None:
    sheet = load_workbook(blank).worksheets[0]
    codes = [cell.value for cell in sheet[9]]
    assert codes == ["person_id", "who", *instruments.observation.behaviours, "position_primary", "position_secondary"]
    assert sheet["C10"].value == "Ведёт группу"


def test_the_anchors_of_every_behaviour_stand_on_the_second_sheet(blank: Path, instruments: Instruments) -> None:
    cells = {cell.value for row in load_workbook(blank).worksheets[1] for cell in row}
    for seen in instruments.observation.behaviours.values():
        assert {anchor["ru"] for anchor in seen.anchors.values()} <= cells
    assert {position.sign["ru"] for position in instruments.observation.positions.values()} <= cells


def test_an_empty_form_gives_no_ratings(blank: Path, instruments: Instruments) -> None:
    table = read_observation_form(blank, instruments)
    assert list(table.columns) == [*COLUMNS, "source_sheet", "source_row"]
    assert table.empty


def test_columns_are_those_of_the_table_of_observations(instruments: Instruments) -> None:
    assert [column.name for column in instruments.dictionary.tables["observations"].columns] == list(COLUMNS)


def test_a_filled_form_becomes_one_row_a_person_and_behaviour(filled: Path, instruments: Instruments) -> None:
    table = read_observation_form(filled, instruments)
    first = table[table["observer_id"] == "O02"]
    assert first[["person_id", "behaviour_id", "rating", "not_observed"]].values.tolist() == [
        ["0012", "ob_lead", "4", "0"],
        ["0012", "ob_integrate", "", "1"],
        ["0012", "ob_ideas", "6", "0"],
        ["P9", "ob_lead", "", "1"],
    ]
    assert set(first["event_id"]) == {"T1"}
    assert set(first["group_id"]) == {"G07"}
    assert set(first["activity_id"]) == {"game"}
    assert first["source_row"].tolist() == [FIRST_PERSON_ROW] * 3 + [FIRST_PERSON_ROW + 1]


def test_positions_are_known_by_name_or_id(filled: Path, instruments: Instruments) -> None:
    table = read_observation_form(filled, instruments)
    held = table[table["person_id"] == "0012"][["position_primary", "position_secondary"]].drop_duplicates()
    assert held.values.tolist() == [["initiator", "critic"]]
    assert set(table[table["person_id"] == "P9"]["position_primary"]) == {"analyst"}
    assert "Инициатор" in set(read_observation_form(filled)["position_primary"])


def test_facts_stand_beside_the_rating_they_explain(filled: Path, instruments: Instruments) -> None:
    table = read_observation_form(filled, instruments)
    told = table[table["evidence"] != ""]
    assert set(told["behaviour_id"]) == {"ob_lead"}
    assert set(told["evidence"]) == {"распределила задачи"}


def test_a_copied_sheet_is_the_form_of_the_next_observer(filled: Path, instruments: Instruments) -> None:
    table = read_observation_form(filled, instruments)
    second = table[table["observer_id"] == "O03"]
    assert len(second) == 4
    assert second["rating"].iloc[0] == "2"
    assert table["source_sheet"].nunique() == 2


def test_nothing_of_a_persons_name_is_read(filled: Path, instruments: Instruments) -> None:
    assert not (read_observation_form(filled, instruments) == "Иванова").any().any()


def test_a_form_without_an_event_has_its_date_for_one(filled: Path, instruments: Instruments) -> None:
    book = load_workbook(filled)
    book.worksheets[0]["B3"] = None
    book.save(filled)
    assert "2026-03-12" in set(read_observation_form(filled, instruments)["event_id"])
