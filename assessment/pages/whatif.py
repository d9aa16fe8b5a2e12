"""What if: other weights, another balance, another reading; who enters, who leaves, and why."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from assessment import blocks, shown_list, scenario
from assessment.blocks import KeyFigure
from assessment.campaign import Criteria
from assessment.pages import frame, state, whatif_controls, whatif_lists
from assessment.pages.state import View
from assessment.scenario import domain_shares


@st.fragment
def board(view: View) -> None:
    settings = view.campaign.settings
    now = whatif_controls.asked(view)
    ranking = state.rank(view, now)
    moved = scenario.compare(view.ranking, ranking, settings.criteria, now, settings.shortlist, view.campaign.instruments.roles)
    st.html(blocks.finding(_finding(view, now, ranking), view.words("whatif.lead")))
    left, right = st.columns([2.1, 9.9], gap="medium")
    with left:
        with st.container(key="fold_switch"):
            st.toggle(view.words("whatif.fold"), key="fold", persist_state="session")
        with st.container(key="folded"):
            whatif_controls.weights(view)
            shown = whatif_controls.conditions(view)
            whatif_controls.scenarios(view, now)
    with right:
        st.html(blocks.key_figures(_figures(view, ranking, moved)))
        with st.container(key="list_and_map"):
            table, map_ = st.columns([7.75, 4.25], gap="medium")
        with table:
            whatif_lists.people_list(view, ranking, settings.shortlist, moved, shown)
        with map_:
            whatif_lists.two_domains(view, ranking, settings.shortlist, moved)
        whatif_lists.moved_tables(view, moved)


def _finding(view: View, now: Criteria, ranking: pd.DataFrame) -> str:
    said, base = view.words, view.campaign.settings.criteria
    roles = view.campaign.instruments.roles
    was, is_ = domain_shares(base, roles), domain_shares(now, roles)
    more = max(is_, key=lambda d: is_[d] - was[d])
    if now.reading != base.reading:
        return said(f"whatif.if_{now.reading}")
    if is_[more] - was[more] > 0.005:
        return said("whatif.if_more", domain=view.names.domain(more))
    if now.balance != base.balance:
        return said("whatif.if_weak_side" if now.balance < base.balance else "whatif.if_sum")
    firm = int(((ranking["band"] == "in") & (ranking["rank"] <= view.campaign.settings.shortlist)).sum())
    return said("whatif.as_it_is", firm=firm, size=view.campaign.settings.shortlist, open=int((ranking["band"] == "open").sum()))


def _figures(view: View, ranking: pd.DataFrame, moved: pd.DataFrame) -> list[KeyFigure]:
    said, size = view.words, view.campaign.settings.shortlist
    listed = ranking[ranking["rank"] <= size]
    entered, left = (moved["side"] == "entered").sum(), (moved["side"] == "left").sum()
    line, before = shown_list.cut_off(ranking, size), shown_list.cut_off(view.ranking, size)
    firm = int((listed["band"] == "in").sum())
    figures = [
        KeyFigure(said("whatif.on_list"), said.whole(len(listed)), said("whatif.of_people", people=len(ranking))),
        KeyFigure(said("whatif.moved"), f"{said.whole(int(entered))} / {said.whole(int(left))}", said("whatif.against")),
        KeyFigure(said("whatif.cut_off"), said.points(line), said("whatif.was", points=said.points(before))),
        KeyFigure(said("whatif.firm"), said.whole(firm), said("whatif.open", n=len(listed) - firm)),
    ]
    least = _least(view, listed)
    return [*figures, least] if least else figures


def _least(view: View, listed: pd.DataFrame) -> KeyFigure | None:
    """The unit of at least ten people with the smallest share of its people on the list."""
    staff, said = view.campaign.staff, view.words
    if "unit" not in staff:
        return None
    whole = staff["unit"].value_counts()
    whole = whole[whole >= 10]
    if len(whole) < 2:
        return None
    share = (staff.loc[listed.index.intersection(staff.index), "unit"].value_counts().reindex(whole.index, fill_value=0) / whole)
    unit = share.sort_values(kind="stable").index[0]
    return KeyFigure(said("whatif.least"), str(unit), said("whatif.least_share", share=said.pct(share[unit])))


if shown := frame.guard():
    board(shown)
