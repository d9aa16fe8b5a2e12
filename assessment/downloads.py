"""Tables as files a person opens in a spreadsheet: nothing in a cell may act as a formula."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from assessment.funnel import Result

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
WIDEST = 90


def harmless(table: pd.DataFrame) -> pd.DataFrame:
    """The table with a quote before every text that a spreadsheet would take for a formula."""
    texts = [c for c in table.columns if not pd.api.types.is_numeric_dtype(table[c])]
    return table.assign(**{str(c): table[c].map(_quoted) for c in texts}) if texts else table


def _quoted(cell: object) -> object:
    return "'" + cell if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS) else cell


def csv_bytes(table: pd.DataFrame) -> bytes:
    """CSV with the mark by which a spreadsheet knows UTF-8."""
    return harmless(table).to_csv(index=False, lineterminator="\n").encode("utf-8-sig")


def xlsx_bytes(sheets: Mapping[str, pd.DataFrame]) -> bytes:
    """A workbook with one sheet a table: frozen heading, filter, widths that fit; texts stay texts."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True, "bg_color": "#F4F6F8", "bottom": 1})
        for name, table in sheets.items():
            sheet = book.add_worksheet(name[:31])
            for place, column in enumerate(table.columns):
                cells = [None if pd.isna(v) else v.item() if hasattr(v, "item") else v for v in table[column]]
                sheet.write(0, place, str(column), bold)
                sheet.write_column(1, place, cells)
                longest = max([len(str(column)), *(len(str(v)) for v in cells if v is not None)], default=8)
                sheet.set_column(place, place, min(longest + 2, WIDEST))
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, len(table), max(len(table.columns) - 1, 0))
    return buffer.getvalue()


def report_bytes(result: Result, language: str) -> bytes:
    """The report of a run as a workbook."""
    from assessment.report.xlsx import write_report

    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "report.xlsx"
        write_report(path, result, language)
        return path.read_bytes()
