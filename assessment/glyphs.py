"""Small pictures inside table cells: the interval of a standing and the bars of the domains, as SVG data addresses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

BLUE, BLUE_MIDDLE, OCHRE, GREY, INK, TRACK = "#0B5A8A", "#68A3C5", "#B35C00", "#8794A0", "#1B2730", "#E9EEF2"
BAND_COLOUR = {"in": BLUE, "open": OCHRE, "out": GREY}
PREFIX = "data:image/svg+xml;utf8,"
INTERVAL_WIDTH, HEIGHT = 104, 28
BARS_FROM, BARS_TO = 20.0, 80.0


def _address(body: str, width: int) -> str:
    size = f"width='{2 * width}' height='{2 * HEIGHT}' viewBox='0 0 {width} {HEIGHT}'"
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' {size}>"
    svg = svg + body + "</svg>"
    for character, code in (("%", "%25"), ("#", "%23"), ("<", "%3C"), (">", "%3E")):
        svg = svg.replace(character, code)
    return PREFIX + svg


def interval(value: float, low: float, high: float, cut_off: float, ends: tuple[float, float], band: str) -> str:
    """Line from low to high with a dot at value and a dashed line at the cut-off.

    ``ends`` is the range of the column, the same for all rows; what lies outside is cut at the edge.
    The dot is filled for band "in" and hollow for "open" and "out": the shape tells it without the colour.
    """
    first, last = ends
    span = max(last - first, 1e-9)

    def x(points: float) -> str:
        return f"{4 + (INTERVAL_WIDTH - 8) * min(max((points - first) / span, 0.0), 1.0):.1f}".removesuffix(".0")

    if not all(math.isfinite(v) for v in (value, low, high)):
        return _address("", INTERVAL_WIDTH)
    colour = BAND_COLOUR[band]
    fill = colour if band == "in" else "#fff"
    line = f"<path d='M{x(cut_off)} 0V28' stroke='{INK}' stroke-dasharray='2 2'/>" if math.isfinite(cut_off) else ""
    return _address(
        f"{line}<path d='M{x(low)} 14H{x(high)}' stroke='{colour}' stroke-width='1.6' opacity='.7'/>"
        f"<circle cx='{x(value)}' cy='14' r='3.6' fill='{fill}' stroke='{colour}' stroke-width='1.8'/>",
        INTERVAL_WIDTH,
    )


def bars(values: Sequence[float]) -> str:
    """One small bar for each domain (T scores from 20 to 80) with a tick at 50; no bar where there is no value."""
    return _bars(tuple(round(v) if math.isfinite(v) else None for v in values))


@lru_cache(maxsize=20_000)
def _bars(values: tuple[int | None, ...]) -> str:
    width = 24 * max(len(values), 1)
    track, filled, ticks = "", "", ""
    for place, value in enumerate(values):
        left = 24 * place + 1
        track += f"M{left} 10h20v8h-20z"
        if value is not None:
            share = (min(max(value, BARS_FROM), BARS_TO) - BARS_FROM) / (BARS_TO - BARS_FROM)
            filled += f"M{left} 10h{20 * share:.0f}v8H{left}z"
        ticks += f"M{left + 10} 7v14"
    return _address(
        f"<path fill='{TRACK}' d='{track}'/><path fill='{BLUE_MIDDLE}' d='{filled}'/>"
        f"<path stroke='{INK}' d='{ticks}'/>",
        width,
    )
