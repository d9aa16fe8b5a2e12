"""Facts about reading one checked value out of a YAML file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.instruments.checks import Part, alike
from assessment.problems import Problem
from assessment.yaml_file import read_yaml
from tests.fixture_questionnaires import stops_of


def part(text: str) -> Part:
    value, problems = read_yaml(text.encode(), "x.yaml")
    assert value is not None
    return Part(value, "", "x.yaml", problems)


def read(text: str, how: Callable[[Part], Any]) -> tuple[Any, list[Problem]]:
    """The value under the key `a`, read in some way, and what was found wrong with it."""
    whole = part(f"a: {text}")
    return how(whole.map()["a"]), whole.problems


@pytest.mark.parametrize(
    ("text", "how", "value"),
    [
        ("5", Part.whole, 5), ("5.0", Part.whole, 5), ("5", Part.number, 5.0), (".5", Part.number, 0.5),
        ("yes", Part.truth, True), ("' word '", Part.text, "word"), ("007", Part.text, "007"),
        ("1.10", Part.id, "1.10"),
        ("[a, b]", Part.ids, ("a", "b")), ("a", Part.ids, ("a",)),
    ],
)  # fmt: skip
def test_a_right_value_is_read_without_remark(text: str, how: Callable[[Part], Any], value: Any) -> None:
    assert read(text, how) == (value, [])


@pytest.mark.parametrize(
    ("text", "how", "code"),
    [
        ("5.5", Part.whole, "yaml_not_whole"), ("true", Part.whole, "yaml_not_whole"),
        (".inf", Part.whole, "yaml_not_whole"),
        ("true", Part.number, "yaml_not_number"), (".nan", Part.number, "yaml_not_number"),
        ("'1'", Part.number, "yaml_not_number"), ("1", Part.truth, "yaml_not_bool"), ("", Part.text, "yaml_not_text"),
        ("' '", Part.text, "yaml_not_text"), ("[a]", Part.text, "yaml_not_text"), ("{}", Part.list, "yaml_not_list"),
        ("word", Part.list, "yaml_not_list"), ("[]", Part.map, "yaml_not_map"), ("a;b", Part.id, "yaml_id_character"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_one_stop_at_its_key(text: str, how: Callable[[Part], Any], code: str) -> None:
    assert stops_of(read(text, how)[1]) == [(code, "a")]


@given(st.integers(-100, 100), st.integers(-50, 0), st.integers(0, 50))
def test_a_number_is_in_range_or_named_and_held_at_the_edge(number: int, lowest: int, highest: int) -> None:
    value, problems = read(str(number), lambda a: a.whole(lowest, highest))
    assert value == min(max(number, lowest), highest)
    assert bool(problems) == (not lowest <= number <= highest)


def test_a_whole_number_of_a_thousand_digits_is_no_number() -> None:
    assert stops_of(read("1" * 1000, Part.number)[1]) == [("yaml_not_number", "a")]


def test_a_missing_key_is_named_by_the_path_it_would_have() -> None:
    whole = part("a:\n  - {b: 1}\n")
    whole.map()["a"].list()[0].shape(("b", "c"))
    assert stops_of(whole.problems) == [("yaml_key_missing", "a[0].c")]
    assert (whole.problems[0].row, whole.problems[0].params["name"]) == (2, "c")


def test_a_misspelt_compulsory_key_is_one_fault_not_two() -> None:
    whole = part("formt: 1")
    assert whole.shape(("format",)) == {}
    assert stops_of(whole.problems) == [("yaml_key_misspelt", "formt")]


def test_a_strange_key_stops_only_where_strangers_are_not_allowed() -> None:
    lenient, strict = part("colour: red"), part("colour: red")
    lenient.shape((), ("size",))
    strict.shape((), ("size",), strict=True)
    assert [p.severity for p in lenient.problems] == ["note"]
    assert [p.severity for p in strict.problems] == ["stop"]


def test_a_plain_text_serves_every_language_and_russian_and_english_always_stand() -> None:
    assert read("word", lambda a: a.texts(("de",)))[0] == {"de": "word", "ru": "word", "en": "word"}
    assert read("{de: Wort}", lambda a: a.texts(("de",))) == ({"de": "Wort", "ru": "Wort", "en": "Wort"}, [])


def test_a_declared_language_without_a_text_stops() -> None:
    problems = read("{ru: слово}", lambda a: a.texts(("ru", "en")))[1]
    assert [(p.code, p.params["missing"]) for p in problems] == [("yaml_text_missing", "en")]


@pytest.mark.parametrize(("left", "right"), [("shortlst", "shortlist"), ("scal", "scale"), ("gate", "gates")])
def test_a_slip_of_the_pen_is_like_what_was_meant(left: str, right: str) -> None:
    assert alike(left, right) > alike(left, "measurement")
    assert alike(right, right) == 1
