"""Which column of a file is which column of the dictionary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fixture_folder import INSTRUMENTS, found, notable, one, read
from hypothesis import given
from hypothesis import strategies as st

from assessment.intake.headers import fold, is_personal


def rename(table: str, **names: str) -> Any:
    def change(tables: dict[str, Any]) -> None:
        tables[table] = [{names.get(key, key): value for key, value in row.items()} for row in tables[table]]

    return change


@pytest.mark.parametrize(
    ("written", "folded"),
    [(" Таб. №\n", "таб no"), ("Дата приёма", "дата приема"), ("PERSON_ID", "person id"), ("\ufeffФ.И.О.", "фио")],
)
def test_headings_are_compared_folded(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_russian_headings_of_an_hr_program_are_known(tmp_path: Path) -> None:
    names = {"person_id": "Код участника", "personnel_no": "Таб. №", "full_name": "Ф.И.О.", "org_id": " ОРГАНИЗАЦИЯ ",
             "unit": "Структурное  подразделение", "position": "Должность", "birth_year": "Дата рождения",
             "gender": "Пол",
             "rate": "Количество ставок", "status": "Состояние", "org_type": "Вид организации"}  # fmt: skip
    intake = read(tmp_path, rename("staff", **names))
    assert notable(intake) == []
    assert intake.campaign is not None
    assert {"unit", "position", "gender", "birth_year"} <= set(intake.campaign.staff.columns)
    assert set(intake.campaign.names.columns) == {"full_name", "personnel_no"}


def test_russian_headings_of_ratings_are_known(tmp_path: Path) -> None:
    names = {"event_id": "Мероприятие", "group_id": "№ группы", "activity_id": "Упражнение",
             "observer_id": "Наблюдатель",
             "behaviour_id": "Показатель", "rating": "Балл", "not_observed": "н/н", "evidence": "Факт"}  # fmt: skip
    assert notable(read(tmp_path, rename("observations", **names))) == []


def test_two_headings_for_one_column_stop(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda tables: [row.update({"Подразделение": "U9"}) for row in tables["staff"]])
    assert one(intake, "column_twice") == ("stop", "staff", 1, "unit", "unit | Подразделение")
    assert intake.campaign is None


def test_the_same_heading_twice_stops(tmp_path: Path) -> None:
    text = "event_id,group_id,person_id,present_share,Group_ID\nE1,G1,P001,1,G2\n"
    intake = read(tmp_path, lambda tables: (tables.pop("attendance"), tables.update({"attendance.csv": text})))
    assert one(intake, "column_twice") == ("stop", "attendance", 1, "group_id", "group_id | Group_ID")


@pytest.mark.parametrize(
    ("table", "column", "written", "near"),
    [
        ("observations", "behaviour_id", "behavior_id", True), ("observations", "rating", "mark", False),
        ("sociometry", "chosen_id", "choosen_id", True), ("interviews", "rating_initial", "rating_inital", True),
        ("tokens", "token", "zzz", False), ("attendance", "present_share", "present_shar", True),
    ],
)  # fmt: skip
def test_a_missing_compulsory_column_stops_and_names_the_nearest(
    tmp_path: Path, table: str, column: str, written: str, near: bool
) -> None:
    intake = read(tmp_path, rename(table, **{column: written}))
    code = "column_missing_near" if near else "column_missing"
    assert one(intake, code) == ("stop", table, 1, column, "")
    if near:
        assert found(intake, code)[0].params["nearest"] == written
    assert intake.campaign is None


def test_every_missing_column_is_named_at_once(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        tables["attendance"] = [{"person_id": "P001"}]
        tables["sociometry"] = [{"chooser_id": "P001"}]

    stops = [(p.table, p.column) for p in read(tmp_path, change).problems if p.severity == "stop"]
    assert stops == [
        ("sociometry", "chosen_id"), ("sociometry", "event_id"), ("sociometry", "question_id"),
        ("attendance", "event_id"),
        ("attendance", "group_id"), ("attendance", "present_share"),
    ]  # fmt: skip


def test_an_unknown_column_is_kept_in_staff_and_noted_elsewhere(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        for n, row in enumerate(tables["staff"]):
            row.update({"Этаж": f"{n},5", "Код корпуса": f"0{n}", "Смена": "1" if n else "н/д"})
        tables["attendance"][0]["weather"] = "sun"

    intake = read(tmp_path, change)
    assert [(p.severity, p.column) for p in found(intake, "column_kept")] == [
        ("note", "Код корпуса"), ("note", "Смена"), ("note", "Этаж"),
    ]  # fmt: skip
    assert one(intake, "column_unknown")[:4] == ("note", "attendance", 1, "weather")
    assert intake.campaign is not None
    staff = intake.campaign.staff
    assert staff["Этаж"].tolist()[:2] == [0.5, 1.5]
    assert staff["Код корпуса"].tolist()[:2] == ["00", "01"]
    assert staff["Смена"].isna().tolist()[:2] == [True, False]


@pytest.mark.parametrize(
    "heading",
    ["СНИЛС", "инн", "Паспорт", "Адрес по прописке", "Паспорт серия и номер", "Телефон", "E-mail личный", "Отчество"],
)
def test_personal_columns_are_dropped_without_their_values(tmp_path: Path, heading: str) -> None:
    intake = read(tmp_path, lambda tables: [row.update({heading: "112-233-445 95"}) for row in tables["staff"]])
    assert intake.campaign is not None
    assert one(intake, "column_dropped") == ("note", "staff", 1, heading, "")
    assert heading not in intake.campaign.staff.columns
    assert "112-233-445" not in repr(intake.problems)


def test_an_alias_is_no_personal_column() -> None:
    assert INSTRUMENTS is not None
    assert is_personal("Адрес проживания", INSTRUMENTS.dictionary)
    assert not is_personal("Адресат", INSTRUMENTS.dictionary)


def test_columns_without_a_heading_are_named_by_their_letter(tmp_path: Path) -> None:
    text = "event_id,group_id,person_id,present_share,\nE1,G1,P001,1,what\n"
    intake = read(tmp_path, lambda tables: (tables.pop("attendance"), tables.update({"attendance.csv": text})))
    assert one(intake, "column_unnamed")[:2] == ("note", "attendance")
    assert found(intake, "column_unnamed")[0].params["letters"] == "E"
