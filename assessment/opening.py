"""Opens this machine's store and fills an empty one with the invented municipality."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assessment.messages import problem_text, text
from assessment.problems import AssessmentError, stops

if TYPE_CHECKING:
    from assessment.store import Store

ROOT = Path(__file__).parents[1]
DEMO_PEOPLE, DEMO_SEED = 600, 1
DATABASE_FILE = "change-team.db"
_once = threading.Lock()


def data_folder() -> Path:
    """Where data rest: CHANGE_TEAM_DATA, or the folder data beside run.py."""
    return Path(os.environ.get("CHANGE_TEAM_DATA") or ROOT / "data")


def open_store() -> Store:
    """The store of the data folder, or of the database server that CHANGE_TEAM_DATABASE names by its URL."""
    from assessment.store import Store

    url = os.environ.get("CHANGE_TEAM_DATABASE")
    return Store(url, folder=data_folder()) if url else Store(data_folder() / DATABASE_FILE)


def shared_store() -> Store:
    """The one store of this process; on the first call an empty one gets the invented municipality."""
    with _once:
        return _shared()


@cache
def _shared() -> Store:
    store = open_store()
    ensure_demo(store)
    return store


def language_of_console() -> str:
    """Language of the lines at start: English where LANG says so, else Russian."""
    return "en" if os.environ.get("LANG", "").startswith("en") else "ru"


def ensure_demo(
    store: Store, people: int = DEMO_PEOPLE, seed: int = DEMO_SEED, say: Callable[[str], Any] | None = None
) -> bool:
    """Put the invented municipality into an empty store, through the same files and checks as real data.

    Returns whether it was needed. Raises AssessmentError when our own invention does not pass the import.
    """
    if store.campaigns():
        return False
    say = say if say is not None else _print_line
    language = language_of_console()
    say(text("start.inventing", language, people=people))
    started = time.monotonic()
    _import_demo(store, people, seed)
    say(text("start.invented", language, seconds=f"{time.monotonic() - started:.1f}"))
    return True


def _import_demo(store: Store, people: int, seed: int) -> None:
    from assessment.intake import read_folder
    from assessment.synthetic import write_demo

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_demo(folder, people, seed)
        intake = read_folder(folder)
        if intake.campaign is None:
            raise AssessmentError(*stops(intake.problems))
        store.add_campaign(
            intake.campaign, intake.problems, questionnaires=folder / "questionnaires", only_if_empty=True
        )


def refusal(error: AssessmentError) -> str:
    """What stopped the start, in words, one line a problem."""
    language = language_of_console()
    return "\n".join(problem_text(problem, language) for problem in error.problems)


def _print_line(line: str) -> None:
    print(line, flush=True)
