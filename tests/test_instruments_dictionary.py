"""Facts about the dictionary of tables: what it holds, and how each fault in it is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assessment.instruments.reading import Dictionary, load_instruments
from tests.fixture_questionnaires import changed, load, notes_of, stops_of
from tests.test_instruments_battery import drop, put


@pytest.fixture(scope="module")
def dictionary() -> Dictionary:
    instruments, problems = load_instruments()
    assert instruments is not None, problems
    return instruments.dictionary


def test_twelve_tables_are_taken_in(dictionary: Dictionary) -> None:
    assert list(dictionary.tables) == [
        "staff", "survey_wide", "tokens", "survey_long", "process_answers", "observations", "sociometry", "attendance",
        "interviews", "consents", "decisions", "outcomes",
    ]  # fmt: skip


def test_columns_know_their_type_values_and_spellings(dictionary: Dictionary) -> None:
    gender = dictionary.tables["staff"].column("gender")
    assert (gender.type, gender.values, gender.required) == ("enum", ("f", "m"), False)
    assert "ж" in gender.value_aliases["f"]
    assert dictionary.tables["process_answers"].column("rank").values == (1, 2)
    with pytest.raises(KeyError):
        dictionary.tables["staff"].column("shoe_size")


def test_names_and_addresses_are_personal_data(dictionary: Dictionary) -> None:
    private = [column.name for column in dictionary.tables["staff"].columns if column.pii]
    assert private == ["full_name", "work_email"]


def test_an_empty_cell_is_a_missing_value_and_tax_numbers_are_dropped(dictionary: Dictionary) -> None:
    assert "" in dictionary.missing_values
    assert "ИНН" in dictionary.drop_on_import
    assert "да" in dictionary.bool_values["true"]


FAULTS: list[tuple[str, Callable[[Any], object], str, str]] = [
    ("tables no map", put([], "tables"), "yaml_not_map", "tables"),
    ("a table without columns", drop("tables", "tokens", "columns"), "yaml_key_missing", "tables.tokens.columns"),
    ("a column without a name", drop("tables", "tokens", "columns", 0, "name"), "yaml_key_missing",
     "tables.tokens.columns[0].name"),
    ("a column twice", put("token", "tables", "tokens", "columns", 1, "name"), "yaml_id_duplicate",
     "tables.tokens.columns[1].name"),
    ("an unknown type", put("strng", "tables", "tokens", "columns", 0, "type"), "yaml_choice_unknown_near",
     "tables.tokens.columns[0].type"),
    ("a choice without values", drop("tables", "staff", "columns", 8, "values"), "yaml_key_missing",
     "tables.staff.columns[8].values"),
    ("spellings of an unknown value", put(["w"], "tables", "staff", "columns", 13, "value_aliases", "female"),
     "yaml_choice_unknown", "tables.staff.columns[13].value_aliases.female"),
    ("an alias that is a list", put([["a"]], "aliases_common", "person_id"), "yaml_not_text",
     "aliases_common.person_id[0]"),
    ("required in words", put("must", "tables", "tokens", "columns", 0, "required"), "yaml_not_bool",
     "tables.tokens.columns[0].required"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "path"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_one_thing_broken_is_one_stop_at_its_place(
    tmp_path: Path, change: Callable[[Any], object], code: str, path: str
) -> None:
    assert stops_of(changed(tmp_path, "data_dictionary", change)) == [(code, path)]


def test_a_dictionary_of_one_heading_is_completed_from_the_shipped_one(tmp_path: Path) -> None:
    content = "tables: {staff: {columns: [{name: unit, aliases: [Цех]}, {name: shift, type: str}]}}"
    instruments, problems = load(tmp_path, data_dictionary=content)
    assert instruments is not None
    assert notes_of(problems) == ["dictionary_completed"]
    staff = instruments.dictionary.tables["staff"]
    assert staff.column("unit").aliases == ("Цех",)
    assert staff.column("shift").type == "str"
    assert staff.column("person_id").example == "P00123"
    assert "tokens" in instruments.dictionary.tables
    assert instruments.dictionary.bool_values
