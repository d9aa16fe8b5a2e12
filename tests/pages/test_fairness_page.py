"""The fairness page: it finds what the engine finds, in both languages, and a chosen group changes what is shown."""

from __future__ import annotations

import html
import re

import pytest

from tests.pages.conftest import html_of
from tests.pages.test_every_page import ALLOWED, words_on


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_page_names_its_parts(store, open_page, language):
    shown = html_of(open_page("fairness", language))
    parts = {
        "ru": ["Доли прошедших по группам", "Для протокола", "Если убрать источник", "обошлась бы квота"],
        "en": ["Shares passing by group", "For the protocol", "Without a source", "What a quota would cost"],
    }
    assert shown.count('<h1 class="finding">') == 1
    for part in parts[language]:
        assert part in shown


def test_no_latin_words_stand_on_the_russian_page(store, open_page):
    for text in words_on(open_page("fairness", "ru")):
        assert re.findall(r"[A-Za-z]{2,}", ALLOWED.sub(" ", text)) == [], text[:300]


def test_the_english_page_has_no_russian_headings(store, open_page):
    shown = html_of(open_page("fairness", "en"))
    own = re.findall(r'<h2 class="sec">(.*?)</h2>|<p class="how">(.*?)</p>|<span class="kl">(.*?)</span>', shown)
    assert [t for found in own for t in found if re.search("[а-яё]{3,}", t, re.I)] == []


def test_every_group_has_its_counts_in_the_table_of_tests(store, open_page):
    app = open_page("fairness", "ru")
    table = app.dataframe[0].value
    assert {"Группа", "Прошли", "Правило 4/5", "p Фишера", "p срединное", "h Коэна", "Недобор, чел."} <= set(table)
    assert table["Прошли"].str.fullmatch(r"\d+ из \d+").all()
    few = table[table["Правило 4/5"] == "слишком мало"]
    assert (few["К остальным"] == "—").all()


def test_another_group_gives_other_differences_and_another_front(store, open_page):
    app = open_page("fairness", "en")
    box = next(b for b in app.selectbox if b.key == "fairness_group")
    first = html.unescape(html_of(app))
    box.set_value(next(o for o in ("gender.f", "gender.m") if o != box.value)).run()
    assert not app.exception
    second = html.unescape(html_of(app))
    assert "Quality and mix: women" in second or "Quality and mix: men" in second
    assert first != second


def test_another_stage_of_the_table_counts_from_everybody(store, open_page):
    app = open_page("fairness", "ru")

    def people(app) -> int:
        table = app.dataframe[0].value
        by_gender = table[table["Группа"].str.startswith("Пол")]
        return int(by_gender["Прошли"].str.extract(r"из (\d+)")[0].astype(int).sum())

    everybody = people(app)
    switch = next(e for e in app.get("button_group") if e.key == "fairness_stage")
    switch.set_value("team").run()
    listed = people(app)
    switch.set_value("whole").run()
    assert listed < everybody == people(app)


def test_the_model_without_each_source_comes_on_a_button(store, open_page):
    app = open_page("fairness", "en")
    assert "Without a source: the model" not in html_of(app)
    next(b for b in app.button if b.key == "fairness_model").click().run(timeout=180)
    assert not app.exception
    assert "Without a source: the model" in html_of(app)
    assert "fairness_model" not in [b.key for b in app.button]


def test_a_group_that_differs_in_nothing_still_has_its_page(store, open_page, monkeypatch):
    from assessment.pages import fairness_groups

    monkeypatch.setattr(fairness_groups, "NEAR", 99.0)
    app = open_page("fairness", "ru")
    assert not app.exception and "Для протокола" in html_of(app)
