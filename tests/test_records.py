"""Rows of a table as objects."""

from __future__ import annotations

import pandas as pd

from assessment.records import cell, record, records

TABLE = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}, index=["P1", "P2"])


def test_a_row_is_read_by_the_names_of_its_columns():
    assert [(r.Index, r.a, r.b) for r in records(TABLE)] == [("P1", 1, "x"), ("P2", 2, "y")]


def test_one_row_and_one_cell():
    assert record(TABLE, "P2")["b"] == "y"
    assert cell(TABLE, "P1", "a") == 1
