"""Tables to plotly figures in one calm template: the funnel and the map of two domains."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from assessment.numbers import num, pct
from assessment.records import record

INK, MUTED, FAINT = "#1B2730", "#4A5863", "#8794A0"
LINE, GRID = "#C5CFD7", "#EBEFF2"
BLUE, BLUE_MIDDLE, BLUE_PALE = "#0B5A8A", "#68A3C5", "#CCE0EC"
OCHRE, OCHRE_TEXT, OCHRE_PALE = "#B35C00", "#8A4700", "#F0D3AE"
FONT = '"Source Sans", "Segoe UI", Arial, sans-serif'
SEPARATORS = {"ru": ",\u202f", "en": ".,"}


@cache
def calm() -> go.layout.Template:
    """The template of every figure: no box, no legend, quiet grid, nothing to drag."""
    axis = {
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "automargin": True,
        "fixedrange": True,
        "title": {"font": {"size": 13, "color": MUTED}, "standoff": 10},
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 14, "color": INK},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8, "pad": 0},
            "showlegend": False,
            "hovermode": "closest",
            "dragmode": False,
            "bargap": 0.35,
            "hoverlabel": {
                "bgcolor": "#FFFFFF",
                "bordercolor": LINE,
                "font": {"size": 13, "family": FONT},
                "align": "left",
            },
            "xaxis": {**axis, "gridcolor": GRID, "ticklabelstandoff": 4, "tickfont": {"size": 13, "color": MUTED}},
            "yaxis": {**axis, "showgrid": False, "ticklabelstandoff": 6, "tickfont": {"size": 14, "color": INK}},
        }
    )


def config(language: str) -> dict[str, Any]:
    """What goes beside every figure to the browser."""
    return {"displayModeBar": False, "locale": language, "responsive": True}


def figure(language: str, height: int, **layout: Any) -> go.Figure:
    """An empty figure in the calm template."""
    return go.Figure(layout={"template": calm(), "height": height, "separators": SEPARATORS[language], **layout})


def beside(
    plot: go.Figure, y: object, text: str, shift: int, *, colour: str = INK, size: int = 14, anchor: str = "right"
) -> None:
    """A text in the pixel margin at the right of the plot, so that it survives a narrow screen."""
    plot.add_annotation(
        x=1,
        xref="paper",
        xanchor=anchor,
        xshift=shift,
        y=y,
        yref="y",
        yanchor="middle",
        text=text,
        showarrow=False,
        font={"size": size, "color": colour},
    )


def plain(text: object) -> str:
    """Data for a label: plotly reads a few HTML tags, so the signs that open them are written out."""
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def funnel(steps: Sequence[tuple[str, int]], language: str) -> go.Figure:
    """People at each step as horizontal bars from the first step to the last; the last two in stronger blue."""
    names = [plain(name) for name, _ in steps]
    counts = [count for _, count in steps]
    colours = [BLUE_PALE] * (len(steps) - 2) + [BLUE_MIDDLE, BLUE]
    first = max(counts[0], 1) if counts else 1
    plot = figure(language, 41 * len(steps), margin={"l": 8, "r": 104, "t": 2, "b": 2})
    plot.add_bar(
        y=names,
        x=counts,
        orientation="h",
        width=0.68,
        marker={"color": colours[-len(steps) :], "cornerradius": 3},
        hoverinfo="skip",
    )
    for name, count in zip(names, counts, strict=True):
        plot.add_annotation(
            x=count,
            y=name,
            xanchor="left",
            xshift=4,
            showarrow=False,
            yanchor="middle",
            text=f"<b>{num(count, language, 0)}</b>  <span style='color:{MUTED}'>{pct(count / first, language)}</span>",
        )
    plot.update_xaxes(visible=False, range=[0, first])
    plot.update_yaxes(autorange="reversed")
    return plot


def wrapped(text: str, width: int = 21) -> str:
    """A label in lines of about that many letters, so that it leaves room for the plot on a phone."""
    return "<br>".join(plain(line) for line in textwrap.wrap(text, width, break_long_words=False)) or plain(text)


MAP_STYLES: Mapping[str, dict[str, Any]] = {
    "rest": {"size": 5, "color": "#A9B4BD", "opacity": 0.55},
    "kept": {"size": 9, "color": BLUE, "opacity": 0.92, "line": {"color": "#FFFFFF", "width": 1}},
    "left": {"size": 11, "symbol": "triangle-down-open", "color": OCHRE, "line": {"width": 2}},
    "entered": {"size": 11, "symbol": "triangle-up", "color": BLUE, "line": {"color": "#FFFFFF", "width": 1}},
}
MAP_FROM, MAP_TO = 18.0, 82.0


def map_of_two(
    people: pd.DataFrame,
    language: str,
    axes: tuple[str, str],
    *,
    corners: tuple[str, str, str] = ("", "", ""),
    gates: tuple[float | None, float | None] = (None, None),
    selected: str | None = None,
    height: int = 500,
) -> go.Figure:
    """Everybody on two domains in T scores, by what the scenario does to them.

    people : index person_id; columns x, y, group (rest, kept, left, entered), name, x_se, y_se, and hover (text)
    corners : words in the upper left, upper right and lower right corner
    gates : T scores of the dashed gates, for x and for y; None where there is none
    """
    plot = figure(language, height, margin={"l": 8, "r": 8, "t": 8, "b": 8})
    for group, style in MAP_STYLES.items():
        some = people[people["group"] == group]
        plot.add_scatter(
            x=some["x"],
            y=some["y"],
            mode="markers",
            marker=style,
            customdata=list(some.index),
            name=group,
            text=some["hover"].map(plain),
            hovertemplate="%{text}<extra></extra>",
            selected={"marker": {"opacity": style.get("opacity", 1.0)}},
            unselected={"marker": {"opacity": style.get("opacity", 1.0)}},
        )
    for text, (x, y), (right, up) in zip(corners, ((0, 1), (1, 1), (1, 0)), ((0, 1), (1, 1), (1, 0)), strict=True):
        plot.add_annotation(
            x=x,
            y=y,
            xref="paper",
            yref="paper",
            text=text,
            showarrow=False,
            font={"size": 13, "color": FAINT},
            xanchor="right" if right else "left",
            yanchor="top" if up else "bottom",
        )
    plot.add_shape(type="line", x0=50, x1=50, y0=0, y1=1, yref="paper", line={"color": LINE, "width": 1.2})
    if gates[0] is not None:
        plot.add_shape(type="line", x0=gates[0], x1=gates[0], y0=0, y1=1, yref="paper", line=_GATE)
    if gates[1] is not None:
        plot.add_shape(type="line", y0=gates[1], y1=gates[1], x0=0, x1=1, xref="paper", line=_GATE)
    if selected is not None and selected in people.index:
        _mark(plot, record(people, selected))
    ticks = list(range(20, 81, 10))
    plot.update_xaxes(range=[MAP_FROM, MAP_TO], tickvals=ticks, title_text=f"{axes[0]} →")
    plot.update_yaxes(
        range=[MAP_FROM, MAP_TO],
        tickvals=ticks,
        title_text=f"{axes[1]} →",
        showgrid=True,
        gridcolor=GRID,
        tickfont={"size": 13, "color": MUTED},
    )
    plot.update_layout(uirevision="map")
    return plot


_GATE = {"color": LINE, "width": 1.6, "dash": "dash"}


def _mark(plot: go.Figure, person: pd.Series) -> None:
    """The chosen person: ring, 90 % error bars and the name on the side where there is room."""
    right = person["x"] < 55
    plot.add_scatter(
        x=[person["x"]],
        y=[person["y"]],
        mode="markers",
        hoverinfo="skip",
        customdata=[person.name],
        marker={"size": 15, "symbol": "circle-open", "color": INK, "line": {"width": 2}},
        error_x={"array": [1.645 * person["x_se"]], "width": 0, "thickness": 1.6, "color": INK},
        error_y={"array": [1.645 * person["y_se"]], "width": 0, "thickness": 1.6, "color": INK},
    )
    plot.add_annotation(
        x=person["x"],
        y=person["y"],
        text=f"<b>{plain(person['name'])}</b>",
        showarrow=False,
        yshift=16,
        xanchor="left" if right else "right",
        xshift=12 if right else -12,
        bgcolor="rgba(255,255,255,.82)",
        font={"size": 14, "color": INK},
    )
