"""Every page in both languages: it opens, says what it found, and says that the people are invented."""

from __future__ import annotations

import html
import re

import pytest

from assessment.pages import state
from tests.pages.conftest import html_of

PAGES = tuple(state.PAGES)
LANGUAGES = ("ru", "en")
TABLES = "staff|survey_wide|survey_long|tokens|observations|sociometry|attendance|interviews|consents|process_\\w+"
TABLES = "staff|survey_wide|survey_long|tokens|observations|sociometry|attendance|interviews|consents|process_\\w+"
COLUMNS = "purpose|person_id|chosen_id|chooser_id"
ALLOWED = re.compile(rf"\b([POI]\d+|T|Eng|CSV|XLSX|Excel|csv|xlsx|yaml|{TABLES}|{COLUMNS}|[a-z_]+\.(csv|yaml))\b")


def words_on(app) -> list[str]:
    """Everything a reader sees: blocks without their tags, labels and options of the widgets, tables aside."""
    texts = [html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html_of(app), flags=re.S))]
    for kind in (
        "button",
        "slider",
        "select_slider",
        "selectbox",
        "multiselect",
        "text_input",
        "text_area",
        "toggle",
        "expander",
    ):
        texts += [getattr(element, "label", "") or "" for element in app.get(kind)]
    texts += [str(option) for element in app.get("selectbox") for option in element.options]
    texts += [
        getattr(element, "placeholder", "") or "" for kind in ("text_input", "text_area") for element in app.get(kind)
    ]
    texts += [str(option) for element in app.get("button_group") for option in element.options]
    return texts


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_one_finding_and_says_the_people_are_invented(store, open_page, page, language):
    shown = html_of(open_page(page, language))
    assert shown.count('<h1 class="finding">') == 1
    assert f'<span class="tag">{"вымышленные данные" if language == "ru" else "invented data"}</span>' in shown


@pytest.mark.parametrize("page", PAGES)
def test_no_latin_words_stand_on_a_russian_page(store, open_page, page):
    for text in words_on(open_page(page, "ru")):
        left = ALLOWED.sub(" ", re.sub(r":(material/\w+|gray\[|\w+:)", " ", text))
        assert re.findall(r"[A-Za-z]{2,}", left) == [], text[:300]


@pytest.mark.parametrize("page", PAGES)
def test_no_russian_text_of_ours_stands_on_an_english_page(store, open_page, page):
    app = open_page(page, "en")
    labels = [e.label for kind in ("button", "slider", "toggle", "text_input", "text_area") for e in app.get(kind)]
    headings = re.findall(
        r'<h2 class="sec">(.*?)</h2>|<p class="how">(.*?)</p>|<span class="kl">(.*?)</span>', html_of(app)
    )
    own = [*labels, *(part for found in headings for part in found)]
    invented = ("Отдел", "МБУ", "МКУ", "МУП", "МАУ", "управление", "«")
    assert [t for t in own if re.search("[а-яё]{3,}", t, re.I) and not any(word in t for word in invented)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", ("overview", "whatif", "person", "team", "quality"))
def test_without_data_a_page_says_what_to_do_next(empty_store, open_page, page, language):
    shown = html_of(open_page(page, language))
    assert ("Данных пока нет" if language == "ru" else "No data yet") in shown


def test_the_language_of_the_address_can_be_changed_in_the_app(store, open_page):
    app = open_page("overview", "ru")
    switch = next(e for e in app.get("button_group") if e.key == "lang")
    switch.set_value("en").run()
    assert "The path of selection" in html_of(app)
