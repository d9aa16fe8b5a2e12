"""What every page starts from: the language, the campaign chosen, its computed result; the caches live here."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from assessment import messages, opening, team_now
from assessment.campaign import Campaign, Criteria
from assessment.store.store import CampaignInfo, Store
from assessment.team_now import Swap, TeamNow
from assessment.wording import Names, Words

LANGUAGE, CAMPAIGN, PERSON, AUTHOR, SEAT = "lang", "campaign", "person", "author", "seat"
SEED = 1
KEPT_RANKINGS = 60
SECTIONS = {  # heading of the navigation -> its pages; pages of the first one stand alone
    "": ("overview",),
    "data": ("data", "quality"),
    "select": ("longlist", "whatif", "scenarios", "person", "interviews"),
    "team": ("team", "rules", "dynamics"),
    "processes": ("inventory", "costs", "ten", "barriers"),
    "check": ("fairness", "planning", "policy"),
    "decide": ("decisions", "protocol"),
    "office": ("settings",),
}
HERE = Path(__file__).parent
PAGES = {
    name: f"assessment/pages/{name}.py"
    for names in SECTIONS.values()
    for name in names
    if (HERE / f"{name}.py").exists()
}


@dataclass(frozen=True)
class View:
    """One campaign as the pages read it: what is stored about it, and everything computed from its last import."""

    info: CampaignInfo
    result: Any
    words: Words
    names: Names

    @property
    def campaign(self) -> Campaign:
        return self.result.campaign

    @property
    def ranking(self) -> pd.DataFrame:
        return self.result.ranking


def language() -> str:
    """The language chosen in the app or the address, else the browser's, else Russian."""
    asked = st.session_state.get(LANGUAGE) or st.query_params.get(LANGUAGE)
    if asked in messages.LANGUAGES:
        return asked
    return "en" if (st.context.locale or "").lower().startswith("en") else "ru"


def words() -> Words:
    """The texts in the language chosen."""
    return Words(language())


def store() -> Store:
    """The store of this process."""
    return opening.shared_store()


class _Kept:
    """Results and rankings computed in this process, shared by all sessions; one computes, the others wait."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.results: dict[tuple[str, str], Any] = {}
        self.rankings: dict[tuple[Any, ...], pd.DataFrame] = {}
        self.fits: dict[tuple[str, str], pd.DataFrame] = {}
        self.teams: dict[tuple[Any, ...], TeamNow] = {}
        self.swaps: dict[tuple[Any, ...], Swap | None] = {}


@st.cache_resource(show_spinner=False)
def _kept() -> _Kept:
    return _Kept()


def chosen() -> CampaignInfo | None:
    """The campaign chosen in this session, else the last one made; None while there is none."""
    there = store().campaigns()
    picked = st.session_state.get(CAMPAIGN)
    return next((info for info in there if info.id == picked), there[-1] if there else None)


def view() -> View | None:
    """The chosen campaign with its result, computed once an import; None while there is no campaign."""
    info = chosen()
    if info is None:
        return None
    said = words()
    result = _result(info, said)
    return View(info, result, said, Names(result.campaign, said))


def _result(info: CampaignInfo, said: Words) -> Any:
    kept, key = _kept(), (info.id, info.fingerprint)
    if key in kept.results:
        return kept.results[key]
    with showing(said("app.computing"), said) as progress, kept.lock:
        if key not in kept.results:
            kept.results[key] = compute(info, progress)
    return kept.results[key]


def compute(info: CampaignInfo, progress: Callable[[str, float], None]) -> Any:
    """The whole funnel over the last import of a campaign; a result kept on disk is taken instead."""
    return opening.computed(store(), info, SEED, progress)


def ready(info: CampaignInfo) -> bool:
    """Whether the result of a campaign is there without computing."""
    return (info.id, info.fingerprint) in _kept().results


def rank(shown: View, criteria: Criteria) -> pd.DataFrame:
    """The ranking under other criteria, from the same draws; the last few are kept."""
    weights = criteria.weights if isinstance(criteria.weights, str) else tuple(sorted(criteria.weights.items()))
    kept, key = _kept().rankings, (shown.info.id, shown.info.fingerprint, weights, criteria.balance, criteria.reading)
    if key not in kept:
        while len(kept) >= KEPT_RANKINGS:
            kept.pop(next(iter(kept)), None)
        kept[key] = rank_again(shown.result, criteria)
    return kept[key]


def rank_again(result: Any, criteria: Criteria) -> pd.DataFrame:
    """What the engine says under other criteria."""
    from assessment import standing

    settings = replace(result.campaign.settings, criteria=criteria)
    return standing.rank_people(result.measures, criteria, settings)


def role_fits(shown: View) -> pd.DataFrame:
    """People x roles: how well each role suits, as z among everybody."""
    kept, key = _kept().fits, (shown.info.id, shown.info.fingerprint)
    if key not in kept:
        kept[key] = team_now.fits(shown.result, shown.ranking.index)
    return kept[key]


def rules_version(shown: View) -> int:
    """The version of the team's rules in force."""
    return store().rules(shown.info.id, "team").version


def seen(what: str, shown: View, now: int) -> int:
    """The version this session saw when it drew the page before; the one given is remembered for the next time.

    A form that was filled in from one version must not be taken for an answer to another.
    """
    key = f"seen_{what}_{shown.info.id}"
    before = st.session_state.get(key, now)
    st.session_state[key] = now
    return before


def _team_key(shown: View) -> tuple[Any, ...]:
    return (shown.info.id, shown.info.fingerprint, shown.info.entries, rules_version(shown))


def team(shown: View) -> TeamNow:
    """The team under the rules and decisions in force now."""
    kept, key = _kept().teams, _team_key(shown)
    if key not in kept:
        stored = store().rules(shown.info.id, "team").text
        with st.spinner(shown.words("team.composing")):
            kept[key] = team_now.team_now(
                shown.result, stored, store().decisions(shown.info.id), SEED, shown.words.language
            )
    return kept[key]


def swap(shown: View, now: TeamNow, person: str) -> Swap | None:
    """What the team loses without a member."""
    kept, key = _kept().swaps, (*_team_key(shown), person)
    if key not in kept:
        kept[key] = team_now.without(shown.result, now, person, store().decisions(shown.info.id), SEED)
    return kept[key]


class showing:
    """A progress bar with the step in words for as long as the block runs."""

    def __init__(self, title: str, said: Words) -> None:
        self.said, self.place = said, st.empty()
        self.title = title

    def __enter__(self) -> Callable[[str, float], None]:
        self.place.progress(0.0, self.title)
        return self.step

    def step(self, code: str, share: float) -> None:
        self.place.progress(min(max(share, 0.0), 1.0), f"{self.title} {self.said.or_code('step.' + code, code)}")

    def __exit__(self, *_: object) -> None:
        self.place.empty()
