"""Who is left out of what, because consent was not given or was withdrawn."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from assessment.instruments.types import Table
from assessment.intake.people import People, leave_out_unknown, name_by_id
from assessment.intake.sheet import trim
from assessment.intake.tables import Located, counted, drop_doubles, read_columns, sort_rows
from assessment.intake.values import OK, CellReader, enum_words, fold_value
from assessment.problems import NOTE, Problem

TAKE_PART, BY_OTHERS = "selection", "peer_data"
STAND_IN = "withheld_"
WORD = re.compile(r"[^\s,;|]+")


@dataclass(frozen=True)
class Consents:
    """What people agreed to.

    withheld : ids that appear in no output; nothing about them is kept
    no_peer_data : ids about whom no ratings of observers and no choices are used
    table : the consents of everybody else
    stand_ins : withheld id -> the name under which what that person said of others stays
    """

    withheld: frozenset[str] = frozenset()
    no_peer_data: frozenset[str] = frozenset()
    table: pd.DataFrame | None = None
    stand_ins: Mapping[str, str] | None = None

    def without(self, located: Located, about: str, by: Sequence[str] = ()) -> tuple[Located, list[Problem]]:
        """The rows that may be used: none about a withheld person; what such a person said stays without the id."""
        if not self.withheld:
            return located, []
        cells = located.cells(about)
        lost = np.zeros(len(located.sheet), dtype=bool)
        if cells is not None:
            lost = np.array([trim(text) in self.withheld for text in cells], dtype=bool)
        located = located.take(~lost)
        names = self.stand_ins or {}
        for column in by:
            cells = located.cells(column)
            if cells is not None:
                texts = [names.get(trim(text), text) for text in cells]
                located = located.put(column, np.array(texts, dtype=object))
        return located, counted("rows_withheld", int(lost.sum()), located.sheet.table)

    def hide(self, problems: Iterable[Problem]) -> list[Problem]:
        """The problems without the id of any withheld person."""
        return [self._hidden(problem) for problem in problems] if self.withheld else list(problems)

    def _hidden(self, problem: Problem) -> Problem:
        params = {name: self._bare(value) for name, value in problem.params.items()}
        value = self._bare(problem.value)
        if value == problem.value and params == dict(problem.params):
            return problem
        return replace(problem, value=value, params=params)

    def _bare(self, value: Any) -> Any:
        if isinstance(value, str):
            return WORD.sub(lambda word: "" if word[0] in self.withheld else word[0], value)
        if isinstance(value, (list, tuple)):
            return type(value)(part for part in value if not (isinstance(part, str) and part in self.withheld))
        return value


def everybody_agreed() -> tuple[Consents, list[Problem]]:
    """No table of consents: everybody agreed, with a note."""
    return Consents(), [Problem("consents_absent", NOTE, {}, "consents")]


def read_consents(
    located: Located, table: Table, reader: CellReader, people: People | None
) -> tuple[Consents, list[Problem]]:
    """Reads the table of consents; whoever has no valid row for a purpose has not agreed to it.

    Of several rows of a person and purpose the latest by given_at counts, at the same moment the refusal. Anything in
    withdrawn_at withdraws, readable or not, and a refusal counts even where the rest of its row cannot be read.
    """
    located = name_by_id(located, people)
    withdrawn = pd.Series(_filled(located, "withdrawn_at", reader), index=located.sheet.rows)
    frame, problems = read_columns(located, table, reader)
    frame, doubles = drop_doubles(frame.assign(withdrawn=withdrawn.loc[frame.index]), [*frame, "withdrawn"], "consents")
    frame = frame.drop(columns="withdrawn")
    broken = _broken_refusals(located, table, reader, withdrawn.to_numpy(), set(frame.index) | {p.row for p in doubles})
    agreed = {purpose: _agreed(frame, withdrawn, purpose) - broken[purpose] for purpose in (TAKE_PART, BY_OTHERS)}
    ids = people.ids if people is not None else frozenset(frame["person_id"])
    no = ~frame["given"].astype(bool) | withdrawn.loc[frame.index]
    said_no = set(frame.loc[no & (frame["purpose"] == TAKE_PART), "person_id"]) | broken[TAKE_PART]
    withheld = (ids - agreed[TAKE_PART]) | (said_no - agreed[TAKE_PART])
    consents = Consents(withheld, ids - withheld - agreed[BY_OTHERS], stand_ins=stand_ins(withheld))
    problems = _without_trifles(problems + doubles, located, withheld)
    frame, unknown = leave_out_unknown(frame[~frame["person_id"].isin(list(withheld))], "consents", "person_id", people)
    problems += unknown
    problems += counted("consent_not_given", len(ids & withheld), "consents", "purpose")
    problems += counted("consent_not_given_peers", len(consents.no_peer_data), "consents", "purpose")
    kept = sort_rows(_as_it_counts(frame, withdrawn, broken[BY_OTHERS]), ["person_id", "purpose", "given_at"])
    return replace(consents, table=kept), consents.hide(problems)


def _as_it_counts(frame: pd.DataFrame, withdrawn: pd.Series, refused: Collection[str]) -> pd.DataFrame:
    """A refusal that could not be read whole stands in the table all the same: there the yes counts no more."""
    vague = withdrawn.loc[frame.index] & frame["withdrawn_at"].isna()
    vague |= (frame["purpose"] == BY_OTHERS) & frame["person_id"].isin(list(refused))
    return frame.assign(given=frame["given"].astype(bool) & ~vague)


def stand_ins(withheld: Collection[str]) -> dict[str, str]:
    """A number in place of each withheld id, by the order of the ids."""
    return {person: f"{STAND_IN}{place}" for place, person in enumerate(sorted(withheld), start=1)}


def _cells(located: Located, name: str) -> np.ndarray:
    cells = located.cells(name)
    return np.full(len(located.sheet), "", dtype=object) if cells is None else cells


def _filled(located: Located, name: str, reader: CellReader) -> np.ndarray:
    return np.array([not reader.is_missing(trim(text)) for text in _cells(located, name)], dtype=bool)


def _broken_refusals(
    located: Located, table: Table, reader: CellReader, withdrawn: np.ndarray, read: Collection[int | None]
) -> dict[str, set[str]]:
    """Purpose -> people with a row that says no but could not be read whole (no date, no version of the text)."""
    words = enum_words(table.column("purpose"))
    given = reader.read(_cells(located, "given"), table.column("given"))
    says_no = withdrawn | ((given.state == OK) & (given.values == False))  # noqa: E712 - None stands among the values
    found: dict[str, set[str]] = {TAKE_PART: set(), BY_OTHERS: set()}
    for place in np.flatnonzero(says_no):
        purpose = words.get(fold_value(trim(_cells(located, "purpose")[place])), "")
        if purpose in found and located.sheet.rows[place] not in read:
            found[purpose].add(trim(_cells(located, "person_id")[place]))
    return {purpose: persons - {""} for purpose, persons in found.items()}


def _agreed(frame: pd.DataFrame, withdrawn: pd.Series, purpose: str) -> set[str]:
    rows = frame[frame["purpose"] == purpose]
    yes = rows["given"].astype(bool) & ~withdrawn.loc[rows.index]
    ordered = pd.DataFrame({"person": rows["person_id"], "at": rows["given_at"], "yes": yes})
    ordered = ordered.sort_values(["at", "yes"], ascending=[True, False], kind="stable")
    last = ordered.drop_duplicates("person", keep="last")
    return set(last.loc[last["yes"], "person"])


def _without_trifles(problems: list[Problem], located: Located, withheld: Collection[str]) -> list[Problem]:
    """Of a withheld person only what may explain the missing consent is named: by the row, without the id."""
    about = {
        int(row)
        for row, text in zip(located.sheet.rows, _cells(located, "person_id"), strict=True)
        if trim(text) in withheld
    }
    return [
        p
        for p in problems
        if p.row not in about or p.code in ("value_missing", "value_unreadable", "value_not_allowed")
    ]
