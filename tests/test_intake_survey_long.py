"""A long survey gives what a wide one gives; rows that cannot be used are named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fixture_folder import BATTERY, PEOPLE, Rows, found, notable, one, read, sound_tables


def long_rows(people: list[str] = PEOPLE) -> Rows:
    wide = {p: row for p, row in zip(PEOPLE, sound_tables()["survey_wide"], strict=True) if p in people}
    skip = ("token", "started_at", "submitted_at", "language", "duration_s")
    return [
        {"person_id": p, "item_id": k, "value": v} for p, row in wide.items() for k, v in row.items() if k not in skip
    ]


def as_long(*changes: dict[str, Any], first: dict[str, Any] | None = None) -> Any:
    def change(tables: dict[str, Any]) -> None:
        del tables["survey_wide"], tables["tokens"]
        tables["survey_long"] = [*long_rows(), *changes]
        tables["survey_long"][0].update(first or {})

    return change


def test_a_long_survey_gives_the_same_tables(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    wide, long = read(tmp_path / "a").campaign, read(tmp_path / "b", as_long())
    assert notable(long) == []
    assert wide is not None
    assert long.campaign is not None
    for name in ("answers", "situations", "conditions"):
        assert getattr(wide, name).equals(getattr(long.campaign, name)), name
    assert list(long.campaign.submissions.index) == PEOPLE


END = len(long_rows()) + 2


@pytest.mark.parametrize(
    ("row", "code", "column", "value"),
    [
        ({"person_id": "P999", "item_id": "sc1", "value": 3}, "person_unknown", "person_id", "P999"),
        ({"person_id": "P001", "item_id": "sc99", "value": 3}, "value_not_listed", "item_id", "sc99"),
        ({"person_id": "P001", "item_id": "", "value": 3}, "value_missing", "item_id", ""),
        ({"person_id": "P001", "item_id": "sc1", "value": 3}, "row_double", "item_id", ""),
    ],
)  # fmt: skip
def test_a_long_row_that_cannot_be_used_is_left_out(
    tmp_path: Path, row: dict[str, Any], code: str, column: str, value: str
) -> None:
    intake = read(tmp_path, as_long(row))
    assert one(intake, code) == ("row", "survey_long", END, column, value)


def test_a_long_answer_off_the_scale_is_missing(tmp_path: Path) -> None:
    intake = read(tmp_path, as_long(first={"value": "9"}))
    assert one(intake, "answer_off_scale") == ("row", "survey_long", 2, "value", "9")


def test_the_latest_wave_of_a_person_counts(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        as_long()(tables)
        rows = tables["survey_long"]
        for row in rows:
            row["wave"] = 1
        rows += [
            {**row, "wave": 2, "value": 5}
            for row in rows
            if row["person_id"] == "P001" and row["item_id"] in ("sc1", "sc2")
        ]

    intake = read(tmp_path, change)
    assert notable(intake) == []
    assert one(intake, "earlier_waves")[:2] == ("note", "survey_long")
    assert intake.campaign is not None
    assert intake.campaign.answers.loc["P001"].count() == 2
    assert intake.campaign.answers.loc["P002"].count() == len(BATTERY.ordinal_ids)


def test_another_version_of_the_battery_is_noted(tmp_path: Path) -> None:
    intake = read(tmp_path, as_long(first={"battery_version": "0.9"}))
    assert found(intake, "battery_version_differs")[0].params == {"n": 1, "version": "1.0"}


def test_both_surveys_are_joined_where_people_differ(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        tables["survey_wide"] = tables["survey_wide"][:5]
        tables["survey_long"] = long_rows(PEOPLE[4:])

    intake = read(tmp_path, change)
    assert one(intake, "answers_in_both_surveys") == ("row", "survey_long", 2, "person_id", "P005")
    assert intake.campaign is not None
    assert list(intake.campaign.answers.index) == PEOPLE
    assert intake.campaign.situations.loc["P008", "sj1_most"] == "a"
