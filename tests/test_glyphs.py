"""Pictures in cells: small, well-formed, on one scale, with the band in the shape."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from assessment import glyphs

SVG = "{http://www.w3.org/2000/svg}"


def picture(address: str) -> ElementTree.Element:
    assert address.startswith(glyphs.PREFIX)
    return ElementTree.fromstring(unquote(address.removeprefix(glyphs.PREFIX)))


def test_the_dot_is_filled_only_in_the_band_in():
    for band, filled in (("in", True), ("open", False), ("out", False)):
        dot = picture(glyphs.interval(62, 58, 66, 60, (50, 80), band)).find(f"{SVG}circle")
        assert (dot.get("fill") != "#fff") is filled


def test_the_cut_off_stands_at_the_same_place_in_every_row():
    lines = {
        picture(glyphs.interval(v, v - 4, v + 4, 60, (50, 80), "open")).find(f"{SVG}path").get("d")
        for v in (55, 62, 71)
    }
    assert len(lines) == 1


@given(st.floats(-50, 150), st.floats(0, 40))
def test_nothing_is_drawn_outside_the_picture(value, reach):
    drawn = picture(glyphs.interval(value, value - reach, value + reach, 60, (52, 88), "open"))
    assert 0 <= float(drawn.find(f"{SVG}circle").get("cx")) <= glyphs.INTERVAL_WIDTH


def test_a_missing_value_draws_no_dot_and_no_bar():
    assert picture(glyphs.interval(float("nan"), 1, 2, 60, (50, 80), "open")).find(f"{SVG}circle") is None
    bars = picture(glyphs.bars([float("nan")])).findall(f"{SVG}path")
    assert [path.get("d") for path in bars][1] == ""


def test_there_is_one_bar_for_each_domain():
    for count in (1, 4, 7):
        ticks = picture(glyphs.bars([60.0] * count)).findall(f"{SVG}path")[-1].get("d")
        assert ticks.count("M") == count


def test_a_row_costs_less_than_two_kilobytes():
    assert len(glyphs.interval(62.1, 58.3, 66.2, 60.4, (50, 80), "open")) < 800
    assert len(glyphs.bars([61.0, 48.0, 55.0, 70.0])) < 900
