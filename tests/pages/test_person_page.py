"""The card: a decision needs a reason and a name, stays in the record, and is shown with the person."""

from __future__ import annotations

from tests.pages.conftest import html_of


def fill(app, person, reason, author):
    app.text_area(key=f"decide_reason_{person}").set_value(reason)
    app.text_input(key="decide_author").set_value(author)
    app.button(key="decide_write").click().run()


def test_a_decision_without_a_reason_is_not_recorded_and_the_page_says_why(store, open_page):
    app = open_page("person")
    fill(app, app.session_state["person"], "", "Т. Орлова")
    assert "Напишите основание: без него решение не записывается." in html_of(app)
    assert store.record("c1") == []


def test_a_decision_stays_with_reason_and_name(store, open_page):
    app = open_page("person")
    person = app.session_state["person"]
    app.selectbox(key=f"decide_code_{person}").set_value("interview")
    fill(app, person, "Убедительно на собеседовании", "Т. Орлова")
    entry = store.record("c1")[-1]
    assert (entry.person_id, entry.decision, entry.author) == (person, "shortlist", "Т. Орлова")
    shown = html_of(app)
    assert "Убедительно на собеседовании" in shown and "Т. Орлова" in shown


def test_what_others_decided_meanwhile_is_not_written_over(store, open_page):
    from assessment.decisions import Decision

    app = open_page("person")
    person = app.session_state["person"]
    store.decide("c1", Decision(person, "reserve", "И. Гусев", "Нет времени до весны", "no_time", False))
    app.selectbox(key=f"decide_code_{person}").set_value("interview")
    fill(app, person, "Убедительно на собеседовании", "Т. Орлова")
    assert [e.author for e in store.record("c1")] == ["И. Гусев"]


def test_the_next_person_is_one_place_lower(store, open_page):
    app = open_page("person")
    first = app.session_state["person"]
    app.button(key="step_1").click().run()
    second = app.session_state["person"]
    assert first != second
    app.button(key="step_-1").click().run()
    assert app.session_state["person"] == first


def test_contributions_end_at_the_points_shown(store, open_page):
    shown = html_of(open_page("person"))
    assert "Почему это место" in shown and "Что изменило бы место." in shown


def test_the_card_says_whether_the_proposed_team_has_the_person(store, open_page):
    shown = html_of(open_page("person", "ru"))
    assert "В предложенной команде" in shown
