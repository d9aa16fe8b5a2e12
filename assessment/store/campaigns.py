"""Campaigns in the database: each import is a revision that comes back exactly as it was stored."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import sqlalchemy as sa

from assessment.campaign import Campaign
from assessment.decisions import FIRST_LINK
from assessment.problems import AssessmentError, Problem
from assessment.store import schema
from assessment.store.record import now
from assessment.store.tables import NotStorable, pack, settings_back, settings_text, table_back, table_bytes, unpack

if TYPE_CHECKING:
    from assessment.instruments.reading import Instruments

NAME_COLUMNS = ("full_name", "personnel_no", "work_email", "manager_personnel_no")


@dataclass(frozen=True)
class CampaignInfo:
    """A campaign without its data: what a list of campaigns shows.

    revision : number of the last import, from 1; fingerprint : `Campaign.revision` of it
    entries : length of the record of decisions; head : hash of its last entry
    """

    id: str
    name: str
    created_at: str
    invented: bool
    revision: int
    fingerprint: str
    people: int
    entries: int
    head: str


@dataclass(frozen=True)
class Revision:
    """One import of a campaign."""

    number: int
    fingerprint: str
    created_at: str
    author: str
    people: int


def list_campaigns(connection: sa.Connection) -> list[CampaignInfo]:
    """All campaigns, oldest first."""
    c, r = schema.campaigns.c, schema.revisions.c
    query = (
        sa.select(c.id, c.name, c.created_at, c.invented, c.revision, r.fingerprint, r.people, c.entries, c.head)
        .join_from(schema.campaigns, schema.revisions, sa.and_(r.campaign_id == c.id, r.number == c.revision))
        .where(c.erased_at.is_(None))
        .order_by(c.created_at, c.id)
    )
    return [CampaignInfo(*row) for row in connection.execute(query)]


def list_revisions(connection: sa.Connection, campaign_id: str) -> list[Revision]:
    """All imports of a campaign, oldest first."""
    r = schema.revisions.c
    query = sa.select(r.number, r.fingerprint, r.created_at, r.author, r.people).where(r.campaign_id == campaign_id)
    return [Revision(*row) for row in connection.execute(query.order_by(r.number))]


def current_revision(connection: sa.Connection, campaign_id: str, lock: bool = False) -> int:
    """Number of the last import; KeyError for an unknown campaign."""
    query = sa.select(schema.campaigns.c.revision).where(schema.campaigns.c.id == campaign_id)
    query = query.where(schema.campaigns.c.erased_at.is_(None))
    found = connection.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise KeyError(f"no campaign {campaign_id!r}")
    return int(found)


def free_id(connection: sa.Connection) -> str:
    """An id for a new campaign: c1, c2 ...; never given twice, for an erased campaign keeps its row and its record."""
    count = connection.scalar(sa.select(sa.func.count()).select_from(schema.campaigns)) or 0
    return f"c{count + 1}"


def next_revision(connection: sa.Connection, campaign: Campaign, campaign_id: str) -> int:
    """Make room for the next import of a campaign; its number."""
    number = current_revision(connection, campaign_id, lock=True) + 1
    connection.execute(
        schema.campaigns.update()
        .where(schema.campaigns.c.id == campaign_id)
        .values(revision=number, name=campaign.settings.name)
    )
    return number


def people_of(connection: sa.Connection, campaign_id: str) -> frozenset[str]:
    """Ids of everybody in the last import."""
    number = current_revision(connection, campaign_id)
    t = schema.tables.c
    query = sa.select(t.content).where(t.campaign_id == campaign_id, t.revision == number, t.name == "staff")
    return frozenset(table_back(connection.scalars(query).one()).index)


@dataclass(frozen=True)
class Packed:
    """A campaign turned into bytes and texts before any transaction is opened."""

    campaign: Campaign
    tables: Mapping[str, bytes]
    names: tuple[Mapping[str, str | None], ...]
    names_layout: str
    questionnaires: Mapping[str, bytes]


def pack_campaign(campaign: Campaign, questionnaires: Path | Mapping[str, bytes] | None) -> Packed:
    """Everything of a campaign as bytes; NotStorable when something would not come back as it is."""
    contents = {name: table_bytes(table) for name, table in campaign.tables().items() if name != "names"}
    rows, layout = _pack_names(campaign.names)
    return Packed(campaign, contents, rows, layout, _questionnaires(campaign, questionnaires))


def _questionnaires(campaign: Campaign, given: Path | Mapping[str, bytes] | None) -> dict[str, bytes]:
    """The bytes of every questionnaire in use; those the campaign brought are checked against what was read.

    The shipped ones are kept too: answers keep the version they were given under when the program ships a newer one.
    """
    from assessment.instruments.reading import SHIPPED

    found = {}
    for file, origin in campaign.instruments.files.items():
        if origin != "campaign":
            found[file] = (SHIPPED / file).read_bytes()
            continue
        content = (given / file).read_bytes() if isinstance(given, Path) else (given or {}).get(file)
        if content is None or hashlib.sha256(content).hexdigest() != campaign.instruments.sha256[file]:
            raise NotStorable(f"the campaign brought {file}: give its bytes as they were read")
        found[file] = content
    return found


def _pack_names(names: pd.DataFrame) -> tuple[tuple[Mapping[str, str | None], ...], str]:
    unknown = [column for column in names.columns if column not in NAME_COLUMNS]
    if unknown:
        raise NotStorable(f"names have no column {unknown[0]!r}")
    layout = {
        "columns": list(names.columns), "types": [str(names[c].dtype) for c in names.columns],
        "index": names.index.name, "index_type": str(names.index.dtype), "order": list(names.index),
    }  # fmt: skip
    rows: tuple[Mapping[str, str | None], ...] = tuple(
        {"person_id": str(person), **{c: _cell(names[c].iloc[place]) for c in names.columns}}
        for place, person in enumerate(names.index)
    )
    back = _names_back(rows, pack(layout))
    try:
        pd.testing.assert_frame_equal(back, names, check_exact=True, check_column_type=False)
    except AssertionError as error:
        raise NotStorable(f"the names would not come back as they are: {error}") from error
    return rows, pack(layout)


def _cell(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)


def _names_back(rows: Iterable[Mapping[str, str | None]], layout_text: str) -> pd.DataFrame:
    layout = unpack(layout_text)
    by_person = {row["person_id"]: row for row in rows}
    order = [person for person in layout["order"] if person in by_person]
    frame = pd.DataFrame(index=pd.Index(order, dtype=layout["index_type"], name=layout["index"]))
    for column, kind in zip(layout["columns"], layout["types"], strict=True):
        values = [by_person[person][column] for person in order]
        frame[column] = pd.Series(values, index=frame.index, dtype=kind)
    return frame


def insert_revision(
    connection: sa.Connection, packed: Packed, problems: Iterable[Problem], campaign_id: str, number: int, author: str
) -> None:
    """Write one import; the campaign's row must be there already."""
    campaign = packed.campaign
    key = {"campaign_id": campaign_id, "revision": number}
    connection.execute(schema.revisions.insert().values(
        campaign_id=campaign_id, number=number, fingerprint=campaign.revision, created_at=now(), author=author,
        people=len(campaign.people), settings=settings_text(campaign.settings), present=pack(campaign.present),
        inputs=pack(dict(campaign.inputs)), names_layout=packed.names_layout,
    ))  # fmt: skip
    table_rows = [
        key | {"name": name, "rows": len(campaign.tables()[name]), "content": content}
        for name, content in packed.tables.items()
    ]
    problem_rows = [
        key | {"position": place} | dict(vars(problem)) | {"params": pack(dict(problem.params))}
        for place, problem in enumerate(problems)
    ]
    name_rows = [{**key, **dict.fromkeys(NAME_COLUMNS), **row} for row in packed.names]
    file_rows = [
        key | {"file": file, "content": content, "origin": campaign.instruments.files[file]}
        for file, content in packed.questionnaires.items()
    ]
    for table, rows in (
        (schema.tables, table_rows), (schema.problems, problem_rows),
        (schema.names, name_rows), (schema.questionnaires, file_rows),
    ):  # fmt: skip
        if rows:
            connection.execute(table.insert(), rows)


def insert_campaign(connection: sa.Connection, campaign: Campaign, campaign_id: str) -> None:
    """The row of a new campaign, before its first revision."""
    connection.execute(schema.campaigns.insert().values(
        id=campaign_id, name=campaign.settings.name, created_at=now(), invented=campaign.settings.invented,
        revision=1, entries=0, head=FIRST_LINK,
    ))  # fmt: skip


def load_campaign(connection: sa.Connection, campaign_id: str, number: int | None) -> Campaign:
    """A campaign as it was stored; KeyError when there is no such campaign or revision."""
    number = current_revision(connection, campaign_id) if number is None else number
    r = schema.revisions.c
    row = connection.execute(
        sa.select(r.settings, r.present, r.inputs, r.names_layout)
        .where(r.campaign_id == campaign_id, r.number == number)
    ).first()  # fmt: skip
    if row is None:
        raise KeyError(f"campaign {campaign_id!r} has no revision {number}")
    t = schema.tables.c
    query = sa.select(t.name, t.content).where(t.campaign_id == campaign_id, t.revision == number)
    frames = {name: table_back(content) for name, content in connection.execute(query)}
    n = schema.names.c
    people = sa.select(n.person_id, *(n[c] for c in NAME_COLUMNS)).where(
        n.campaign_id == campaign_id, n.revision == number
    )
    frames["names"] = _names_back([dict(found._mapping) for found in connection.execute(people)], row.names_layout)
    return Campaign(
        settings=settings_back(row.settings), instruments=_instruments(connection, campaign_id, number),
        present=unpack(row.present), inputs=unpack(row.inputs), **frames,
    )  # fmt: skip


def _instruments(connection: sa.Connection, campaign_id: str, number: int) -> Instruments:
    """The instruments as they were: own files, and shipped ones that have changed since, over today's."""
    from assessment.instruments.reading import SHIPPED, load_instruments

    q = schema.questionnaires.c
    query = sa.select(q.file, q.origin, q.content).where(q.campaign_id == campaign_id, q.revision == number)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, origin, content in connection.execute(query):
            today = SHIPPED / file
            if origin == "campaign" or not today.is_file() or today.read_bytes() != content:
                (folder / file).write_bytes(content)
        instruments, problems = load_instruments(folder if any(folder.iterdir()) else None)
    if instruments is None:
        raise AssessmentError(*problems)
    return instruments


def erase_data(connection: sa.Connection, campaign_id: str, keep_current: bool) -> int:
    """Remove the imports of a campaign with names and results, all or all but the last; how many went."""
    current = current_revision(connection, campaign_id, lock=True)
    r = schema.revisions.c
    going = r.campaign_id == campaign_id
    if keep_current:
        going = sa.and_(going, r.number != current)
    gone = connection.execute(schema.revisions.delete().where(going)).rowcount
    if not keep_current:
        for table in (schema.scenarios, schema.rules, schema.results, schema.models):
            connection.execute(table.delete().where(table.c.campaign_id == campaign_id))
        connection.execute(
            schema.campaigns.update().where(schema.campaigns.c.id == campaign_id).values(erased_at=now(), name="")
        )
    return int(gone)


def load_problems(connection: sa.Connection, campaign_id: str, number: int | None) -> list[Problem]:
    """What the import found, in the order it was found."""
    number = current_revision(connection, campaign_id) if number is None else number
    p = schema.problems.c
    query = (
        sa.select(p.code, p.severity, p.params, p.table, p.row, p.column, p.value)
        .where(p.campaign_id == campaign_id, p.revision == number)
        .order_by(p.position)
    )
    return [Problem(r[0], r[1], unpack(r[2]), *r[3:]) for r in connection.execute(query)]
