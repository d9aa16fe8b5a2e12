"""The what-if page: sliders move the list, conditions cut it, reset and saved scenarios bring it back."""

from __future__ import annotations

import html
import re

import pytest

from assessment.pages import whatif_lists
from assessment.pages.state import PERSON
from tests.pages.conftest import html_of


def groups(app, key):
    return next(e for e in app.get("button_group") if str(e.key).startswith(key))


def names_in_list(app) -> list[str]:
    return list(app.dataframe[0].value["name"])


def test_another_weight_changes_the_finding_and_the_order(store, open_page):
    app = open_page("whatif")
    before = names_in_list(app)
    app.slider(key="w_lead").set_value(90).run()
    assert "Что если «Ведёт за собой» важнее?" in html_of(app)
    assert names_in_list(app) != before


def test_reset_brings_the_weights_of_the_campaign_back(store, open_page):
    app = open_page("whatif")
    before = names_in_list(app)
    app.slider(key="w_lead").set_value(90).run()
    app.select_slider(key="balance").set_value(-3.0).run()
    app.button(key="reset").click().run()
    assert [app.slider(key=f"w_{d}").value for d in ("want", "can", "endure", "lead")] == [44, 22, 25, 9]
    assert app.select_slider(key="balance").value == 0.0
    assert names_in_list(app) == before
    assert "Никто не вошёл и не вышел" in html_of(app)


def test_a_scenario_goes_with_one_press(store, open_page):
    app = open_page("whatif")
    groups(app, "scenario_").set_value("equal").run()
    assert {app.slider(key=f"w_{d}").value for d in ("want", "can", "endure", "lead")} == {25}


def test_the_other_reading_is_named_in_the_finding(store, open_page):
    app = open_page("whatif")
    groups(app, "reading").set_value("plain").run()
    assert "Что если считать простой суммой?" in html_of(app)


def test_conditions_cut_the_list_and_the_count_left_is_told(store, open_page):
    app = open_page("whatif")
    groups(app, "list_view").set_value("all").run()
    everybody = names_in_list(app)
    app.text_input(key="search").set_value(everybody[0].split()[0][:5]).run()
    left = names_in_list(app)
    assert 0 < len(left) < len(everybody)
    assert re.search(rf"Показано {len(left)} из \d+", html_of(app))


def test_conditions_that_leave_nobody_can_be_cleared(store, open_page):
    app = open_page("whatif")
    app.text_input(key="search").set_value("такого нет").run()
    assert "По этим условиям никого нет. Условия: «такого нет»" in html.unescape(html_of(app))
    app.button(key="clear_conditions").click().run()
    assert names_in_list(app)


def test_a_minimum_of_a_domain_cuts_the_list(store, open_page):
    app = open_page("whatif")
    everybody = names_in_list(app)
    app.slider(key="least_lead").set_value(60).run()
    assert len(names_in_list(app)) < len(everybody)
    assert "Ведёт за собой ≥ 60" in html.unescape(html_of(app))


def test_a_scenario_without_a_comment_is_not_kept(store, open_page):
    app = open_page("whatif")
    app.slider(key="w_lead").set_value(90).run()
    app.text_input(key="scenario_name").set_value("Ведущие вперёд")
    app.button(key="scenario_save").click().run()
    assert "без них сценарий не записывается" in html_of(app)
    assert store.scenarios("c1") == []


def test_a_saved_scenario_stays_after_the_browser_is_closed(store, open_page):
    app = open_page("whatif")
    app.slider(key="w_lead").set_value(90).run()
    app.text_input(key="scenario_name").set_value("Ведущие вперёд")
    app.text_area(key="scenario_comment").set_value("Обсудить с комиссией")
    app.text_input(key="scenario_author").set_value("Т. Орлова")
    app.button(key="scenario_save").click().run()
    saved = store.scenarios("c1")
    assert [(s.name, s.author, s.comment, s.criteria.weights["lead"]) for s in saved] == [
        ("Ведущие вперёд", "Т. Орлова", "Обсудить с комиссией", 90)
    ]
    again = open_page("whatif")
    assert any("Ведущие вперёд" in option for option in groups(again, "scenario_").options)


@pytest.fixture
def session(monkeypatch):
    kept: dict = {}
    monkeypatch.setattr(whatif_lists.st, "session_state", kept)
    return kept


def test_a_chosen_row_is_the_person_of_that_row(session):
    whatif_lists.choose_row({"selection": {"rows": [1]}}, ["P1", "P2"], [])
    assert session[PERSON] == "P2"


def test_a_row_let_go_is_nobody(session):
    session[PERSON] = "P2"
    whatif_lists.choose_row({"selection": {"rows": []}}, ["P1", "P2"], [1])
    assert session[PERSON] is None


def test_the_row_the_page_marked_itself_is_no_choice(session):
    session[PERSON] = "P1"
    whatif_lists.choose_row({"selection": {"rows": [1]}}, ["P1", "P2"], [1])
    assert session[PERSON] == "P1"


def test_a_point_of_the_map_carries_its_person(session):
    whatif_lists.choose_point({"selection": {"points": [{"customdata": ["P7"], "point_index": 3}]}})
    assert session[PERSON] == "P7"
    whatif_lists.choose_point({"selection": {"points": []}})
    assert session[PERSON] == "P7"


def test_a_search_finds_people_who_are_on_no_list(store, open_page):
    app = open_page("whatif", "ru")
    last = next(b for b in app.text_input if b.key == "search")
    listed = len(app.dataframe[0].value)
    last.set_value("P00").run()
    assert not app.exception and len(app.dataframe[0].value) > listed
