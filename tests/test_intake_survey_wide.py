"""Wide and long surveys: answers in every form, submissions, what is missing and what is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fixture_folder import BATTERY, INSTRUMENTS, PEOPLE, found, notable, one, read

assert INSTRUMENTS is not None


def survey(person: int, **changes: Any) -> Any:
    return lambda tables: tables["survey_wide"][person].update(changes)


def test_an_answer_off_the_scale_costs_only_the_cell(tmp_path: Path) -> None:
    intake = read(tmp_path, survey(2, sc2="7"))
    assert one(intake, "answer_off_scale") == ("row", "survey_wide", 4, "sc2", "7")
    assert intake.campaign is not None
    row = intake.campaign.answers.loc["P003"]
    assert np.isnan(row["sc2"])
    assert row.notna().sum() == len(BATTERY.ordinal_ids) - 1


def test_an_answer_that_is_no_answer_costs_only_the_cell(tmp_path: Path) -> None:
    intake = read(tmp_path, survey(0, pa1="наверное"))
    assert one(intake, "answer_unreadable") == ("row", "survey_wide", 2, "pa1", "наверное")


def test_most_and_least_alike_are_both_missing(tmp_path: Path) -> None:
    intake = read(tmp_path, survey(1, sj2_most="c", sj2_least="c"))
    assert one(intake, "most_is_least") == ("row", "survey_wide", 3, "sj2_most", "c")
    assert intake.campaign is not None
    assert intake.campaign.situations.loc["P002", ["sj2_most", "sj2_least"]].isna().all()


def test_more_wishes_than_asked_are_cut(tmp_path: Path) -> None:
    intake = read(tmp_path, survey(0, lg3="change_leader;communicator;people_hr;domain_expert"))
    assert one(intake, "too_many_options")[:4] == ("row", "survey_wide", 2, "lg3")
    assert intake.campaign is not None
    assert intake.campaign.conditions.loc["P001", "lg3"] == "change_leader;communicator;people_hr"


def test_an_unknown_wish_costs_only_the_cell(tmp_path: Path) -> None:
    intake = read(tmp_path, survey(0, lg1="maybe"))
    assert one(intake, "answer_off_scale") == ("row", "survey_wide", 2, "lg1", "maybe")


def test_person_id_may_stand_in_the_survey_itself(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        del tables["tokens"]
        for row, person in zip(tables["survey_wide"], PEOPLE, strict=True):
            del row["token"]
            row["person_id"] = person
        tables["survey_wide"][3]["person_id"] = "P999"
        tables["survey_wide"][4]["person_id"] = ""

    intake = read(tmp_path, change)
    assert one(intake, "person_unknown") == ("row", "survey_wide", 5, "person_id", "P999")
    assert one(intake, "value_missing") == ("row", "survey_wide", 6, "person_id", "")
    assert intake.campaign is not None
    assert len(intake.campaign.answers) == 6


def test_neither_token_nor_person_stops(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        for row in tables["survey_wide"]:
            row["tokens"] = row.pop("token")

    intake = read(tmp_path, change)
    assert one(intake, "column_missing_near") == ("stop", "survey_wide", 1, "token", "")
    assert found(intake, "column_missing_near")[0].params["nearest"] == "tokens"


def test_token_and_person_must_agree(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        for row, person in zip(tables["survey_wide"], PEOPLE, strict=True):
            row["person_id"] = person
        tables["survey_wide"][0]["person_id"] = "P002"
        tables["survey_wide"][1]["person_id"] = ""

    intake = read(tmp_path, change)
    assert one(intake, "token_of_another") == ("row", "survey_wide", 2, "token", "T0")
    assert intake.campaign is not None
    assert "P002" in intake.campaign.answers.index


def test_an_equal_submission_is_a_double(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda tables: tables["survey_wide"].append(dict(tables["survey_wide"][0])))
    assert one(intake, "row_double") == ("row", "survey_wide", 10, "person_id", "P001")


@pytest.mark.parametrize(
    ("submitted", "lost", "kept"), [("2026-03-02 09:00", 2, 5.0), ("2026-02-28 09:00", 10, 2.0), ("", 10, 2.0)]
)
def test_of_several_submissions_the_latest_finished_one_counts(
    tmp_path: Path, submitted: str, lost: int, kept: float
) -> None:
    row = {"submitted_at": submitted, "sc1": 5}
    intake = read(tmp_path, lambda t: t["survey_wide"].append({**t["survey_wide"][0], **row}))
    assert one(intake, "submission_replaced") == ("row", "survey_wide", lost, "person_id", "P001")
    assert intake.campaign is not None
    assert intake.campaign.answers.loc["P001", "sc1"] == kept


def test_an_unfinished_submission_is_used_and_counted(tmp_path: Path) -> None:
    intake = read(tmp_path, survey(3, submitted_at=""))
    assert notable(intake) == []
    assert one(intake, "submissions_unfinished")[:4] == ("note", "survey_wide", None, "submitted_at")
    assert intake.campaign is not None
    assert len(intake.campaign.answers) == 8


def test_an_impossible_time_costs_only_the_cell(tmp_path: Path) -> None:
    intake = read(tmp_path, survey(3, submitted_at="31.02.2026 10:00", duration_s="долго"))
    assert [(p.row, p.column) for p in found(intake, "cell_unreadable")] == [(5, "duration_s"), (5, "submitted_at")]


def test_seconds_on_an_item_are_kept(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        for row in tables["survey_wide"]:
            row["sc1_t"] = "7,5"
        tables["survey_wide"][0]["sc1_t"] = "-3"

    intake = read(tmp_path, change)
    assert one(intake, "cell_unreadable") == ("row", "survey_wide", 2, "sc1_t", "-3")
    assert intake.campaign is not None
    assert intake.campaign.seconds.columns.tolist() == ["sc1"]
    assert intake.campaign.seconds["sc1"].tolist()[1:] == [7.5] * 7


def test_unknown_columns_are_noted_and_items_without_a_column_listed(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        for row in tables["survey_wide"]:
            row["sc9"] = row.pop("sc5")
            row["favourite colour of all"] = "red"
            row["E-mail"] = "a@b.ru"

    intake = read(tmp_path, change)
    assert notable(intake) == []
    assert [p.column for p in intake.problems if p.code.startswith("column_")] == [
        "E-mail",
        "favourite colour of all",
        "sc9",
    ]
    assert found(intake, "items_without_column")[0].params == {"n": 1, "items": "sc5"}
    assert intake.campaign is not None
    assert intake.campaign.answers["sc5"].isna().all()


def test_a_survey_without_a_question_stops(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda tables: tables.update(survey_wide=[{"token": "T0", "x": 1}]))
    assert one(intake, "survey_without_questions")[:3] == ("stop", "survey_wide", 1)


def test_a_question_twice_stops(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda tables: [row.update({"SC1": 3}) for row in tables["survey_wide"]])
    assert one(intake, "column_twice") == ("stop", "survey_wide", 1, "sc1", "sc1 | SC1")


def test_a_survey_of_strangers_stops(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda tables: [row.update(person_id="x") for row in tables["tokens"]])
    assert one(intake, "survey_without_people")[:2] == ("stop", "survey_wide")


def test_people_without_answers_are_counted(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda tables: tables["survey_wide"].pop())
    assert found(intake, "people_without_answers")[0].params == {"n": 1}
