"""The right side of the what-if page: the list, the map of two domains, who entered and who left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from assessment import blocks, numbers, shown_list
from assessment.blocks import Head, KeyFigure, Markup
from assessment.charts import figures as charts
from assessment.pages import frame, state
from assessment.pages import whatif_controls as controls
from assessment.pages.state import View
from assessment.records import record, records
from assessment.shown_list import Conditions
from assessment.wording import short

LIST, MAP, VIEW, ACROSS, UP, SHOWN = "list", "map", "list_view", "map_x", "map_y", "list_people"
MARKED, LIST_OF = "list_marked", "list_of"
LISTS = ("shortlist", "team")
ROWS_OF_MOVED = 6
SMALLEST_UNIT = 10  # a share of fewer people says nothing


@dataclass(frozen=True)
class Board:
    """Two rankings side by side at the line of one list: kind "shortlist" or "team", its size, its chance column."""

    view: View
    before: pd.DataFrame
    after: pd.DataFrame
    kind: str
    size: int
    chance: str
    moved: pd.DataFrame

    @property
    def domains(self) -> list[str]:
        """The domains in the campaign's order."""
        return [d for d, constructs in self.view.campaign.instruments.roles.domains.items() if constructs]


def people_list(board: Board, shown: Conditions) -> None:
    """The list in the view chosen, cut by the conditions, with the count left; choosing a row marks the person."""
    view, size = board.view, board.size
    said, names, settings = view.words, view.names, view.campaign.settings
    st.html(
        blocks.heading(
            said(f"list.title_{board.kind}"),
            said("list.how", domains=", ".join(names.domain(d).lower() for d in board.domains)),
        )
    )
    labels = {
        shown_list.ALL: said("list.all"),
        shown_list.AT_THE_LINE: said("list.line", low=max(size - shown_list.AROUND, 1), high=size + shown_list.AROUND),
        shown_list.MOVED: said("list.moved"),
    }
    bar = st.container(key="list_bar", horizontal=True)
    bar.segmented_control(
        said("list.of"),
        LISTS,
        key=LIST_OF,
        default=board.kind,
        required=True,
        label_visibility="collapsed",
        persist_state="session",
        format_func=lambda kind: said("list.first", size=settings.team if kind == "team" else settings.shortlist),
    )
    kind = bar.segmented_control(
        said("list.view"),
        shown_list.VIEWS,
        key=VIEW,
        default=shown_list.AT_THE_LINE,
        required=True,
        format_func=lambda v: labels[v],
        label_visibility="collapsed",
        persist_state="session",
    )
    everybody = shown_list.in_view(board.after, kind, size, list(board.moved.index))
    if shown.search:  # whoever looks for a name wants the person, on the list or not
        everybody = board.after.sort_values("rank").index
    left = shown_list.matching(view.campaign, board.after, shown, names)
    people = everybody[everybody.isin(left)]
    worded = controls.in_words(shown, view)
    if len(everybody) == 0:
        st.html(blocks.empty(said("moved.none")))
    elif len(people) == 0:
        st.html(blocks.empty(said("list.nobody", conditions=worded)))
        st.button(said("list.clear"), key="clear_conditions", on_click=controls.clear_conditions, args=(view,))
    else:
        st.html(_count(view, len(people), len(everybody), worded))
        _table(board, people)


def _count(view: View, left: int, of: int, worded: str) -> Markup:
    said = view.words
    bands = blocks.legend(
        [
            ("blue", "●", said("band.in_word")),
            ("ochre", "◐", said("band.open_word")),
            ("grey", "○", said("band.out_word")),
        ]
    )
    if not worded:
        return bands
    return Markup(f'<p class="how">{blocks.safe(said("list.left", left=left, of=of, conditions=worded))}</p>' + bands)


def _table(board: Board, people: pd.Index) -> None:
    view, said, config = board.view, board.view.words, st.column_config
    shifts = shown_list.shift(
        board.before["rank"], board.after["rank"], board.size, said("list.entered"), said("list.went")
    )
    line = shown_list.cut_off(board.after, board.size)
    rows = shown_list.rows(board.after, people, shifts, line, board.domains, view.names, board.chance)
    st.session_state[SHOWN] = list(people)
    chosen = st.session_state.get(state.PERSON)
    st.session_state[MARKED] = [people.get_loc(chosen)] if chosen in people else []
    st.session_state[LIST] = {"selection": {"rows": st.session_state[MARKED]}}
    letters = " · ".join(view.names.domain(d)[:1] for d in board.domains)
    columns = {
        "rank": config.NumberColumn("№", width=42, format="%d"),
        "name": config.TextColumn(said("list.name"), width=142),
        "shift": config.TextColumn("±", width=54),
        "points": config.NumberColumn(said("list.points"), width=52),
        "interval": config.ImageColumn(said("list.interval"), width=118),
        "chance": config.NumberColumn(said("list.chance"), width=62, format="%d"),
        "unit": config.TextColumn(said("list.unit"), width=98),
        "bars": config.ImageColumn(letters, width=24 * len(board.domains) + 16),
    }

    def written(value: Any) -> str:
        return said.num(value)

    st.dataframe(
        rows.style.format({"points": written}),
        hide_index=True,
        column_order=["rank", "name", "shift", "points", "interval", "chance", "bars", "unit"],
        row_height=32,
        height=min(35 + 32 * len(rows) + 3, 598),
        column_config=columns,
        key=LIST,
        on_select=_row_chosen,
        selection_mode="single-row",
        alt=said("list.alt", n=len(rows)),
    )


def _row_chosen() -> None:
    choose_row(st.session_state[LIST], st.session_state.get(SHOWN, []), st.session_state.get(MARKED, []))


def choose_row(event: Any, people: list[str], marked: list[int]) -> None:
    """Remember the person of the row chosen, nobody when it was let go; the row we marked ourselves is no choice."""
    rows = list(event["selection"]["rows"])
    if rows == marked:
        return
    st.session_state[state.PERSON] = people[rows[0]] if rows and rows[0] < len(people) else None


def choose_point(event: Any) -> None:
    """Remember the person whose point was clicked."""
    points = event["selection"]["points"] if event else []
    if points:
        person = points[0].get("customdata")
        st.session_state[state.PERSON] = person[0] if isinstance(person, list) else person


def two_domains(board: Board) -> None:
    """The map of two domains; the first two of the campaign unless others are picked."""
    view, domains = board.view, board.domains
    said, names = view.words, view.names
    if len(domains) < 2:
        return
    across = st.session_state.get(ACROSS) or domains[1]
    up = st.session_state.get(UP) or domains[0]
    st.html(blocks.heading(said("map.title", x=names.domain(across), y=names.domain(up)), said("map.how")))
    people = _points(board, across, up)
    counts = people["group"].value_counts()
    st.html(
        blocks.legend(
            [
                (family, symbol, said(f"map.{group}", n=int(counts.get(group, 0))))
                for group, family, symbol in (
                    ("kept", "blue", "●"),
                    ("entered", "blue", "▲"),
                    ("left", "ochre", "▽"),
                    ("rest", "grey", "●"),
                )
            ]
        )
    )
    corners = (
        said("map.corner_up", y=names.domain(up)),
        said("map.corner_both"),
        said("map.corner_right", x=names.domain(across)),
    )
    figure = charts.map_of_two(
        people,
        said.language,
        (names.domain(across), names.domain(up)),
        corners=corners,
        gates=(_gate(view, across), _gate(view, up)),
        selected=st.session_state.get(state.PERSON),
        height=470,
    )
    event = frame.chart(
        figure,
        MAP,
        said("map.alt", x=names.domain(across), y=names.domain(up)),
        said.language,
        on_select=_point_chosen,
        selection_mode="points",
    )
    del event
    if len(domains) > 2:
        first, second = st.columns(2, gap="small")
        first.selectbox(said("map.across"), domains, index=domains.index(across), key=ACROSS, format_func=names.domain)
        second.selectbox(said("map.up"), domains, index=domains.index(up), key=UP, format_func=names.domain)
    _chosen(board)


def _point_chosen() -> None:
    choose_point(st.session_state[MAP])


def _points(board: Board, across: str, up: str) -> pd.DataFrame:
    names, said, ranking, moved = board.view.names, board.view.words, board.after, board.moved
    group = np.where(ranking["rank"] <= board.size, "kept", "rest")
    people = pd.DataFrame(
        {
            "x": 50 + 10 * ranking[across],
            "y": 50 + 10 * ranking[up],
            "group": group,
            "name": [names.brief(p) for p in ranking.index],
            "x_se": 10 * ranking[f"{across}_se"],
            "y_se": 10 * ranking[f"{up}_se"],
        },
        index=ranking.index,
    )
    people.loc[moved.index, "group"] = moved["side"]
    people["hover"] = [
        f"{n} · {said('list.place', rank=int(r))}" for n, r in zip(people["name"], ranking["rank"], strict=True)
    ]
    return people


def _gate(view: View, domain: str) -> float | None:
    """The T score of a percentile gate on a domain."""
    for gate in view.campaign.instruments.roles.gates:
        if gate.kind == "domain" and gate.target == domain and gate.percentile_min is not None:
            return float(50 + 10 * np.percentile(view.ranking[domain].dropna(), gate.percentile_min))
    return None


def _chosen(board: Board) -> None:
    view, ranking = board.view, board.after
    said, person = view.words, str(st.session_state.get(state.PERSON))
    if person not in ranking.index:
        st.html(blocks.note(said("list.choose")))
        return
    row = record(ranking, person)
    span = numbers.interval(100 * row["low"], 100 * row["high"], said.language)
    told = said(
        "list.chosen",
        unit=view.names.unit(person),
        rank=int(row["rank"]),
        points=said.points(row["standing"]),
        span=span,
        chance=said.pct(row[board.chance]),
    )
    st.html(blocks.join([blocks.strong(view.names.person(person)), " ", told.removeprefix(" · ")]))
    st.page_link(state.PAGES["person"], label=said("list.open_card"), icon=":material/arrow_forward:")


def moved_tables(board: Board) -> None:
    """Who entered and who left, side by side where there is room, with the weight that moved them."""
    view, said, moved = board.view, board.view.words, board.moved
    if moved.empty:
        st.html(blocks.empty(said("moved.none")))
        return
    with st.grid(2, min_column_width=430, gap="medium"):
        for side in ("entered", "left"):
            some = moved[moved["side"] == side]
            st.html(blocks.heading(said(f"moved.{side}", n=len(some)), said(f"moved.{side}_how")) + _moved(view, some))


def _moved(view: View, some: pd.DataFrame) -> Markup:
    said = view.words
    heads = [
        Head(said("list.name")),
        Head(said("list.unit"), "h mm"),
        Head(said("list.place_head"), "r"),
        Head(said("moved.why"), "nw"),
        Head(said("list.chance"), "r h"),
    ]
    rows = [
        [
            view.names.person(str(p)),
            short(view.names.unit(str(p)), 26),
            _arrow(said.whole(r.rank_before), said.whole(r.rank_after)),
            _why(view, r),
            _arrow(said.whole(100 * r.p_before), said.whole(100 * r.p_after)),
        ]
        for p, r in zip(some.index[:ROWS_OF_MOVED], records(some), strict=False)
    ]
    rest = len(some) - ROWS_OF_MOVED
    more = blocks.note(said.n("moved.more", rest)) if rest > 0 else Markup("")
    return Markup(blocks.table(heads, rows) + more)


def _arrow(before: str, after: str) -> Markup:
    return blocks.join([before, " → ", blocks.strong(after)])


def _why(view: View, row: Any) -> Markup:
    said, domain = view.words, view.names.domain(row.domain).lower()
    value = blocks.strong(said.whole(row.domain_value))
    if row.reason == "weight":
        tail = f"{said.whole(100 * row.weight_before)} → {said.whole(100 * row.weight_after)}"
    else:
        tail = said(f"moved.by_{row.reason}")
    return blocks.join([f"{domain} ", value, blocks.muted(f" · {tail}")])


def least_represented(board: Board) -> KeyFigure | None:
    """The unit of at least ten people with the smallest share of its people on the list."""
    staff, said = board.view.campaign.staff, board.view.words
    if "unit" not in staff:
        return None
    whole = staff["unit"].value_counts()
    whole = whole[whole >= SMALLEST_UNIT]
    if len(whole) < 2:
        return None
    listed = board.after.index[board.after["rank"] <= board.size]
    share = (staff.loc[listed, "unit"].value_counts().reindex(whole.index, fill_value=0) / whole).sort_values(
        kind="stable"
    )
    if (share == 0).sum() > 1:
        units = short(", ".join(share.index[share == 0]), 46)
        return KeyFigure(said("whatif.nobody"), said.whole(int((share == 0).sum())), units)
    return KeyFigure(
        said("whatif.least"), short(str(share.index[0]), 22), said("whatif.least_share", share=said.pct(share.iloc[0]))
    )
