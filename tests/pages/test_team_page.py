"""The team page: locks need a reason, are obeyed, can be released; what cannot be met is said with repairs."""

from __future__ import annotations

import html
import json

from assessment.rules import locks
from tests.pages.conftest import html_of


def lock(app, person, kind, reason="Приказ главы", author="Т. Орлова"):
    app.selectbox[0].set_value(person)
    next(e for e in app.get("button_group") if e.key == "lock_kind").set_value(kind)
    app.text_area(key="lock_reason").set_value(reason)
    app.text_input(key="lock_author").set_value(author)
    app.button(key="lock_write").click().run()


def test_a_lock_without_a_reason_changes_nothing(store, open_page):
    app = open_page("team")
    lock(app, app.selectbox[0].value, locks.LOCK_OUT, reason="")
    assert store.rules("c1", "team").version == 0
    assert "Не записано." in html_of(app)


def test_whoever_is_locked_out_leaves_and_comes_back_when_released(store, open_page):
    app = open_page("team")
    person = next(p for p in store_people(store, app) if p in team_ids(app))
    lock(app, person, locks.LOCK_OUT)
    assert store.rules("c1", "team").version == 1
    assert person not in team_ids(app)
    assert "Приказ главы" in html_of(app)
    lock(app, person, "release", reason="Договорились")
    assert person in team_ids(app)


def test_more_locks_than_seats_are_a_conflict_with_repairs(store, open_page):
    people = store_people(store, open_page("team"))
    rules = []
    for person in people[:8]:  # the small town has six seats
        rules = locks.locked(rules, person, locks.LOCK_IN, "Т. Орлова", "Приказ главы")
    store.save_rules("c1", "team", locks.rules_text(rules), "Т. Орлова", "Приказ главы", 0)
    app = open_page("team")
    shown = html.unescape(html_of(app))
    assert "правила не сходятся" in shown
    assert "снять закрепление: " in shown
    app.text_area(key="repair_reason").set_value("Решили на комиссии")
    app.text_input(key="repair_author").set_value("Т. Орлова")
    app.button(key="repair_take").click().run()
    assert store.rules("c1", "team").version == 2
    assert len(json.loads(store.rules("c1", "team").text)["rules"]) < 8
    assert "правила не сходятся" not in html.unescape(html_of(app))


def store_people(store, app) -> list[str]:
    """Ids behind the options of the select box, in its order: by rank."""
    from assessment.opening import computed

    result = computed(store, store.campaigns()[0])
    listed = result.shortlist.index[result.shortlist["list"] != "reserve"]
    return sorted(map(str, listed), key=lambda p: int(result.ranking.loc[p, "rank"]))


def team_ids(app) -> set[str]:
    """Ids of the members in the newest team composed for a page."""
    from assessment.pages import state

    newest = max(state._kept().teams, key=lambda key: (key[-1], key[-2]))
    return set(map(str, state._kept().teams[newest].members.index))
