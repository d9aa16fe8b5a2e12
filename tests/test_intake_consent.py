"""Who is left out of what for want of consent; and that nobody withheld is named anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fixture_folder import (
    PEOPLE,
    all_consents,
    choice,
    consent,
    found,
    interview,
    notable,
    observation,
    one,
    read,
    sound_tables,
)

from assessment.campaign import Intake


def everywhere(intake: Intake) -> str:
    """Everything an output could be made of."""
    assert intake.campaign is not None
    tables = [table.reset_index().to_csv() for table in intake.campaign.tables().values()]
    return "\n".join([*tables, repr(intake.problems), repr(intake.campaign.inputs)])


def with_consents(*changes: dict[str, Any], drop: tuple[tuple[str, str], ...] = ()) -> Any:
    """Everybody agreed but for what is dropped; further rows below."""

    def change(tables: dict[str, Any]) -> None:
        rows = [row for row in all_consents() if (row["person_id"], row["purpose"]) not in drop]
        tables["consents"] = [*rows, *changes]

    return change


def test_without_a_table_everybody_agreed(tmp_path: Path) -> None:
    intake = read(tmp_path)
    assert one(intake, "consents_absent")[:2] == ("note", "consents")
    assert intake.withheld == frozenset()


def test_with_everybody_agreed_nothing_changes(tmp_path: Path) -> None:
    intake = read(tmp_path, with_consents())
    assert notable(intake) == []
    assert intake.campaign is not None
    assert len(intake.campaign.staff) == len(PEOPLE)
    assert len(intake.campaign.consents) == 16


@pytest.mark.parametrize(
    "row",
    [
        consent("P002", given="нет", given_at="2026-03-01"),
        consent("P002", given_at="2026-03-01", withdrawn_at="2026-03-05"),
        consent("P002", withdrawn_at="вчера"), consent("P002", given="нет", given_at="31.02.2026"),
        consent("P002", given="нет", given_at="", text_version=""), consent("P002", withdrawn_at="2099-01-01"),
    ],
)  # fmt: skip
def test_a_refusal_or_withdrawal_takes_the_person_out_of_everything(tmp_path: Path, row: dict[str, Any]) -> None:
    intake = read(tmp_path, with_consents(row))
    assert intake.withheld == {"P002"}
    assert "P002" not in everywhere(intake)
    assert "T1" not in everywhere(intake)


def test_no_row_is_no_consent(tmp_path: Path) -> None:
    intake = read(tmp_path, with_consents(drop=(("P002", "selection"),)))
    assert intake.withheld == {"P002"}
    assert "P002" not in everywhere(intake)
    assert found(intake, "consent_not_given")[0].params == {"n": 1}
    assert one(intake, "consent_not_given")[:2] == ("note", "consents")


def test_consent_given_again_later_counts(tmp_path: Path) -> None:
    again = [consent("P002", given="нет", given_at="2026-03-01"), consent("P002", given_at="2026-03-02")]
    assert read(tmp_path, with_consents(*again)).withheld == frozenset()


def test_at_the_same_moment_the_refusal_counts(tmp_path: Path) -> None:
    assert read(tmp_path, with_consents(consent("P002", given="нет"))).withheld == {"P002"}


def test_what_a_withheld_person_said_of_others_stays_under_another_name(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        with_consents(drop=(("P002", "selection"),))(tables)
        tables["observations"].append(observation("P001", "P002"))
        tables["interviews"].append(interview("P001", "P002"))
        tables["sociometry"] = [choice("P002", "P003"), choice("P001", "P002")]

    intake = read(tmp_path, change)
    assert "P002" not in everywhere(intake)
    assert notable(intake) == []
    assert intake.campaign is not None
    assert intake.campaign.sociometry[["chooser_id", "chosen_id"]].values.tolist() == [["withheld_1", "P003"]]
    assert "withheld_1" in set(intake.campaign.observations["observer_id"])
    assert "withheld_1" in set(intake.campaign.interviews["interviewer_id"])
    assert [(p.table, p.params["n"]) for p in found(intake, "rows_withheld")] == [
        ("survey_wide", 1), ("tokens", 1), ("observations", 2), ("sociometry", 1), ("attendance", 1), ("interviews", 2),
    ]  # fmt: skip


def test_faults_in_rows_of_withheld_people_are_not_listed_and_never_stop(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        with_consents(consent("P002", withdrawn_at="вчера"))(tables)
        tables["staff"][1].update(rate="x", gender="y")
        tables["staff"].append(dict(tables["staff"][1]))
        tables["survey_wide"][1]["sc1"] = "9"
        tables["observations"].append(observation("P002", rating=9))
        tables["interviews"].append(interview("P002", rating_initial=9))

    intake = read(tmp_path, change, strict=True)
    assert notable(intake) == []
    assert "P002" not in everywhere(intake)


def test_a_broken_consent_is_named_by_its_row_alone(tmp_path: Path) -> None:
    row = consent("P002", given_at="31.02.2026")
    intake = read(tmp_path, with_consents(row, drop=(("P002", "selection"),)))
    assert one(intake, "value_unreadable") == ("row", "consents", 17, "given_at", "31.02.2026")
    assert "P002" not in everywhere(intake)


def test_somebody_who_withdrew_and_left_the_staff_list_is_not_named(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        with_consents(consent("P777", given="нет"))(tables)
        tables["observations"].append(observation("P777"))

    intake = read(tmp_path, change)
    assert "P777" not in everywhere(intake)
    assert "P777" in intake.withheld


def test_a_consent_of_somebody_unknown_is_named(tmp_path: Path) -> None:
    intake = read(tmp_path, with_consents(consent("P778")))
    assert one(intake, "person_unknown") == ("row", "consents", 18, "person_id", "P778")


def test_without_consent_to_peer_data_nothing_others_say_is_used(tmp_path: Path) -> None:
    intake = read(tmp_path, with_consents(drop=(("P002", "peer_data"),)))
    assert notable(intake) == []
    assert intake.campaign is not None
    campaign = intake.campaign
    assert "P002" in campaign.staff.index
    assert "P002" not in set(campaign.observations["person_id"])
    assert "P002" not in set(campaign.sociometry["chosen_id"])
    assert "P002" in set(campaign.sociometry["chooser_id"])
    assert "P002" in set(campaign.interviews["person_id"])
    assert [(p.table, p.params["n"]) for p in found(intake, "peer_data_unused")] == [
        ("observations", 2),
        ("sociometry", 1),
    ]


def test_an_unknown_purpose_costs_the_row(tmp_path: Path) -> None:
    intake = read(tmp_path, with_consents(consent("P001", "marketing")))
    assert one(intake, "value_not_allowed") == ("row", "consents", 18, "purpose", "marketing")


def test_an_empty_table_means_nobody_agreed(tmp_path: Path) -> None:
    text = "person_id,purpose,given,given_at,text_version\n"
    intake = read(tmp_path, lambda tables: tables.update({"consents.csv": text}))
    assert one(intake, "nobody_left")[:2] == ("stop", "staff")
    assert intake.campaign is None
    assert "P00" not in repr(intake.problems)


def test_a_missing_column_of_consents_stops(tmp_path: Path) -> None:
    rows = [{"person_id": "P001", "purpose": "selection", "given": "да"}]
    intake = read(tmp_path, lambda tables: tables.update(consents=rows))
    assert [(p.table, p.column) for p in intake.problems if p.severity == "stop"] == [
        ("consents", "given_at"), ("consents", "text_version"),
    ]  # fmt: skip


def test_withheld_people_are_not_shown_by_the_intake(tmp_path: Path) -> None:
    assert "P002" not in repr(read(tmp_path, with_consents(drop=(("P002", "selection"),))).problems)
    assert "P002" in {row["person_id"] for row in sound_tables()["staff"]}


def test_ids_of_withheld_people_are_hidden_in_problems_of_other_rooms(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        with_consents(drop=(("P002", "selection"),))(tables)
        tables["campaign.yaml"] = "shortlist: P002\n"

    intake = read(tmp_path, change)
    assert any(p.severity == "stop" and p.table == "campaign.yaml" for p in intake.problems)
    assert "P002" not in repr(intake.problems)


def test_ids_of_withheld_people_are_hidden_inside_a_longer_value(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        with_consents(drop=(("P002", "selection"),))(tables)
        tables["sociometry"].append(choice("P001", "P002, P003"))

    intake = read(tmp_path, change)
    assert one(intake, "person_unknown")[:4] == ("row", "sociometry", 6, "chosen_id")
    assert "P002" not in repr(intake.problems)
