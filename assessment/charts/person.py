"""Figures of one person: the profile with intervals and the steps from the middle to the standing."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from assessment.charts.figures import (
    BLUE,
    BLUE_MIDDLE,
    BLUE_PALE,
    GRID,
    INK,
    LINE,
    MUTED,
    OCHRE,
    OCHRE_PALE,
    beside,
    figure,
    plain,
    wrapped,
)
from assessment.numbers import num

STEP_COLOURS = {"start": "#D5DCE2", "plus": BLUE_MIDDLE, "minus": OCHRE, "total": BLUE}


def profile(rows: pd.DataFrame, language: str) -> go.Figure:
    """Bars of T scores from the middle (50) with a 90 % interval, grouped under headings.

    rows : in order; columns label, heading (new text opens a group), value, low, high, middle (a black tick: the middle
        of the shortlist, NaN for none), capped (grey: counts up to the middle only)
    """
    places, headings, at, last = [], [], 0, None
    for heading in rows["heading"]:
        if heading != last:
            headings.append((at, heading))
            at, last = at + 1, heading
        places.append(at)
        at += 1
    plot = figure(language, 32 * at + 40, margin={"l": 8, "r": 52, "t": 4, "b": 4})
    known = rows["value"].notna()
    low_end = min(28.0, rows["low"].min() - 1) if known.any() else 28.0
    high_end = max(82.0, rows["high"].max() + 1) if known.any() else 82.0
    for place, (_, row) in zip(places, rows.iterrows(), strict=True):
        if pd.isna(row["value"]):
            beside(plot, place, "—", 44, colour=MUTED)
            continue
        _deviation(plot, place, row)
        beside(plot, place, f"<b>{num(row['value'], language, 0)}</b>", 44)
    for place, heading in headings:
        plot.add_annotation(
            x=0,
            xref="paper",
            xanchor="right",
            xshift=-6,
            y=place,
            text=f"<b>{plain(heading)}</b>",
            showarrow=False,
            font={"size": 14, "color": MUTED},
        )
    plot.add_shape(
        type="line", x0=50, x1=50, y0=0, y1=1, yref="paper", line={"color": LINE, "width": 1.2}, layer="below"
    )
    plot.update_xaxes(range=[low_end, high_end], tickvals=[10, 30, 50, 70, 90], tickangle=0, gridcolor=GRID)
    plot.update_yaxes(range=[at - 0.4, -0.6], tickvals=places, ticktext=[wrapped(label) for label in rows["label"]])
    return plot


def _deviation(plot: go.Figure, place: int, row: pd.Series) -> None:
    value, grey = row["value"], bool(row["capped"])
    fill = "#E3E8EC" if grey else BLUE_PALE if value >= 50 else OCHRE_PALE
    ink = "#6B7984" if grey else BLUE
    plot.add_bar(
        y=[place], x=[value - 50], base=[50], orientation="h", width=0.46, marker={"color": fill}, hoverinfo="skip"
    )
    plot.add_scatter(
        x=[row["low"], row["high"]], y=[place, place], mode="lines", line={"color": ink, "width": 2.2}, hoverinfo="skip"
    )
    plot.add_scatter(
        x=[value],
        y=[place],
        mode="markers",
        hoverinfo="skip",
        marker={"size": 9, "color": ink, "line": {"color": "#FFFFFF", "width": 1.2}},
    )
    if pd.notna(row["middle"]):
        plot.add_shape(
            type="line",
            x0=row["middle"],
            x1=row["middle"],
            y0=place - 0.33,
            y1=place + 0.33,
            line={"color": INK, "width": 2},
        )


def steps(rows: pd.DataFrame, language: str, cut_off: float | None, cut_off_words: str) -> go.Figure:
    """Stepped bars from the middle of everybody to the standing, in points of 0..100.

    rows : in order; columns label, kind (start, part, total), points, start, end
    """
    places = list(range(len(rows)))
    plot = figure(language, 36 * len(rows) + 36, margin={"l": 8, "r": 58, "t": 26, "b": 4})
    ends = pd.concat([rows["start"], rows["end"], pd.Series([cut_off] if cut_off is not None else [])]).astype(float)
    moving = rows.loc[rows["kind"] == "part", ["start", "end"]].to_numpy(float)
    low = min(float(moving.min()) if moving.size else 40.0, float(rows["end"].iloc[0])) - 8
    high = float(ends.max()) + 1
    for place, (_, row) in zip(places, rows.iterrows(), strict=True):
        part = row["kind"] == "part"
        base = min(row["start"], row["end"]) if part else low
        colour = STEP_COLOURS[row["kind"] if not part else "plus" if row["points"] >= 0 else "minus"]
        plot.add_bar(
            y=[place],
            x=[max(row["start"], row["end"]) - base],
            base=[base],
            orientation="h",
            width=0.56,
            hoverinfo="skip",
            marker={"color": colour, "cornerradius": 2},
        )
        words = num(row["points"], language, 1, sign=part)
        plot.add_annotation(
            x=max(row["start"], row["end"]),
            y=place,
            xanchor="left",
            xshift=6,
            text=words if part else f"<b>{words}</b>",
            showarrow=False,
            bgcolor="rgba(255,255,255,.85)",
            borderpad=1,
        )
        if place + 1 < len(rows):
            plot.add_shape(
                type="line",
                x0=row["end"],
                x1=row["end"],
                y0=place,
                y1=place + 1,
                layer="below",
                line={"color": LINE, "width": 1.2},
            )
    if cut_off is not None:
        plot.add_vline(x=cut_off, line={"color": INK, "width": 1.2, "dash": "dot"})
        plot.add_annotation(
            x=cut_off,
            y=1,
            yref="paper",
            yanchor="bottom",
            text=cut_off_words,
            showarrow=False,
            font={"size": 13, "color": MUTED},
        )
    plot.update_xaxes(visible=False, range=[low, high])
    plot.update_yaxes(
        range=[len(rows) - 0.5, -0.5], tickvals=places, ticktext=[wrapped(label) for label in rows["label"]]
    )
    return plot
