"""What stands on every page: style, navigation, language switch, context line, the word when there is no data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from assessment import blocks, messages, numbers, opening
from assessment.pages import state
from assessment.pages.state import View
from assessment.problems import AssessmentError
from assessment.wording import Words

HERE = Path(__file__).parent
LANGUAGE_NAMES = {"ru": "Рус", "en": "Eng"}


def open_app() -> None:
    """Set up the page, draw navigation and the context line, and run the page chosen."""
    said = state.words()
    st.set_page_config(page_title=said("app.title"), page_icon=str(HERE / "mark.svg"), layout="wide")
    st.html(HERE / "calm.css")
    st.html(f"<style>:root{{--browse:'{said('data.browse')}'}}</style>")  # the uploader's own word is English only
    page = st.navigation(_sections(said), position="top")
    st.logo(str(HERE / f"logo-{said.language}.svg"), size="medium", icon_image=str(HERE / f"logo-{said.language}.svg"))
    try:
        _invent_when_empty()
        _top()
        page.run()
    except AssessmentError as error:
        lines = [messages.problem_text(problem, said.language) for problem in error.problems]
        st.html(blocks.finding(said("app.stopped")) + blocks.call_out("", " ".join(lines), urgent=True))


def _sections(said: Words) -> dict[str, list[Any]]:
    """The pages under their headings, in the reader's language."""
    found = {}
    for section, names in state.SECTIONS.items():
        pages = [
            st.Page(state.PAGES[name], title=said(f"nav.{name}"), url_path=name, default=name == "overview")
            for name in names
            if name in state.PAGES
        ]
        if pages:
            found[said(f"section.{section}") if section else ""] = pages
    return found


def _invent_when_empty() -> None:
    """The first start without a server before it: the invented municipality, with the word for what is going on."""
    if state.store().campaigns():
        return
    said = state.words()
    with state.showing(said("app.inventing"), said) as progress:
        opening.ensure_demo(state.store(), say=lambda _line: progress("invent", 0.3))


def _top() -> None:
    """Context line at the left, language at the right."""
    said, info = state.words(), state.chosen()
    with st.container(key="top", horizontal=True, vertical_alignment="center"):
        line = st.container()
        switch = st.container(width="content")
    if info is None:
        line.html(blocks.context_line(said("app.title"), []))
    else:
        created = numbers.parse_moment(info.created_at)
        date = said("app.data_of", day=said.day(created, year=True), revision=info.revision)
        tag = said("app.invented") if info.invented else ""
        line.html(blocks.context_line(info.name or said("app.unnamed"), [said.n("app.people", info.people), date], tag))
    switch.segmented_control(
        said("app.language"),
        messages.LANGUAGES,
        key=state.LANGUAGE,
        default=said.language,
        required=True,
        format_func=lambda code: LANGUAGE_NAMES[code],
        label_visibility="collapsed",
        bind="query-params",
    )


def guard() -> View | None:
    """The campaign to show; where there is none, the page says what to do next."""
    shown = state.view()
    if shown is None:
        said = state.words()
        st.html(blocks.finding(said("app.no_data"), said("app.no_data_next")))
        st.page_link(state.PAGES["data"], label=said("app.to_data"), icon=":material/arrow_forward:")
    return shown


def chart(figure: object, key: str, alt: str, language: str, **more: object) -> object:
    """A figure with its description, as the template wants it shown."""
    from assessment.charts import figures as charts

    return st.plotly_chart(figure, theme=None, key=key, alt=alt, config=charts.config(language), **more)  # type: ignore[call-overload]
