"""A pool is read as it stands, and what is wrong with it is named by row."""

import pandas as pd
import pytest

from assessment.rules.pool import Columns, cell_number, cell_text, read_pool


def read(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "POOL.csv"
    path.write_bytes(text.encode(encoding))
    return read_pool(path)


def test_ids_stay_as_they_are(tmp_path):
    table, problems = read(tmp_path, "person_id,score\n0012,1\n1234567890123456,2\n 7 ,3\n")
    assert not problems and list(table.index) == ["0012", "1234567890123456", "7"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("person_id,score,roles\nА1,1.5,a;b\n", "utf-8"),
        ('person_id;score;roles\nА1;1,5;"a;b"\n', "utf-8-sig"),
        ("person_id\tscore\troles\r\nА1\t1,5\ta;b\r\n", "utf-8"),
        ('\n\nperson_id,score,roles\n\nА1,"1,5",a; b\n\n', "utf-8"),
    ],
)
def test_separators_marks_and_decimal_commas_are_understood(tmp_path, text, encoding):
    table, problems = read(tmp_path, text, encoding)
    columns = Columns(table)
    assert not problems and columns.ids == ("А1",)
    assert columns.numbers("score")[0] == 1.5 and columns.tokens("roles") == [("a", "b")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("person_id,score\na,1\na,2\n\nb,1\nb,2\n", [("pool_id_twice", 3), ("pool_id_twice", 6)]),
        ("person_id,score\na,1\n,2\n", [("pool_id_empty", 3)]),
        ("personid,score\na,1\n", [("pool_no_person_id", 1)]),
        ("person_id,score,score\na,1,2\n", [("pool_heading_twice", 1)]),
        ("person_id,score\na,1,5\n", [("pool_row_too_long", 2)]),
        ("person_id,score\n", [("pool_empty", None)]),
        ("", [("pool_empty", None)]),
        ('person_id,score\n"a,1\n', [("pool_unreadable", None)]),
    ],
)
def test_what_is_wrong_is_a_stop_with_its_row(tmp_path, text, found):
    table, problems = read(tmp_path, text)
    assert table is None and [(p.code, p.row) for p in problems] == found


def test_another_encoding_and_a_missing_file_are_stops(tmp_path):
    assert [(p.code, p.row) for p in read(tmp_path, "person_id,имя\nа,б\n", "cp1251")[1]] == [("pool_not_utf8", 1)]
    assert [p.code for p in read_pool(tmp_path / "none.csv")[1]] == ["pool_unreadable"]
    assert [p.code for p in read_pool(tmp_path)[1]] == ["pool_unreadable"]


def test_cells_of_any_type_have_one_text():
    cells = [None, float("nan"), pd.NA, True, 3.0, 2.5, 7, " x ", ["a", "b"], {"b", "a"}]
    assert [cell_text(c) for c in cells] == ["", "", "", "true", "3", "2.5", "7", "x", "a;b", "a;b"]


def test_what_is_no_number_is_missing():
    assert [cell_number(c) for c in ("1.5", "1,5", "-2", "\u22122")] == [1.5, 1.5, -2.0, -2.0]
    assert all(pd.isna(cell_number(c)) for c in ("", "x", "inf", "nan", "1_0", True, None, "1,2,3"))


def test_people_are_sorted_by_id_whatever_the_rows():
    table = pd.DataFrame({"person_id": ["b", "10", "9", "a"], "unit": list("wxyz")})
    columns = Columns(table)
    assert columns.ids == ("10", "9", "a", "b") and columns.tokens("unit") == [("x",), ("y",), ("z",), ("w",)]
