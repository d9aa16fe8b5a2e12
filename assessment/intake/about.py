"""Tables about people: located, consents applied, typed, rows about strangers named and left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from assessment.instruments.types import Column, Instruments, Table
from assessment.intake.consent import Consents
from assessment.intake.people import People, leave_out_unknown, name_by_id
from assessment.intake.sheet import Sheet
from assessment.intake.tables import Demands, Located, locate, read_columns
from assessment.intake.values import CellReader, fold_value, typed_series
from assessment.problems import Problem, stops


@dataclass(frozen=True)
class Context:
    """What is known when a table is read; people is None where the staff list could not be read."""

    instruments: Instruments
    tables: Mapping[str, Table]
    reader: CellReader
    people: People | None
    consents: Consents
    staff: pd.DataFrame | None = None

    def locate(self, sheet: Sheet) -> tuple[Located, list[Problem]]:
        """The table's columns in a sheet; a person may be given by personnel number and organisation."""
        table = self.tables[sheet.table]
        stand_in: dict[str, Sequence[Column]] = {}
        if any(column.name == "person_id" for column in table.columns):
            stand_in["person_id"] = self.number_columns()
        return locate(sheet, table, self.instruments.dictionary, stand_in)

    def number_columns(self) -> list[Column]:
        """The staff list's columns that name a person by number."""
        staff = {column.name: column for column in self.tables["staff"].columns}
        return [staff.get(name, Column(name, "str")) for name in ("personnel_no", "org_id")]


def read_about(
    sheet: Sheet, context: Context, demands: Demands, about: str = "person_id", by: Sequence[str] = ()
) -> tuple[pd.DataFrame | None, Located, list[Problem]]:
    """A typed table of rows about known people who take part; None where a compulsory column is missing."""
    table = context.tables[sheet.table]
    located, problems = context.locate(sheet)
    if stops(problems):
        return None, located, problems
    for column in (about, *by):
        located = name_by_id(located, context.people, column)
    located, notes = context.consents.without(located, about, by)
    frame, trouble = read_columns(located, table, context.reader, demands)
    frame, strangers = leave_out_unknown(frame, table.name, about, context.people)
    return frame, located, problems + notes + trouble + strangers


def everyone(context: Context) -> People | None:
    """Everybody who may speak: the staff list and the stand-ins of those who withdrew."""
    if context.people is None:
        return None
    return replace(context.people, ids=context.people.ids | frozenset((context.consents.stand_ins or {}).values()))


def empty_table(table: Table) -> pd.DataFrame:
    """A table without rows, with every column of the dictionary typed."""
    columns = [column for column in table.columns if "<" not in column.name]
    return pd.DataFrame({c.name: typed_series([], c.type, pd.RangeIndex(0), c.required) for c in columns})


def words_of(names: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Folded id and folded text in every language -> id."""
    found = {fold_value(text): name for name, texts in names.items() for text in texts.values() if text}
    return {**found, **{fold_value(name): name for name in names}}
