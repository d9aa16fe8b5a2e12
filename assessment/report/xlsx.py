"""The report of a run as a workbook for the staff of the office: names join here, at the last step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from assessment.funnel import Result
from assessment.messages import text
from assessment.report.files import problem_table
from assessment.report.words import heading, headings, in_words

WIDTHS = {"person_id": 12, "full_name": 34, "unit": 38, "flags": 40, "reason": 22, "role": 24, "text": 90, "value": 24}
USUAL_WIDTH = 12
RULE_COLUMNS = ("id", "text", "allowed", "value", "slack", "binding", "price", "holds")
DATA_BAR = {"type": "data_bar", "bar_color": "#8DBBD5", "bar_solid": True}
BARS = ("standing", "p_shortlist", "p_team")


def write_report(path: Path, result: Result, language: str) -> None:
    """Sheets: summary, ranking, shortlist, team, rules, problems; formula-like texts stay text."""
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": False}
    part = path.with_name(path.name + ".part")
    with xlsxwriter.Workbook(str(part), options) as book:
        book.set_properties({"title": result.campaign.settings.name, "comments": text("report.made_by", language)})
        formats = {
            "head": book.add_format({"bold": True, "bg_color": "#F4F6F8", "bottom": 1, "text_wrap": True}),
            "number": book.add_format({"num_format": "0.000"}),
            "title": book.add_format({"bold": True, "font_size": 14}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        _summary(book.add_worksheet(text("report.sheet_summary", language)), result, language, formats)
        known = headings(result.campaign, language)
        for key, table in _tables(result, language).items():
            heads = [heading(str(column), known, language) for column in table.columns]
            _sheet(book.add_worksheet(text(f"report.sheet_{key}", language)), table, heads, formats)
    part.replace(path)


def _tables(result: Result, language: str) -> dict[str, pd.DataFrame]:
    who = result.campaign.names.reindex(columns=["full_name"]).join(
        result.campaign.staff.reindex(columns=["unit"]), how="outer"
    )
    tables = {
        "ranking": who.join(result.ranking, how="right"),
        "shortlist": who.join(result.shortlist, how="right"),
        "team": who.join(result.team, how="right"),
    }
    named = {
        name: in_words(table.rename_axis("person_id").reset_index(), result.campaign, language)
        for name, table in tables.items()
    }
    rules = [
        {"list": name, **{k: _cell(rule.get(k)) for k in RULE_COLUMNS}}
        for name, certificate in result.certificates.items()
        for rule in certificate.get("rules", [])
    ]
    named["rules"] = pd.DataFrame(rules)
    named["problems"] = problem_table(result.problems, language)
    return named


def _cell(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return " – ".join("…" if v is None else str(v) for v in value)
    return value


def _summary(sheet: Any, result: Result, language: str, formats: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 70)
    campaign, facts = result.campaign, result.facts
    sheet.write_string(0, 0, campaign.settings.name or text("report.no_name", language), formats["title"])
    rows: list[tuple[str, Any]] = [
        ("people", len(campaign.people)),
        ("answered", len(campaign.answers)),
        ("shortlist_size", int((result.shortlist["list"] == "shortlist").sum()) if len(result.shortlist) else 0),
        ("team_size", int((result.team["list"] == "team").sum()) if len(result.team) else 0),
        ("reading", campaign.settings.criteria.reading),
        ("balance", campaign.settings.criteria.balance),
        ("weights", str(campaign.settings.criteria.weights)),
        ("seed", facts.get("seed", "")),
        ("revision", campaign.revision),
        ("engine", facts.get("versions", {}).get("engine", "")),
        ("status", text(f"report.status_{result.status}", language)),
    ]
    if campaign.settings.invented:
        rows.insert(0, ("invented", text("report.invented_note", language)))
    for i, (key, value) in enumerate(rows, start=2):
        sheet.write_string(i, 0, text(f"report.{key}", language))
        sheet.write(i, 1, value, formats["wrap"])


def _sheet(sheet: Any, table: pd.DataFrame, heads: list[str], formats: dict[str, Any]) -> None:
    sheet.freeze_panes(1, 2)
    for j, column in enumerate(table.columns):
        sheet.write_string(0, j, heads[j], formats["head"])
        number = pd.api.types.is_float_dtype(table[column])
        sheet.set_column(j, j, WIDTHS.get(str(column), USUAL_WIDTH), formats["number"] if number else None)
        for i, value in enumerate(table[column], start=1):
            _write(sheet, i, j, value)
        if column in BARS and len(table):
            sheet.conditional_format(1, j, len(table), j, DATA_BAR)
    if len(table.columns):
        sheet.autofilter(0, 0, max(len(table), 1), len(table.columns) - 1)


def _write(sheet: Any, i: int, j: int, value: Any) -> None:
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return
    if isinstance(value, bool):
        sheet.write_string(i, j, "+" if value else "–")
    elif isinstance(value, (int, float)) or hasattr(value, "item") and not isinstance(value, str):
        sheet.write_number(i, j, float(value))
    else:
        sheet.write_string(i, j, str(value))
