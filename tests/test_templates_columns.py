"""Facts about what the columns of a table may hold."""

from __future__ import annotations

import pytest

from assessment.instruments.reading import Instruments, load_instruments
from assessment.templates.columns import allowed_values, example_rows, survey_columns


@pytest.fixture(scope="module")
def instruments() -> Instruments:
    loaded, problems = load_instruments()
    assert loaded is not None, problems
    return loaded


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("staff", "gender", "f = ж, жен, женский, female; m = м, муж, мужской, male"),
        ("observations", "rating", "1 to 5"),
        ("interviews", "rating_initial", "1 to 5"),
        ("staff", "unit", ""),
    ],
)
def test_values_are_listed_with_their_meaning(instruments: Instruments, table: str, column: str, words: str) -> None:
    described = instruments.dictionary.tables[table]
    assert allowed_values(described, described.column(column), instruments, "en") == words


def test_causes_roles_and_knock_outs_come_from_the_instruments(instruments: Instruments) -> None:
    tables = instruments.dictionary.tables
    causes = allowed_values(tables["process_answers"], tables["process_answers"].column("cause"), instruments, "en")
    assert causes.startswith("approvals = Many approvals; double_entry = ")
    blocks = allowed_values(tables["interviews"], tables["interviews"].column("knock_outs"), instruments, "en")
    assert "kc_manager = " in blocks


def test_a_wish_for_several_says_how_many(instruments: Instruments) -> None:
    table = instruments.dictionary.tables["survey_wide"]
    wish = next(column for column in survey_columns(table, instruments, "en") if column.name == "lg3")
    assert wish.type == "list"
    assert allowed_values(table, wish, instruments, "en").endswith("(up to 3, separated by ;)")


def test_examples_agree_to_everything_that_is_asked(instruments: Instruments) -> None:
    table = instruments.dictionary.tables["consents"]
    rows = example_rows(table, table.columns, instruments)
    assert {(row["person_id"], row["purpose"]) for row in rows} == {
        (who, purpose) for who in ("P00123", "P00124") for purpose in ("selection", "peer_data")
    }
