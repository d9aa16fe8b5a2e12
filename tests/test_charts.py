"""Figures: one calm template, data that stay data, and what each chart must show."""

from __future__ import annotations

import pandas as pd

from assessment.charts import figures as charts


def people() -> pd.DataFrame:
    return pd.DataFrame({
        "x": [40.0, 60.0, 55.0, 45.0], "y": [50.0, 62.0, 58.0, 44.0], "group": ["rest", "kept", "entered", "left"],
        "name": ["А", "Б", "В", "Г"], "x_se": 3.0, "y_se": 3.0, "hover": ["А <b>", "Б", "В", "Г"],
    }, index=pd.Index(["P1", "P2", "P3", "P4"], name="person_id"))  # fmt: skip


def test_the_template_has_no_legend_nothing_to_drag_and_no_box():
    layout = charts.calm().layout
    assert layout.showlegend is False and layout.dragmode is False
    assert layout.xaxis.fixedrange and layout.yaxis.fixedrange


def test_the_funnel_names_count_and_share_of_the_first_step():
    plot = charts.funnel([("Приглашены", 600), ("Ответили", 548), ("Команда", 30)], "ru")
    texts = [note.text for note in plot.layout.annotations]
    assert "<b>548</b>" in texts[1] and "91\u00a0%" in texts[1]
    assert list(plot.data[0].marker.color)[-2:] == [charts.BLUE_MIDDLE, charts.BLUE]


def test_a_funnel_of_nobody_is_drawn():
    assert charts.funnel([("Приглашены", 0), ("Команда", 0)], "en").data


def test_every_person_is_on_the_map_once_with_the_id_beside_the_point():
    plot = charts.map_of_two(people(), "ru", ("Может", "Хочет"))
    ids = [person for trace in plot.data for person in trace.customdata]
    assert sorted(ids) == ["P1", "P2", "P3", "P4"]


def test_who_entered_and_who_left_differ_in_shape_not_only_in_colour():
    plot = charts.map_of_two(people(), "ru", ("Может", "Хочет"))
    symbols = {trace.name: trace.marker.symbol for trace in plot.data}
    assert symbols["entered"] == "triangle-up" and symbols["left"] == "triangle-down-open"


def test_a_click_fades_nobody():
    for trace in charts.map_of_two(people(), "ru", ("Может", "Хочет")).data:
        assert trace.selected.marker.opacity == trace.unselected.marker.opacity


def test_only_the_chosen_person_has_error_bars_and_a_name():
    plot = charts.map_of_two(people(), "ru", ("Может", "Хочет"), selected="P2")
    assert [trace.error_x.array is not None for trace in plot.data].count(True) == 1
    assert any("Б" in str(note.text) for note in plot.layout.annotations)


def test_names_cannot_bring_tags_into_a_figure():
    plot = charts.map_of_two(people(), "ru", ("Может", "Хочет"))
    assert plot.data[0].text[0] == "А &lt;b&gt;"


def test_a_label_is_broken_between_words():
    assert charts.wrapped("Приверженность муниципальной службе") == "Приверженность<br>муниципальной службе"
