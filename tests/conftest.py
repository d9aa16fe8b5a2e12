"""What every test may ask for: a browser, where this machine has one."""

from __future__ import annotations

import os
import shutil

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CURE = "no Chromium on this machine: apt-get install chromium (or install Google Chrome)"


def find_chromium() -> str | None:
    """The browser of the system, else the one playwright has installed."""
    for name in BROWSERS:
        path = shutil.which(name)
        if path:
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None


def without_browser(environment: os._Environ[str] | dict[str, str]) -> None:
    """Skip with the cure on a laptop; fail where CI says that the browser has to be there."""
    if environment.get("CI") == "true":
        pytest.fail(CURE)
    pytest.skip(CURE)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Path of a Chromium or Chrome; the test is skipped without one, or fails under CI=true."""
    path = find_chromium()
    if path is None:
        without_browser(os.environ)
    assert path is not None
    return path
