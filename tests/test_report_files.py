"""Files of a run: rounded, whole or not at all, the gravest problems first."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from assessment.problems import NOTE, ROW, STOP, Problem
from assessment.report.files import plain_json, problem_table, table_text, write_json, write_text


def test_numbers_are_rounded_to_six_decimals_and_truth_is_a_word() -> None:
    table = pd.DataFrame(
        {"a": [1 / 3, -1e-9], "n": [1, 2], "yes": [True, False]}, index=pd.Index(["P1", "P2"], name="id")
    )
    assert table_text(table).splitlines() == ["id,a,n,yes", "P1,0.333333,1,true", "P2,0.0,2,false"]


def test_ids_stay_as_they_are() -> None:
    table = pd.DataFrame({"a": [1]}, index=pd.Index(["0007"], name="person_id"))
    assert table_text(table).splitlines()[1] == "0007,1"


def test_the_gravest_problems_come_first() -> None:
    problems = [
        Problem("fewer_people_than_places", NOTE, {"n": 1, "size": 2}, table="staff"),
        Problem("scale_weak", NOTE, {"scale": "a", "reliability": 0.6}, table="survey"),
        Problem("ratings_too_few", ROW, {"n": 3}, table="zzz", row=9),
        Problem("rule_person_not_on_shortlist", STOP, {"rule": "r", "name": "P1"}, table="yyy"),
    ]
    table = problem_table(problems, "en")
    assert table["severity"].tolist() == ["stop", "row", "note", "note"]
    assert table["table"].tolist() == ["yyy", "zzz", "staff", "survey"]
    assert table["row"].iloc[1] == 9 and pd.isna(table["row"].iloc[0])
    assert table["text"].str.len().gt(20).all()


def test_no_problem_leaves_the_headings() -> None:
    assert list(problem_table([], "ru").columns) == ["severity", "table", "row", "column", "value", "code", "text"]


def test_json_knows_no_infinity_and_no_numpy(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"x": np.float64("inf"), 2: np.int64(3), "s": {"b", "a"}, "t": (1.00000049, None)})
    assert json.loads((tmp_path / "a.json").read_text()) == {"x": None, "2": 3, "s": ["a", "b"], "t": [1.0, None]}
    assert plain_json(np.bool_(True)) is True


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "one\n")
    write_text(tmp_path / "a.txt", "two\n")
    assert (tmp_path / "a.txt").read_text() == "two\n" and [p.name for p in tmp_path.iterdir()] == ["a.txt"]
