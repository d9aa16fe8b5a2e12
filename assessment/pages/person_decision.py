"""The decision about one person: where the person stands, what was decided, the form that asks for a reason."""

from __future__ import annotations

import streamlit as st

from assessment import blocks, messages, numbers
from assessment.blocks import Head
from assessment.decisions import MOVES, NOT_NOW, POOL, REASONS, RESERVE, SHORTLIST, TEAM, Decision
from assessment.pages import state
from assessment.pages.state import View
from assessment.records import cell

OFFERED = (SHORTLIST, TEAM, RESERVE, NOT_NOW, POOL)


def proposed(view: View, person: str, stage: str) -> bool:
    """Whether the engine proposes the person for that stage."""
    lists = {SHORTLIST: view.result.shortlist, TEAM: view.result.team}
    if stage in lists:
        table = lists[stage]
        return person in table.index and cell(table, person, "list") == stage
    on_any = any(person in t.index and cell(t, person, "list") in (SHORTLIST, TEAM) for t in lists.values())
    return stage in (RESERVE, POOL) and not on_any


def form(view: View, person: str) -> None:
    """The record so far and the form; a refused decision is said in words and nothing is written."""
    said, store = view.words, state.store()
    record = store.record(view.info.id)
    version = state.seen("record", view, len(record))
    stage = store.stages(view.info.id).get(person, POOL)
    st.html(blocks.heading(said("decide.title"), said("decide.how")))
    st.html(_before(view, person, stage, record))
    options = [s for s in OFFERED if s in MOVES[stage]]
    with st.form("decision", enter_to_submit=False):
        decision = st.segmented_control(
            said("decide.to"),
            options,
            key=f"decide_to_{person}_{stage}",
            default=options[0],
            required=True,
            format_func=lambda s: said(f"decide.{s}"),
            label_visibility="collapsed",
        )
        code = st.selectbox(
            said("decide.code"), REASONS, key=f"decide_code_{person}", format_func=lambda c: said(f"reason.{c}")
        )
        reason = st.text_area(
            said("decide.reason"), key=f"decide_reason_{person}", placeholder=said("decide.reason_hint"), height=84
        )
        author = st.text_input(
            said("app.who"),
            value=st.session_state.get(state.AUTHOR, ""),
            key="decide_author",
            placeholder=said("app.who_hint"),
        )
        pressed = st.form_submit_button(said("decide.write"), type="primary", key="decide_write")
        st.html(blocks.note(said("decide.needs")))
    if pressed:
        _write(
            view,
            Decision(person, decision, author.strip(), reason.strip(), code, proposed(view, person, decision)),
            version,
        )


def _write(view: View, decision: Decision, version: int) -> None:
    said = view.words
    outcome = state.store().decide(view.info.id, decision, expected_version=version)
    if outcome.done:
        st.session_state[state.AUTHOR] = decision.author
        st.toast(said("decide.written", name=view.names.person(decision.person_id)))
        st.rerun()
    lines = [messages.problem_text(problem, said.language) for problem in outcome.problems]
    st.html(blocks.call_out(said("decide.refused"), " ".join(lines), urgent=True))


def _before(view: View, person: str, stage: str, record: list) -> blocks.Markup:
    said = view.words
    mine = [entry for entry in record if entry.person_id == person][-4:]
    now = blocks.note(blocks.join([said("decide.now"), " ", blocks.strong(said(f"stage.{stage}"))]))
    if not mine:
        return now
    rows = [
        [numbers.moment(numbers.parse_moment(e.time), said.language), said(f"stage.{e.decision}"), e.reason, e.author]
        for e in reversed(mine)
    ]
    heads = [
        Head(said("decide.when"), "nw mm"),
        Head(said("decide.what")),
        Head(said("decide.reason")),
        Head(said("app.who"), "mm"),
    ]
    return blocks.Markup(now + blocks.table(heads, rows, stacked=True))
