"""Opens this machine's store, fills an empty one with the invented municipality, and keeps computed results in it."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assessment.messages import problem_text, text
from assessment.problems import AssessmentError, stops

if TYPE_CHECKING:
    from assessment.funnel import Result
    from assessment.store.store import CampaignInfo, Store

ROOT = Path(__file__).parents[1]
DATABASE_FILE = "campaigns.db"
DEMO_PEOPLE, DEMO_SEED = 600, 1
SEED = 1
_once = threading.Lock()


def data_folder() -> Path:
    """Where data rest: the folder CHANGE_TEAM_DATA names, or data beside run.py."""
    return Path(os.environ.get("CHANGE_TEAM_DATA") or ROOT / "data").absolute()


def open_store() -> Store:
    """The store of this installation; CHANGE_TEAM_STORE names another file or the URL of a database server."""
    from assessment.store.store import Store

    location = os.environ.get("CHANGE_TEAM_STORE")
    if location and "://" in location:
        return Store(location, folder=data_folder())
    return Store(Path(location) if location else data_folder() / DATABASE_FILE)


@cache
def _shared() -> Store:
    return open_store()


def shared_store() -> Store:
    """The one store of this process."""
    with _once:
        return _shared()


def language_of_console() -> str:
    """Language of the lines at start: English where LANG says so, else Russian."""
    return "en" if os.environ.get("LANG", "").startswith("en") else "ru"


def _print_line(line: str) -> None:
    print(line, flush=True)


def ensure_demo(
    store: Store, people: int = DEMO_PEOPLE, seed: int = DEMO_SEED, say: Callable[[str], Any] = _print_line
) -> bool:
    """Put the invented municipality into an empty store, through the same files and checks as real data.

    Returns whether it was needed. Raises AssessmentError when our own invention does not pass the import.
    """
    if store.campaigns():
        return False
    language = language_of_console()
    say(text("start.inventing", language, people=people))
    started = time.monotonic()
    info = _import_demo(store, people, seed)
    computed(store, info)
    say(text("start.invented", language, seconds=f"{time.monotonic() - started:.1f}"))
    return True


def _import_demo(store: Store, people: int, seed: int) -> CampaignInfo:
    from assessment.intake.folder import read_folder
    from assessment.synthetic.municipality import write_demo

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "demo"
        write_demo(folder, people, seed)
        intake = read_folder(folder)
        if intake.campaign is None:
            raise AssessmentError(*stops(intake.problems))
        campaign = replace(intake.campaign, settings=replace(intake.campaign.settings, invented=True))
        questionnaires = folder / "questionnaires"
        return store.add_campaign(campaign, intake.problems, questionnaires=questionnaires, only_if_empty=True)


def computed(
    store: Store, info: CampaignInfo, seed: int = SEED, progress: Callable[[str, float], None] | None = None
) -> Result:
    """The whole funnel over the last import of a campaign, from the disk where this program has computed it before.

    The file holds no campaign: names stay in the database and are joined when the result is opened.
    """
    from assessment import funnel

    key = f"funnel {info.revision} {info.fingerprint} {seed}"
    campaign = store.load(info.id, info.revision)
    kept = store.load_result(info.id, key)
    if kept is not None:
        return replace(kept, campaign=campaign, measures=replace(kept.measures, campaign=campaign))
    result = funnel.run(campaign, seed=seed, progress=progress)
    bare = replace(result.measures, campaign=None, cache={})  # type: ignore[arg-type]
    store.save_result(info.id, key, replace(result, campaign=None, measures=bare))  # type: ignore[arg-type]
    return result


def refusal(error: AssessmentError) -> str:
    """What stopped the start, in words, one line a problem."""
    language = language_of_console()
    return "\n".join(problem_text(problem, language) for problem in error.problems)
