"""Figures of one person: bars from the middle, steps that add up."""

from __future__ import annotations

import pandas as pd

from assessment.charts import person as charts_person
from assessment.charts.figures import BLUE_PALE, OCHRE_PALE


def profile_rows() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": ["Служение", "Инициатива", "Процессы", "Цифра"],
            "heading": ["Хочет", "Хочет", "Может", "Может"],
            "value": [56.0, 44.0, float("nan"), 52.0],
            "low": [49.0, 38.0, float("nan"), 46.0],
            "high": [63.0, 50.0, float("nan"), 58.0],
            "middle": [60.0, 58.0, 55.0, float("nan")],
            "capped": [False, False, False, True],
        }
    )


def test_bars_start_at_the_middle_and_show_the_side():
    plot = charts_person.profile(profile_rows(), "ru")
    bars = [trace for trace in plot.data if trace.type == "bar"]
    assert [trace.base[0] for trace in bars] == [50, 50, 50]
    assert [trace.x[0] for trace in bars] == [6.0, -6.0, 2.0]
    assert [trace.marker.color for trace in bars][:2] == [BLUE_PALE, OCHRE_PALE]


def test_what_was_not_measured_has_a_dash_and_no_bar():
    plot = charts_person.profile(profile_rows(), "ru")
    assert [note.text for note in plot.layout.annotations].count("—") == 1


def test_each_group_has_its_heading_once():
    texts = [note.text for note in charts_person.profile(profile_rows(), "ru").layout.annotations]
    assert texts.count("<b>Хочет</b>") == 1 and texts.count("<b>Может</b>") == 1


def test_a_profile_without_any_value_is_drawn():
    rows = profile_rows().assign(value=float("nan"), low=float("nan"), high=float("nan"))
    assert charts_person.profile(rows, "en").layout.height > 0


def test_each_step_begins_where_the_one_before_ended():
    rows = pd.DataFrame(
        {
            "label": ["Середина", "Хочет", "Слабая сторона", "Балл"],
            "kind": ["start", "part", "part", "total"],
            "points": [50.0, 12.0, -1.5, 60.5],
            "start": [0.0, 50.0, 62.0, 0.0],
            "end": [50.0, 62.0, 60.5, 60.5],
        }
    )
    plot = charts_person.steps(rows, "ru", 58.0, "проходной 58,0")
    ends = [trace.base[0] + trace.x[0] for trace in plot.data]
    assert ends == [50.0, 62.0, 62.0, 60.5]
    assert [note.text for note in plot.layout.annotations][:4] == ["<b>50,0</b>", "+12,0", "\u22121,5", "<b>60,5</b>"]


def test_without_a_line_there_is_no_cut_off():
    rows = pd.DataFrame(
        {
            "label": ["a", "b"],
            "kind": ["start", "total"],
            "points": [50.0, 50.0],
            "start": [0.0, 0.0],
            "end": [50.0, 50.0],
        }
    )
    assert not [s for s in charts_person.steps(rows, "en", None, "").layout.shapes if s.line.dash == "dot"]
