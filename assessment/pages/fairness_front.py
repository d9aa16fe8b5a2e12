"""Quality against mix on the fairness page: the best list for each share of a group, and what a quota costs."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from assessment import blocks
from assessment.blocks import Head, Markup
from assessment.charts import fairness as charts_fairness
from assessment.choosing.shortlist import ineligible
from assessment.fairness.assess import Fairness
from assessment.fairness.front import Front, front, quota_costs
from assessment.pages import frame
from assessment.pages.fairness_parts import SHOWN_STAGES, group_name, stage_name
from assessment.pages.state import View
from assessment.records import records
from assessment.team_now import TeamNow

STAGE = "fairness_front_stage"
SHARES = (0.3, 0.5)


def show(view: View, found: Fairness, now: TeamNow, attribute: str, group: str) -> None:
    said = view.words
    name = group_name(view, attribute, group).lower()
    st.html(blocks.heading(said("fairness.front", group=name), said("fairness.front_how")))
    names = [s.name for s in found.stages if s.name in SHOWN_STAGES]
    stage = st.segmented_control(
        said("fairness.stage"), names, key=STAGE, default=names[-1], required=True, label_visibility="collapsed",
        format_func=lambda code: stage_name(view, code, found),
    ) or names[-1]  # fmt: skip
    there = next(s for s in found.stages if s.name == stage)
    able = there.pool.difference(pd.Index(ineligible(view.campaign, view.ranking)))
    score = 100 * view.ranking["standing"].reindex(able.union(pd.Index(sorted(there.passed))))
    drawn = front(score, found.groups[attribute] == group, len(there.passed), there.passed)
    left, right = st.columns([7, 5], gap="large")
    with left:
        _chart(view, drawn, name)
    right.html(_costs(view, drawn))


def _chart(view: View, drawn: Front, name: str) -> None:
    said, size = view.words, max(drawn.size, 1)
    points = drawn.points.assign(mean=drawn.points["total"] / size)
    points["hover"] = [_hover(view, r, size) for r in records(points)]
    chosen: dict[str, Any] | None = None
    if drawn.chosen is not None:
        counts = said("person.of", part=int(drawn.chosen["count"]), whole=size)
        chosen = {
            "share": drawn.chosen["share"], "mean": drawn.chosen["total"] / size,
            "label": said("fairness.chosen", counts=counts),
            "hover": said("fairness.chosen_detail", counts=counts, behind=said.num(drawn.chosen["behind"] / size, 2)),
        }  # fmt: skip
    axes = (said("fairness.share_of", group=name), said("fairness.mean_points"))
    line = said("fairness.pool_share", share=said.pct(drawn.pool_share))
    plot = charts_fairness.quality_and_mix(points, said.language, axes, chosen, drawn.pool_share, line)
    alt = said("fairness.front_alt", group=name, best=int(drawn.best["count"]), size=size)
    frame.chart(plot, "front", alt, said.language)


def _hover(view: View, row: Any, size: int) -> str:
    said = view.words
    counts = said("person.of", part=int(row.count), whole=size)
    return said(
        "fairness.point", counts=counts, mean=said.num(row.mean, 1), cost=said.num(row.cost / size, 2),
        ratio=said.num(row.ratio, 2),
    )  # fmt: skip


def _costs(view: View, drawn: Front) -> Markup:
    """What quotas would cost against the best list without any; nothing asks for one here."""
    said = view.words
    heads = [Head(said("fairness.quota")), Head(said("fairness.people"), "r"), Head(said("fairness.cost"), "r")]
    rows = []
    for row in records(quota_costs(drawn, SHARES)):
        name = said(f"fairness.quota.{row.quota}", share=said.pct(row.least))
        if pd.isna(row.count):
            rows.append([name, "—", said("fairness.impossible")])
            continue
        rows.append([name, said.whole(row.count), said.num(-row.cost_per_person, 2)])
    if drawn.chosen is not None:
        mine = drawn.chosen
        cost = said.num(-mine["cost"] / max(drawn.size, 1), 2)
        rows.append([blocks.strong(said("fairness.as_chosen")), blocks.strong(said.whole(mine["count"])), cost])
    table = blocks.table(heads, rows, label=said("fairness.quotas"))
    return Markup(blocks.heading(said("fairness.quotas"), said("fairness.quotas_how")) + table
                  + blocks.note(said("fairness.quotas_note")))  # fmt: skip
