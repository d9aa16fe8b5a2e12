"""A campaign of a few people made by hand, for facts that can be checked on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from assessment.campaign import Campaign, Settings
from assessment.instruments.reading import Instruments, load_instruments

COLUMNS = {
    "observations": "event_id group_id activity_id observer_id person_id behaviour_id rating not_observed evidence "
    "position_primary position_secondary",
    "sociometry": "event_id group_id question_id chooser_id chosen_id order",
    "attendance": "event_id group_id person_id present_share",
    "interviews": "person_id interviewer_id interview_date competency_id question rating_initial rating_final rating",
    "consents": "person_id purpose given given_at withdrawn_at text_version",
    "decisions": "person_id stage proposed_by_model decision reason decided_by decided_at role",
    "process_answers": "person_id unit rank text hours_week share_pct people pain cause systems idea",
    "outcomes": "person_id months still_in_team",
}


def shipped() -> Instruments:
    instruments, problems = load_instruments()
    assert instruments is not None, problems
    return instruments


def small_campaign(
    people: Sequence[str],
    answers: Mapping[str, Sequence[float]] | None = None,
    conditions: Mapping[str, Sequence[Any]] | None = None,
    situations: Mapping[str, Sequence[Any]] | None = None,
    seconds: Mapping[str, Sequence[float]] | None = None,
    staff: Mapping[str, Sequence[Any]] | None = None,
    settings: Settings | None = None,
    instruments: Instruments | None = None,
    **rows: Sequence[Mapping[str, Any]],
) -> Campaign:
    """Tables given as columns by person, long tables as rows; everything else is empty."""
    index = pd.Index(people, name="person_id")
    long = {}
    for name, columns in COLUMNS.items():
        table = pd.DataFrame(list(rows.get(name, [])))
        long[name] = table.reindex(columns=columns.split()).astype(object)
        for number in {"rating", "rating_initial", "rating_final", "present_share"} & set(long[name].columns):
            long[name][number] = long[name][number].astype(float)
    if len(long["interviews"]):
        final = long["interviews"]["rating_final"]
        long["interviews"]["rating"] = final.where(final.notna(), long["interviews"]["rating_initial"])
    campaign = Campaign(
        settings=settings or Settings(shortlist=4, team=2),
        instruments=instruments or shipped(),
        staff=pd.DataFrame(dict(staff or {}), index=index),
        names=pd.DataFrame(index=index),
        answers=pd.DataFrame(dict(answers or {}), index=index, dtype=float),
        situations=pd.DataFrame(dict(situations or {}), index=index),
        conditions=pd.DataFrame(dict(conditions or {}), index=index, dtype=object),
        seconds=pd.DataFrame(dict(seconds or {}), index=index, dtype=float),
        submissions=pd.DataFrame(index=index),
        **long,
    )
    return replace(campaign, present=frozenset({"staff", "survey_wide", *rows}))


def random_answers(people: Sequence[str], seed: int = 0, items: Sequence[str] | None = None) -> dict[str, np.ndarray]:
    """Answers of people with four correlated domains, on every item of the shipped battery."""
    rng = np.random.default_rng(seed)
    battery = shipped().battery
    n = len(people)
    common = rng.normal(size=n)
    trait = {d: 0.6 * common + 0.8 * rng.normal(size=n) for d in battery.person_domains}
    found = {}
    for item in items or battery.items:
        scale = battery.scales[battery.items[item].scale]
        level = trait.get(scale.domain, common)
        raw = np.clip(np.round(3.4 + 0.9 * level + 0.8 * rng.normal(size=n)), 1, 5)
        found[item] = 6 - raw if battery.reverse(item) else raw
    return found
