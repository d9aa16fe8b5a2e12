"""The data page: files come in whole or not at all, and every problem is named with its place."""

from __future__ import annotations

import html

import pytest

from assessment.synthetic.municipality import write_demo
from tests.pages.conftest import html_of


@pytest.fixture
def folder(tmp_path):
    write_demo(tmp_path / "town", people=60, seed=5)
    return tmp_path / "town"


def upload(app, folder, names=None):
    files = sorted(folder.iterdir())
    kinds = {".csv": "text/csv", ".yaml": "application/yaml"}
    chosen = [f for f in files if f.suffix in kinds and f.name != "truth.csv" and (names is None or f.name in names)]
    app.get("file_uploader")[0].set_value([(f.name, f.read_bytes(), kinds[f.suffix]) for f in chosen])
    app.button(key="upload_check").click().run()


def test_a_folder_of_files_becomes_a_campaign(empty_store, open_page, folder):
    app = open_page("data")
    upload(app, folder)
    (info,) = empty_store.campaigns()
    assert info.people > 50
    assert "Загружен" in html_of(app)


def test_files_with_a_stop_change_nothing_and_say_where(empty_store, open_page, folder):
    staff = folder / "staff.csv"
    staff.write_text("Фамилия\nОрлова\n", encoding="utf-8")
    app = open_page("data")
    upload(app, folder)
    shown = html.unescape(html_of(app))
    assert empty_store.campaigns() == []
    assert "Файлы не приняты, ничего не изменено" in shown
    assert "staff" in shown and "Стоп" in shown


def test_without_a_file_there_is_a_word_and_no_campaign(empty_store, open_page):
    app = open_page("data")
    app.button(key="upload_check").click().run()
    assert "Выберите файлы" in html_of(app)
    assert empty_store.campaigns() == []


def test_a_second_import_is_a_revision_of_the_campaign_open(store, open_page, folder):
    app = open_page("data")
    next(e for e in app.get("button_group") if e.key == "target").set_value("next")
    upload(app, folder)
    (info,) = store.campaigns()
    assert info.revision == 2


def test_what_is_taken_away_is_named_invented(store, open_page):
    app = open_page("overview")
    app.switch_page("assessment/pages/data.py").run()
    names = [e.proto.url.rsplit("/", 1)[-1] if hasattr(e.proto, "url") else "" for e in app.get("download_button")]
    assert len(names) >= 4
    assert {e.key for e in app.get("download_button")} >= {"take_invented_ranking.csv", "take_invented_report.xlsx"}
