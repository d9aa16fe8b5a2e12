"""The parts of a person's card: lead, figures, profile, why this rank, flags, evidence, positions, questions."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd
import streamlit as st

from assessment import blocks, numbers, overview, shown_list
from assessment.blocks import Head, KeyFigure, Markup, Task
from assessment.campaign import METHODS, Criteria
from assessment.charts import person as charts_person
from assessment.explain import reasons as explain
from assessment.pages import frame, state
from assessment.pages.state import View
from assessment.records import cell, record, records
from assessment.scenario.compare import domain_shares

EVIDENCE_ROWS = 8
URGENT_FLAGS = ("gate_will", "gate_quality", "fail_attention", "too_fast", "careless")


def _domains(view: View) -> dict[str, tuple[str, ...]]:
    return {d: tuple(c) for d, c in view.campaign.instruments.roles.domains.items() if c}


def _line(view: View) -> tuple[int, str, float]:
    """Size of the list whose line is open now, the column of the chance to be on it, and the standing at its line."""
    kind, size = overview.line(view.campaign)
    return size, f"p_{kind}", shown_list.cut_off(view.ranking, size)


def _listed(view: View) -> pd.Index:
    return view.ranking.index[view.ranking["rank"] <= _line(view)[0]]


def lead(view: View, person: str) -> str:
    """Unit, tenure, id; how firm the place is; the strongest and the weakest side."""
    said, row = view.words, record(view.ranking, person)
    parts = [p for p in (view.names.unit(person), _tenure(view, person), person) if p]
    profile = explain.profile(view.result.measures, person, _domains(view)).dropna(subset=["value"])
    told = said(f"person.band_{row['band']}")
    if len(profile) > 1:
        ordered = profile.sort_values("value")
        best, worst = ordered.iloc[-1], ordered.iloc[0]
        told += " " + said(
            "person.sides",
            best=view.names.construct(best["construct"]).lower(),
            high=said.whole(best["value"]),
            worst=view.names.construct(worst["construct"]).lower(),
            low=said.whole(worst["value"]),
        )
    return f"{' · '.join(parts)}. {told} {_proposed(view, person)}"


def _proposed(view: View, person: str) -> str:
    """Where the computed proposal places the person, which is not the order by points: rules and roles count, too."""
    team, shortlist = view.result.team, view.result.shortlist
    if person in team.index and team.loc[person, "list"] == "team":
        role = str(team.loc[person, "role"] or "")
        return view.words("person.in_team_as", role=view.names.role(role)) if role else view.words("person.in_team")
    if person in team.index:
        return view.words("person.in_reserve")
    listed = person in shortlist.index and shortlist.loc[person, "list"] == "shortlist"
    return view.words("person.in_shortlist" if listed else "person.in_no_list")


def _tenure(view: View, person: str) -> str:
    years = shown_list.tenure(view.campaign)
    if years is None or pd.isna(years.get(person)):
        return ""
    return view.words.n("person.years", int(years[person]))


def figures(view: View, person: str) -> list[KeyFigure]:
    """Place, points, chance, nearest role, data."""
    said, row, (size, chance, line) = view.words, record(view.ranking, person), _line(view)
    span = numbers.interval(100 * row["low"], 100 * row["high"], said.language)
    found = [
        KeyFigure(
            said("person.place", people=len(view.ranking)),
            said.whole(row["rank"]),
            said("person.plain_place", rank=int(row["plain_rank"])),
        ),
        KeyFigure(
            said("list.points"), said.points(row["standing"]), said("person.span", span=span, line=said.points(line))
        ),
        KeyFigure(
            said("person.chance", size=size), said.pct(row[chance]), said(f"person.chance_{row['band']}_{chance}")
        ),
    ]
    fits = state.role_fits(view)
    if fits is not None and fits.shape[1] > 1:
        ordered = record(fits, person).sort_values(ascending=False)
        found.append(
            KeyFigure(
                said("person.role"),
                view.names.role(ordered.index[0]),
                said("person.role_then", role=view.names.role(ordered.index[1])),
            )
        )
    there = _methods(view, person)
    missing = [said(f"method.{m}") for m in METHODS if m not in there]
    found.append(
        KeyFigure(
            said("person.data"),
            said("person.of", part=len(there), whole=len(METHODS)),
            said("person.no_data", missing=said.list(missing, 2)) if missing else said("person.all_data"),
        )
    )
    return found


def _methods(view: View, person: str) -> list[str]:
    composites = view.result.measures.plain.composites
    return [m for m in METHODS if m in composites and pd.notna(cell(composites, person, m))]


def profile(view: View, person: str) -> None:
    """The constructs with intervals under their domains; the tick is the middle of those on the list."""
    said, size = view.words, _line(view)[0]
    rows = explain.profile(view.result.measures, person, _domains(view), _listed(view))
    capped = set(view.campaign.instruments.roles.capped)
    drawn = pd.DataFrame(
        {
            "label": [view.names.construct(c) + ("\u00a0*" if c in capped else "") for c in rows["construct"]],
            "heading": [view.names.domain(d) for d in rows["domain"]],
            "value": rows["value"],
            "low": rows["low"],
            "high": rows["high"],
            "middle": rows["middle_of_shortlist"],
            "capped": rows["construct"].isin(capped),
        }
    )
    st.html(blocks.heading(said("person.profile"), said("person.profile_how", size=size)))
    alt = said("person.profile_alt", rows="; ".join(f"{r.label} {said.whole(r.value)}" for r in records(drawn)))
    frame.chart(charts_person.profile(drawn, said.language), "profile", alt, said.language)
    if drawn["capped"].any():
        st.html(blocks.note(said("person.capped")))


def why(view: View, person: str) -> None:
    """The steps from the middle of everybody to this person's points, and what would change the place."""
    said, campaign = view.words, view.campaign
    criteria = campaign.settings.criteria
    shares = domain_shares(criteria, campaign.instruments.roles)
    rows = explain.contributions(record(view.ranking, person), shares)
    kinds = {explain.MIDDLE: "start", explain.TOTAL: "total"}
    drawn = rows.assign(
        kind=[kinds.get(step, "part") for step in rows["step"]],
        label=[view.names.domain(s) if s in shares else said(f"why.{s}") for s in rows["step"]],
    )
    st.html(blocks.heading(said("person.why"), said("person.why_how")))
    line = _line(view)[2]
    alt = said(
        "person.why_alt",
        rows="; ".join(f"{r.label} {said.num(r.points, sign=r.kind == 'part')}" for r in records(drawn)),
    )
    known = None if line != line else 100 * line
    words = said("person.line", points=said.points(line)) if known is not None else ""
    frame.chart(charts_person.steps(drawn, said.language, known, words), "why", alt, said.language)
    st.html(blocks.call_out(said("person.change"), _changes(view, person)))


def _changes(view: View, person: str) -> str:
    """The place under three other criteria, in words."""
    said, base = view.words, view.campaign.settings.criteria
    others = {
        "equal": Criteria("equal", base.balance, base.reading),
        "stricter": Criteria(base.weights, -3.0 if base.balance > -3 else -6.0, base.reading),
        "plain" if base.reading == "model" else "model": Criteria(
            base.weights, base.balance, "plain" if base.reading == "model" else "model"
        ),
    }
    size = _line(view)[0]
    told = []
    for code, criteria in others.items():
        rank = int(cell(state.rank(view, criteria), person, "rank"))
        told.append(
            said(f"person.under_{code}", rank=rank, where=said("person.on_list" if rank <= size else "person.off_list"))
        )
    return " ".join(told)


def flags(view: View, person: str) -> None:
    """What stands beside the name, in words."""
    said = view.words
    codes = [c for c in str(cell(view.ranking, person, "flags") or "").split(";") if c and c != "nan"]
    st.html(blocks.heading(said("person.flags")))
    if not codes:
        st.html(blocks.empty(said("person.no_flags")))
        return
    rows = [
        Task(
            "!" if c in URGENT_FLAGS else "·",
            view.names.flag(c),
            said.or_code(f"flag_more.{c}", said("flag_more.unanswered") if c.endswith("_unanswered") else ""),
            c in URGENT_FLAGS,
        )
        for c in codes
    ]
    st.html(blocks.tasks(rows))


def evidence(view: View, person: str) -> Markup:
    """What observers saw: facts and extremes first."""
    said = view.words
    seen = explain.evidence(view.campaign, person)
    observers, events = seen["observer_id"].nunique(), seen["event"].nunique()
    top = blocks.heading(
        said("person.evidence"),
        said("person.evidence_how", ratings=len(seen), observers=int(observers), events=int(events)),
    )
    if seen.empty:
        return Markup(top + blocks.empty(said("person.no_evidence")))
    heads = [
        Head(said("person.day"), "nw mm"),
        Head(said("person.by"), "mm"),
        Head(said("person.behaviour")),
        Head(said("person.rating"), "r"),
        Head(said("person.fact")),
    ]
    highest = view.campaign.instruments.observation.highest
    rows = [
        [
            _event(view, r.event),
            r.observer_id,
            view.names.behaviour(r.behaviour),
            blocks.join([blocks.strong(r.rating), blocks.muted(f" / {highest}")]),
            r.fact or blocks.muted("—"),
        ]
        for r in records(seen.head(EVIDENCE_ROWS))
    ]
    rest = len(seen) - EVIDENCE_ROWS
    more = blocks.note(said.n("person.more_ratings", rest)) if rest > 0 else Markup("")
    return Markup(top + blocks.table(heads, rows, stacked=True) + more)


def _event(view: View, event: object) -> str:
    """The day in an event's id where one stands in it, else the id."""
    found = re.search(r"(\d{4})-(\d{2})-(\d{2})", str(event))
    return view.words.day(date(*map(int, found.groups()))) if found else str(event)


def positions(view: View, person: str) -> Markup:
    """How often each position was seen; zeros are shown."""
    said = view.words
    counts, sheets = explain.positions(view.campaign, person)
    top = blocks.heading(said("person.positions"), said.n("person.positions_how", sheets))
    if not sheets:
        return Markup(top + blocks.empty(said("person.no_positions")))
    rows = [
        [view.names.position(str(p)), blocks.dots(int(n), min(sheets, 12)), blocks.strong(int(n))]
        for p, n in counts.items()
    ]
    return Markup(top + blocks.table([Head(said("person.position")), Head(""), Head(said("person.times"), "r")], rows))


def questions(view: View, person: str) -> Markup:
    """What to ask, by what is low or badly known."""
    said, interview = view.words, view.campaign.instruments.interview
    asked = explain.questions(explain.profile(view.result.measures, person, _domains(view)), view.campaign.instruments)
    top = blocks.heading(said("person.ask"), said("person.ask_how"))
    if asked.empty:
        return Markup(top + blocks.empty(said("person.no_questions")))
    rows = []
    for place, r in enumerate(records(asked), 1):
        competency = interview.competencies[r.competency]
        span = numbers.interval(r.low, r.high, said.language, 0)
        detail = said(
            "person.ask_why", construct=view.names.construct(r.construct).lower(), value=said.whole(r.value), span=span
        )
        rows.append(Task(str(place), said.name(competency.past, r.competency), detail))
    return Markup(top + blocks.tasks(rows))
