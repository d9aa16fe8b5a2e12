"""Empty workbooks of every table: headings, an example row, and a sheet that explains each column."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assessment.instruments.reading import Column, Instruments, Table
from assessment.messages import has_text, text
from assessment.templates.columns import allowed_values, example_rows, survey_columns
from assessment.templates.form import write_observation_form

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

WORKBOOK_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "default_date_format": "dd.mm.yyyy",
}
TEXT_TYPES = ("str", "enum", "list")  # kept as text by Excel too, so that leading zeros stay
NOTE_HEADINGS = ("column", "title", "type", "required", "values", "note", "aliases")
NOTE_WIDTHS = (24, 44, 18, 12, 52, 60, 46)
FORM = "observation_form.xlsx"


def write_templates(folder: Path, instruments: Instruments, language: str = "ru") -> list[Path]:
    """Write one workbook per table of the dictionary and the paper form of observation; the paths written, in order.

    The first sheet has our column names and an example to be replaced; the second explains the columns in `language`.
    """
    import xlsxwriter

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for table in instruments.dictionary.tables.values():
        path = folder / f"{table.name}.xlsx"
        columns = survey_columns(table, instruments, language) if table.name == "survey_wide" else table.columns
        with xlsxwriter.Workbook(path, WORKBOOK_OPTIONS) as workbook:
            _table_sheet(workbook, table, columns, example_rows(table, columns, instruments))
            _notes_sheet(workbook, table, columns, instruments, language)
        written.append(path)
    with xlsxwriter.Workbook(folder / FORM, WORKBOOK_OPTIONS) as workbook:
        write_observation_form(workbook, instruments.observation, language)
    return [*written, folder / FORM]


def _table_sheet(
    workbook: Workbook, table: Table, columns: tuple[Column, ...], rows: list[dict[str, Any]]
) -> None:
    sheet = workbook.add_worksheet(table.name[:31])
    heading = workbook.add_format({"bold": True, "bg_color": "#E8EDF3", "border": 1, "num_format": "@"})
    formats = {
        "text": workbook.add_format({"num_format": "@"}),
        "date": workbook.add_format({"num_format": "dd.mm.yyyy"}),
        "datetime": workbook.add_format({"num_format": "dd.mm.yyyy hh:mm"}),
    }
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.name, heading)
        form = formats.get("text" if column.type in TEXT_TYPES else column.type)
        width = max(10, min(40, len(column.name) + 3))
        sheet.set_column(place, place, width, form)
        for at, row in enumerate(rows, start=1):
            value = row.get(column.name)
            as_text = column.type in TEXT_TYPES and value is not None
            _write_value(sheet, at, place, str(value) if as_text else value, form)
        if column.type == "enum":
            _offer_values(sheet, place, column)


def _write_value(sheet: Worksheet, row: int, column: int, value: Any, form: Any) -> None:
    if value is None:
        return
    if isinstance(value, (date, datetime)):
        sheet.write_datetime(row, column, value, form)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        sheet.write_number(row, column, value, form)
    else:
        sheet.write_string(row, column, str(value), form)


def _offer_values(sheet: Worksheet, place: int, column: Column) -> None:
    """A list to choose from; other spellings stay possible, for the import knows their aliases."""
    values = [str(value) for value in column.values]
    if values and len(",".join(values)) <= 255:
        options = {"validate": "list", "source": values, "error_type": "information", "show_error": False}
        sheet.data_validation(1, place, 5000, place, options)


def _notes_sheet(
    workbook: Workbook, table: Table, columns: tuple[Column, ...], instruments: Instruments, language: str
) -> None:
    sheet = workbook.add_worksheet(text("template.sheet_notes", language))
    bold = workbook.add_format({"bold": True, "bg_color": "#E8EDF3", "border": 1, "valign": "top"})
    title = workbook.add_format({"bold": True, "font_size": 13})
    body = workbook.add_format({"text_wrap": True, "valign": "top", "border": 1, "num_format": "@"})
    sheet.write_string(0, 0, table.title.get(language, table.name), title)
    row_key = f"template.row.{table.name}"
    one_row = text(row_key, language) if has_text(row_key, language) else table.one_row
    sheet.write_string(1, 0, text("template.one_row", language, one_row=one_row))
    sheet.write_string(2, 0, text("template.example_row", language))
    for place, (name, width) in enumerate(zip(NOTE_HEADINGS, NOTE_WIDTHS, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(4, place, text(f"template.heading.{name}", language), bold)
    sheet.freeze_panes(5, 1)
    for row, column in enumerate(columns, start=5):
        for place, words in enumerate(explain_column(table, column, instruments, language)):
            sheet.write_string(row, place, words, body)


def explain_column(table: Table, column: Column, instruments: Instruments, language: str) -> tuple[str, ...]:
    """What the second sheet says of a column: name, title, type, compulsory, values, note, aliases."""
    aliases = dict.fromkeys((*column.aliases, *instruments.dictionary.aliases_common.get(column.name, ())))
    return (
        column.name,
        _title(table, column, instruments, language),
        text(f"template.type.{column.type}", language),
        text("template.yes" if column.required else "template.no", language),
        allowed_values(table, column, instruments, language),
        _note(table, column, language),
        "; ".join(aliases),
    )


def _title(table: Table, column: Column, instruments: Instruments, language: str) -> str:
    battery = instruments.battery
    if table.name == "survey_wide":
        for ending in ("most", "least"):
            situation = column.name.removesuffix(f"_{ending}")
            if situation != column.name and situation in battery.situations:
                return text(f"template.situation_{ending}", language, text=battery.text(situation, language))
        if column.name in battery.ordinal_ids or column.name in battery.conditions:
            return battery.text(column.name, language)
    key = f"template.column.{column.name}"
    return text(key, language) if has_text(key, language) else next(iter(column.aliases), column.name)


def _note(table: Table, column: Column, language: str) -> str:
    key = f"template.note.{table.name}.{column.name}"
    note = text(key, language) if has_text(key, language) else column.note
    return f"{note} {text('template.pii', language)}".strip() if column.pii else note
