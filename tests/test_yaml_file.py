"""Facts about reading a YAML file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.yaml_file import LARGEST_FILE, read_yaml


def plain(text: str | bytes) -> object:
    value, problems = read_yaml(text if isinstance(text, bytes) else text.encode(), "x.yaml")
    assert problems == []
    assert value is not None
    return value.plain()


def fault(text: str | bytes) -> tuple[str, int | None, str]:
    value, problems = read_yaml(text if isinstance(text, bytes) else text.encode(), "x.yaml")
    assert len(problems) == 1
    return problems[0].code, problems[0].row, problems[0].column


def test_numbers_truth_values_and_texts_are_read_as_such() -> None:
    assert plain("a: 5\nb: .5\nc: true\nd: word\ne: null\n") == {"a": 5, "b": 0.5, "c": True, "d": "word", "e": None}


@pytest.mark.parametrize("written", ["007", "0x1F", "12:30", "1_000", "2026-03-12", "2026-13-45", "0o17"])
def test_what_would_not_be_written_back_as_it_stands_stays_text(written: str) -> None:
    assert plain(f"id: {written}") == {"id": written}


def test_keys_are_texts_whatever_they_look_like() -> None:
    assert plain("1: a\nno: b\n007: c\n") == {"1": "a", "no": "b", "007": "c"}


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    assert plain(b"\xef\xbb\xbfid: 1") == {"id": 1}


def test_merged_keys_give_way_to_written_ones() -> None:
    assert plain("base: &b {x: 1, y: 2}\nhere: {<<: *b, y: 3}") == {"base": {"x": 1, "y": 2}, "here": {"x": 1, "y": 3}}


def test_every_value_knows_its_line() -> None:
    value, _ = read_yaml(b"a: 1\nb:\n  - c: 2\n  - d: 3\n", "x.yaml")
    assert value is not None
    assert value.content["a"].row == 1
    assert value.content["b"].content[1].content["d"].row == 4


def test_an_empty_file_and_one_of_remarks_alone_are_empty() -> None:
    assert fault("") == ("yaml_empty", None, "")
    assert fault("# nothing yet\n") == ("yaml_empty", None, "")


def test_a_fault_of_grammar_is_named_with_its_line() -> None:
    assert fault("a: 1\nb: [1,\nc: 2\n")[:1] == ("yaml_unreadable",)
    assert fault("a: 1\n\tb: 2\n")[1] == 2


def test_a_second_document_is_unreadable() -> None:
    assert fault("a: 1\n---\nb: 2\n")[0] == "yaml_unreadable"


def test_cp1251_is_named_as_another_encoding_with_the_line() -> None:
    assert fault("a: 1\nназвание: x".encode("cp1251")) == ("yaml_encoding", 2, "")


def test_utf16_is_named_as_another_encoding() -> None:
    assert fault("a: 1".encode("utf-16"))[0] == "yaml_encoding"


def test_a_key_that_stands_twice_is_a_fault_at_the_second_place() -> None:
    assert fault("a:\n  b: 1\n  b: 2\n") == ("yaml_duplicate_key", 3, "a.b")


def test_a_tag_of_python_is_refused_and_runs_nothing() -> None:
    assert fault('a: !!python/object/apply:os.system ["true"]') == ("yaml_tag", 1, "a")
    assert fault("a: !!python/name:os.system x") == ("yaml_tag", 1, "a")


def test_aliases_that_stand_for_billions_of_values_are_refused() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 40)]
    assert fault("\n".join(lines))[0] == "yaml_aliases"


def test_a_value_that_holds_itself_is_refused() -> None:
    assert fault("a: &x [*x]")[0] == "yaml_too_deep"


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 5_000 + "1" + "}" * 5_000, "- " * 3_000 + "x"])
def test_values_nested_thousands_deep_are_refused_without_a_crash(text: str) -> None:
    assert fault(text)[0] == "yaml_too_deep"


def test_a_file_of_more_than_a_megabyte_is_not_read() -> None:
    assert fault(b"x" * (LARGEST_FILE + 1))[0] == "yaml_too_large"


def test_a_list_as_a_key_is_a_fault() -> None:
    assert fault("? [1, 2]\n: 3")[0] == "yaml_key_kind"


def test_a_folder_in_the_place_of_a_file_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").mkdir()
    value, problems = read_yaml(tmp_path / "x.yaml", "x.yaml")
    assert value is None
    assert [problem.code for problem in problems] == ["yaml_not_opened"]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab:-[]{}&*!|>'\"#%?,.\n\t <~0123éж"), max_size=60))
def test_no_text_makes_the_reader_crash(text: str) -> None:
    value, problems = read_yaml(text.encode(), "x.yaml")
    assert value is not None or problems


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_no_bytes_make_the_reader_crash(data: bytes) -> None:
    value, problems = read_yaml(data, "x.yaml")
    assert value is not None or problems
