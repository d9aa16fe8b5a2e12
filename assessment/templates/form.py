"""The paper form of observation: written to be printed and filled in by hand, read back as long ratings.

Layout of a form sheet, version 1.0 (rows as Excel counts them):

- A1 is the marker "observation_form 1.0"; a sheet without it is no form (the sheet of anchors, say).
- A2 title; A3:A7 labels with their values in B3:B7: event, group, activity, observer, date.
- A8 a hint. Row 9 holds codes in small grey print: A "person_id", B "who" (for the observer's eye, never read), from
  C on the ids of the behaviours, then "position_primary" and "position_secondary". Row 10 says the same in words.
- From row 11 one person a row, until the row whose A is "evidence"; rows without a code of a person are skipped.
- Under that row a row of headings, then facts: A person, B behaviour (id or name), C the fact.

One sheet stands for one observer in one activity; the sheet is copied for the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assessment.instruments.reading import Instruments, Observation
from assessment.messages import text

if TYPE_CHECKING:
    import pandas as pd
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

MARKER = "observation_form"
VERSION = "1.0"
HEADER = ("event_id", "group_id", "activity_id", "observer_id", "date")
HEADER_LABELS = ("event", "group", "activity", "observer", "date")
FIRST_HEADER_ROW, CODES_ROW, NAMES_ROW, FIRST_PERSON_ROW = 3, 9, 10, 11
POSITIONS = ("position_primary", "position_secondary")
FACTS = "evidence"
PEOPLE, FACT_ROWS = 12, 12
MOST_ROWS, MOST_COLUMNS = 2000, 100  # a stray cell far below must not make a form of a million rows
NOT_OBSERVED = ("н/н", "n/o", "no", "не наблюдалось", "not observed")
COLUMNS = (
    "event_id", "group_id", "activity_id", "observer_id", "person_id", "behaviour_id", "rating", "not_observed",
    "evidence", *POSITIONS,
)  # fmt: skip


def write_observation_form(workbook: Workbook, observation: Observation, language: str) -> None:
    """Add a form sheet (A4, landscape) and a sheet of anchors to an open workbook."""
    sheet = workbook.add_worksheet(text("template.form.sheet", language))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.4, bottom=0.4)
    sheet.fit_to_pages(1, 0)
    facts_row = FIRST_PERSON_ROW + PEOPLE
    sheet.set_h_pagebreaks([facts_row - 1])
    _form_head(workbook, sheet, observation, language)
    _form_people(workbook, sheet, observation, language)
    _form_facts(workbook, sheet, facts_row, language)
    _anchors_sheet(workbook, observation, language)


def _form_head(workbook: Workbook, sheet: Worksheet, observation: Observation, language: str) -> None:
    grey = workbook.add_format({"font_size": 7, "font_color": "#808080", "num_format": "@"})
    bold = workbook.add_format({"bold": True, "font_size": 13})
    field = workbook.add_format({"bottom": 1, "num_format": "@", "bold": True})
    sheet.write_string(0, 0, f"{MARKER} {VERSION}", grey)
    sheet.write_string(1, 0, text("template.form.title", language), bold)
    for row, label in enumerate(HEADER_LABELS, start=FIRST_HEADER_ROW - 1):
        sheet.write_string(row, 0, text(f"template.form.{label}", language))
        sheet.write_blank(row, 1, None, field)
    hint = text("template.form.hint", language, lowest=observation.lowest, highest=observation.highest)
    sheet.write_string(CODES_ROW - 2, 0, hint, workbook.add_format({"italic": True, "font_size": 9}))


def _form_people(workbook: Workbook, sheet: Worksheet, observation: Observation, language: str) -> None:
    grey = workbook.add_format({"font_size": 7, "font_color": "#808080", "align": "center", "num_format": "@"})
    head = workbook.add_format(
        {"bold": True, "text_wrap": True, "border": 1, "align": "center", "valign": "vcenter", "bg_color": "#E8EDF3"}
    )
    cell = workbook.add_format({"border": 1, "num_format": "@", "align": "center", "valign": "vcenter"})
    names = {seen.id: seen.name[language] for seen in observation.behaviours.values()}
    headings = {
        "person_id": text("template.form.person", language),
        "who": text("template.form.who", language),
        **names,
        "position_primary": text("template.form.primary", language),
        "position_secondary": text("template.form.secondary", language),
    }
    sheet.set_row(NAMES_ROW - 1, 60)
    for place, (code, words) in enumerate(headings.items()):
        sheet.write_string(CODES_ROW - 1, place, code, grey)
        sheet.write_string(NAMES_ROW - 1, place, words, head)
        sheet.set_column(place, place, {0: 18, 1: 26}.get(place, 16 if code in POSITIONS else 12))
        for row in range(FIRST_PERSON_ROW - 1, FIRST_PERSON_ROW - 1 + PEOPLE):
            sheet.set_row(row, 24)
            sheet.write_blank(row, place, None, cell)
    choices = [position.name[language] for position in observation.positions.values()]
    if choices and len(",".join(choices)) <= 255:
        last = len(headings) - 1
        options = {"validate": "list", "source": choices, "show_error": False}
        sheet.data_validation(FIRST_PERSON_ROW - 1, last - 1, FIRST_PERSON_ROW + PEOPLE - 2, last, options)


def _form_facts(workbook: Workbook, sheet: Worksheet, row: int, language: str) -> None:
    """Facts on the second printed page; `row` as Excel counts."""
    head = workbook.add_format({"bold": True, "border": 1, "bg_color": "#E8EDF3"})
    cell = workbook.add_format({"border": 1, "num_format": "@", "text_wrap": True, "valign": "top"})
    sheet.write_string(row - 1, 0, FACTS, workbook.add_format({"font_size": 7, "font_color": "#808080"}))
    for place, key in enumerate(("person", "behaviour", "facts")):
        sheet.write_string(row, place, text(f"template.form.{key}", language), head)
    for line in range(row + 1, row + 1 + FACT_ROWS):
        sheet.set_row(line, 30)
        for place in range(3):
            sheet.write_blank(line, place, None, cell)


def _anchors_sheet(workbook: Workbook, observation: Observation, language: str) -> None:
    sheet = workbook.add_worksheet(text("template.form.anchors", language))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    head = workbook.add_format({"bold": True, "border": 1, "bg_color": "#E8EDF3"})
    cell = workbook.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    ratings = sorted({rating for seen in observation.behaviours.values() for rating in seen.anchors})
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, max(1, len(ratings)), 42)
    sheet.write_string(0, 0, text("template.form.behaviour", language), head)
    for place, rating in enumerate(ratings, start=1):
        sheet.write_string(0, place, text("template.form.anchor", language, rating=rating), head)
    row = 1
    for row, seen in enumerate(observation.behaviours.values(), start=1):
        sheet.write_string(row, 0, seen.name[language], cell)
        for place, rating in enumerate(ratings, start=1):
            sheet.write_string(row, place, seen.anchors.get(rating, {}).get(language, ""), cell)
    sheet.write_string(row + 2, 0, text("template.form.positions", language), head)
    row += 3
    for position in observation.positions.values():
        sheet.write_string(row, 0, position.name[language], cell)
        sheet.write_string(row, 1, position.sign[language], cell)
        row += 1
    sheet.write_string(row + 1, 0, text("template.form.procedure", language), head)
    for place, line in enumerate(_procedure(observation, language), start=row + 2):
        sheet.write_string(place, 0, line)


def _procedure(observation: Observation, language: str) -> list[str]:
    procedure = observation.raw.get("procedure", {})
    lines = procedure.get(language, []) if isinstance(procedure, dict) else []
    return [str(line) for line in lines] if isinstance(lines, list) else []


def is_observation_form(path: Path) -> bool:
    """Whether a workbook has a sheet that bears the marker of the form; the workbook must be readable."""
    return any(_is_form(rows) for _, rows in _sheets(path, rows=1))


def read_observation_form(path: Path, instruments: Instruments | None = None) -> pd.DataFrame:
    """The ratings of every form sheet in a workbook, one row a person and behaviour, all values as text.

    Parameters
    ----------
    path : a workbook; sheets without the marker are passed over
    instruments : with them, names of positions and behaviours are turned into ids, and the dictionary's words for "not
        observed" are known; without them names stay as they stand

    Returns
    -------
    the columns of the table observations, and source_sheet, source_row (as Excel counts). Missing values are empty
    texts; not_observed is "1" or "0". Cells left empty give no row; of a person with a position and no rating at all
    the first behaviour is given as not observed, so that the position is kept. A form without an event has the date
    for one.
    """
    import pandas as pd

    words = _not_observed_words(instruments)
    names = _names(instruments.observation if instruments else None)
    found = [row for sheet, rows in _sheets(path) if _is_form(rows) for row in _ratings(sheet, rows, words, names)]
    return pd.DataFrame(found, columns=[*COLUMNS, "source_sheet", "source_row"], dtype=object)


Rows = list[list[str]]


def _sheets(path: Path, rows: int = MOST_ROWS) -> Iterator[tuple[str, Rows]]:
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True)
    try:
        for sheet in book.worksheets:
            cells = sheet.iter_rows(max_row=rows, max_col=MOST_COLUMNS, values_only=True)
            yield sheet.title, [[_as_text(value) for value in row] for row in cells]
    finally:
        book.close()


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if hasattr(value, "date") and callable(value.date):  # a date cell: the day is all a form says
        return str(value.date())
    return str(value).strip()


def _is_form(rows: Rows) -> bool:
    return bool(rows) and _cell(rows, 1, 0).startswith(MARKER)


def _cell(rows: Rows, row: int, column: int) -> str:
    """The text of a cell; rows as Excel counts, columns from 0."""
    return rows[row - 1][column] if row <= len(rows) and column < len(rows[row - 1]) else ""


def _ratings(sheet: str, rows: Rows, words: frozenset[str], names: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    head = {name: _cell(rows, FIRST_HEADER_ROW + i, 1) for i, name in enumerate(HEADER)}
    day = head.pop("date")
    head["event_id"] = head["event_id"] or day
    codes = rows[CODES_ROW - 1] if len(rows) >= CODES_ROW else []
    behaviours = {place: code for place, code in enumerate(codes) if place > 1 and code and code not in POSITIONS}
    places = {code: place for place, code in enumerate(codes) if code in POSITIONS}
    end = next((at for at in range(FIRST_PERSON_ROW, len(rows) + 1) if _cell(rows, at, 0) == FACTS), len(rows) + 1)
    facts = _facts(rows, end, names)
    for at in range(FIRST_PERSON_ROW, end):
        person = _cell(rows, at, 0)
        if not person:
            continue
        held = {code: _named(_cell(rows, at, places[code]) if code in places else "", names) for code in POSITIONS}
        given = {code: _cell(rows, at, place) for place, code in behaviours.items() if _cell(rows, at, place)}
        if not given and any(held.values()) and behaviours:
            given = {next(iter(behaviours.values())): NOT_OBSERVED[0]}
        for code, rating in given.items():
            unseen = rating.casefold() in words
            yield {
                **head, "person_id": person, "behaviour_id": code, "rating": "" if unseen else rating,
                "not_observed": "1" if unseen else "0", "evidence": facts.get((person, code), ""), **held,
                "source_sheet": sheet, "source_row": at,
            }  # fmt: skip


def _facts(rows: Rows, end: int, names: Mapping[str, str]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for at in range(end + 2, len(rows) + 1):
        person, behaviour, fact = _cell(rows, at, 0), _named(_cell(rows, at, 1), names), _cell(rows, at, 2)
        if person and fact:
            key = (person, behaviour)
            found[key] = f"{found[key]}; {fact}" if key in found else fact
    return found


def _named(written: str, names: Mapping[str, str]) -> str:
    return names.get(written.casefold(), written)


def _names(observation: Observation | None) -> dict[str, str]:
    """Name in any language, in lower case -> id."""
    if observation is None:
        return {}
    behaviours = {seen.id: seen.name for seen in observation.behaviours.values()}
    positions = {place.id: place.name for place in observation.positions.values()}
    named = (*behaviours.items(), *positions.items())
    return {name.casefold(): code for code, texts in named for name in (code, *texts.values())}


def _not_observed_words(instruments: Instruments | None) -> frozenset[str]:
    words = set(NOT_OBSERVED)
    if instruments is not None:
        table = instruments.dictionary.tables.get("observations")
        columns = [column for column in table.columns if column.name == "not_observed"] if table else []
        words.update(alias for column in columns for alias in column.aliases)
        words.update(instruments.dictionary.aliases_common.get("not_observed", ()))
        codes = instruments.observation.raw.get("rating_codes", {})
        words.update(codes if isinstance(codes, dict) else ())
    return frozenset(word.casefold() for word in words)
