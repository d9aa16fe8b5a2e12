"""What if: other weights, another balance, another reading; who enters, who leaves, and why."""

from __future__ import annotations

import streamlit as st

from assessment import blocks, shown_list
from assessment.blocks import KeyFigure
from assessment.campaign import Criteria
from assessment.pages import frame, state, whatif_controls, whatif_lists
from assessment.pages.state import View
from assessment.pages.whatif_lists import Board
from assessment.scenario import compare as scenario
from assessment.scenario.compare import domain_shares


@st.fragment
def page(view: View) -> None:
    top = st.container()
    left, right = st.columns([2.1, 9.9], gap="medium")
    with left:
        with st.container(key="fold_switch"):
            st.toggle(view.words("whatif.fold"), key="fold", persist_state="session")
        with st.container(key="folded"):
            whatif_controls.weights(view)
            now = whatif_controls.asked(view)  # after the sliders: an address may have set them
            conditions = whatif_controls.conditions(view)
            whatif_controls.scenarios(view, now)
    board = _board(view, now)
    top.html(blocks.finding(_finding(board, now), view.words("whatif.lead")))
    with right:
        st.html(blocks.key_figures(_figures(board)))
        with st.container(key="list_and_map"):
            table, map_ = st.columns([7.75, 4.25], gap="medium")
        with table:
            whatif_lists.people_list(board, conditions)
        with map_:
            whatif_lists.two_domains(board)
        whatif_lists.moved_tables(board)


def _board(view: View, now: Criteria) -> Board:
    """Both rankings with bands for the list looked at, and who moved across its line."""
    settings, interviews = view.campaign.settings, len(view.campaign.interviews) > 0
    basis = "p_team" if interviews else "p_shortlist"
    kind = st.session_state.get(whatif_lists.LIST_OF, "team" if interviews else "shortlist")
    chance, size = (f"p_{kind}", settings.team if kind == "team" else settings.shortlist)
    before, after = (shown_list.banded(r, chance, basis) for r in (view.ranking, state.rank(view, now)))
    moved = scenario.compare(before, after, settings.criteria, now, size, view.campaign.instruments.roles, chance)
    return Board(view, before, after, kind, size, chance, moved)


def _finding(board: Board, now: Criteria) -> str:
    view, said, base = board.view, board.view.words, board.view.campaign.settings.criteria
    roles = view.campaign.instruments.roles
    was, is_ = domain_shares(base, roles), domain_shares(now, roles)
    more = max(is_, key=lambda d: is_[d] - was[d])
    if now.reading != base.reading:
        return said(f"whatif.if_{now.reading}")
    if is_[more] - was[more] > 0.005:
        return said("whatif.if_more", domain=view.names.domain(more))
    if now.balance != base.balance:
        return said("whatif.if_weak_side" if now.balance < base.balance else "whatif.if_sum")
    ranking = board.after
    firm = int(((ranking["band"] == "in") & (ranking["rank"] <= board.size)).sum())
    return said("whatif.as_it_is", firm=firm, size=board.size, open=int((ranking["band"] == "open").sum()))


def _figures(board: Board) -> list[KeyFigure]:
    said, size, moved = board.view.words, board.size, board.moved
    listed = board.after[board.after["rank"] <= size]
    entered, left = int((moved["side"] == "entered").sum()), int((moved["side"] == "left").sum())
    line, before = shown_list.cut_off(board.after, size), shown_list.cut_off(board.before, size)
    firm = int((listed["band"] == "in").sum())
    figures = [
        KeyFigure(said("whatif.on_list"), said.whole(len(listed)), said("whatif.of_people", people=len(board.after))),
        KeyFigure(said("whatif.moved"), f"{said.whole(entered)} / {said.whole(left)}", said("whatif.against")),
        KeyFigure(said("whatif.cut_off"), said.points(line), said("whatif.was", points=said.points(before))),
        KeyFigure(said("whatif.firm"), said.whole(firm), said("whatif.open", n=len(listed) - firm)),
    ]
    least = whatif_lists.least_represented(board)
    return [*figures, least] if least else figures


if shown := frame.guard():
    page(shown)
