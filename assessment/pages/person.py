"""The card of one person: where, why, how sure, what was seen, what to ask, and the decision with its reason."""

from __future__ import annotations

import streamlit as st

from assessment import blocks, overview
from assessment.pages import frame, person_decision, person_parts, state
from assessment.pages.state import View
from assessment.records import cell


def show(view: View) -> None:
    person = _choose(view)
    st.html(blocks.finding(view.names.person(person), person_parts.lead(view, person)))
    st.html(blocks.key_figures(person_parts.figures(view, person)))
    left, right = st.columns(2, gap="large")
    with left:
        person_parts.profile(view, person)
    with right:
        person_parts.why(view, person)
        person_parts.flags(view, person)
    left, right = st.columns([7, 4.25], gap="large")
    left.html(person_parts.evidence(view, person))
    right.html(person_parts.positions(view, person))
    left, right = st.columns(2, gap="large")
    left.html(person_parts.questions(view, person))
    with right:
        person_decision.form(view, person)


def _choose(view: View) -> str:
    """The person of the card: chosen elsewhere or here; at first the one at the line, where a talk decides most."""
    said, ordered = view.words, list(view.ranking.sort_values("rank").index)
    current = str(st.session_state.get(state.PERSON))
    if current not in view.ranking.index:
        current = ordered[min(overview.line(view.campaign)[1], len(ordered)) - 1]
    st.session_state[state.PERSON] = current
    place = ordered.index(current)
    with st.container(key="person_bar", horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            said("person.choose"),
            ordered,
            key="person_box",
            index=place,
            label_visibility="collapsed",
            width=360,
            format_func=lambda p: _label(view, p),
            on_change=lambda: st.session_state.__setitem__(state.PERSON, st.session_state["person_box"]),
        )
        for step, icon in ((-1, "arrow_upward"), (1, "arrow_downward")):
            beyond = not 0 <= place + step < len(ordered)
            other = current if beyond else ordered[place + step]
            st.button(
                said("person.before" if step < 0 else "person.after"),
                key=f"step_{step}",
                disabled=beyond,
                icon=f":material/{icon}:",
                on_click=_go,
                args=(other,),
            )
    return current


def _label(view: View, person: str) -> str:
    return f"{int(cell(view.ranking, person, 'rank'))} · {view.names.person(person)} · {view.names.unit(person)}"


def _go(person: str) -> None:
    st.session_state[state.PERSON] = st.session_state["person_box"] = person


if shown := frame.guard():
    show(shown)
