"""A wide survey: one row a submission, one column a question, under codes or under whole questions."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from assessment.instruments.types import Column
from assessment.intake.about import Context
from assessment.intake.answers import AnswerReader, fold_code, question_names
from assessment.intake.headers import column_missing, fold, names_of, nearest_heading
from assessment.intake.layouts import GOOGLE, LEAST, MOST, Arrangement, Questions, arrange
from assessment.intake.people import looks_like_a_name
from assessment.intake.sheet import Sheet, trim
from assessment.intake.survey import META, Collected, Survey, build_survey, check_situations, collect, note
from assessment.intake.tables import counted, row_problems, show
from assessment.intake.tokens import Tokens
from assessment.intake.values import MISSING, fold_value, number, typed_series
from assessment.intake.workbook import column_letters
from assessment.problems import ROW, STOP, Problem

TABLE = "survey_wide"
TICKED = frozenset(("y", "yes", "да", "1", "true", "x", "х", "+", "истина", "checked"))
US_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})(?=\s)")


def read_wide(sheet: Sheet, context: Context, tokens: Tokens) -> tuple[Survey | None, list[Problem]]:
    """Who it is by token or person_id; each answer by code, label or position; one submission a person."""
    reader = AnswerReader(context.instruments, context.reader)
    questions = Questions(context.instruments)
    arranged = arrange(sheet, context.tables[TABLE], context.instruments, questions)
    problems = _column_notes(sheet, arranged, questions)
    stop = _stops(sheet, arranged, questions, tokens, context)
    if stop:
        return None, problems + stop
    people, trouble = _who(sheet, arranged, context, tokens)
    keep = np.array([person is not None for person in people], dtype=bool)
    problems += trouble
    sheet, people = sheet.take(keep), people[keep]
    meta, meta_problems = _meta(sheet, arranged, context)
    keep, trouble = _one_each(sheet, people, meta["submitted_at"])
    problems += trouble
    sheet, people, meta = sheet.take(keep), people[keep], meta[keep]
    kept_rows = set(sheet.rows.tolist())
    problems += [problem for problem in meta_problems if problem.row in kept_rows]
    found = _answers(sheet, arranged, questions, reader)
    delivered = [name for name in META if name in arranged.columns]
    if "submitted_at" in delivered:
        unfinished = int(meta["submitted_at"].isna().sum())
        problems += counted("submissions_unfinished", unfinished, TABLE, "submitted_at")
    survey = build_survey(found, list(people), reader, meta[delivered])
    return survey, problems + found.problems


def _column_notes(sheet: Sheet, arranged: Arrangement, questions: Questions) -> list[Problem]:
    """Which program wrote the file, which columns are not used, which questions have none."""
    row = sheet.heading_row
    problems = [note("survey_layout", TABLE, row, layout=arranged.layout)] if arranged.layout else []
    if arranged.layout == GOOGLE:
        problems.append(note("survey_from_abroad", TABLE, row, layout=arranged.layout))
    problems += [note("column_dropped", TABLE, row, sheet.heading[place]) for place in arranged.dropped]
    names = {fold_code(name): name for name in question_names(questions.battery)}
    for place in arranged.unknown:
        heading = sheet.heading[place]
        if not heading:
            problems.append(note("column_unnamed", TABLE, row, letters=column_letters(place)))
            continue
        near = nearest_heading([fold_code(heading)], names) if len(heading) <= 20 else ""
        code = "column_unknown_near" if near else "column_unknown"
        problems.append(note(code, TABLE, row, show(heading), nearest=names.get(near, "")))
    lacking = [name for name in questions.battery.ordinal_ids if name not in arranged.columns]
    if lacking and len(lacking) < len(questions.battery.ordinal_ids):
        problems.append(note("items_without_column", TABLE, row, n=len(lacking), items=", ".join(lacking)))
    return problems


def _stops(
    sheet: Sheet, arranged: Arrangement, questions: Questions, tokens: Tokens, context: Context
) -> list[Problem]:
    """Two columns for one thing, nothing that says whose answers they are, no question at all."""
    problems = []
    row = sheet.heading_row
    for name, places in arranged.columns.items():
        if len(places) > 1:
            shown = show(" | ".join(sheet.heading[place] for place in places))
            problems.append(Problem("column_twice", STOP, {"letters": ""}, TABLE, row, name, shown))
    named = {"person_id", "personnel_no"} & set(arranged.columns)
    if not named and "token" not in arranged.columns:
        person = Column("person_id", "str")
        names = ["token", *names_of(person, context.instruments.dictionary)]
        problems.append(column_missing(sheet, "token", names, arranged.unknown))
    elif not named and not tokens.delivered:
        problems.append(Problem("tokens_absent", STOP, {}, "tokens", None, "token"))
    if not any(name in arranged.columns for name in questions.battery.ordinal_ids):
        items = ", ".join(list(questions.battery.ordinal_ids)[:5])
        problems.append(Problem("survey_without_questions", STOP, {"items": items}, TABLE, row))
    return problems


def _cells(sheet: Sheet, arranged: Arrangement, name: str) -> np.ndarray | None:
    places = arranged.columns.get(name)
    return sheet.columns[places[0]] if places else None


def _who(sheet: Sheet, arranged: Arrangement, context: Context, tokens: Tokens) -> tuple[np.ndarray, list[Problem]]:
    """The person of every row, None where there is none; rows of withheld people go without a word about them."""
    links = _cells(sheet, arranged, "token")
    ids = _written_ids(sheet, arranged, context)
    doubtful = "person_id" in arranged.columns and fold(sheet.heading[arranged.columns["person_id"][0]]) in (
        "id",
        "код",
    )
    if links is not None and tokens.delivered and doubtful:
        ids = None  # "ID" beside a token is the number of the answer
    people = np.full(len(sheet), None, dtype=object)
    problems: list[Problem] = []
    withheld = 0
    for place, row in enumerate(sheet.rows):
        link = _text(links, place, context)
        written = _text(ids, place, context)
        person, code, column, shown = _person_of(written, link, context, tokens)
        if code == "withheld":
            withheld += 1
        elif code:
            column = column or ("token" if ids is None else "person_id")
            problems.append(Problem(code, ROW, {}, TABLE, int(row), column, show(shown)))
        else:
            people[place] = person
    return people, problems + counted("rows_withheld", withheld, TABLE)


def _written_ids(sheet: Sheet, arranged: Arrangement, context: Context) -> np.ndarray | None:
    cells, numbers = _cells(sheet, arranged, "person_id"), _cells(sheet, arranged, "personnel_no")
    if context.people is None:
        return cells if cells is not None else numbers
    if cells is not None:
        return context.people.resolve(cells)
    return None if numbers is None else context.people.by_number(numbers, _cells(sheet, arranged, "org_id"))


def _text(cells: np.ndarray | None, place: int, context: Context) -> str:
    text = "" if cells is None else trim(cells[place])
    return "" if context.reader.is_missing(text) else text


def _person_of(written: str, link: str, context: Context, tokens: Tokens) -> tuple[str, str, str, str]:
    """(person, code of a problem, column, value) for what stands in one row."""
    if written in context.consents.withheld or link in tokens.withheld:
        return "", "withheld", "", ""
    if link in tokens.shared:
        return "", "token_of_two_people", "token", link
    by_link = tokens.owners.get(link, "")
    known = context.people is None or written in context.people.ids
    if written and not known and written in tokens.owners:
        written, known = tokens.owners[written], True
    if written and not known:
        return (
            "",
            "person_named" if looks_like_a_name(written) else "person_unknown",
            "person_id",
            ("" if looks_like_a_name(written) else written),
        )
    if written and by_link and by_link != written:
        return "", "token_of_another", "token", link
    if written or by_link:
        return written or by_link, "", "", ""
    return "", "token_unknown" if link else "value_missing", "token" if link else "", link


def _meta(sheet: Sheet, arranged: Arrangement, context: Context) -> tuple[pd.DataFrame, list[Problem]]:
    """When and in which language each submission was made; an unusable cell is missing, and named."""
    known = {column.name: column for column in context.tables[TABLE].columns}
    index = pd.RangeIndex(len(sheet))
    data, problems = {}, []
    for name, kind in META.items():
        cells = _cells(sheet, arranged, name)
        if cells is None:
            data[name] = typed_series([None] * len(sheet), kind, index)
            continue
        if arranged.layout == GOOGLE and kind == "datetime":
            cells = _european(cells)
        values = context.reader.read(cells, known.get(name, Column(name, kind)))
        bad = values.state > MISSING
        problems += row_problems(
            "cell_unreadable", TABLE, name, sheet.rows[bad], cells[bad], expected="2026-12-31 14:05"
        )
        data[name] = typed_series(values.values, kind, index)
    return pd.DataFrame(data, index=index), problems


def _european(cells: np.ndarray) -> np.ndarray:
    """Times of Google's English forms put the month first."""
    turned = [US_DAY.sub(lambda d: f"{d[3]}-{int(d[1]):02d}-{int(d[2]):02d}", trim(text)) for text in cells]
    return np.array(turned, dtype=object) if turned else cells


def _one_each(sheet: Sheet, people: np.ndarray, submitted: pd.Series) -> tuple[np.ndarray, list[Problem]]:
    """Of several submissions of a person the latest finished one counts, of equal ones the first."""
    keep = np.ones(len(people), dtype=bool)
    problems = []
    groups: dict[str, list[int]] = {}
    for place, person in enumerate(people):
        groups.setdefault(person, []).append(place)
    moments = submitted.to_numpy(dtype="datetime64[us]").astype("int64")
    finished = submitted.notna().to_numpy()
    for places in (places for places in groups.values() if len(places) > 1):
        best = max(places, key=lambda i: (finished[i], moments[i] if finished[i] else 0, -i))
        for place in places:
            if place == best:
                continue
            keep[place] = False
            same = all(trim(column[place]) == trim(column[best]) for column in sheet.columns)
            code = "row_double" if same else "submission_replaced"
            params = {"first": int(sheet.rows[best]), "keys": "person_id"}
            problems.append(Problem(code, ROW, params, TABLE, int(sheet.rows[place]), "person_id", show(people[place])))
    return keep, problems


def _answers(sheet: Sheet, arranged: Arrangement, questions: Questions, reader: AnswerReader) -> Collected:
    found = Collected(sheet.rows)
    for name in question_names(questions.battery):
        cells = _cells(sheet, arranged, name)
        column = name
        if cells is None and name in arranged.boxes:
            cells = _ticked(sheet, arranged.boxes[name], reader.conditions[name].words)
        situation, _, which = name.rpartition("_")
        if cells is None and which in ("most", "least") and situation in arranged.grids:
            cells = _marked(sheet, arranged.grids[situation], MOST if which == "most" else LEAST, which)
        if cells is not None:
            collect(found, name, cells, reader, TABLE, column)
    check_situations(found, questions.battery, TABLE)
    _seconds(found, sheet, arranged, questions)
    return found


def _ticked(sheet: Sheet, boxes: dict[int, str], words: dict[str, str]) -> np.ndarray:
    """One column an option becomes one text with the options ticked."""
    texts = []
    for row in range(len(sheet)):
        marks = {option: fold_value(trim(sheet.columns[place][row])) for place, option in boxes.items()}
        texts.append(";".join(o for o, mark in marks.items() if mark in TICKED or words.get(mark) == o))
    return np.array(texts, dtype=object)


def _marked(sheet: Sheet, options: dict[int, str], pattern: re.Pattern[str], which: str) -> np.ndarray:
    """One column an action becomes the action marked so."""
    texts = []
    for row in range(len(sheet)):
        marks = {option: fold_value(trim(sheet.columns[place][row])) for place, option in options.items()}
        chosen = [o for o, m in marks.items() if pattern.search(m) and (which == "least" or not LEAST.search(m))]
        texts.append(chosen[0] if len(chosen) == 1 else "; ".join(chosen))
    return np.array(texts, dtype=object)


def _seconds(found: Collected, sheet: Sheet, arranged: Arrangement, questions: Questions) -> None:
    """Seconds on each item; what is no time is missing, and named."""
    for name in questions.battery.ordinal_ids:
        cells = _cells(sheet, arranged, f"{name}_t")
        if cells is None:
            continue
        codes, texts = pd.factorize(cells)
        read = [number(trim(text)) if trim(text) else None for text in texts]
        good = [value if value is not None and value >= 0 else None for value in read]
        bad = np.array(
            [bool(trim(text)) and value is None for text, value in zip(texts, good, strict=True)], dtype=bool
        )
        found.seconds[name] = np.array(good, dtype=object)[codes] if len(texts) else np.empty(0, dtype=object)
        if bad.any():
            rows = bad[codes]
            found.problems += row_problems(
                "cell_unreadable", TABLE, f"{name}_t", found.rows[rows], cells[rows], expected="7,5"
            )
