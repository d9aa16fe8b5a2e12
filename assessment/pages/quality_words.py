"""What the page about quality says first and last: finding, key figures, and the words for the protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from assessment import blocks, numbers
from assessment.blocks import KeyFigure, Markup, Task
from assessment.diagnosis.items import UNUSABLE, WEAK
from assessment.diagnosis.observers import LENIENT, SEVERE
from assessment.diagnosis.overall import PLAIN, Diagnosis
from assessment.messages import problem_text
from assessment.pages.state import View
from assessment.problems import SOURCE
from assessment.records import records

AGREE = 0.8  # of a list; where the two readings share less, it is worth a word


@dataclass(frozen=True)
class Word:
    """Something the commission should have heard: what, what is known of it, and whether it must act.

    brief : the same in a few words for the line under the finding
    """

    what: str
    detail: str
    brief: str
    urgent: bool = True


def words(view: View, found: Diagnosis) -> list[Word]:
    """Everything worth a word, what weighs most first."""
    return [
        *_left_out(view),
        *_linked(view, found),
        *_observers(view, found),
        *_scales(view, found),
        *_structure(view, found),
        *_readings(view, found),
        *_groups(view, found),
        *_answers(view, found),
        *_unseen(view, found),
    ]


def finding(view: View, told: list[Word]) -> tuple[str, str]:
    said = view.words
    missing = sum(p.severity == SOURCE for p in view.result.problems)
    urgent = [word for word in told if word.urgent]
    if missing:
        title = said.n("quality.finding_left_out", missing)
    elif urgent:
        title = said.n("quality.finding_words", len(urgent))
    else:
        return said("quality.finding_clear"), said("quality.lead_clear")
    listed = "; ".join(word.brief for word in urgent[:2])
    return title, said("quality.lead", listed=listed[:1].upper() + listed[1:])


def figures(view: View, found: Diagnosis) -> list[KeyFigure]:
    said, size = view.words, min(view.campaign.settings.shortlist, len(view.ranking))
    return [
        KeyFigure(
            said("quality.readings"),
            said("quality.of", part=size - _moved(found, "shortlist"), whole=size),
            said("quality.readings_how"),
        ),
        _network(view, found),
        _domains(view, found),
        _outside(view, found),
        KeyFigure(
            said("quality.doubtful"),
            said.whole(int(found.flagged["careless"].sum())),
            said("quality.doubtful_how", held=int(found.flagged["held"].sum())),
        ),
    ]


def protocol(view: View, told: list[Word]) -> Markup:
    """The words for the protocol, numbered."""
    said = view.words
    head = blocks.heading(said("quality.protocol"), said("quality.protocol_how"))
    if not told:
        return Markup(head + blocks.empty(said("quality.nothing_to_say")))
    rows = [Task(said.whole(k), word.what, word.detail, word.urgent) for k, word in enumerate(told, 1)]
    return Markup(head + blocks.tasks(rows))


def _moved(found: Diagnosis, kind: str) -> int:
    rows = found.assumptions
    return int(rows.loc[(rows["assumption"] == PLAIN) & (rows["list"] == kind), "changed"].sum())


def _network(view: View, found: Diagnosis) -> KeyFigure:
    said, parts = view.words, len(found.coverage.parts)
    if parts == 0:
        return KeyFigure(said("quality.network"), "—", said("quality.no_observations"))
    rated = found.coverage.people["ratings"].sum()
    watchers = sum(len(part[1]) for part in found.coverage.parts)
    value = said("quality.one_network") if parts == 1 else said.n("quality.parts", parts)
    return KeyFigure(
        said("quality.network"), value, said("quality.network_how", observers=watchers, ratings=int(rated))
    )


def _domains(view: View, found: Diagnosis) -> KeyFigure:
    said, known = view.words, found.domains.dropna()
    if known.empty:
        return KeyFigure(said("quality.domains"), "—", said("quality.domains_how", line=0.5))
    low, high = round(float(known.min()), 2), round(float(known.max()), 2)
    span = said.num(low, 2) if low == high else numbers.interval(low, high, said.language, 2)
    return KeyFigure(said("quality.domains"), span, said("quality.domains_how", line=0.5))


def _outside(view: View, found: Diagnosis) -> KeyFigure:
    said, table = view.words, found.observers
    if table.empty:
        return KeyFigure(said("quality.outside"), "—", said("quality.no_observations"))
    if len(found.coverage.parts) > 1:
        return KeyFigure(said("quality.outside"), "—", said("quality.not_comparable"))
    named = _named(table)
    first = named.iloc[0] if len(named) else None
    how = said("quality.outside_none") if first is None else said(
        "quality.severe_brief" if first["points"] > 0 else "quality.lenient_brief",
        observer=str(named.index[0]), points=abs(float(first["points"])),
    )  # fmt: skip
    return KeyFigure(said("quality.outside"), said("quality.of", part=len(named), whole=len(table)), how)


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """Observers clear of the band, furthest first."""
    far = table[[bool({SEVERE, LENIENT} & set(marks)) for marks in table["marks"]]]
    return far.loc[far["points"].abs().sort_values(ascending=False).index]


def _left_out(view: View) -> list[Word]:
    said = view.words
    found = [p for p in view.result.problems if p.severity == SOURCE and p.code != "ratings_disconnected"]
    return [
        Word(
            problem_text(p, said.language),
            said("quality.left_out_detail"),
            said("quality.left_out_brief", code=_place(view, p.column or p.table)),
        )
        for p in found
    ]


def _place(view: View, code: str) -> str:
    said = view.words
    named = view.names.construct(code)
    return said.or_code(f"quality.table.{code}", code) if named == code else f"«{named}»"


def _linked(view: View, found: Diagnosis) -> list[Word]:
    said, links = view.words, found.coverage.links
    if links.empty:
        return []
    listed = said.list(
        [said("quality.link", observer=r.observer, person=view.names.brief(r.person)) for r in records(links)]
    )
    brief = said.n("quality.parts_brief", len(found.coverage.parts))
    return [
        Word(
            said.n("quality.parts_word", len(found.coverage.parts)), said("quality.parts_detail", listed=listed), brief
        )
    ]


def _observers(view: View, found: Diagnosis) -> list[Word]:
    said, table = view.words, found.observers
    if table.empty or len(found.coverage.parts) > 1:  # severities of separate parts cannot be compared
        return []
    rows = []
    for row in records(_named(table)):
        key = "severe" if row.points > 0 else "lenient"
        span = said("quality.span", low=said.num(row.low), high=said.num(row.high))
        points = abs(float(row.points))
        rows.append(
            Word(
                said(f"quality.{key}_word", observer=row.Index, points=points),
                said("quality.severe_detail", span=span, n=int(row.n)),
                said(f"quality.{key}_brief", observer=row.Index, points=points),
            )
        )
    for mark in ("drift", "halo", "middle", "misfit"):
        for row in records(table):
            if mark in row.marks:
                what, brief = (said(f"quality.{mark}_{kind}", observer=row.Index) for kind in ("word", "brief"))
                rows.append(Word(what, _habit(view, mark, row), brief))
    return rows


def _habit(view: View, mark: str, row: Any) -> str:
    said = view.words
    if mark == "drift":
        key = "quality.drift_severe" if row.drift < 0 else "quality.drift_lenient"
        return said(key, day=str(row.drift_day), points=abs(float(row.drift)))
    value = {"halo": row.halo, "middle": row.middle, "misfit": row.infit}[mark]
    return said(f"quality.{mark}_detail", value=said.num(float(value), 2))


def _scales(view: View, found: Diagnosis) -> list[Word]:
    said, rows = view.words, []
    told = {p.column for p in view.result.problems if p.severity == SOURCE}
    for row in records(found.scales[found.scales["mark"].isin([UNUSABLE, WEAK])]):
        if row.Index in told:
            continue
        name = view.names.construct(row.Index)
        detail = said("quality.scale_detail", reliability=said.num(row.reliability, 2), rest=said.num(row.item_rest, 2))
        rows.append(
            Word(
                said(f"quality.scale_{row.mark}", scale=name),
                detail,
                said("quality.scale_brief", scale=name),
                row.mark == UNUSABLE,
            )
        )
    return rows


def _structure(view: View, found: Diagnosis) -> list[Word]:
    said = view.words
    rows = []
    for row in records(found.structure):
        pair = said("quality.pair", first=view.names.domain(row.first), second=view.names.domain(row.second))
        value = said.num(row.correlation, 2)
        rows.append(
            Word(
                said("quality.structure_word", pair=pair),
                said("quality.structure_detail", value=value),
                said("quality.structure_brief", pair=pair),
            )
        )
    return rows


def _readings(view: View, found: Diagnosis) -> list[Word]:
    said, size = view.words, min(view.campaign.settings.shortlist, len(view.ranking))
    moved = _moved(found, "shortlist")
    if size == 0 or 1 - moved / size >= AGREE:
        return []
    what = said("quality.readings_word", same=size - moved, size=size)
    return [Word(what, said("quality.readings_detail"), said("quality.readings_brief", moved=moved, size=size))]


def _groups(view: View, found: Diagnosis) -> list[Word]:
    said, rows = view.words, []
    for row in records(found.differences[found.differences["clear"]]):
        group = said.or_code(f"quality.group.{row.column}.{row.group}", str(row.group))
        subject = subject_name(view, row.kind, row.subject)
        what = said("quality.group_word", group=group, subject=subject, d=said.num(row.d, 2, sign=True))
        span = said("quality.span", low=said.num(row.low, 2), high=said.num(row.high, 2))
        detail = said("quality.group_detail", span=span, n=int(row.n), others=int(row.others))
        rows.append(Word(what, detail, said("quality.group_brief", group=group, subject=subject), urgent=False))
    return rows


def subject_name(view: View, kind: str, subject: str) -> str:
    """What a compared value is called: a domain, a scale or a method."""
    if kind == "domain":
        return view.names.domain(subject)
    return view.names.construct(subject) if kind == "scale" else view.words(f"method.{subject}")


def _answers(view: View, found: Diagnosis) -> list[Word]:
    said, listed = view.words, set(view.result.shortlist.index[view.result.shortlist["list"] == "shortlist"])
    careless = found.flagged.index[found.flagged["careless"]]
    there = sorted((p for p in careless if p in listed), key=lambda p: int(view.ranking["rank"].get(p, 0)))
    if not len(careless):
        return []
    names = said.list([view.names.brief(p) for p in there])
    detail = said("quality.careless_listed", names=names) if there else said("quality.careless_none_listed")
    brief = said.n("quality.careless_brief", len(careless))
    return [Word(said.n("quality.careless_word", len(careless)), detail, brief, urgent=bool(there))]


def _unseen(view: View, found: Diagnosis) -> list[Word]:
    said, people = view.words, found.coverage.people
    listed = view.result.shortlist.index[view.result.shortlist["list"] == "shortlist"]
    few = [p for p in listed if not people.loc[p, "enough"]]
    if not few or not found.coverage.parts:
        return []
    names = said.list([view.names.brief(p) for p in few])
    return [
        Word(said.n("quality.unseen_word", len(few)), names, said.n("quality.unseen_brief", len(few)), urgent=False)
    ]
