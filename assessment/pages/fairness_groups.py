"""One group of the fairness page: where it stands apart, and what the lists would be without each method."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from assessment import blocks, numbers
from assessment.blocks import Head, Markup
from assessment.charts import fairness as charts_fairness
from assessment.fairness.assess import LARGE, SMALL, UNKNOWN, Fairness
from assessment.fairness.model import model_without_sources
from assessment.pages import frame, state
from assessment.pages.fairness_parts import LINE, SHOWN_STAGES, attribute_name, below, group_name
from assessment.pages.state import View
from assessment.records import records
from assessment.wording import short

GROUP = "fairness_group"
MEASURES = 12  # single measures shown: those that lie furthest apart
NEAR = 0.3  # and none below


def choose(view: View, found: Fairness) -> tuple[str, str]:
    """The group looked at below; first the one that passes least often, else the first."""
    said, groups = view.words, found.impacts
    groups = groups[(groups["stage"] == SHOWN_STAGES[0]) & (groups["group"] != UNKNOWN) & groups["ratio_rest"].notna()]
    codes = [f"{r.attribute}.{r.group}" for r in records(groups)] or ["gender.f"]
    low = [f"{r.attribute}.{r.group}" for r in records(below(found))]
    first = next((code for code in low if code in codes), codes[0])
    st.html(blocks.heading(said("fairness.apart"), said("fairness.apart_how", line=LARGE)))
    code = st.selectbox(
        said("fairness.group"), codes, index=codes.index(first), key=GROUP, width=380,
        format_func=lambda code: _named(view, code),
    )  # fmt: skip
    attribute, _, group = (code or first).partition(".")
    return attribute, group


def _named(view: View, code: str) -> str:
    attribute, _, group = code.partition(".")
    return f"{attribute_name(view, attribute)}: {group_name(view, attribute, group).lower()}"


def differences(view: View, found: Fairness, attribute: str, group: str) -> None:
    """Standing, domains, methods, and the single measures that lie furthest apart."""
    said, table = view.words, found.differences
    table = table[(table["attribute"] == attribute) & (table["group"] == group)]
    known = table[table["d"].notna()]
    measures = known[(known["kind"] == "measure") & (known["d"].abs() > NEAR)]
    named = [measure_name(view, w) is not None for w in measures["what"]]
    measures = measures[pd.Series(named, index=measures.index, dtype=bool)]
    measures = measures.reindex(measures["d"].abs().sort_values(ascending=False, kind="stable").index).head(MEASURES)
    part = pd.concat([known[known["kind"] != "measure"], measures])
    rows = pd.DataFrame(
        {
            "label": [short(_subject(view, r), 40) for r in records(part)],
            "heading": [said(f"fairness.kind.{'domain' if k == 'standing' else k}") for k in part["kind"]],
            "d": part["d"], "low": part["low"], "high": part["high"], "large": part["large"],
            "hover": [_hover(view, r) for r in records(part)],
        }
    )  # fmt: skip
    plot = charts_fairness.differences(rows, said.language, LARGE, said("fairness.band", line=LARGE))
    spoken = "; ".join(f"{r.label} {said.num(r.d, 2, sign=True)}" for r in records(rows))
    alt = said("fairness.apart_alt", group=_named(view, f"{attribute}.{group}"), rows=spoken)
    frame.chart(plot, "group_differences", alt, said.language)
    near = int((known["kind"] == "measure").sum()) - len(measures)
    st.html(blocks.note(said.n("fairness.nearer", near, line=NEAR)))


def measure_name(view: View, measure: str) -> str | None:
    """What a single measure is called; None for one that has no name of its own."""
    instruments, words = view.campaign.instruments, view.words
    places: list[Any] = [
        instruments.battery.scales, instruments.observation.behaviours, instruments.interview.competencies,
    ]  # fmt: skip
    for place in places:
        if measure in place:
            return words.name(place[measure].name, measure)
    return None


def _subject(view: View, row: Any) -> str:
    if row.kind == "standing":
        return view.words("column.standing")
    if row.kind == "domain":
        return view.names.domain(row.what)
    if row.kind == "method":
        return view.words(f"method.{row.what}")
    return measure_name(view, row.what) or row.what


def _hover(view: View, row: Any) -> str:
    said = view.words
    span = numbers.interval(row.low, row.high, said.language, 2)
    method = said(f"method.{row.method}") if row.method else ""
    words = said("fairness.d_detail", d=said.num(row.d, 2, sign=True), span=span, n=int(row.n))
    return f"{words}; {method}" if method else words


def without(view: View, found: Fairness, attribute: str, group: str) -> None:
    """How often the group would pass with every source and without each: plain totals, on a button the model."""
    said, key = view.words, (view.info.id, view.info.fingerprint)
    st.html(_without(view, found, found.without, attribute, group, "fairness.without_plain"))
    place = st.empty()
    if key not in _modelled():
        if not place.button(said("fairness.model_button"), key="fairness_model", icon=":material/model_training:"):
            return
        place.empty()
        with state.showing(said("fairness.model_running"), said) as progress:
            order = {a: list(dict.fromkeys(found.groups[a])) for a in map(str, found.groups.columns)}
            _modelled()[key] = model_without_sources(
                view.campaign, view.result.measures, view.ranking, found.groups, order,
                lambda method, share: progress(f"without_{method or 'none'}", share),
            )  # fmt: skip
    place.html(_without(view, found, _modelled()[key], attribute, group, "fairness.without_model"))


@st.cache_resource(show_spinner=False)
def _modelled() -> dict[tuple[str, str], pd.DataFrame]:
    return {}


def _without(view: View, found: Fairness, table: pd.DataFrame, attribute: str, group: str, how: str) -> Markup:
    said = view.words
    table = table[(table["attribute"] == attribute) & (table["group"] == group)]
    rows = []
    for method in dict.fromkeys(table["without"]):
        part = table[table["without"] == method].set_index("stage")
        name = said("fairness.without_one", method=said(f"method.{method}")) if method else said("fairness.with_all")
        rows.append([name, *(_cell(view, part.loc[stage]) for stage in SHOWN_STAGES)])
    sizes = {stage.name: len(stage.passed) for stage in found.stages}
    heads = [Head(said("fairness.list_by"))]
    heads += [Head(said("fairness.of_list", size=sizes.get(stage, 0)), "r") for stage in SHOWN_STAGES]
    head = blocks.heading(said(how), said("fairness.without_how"))
    label = said(how)
    told = blocks.note(said("fairness.without_note", group=_named(view, f"{attribute}.{group}")))
    return Markup(head + told + blocks.table(heads, rows, label=label))


def _cell(view: View, row: pd.Series) -> Markup:
    """Ratio against the rest over counts and how many of the list would be others."""
    said = view.words
    counts = said("person.of", part=int(row["passed"]), whole=int(row["n"]))
    changed = said("fairness.changed", n=int(row["changed"])) if row["changed"] else ""
    below = f"{counts} · {changed}" if changed else counts
    if row["n"] < SMALL or pd.isna(row["ratio_rest"]):
        return blocks.two_lines(numbers.NOTHING, below)
    ratio = said.num(row["ratio_rest"], 2)
    return blocks.two_lines(f"◇ {ratio}" if row["ratio_rest"] < LINE else ratio, below)
