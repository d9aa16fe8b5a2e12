"""The workbook of a run opened and read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from assessment.campaign import Settings
from assessment.funnel import Result, run
from assessment.report.xlsx import write_report
from tests.small_campaign import random_answers, small_campaign

PEOPLE = [f"P{i:02d}" for i in range(30)]
EVIL = '=HYPERLINK("http://bad.example","x")'


@pytest.fixture(scope="module")
def result() -> Result:
    settings = Settings(name="Вымышленный", shortlist=10, team=4, team_rules=(), invented=True)
    campaign = small_campaign(PEOPLE, random_answers(PEOPLE), staff={"unit": [EVIL] + ["U"] * 29}, settings=settings)
    campaign = replace(campaign, names=pd.DataFrame({"full_name": [f"Имя {p}" for p in PEOPLE]}, index=campaign.people))
    return run(campaign, detail="prices")


@pytest.mark.parametrize(("language", "first"), [("ru", "Сводка"), ("en", "Summary")])
def test_every_sheet_is_there_in_the_reader_s_language(
    result: Result, tmp_path: Path, language: str, first: str
) -> None:
    write_report(tmp_path / "r.xlsx", result, language)
    book = load_workbook(tmp_path / "r.xlsx")
    assert book.sheetnames[0] == first and len(book.sheetnames) == 6
    ranking = book.worksheets[1]
    assert ranking.max_row == 31 and ranking.freeze_panes == "C2" and ranking.auto_filter.ref


def test_names_join_here_and_formulas_stay_text(result: Result, tmp_path: Path) -> None:
    write_report(tmp_path / "r.xlsx", result, "ru")
    rows = list(load_workbook(tmp_path / "r.xlsx").worksheets[1].iter_rows())
    by_id = {row[0].value: row for row in rows[1:]}
    assert by_id["P05"][1].value == "Имя P05"
    assert by_id["P00"][2].value == EVIL and by_id["P00"][2].data_type == "s"


def test_it_says_that_everything_is_invented(result: Result, tmp_path: Path) -> None:
    write_report(tmp_path / "r.xlsx", result, "en")
    summary = [c.value for row in load_workbook(tmp_path / "r.xlsx").worksheets[0].iter_rows() for c in row]
    assert "All people and data are invented." in summary
