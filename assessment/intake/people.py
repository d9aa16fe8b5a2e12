"""Who takes part: the staff list, one row a person, and how other tables may refer to a person."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from assessment.instruments.types import Column, Dictionary, Table
from assessment.intake.headers import Headings, column_missing, fold, match_headings, names_of, report_rest
from assessment.intake.sheet import Sheet, trim
from assessment.intake.tables import Demands, Located, counted, drop_where, read_columns, row_problems, show
from assessment.intake.values import CellReader, fold_value, number
from assessment.problems import NOTE, ROW, STOP, Problem

NAME_COLUMNS = ("full_name", "personnel_no", "work_email", "manager_personnel_no")
NAME_PARTS = (("фамилия", "surname", "last name"), ("имя", "first name"), ("отчество", "middle name", "patronymic"))
JOB_COLUMNS = ("org_id", "unit", "unit_parent", "position", "rate", "employment", "personnel_no", "category")
SAME_PERSON = ("full_name", "birth_year", "gender")
DISMISSED = re.compile(r"увол|прекращ|dismiss|terminated|resigned|left\b|retired")
LONG_LEAVE = re.compile(r"уход\w* за|декрет|беремен|родам|без сохранения|без оплаты|военн|мобилиз|матер|parental|"
                        r"maternity|long leave|sabbatical|длительн")  # fmt: skip
ABSENT = re.compile(r"отпуск|болез|больн|нетрудосп|leave|sick|ill\b")
EMPLOYMENT_WORDS = {
    "main": ("основное", "основное место работы", "основная", "основной", "постоянно", "full time"),
    "part_time": ("совместительство", "внутреннее совместительство", "внешнее совместительство", "совместитель",
                  "внутренний совместитель", "внешний совместитель", "part time", "part-time"),
    "temporary": ("временно", "временная", "временный", "срочный договор", "по срочному договору"),
}  # fmt: skip
# Tried in this order; the first that fits counts.
LEVEL_WORDS = (
    ("lead", re.compile(r"^(зам\w*|ио зам\w*|deputy)\b.*(отдел|сектор|начальник|заведующ|head of (unit|section))")),
    ("deputy_head", re.compile(r"^((перв\w+|ио) )?зам\w*\b|^(first )?deputy\b")),
    ("head", re.compile(r"^(ио )?(глав[аы]|мэра?|директор\w*|председател\w+|mayor|director|chief executive)\b")),
    ("head", re.compile(r"^(ио )?руководител\w+ (администрации|аппарата|учреждения)|^head of administration\b")),
    ("head_of_unit", re.compile(r"^(ио )?(начальни\w+|заведующ\w*|руководител\w+|управляющ\w*|head|manager)\b")),
    ("lead", re.compile(r"^(главный|ведущий|старший|lead|leading|senior|chief|principal)\b")),
)  # fmt: skip
SCIENTIFIC = re.compile(r"[0-9][.,][0-9]+e\+?[0-9]+", re.IGNORECASE)


@dataclass(frozen=True)
class People:
    """The ids in the staff list, and other texts that mean one of them.

    numbers : "organisation/personnel number", and the number alone where only one person has it -> person_id
    derived : ids were made from the numbers, so tables may name a person by number
    """

    ids: frozenset[str] = frozenset()
    numbers: Mapping[str, str] = field(default_factory=dict)
    derived: bool = False

    def resolve(self, cells: np.ndarray) -> np.ndarray:
        """The cells with every number that means a person replaced by the id."""
        if not self.derived:
            return cells
        texts = [self.numbers.get(trim(text), text) if trim(text) not in self.ids else text for text in cells]
        return np.array(texts, dtype=object) if texts else cells

    def by_number(self, numbers: np.ndarray, organisations: np.ndarray | None) -> np.ndarray:
        """The ids of personnel numbers; an unknown number stays as it stands."""
        keys = [trim(text) for text in numbers]
        if organisations is not None:
            keys = [number_key(trim(o), key) if trim(o) else key for o, key in zip(organisations, keys, strict=True)]
        return np.array([self.numbers.get(key, key) for key in keys], dtype=object)


@dataclass(frozen=True)
class StaffSheet:
    """The staff list located, its ids settled, nothing else understood yet."""

    located: Located
    people: People
    problems: list[Problem]


def number_key(organisation: str, number: str) -> str:
    """How a personnel number with its organisation is written."""
    return f"{organisation}/{number}" if organisation else number


def derived_id(organisation: str, number: str) -> str:
    """An id from organisation and personnel number: P and ten digits, the same for ever, not the number itself."""
    digest = hashlib.sha256(f"{organisation}\x1f{number}".encode()).digest()
    return f"P{int.from_bytes(digest[:8], 'big') % 10**10:010d}"


def locate_staff(sheet: Sheet, table: Table, dictionary: Dictionary, reader: CellReader) -> StaffSheet:
    """Finds the columns of the staff list and settles the id of every row; rows without one are named and gone."""
    headings, problems = match_headings(sheet, table.columns, dictionary)
    problems += report_rest(sheet, headings, True, table.columns, dictionary)
    located = _join_names(Located(sheet, headings))
    if "person_id" not in headings.places and "personnel_no" not in headings.places:
        column = next((c for c in table.columns if c.name == "person_id"), Column("person_id", "str"))
        problems.append(column_missing(sheet, "person_id", names_of(column, dictionary), headings.rest))
        return StaffSheet(located, People(), problems)
    source = "person_id" if "person_id" in headings.places else "personnel_no"
    cells = located.cells(source)
    assert cells is not None
    empty = np.array([reader.is_missing(trim(text)) for text in cells], dtype=bool)
    problems += row_problems("id_missing", sheet.table, source, sheet.rows[empty])
    located = located.take(~empty)
    return _settle(located, source, problems)


def _settle(located: Located, source: str, problems: list[Problem]) -> StaffSheet:
    numbers, organisations = located.cells("personnel_no"), located.cells("org_id")
    cells = located.cells(source)
    assert cells is not None
    orgs = [trim(o) for o in organisations] if organisations is not None else [""] * len(cells)
    if source == "person_id":
        ids = [trim(text) for text in cells]
        problems += _rounded(located, cells)
    else:
        ids = [derived_id(org, trim(text)) for org, text in zip(orgs, cells, strict=True)]
        keys = {(org, trim(text)) for org, text in zip(orgs, cells, strict=True)}
        if len(keys) > len(set(ids)):
            problems.append(Problem("ids_collide", STOP, {}, located.sheet.table, None, "personnel_no"))
        problems += counted("ids_derived", len(set(ids)), located.sheet.table, "person_id")
    located = located.put("person_id", np.array(ids, dtype=object))
    known: dict[str, str] = {}
    if numbers is not None:
        written = [trim(text) for text in numbers]
        owners: dict[str, set[str]] = {}
        for org, text, person in zip(orgs, written, ids, strict=True):
            if text:
                owners.setdefault(number_key(org, text), set()).add(person)
                owners.setdefault(text, set()).add(person)
        known = {key: next(iter(persons)) for key, persons in owners.items() if len(persons) == 1}
    return StaffSheet(located, People(frozenset(ids), known, source != "person_id"), problems)


def _rounded(located: Located, cells: np.ndarray) -> list[Problem]:
    rows = [row for row, text in zip(located.sheet.rows, cells, strict=True) if SCIENTIFIC.fullmatch(trim(text))]
    return (
        [Problem("id_rounded", NOTE, {"n": len(rows)}, located.sheet.table, int(rows[0]), "person_id")] if rows else []
    )


def _join_names(located: Located) -> Located:
    """Surname, first name and patronymic in columns of their own become the full name."""
    if "full_name" in located.headings.places:
        return located
    folded = [fold(heading) for heading in located.sheet.heading]
    places = [next((folded.index(word) for word in words if word in folded), None) for words in NAME_PARTS]
    parts = [located.sheet.columns[place] for place in places if place is not None]
    if places[0] is None or len(parts) < 2:
        return located
    names = [" ".join(filter(None, map(trim, row))) for row in zip(*parts, strict=True)]
    return located.put("full_name", np.array(names, dtype=object))


@dataclass(frozen=True)
class Staff:
    """staff : index person_id, no names ; names : index person_id ; problems"""

    staff: pd.DataFrame
    names: pd.DataFrame
    problems: list[Problem]


def read_staff(found: StaffSheet, table: Table, reader: CellReader) -> Staff:
    """One typed row a person: dismissed people left out, second employments joined, levels derived, names apart."""
    problems: list[Problem] = []
    located = found.located
    words = {"employment": _employment_words(table)} if any(c.name == "employment" for c in table.columns) else {}
    level = located.cells("level")
    if level is not None:
        located = located.put("level", _levels_in_words(level, table))
    frame, trouble = read_columns(located, table, reader, Demands(words=words))
    problems += trouble
    extra = _extra_columns(located, frame.index, reader)
    frame, trouble = _leave_out_dismissed(frame)
    problems += trouble
    frame, trouble = _one_row_each(frame, extra, located)
    problems += trouble
    frame, trouble = _levels(frame, located.headings)
    problems += trouble
    delivered = [c for c in frame.columns if c in located.headings.places or (c == "level" and frame[c].notna().any())]
    rows = frame.index
    people = frame[delivered].set_index("person_id").sort_index()
    names = people[[c for c in NAME_COLUMNS if c in people]]
    staff = people[[c for c in people if c not in NAME_COLUMNS]]
    if len(extra.columns):
        more = extra.loc[rows].set_axis(pd.Index(frame["person_id"], name="person_id"), axis=0)
        staff = staff.join(more)
    return Staff(staff, names, problems)


def _employment_words(table: Table) -> dict[str, str]:
    column = table.column("employment")
    found = {fold_value(word): value for value, words in EMPLOYMENT_WORDS.items() for word in words}
    found |= {fold_value(str(value)): str(value) for value in column.values}
    found |= {fold_value(word): value for value, words in column.value_aliases.items() for word in words}
    return {word: value for word, value in found.items() if value in column.values}


def _levels_in_words(cells: np.ndarray, table: Table) -> np.ndarray:
    """A level given as the name of a post is read by the word list."""
    values = {fold_value(str(value)) for value in table.column("level").values}
    texts = [text if fold_value(trim(text)) in values else _level_word(trim(text)) or text for text in cells]
    return np.array(texts, dtype=object)


def _level_word(position: str) -> str:
    folded = fold(position)
    return next((level for level, pattern in LEVEL_WORDS if pattern.search(folded)), "")


def level_of(position: str) -> str:
    """The level of a post by the words it begins with; a specialist where none fits."""
    return _level_word(position) or "specialist"


def _extra_columns(located: Located, kept: pd.Index, reader: CellReader) -> pd.DataFrame:
    """Columns the dictionary does not know: numbers where every cell is one, else text."""
    place_of = pd.Series(np.arange(len(located.sheet)), index=located.sheet.rows)
    places = place_of.loc[kept].to_numpy()
    data: dict[str, pd.Series] = {}
    seen = Counter[str]()
    for place in located.headings.rest:
        heading = located.sheet.heading[place]
        if not heading:
            continue
        seen[heading] += 1
        name = heading if seen[heading] == 1 else f"{heading} ({seen[heading]})"
        cells = [trim(text) for text in located.sheet.columns[place][places]]
        texts = [None if reader.is_missing(text) else text for text in cells]
        data[name] = _numbers_or_texts(texts, kept)
    return pd.DataFrame(data, index=kept)


def _numbers_or_texts(texts: list[str | None], index: pd.Index) -> pd.Series:
    filled = [text for text in texts if text is not None]
    codes = any(re.match(r"[+-]?0[0-9]", text) or len(text) > 15 for text in filled)
    numbers = {} if codes else {text: number(text) for text in set(filled)}
    if filled and not codes and all(value is not None for value in numbers.values()):
        return pd.Series([np.nan if text is None else numbers[text] for text in texts], index=index, dtype=float)
    return pd.Series(texts, index=index, dtype="str")


def _leave_out_dismissed(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    """Dismissed people take no part; long leave is flagged, its reason (and that of any absence) is not kept."""
    if "status" not in frame:
        return frame, []
    status = frame["status"].fillna("").map(fold_value)
    gone = status.str.contains(DISMISSED)
    problems = [
        Problem("person_dismissed", ROW, {"person": person}, "staff", int(str(row)), "status", show(person))
        for row, person in frame.loc[gone, "person_id"].items()
    ]
    frame, status = frame[~gone].copy(), status[~gone]
    leave = status.str.contains(LONG_LEAVE)
    absent = ~leave & status.str.contains(ABSENT)
    frame["status"] = frame["status"].mask(leave, "long_leave").mask(absent, "absent")
    for row, person in frame.loc[leave, "person_id"].items():
        problems.append(Problem("person_on_leave", NOTE, {"person": person}, "staff", int(str(row)), "status", person))
    return frame, problems


def _one_row_each(frame: pd.DataFrame, extra: pd.DataFrame, located: Located) -> tuple[pd.DataFrame, list[Problem]]:
    """Of several employments of a person the main one counts: marked so, then the larger rate, then the first row."""
    problems: list[Problem] = []
    if not frame["person_id"].duplicated().any():
        return frame, problems
    for person, rows in frame[frame["person_id"].duplicated(keep=False)].groupby("person_id", sort=False):
        first = rows.index[0]
        lost = []
        for row in rows.index[1:]:
            code = _double_kind(rows, extra, row, located)
            if code:
                lost.append(row)
                params = {"first": int(first), "person": person}
                problems.append(Problem(code, ROW, params, "staff", int(row), "person_id", str(person)))
        employments = rows.drop(index=lost)
        if len(employments) > 1:
            chosen = _main_employment(employments)
            lost += [row for row in employments.index if row != chosen]
            params = {"n": len(employments), "kept": int(chosen), "person": person}
            row = int(employments.index[1])
            problems.append(Problem("second_employment", NOTE, params, "staff", row, "person_id", str(person)))
        frame = frame.drop(index=lost)
    return frame, problems


def _double_kind(rows: pd.DataFrame, extra: pd.DataFrame, row: int, located: Located) -> str:
    """Why a further row of the same id does not count; empty where it is a second employment."""
    this = rows.loc[row]
    first = rows.iloc[0]
    if any(
        pd.notna(this[c]) and pd.notna(first[c]) and _folded(this[c]) != _folded(first[c])
        for c in SAME_PERSON
        if c in rows
    ):
        return "id_of_two_people"
    for earlier in rows.index[rows.index < row]:
        before = rows.loc[earlier]
        if all(_folded(this[c]) == _folded(before[c]) for c in JOB_COLUMNS if c in rows):
            return "row_double_person"
    return ""


def _folded(value: object) -> object:
    return fold_value(value) if isinstance(value, str) else (None if value != value else value)


def _main_employment(rows: pd.DataFrame) -> int:
    main = [value == "main" for value in rows["employment"]] if "employment" in rows else [False] * len(rows)
    rate = list(rows["rate"].fillna(0.0)) if "rate" in rows else [0.0] * len(rows)
    best = max(range(len(rows)), key=lambda i: (main[i], rate[i], -i))
    return int(rows.index[best])


def _levels(frame: pd.DataFrame, headings: Headings) -> tuple[pd.DataFrame, list[Problem]]:
    """Levels nobody gave are derived from the post."""
    if "level" not in frame or "position" not in headings.places:
        return frame, []
    wanted = frame["level"].isna() & frame["position"].notna()
    if not wanted.any():
        return frame, []
    frame = frame.copy()
    frame.loc[wanted, "level"] = frame.loc[wanted, "position"].map(level_of)
    return frame, counted("levels_derived", int(wanted.sum()), "staff", "level")


def name_by_id(located: Located, people: People | None, column: str = "person_id") -> Located:
    """A column of people with ids in it, where the file names them by personnel number (and organisation)."""
    if people is None:
        return located
    cells, numbers = located.cells(column), located.cells("personnel_no")
    if cells is not None:
        return located.put(column, people.resolve(cells))
    if numbers is None or column != "person_id":
        return located
    return located.put(column, people.by_number(numbers, located.cells("org_id")))


def leave_out_unknown(
    frame: pd.DataFrame, table: str, column: str, people: People | None
) -> tuple[pd.DataFrame, list[Problem]]:
    """Rows about somebody who is not in the staff list; a name in place of an id is reported without the name."""
    if people is None or frame.empty:
        return frame, []
    unknown = ~frame[column].isin(list(people.ids))
    if not unknown.any():
        return frame, []
    named = unknown & frame[column].where(unknown, "").map(looks_like_a_name).astype(bool)
    problems = row_problems("person_named", table, column, frame.index[named])
    _, more = drop_where(frame, unknown & ~named, "person_unknown", table, column)
    return frame[~unknown], problems + more


def looks_like_a_name(text: str) -> bool:
    """Letters in two or more words: ids are never written so."""
    words = str(text).replace(".", " ").split()
    return "@" in str(text) or (len(words) >= 2 and all(word.replace("-", "").isalpha() for word in words))
