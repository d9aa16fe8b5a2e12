"""Figures about the quality of the data: dots with intervals against a band or lines, and curves of items."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from assessment.charts.figures import (
    BLUE,
    BLUE_MIDDLE,
    FAINT,
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

BAND_FILL = "#F1F4F6"
PLAIN, FEW, NAMED, WEAK = "plain", "few", "named", "weak"
ROW, TALL_ROW, TOP, FOOT, RIGHT = 25, 34, 26, 36, 64
LABEL = 24  # letters a line of a label
PALETTE = (BLUE, OCHRE, BLUE_MIDDLE, "#6B7984", "#7A4E8C", "#2F7F79")
DASHES = ("solid", "dash", "dot")
MARKS = {
    PLAIN: {"size": 10, "color": BLUE, "line": {"color": "#FFFFFF", "width": 1}},
    FEW: {"size": 9, "symbol": "circle-open", "color": "#A9B4BD", "line": {"width": 2}},
    NAMED: {"size": 12, "symbol": "diamond", "color": OCHRE, "line": {"color": "#FFFFFF", "width": 1}},
    WEAK: {"size": 10, "symbol": "circle-open", "color": OCHRE, "line": {"width": 2}},
}
COLOURS = {PLAIN: BLUE, FEW: "#B9C2CA", NAMED: OCHRE, WEAK: OCHRE}


def intervals(
    rows: pd.DataFrame,
    language: str,
    *,
    band: tuple[float, float] | None = None,
    band_words: str = "",
    right_words: str = "",
) -> go.Figure:
    """A dot with its interval a row, first row on top, with a grey band of what passes without a word.

    rows : columns label, value, low, high (NaN: no dot), style (plain, few, named), right (text in the margin), words
        (text beside a named dot), hover
    """
    plot = _empty(rows, language)
    if band is not None:
        plot.add_shape(
            type="rect",
            x0=band[0],
            x1=band[1],
            y0=0,
            y1=1,
            yref="paper",
            fillcolor=BAND_FILL,
            line_width=0,
            layer="below",
        )
        _above(plot, sum(band) / 2, band_words)
    plot.add_shape(type="line", x0=0, x1=0, y0=0, y1=1, yref="paper", line={"color": LINE, "width": 1.2}, layer="below")
    for place, (_, row) in enumerate(rows.iterrows()):
        few = row["style"] == FEW
        beside(plot, place, plain(row["right"]), RIGHT - 8, colour=FAINT if few else MUTED, size=13)
        if pd.isna(row["value"]):
            continue
        line = {"color": COLOURS[row["style"]], "width": 2.2}
        plot.add_scatter(x=[row["low"], row["high"]], y=[place, place], mode="lines", line=line, hoverinfo="skip")
        _dot(plot, place, row)
        if row["words"]:
            left = row["value"] > 0
            plot.add_annotation(
                x=row["low"] if left else row["high"], y=place, text=plain(row["words"]), showarrow=False,
                xanchor="right" if left else "left", xshift=-6 if left else 6, bgcolor="rgba(255,255,255,.82)",
                font={"size": 13, "color": OCHRE_TEXT},
            )  # fmt: skip
    if right_words:
        _corner(plot, right_words)
    plot.update_xaxes(range=_range(rows, band), nticks=6, tickangle=0)
    _labels(plot, rows)
    return plot


def reliabilities(rows: pd.DataFrame, language: str, lines: Sequence[float] = (0.5, 0.7)) -> go.Figure:
    """A dot a row from the least to the full reliability with dotted lines; the value in the margin.

    rows : columns label, value, style (plain, weak), hover
    """
    plot = _empty(rows, language)
    for line in lines:
        dotted = {"color": INK, "width": 1.2, "dash": "dot"}
        plot.add_shape(type="line", x0=line, x1=line, y0=0, y1=1, yref="paper", line=dotted, layer="below")
        _above(plot, line, num(line, language))
    for place, (_, row) in enumerate(rows.iterrows()):
        ink = OCHRE_TEXT if row["style"] == WEAK else INK
        beside(plot, place, num(row["value"], language, 2), RIGHT - 20, colour=ink, size=13)
        if pd.notna(row["value"]):
            _dot(plot, place, row)
    known = rows["value"].dropna()
    lowest = min(0.42, float(known.min()) - 0.04) if len(known) else 0.42
    plot.update_xaxes(range=[lowest, 1.0], showgrid=False, showticklabels=False)
    _labels(plot, rows)
    return plot


def item_curves(curves: pd.DataFrame, language: str, axes: tuple[str, str]) -> go.Figure:
    """The expected answer to each item of a scale by the level of the person; colours in the order of the items.

    curves : rows item, theta, expected, lowest, highest, in the order of `models`
    """
    plot = figure(language, 300, margin={"l": 8, "r": 12, "t": 8, "b": 8})
    for place, (item, part) in enumerate(curves.groupby("item", sort=False)):
        line = {
            "color": PALETTE[place % len(PALETTE)],
            "width": 2.4,
            "dash": DASHES[place // len(PALETTE) % len(DASHES)],
        }
        hover = f"{plain(item)}: %{{y:.1f}}<extra></extra>"
        plot.add_scatter(x=50 + 10 * part["theta"], y=part["expected"], mode="lines", line=line, hovertemplate=hover)
    lowest, highest = float(curves["lowest"].min()), float(curves["highest"].max())
    plot.update_xaxes(title_text=f"{axes[0]} →", range=[20, 80], tickvals=list(range(20, 81, 10)))
    plot.update_yaxes(
        title_text=f"{axes[1]} →", range=[lowest - 0.1, highest + 0.1], dtick=1, showgrid=True, gridcolor="#EBEFF2",
        tickfont={"size": 13, "color": MUTED},
    )  # fmt: skip
    return plot


def colour_of(place: int) -> str:
    """The colour of the curve of the item at this place."""
    return PALETTE[place % len(PALETTE)]


def _empty(rows: pd.DataFrame, language: str) -> go.Figure:
    """Rows are taller where a label takes two lines."""
    row = TALL_ROW if any(len(label) > LABEL for label in rows["label"]) else ROW
    height = row * max(len(rows), 1) + TOP + FOOT
    return figure(language, height, margin={"l": 8, "r": RIGHT, "t": TOP, "b": 8})


def _dot(plot: go.Figure, place: int, row: pd.Series) -> None:
    plot.add_scatter(
        x=[row["value"]], y=[place], mode="markers", marker=MARKS[row["style"]], text=[plain(row["hover"])],
        hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip


def _above(plot: go.Figure, x: float, words: str) -> None:
    plot.add_annotation(
        x=x, y=1, yref="paper", yanchor="bottom", text=plain(words), showarrow=False, font={"size": 12, "color": MUTED}
    )


def _corner(plot: go.Figure, words: str) -> None:
    plot.add_annotation(
        x=1, xref="paper", xanchor="right", xshift=RIGHT - 8, y=1, yref="paper", yanchor="bottom", text=plain(words),
        showarrow=False, font={"size": 12, "color": MUTED},
    )  # fmt: skip


def _labels(plot: go.Figure, rows: pd.DataFrame) -> None:
    plot.update_yaxes(
        range=[len(rows) - 0.4, -0.6],
        tickvals=list(range(len(rows))),
        ticktext=[wrapped(label, LABEL) for label in rows["label"]],
        tickfont={"size": 13},
    )


def _range(rows: pd.DataFrame, band: tuple[float, float] | None) -> list[float]:
    """All intervals and the band, with a little room; an endless interval is cut at two bands."""
    ends = np.concatenate([rows["low"].to_numpy(float), rows["high"].to_numpy(float), [0.0], band or (0.0, 0.0)])
    ends = ends[np.isfinite(ends)]
    room = 0.06 * max(float(ends.max() - ends.min()), 0.2)
    return [float(ends.min()) - room, float(ends.max()) + room]
