"""Whose personal link a token is."""

from __future__ import annotations

from pathlib import Path

from fixture_folder import found, notable, one, read


def test_a_token_of_two_people_belongs_to_neither(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda tables: tables["tokens"].append({"token": "T0", "person_id": "P002"}))
    assert [(p.severity, p.table, p.row, p.column, p.value) for p in found(intake, "token_shared")] == [
        ("row", "tokens", 2, "token", "T0"), ("row", "tokens", 10, "token", "T0"),
    ]  # fmt: skip
    assert one(intake, "token_of_two_people") == ("row", "survey_wide", 2, "token", "T0")
    assert intake.campaign is not None
    assert "P001" not in intake.campaign.answers.index


def test_two_tokens_of_a_person_both_count(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda tables: tables["tokens"].append({"token": "T99", "person_id": "P001"}))
    assert notable(intake) == []
    assert one(intake, "person_with_two_tokens") == ("note", "tokens", 10, "person_id", "P001")


def test_a_repeated_token_row_is_a_double(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda tables: tables["tokens"].append({"token": "T0", "person_id": "P001"}))
    assert one(intake, "token_double") == ("row", "tokens", 10, "token", "T0")
    assert intake.campaign is not None
    assert "P001" in intake.campaign.answers.index


def test_an_unknown_token_costs_the_row(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda tables: tables["survey_wide"][4].update(token="t4"))
    assert one(intake, "token_unknown") == ("row", "survey_wide", 6, "token", "t4")


def test_tokens_without_their_table_stop(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda tables: tables.pop("tokens"))
    assert one(intake, "tokens_absent")[:2] == ("stop", "tokens")
