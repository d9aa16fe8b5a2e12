"""An invented municipality in a store of its own, and the app on it, in this process."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from assessment import opening
from assessment.opening import computed, ensure_demo
from assessment.store.store import Store

ROOT = Path(__file__).parents[2]
PEOPLE = 120
Open = Callable[..., AppTest]


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the invented municipality, computed once."""
    folder = tmp_path_factory.mktemp("demo")
    with Store(folder / "store.db") as store:
        ensure_demo(store, people=PEOPLE, say=lambda _line: None)
        computed(store, store.campaigns()[0])
    return folder


@pytest.fixture
def store(demo_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A copy of it that a test may change; nothing computed by another test is remembered."""
    shutil.copytree(demo_folder, tmp_path / "data")
    yield from _opened(tmp_path / "data" / "store.db", monkeypatch)


@pytest.fixture
def empty_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store without any campaign that stays so."""
    monkeypatch.setattr(opening, "ensure_demo", lambda *_args, **_more: False)
    yield from _opened(tmp_path / "store.db", monkeypatch)


def _opened(file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    st.cache_resource.clear()
    with Store(file) as opened:
        monkeypatch.setattr(opening, "shared_store", lambda: opened)
        yield opened


@pytest.fixture
def open_page() -> Open:
    """Open a page of the app in a language."""

    def opened(page: str = "overview", language: str = "ru") -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        app.query_params["lang"] = language
        app.run()
        if page != "overview":
            app.switch_page(f"assessment/pages/{page}.py").run()
        assert not app.exception, [e.value for e in app.exception]
        return app

    return opened


def html_of(app: AppTest) -> str:
    """All blocks of the page, one after the other."""
    return "\n".join(element.proto.body for element in app.get("html"))
