"""The upper parts of the fairness page: the finding, ratios by group, words for the protocol, the table of tests."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from assessment import blocks, numbers
from assessment.blocks import KeyFigure, Markup, Task
from assessment.charts import fairness as charts_fairness
from assessment.fairness.assess import FEW, SMALL, UNKNOWN, Fairness, assess
from assessment.fairness.impact import TOO_FEW
from assessment.fairness.tests import ALPHA
from assessment.pages import frame
from assessment.pages.state import View
from assessment.records import records
from assessment.team_now import TeamNow

SHOWN_STAGES = ("shortlist", "team")
STAGE = "fairness_stage"
LINE = charts_fairness.FOUR_FIFTHS
PROTOCOL_ROWS = 5


def found(view: View, now: TeamNow) -> Fairness:
    """Everything of the page, computed once for an import and a team."""
    key = (view.info.id, view.info.fingerprint, tuple(now.members.index))
    with st.spinner(view.words("fairness.computing")):
        return _assessed(key, view.result, now.table)


@st.cache_resource(show_spinner=False, max_entries=6)
def _assessed(key: tuple[Any, ...], _result: Any, _team: pd.DataFrame) -> Fairness:
    return assess(_result.campaign, _result.measures, _result.ranking, _result.shortlist, _team)


def group_name(view: View, attribute: str, group: str) -> str:
    """What a group is called, for a line of its own."""
    if group == UNKNOWN:
        return view.words("fairness.unknown")
    own = view.words.or_code(f"fairness.{attribute}.{group}", "")
    return own or view.names.value(attribute, group)


def stage_name(view: View, stage: str, found: Fairness) -> str:
    """From how many to how many, in words."""
    there = next(s for s in found.stages if s.name == stage)
    return view.words(f"fairness.stage.{stage}", pool=len(there.pool), passed=len(there.passed))


def below(found: Fairness) -> pd.DataFrame:
    """Groups of twenty and more that pass under four fifths as often as everybody else, the least likely first."""
    rows = found.impacts
    rows = rows[rows["stage"].isin(SHOWN_STAGES) & (rows["n"] >= SMALL) & (rows["ratio_rest"] < LINE)]
    return rows.sort_values("mid_p", kind="stable")


def finding(view: View, found: Fairness) -> tuple[str, str]:
    said, low = view.words, below(found)
    lead = said("fairness.lead")
    sure = low[low["beyond_chance"] != "none"]
    if len(sure):
        names = list(dict.fromkeys(group_name(view, r.attribute, r.group).lower() for r in records(sure)))
        return said("fairness.less_often", groups=said.list(names)), lead
    if len(low):
        return said.n("fairness.maybe_chance", len(low)), lead
    return said("fairness.alike"), lead


def figures(view: View, found: Fairness) -> list[KeyFigure]:
    said, rows = view.words, found.impacts[found.impacts["stage"].isin(SHOWN_STAGES)]
    compared, low = rows[rows["ratio_rest"].notna()], below(found)
    few = rows[rows["verdict"] == TOO_FEW]
    large = found.differences[found.differences["kind"].isin(["standing", "domain"])].dropna(subset=["d"])
    figures = [
        KeyFigure(said("fairness.compared"), said.whole(len(compared)), said("fairness.compared_how")),
        KeyFigure(said("fairness.below"), said.whole(len(low)), said("fairness.below_how", n=SMALL)),
        KeyFigure(
            said("fairness.sure"),
            said.whole(int((low["beyond_chance"] == "all").sum())),
            said("fairness.sure_how", some=int((low["beyond_chance"] == "some").sum())),
        ),
        KeyFigure(said("fairness.few"), said.whole(len(few)), said("fairness.few_how", n=FEW)),
    ]
    if len(large):
        top = next(records(large.loc[[large["d"].abs().idxmax()]]))
        what = said("column.standing") if top.kind == "standing" else view.names.domain(top.what)
        name = group_name(view, top.attribute, top.group)
        figures.append(KeyFigure(said("fairness.widest"), said.num(top.d, 2, sign=True), f"{name}: {what}"))
    return figures


def ratios(view: View, found: Fairness) -> None:
    """Each group against everybody else; of two groups of an attribute the one that passes less often."""
    said = view.words
    st.html(blocks.heading(said("fairness.ratios"), said("fairness.ratios_how", n=SMALL)))
    rows = pd.DataFrame([_row(view, found, r) for r in records(_shown(found.impacts))])
    plot = charts_fairness.ratios(rows, said.language, said.num(LINE), said("fairness.equal"))
    spoken = "; ".join(f"{r.heading}, {r.label}: {r.number} ({r.counts})" for r in records(rows))
    frame.chart(plot, "impact_ratios", said("fairness.ratios_alt", rows=spoken), said.language)
    unknown = found.impacts[(found.impacts["stage"] == SHOWN_STAGES[0]) & (found.impacts["group"] == UNKNOWN)]
    for row in records(unknown):
        st.html(blocks.note(said("fairness.not_known", what=attribute_name(view, row.attribute), n=int(row.n))))


def attribute_name(view: View, attribute: str) -> str:
    """What the groups are made by."""
    return view.words.or_code(f"fairness.by.{attribute}", attribute)


def _shown(impacts: pd.DataFrame) -> pd.DataFrame:
    """Both stages, known groups; of an attribute with two compared groups the one that passes less often."""
    rows = impacts[impacts["stage"].isin(SHOWN_STAGES) & (impacts["group"] != UNKNOWN)]
    kept = []
    for _, part in rows.groupby(["stage", "attribute"], sort=False):
        pair = len(part) == 2 and part["ratio_rest"].notna().all()
        kept.append(part.nsmallest(1, "ratio_rest") if pair else part)
    return pd.concat(kept)


def _row(view: View, found: Fairness, row: Any) -> dict[str, Any]:
    said = view.words
    counts = said("person.of", part=int(row.passed), whole=int(row.n))
    few = row.n < SMALL
    style = charts_fairness.BELOW if row.ratio_rest < LINE else charts_fairness.EQUAL
    if pd.isna(row.ratio_rest) or row.n < FEW:
        style = charts_fairness.NONE
    elif few:
        style = charts_fairness.SMALL
    return {
        "label": group_name(view, row.attribute, row.group), "heading": stage_name(view, row.stage, found),
        "ratio": row.ratio_rest, "low": row.low_rest, "high": row.high_rest, "style": style,
        "number": numbers.NOTHING if few else said.num(row.ratio_rest, 2),
        "counts": said("fairness.counts_few", counts=counts) if few else counts,
        "hover": "" if style == charts_fairness.NONE else detail(view, row),
    }  # fmt: skip


def detail(view: View, row: Any) -> str:
    """Ratio with interval, exact test, and whether one different choice turns the verdict."""
    said = view.words
    span = numbers.interval(row.low_rest, row.high_rest, said.language, 2)
    words = said("fairness.detail", ratio=said.num(row.ratio_rest, 2), span=span, p=p_value(view, row.fisher))
    return f"{words}; {said('fairness.flips')}" if row.flips is True else words


def p_value(view: View, p: float) -> str:
    """A p with two or three decimals; what is smaller is said so."""
    if pd.isna(p):
        return numbers.NOTHING
    if p < 0.001:
        return f"< {view.words.num(0.001, 3)}"
    return view.words.num(p, 3 if p < 0.1 else 2)


def protocol(view: View, found: Fairness) -> Markup:
    """What the commission has to say a word about."""
    said, low = view.words, below(found)
    rows = [
        Task(
            said.num(row.ratio_rest, 2),
            said("fairness.protocol_row", group=group_name(view, row.attribute, row.group),
                 counts=said("person.of", part=int(row.passed), whole=int(row.n)),
                 stage=stage_name(view, row.stage, found).lower()),
            f"{detail(view, row)}. {said('fairness.chance.' + row.beyond_chance)}",
            row.beyond_chance != "none",
        )
        for row in records(low.head(PROTOCOL_ROWS))
    ]  # fmt: skip
    few = found.impacts[found.impacts["stage"].isin(SHOWN_STAGES) & (found.impacts["verdict"] == TOO_FEW)]
    if len(few):
        listed = [
            said("fairness.few_row", group=group_name(view, r.attribute, r.group),
                 stage=stage_name(view, r.stage, found).lower(),
                 counts=said("person.of", part=int(r.passed), whole=int(r.n)))
            for r in records(few)
        ]  # fmt: skip
        rows.append(Task(numbers.NOTHING, said("fairness.few_title", n=FEW), "; ".join(listed)))
    n = int(found.impacts.loc[found.impacts["stage"].isin(SHOWN_STAGES), "ratio_rest"].notna().sum())
    how = said("fairness.protocol_how", n=n, chance=said.num(ALPHA * n))
    head = blocks.heading(said("fairness.protocol"), how)
    more = blocks.note(said.n("fairness.more_below", len(low) - PROTOCOL_ROWS)) if len(low) > PROTOCOL_ROWS else ""
    body = blocks.tasks(rows) if rows else blocks.empty(said("fairness.nothing_to_say"))
    return Markup(head + body + more)


def tests(view: View, found: Fairness) -> None:
    """Every figure of every group at one stage, whether the tests agree or not."""
    said = view.words
    st.html(blocks.heading(said("fairness.tests"), said("fairness.tests_how")))
    names = [stage.name for stage in found.stages]
    stage = st.segmented_control(
        said("fairness.stage"), names, key=STAGE, default=names[0], required=True, label_visibility="collapsed",
        format_func=lambda name: stage_name(view, name, found),
    ) or names[0]  # fmt: skip
    rows = found.impacts[found.impacts["stage"] == stage]
    table = pd.DataFrame([_tested(view, row) for row in records(rows)])
    st.dataframe(table, hide_index=True, row_height=32, height=min(38 + 32 * len(table), 700), key=f"tests_{stage}")


def _tested(view: View, row: Any) -> dict[str, Any]:
    said, two = view.words, lambda value: view.words.num(value, 2)
    span = lambda low, high: numbers.NOTHING if pd.isna(low) else numbers.interval(low, high, said.language, 2)  # noqa: E731
    name = group_name(view, row.attribute, row.group)
    values = {
        "group": f"{attribute_name(view, row.attribute)}: {name.lower()}",
        "passed": said("person.of", part=int(row.passed), whole=int(row.n)),
        "rate": said.pct(row.rate),
        "verdict": said(f"fairness.verdict.{row.verdict}"),
        "flip": said("fairness.flip_short") if row.flips is True else "",
        "rest": two(row.ratio_rest), "rest_interval": span(row.low_rest, row.high_rest),
        "ratio": two(row.ratio), "interval": span(row.low, row.high),
        "expected": two(row.expected),
        "z": two(row.z), "p_z": p_value(view, row.p_z), "fisher": p_value(view, row.fisher),
        "mid_p": p_value(view, row.mid_p),
        "agree": "" if pd.isna(row.ratio_rest) else said(f"fairness.agree.{row.beyond_chance}"),
        "h": two(row.h), "shortfall": said.num(row.shortfall, 1, sign=True),
    }  # fmt: skip
    return {said(f"fairness.col.{key}"): value for key, value in values.items()}
