"""The parts of the data page: the form that takes files, the problem list, campaigns, and tables to take away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from assessment import blocks, downloads, numbers, uploads
from assessment.blocks import Head, KeyFigure
from assessment.pages import state
from assessment.problems import ROW, SEVERITIES, SOURCE, STOP, Problem, stops
from assessment.records import records
from assessment.report.files import problem_table, table_text
from assessment.store.store import CampaignInfo
from assessment.uploads import Arrival
from assessment.wording import Words

ATTEMPT, FILES, SEVERITY, TARGET = "attempt", "files", "severity", "target"
NEW, NEXT = "new", "next"
DEMO_PEOPLE, DEMO_SEED = 600, 1
SHOWN_HEIGHT, ROWS_AT_ONCE, SHOWN_ROWS = 560, 12, 200


def finding(said: Words, info: CampaignInfo | None, attempt: Sequence[Problem] | None) -> tuple[str, str]:
    if attempt is not None:
        return said("data.refused"), said("data.refused_lead", n=len(stops(attempt)))
    if info is None:
        return said("app.no_data"), said("data.first_lead")
    return said.n("data.loaded", info.people), said("data.loaded_lead", revision=info.revision)


def figures(said: Words, problems: Sequence[Problem], info: CampaignInfo | None) -> list[KeyFigure]:
    counts = Counter(p.severity for p in problems)
    people = KeyFigure(said("data.people"), said.whole(info.people) if info else "—", said("data.people_how"))
    return [
        people,
        *(KeyFigure(said(f"severity_many.{s}"), said.whole(counts[s]), said(f"severity_how.{s}")) for s in SEVERITIES),
    ]


def upload(said: Words, info: CampaignInfo | None) -> None:
    """Files in, all problems out; what has a stop changes nothing."""
    st.html(blocks.heading(said("data.upload"), said("data.upload_how")))
    with st.form("upload", enter_to_submit=False):
        st.html(blocks.note(said("data.drop")))
        files = st.file_uploader(
            said("data.files"), uploads.KINDS, accept_multiple_files=True, key=FILES, label_visibility="collapsed"
        )
        target = NEW
        if info is not None:
            target = st.segmented_control(
                said("data.target"),
                [NEW, NEXT],
                default=NEW,
                required=True,
                key=TARGET,
                label_visibility="collapsed",
                format_func=lambda code: said(f"data.as_{code}", name=info.name or said("app.unnamed")),
            )
        pressed = st.form_submit_button(said("data.check"), type="primary", key="upload_check")
    if pressed and not files:
        st.html(blocks.call_out("", said("data.no_files"), urgent=True))
    elif pressed:
        with st.spinner(said("data.reading")):
            arrival = uploads.read_uploads({file.name: file.getvalue() for file in files})
        _take_in(arrival, info.id if info is not None and target == NEXT else None)


def _take_in(arrival: Arrival, campaign_id: str | None) -> None:
    intake = arrival.intake
    if intake.campaign is None:
        st.session_state[ATTEMPT] = list(intake.problems)
    else:
        info = state.store().add_campaign(
            intake.campaign,
            intake.problems,
            author=st.session_state.get(state.AUTHOR, ""),
            campaign_id=campaign_id,
            questionnaires=dict(arrival.questionnaires) or None,
        )
        st.session_state[state.CAMPAIGN] = info.id
        st.session_state.pop(ATTEMPT, None)
        st.session_state.pop(state.PERSON, None)
    st.rerun()


def campaigns(said: Words, info: CampaignInfo | None) -> None:
    """The campaigns of this installation, and a new invented one."""
    st.html(blocks.heading(said("data.campaigns"), said("data.campaigns_how")))
    there = {c.id: c for c in state.store().campaigns()}
    if info is not None and len(there) > 1:
        st.selectbox(
            said("data.choose"),
            list(there),
            index=list(there).index(info.id),
            key="campaign_box",
            label_visibility="collapsed",
            format_func=lambda c: there[c].name or said("app.unnamed"),
            on_change=_choose,
        )
    if there:
        rows = [
            [_line(said, c, info), said.whole(c.people), said.whole(c.revision), _since(said, c)]
            for c in there.values()
        ]
        heads = [
            Head(said("data.campaign")),
            Head(said("data.people"), "r"),
            Head(said("data.revision"), "r"),
            Head(said("data.since"), "r h"),
        ]
        st.html(blocks.table(heads, rows))
    if st.button(said("data.demo"), key="demo", help=said("data.demo_help", n=DEMO_PEOPLE)):
        with state.showing(said("app.inventing"), said) as progress:
            arrival = uploads.invent(DEMO_PEOPLE, DEMO_SEED + len(there), progress)
        if arrival.intake.campaign is not None:
            settings = replace(arrival.intake.campaign.settings, invented=True)
            intake = replace(arrival.intake, campaign=replace(arrival.intake.campaign, settings=settings))
            arrival = Arrival(intake, arrival.questionnaires)
        _take_in(arrival, None)


def _since(said: Words, campaign: CampaignInfo) -> str:
    return said.day(numbers.parse_moment(campaign.created_at), year=True)


def _line(said: Words, campaign: CampaignInfo, info: CampaignInfo | None) -> blocks.Markup:
    name = campaign.name or said("app.unnamed")
    first = blocks.strong(name) if info is not None and campaign.id == info.id else name
    return blocks.two_lines(first, said("app.invented") if campaign.invented else "")


def _choose() -> None:
    st.session_state[state.CAMPAIGN] = st.session_state["campaign_box"]
    st.session_state.pop(state.PERSON, None)
    st.session_state.pop(ATTEMPT, None)


def take_away(said: Words, info: CampaignInfo) -> None:
    """Ranking and lists as tables, the report as a workbook; each is noted in the record when it is taken."""
    st.html(blocks.heading(said("data.take"), said("data.take_how")))
    if not state.ready(info):
        st.html(blocks.empty(said("data.take_later")))
        return
    view = state.view()
    assert view is not None
    result, mark = view.result, "invented_" if info.invented else ""
    with st.container(key="take_away", horizontal=True):
        for name in ("ranking", "shortlist", "team"):
            content = table_text(getattr(result, name)).encode("utf-8-sig")
            _button(said(f"data.file_{name}"), content, f"{mark}{name}.csv", "text/csv", info)
        _button(
            said("data.file_report"),
            lambda: downloads.report_bytes(result, said.language),
            f"{mark}report.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            info,
        )


def _button(label: str, content: Any, name: str, mime: str, info: CampaignInfo) -> None:
    st.download_button(
        label,
        content,
        name,
        mime,
        key=f"take_{name}",
        icon=":material/download:",
        on_click=_noted,
        args=(info.id, name),
    )


def _noted(campaign_id: str, name: str) -> None:
    author = st.session_state.get(state.AUTHOR) or "browser"
    state.store().note_export(campaign_id, author, name)


def problem_list(said: Words, problems: Sequence[Problem]) -> None:
    """Every problem with its place and what to do, by severity; the same as XLSX and CSV."""
    st.html(blocks.heading(said("data.problems"), said("data.problems_how")))
    if not problems:
        st.html(blocks.empty(said("data.no_problems")))
        return
    counts = Counter(p.severity for p in problems)
    wanted = st.pills(
        said("data.severity"),
        [s for s in SEVERITIES if counts[s]],
        selection_mode="multi",
        key=SEVERITY,
        label_visibility="collapsed",
        format_func=lambda s: f"{_sign(s)} {said(f'severity_many.{s}')} · {said.whole(counts[s])}",
        persist_state="session",
        wrap=True,
    )
    table = problem_table(problems, said.language)
    table = table[table["severity"].isin(wanted)] if wanted else table
    with st.container(height=SHOWN_HEIGHT if len(table) > ROWS_AT_ONCE else "content", border=False):
        st.html(_rows(said, table.head(SHOWN_ROWS)))
    if len(table) > SHOWN_ROWS:
        st.html(blocks.note(said.n("data.more_problems", len(table) - SHOWN_ROWS)))
    shown = _worded(said, table)
    with st.container(key="problem_files", horizontal=True):
        st.download_button(
            said("data.problems_xlsx"),
            downloads.xlsx_bytes({said("data.sheet"): shown}),
            "problems.xlsx",
            key="problems_xlsx",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            said("data.problems_csv"),
            downloads.csv_bytes(shown),
            "problems.csv",
            "text/csv",
            key="problems_csv",
            icon=":material/download:",
            on_click="ignore",
        )


def _sign(severity: str) -> str:
    return {STOP: "■", SOURCE: "◆", ROW: "●"}.get(severity, "○")


def _rows(said: Words, table: pd.DataFrame) -> blocks.Markup:
    heads = [
        Head(said("problems.severity"), "nw"),
        Head(said("problems.table")),
        Head(said("problems.row"), "r"),
        Head(said("problems.column")),
        Head(said("problems.value"), "mm"),
        Head(said("problems.text")),
    ]
    rows = [
        [
            f"{_sign(r.severity)} {said(f'severity.{r.severity}')}",
            r.table,
            "" if pd.isna(r.row) else said.whole(int(r.row)),
            r.column,
            r.value,
            r.text,
        ]
        for r in records(table)
    ]
    return blocks.table(heads, rows, stacked=True, label=said("data.problems"))


def _worded(said: Words, table: pd.DataFrame) -> pd.DataFrame:
    """The problem table with headings and severities in words, for a file."""
    named = table.assign(severity=[said(f"severity.{s}") for s in table["severity"]]).drop(columns="code")
    return named.rename(columns={c: said(f"problems.{c}") for c in named.columns})
