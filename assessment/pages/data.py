"""Data: bring files, see every problem found in them, choose the campaign, take tables away."""

from __future__ import annotations

import streamlit as st

from assessment import blocks
from assessment.pages import data_parts, state


def show() -> None:
    said, info = state.words(), state.chosen()
    attempt = st.session_state.get(data_parts.ATTEMPT)
    st.html(blocks.finding(*data_parts.finding(said, info, attempt)))
    problems = attempt if attempt is not None else state.store().problems(info.id) if info else []
    if info is not None or attempt is not None:
        st.html(blocks.key_figures(data_parts.figures(said, problems, info)))
    left, right = st.columns([7, 5], gap="large")
    with left:
        data_parts.upload(said, info)
    with right:
        data_parts.campaigns(said, info)
        if info is not None:
            data_parts.take_away(said, info)
    if info is not None or attempt is not None:
        data_parts.problem_list(said, problems)


show()
