"""The app as its own process on a free port of this machine, and a browser in front of it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assessment.opening import DATABASE_FILE, computed, ensure_demo
from assessment.store.store import Store

ROOT = Path(__file__).parents[2]
PEOPLE, WAIT = 120, 90.0
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic",
)  # fmt: skip


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the invented municipality, computed once."""
    folder = tmp_path_factory.mktemp("town")
    with Store(folder / DATABASE_FILE) as store:
        ensure_demo(store, people=PEOPLE, say=lambda _line: None)
        computed(store, store.campaigns()[0])
    return folder


@pytest.fixture(scope="session")
def address(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the app on a copy of that folder; the process is ended with the last test."""
    folder = tmp_path_factory.mktemp("server")
    shutil.copytree(town, folder / "data")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "CHANGE_TEAM_DATA": str(folder / "data")}
    command = [sys.executable, "-m", "assessment.server", "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz", server, folder / "server.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError(log.read_text(errors="replace")[-3000:])


@pytest.fixture
def visit(chromium_path: str) -> Iterator[Callable]:
    """Open an address in a fresh window of a width and a language; faults in the console fail the test."""
    from playwright.sync_api import sync_playwright

    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=list(FLAGS))

        def visited(url: str, width: int = 1280, language: str = "ru"):
            locale = "ru-RU" if language == "ru" else "en-US"
            page = browser.new_context(viewport={"width": width, "height": 900}, locale=locale).new_page()
            page.set_default_timeout(60_000)
            page.on("console", lambda m: faults.append(m.text) if m.type == "error" and "404" not in m.text else None)
            page.on("pageerror", lambda e: faults.append(str(e)))
            page.goto(url)
            page.wait_for_selector("h1.finding")
            return page

        yield visited
        browser.close()
    assert faults == []
