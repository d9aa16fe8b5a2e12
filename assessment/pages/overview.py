"""Overview: is the campaign on track, what to do now, what is missing, what people have to decide."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from assessment import blocks, overview
from assessment.blocks import Bar, Head, KeyFigure, Task
from assessment.charts import figures as charts
from assessment.pages import frame, state
from assessment.pages.state import View
from assessment.records import records
from assessment.wording import Said

UNITS_SHOWN = 16  # those with the lowest shares: whom to remind


def show(view: View) -> None:
    said, steps = view.words, dict(overview.path(view.result))
    signed = [person for person, stage in state.store().stages(view.info.id).items() if stage == "team"]
    waiting = overview.to_do(view.result, signed)
    st.html(blocks.finding(*_finding(view, steps, waiting)))
    st.html(blocks.key_figures(_figures(view, steps)))
    left, right = st.columns([7, 5], gap="large")
    with left:
        st.html(blocks.heading(said("overview.path"), said("overview.path_how")))
        named = [(said(f"path.{code}"), count) for code, count in steps.items()]
        alt = said("overview.path_alt", steps="; ".join(f"{name} {count}" for name, count in named))
        frame.chart(charts.funnel(named, said.language), "funnel", alt, said.language)
    right.html(blocks.heading(said("overview.now"), said("overview.now_how")) + _tasks(view, waiting))
    st.html(blocks.heading(said("overview.stages")) + _stages(view, len(signed)))
    left, right = st.columns([7, 5], gap="large")
    with left:
        _response(view)
    right.html(blocks.heading(said("overview.questions"), said("overview.questions_how")) + _questions(view))


def _finding(view: View, steps: dict[str, int], waiting: list[overview.ToDo]) -> tuple[str, str]:
    said, size = view.words, steps["shortlist"]
    held = len(overview.interviewed(view.campaign).intersection(overview.listed(view.result)))
    if held == 0:
        title = said("finding.before_interviews", size=steps["shortlist"], pool=steps["invited"])
    elif held < size:
        title = said("finding.interviews", part=held, size=size)
    else:
        title = said("finding.interviewed", team=steps["team"])
    if not waiting:
        return title, said("finding.nothing_waits")
    return title, said(
        "finding.lead",
        waits="; ".join(f"{said.say(row.what).lower()} — {said.whole(row.count)}" for row in waiting[:3]),
    )


def _figures(view: View, steps: dict[str, int]) -> list[KeyFigure]:
    said, campaign = view.words, view.campaign
    listed = view.ranking.loc[overview.listed(view.result)]
    sheets = overview.observed(campaign)
    units = campaign.staff["unit"].nunique() if "unit" in campaign.staff else 0
    team = view.result.team
    provisional = bool(len(team)) and bool(team["provisional"].any())
    return [
        KeyFigure(said("path.invited"), said.whole(steps["invited"]), said.n("overview.units", units)),
        KeyFigure(
            said("path.answered"),
            said.whole(steps["answered"]),
            said(
                "overview.target",
                share=said.pct(steps["answered"] / max(steps["invited"], 1)),
                target=said.pct(overview.RESPONSE_TARGET),
            ),
        ),
        KeyFigure(
            said("overview.observed"),
            said.whole(len(sheets)),
            said("overview.sheets", mean=said.num(float(sheets.mean()) if len(sheets) else 0.0)),
        ),
        KeyFigure(said("overview.listed"), said.whole(len(listed)), _firmness(view, listed)),
        KeyFigure(
            said("overview.seats"),
            said.whole(campaign.settings.team),
            said("overview.seats_provisional" if provisional else "overview.seats_filled", filled=steps["team"]),
        ),
    ]


def _firmness(view: View, listed: pd.DataFrame) -> str:
    said, held = view.words, len(overview.interviewed(view.campaign).intersection(listed.index))
    if held:
        return said("overview.held", part=held)
    return said("overview.bands", firm=int((listed["band"] == "in").sum()), open=int((listed["band"] != "in").sum()))


def _tasks(view: View, waiting: list[overview.ToDo]) -> blocks.Markup:
    said = view.words
    if not waiting:
        return blocks.empty(said("finding.nothing_waits"))
    rows = []
    for row in waiting:
        names = said.list([view.names.brief(p) for p in row.people])
        detail = names if row.detail.key == "overview.do.people" else said.say(row.detail)
        rows.append(Task(said.whole(row.count), said.say(row.what), detail, row.urgent))
    return blocks.tasks(rows)


def _or_nothing(view: View, text: Said, empty: str) -> object:
    """The text, or what a phone leaves out where there is nothing to say."""
    return blocks.nothing(view.words.say(text)) if text.key == empty else view.words.say(text)


def _stages(view: View, signed: int) -> blocks.Markup:
    said = view.words
    heads = [Head(said(f"stages.{column}")) for column in ("stage", "done", "there", "missing", "act")]
    rows = [
        [
            blocks.strong(said(f"stages.{s.code}")),
            blocks.progress(s.share, said.pct(s.share)),
            said.say(s.there),
            _or_nothing(view, s.missing, "stage.nothing_missing"),
            blocks.muted(_or_nothing(view, s.act, "stage.nothing_to_do")),
        ]
        for s in overview.stages(view.result, signed)
    ]
    return blocks.table(heads, rows, stacked=True, label=said("overview.stages"))


def _response(view: View) -> None:
    said, units = view.words, overview.response(view.campaign)
    st.html(
        blocks.heading(
            said("overview.response"), said("overview.response_how", target=said.pct(overview.RESPONSE_TARGET))
        )
    )
    if units.empty:
        st.html(blocks.empty(said("overview.no_units")))
        return
    target = overview.RESPONSE_TARGET
    units = units.assign(share=units["part"] / units["whole"]).sort_values(["share", "name"], ascending=[False, True])
    most = units.iloc[:-UNITS_SHOWN] if len(units) > UNITS_SHOWN else units.iloc[:0]
    units = units.iloc[len(most) :]
    rows = [
        Bar(u.name, u.share, said.pct(u.share), f"{said.whole(u.part)} / {said.whole(u.whole)}", u.share < target)
        for u in records(units[["name", "share", "part", "whole"]])
    ]
    st.html(blocks.bars(rows, target, said("overview.target_line", target=said.pct(target))))
    if len(most):
        st.html(blocks.note(said.n("overview.more_units", len(most), least=said.pct(most["share"].min()))))


def _questions(view: View) -> blocks.Markup:
    said, asked = view.words, overview.questions(view.result)
    if not asked:
        return blocks.empty(said("overview.no_questions"))
    rows = [[blocks.two_lines(said.say(q.what), said.say(q.detail)), blocks.muted(said(f"who.{q.who}"))] for q in asked]
    return blocks.table([Head(said("overview.question")), Head(said("overview.who"))], rows)


if shown := frame.guard():
    show(shown)
