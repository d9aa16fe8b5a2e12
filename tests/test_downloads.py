"""Tables as files: a spreadsheet opens them, and no cell acts as a formula."""

from __future__ import annotations

import io

import openpyxl
import pandas as pd
import pytest

from assessment import downloads

TABLE = pd.DataFrame({"Имя": ["=1+1", "Орлова", None], "Число": [1, 2, 3], "Доля": [0.5, -0.25, None]})


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_looks_like_a_formula_is_quoted_in_csv(sign):
    content = downloads.csv_bytes(pd.DataFrame({"a": [sign + "cmd"]})).decode("utf-8-sig")
    assert "'" + sign + "cmd" in content


def test_numbers_stay_numbers_even_below_nothing():
    assert "-0.25" in downloads.csv_bytes(TABLE).decode("utf-8-sig")
    assert "'-0.25" not in downloads.csv_bytes(TABLE).decode("utf-8-sig")


def test_a_spreadsheet_knows_the_letters():
    assert downloads.csv_bytes(TABLE).startswith(b"\xef\xbb\xbf")


def test_a_workbook_holds_every_sheet_with_texts_as_texts():
    book = openpyxl.load_workbook(io.BytesIO(downloads.xlsx_bytes({"Замечания": TABLE, "x" * 40: TABLE.head(0)})))
    assert book.sheetnames == ["Замечания", "x" * 31]
    cells = book["Замечания"]
    assert (cells["A2"].value, cells["A2"].data_type) == ("=1+1", "s")
    assert [cell.value for cell in cells["B"]] == ["Число", 1, 2, 3]
    assert cells.freeze_panes == "A2"
