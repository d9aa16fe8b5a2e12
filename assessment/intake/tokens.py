"""Whose personal link a token is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assessment.intake.about import Context
from assessment.intake.people import leave_out_unknown, name_by_id
from assessment.intake.sheet import Sheet, trim
from assessment.intake.tables import read_columns, row_problems, show
from assessment.problems import NOTE, Problem, stops


@dataclass(frozen=True)
class Tokens:
    """Token -> person; shared tokens belong to nobody, withheld ones to people who take no part."""

    owners: Mapping[str, str] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()
    withheld: frozenset[str] = frozenset()
    delivered: bool = False


def read_tokens(sheet: Sheet, context: Context) -> tuple[Tokens, list[Problem]]:
    """The list of tokens. A token of two people belongs to neither: whose answers it brings nobody can tell.
    Two tokens of one person both count."""
    located, problems = context.locate(sheet)
    if stops(problems):
        return Tokens(delivered=True), problems
    located = name_by_id(located, context.people)
    links, people = located.cells("token"), located.cells("person_id")
    assert links is not None and people is not None
    pairs = zip(links, people, strict=True)
    withheld = frozenset(trim(link) for link, person in pairs if trim(person) in context.consents.withheld)
    located, notes = context.consents.without(located, "person_id")
    frame, trouble = read_columns(located, context.tables["tokens"], context.reader)
    frame, strangers = leave_out_unknown(frame, "tokens", "person_id", context.people)
    problems += notes + trouble + strangers
    single = frame.drop_duplicates(["token", "person_id"])
    double = frame.index.difference(single.index)
    problems += row_problems("token_double", "tokens", "token", double, frame.loc[double, "token"])
    claimed = single["token"].duplicated(keep=False) | single["token"].isin(list(withheld))
    problems += row_problems("token_shared", "tokens", "token", single.index[claimed], single.loc[claimed, "token"])
    good = single[~claimed]
    for row in good.index[good["person_id"].duplicated()]:
        person = str(good.loc[row, "person_id"])
        problems.append(
            Problem("person_with_two_tokens", NOTE, {"person": person}, "tokens", int(row), "person_id", show(person))
        )
    owners = dict(zip(good["token"], good["person_id"], strict=True))
    shared = frozenset(single.loc[claimed, "token"])
    return Tokens(owners, shared, withheld - shared, delivered=True), problems
