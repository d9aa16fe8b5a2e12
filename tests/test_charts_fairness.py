"""Figures about fairness: where dots lie, what is grey, what stands in the margin, what data may not become."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from assessment.charts.fairness import differences, quality_and_mix, ratios

ROWS = pd.DataFrame(
    {
        "label": ["Women", "Under 35", "<b>Heads</b>"], "heading": ["600 to 90", "600 to 90", "90 to 30"],
        "ratio": [0.5, 1.25, float("nan")], "low": [0.1, 0.9, float("nan")], "high": [0.9, 9.0, float("nan")],
        "style": ["below", "small", "none"], "number": ["0.50", "—", "—"], "counts": ["5 of 50", "8 of 18", "1 of 3"],
        "hover": ["", "", ""],
    }
)  # fmt: skip


def test_a_ratio_stands_at_its_logarithm_and_a_long_interval_is_cut_at_the_edge():
    plot = ratios(ROWS, "en", "0.8", "equal")
    dots = [t for t in plot.data if t.mode == "markers"]
    lines = [t for t in plot.data if t.mode == "lines"]
    assert [t.x[0] for t in dots] == pytest.approx([-1.0, math.log2(1.25)])
    assert list(lines[0].x) == pytest.approx([-2.0, math.log2(0.9)])
    assert lines[1].x[1] == 2.0 and lines[1].line.dash == "dot"
    assert dots[0].marker.symbol == "diamond-open"


def test_every_group_has_its_counts_and_the_smallest_no_dot():
    plot = ratios(ROWS, "en", "0.8", "equal")
    words = [a.text for a in plot.layout.annotations]
    assert {"5 of 50", "8 of 18", "1 of 3"} <= set(words)
    assert sum(t.mode == "markers" for t in plot.data) == 2
    assert "&lt;b&gt;Heads&lt;/b&gt;" in plot.layout.yaxis.ticktext


def test_a_large_difference_is_a_diamond_and_a_missing_one_a_dash():
    rows = pd.DataFrame({"label": ["a", "b", "c"], "heading": ["x"] * 3, "d": [0.7, 0.1, float("nan")],
                         "low": [0.3, -0.2, float("nan")], "high": [1.1, 0.4, float("nan")],
                         "large": [True, False, False], "hover": [""] * 3})  # fmt: skip
    plot = differences(rows, "ru", 0.5, "до ±0,5")
    assert [t.marker.symbol for t in plot.data if t.mode == "markers"] == ["diamond", "circle"]
    words = [a.text for a in plot.layout.annotations]
    assert "<b>+0,70</b>" in words and "—" in words


def test_the_chosen_list_is_marked_on_the_front():
    points = pd.DataFrame({"share": [0.0, 0.5, 1.0], "mean": [60.0, 62, 61], "efficient": [False, True, True],
                           "hover": ["a", "b", "c"]})  # fmt: skip
    chosen = {"share": 0.5, "mean": 61.5, "label": "chosen: 15 of 30", "hover": ""}
    plot = quality_and_mix(points, "en", ("share", "mean"), chosen, 0.6, "pool")
    assert plot.data[1].x[0] == 0.5 and "<b>chosen: 15 of 30</b>" in [a.text for a in plot.layout.annotations]
    assert len(quality_and_mix(points, "en", ("share", "mean"), None, 0.6, "pool").data) == 1
