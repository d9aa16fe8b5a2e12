"""The upper parts of the page about quality: severity of observers, reliability of scales, what the list hangs on."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from assessment import blocks
from assessment.blocks import Head, Markup
from assessment.charts import quality as charts_quality
from assessment.charts.quality import FEW as GREY
from assessment.charts.quality import NAMED, PLAIN, WEAK
from assessment.diagnosis.observers import BAND, LENIENT, SEVERE
from assessment.diagnosis.overall import Diagnosis, diagnose
from assessment.pages import frame
from assessment.pages.state import View
from assessment.records import records

KEPT = 3  # campaigns whose tables stay in memory


class Kept:
    """Tables computed in this process, by campaign and import; one session computes, the others wait."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.tables: dict[tuple[Any, ...], Any] = {}

    def take(self, key: tuple[Any, ...], make: Any) -> Any:
        """What is kept under the key, made when it is not there."""
        with self.lock:
            if key not in self.tables:
                made = make()
                imports = list(dict.fromkeys(k[:2] for k in self.tables if k[:2] != key[:2]))
                gone = set(imports[: max(len(imports) - KEPT + 1, 0)])
                self.tables = {k: v for k, v in self.tables.items() if k[:2] not in gone} | {key: made}
            return self.tables[key]


@st.cache_resource(show_spinner=False)
def kept() -> Kept:
    """The tables of this process."""
    return Kept()


def key(view: View, *more: Any) -> tuple[Any, ...]:
    """What the tables of a view are kept under."""
    return (view.info.id, view.info.fingerprint, *more)


def found(view: View) -> Diagnosis:
    """All tables of the page, computed once an import."""
    with st.spinner(view.words("quality.computing")):
        return kept().take(key(view, "tables"), lambda: diagnose(view.result.measures, view.ranking))


def severity(view: View, found: Diagnosis) -> None:
    """Each observer with an interval against the band of what passes without a word."""
    said, table = view.words, found.observers
    st.html(blocks.heading(said("quality.severity"), said("quality.severity_how")))
    if table.empty:
        st.html(blocks.empty(said("quality.no_severity")))
        return
    rows = pd.DataFrame(
        {
            "label": [str(name) for name in table.index],
            "value": table["points"],
            "low": table["low"],
            "high": table["high"],
            "style": [_style(marks, few) for marks, few in zip(table["marks"], table["few"], strict=True)],
            "right": [said.whole(n) for n in table["n"]],
        }
    )
    rows["words"] = [
        _beside(view, value) if style == NAMED else ""
        for value, style in zip(rows["value"], rows["style"], strict=True)
    ]
    rows["hover"] = [_habits(view, row) for row in records(table)]
    plot = charts_quality.intervals(
        rows,
        said.language,
        band=(-BAND, BAND),
        band_words=said("quality.band", band=BAND),
        right_words=said("quality.ratings"),
    )
    if len(found.coverage.parts) > 1:
        st.html(blocks.note(said("quality.within_parts")))
    alt = said(
        "quality.severity_alt", rows="; ".join(f"{r.label} {said.num(r.value, 1, sign=True)}" for r in records(rows))
    )
    frame.chart(plot, "severity", alt, said.language)


def _style(marks: tuple[str, ...], few: bool) -> str:
    if few:
        return GREY
    return NAMED if {SEVERE, LENIENT} & set(marks) else PLAIN


def _beside(view: View, points: float) -> str:
    return view.words("quality.stricter" if points > 0 else "quality.softer", points=abs(float(points)))


def _habits(view: View, row: Any) -> str:
    said = view.words
    return said(
        "quality.habits", observer=row.Index, points=said.num(row.points, 2, sign=True), infit=said.num(row.infit, 2),
        drift=said.num(row.drift_own_z, 1, sign=True), halo=said.num(row.halo, 2), middle=said.num(row.middle, 2),
    )  # fmt: skip


def reliability(view: View, found: Diagnosis) -> None:
    """Each scale against the lines .5 and .7."""
    said, table = view.words, found.scales
    st.html(blocks.heading(said("quality.reliability"), said("quality.reliability_how")))
    if table.empty:
        st.html(blocks.empty(said("quality.no_scales")))
        return
    rows = pd.DataFrame(
        {
            "label": [view.names.construct(str(scale)) for scale in table.index],
            "value": table["reliability"],
            "style": np.where(table["mark"] == "", PLAIN, WEAK),
        }
    )
    rows["hover"] = [
        said(
            "quality.scale_hover", scale=view.names.construct(row.Index), n=int(row.n), items=int(row.items),
            alpha=said.num(row.alpha, 2), omega=said.num(row.omega, 2), rest=said.num(row.item_rest, 2),
            floor=said.pct(row.floor), ceiling=said.pct(row.ceiling),
        )
        for row in records(table)
    ]  # fmt: skip
    alt = said("quality.reliability_alt", rows="; ".join(f"{r.label} {said.num(r.value, 2)}" for r in records(rows)))
    frame.chart(charts_quality.reliabilities(rows, said.language), "reliability", alt, said.language)


def assumptions(view: View, found: Diagnosis) -> Markup:
    """How many names change under another assumption, and which."""
    said, table = view.words, found.assumptions
    head = blocks.heading(said("quality.hangs"), said("quality.hangs_how"))
    if table.empty:
        return Markup(head + blocks.empty(said("quality.no_assumptions")))
    settings = view.campaign.settings
    heads = [
        Head(said("quality.assumption")),
        Head(said("quality.from", size=settings.shortlist), "r"),
        Head(said("quality.from", size=settings.team), "r"),
    ]
    rows = []
    for _, part in table.groupby(["assumption", "value"], sort=False, dropna=False):
        by_list = {row.list: row for row in records(part)}
        first = by_list["shortlist"]
        title = _assumption(view, first.assumption, first.value)
        counts = [_count(view, by_list[kind].changed) for kind in ("shortlist", "team")]
        rows.append([blocks.two_lines(title, _names(view, first.enter, first.leave)), *counts])
    share = view.result.facts.get("method_variance")
    error = said.pct(float(found.chance_error.max())) if len(found.chance_error) else "—"
    foot = blocks.note(said("quality.hangs_note", share=said.num(share, 2), error=error))
    return Markup(head + blocks.table(heads, rows, label=said("quality.hangs")) + foot)


def _assumption(view: View, name: str, value: float) -> str:
    said = view.words
    if name == "self_presentation":
        return said("quality.assume_share", share=said.num(value, 1 if value else 0))
    other = name == "plain" and view.campaign.settings.criteria.reading == "plain"
    return said("quality.assume_model" if other else f"quality.assume_{name}")


def _count(view: View, changed: int) -> Markup:
    return blocks.strong(view.words.whole(changed)) if changed else blocks.muted("—")


def _names(view: View, enter: tuple[str, ...], leave: tuple[str, ...]) -> str:
    said = view.words
    if not enter:
        return said("quality.nobody_changes")
    listed = [said.list([view.names.brief(p) for p in people]) for people in (enter, leave)]
    return said("quality.who_changes", enter=listed[0], leave=listed[1])
