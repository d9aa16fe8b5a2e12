"""Which column of a file is which column of the dictionary: names, aliases, doubles, what is dropped at once."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from assessment.instruments.types import Column, Dictionary, Table
from assessment.intake.sheet import Sheet
from assessment.intake.workbook import column_letters
from assessment.problems import NOTE, STOP, Problem

BETWEEN = re.compile(r"[\s_\u00a0\u200b\ufeff]+")
# Personal data under headings no dictionary lists: they never enter a working table.
PERSONAL = (
    "телефон", "мобильный", "сотовый", "phone", "mobile", "фамилия", "имя", "отчество", "surname", "last name",
    "first name", "middle name", "patronymic", "name", "full name", "e-mail", "email", "email address", "почта",
    "личная почта", "адрес электронной почты", "логин", "login", "username", "ip", "ip address", "ip-адрес", "ipaddr",
    "refurl",
)  # fmt: skip
PERSONAL_OPENINGS = ("телефон", "мобильный телефон", "phone", "e-mail", "email", "почта")
NEAR = 0.6


@dataclass(frozen=True)
class Headings:
    """What the headings of a sheet mean.

    places : column of the dictionary -> place in the sheet
    rest : places of headings that mean nothing to the dictionary
    dropped : places of personal data that must not be taken in
    """

    places: Mapping[str, int]
    rest: tuple[int, ...]
    dropped: tuple[int, ...]


def fold(text: str) -> str:
    """A heading as it is compared: lower case, yo as e, no dots, single blanks."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е").replace(".", "")
    return BETWEEN.sub(" ", text).strip()


def names_of(column: Column, dictionary: Dictionary) -> list[str]:
    """Every heading a column is known by, folded, its own name first."""
    names = (column.name, *column.aliases, *dictionary.aliases_common.get(column.name, ()))
    return list(dict.fromkeys(fold(name) for name in names))


def known_headings(table: Table, dictionary: Dictionary, more: Iterable[str] = ()) -> frozenset[str]:
    """Every folded heading a table knows."""
    names = [name for column in table.columns if "<" not in column.name for name in names_of(column, dictionary)]
    return frozenset((*names, *map(fold, more)))


def match_headings(
    sheet: Sheet, columns: Sequence[Column], dictionary: Dictionary, spare: Collection[str] = ()
) -> tuple[Headings, list[Problem]]:
    """Finds the dictionary's columns in a sheet.

    Two headings for one column stop: which of them counts is for a person to say. A heading that is a column's own
    name belongs to that column even where another one has it as an alias.

    Parameters
    ----------
    columns : the columns looked for ; spare : columns that yield: an alias of theirs never makes a double
    """
    owners = _owners(columns, dictionary)
    found: dict[str, list[int]] = {}
    rest: list[int] = []
    for place, heading in enumerate(sheet.heading):
        owner = owners.get(fold(heading)) if heading else None
        if owner is None:
            rest.append(place)
        else:
            found.setdefault(owner, []).append(place)
    problems = []
    for name, places in found.items():
        if len(places) > 1 and name in spare:
            own = [place for place in places if fold(sheet.heading[place]) == fold(name)]
            keep = own[:1] or places[:1]
            rest += [place for place in places if place not in keep]
            found[name] = keep
        elif len(places) > 1:
            problems.append(_twice(sheet, name, places))
    drops = [place for place in rest if is_personal(sheet.heading[place], dictionary)]
    kept = tuple(sorted(place for place in rest if place not in drops))
    return Headings({name: places[0] for name, places in found.items()}, kept, tuple(drops)), problems


def _owners(columns: Sequence[Column], dictionary: Dictionary) -> dict[str, str]:
    owners = {fold(column.name): column.name for column in columns}
    for column in columns:
        for name in names_of(column, dictionary)[1:]:
            owners.setdefault(name, column.name)
    return owners


def _twice(sheet: Sheet, name: str, places: list[int]) -> Problem:
    letters = ", ".join(column_letters(place) for place in places)
    shown = " | ".join(sheet.heading[place] for place in places)
    return Problem("column_twice", STOP, {"letters": letters}, sheet.table, sheet.heading_row, name, shown)


def is_personal(heading: str, dictionary: Dictionary) -> bool:
    """Whether a heading names personal data that is dropped at once."""
    folded = fold(heading)
    if folded in PERSONAL:
        return True
    words = (*PERSONAL_OPENINGS, *map(fold, dictionary.drop_on_import))
    return any(folded == word or folded.startswith(word + " ") for word in words)


def missing_columns(
    sheet: Sheet, headings: Headings, required: Sequence[Column], dictionary: Dictionary
) -> list[Problem]:
    """A stop for each compulsory column that is not there, naming the heading most like it."""
    problems = []
    for column in required:
        if column.name not in headings.places:
            problems.append(column_missing(sheet, column.name, names_of(column, dictionary), headings.rest))
    return problems


def column_missing(sheet: Sheet, name: str, names: Sequence[str], rest: Sequence[int]) -> Problem:
    """The stop for one missing column."""
    near = nearest_heading(names, [sheet.heading[place] for place in rest])
    code = "column_missing_near" if near else "column_missing"
    return Problem(code, STOP, {"nearest": near}, sheet.table, sheet.heading_row, name)


def nearest_heading(names: Sequence[str], headings: Iterable[str]) -> str:
    """The heading most like any of the names, or an empty text."""
    best, best_ratio = "", NEAR
    for heading in headings:
        folded = fold(heading)
        ratio = max((difflib.SequenceMatcher(None, folded, name).ratio() for name in names), default=0.0)
        if folded and ratio > best_ratio:
            best, best_ratio = heading, ratio
    return best


def report_rest(
    sheet: Sheet, headings: Headings, kept: bool, columns: Sequence[Column], dictionary: Dictionary
) -> list[Problem]:
    """Notes on columns that mean nothing to the table, and on those dropped at once (their values are not shown)."""
    problems = [
        Problem("column_dropped", NOTE, {}, sheet.table, sheet.heading_row, sheet.heading[place])
        for place in headings.dropped
    ]
    names = [name for column in columns if column.name not in headings.places for name in names_of(column, dictionary)]
    for place in headings.rest:
        heading = sheet.heading[place]
        if heading:
            near = nearest_heading([fold(heading)], names)
            code = "column_kept" if kept else "column_unknown_near" if near else "column_unknown"
            problems.append(Problem(code, NOTE, {"nearest": near}, sheet.table, sheet.heading_row, heading))
        elif any(sheet.columns[place]):
            params = {"letters": column_letters(place)}
            problems.append(Problem("column_unnamed", NOTE, params, sheet.table, sheet.heading_row))
    return problems
