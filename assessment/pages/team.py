"""The team: seats by role, rules and their price, conflict and repairs, locks, coverage, teams nearly as good."""

from __future__ import annotations

import streamlit as st

from assessment import blocks
from assessment.pages import frame, state, team_locks, team_parts
from assessment.pages.state import View


def show(view: View) -> None:
    now, version = state.team(view), state.seen("rules", view, state.rules_version(view))
    st.html(blocks.finding(team_parts.title(view, now), team_parts.lead(view, now)))
    st.html(blocks.key_figures(team_parts.figures(view, now)))
    left, right = st.columns([7, 4.5], gap="large")
    with left:
        if now.certificate.get("conflict"):
            team_locks.conflict(view, now, version)
            st.html(team_parts.rules(view, now))
        else:
            team_parts.seats(view, now)
    with right:
        if len(now.members):
            team_parts.chosen(view, now)
        team_locks.form(view, now, version)
    if now.members.empty:
        return
    if "unit" in view.campaign.staff:
        st.html(team_parts.coverage(view, now))
    left, right = st.columns([7, 4], gap="large")
    left.html(team_parts.rules(view, now))
    right.html(team_parts.nearly(view, now) + team_parts.proof(view, now))


if shown := frame.guard():
    show(shown)
