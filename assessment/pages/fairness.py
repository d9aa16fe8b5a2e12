"""Fairness: does the selection treat groups alike, what a method or a quota would change, what the protocol says."""

from __future__ import annotations

import streamlit as st

from assessment import blocks
from assessment.pages import fairness_front, fairness_groups, fairness_parts, frame, state
from assessment.pages.state import View


def show(view: View) -> None:
    now = state.team(view)
    found = fairness_parts.found(view, now)
    if found.impacts.empty:
        st.html(blocks.finding(view.words("fairness.no_groups"), view.words("fairness.no_groups_next")))
        return
    st.html(blocks.finding(*fairness_parts.finding(view, found)))
    st.html(blocks.key_figures(fairness_parts.figures(view, found)))
    left, right = st.columns([7, 5], gap="large")
    with left:
        fairness_parts.ratios(view, found)
    right.html(fairness_parts.protocol(view, found))
    fairness_parts.tests(view, found)
    left, right = st.columns([7, 5], gap="large")
    with left:
        attribute, group = fairness_groups.choose(view, found)
        fairness_groups.differences(view, found, attribute, group)
    with right:
        fairness_groups.without(view, found, attribute, group)
    fairness_front.show(view, found, now, attribute, group)


if shown := frame.guard():
    show(shown)
