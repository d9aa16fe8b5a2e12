"""HTML blocks: every text is escaped, what is made here passes, phones get what they can show."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment import blocks
from assessment.blocks import Bar, Head, KeyFigure, Task

NASTY = "<script>alert(1)</script>&\"'"


def every_block(text: str) -> str:
    figures = blocks.key_figures([KeyFigure(text, text, text)])
    return "".join(
        [
            blocks.context_line(text, [text], text),
            blocks.finding(text, text),
            blocks.heading(text, text),
            blocks.note(text),
            figures,
            blocks.tasks([Task(text, text, text)]),
            blocks.table([Head(text)], [[text]], label=text),
            blocks.pairs([(text, text)]),
            blocks.progress(0.5, text),
            blocks.call_out(text, text),
            blocks.empty(text),
            blocks.legend([("blue", text, text)]),
            blocks.heat_table([text], [text], [[1]], text, [text], "ru"),
            blocks.bars([Bar(text, 0.5, text, text)], 0.85, text),
            blocks.two_lines(text, text),
            blocks.strong(text),
        ]
    )


def test_no_text_of_a_person_becomes_a_tag():
    made = every_block(NASTY)
    assert "<script" not in made
    assert made.count("&lt;script&gt;") == every_block("plain").count("plain")


@given(st.text(min_size=1))
def test_whatever_is_written_adds_no_tag(text):
    tags = re.compile(r"<[^>]*>")
    assert len(tags.findall(every_block(text))) == len(tags.findall(every_block("x")))


def test_what_a_block_made_is_not_escaped_again():
    assert blocks.table([Head("a")], [[blocks.strong("b")]]).count("<b>b</b>") == 1


def test_a_page_shows_at_most_five_key_figures():
    with pytest.raises(ValueError, match="five"):
        blocks.key_figures([KeyFigure("a", "1")] * 6)


def test_a_row_of_a_table_has_a_cell_for_every_heading():
    with pytest.raises(ValueError):
        blocks.table([Head("a"), Head("b")], [["only one"]])


def test_a_share_beyond_the_whole_fills_the_bar_and_no_more():
    assert "width:100%" in blocks.progress(1.7, "170 %")
    assert "width:0%" in blocks.progress(-0.1, "0 %")


def test_dots_are_filled_as_often_as_counted():
    made = blocks.dots(2, 5)
    assert (made.count("<i>"), made.count("<s>")) == (2, 3)


def test_a_heat_table_has_one_hue_in_three_steps_and_says_nothing_for_none():
    made = blocks.heat_table(["role"], ["a", "b", "c"], [[0, 2, 7]], "all", [0, 2, 7], "en")
    assert '<td class="s0"></td><td class="s2">2</td><td class="s3">7</td>' in made
