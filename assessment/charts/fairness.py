"""Figures about fairness: ratios on a log axis, differences of means with a band, quality against mix."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from assessment.charts.figures import (
    BLUE,
    BLUE_MIDDLE,
    BLUE_PALE,
    FAINT,
    GRID,
    INK,
    LINE,
    MUTED,
    OCHRE,
    OCHRE_TEXT,
    beside,
    figure,
    plain,
    wrapped,
)
from assessment.numbers import num

EQUAL, BELOW, SMALL, NONE = "equal", "below", "small", "none"
ROW, LINE_HEIGHT, TOP, FOOT = 27, 17, 26, 30
LABEL = 21  # letters in a line of a label
LOWEST, HIGHEST = 0.25, 4.0  # a longer interval is cut at the edge
TICKS = (0.5, 1.0, 2.0)
FOUR_FIFTHS = 0.8
BAND_FILL = "#F1F4F6"
GREY = "#B9C2CA"
MARKS: Mapping[str, dict[str, Any]] = {
    EQUAL: {"size": 10, "color": BLUE, "line": {"color": "#FFFFFF", "width": 1}},
    BELOW: {"size": 11, "symbol": "diamond-open", "color": BLUE, "line": {"width": 2}},
    SMALL: {"size": 9, "symbol": "circle-open", "color": "#A9B4BD", "line": {"width": 2}},
}


def ratios(rows: pd.DataFrame, language: str, line_words: str, equal_words: str) -> go.Figure:
    """How often each group passes against everybody else, on a log axis, a row a group under its stage.

    rows : in order; columns label, heading (new text opens a stage), ratio, low, high (NaN: no dot), style (equal,
        below, small = grey and dotted, none), number (text of the ratio), counts (text), hover
    """
    headings, places, at = _places(rows["heading"])
    plot = figure(language, _row_height(rows["label"]) * at + TOP + FOOT, margin={"l": 8, "r": 138, "t": TOP, "b": 8})
    for value, words, dash in ((FOUR_FIFTHS, line_words, "dot"), (1.0, equal_words, "solid")):
        line = {"color": INK if dash == "dot" else LINE, "width": 1.2, "dash": dash}
        plot.add_shape(type="line", x0=math.log2(value), x1=math.log2(value), y0=0, y1=1, yref="paper", line=line,
                       layer="below")  # fmt: skip
        plot.add_annotation(
            x=math.log2(value), y=1, yref="paper", yanchor="bottom", xanchor="right" if dash == "dot" else "left",
            text=plain(words), showarrow=False, font={"size": 12, "color": MUTED},
        )  # fmt: skip
    for place, (_, row) in zip(places, rows.iterrows(), strict=True):
        grey = row["style"] in (SMALL, NONE)
        beside(plot, place, f"<b>{plain(row['number'])}</b>", 42, colour=FAINT if grey else INK, size=13)
        beside(plot, place, plain(row["counts"]), 134, colour=FAINT if grey else MUTED, size=12)
        if row["style"] != NONE:
            _ratio(plot, place, row)
    _headed(plot, headings)
    ends = [math.log2(LOWEST), math.log2(HIGHEST)]
    plot.update_xaxes(
        range=[ends[0] - 0.1, ends[1] + 0.1], tickvals=[math.log2(t) for t in TICKS],
        ticktext=[num(t, language, 0 if t >= 1 else 1) for t in TICKS], tickangle=0,
    )  # fmt: skip
    _labels(plot, places, rows["label"], at)
    return plot


def _ratio(plot: go.Figure, place: int, row: pd.Series) -> None:
    low, high = (math.log2(min(max(v, LOWEST), HIGHEST)) for v in (row["low"], row["high"]))
    grey = row["style"] == SMALL
    line = {"color": GREY if grey else BLUE, "width": 2.2, "dash": "dot" if grey else "solid"}
    plot.add_scatter(x=[low, high], y=[place, place], mode="lines", line=line, hoverinfo="skip")
    at = math.log2(min(max(row["ratio"], LOWEST), HIGHEST))
    plot.add_scatter(
        x=[at], y=[place], mode="markers", marker=MARKS[row["style"]], text=[plain(row["hover"])],
        hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip


def _places(headings: pd.Series) -> tuple[list[tuple[int, str]], list[int], int]:
    """Rows of headings, rows of data, and how many rows there are."""
    found: list[tuple[int, str]] = []
    places: list[int] = []
    at, last = 0, None
    for heading in headings:
        if heading != last:
            found.append((at, heading))
            at, last = at + 1, heading
        places.append(at)
        at += 1
    return found, places, at


def _headed(plot: go.Figure, headings: list[tuple[int, str]]) -> None:
    for place, heading in headings:
        plot.add_annotation(
            x=0, xref="paper", xanchor="right", xshift=-6, y=place, text=f"<b>{plain(heading)}</b>", showarrow=False,
            font={"size": 13, "color": MUTED},
        )  # fmt: skip


def _row_height(labels: pd.Series) -> int:
    """Pixels of a row, so that the longest label has room for its lines."""
    lines = max((wrapped(label, LABEL).count("<br>") + 1 for label in labels), default=1)
    return max(ROW, LINE_HEIGHT * lines)


def _labels(plot: go.Figure, places: list[int], labels: pd.Series, rows: int) -> None:
    plot.update_yaxes(
        range=[rows - 0.4, -0.6], tickvals=places, ticktext=[wrapped(label, LABEL) for label in labels],
        tickfont={"size": 13},
    )  # fmt: skip


def differences(rows: pd.DataFrame, language: str, band: float, band_words: str) -> go.Figure:
    """A group's mean less everybody else's, in standard deviations, with interval; grey band = no word needed.

    rows : in order; columns label, heading, d, low, high (NaN: too few), large, hover
    """
    headings, places, at = _places(rows["heading"])
    plot = figure(language, _row_height(rows["label"]) * at + TOP + FOOT, margin={"l": 8, "r": 60, "t": TOP, "b": 8})
    plot.add_shape(type="rect", x0=-band, x1=band, y0=0, y1=1, yref="paper", fillcolor=BAND_FILL, line_width=0,
                   layer="below")  # fmt: skip
    plot.add_shape(type="line", x0=0, x1=0, y0=0, y1=1, yref="paper", line={"color": LINE, "width": 1.2}, layer="below")
    plot.add_annotation(
        x=0, y=1, yref="paper", yanchor="bottom", text=plain(band_words), showarrow=False,
        font={"size": 12, "color": MUTED},
    )  # fmt: skip
    for place, (_, row) in zip(places, rows.iterrows(), strict=True):
        if pd.isna(row["d"]):
            beside(plot, place, "—", 52, colour=FAINT)
            continue
        colour = OCHRE if row["large"] else BLUE
        ends = [max(row["low"], -2.0), min(row["high"], 2.0)]
        plot.add_scatter(x=ends, y=[place, place], mode="lines", line={"color": colour, "width": 2.2}, hoverinfo="skip")
        marker = {"size": 10, "color": colour, "symbol": "diamond" if row["large"] else "circle",
                  "line": {"color": "#FFFFFF", "width": 1}}  # fmt: skip
        plot.add_scatter(x=[row["d"]], y=[place], mode="markers", marker=marker, text=[plain(row["hover"])],
                         hovertemplate="%{text}<extra></extra>")  # fmt: skip
        words = num(row["d"], language, 2, sign=True)
        beside(plot, place, f"<b>{words}</b>" if row["large"] else words, 52,
               colour=OCHRE_TEXT if row["large"] else INK, size=13)  # fmt: skip
    _headed(plot, headings)
    reach = max(1.0, float(rows[["low", "high"]].abs().max().max()) if len(rows) else 1.0)
    reach = min(reach, 2.0) if math.isfinite(reach) else 1.0
    plot.update_xaxes(range=[-reach - 0.05, reach + 0.05], dtick=0.5, tickformat="+.1f", gridcolor=GRID, tickangle=0)
    _labels(plot, places, rows["label"], at)
    return plot


def quality_and_mix(
    points: pd.DataFrame,
    language: str,
    axes: tuple[str, str],
    chosen: Mapping[str, Any] | None,
    pool: float,
    words: str,
) -> go.Figure:
    """The best mean of a list for each share of a group; the chosen list as a diamond, the pool's share dotted.

    points : columns share, mean, efficient, hover; chosen : share, mean, label, hover, or None; pool : share; words :
    what stands on its line
    """
    plot = figure(language, 340, margin={"l": 8, "r": 20, "t": TOP, "b": 8})
    dotted = {"color": INK, "width": 1.2, "dash": "dot"}
    plot.add_shape(type="line", x0=pool, x1=pool, y0=0, y1=1, yref="paper", line=dotted, layer="below")
    plot.add_annotation(x=pool, y=1, yref="paper", yanchor="bottom", text=plain(words), showarrow=False,
                        font={"size": 12, "color": MUTED})  # fmt: skip
    colours = [BLUE_MIDDLE if efficient else BLUE_PALE for efficient in points["efficient"]]
    plot.add_scatter(
        x=points["share"], y=points["mean"], mode="lines+markers", line={"color": "#AFCFE2", "width": 2},
        marker={"size": 7, "color": colours, "line": {"color": "#FFFFFF", "width": 1}},
        text=[plain(h) for h in points["hover"]], hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
    if chosen is not None:
        plot.add_scatter(
            x=[chosen["share"]], y=[chosen["mean"]], mode="markers", text=[plain(chosen["hover"])],
            marker={"size": 14, "symbol": "diamond", "color": BLUE, "line": {"color": "#FFFFFF", "width": 1.5}},
            hovertemplate="%{text}<extra></extra>",
        )  # fmt: skip
        right = chosen["share"] < 0.6
        plot.add_annotation(
            x=chosen["share"], y=chosen["mean"], xanchor="left" if right else "right", xshift=10 if right else -10,
            yanchor="top", text=f"<b>{plain(chosen['label'])}</b>", showarrow=False,
            font={"size": 13, "color": INK}, bgcolor="rgba(255,255,255,.85)",
        )  # fmt: skip
    plot.update_xaxes(title_text=f"{axes[0]} →", tickformat=".0%", range=[-0.02, 1.02], tickangle=0)
    plot.update_yaxes(title_text=f"{axes[1]} →", showgrid=True, gridcolor=GRID, tickfont={"size": 13, "color": MUTED},
                      nticks=6)  # fmt: skip
    return plot
