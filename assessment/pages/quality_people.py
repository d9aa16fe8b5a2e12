"""Who was seen by whom, who should see whom next, and whose answers are in doubt."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from assessment import blocks
from assessment.blocks import Head, Markup
from assessment.diagnosis.observers import Coverage
from assessment.diagnosis.overall import Diagnosis
from assessment.pages.state import View
from assessment.records import records

ROWS = 8
INDICES = {  # decimals, and the values that are worth showing
    "instructed_wrong": (0, 1.0, 99.0),
    "median_seconds": (1, 0.0, 3.0),
    "longest_run": (0, 8.0, 999.0),
    "consistency": (2, -1.0, 0.5),
    "answering": (1, -1e9, 0.0),
    "distance": (0, 0.0, 1e9),
}
KAPPA_LINES = ((0.6, "good"), (0.4, "fair"))  # above .6 good, above .4 moderate agreement (Landis & Koch 1977)


def coverage(view: View, found: Diagnosis) -> None:
    """People by the number of their observers, what would join what falls apart, and who rates next."""
    said, seen = view.words, found.coverage
    st.html(blocks.heading(said("quality.coverage"), said("quality.coverage_how")))
    if not seen.parts:
        st.html(blocks.empty(said("quality.no_coverage")))
        return
    whole = max(len(seen.people), 1)
    heads = [Head(said("quality.observers_seen")), Head(said("quality.people"), "r"), Head("", "h")]
    rows = [
        [said(f"quality.seen_{k}"), said.whole(n), blocks.progress(n / whole, said.pct(n / whole))]
        for k, n in seen.counts.items()
    ]
    st.html(blocks.table(heads, rows, label=said("quality.coverage")))
    st.html(_advice(view, seen))
    st.html(_positions(view, found))


def _advice(view: View, seen: Coverage) -> Markup:
    said = view.words
    if len(seen.links):
        pairs = "; ".join(
            said("quality.link", observer=r.observer, person=view.names.brief(r.person)) for r in records(seen.links)
        )
        return blocks.call_out(
            said.n("quality.parts", len(seen.parts)), said("quality.parts_detail", listed=pairs), urgent=True
        )
    few = seen.people[~seen.people["enough"] & (seen.people["ratings"] > 0)]
    ranks = view.ranking["rank"].reindex(few.index)
    few = few.loc[ranks.sort_values().index]
    if few.empty:
        return blocks.note(said("quality.linked"))
    listed = []
    for person in list(few.index)[:ROWS]:
        observer = seen.advice["observer"].get(person)
        name = view.names.brief(str(person))
        listed.append(said("quality.link", observer=observer, person=name) if isinstance(observer, str) else name)
    return blocks.note(said.n("quality.rate_next", len(few), listed=said.list(listed, 5)))


def _positions(view: View, found: Diagnosis) -> Markup:
    said, agreed = view.words, found.agreement
    if agreed.cases == 0 or pd.isna(agreed.kappa):
        return Markup("")
    grade = next((name for line, name in KAPPA_LINES if agreed.kappa >= line), "poor")
    ordered = agreed.by_position["kappa"].dropna().sort_values()
    ends = (
        [view.names.position(str(p)).lower() for p in (ordered.index[-1], ordered.index[0])]
        if len(ordered)
        else ["—", "—"]
    )
    return blocks.note(
        said(
            f"quality.kappa_{grade}",
            kappa=said.num(agreed.kappa, 2),
            cases=agreed.cases,
            best=ends[0],
            worst=ends[1],
        )  # fmt: skip
    )


def flagged(view: View, found: Diagnosis) -> None:
    """People whose answers carry two independent signs, those on the list first; everybody else can be opened."""
    said, table = view.words, found.flagged
    st.html(blocks.heading(said("quality.flagged"), said("quality.flagged_how")))
    if table.empty:
        st.html(blocks.empty(said("quality.no_flags")))
        return
    first = table[table["careless"] | table["held"]]
    listed = first.index.isin(view.result.shortlist.index[view.result.shortlist["list"] == "shortlist"])
    order = pd.DataFrame({"later": ~listed, "rank": view.ranking["rank"].reindex(first.index)}, index=first.index)
    first = first.assign(listed=listed).loc[order.sort_values(["later", "rank"]).index]
    if len(first):
        heads = [Head(said("quality.person"), "nw"), Head(said("quality.signs")), Head(said("quality.indices"), "h")]
        rows = [
            [
                blocks.two_lines(view.names.brief(row.Index), _place(view, row)),
                _reasons(view, row.reasons),
                blocks.muted(_indices(view, row)),
            ]
            for row in records(first.head(ROWS))
        ]
        st.html(blocks.table(heads, rows, stacked=True, label=said("quality.flagged")))
    with st.expander(said.n("quality.all_flagged", len(table))):
        _all(view, table)


def _place(view: View, row: Any) -> str:
    rank = int(view.ranking["rank"].get(row.Index, 0))
    return view.words("quality.place_listed" if row.listed else "quality.place", rank=rank)


def _reasons(view: View, reasons: tuple[str, ...]) -> str:
    """Signs in a word or two; one without a short word in its own."""
    said = view.words
    known = (said.or_code(f"quality.sign.{code}", "") or view.names.flag(code) for code in reasons)
    return ", ".join(text[:1].lower() + text[1:] for text in known)


def _indices(view: View, row: Any) -> str:
    """The figures that speak for a doubt; those that say nothing (no error of attention, short runs) are left out."""
    said = view.words
    parts = []
    for name, (digits, lowest, highest) in INDICES.items():
        value = getattr(row, name, None)
        if value is not None and pd.notna(value) and lowest <= value <= highest:
            parts.append(said(f"quality.index.{name}", value=said.num(float(value), digits)))
    return " · ".join(parts)


def _all(view: View, table: pd.DataFrame) -> None:
    said = view.words
    ranks = view.ranking["rank"].reindex(table.index)
    shown = pd.DataFrame(
        {
            said("quality.person"): [view.names.person(str(p)) for p in table.index],
            said("quality.rank"): ranks.fillna(0).astype(int).to_numpy(),
            said("quality.signs"): [_reasons(view, reasons) for reasons in table["reasons"]],
            said("quality.indices"): [_indices(view, row) for row in records(table)],
        }
    )
    st.dataframe(shown, hide_index=True, row_height=32, height=min(440, 36 * (len(shown) + 1)), key="all_flagged")
