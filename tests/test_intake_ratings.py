"""Ratings, choices, attendance, interviews: what is left out, and where it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fixture_folder import choice, found, interview, notable, observation, one, read


def more(table: str, *rows: dict[str, Any]) -> Any:
    return lambda tables: tables[table].extend(rows)


@pytest.mark.parametrize(
    ("row", "code", "column", "value"),
    [
        (observation("P005", rating=6), "value_not_allowed", "rating", "6"),
        (observation("P005", rating=0), "value_not_allowed", "rating", "0"),
        (observation("P005", rating="4,5"), "value_unreadable", "rating", "4,5"),
        (observation("P005", rating="good"), "value_unreadable", "rating", "good"),
        (observation("P005", behaviour_id="ob_leed"), "value_not_listed", "behaviour_id", "ob_leed"),
        (observation("P005", not_observed=1), "rating_and_not_observed", "rating", "4"),
        (observation("P005", rating=""), "value_missing", "rating", ""),
        (observation("P005", observer_id=""), "value_missing", "observer_id", ""),
        (observation("P005", not_observed="кто знает"), "value_unreadable", "not_observed", "кто знает"),
    ],
)  # fmt: skip
def test_a_rating_that_cannot_be_used_is_left_out(
    tmp_path: Path, row: dict[str, Any], code: str, column: str, value: str
) -> None:
    intake = read(tmp_path, more("observations", row))
    assert one(intake, code)[:4] == ("row", "observations", 10, column)
    assert one(intake, code)[4] in (value, value.removesuffix(".0"))
    assert intake.campaign is not None
    assert len(intake.campaign.observations) == 8


def test_an_unknown_behaviour_names_the_nearest(tmp_path: Path) -> None:
    intake = read(tmp_path, more("observations", observation("P005", behaviour_id="ob_leed")))
    assert found(intake, "value_not_listed")[0].params["nearest"] == "ob_lead"


def test_an_unknown_position_costs_only_the_cell(tmp_path: Path) -> None:
    intake = read(tmp_path, more("observations", observation("P005", position_primary="boss")))
    assert one(intake, "cell_not_listed_far") == ("row", "observations", 10, "position_primary", "boss")
    assert intake.campaign is not None
    assert len(intake.campaign.observations) == 9


def test_behaviours_and_positions_may_be_given_by_name(tmp_path: Path) -> None:
    row = observation("P005", behaviour_id="Ведёт группу", position_primary="Аналитик")
    intake = read(tmp_path, more("observations", row))
    assert notable(intake) == []
    assert intake.campaign is not None
    last = intake.campaign.observations.query("person_id == 'P005'").iloc[0]
    assert (last["behaviour_id"], last["position_primary"]) == ("ob_lead", "analyst")


@pytest.mark.parametrize("word", ["н/н", "NO", "Не наблюдалось"])
def test_not_observed_may_stand_in_the_column_of_ratings(tmp_path: Path, word: str) -> None:
    intake = read(tmp_path, more("observations", observation("P005", rating=word, not_observed="")))
    assert notable(intake) == []
    assert intake.campaign is not None
    last = intake.campaign.observations.query("person_id == 'P005'").iloc[0]
    assert last["not_observed"]
    assert last["rating"] != last["rating"]


def test_a_rating_equal_in_all_keys_counts_once(tmp_path: Path) -> None:
    intake = read(
        tmp_path, more("observations", observation("P001", rating=2), observation("P001", rating=2, activity_id="B"))
    )
    assert one(intake, "row_double")[:3] == ("row", "observations", 10)
    assert found(intake, "row_double")[0].params["first"] == 2
    assert intake.campaign is not None
    kept = intake.campaign.observations.query("person_id == 'P001' and observer_id == 'O1'")
    assert kept["rating"].tolist() == [4, 2]


def test_ratings_without_an_activity_can_be_equal_too(tmp_path: Path) -> None:
    rows = [observation("P005", activity_id=""), observation("P005", activity_id="", rating=1)]
    assert one(read(tmp_path, more("observations", *rows)), "row_double")[2] == 11


def test_extreme_ratings_without_a_fact_are_counted(tmp_path: Path) -> None:
    rows = [
        observation("P005", rating=5),
        observation("P006", rating=1),
        observation("P007", rating=1, evidence="said so"),
    ]
    intake = read(tmp_path, more("observations", *rows))
    assert notable(intake) == []
    assert found(intake, "evidence_missing")[0].params["n"] == 2


def test_without_the_column_an_empty_rating_is_not_observed(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        for row in tables["observations"]:
            del row["not_observed"]
        tables["observations"][0]["rating"] = ""

    intake = read(tmp_path, change)
    assert notable(intake) == []
    assert found(intake, "rating_empty")[0].params["n"] == 1
    assert intake.campaign is not None
    assert intake.campaign.observations["not_observed"].sum() == 1


def test_ratings_without_their_column_stop(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        for row in tables["observations"]:
            del row["rating"]

    assert one(read(tmp_path, change), "column_missing")[:4] == ("stop", "observations", 1, "rating")


@pytest.mark.parametrize(
    ("rows", "code", "row", "column", "value"),
    [
        ([choice("P001", "P001")], "choice_of_oneself", 6, "chosen_id", "P001"),
        ([choice("P001", "P003", question_id="so_best")], "value_not_listed", 6, "question_id", "so_best"),
        ([choice("P001", "P002")], "row_double", 6, "", ""),
        ([choice("P006", "P002", group_id="")], "value_missing", 6, "group_id", ""),
        ([choice("P001", p, order=n) for n, p in enumerate(["P003", "P004", "P005"], 2)], "choice_beyond_maximum", 8,
        "chosen_id", "P005"),
        ([choice("P001", p, order=n) for n, p in zip((9, 2, 3), ["P003", "P004", "P005"], strict=True)],
         "choice_beyond_maximum", 6, "chosen_id", "P003"),
    ],
)  # fmt: skip
def test_a_choice_that_cannot_be_used_is_left_out(
    tmp_path: Path, rows: list[dict[str, Any]], code: str, row: int, column: str, value: str
) -> None:
    assert one(read(tmp_path, more("sociometry", *rows)), code) == ("row", "sociometry", row, column, value)


def test_three_choices_on_each_question_are_allowed(tmp_path: Path) -> None:
    rows = [
        choice("P005", p, question_id=q)
        for q in ("so_team", "so_advice", "so_change")
        for p in ("P001", "P002", "P003")
    ]
    assert notable(read(tmp_path, more("sociometry", *rows))) == []


def test_the_group_of_a_choice_may_come_from_attendance(tmp_path: Path) -> None:
    intake = read(tmp_path, more("sociometry", choice("P005", "P002", group_id="")))
    assert notable(intake) == []
    assert intake.campaign is not None
    assert set(intake.campaign.sociometry["group_id"]) == {"G1"}


def test_a_question_for_the_whole_municipality_needs_no_group(tmp_path: Path) -> None:
    intake = read(tmp_path, more("sociometry", choice("P006", "P002", group_id="", question_id="so_advice")))
    assert notable(intake) == []


def test_a_share_above_one_is_left_out(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda tables: tables["attendance"][0].update(present_share="1,5"))
    assert one(intake, "value_not_allowed") == ("row", "attendance", 2, "present_share", "1,5")


def test_attendance_counts_once(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda tables: tables["attendance"].append({**tables["attendance"][0], "present_share": 0}))
    assert one(intake, "row_double")[:3] == ("row", "attendance", 7)


@pytest.mark.parametrize(
    ("row", "code", "column", "value"),
    [
        (interview("P003", rating_initial=6), "value_not_allowed", "rating_initial", "6"),
        (interview("P003", rating_initial="4,5"), "value_unreadable", "rating_initial", "4,5"),
        (interview("P003", rating_initial=""), "value_missing", "rating_initial", ""),
        (interview("P003", rating_final=9), "value_not_allowed", "rating_final", "9"),
        (interview("P003", competency_id="iv_overcame"), "value_not_listed", "competency_id", "iv_overcame"),
        (interview("P003", question="future"), "value_not_allowed", "question", "future"),
        (interview("P003", interviewer_id=""), "value_missing", "interviewer_id", ""),
    ],
)  # fmt: skip
def test_an_interview_rating_that_cannot_be_used_is_left_out(
    tmp_path: Path, row: dict[str, Any], code: str, column: str, value: str
) -> None:
    intake = read(tmp_path, more("interviews", row))
    assert one(intake, code) == ("row", "interviews", 6, column, value)
    assert intake.campaign is not None
    assert len(intake.campaign.interviews) == 4


def test_the_final_rating_counts_where_it_is_given(tmp_path: Path) -> None:
    rows = [interview("P003", rating_final=5), interview("P004", rating_initial="", rating_final=2)]
    intake = read(tmp_path, more("interviews", *rows))
    assert notable(intake) == []
    assert intake.campaign is not None
    ratings = intake.campaign.interviews.set_index("person_id")["rating"]
    assert (ratings["P003"], ratings["P004"]) == (5, 2)
    assert set(ratings["P001"]) == {3}


def test_with_a_final_rating_an_unusable_first_one_costs_only_the_cell(tmp_path: Path) -> None:
    intake = read(tmp_path, more("interviews", interview("P003", rating_initial=8, rating_final=4)))
    assert one(intake, "cell_not_allowed") == ("row", "interviews", 6, "rating_initial", "8")
    assert intake.campaign is not None
    assert len(intake.campaign.interviews) == 5


def test_an_interview_rating_equal_in_person_interviewer_competency_and_question_counts_once(tmp_path: Path) -> None:
    rows = [interview("P001", rating_initial=5), interview("P001", question="situational")]
    intake = read(tmp_path, more("interviews", *rows))
    assert one(intake, "row_double")[:3] == ("row", "interviews", 6)


def test_unknown_knock_outs_and_roles_cost_only_the_cell(tmp_path: Path) -> None:
    row = interview("P003", knock_outs="kc_manager;kc_mood", role_fit="boss", recommendation="maybe")
    intake = read(tmp_path, more("interviews", row))
    assert {(p.column, p.row) for p in intake.problems if p.severity == "row"} == {
        ("knock_outs", 6), ("role_fit", 6), ("recommendation", 6),
    }  # fmt: skip
    assert intake.campaign is not None
    assert len(intake.campaign.interviews) == 5


def test_several_knock_outs_stay(tmp_path: Path) -> None:
    intake = read(
        tmp_path, more("interviews", interview("P003", knock_outs="kc_manager; kc_will", role_fit="Коммуникатор"))
    )
    assert notable(intake) == []
    assert intake.campaign is not None
    last = intake.campaign.interviews.query("person_id == 'P003'").iloc[0]
    assert (last["knock_outs"], last["role_fit"]) == ("kc_manager;kc_will", "communicator")
