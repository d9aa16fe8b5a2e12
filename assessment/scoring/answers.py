"""What people say of themselves, turned so that more is more: scales, past facts, situations."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assessment.campaign import Campaign
from assessment.instruments.reading import Battery


def turned_answers(campaign: Campaign, scale: str) -> pd.DataFrame:
    """Answers to the items of a scale that were given to anybody, reversed items turned (lowest + highest - x)."""
    battery = campaign.instruments.battery
    asked = [item.id for item in battery.scale_items(scale) if item.id in campaign.answers]
    given = [item for item in asked if campaign.answers[item].notna().any()]
    turned = campaign.answers[given].astype(float)
    for item in given:
        if battery.reverse(item):
            lowest, highest = battery.value_range(item)
            turned[item] = lowest + highest - turned[item]
    return turned


def scale_scores(campaign: Campaign, scales: tuple[str, ...]) -> pd.DataFrame:
    """Mean of the answered items where at least the share `min_answered` of the items given is answered, else NaN."""
    battery = campaign.instruments.battery
    scores = {}
    for scale in scales:
        turned = turned_answers(campaign, scale)
        if turned.shape[1] == 0:
            continue
        answered = turned.notna().mean(axis=1)
        scores[scale] = turned.mean(axis=1).where(answered >= battery.scales[scale].min_answered - 1e-9)
    return pd.DataFrame(scores, index=campaign.answers.index)


def fact_scores(campaign: Campaign) -> pd.DataFrame:
    """Past facts by their code (how many), one column each that was asked."""
    asked = [b for b in campaign.instruments.battery.biodata if b in campaign.answers]
    return campaign.answers[asked].astype(float)


def situation_scores(campaign: Campaign) -> pd.DataFrame:
    """Expert rate of the most likely action minus that of the least likely one; NaN unless both are given."""
    battery: Battery = campaign.instruments.battery
    scores = {}
    for situation in battery.situations.values():
        columns = [f"{situation.id}_most", f"{situation.id}_least"]
        if not set(columns) <= set(campaign.situations.columns):
            continue
        rate = {option.id: option.rate for option in situation.options}
        most, least = (campaign.situations[c].map(rate).astype(float) for c in columns)
        scores[situation.id] = most - least
    return pd.DataFrame(scores, index=campaign.situations.index)


def answered_share(campaign: Campaign) -> pd.DataFrame:
    """Share of a scale's given items that each person answered, people with a submission x scales of persons."""
    shares = {}
    for scale in campaign.instruments.battery.person_scales:
        turned = turned_answers(campaign, scale)
        if turned.shape[1]:
            shares[scale] = turned.notna().mean(axis=1)
    return pd.DataFrame(shares, index=campaign.answers.index, dtype=float)


def unit_means(campaign: Campaign, minimum: int = 5) -> pd.DataFrame:
    """Mean of each unit scale by unit, units with fewer than `minimum` answers left out."""
    battery = campaign.instruments.battery
    scores = scale_scores(campaign, battery.unit_scales)
    if "unit" not in campaign.staff or scores.shape[1] == 0:
        return pd.DataFrame(columns=list(battery.unit_scales), dtype=float)
    unit = campaign.staff["unit"].reindex(scores.index)
    means = scores.groupby(unit).mean()
    counts = scores.groupby(unit).count()
    return means.where(counts >= minimum).replace({np.inf: np.nan})
