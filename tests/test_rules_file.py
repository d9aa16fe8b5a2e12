"""A file of rules is read as it is written."""

import pytest

from assessment.rules.file import read_yaml, written


def read(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "rules.yaml"
    path.write_bytes(text.encode(encoding))
    return read_yaml(path)


def test_ids_keep_leading_zeros_sixteen_digits_and_colons(tmp_path):
    found, problems = read(tmp_path, "a: [0012, 1234567890123456, 12:30, 1_000, 2020-01-02, yes, no, 0.150]")
    assert not problems
    assert [written(v) for v in found["a"]] == [
        "0012",
        "1234567890123456",
        "12:30",
        "1_000",
        "2020-01-02",
        "yes",
        "no",
        "0.150",
    ]


def test_numbers_truth_and_nothing_are_what_they_look_like(tmp_path):
    found, _ = read(tmp_path, "a: [5, -1, 0.4, 1e-1, .5, true, False, null, ~, '5']")
    assert found["a"] == [5, -1, 0.4, 0.1, 0.5, True, False, None, None, "5"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("size: 3\nrules: [", 2),
        ("a: 1\nb: {c: ]\n", 2),
        ("size: 3\nsize: 4\n", 2),
        ("a: b: c", 1),
        ("\tsize: 3", 1),
        ("{[1]: 2}", 1),
        ("a: *nothing", 1),
    ],
)
def test_what_is_no_yaml_is_a_stop_with_its_line(tmp_path, text, line):
    found, problems = read(tmp_path, text)
    assert found is None and [(p.code, p.row) for p in problems] == [("rules_not_yaml", line)]


def test_another_encoding_is_a_stop_with_its_line(tmp_path):
    _, problems = read(tmp_path, "size: 3\n# правила", "cp1251")
    assert [(p.code, p.row) for p in problems] == [("rules_not_yaml", 2)]


def test_a_byte_order_mark_is_no_part_of_the_file(tmp_path):
    assert read(tmp_path, "size: 3", "utf-8-sig")[0] == {"size": 3}


def test_a_missing_file_deep_nesting_and_foreign_tags_are_stops(tmp_path):
    assert [p.code for p in read_yaml(tmp_path / "none.yaml")[1]] == ["rules_unreadable"]
    assert [p.code for p in read(tmp_path, "[" * 5000)[1]] == ["rules_not_yaml"]
    assert [p.code for p in read(tmp_path, "a: !!python/object/apply:os.system [ls]")[1]] == ["rules_not_yaml"]
    assert [p.code for p in read(tmp_path, "a: \x00")[1]] == ["rules_not_yaml"]
