"""The staff list: ids, second employments, dismissed people, names apart; tokens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fixture_folder import PEOPLE, found, notable, one, read

from assessment.intake.people import derived_id, level_of, looks_like_a_name


def without_ids(tables: dict[str, Any]) -> None:
    """Staff without ids; every other table names people by personnel number."""
    numbers = {row["person_id"]: row["personnel_no"] for row in tables["staff"]}
    for row in tables["staff"]:
        del row["person_id"]
    places = {name: ["person_id"] for name in ("tokens", "observations", "attendance", "interviews")}
    for name, columns in {**places, "sociometry": ["chooser_id", "chosen_id"]}.items():
        for row in tables[name]:
            row.update({column: numbers[row[column]] for column in columns})


def test_names_stay_out_of_the_working_table(tmp_path: Path) -> None:
    intake = read(tmp_path)
    assert intake.campaign is not None
    for name, table in intake.campaign.tables().items():
        if name != "names":
            assert "Фамилия1" not in table.reset_index().to_csv()
    assert intake.campaign.names.loc["P002", "full_name"] == "Имя1 Фамилия1"


def test_names_in_three_columns_become_one(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        for row in tables["staff"]:
            del row["full_name"]
            row.update({"Фамилия": "Иванова", "Имя": "Мария", "Отчество": "Петровна"})

    intake = read(tmp_path, change)
    assert intake.campaign is not None
    assert intake.campaign.names.loc["P001", "full_name"] == "Иванова Мария Петровна"
    assert "Иванова" not in intake.campaign.staff.to_csv()


def test_without_ids_they_come_from_organisation_and_number(tmp_path: Path) -> None:
    intake = read(tmp_path, without_ids)
    assert notable(intake) == []
    assert one(intake, "ids_derived")[:2] == ("note", "staff")
    assert intake.campaign is not None
    expected = sorted(derived_id("ADM", f"0000-{n:05d}") for n in range(len(PEOPLE)))
    assert list(intake.campaign.staff.index) == expected
    assert set(intake.campaign.observations["person_id"]) <= set(expected)
    assert len(intake.campaign.answers) == len(PEOPLE)


def test_derived_ids_do_not_hang_on_the_order_of_rows(tmp_path: Path) -> None:
    def turned(tables: dict[str, Any]) -> None:
        without_ids(tables)
        tables["staff"].reverse()

    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, second = read(tmp_path / "a", without_ids).campaign, read(tmp_path / "b", turned).campaign
    assert first is not None
    assert second is not None
    assert first.staff.equals(second.staff)
    assert first.answers.equals(second.answers)


def test_one_number_in_two_organisations_is_two_people() -> None:
    assert derived_id("ADM", "00123") != derived_id("MBU", "00123")
    assert derived_id("ADM", "00123") != derived_id("ADM", "123")


def test_tables_may_name_people_by_a_column_of_numbers(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        without_ids(tables)
        for row in tables["attendance"]:
            row["Табельный номер"], row["Организация"] = row.pop("person_id"), "ADM"
        tables["attendance"][0]["Табельный номер"] = "0000-99999"

    intake = read(tmp_path, change)
    assert one(intake, "person_unknown") == ("row", "attendance", 2, "person_id", "ADM/0000-99999")
    assert intake.campaign is not None
    assert len(intake.campaign.attendance) == 4


def test_neither_id_nor_number_stops(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        for row in tables["staff"]:
            del row["person_id"], row["personnel_no"]

    assert one(read(tmp_path, change), "column_missing")[:4] == ("stop", "staff", 1, "person_id")


def test_an_empty_id_costs_the_row(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda tables: tables["staff"][7].update(person_id=" "))
    assert one(intake, "id_missing") == ("row", "staff", 9, "person_id", "")
    assert [(p.table, p.row, p.value) for p in found(intake, "person_unknown")] == [("tokens", 9, "P008")]
    assert one(intake, "token_unknown") == ("row", "survey_wide", 9, "token", "T7")


def test_an_equal_row_is_a_double(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda tables: tables["staff"].append(dict(tables["staff"][0])))
    assert one(intake, "row_double_person") == ("row", "staff", 10, "person_id", "P001")
    assert found(intake, "row_double_person")[0].params["first"] == 2


@pytest.mark.parametrize(
    ("second", "unit"),
    [
        ({"unit": "U9", "rate": "0,5"}, "U0"), ({"unit": "U9", "rate": "1,5"}, "U9"),
        ({"unit": "U9", "rate": ""}, "U0"),
        ({"unit": "U9", "org_id": "MBU"}, "U0"),
    ],
)  # fmt: skip
def test_a_second_employment_is_no_double(tmp_path: Path, second: dict[str, str], unit: str) -> None:
    intake = read(tmp_path, lambda tables: tables["staff"].append({**tables["staff"][0], **second}))
    assert notable(intake) == []
    assert one(intake, "second_employment") == ("note", "staff", 10, "person_id", "P001")
    assert intake.campaign is not None
    assert intake.campaign.staff.loc["P001", "unit"] == unit


def test_the_main_employment_counts_before_the_larger_rate(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        for row in tables["staff"]:
            row["Вид занятости"] = "Основное место работы"
        tables["staff"].insert(
            0, {**tables["staff"][0], "unit": "U9", "rate": "1,5", "Вид занятости": "Внешнее совместительство"}
        )

    intake = read(tmp_path, change)
    assert notable(intake) == []
    assert intake.campaign is not None
    assert intake.campaign.staff.loc["P001", "unit"] == "U0"
    assert intake.campaign.staff.loc["P001", "employment"] == "main"


def test_one_id_of_two_people_is_named_without_the_names(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda t: t["staff"].append({**t["staff"][0], "full_name": "Другой Человек", "unit": "U9"}))
    assert one(intake, "id_of_two_people") == ("row", "staff", 10, "person_id", "P001")
    assert "Другой" not in repr(intake.problems)


def test_dismissed_people_take_no_part(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda tables: tables["staff"][6].update(status="Увольнение"))
    assert one(intake, "person_dismissed") == ("row", "staff", 8, "status", "P007")
    assert intake.campaign is not None
    assert "P007" not in intake.campaign.staff.index
    assert "P007" not in intake.campaign.answers.index


def test_somebody_dismissed_from_one_of_two_posts_stays(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda t: t["staff"].append({**t["staff"][0], "status": "Уволен", "unit": "U9"}))
    assert one(intake, "person_dismissed")[2] == 10
    assert intake.campaign is not None
    assert intake.campaign.staff.loc["P001", "unit"] == "U0"


def test_long_leave_is_flagged_without_its_reason(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        tables["staff"][0]["status"] = "Отпуск по уходу за ребёнком"
        tables["staff"][1]["status"] = "Болезнь"

    intake = read(tmp_path, change)
    assert one(intake, "person_on_leave") == ("note", "staff", 2, "status", "P001")
    assert intake.campaign is not None
    assert intake.campaign.staff["status"].tolist()[:3] == ["long_leave", "absent", "Работа"]
    assert "ребёнком" not in repr(intake.problems)


@pytest.mark.parametrize(
    ("position", "level"),
    [
        ("Глава администрации", "head"), ("Директор МБУ", "head"), ("Заместитель главы администрации", "deputy_head"),
        ("Заместитель начальника отдела", "lead"), ("Начальник отдела", "head_of_unit"),
        ("И.о. начальника отдела", "head_of_unit"),
        ("Заведующая сектором", "head_of_unit"), ("Руководитель аппарата", "head"), ("Ведущий специалист", "lead"),
        ("Главный бухгалтер", "lead"), ("Консультант", "specialist"), ("Head of unit", "head_of_unit"),
        ("Начальница", "head_of_unit"), ("Делопроизводитель", "specialist"),
    ],
)  # fmt: skip
def test_the_level_comes_from_the_words_of_the_post(position: str, level: str) -> None:
    assert level_of(position) == level


def test_a_given_level_stays_and_empty_ones_are_derived(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        for row in tables["staff"]:
            row["level"] = ""
        tables["staff"][0]["level"] = "head"
        tables["staff"][1]["level"] = "Начальник отдела"

    intake = read(tmp_path, change)
    assert one(intake, "levels_derived")[0] == "note"
    assert found(intake, "levels_derived")[0].params["n"] == 6
    assert intake.campaign is not None
    assert intake.campaign.staff["level"].tolist()[:3] == ["head", "head_of_unit", "specialist"]


def test_an_unknown_person_costs_the_row_in_every_table(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        tables["tokens"][0]["person_id"] = "P999"
        tables["observations"][1]["person_id"] = "p001"
        tables["sociometry"][2]["chosen_id"] = "P999"
        tables["sociometry"][0]["chooser_id"] = "P998"
        tables["attendance"][3]["person_id"] = "P999"
        tables["interviews"][1]["person_id"] = "P999"

    intake = read(tmp_path, change)
    assert [(p.severity, p.table, p.row, p.column, p.value) for p in found(intake, "person_unknown")] == [
        ("row", "tokens", 2, "person_id", "P999"), ("row", "observations", 3, "person_id", "p001"),
        ("row", "sociometry", 2, "chooser_id", "P998"), ("row", "sociometry", 4, "chosen_id", "P999"),
        ("row", "attendance", 5, "person_id", "P999"), ("row", "interviews", 3, "person_id", "P999"),
    ]  # fmt: skip


def test_a_name_in_place_of_an_id_is_not_repeated(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda tables: tables["sociometry"][0].update(chosen_id="Иванова Мария Петровна"))
    assert one(intake, "person_named") == ("row", "sociometry", 2, "chosen_id", "")


@pytest.mark.parametrize(
    ("text", "named"), [("Иванова М.П.", True), ("a@b.ru", True), ("P001", False), ("ADM/001", False)]
)
def test_names_are_told_from_ids(text: str, named: bool) -> None:
    assert looks_like_a_name(text) == named
