"""Quality of the data: may the list be trusted, what does it hang on, what has the commission to say a word about."""

from __future__ import annotations

import streamlit as st

from assessment import blocks
from assessment.pages import frame, quality_groups, quality_parts, quality_people, quality_words
from assessment.pages.state import View


def show(view: View) -> None:
    found = quality_parts.found(view)
    words = quality_words.words(view, found)
    st.html(blocks.finding(*quality_words.finding(view, words)))
    st.html(blocks.key_figures(quality_words.figures(view, found)))
    left, right = st.columns([7, 5], gap="large")
    with left:
        quality_parts.severity(view, found)
    with right:
        quality_parts.reliability(view, found)
    left, right = st.columns([7, 5], gap="large")
    left.html(quality_parts.assumptions(view, found))
    right.html(quality_words.protocol(view, words))
    left, right = st.columns([5, 7], gap="large")
    with left:
        quality_people.coverage(view, found)
    with right:
        quality_people.flagged(view, found)
    left, right = st.columns([7, 5], gap="large")
    with left:
        quality_groups.differences(view, found)
    with right:
        quality_groups.functioning(view)
        quality_groups.curves(view, found)


if shown := frame.guard():
    show(shown)
