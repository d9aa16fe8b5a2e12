"""A saved scenario computed again: only from the data and the seed it was saved with, else what differs is said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Protocol

import pandas as pd

from assessment.campaign import Campaign, Criteria, Settings
from assessment.problems import NOTE, Problem
from assessment.scoring.measures import Measures
from assessment.standing import rank_people

TABLE = "scenarios"


class Saved(Protocol):
    """What a scenario keeps of where it came from; `input_hash` is `Campaign.revision`."""

    @property
    def criteria(self) -> Criteria: ...
    @property
    def seed(self) -> int: ...
    @property
    def input_hash(self) -> str: ...


class Import(Protocol):
    """One import of a campaign as the store lists it."""

    @property
    def number(self) -> int: ...
    @property
    def fingerprint(self) -> str: ...


@dataclass(frozen=True)
class Again:
    """ranking : the ranking of the scenario, None where data or seed differ; problems : everything that differs."""

    ranking: pd.DataFrame | None
    problems: tuple[Problem, ...]


def revision_of(saved: Saved, revisions: Iterable[Import]) -> int | None:
    """Number of the import a scenario was computed from, the last of equal ones; None where it is not kept."""
    numbers = [r.number for r in revisions if r.fingerprint == saved.input_hash]
    return max(numbers, default=None)


def differences(saved: Saved, campaign: Campaign, seed: int, stored: Campaign | None = None) -> list[Problem]:
    """What differs between a scenario's origin and what is at hand; empty where it can be computed again.

    Parameters
    ----------
    campaign, seed : what is at hand
    stored : the import the scenario was computed from, if it is kept (`revision_of`): then files and settings that
        differ are named one by one

    Raises
    ------
    ValueError : `stored` is another import than the scenario's
    """
    found = []
    if saved.seed != seed:
        found.append(_differs("scenario_other_seed", "seed", stored=saved.seed, current=seed))
    if saved.input_hash == campaign.revision:
        return found
    found.append(
        _differs("scenario_other_data", "input_hash", stored=saved.input_hash or "—", current=campaign.revision)
    )
    if stored is None:
        return found
    if stored.revision != saved.input_hash:
        raise ValueError(f"import {stored.revision} is not the scenario's {saved.input_hash}")
    return [*found, *_files(stored, campaign), *_settings(stored.settings, campaign.settings)]


def again(saved: Saved, measures: Measures, stored: Campaign | None = None) -> Again:
    """The ranking of a saved scenario, if the measures are of its data and its seed."""
    found = differences(saved, measures.campaign, measures.seed, stored)
    return Again(None if found else rank_people(measures, saved.criteria), tuple(found))


def _files(stored: Campaign, campaign: Campaign) -> list[Problem]:
    then, now = stored.inputs, campaign.inputs
    found = [_differs("scenario_file_changed", f, file=f) for f in sorted(then) if f in now and then[f] != now[f]]
    found += [_differs("scenario_file_gone", f, file=f) for f in sorted(set(then) - set(now))]
    return found + [_differs("scenario_file_new", f, file=f) for f in sorted(set(now) - set(then))]


def _settings(then: Settings, now: Settings) -> list[Problem]:
    names = [f.name for f in fields(Settings) if f.name != "raw"]
    return [
        _differs("scenario_setting_changed", name, setting=name)
        for name in names
        if getattr(then, name) != getattr(now, name)
    ]


def _differs(code: str, column: str, **params: object) -> Problem:
    return Problem(code, NOTE, params, table=TABLE, column=column)
