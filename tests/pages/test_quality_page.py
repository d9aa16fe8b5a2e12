"""The page about quality in both languages: findings, charts, names, comparing on request, what to do without data."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from tests.pages.conftest import html_of

SECTIONS = {
    "ru": ["Строгость наблюдателей", "Надёжность шкал", "От чего зависит список", "Для протокола",
           "Кого видели наблюдатели", "Сомнительные ответы", "Различия групп",
           "Пункты, которые группы понимают по-разному", "Как работают пункты шкалы"],
    "en": ["Severity of observers", "Reliability of scales", "What the list hangs on", "For the record",
           "Whom observers saw", "Answers in doubt", "Differences of groups",
           "Items that groups read differently", "How the items of a scale work"],
}  # fmt: skip
HEADINGS = re.compile(r'<h2 class="sec">(.*?)</h2>')


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_section_stands_there_with_one_finding_and_five_figures(store, open_page, language):
    app = open_page("quality", language)
    shown = html_of(app)
    assert HEADINGS.findall(shown) == SECTIONS[language]
    assert shown.count('<h1 class="finding">') == 1 and shown.count('class="kl"') == 5
    assert len(app.get("plotly_chart")) == 4
    assert "{" not in re.sub(r"<style>.*?</style>", "", shown, flags=re.S) and "nan" not in shown.lower()


def test_what_changes_is_told_by_name_and_never_by_id(store, open_page):
    shown = html_of(open_page("quality", "ru"))
    assert "войдут:" in shown
    assert not re.search(r"\bP\d{5}\b", shown)


def test_items_are_compared_on_request_only(store, open_page):
    app = open_page("quality", "en")
    told = ("item is read differently", "items are read differently", "No item is read", "too early to compare")
    assert not any(words in html_of(app) for words in told)
    app.button("compare_items").click().run(timeout=120)
    assert any(words in html_of(app) for words in told)
    assert not app.exception


def test_another_group_and_another_scale_can_be_looked_at(store, open_page):
    app = open_page("quality", "en")
    next(e for e in app.get("button_group") if e.key == "quality_group").set_value("age.50plus").run()
    app.selectbox("quality_scale").select_index(2).run()
    assert not app.exception
    assert "Curves" not in HEADINGS.findall(html_of(app))


def without(campaign, **changes):
    gone = ("observations", "sociometry", "interviews", "attendance")
    tables = {name: campaign.tables()[name].iloc[:0] for name in gone}
    return replace(campaign, **{**tables, **changes})


@pytest.mark.parametrize("language", ["ru", "en"])
def test_without_observations_and_without_groups_the_page_says_what_to_do(store, open_page, language):
    campaign = store.load(store.campaigns()[0].id)
    bare = campaign.staff.drop(columns=["gender", "birth_year", "org_type", "level"])
    store.add_campaign(without(campaign, staff=bare, inputs={"other": "1" * 64}), [])
    shown = html_of(open_page("quality", language))
    wanted = {
        "ru": ["Наблюдений нет", "Загрузите таблицу observations", "сравнить группы нельзя"],
        "en": ["No observations", "Load the table observations", "groups cannot be compared"],
    }
    assert [words for words in wanted[language] if words not in shown] == []
    assert "nan" not in shown.lower()


def test_a_handful_of_people_gives_words_instead_of_figures(store, open_page):
    campaign = store.load(store.campaigns()[0].id)
    few = campaign.people[:12]
    tables = {name: t.loc[t.index.isin(few)] for name, t in campaign.tables().items() if t.index.name == "person_id"}
    small = without(campaign, **tables, inputs={"few": "2" * 64})
    assert isinstance(small.staff, pd.DataFrame) and len(small.people) == 12
    store.add_campaign(small, [])
    app = open_page("quality", "en")
    assert HEADINGS.findall(html_of(app))[:2] == SECTIONS["en"][:2]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_without_data_the_page_says_what_to_do_next(empty_store, open_page, language):
    assert ("Данных пока нет" if language == "ru" else "No data yet") in html_of(open_page("quality", language))


def test_a_group_of_three_is_named_and_not_measured(store, open_page):
    campaign = store.load(store.campaigns()[0].id)
    staff = campaign.staff.drop(columns=["birth_year", "org_type", "level"])
    staff = staff.assign(gender=["m"] * 3 + ["f"] * (len(staff) - 3))
    store.add_campaign(replace(campaign, staff=staff, inputs={"three": "3" * 64}), [])
    shown = html_of(open_page("quality", "en"))
    assert "Fewer than 5 people in or outside “Women”" in shown


def test_people_on_the_list_stand_first_among_doubtful_answers(store, open_page):
    shown = html_of(open_page("quality", "en"))
    places = re.findall(r'<span class="sub">rank \d+(, on the list)?</span>', shown)
    assert places and places == sorted(places, reverse=True)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_observers_who_share_nobody_are_said_with_the_ratings_that_would_join_them(store, open_page, language):
    campaign = store.load(store.campaigns()[0].id)
    seen = campaign.observations
    half = set(sorted(seen["observer_id"].unique())[::2])
    low = seen["person_id"].isin(campaign.people[: len(campaign.people) // 2])
    apart = seen[seen["observer_id"].isin(half) == low]
    store.add_campaign(replace(campaign, observations=apart, inputs={"apart": "4" * 64}), [])
    shown = html_of(open_page("quality", language))
    words = {
        "ru": ("Часть данных в расчёт", "распались на 2 части", "Соединят такие оценки: O", "части не сравнимы"),
        "en": ("Part of the data is left out", "fall into 2 parts", "would join them: O", "parts cannot be compared"),
    }
    assert [w for w in words[language] if w not in shown] == []
    assert "поправка внесена" not in shown and ": corrected" not in shown
