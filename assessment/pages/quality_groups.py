"""Groups side by side, items that mean something else to one of them, and the curves of the items of a scale."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from assessment import blocks
from assessment.blocks import Head, Markup
from assessment.charts import quality as charts_quality
from assessment.charts.quality import FEW as GREY
from assessment.charts.quality import NAMED, PLAIN
from assessment.diagnosis.groups import ITEM_EFFECT, LARGE, TOO_FEW, TOO_FEW_FOR_ITEMS, item_functioning
from assessment.diagnosis.overall import Diagnosis
from assessment.pages import frame, state
from assessment.pages.quality_parts import kept, key
from assessment.pages.quality_words import subject_name
from assessment.pages.state import View
from assessment.records import records
from assessment.scoring import checks as scoring_checks

GROUP, SCALE = "quality_group", "quality_scale"
ITEMS = 8


def differences(view: View, found: Diagnosis) -> None:
    """One group at a time: how far it stands from everybody else on every domain, method and scale."""
    said, table = view.words, found.differences
    st.html(blocks.heading(said("quality.groups"), said("quality.groups_how")))
    if table.empty:
        st.html(blocks.empty(said("quality.no_groups")))
        return
    codes = list(dict.fromkeys(f"{c}.{g}" for c, g in zip(table["column"], table["group"], strict=True)))
    picked = st.pills(
        said("quality.group"), codes, default=codes[0], key=GROUP, label_visibility="collapsed",
        wrap=True,
        format_func=lambda code: group_name(view, code),
    ) or codes[0]  # fmt: skip
    part = table[(table["column"] + "." + table["group"]) == picked]
    if part["too_few"].all():
        st.html(blocks.empty(said("quality.group_small", group=group_name(view, picked), line=TOO_FEW)))
        return
    part = part.sort_values("kind", key=lambda kinds: kinds.map({"domain": 0, "method": 1, "scale": 2}), kind="stable")
    rows = pd.DataFrame(
        {
            "label": [subject_name(view, r.kind, r.subject) for r in records(part)],
            "value": part["d"], "low": part["low"], "high": part["high"],
            "style": [GREY if r.too_few else NAMED if r.clear else PLAIN for r in records(part)],
            "right": [said("quality.few") if r.too_few else said.num(r.d, 2, sign=True) for r in records(part)],
            "words": "",
            "hover": [_hover(view, r) for r in records(part)],
        }
    )  # fmt: skip
    plot = charts_quality.intervals(
        rows, said.language, band=(-LARGE, LARGE), band_words=said("quality.band_d", band=LARGE)
    )
    alt = said(
        "quality.groups_alt",
        group=group_name(view, picked),
        rows="; ".join(f"{r.label} {r.right}" for r in records(rows)),
    )
    frame.chart(plot, "group_differences", alt, said.language)


def group_name(view: View, code: str) -> str:
    """What a group is called; a code of the campaign's own stays."""
    return view.words.or_code(f"quality.group.{code}", code.partition(".")[2])


def _hover(view: View, row: Any) -> str:
    said = view.words
    span = said("quality.span", low=said.num(row.low, 2), high=said.num(row.high, 2))
    return said("quality.group_detail", span=span, n=int(row.n), others=int(row.others))


def functioning(view: View) -> None:
    """Items that mean something else to a group, on a button: it takes seconds."""
    said, name = view.words, key(view, "items")
    st.html(
        blocks.heading(
            said("quality.items"), said("quality.items_how", line=said.num(ITEM_EFFECT, 2), people=TOO_FEW_FOR_ITEMS)
        )
    )
    place = st.empty()
    if name not in kept().tables:
        if not place.button(said("quality.compare_items"), key="compare_items", icon=":material/balance:"):
            return
        place.empty()
        with state.showing(said("quality.comparing"), said) as progress:
            kept().take(
                name,
                lambda: item_functioning(
                    view.campaign, None, lambda s, share: progress(view.names.construct(s), share)
                ),
            )
    place.html(_items(view, kept().take(name, lambda: item_functioning(view.campaign))))


def _items(view: View, table: pd.DataFrame) -> Markup:
    said = view.words
    tested, small = table[~table["too_few"].astype(bool)], table[table["too_few"].astype(bool)]
    left = sorted({group_name(view, f"{r.column}.{r.group}") for r in records(small)})
    foot = blocks.note(said("quality.items_too_few", groups=", ".join(left))) if left else Markup("")
    if tested.empty:
        return Markup(blocks.empty(said("quality.items_none_tested", people=TOO_FEW_FOR_ITEMS)) + foot)
    differing = tested[tested["differs"]]
    if differing.empty:
        return Markup(blocks.empty(said("quality.items_alike", tests=len(tested))) + foot)
    heads = [Head(said("quality.item")), Head(said("quality.group")), Head(said("quality.effect"), "r")]
    rows = [
        [
            blocks.two_lines(_item_text(view, row.item), view.names.construct(row.scale)),
            group_name(view, f"{row.column}.{row.group}"),
            said.num(row.effect, 2, sign=True),
        ]
        for row in records(differing.head(ITEMS))
    ]
    told = blocks.note(said.n("quality.items_differ", len(differing), tests=len(tested)))
    return Markup(told + blocks.table(heads, rows, label=said("quality.items")) + foot)


def _item_text(view: View, item: str) -> str:
    battery = view.campaign.instruments.battery
    known = battery.items.get(item)
    return battery.fill(view.words.name(known.text if known else None, item), view.words.language)


def curves(view: View, found: Diagnosis) -> None:
    """The curves of the items of one scale: a flat one tells little, one at the edge everybody reaches."""
    said = view.words
    scales = [str(s) for s in view.campaign.instruments.battery.person_scales if s in found.scales.index]
    if not scales:
        return
    st.html(blocks.heading(said("quality.curves"), said("quality.curves_how")))
    scale = st.selectbox(
        said("quality.scale"), scales, key=SCALE, label_visibility="collapsed", format_func=view.names.construct
    )
    table = kept().take(key(view, "curves", scale), lambda: scoring_checks.scale_curves(view.campaign, scale))
    if table.empty:
        st.html(blocks.empty(said("quality.no_curves")))
        return
    plot = charts_quality.item_curves(table, said.language, (said("quality.level"), said("quality.answer")))
    alt = said("quality.curves_alt", scale=view.names.construct(scale))
    frame.chart(plot, "item_curves", alt, said.language)
    st.html(_curve_legend(view, table, scale))


def _curve_legend(view: View, table: pd.DataFrame, scale: str) -> Markup:
    said = view.words
    rest = view.result.facts.get("scales", {}).get(scale, {}).get("item_rest") or {}
    reverse = view.campaign.instruments.battery.reverse
    heads = [Head(""), Head(said("quality.item")), Head(said("quality.item_rest"), "r")]
    rows = []
    for place, item in enumerate(dict.fromkeys(table["item"])):
        stroke = Markup(f'<span style="color:{charts_quality.colour_of(place)};font-weight:700">▬</span>')
        turned = said("quality.turned") if reverse(str(item)) else ""
        rows.append([stroke, blocks.two_lines(_item_text(view, str(item)), turned), said.num(rest.get(item), 2)])
    return blocks.table(heads, rows, label=said("quality.curves"))
