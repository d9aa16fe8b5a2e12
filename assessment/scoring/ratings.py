"""What observers and interviewers rated: effects of observers and activities removed, means per person."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assessment.campaign import Campaign


def rated(observations: pd.DataFrame) -> pd.DataFrame:
    """Rows that carry a rating ("not observed" is no rating)."""
    return observations[observations["rating"].notna()]


def behaviour_scores(campaign: Campaign) -> pd.DataFrame:
    """Mean per person and behaviour after a two-way additive fit of observers and activities, on the rating's scale."""
    rows = rated(campaign.observations)
    scores = {}
    for behaviour in campaign.instruments.observation.behaviours:
        part = rows[rows["behaviour_id"] == behaviour]
        if len(part):
            scores[behaviour] = without_effects(part).groupby(part["person_id"]).mean()
    return pd.DataFrame(scores)


def without_effects(rows: pd.DataFrame) -> pd.Series:
    """Ratings less the additive effects of their observer and activity, the grand mean kept."""
    blocks = []
    for name in ("observer_id", "activity_id"):
        codes, levels = pd.factorize(rows[name].fillna(""), sort=True)
        block = np.zeros((len(rows), len(levels)))
        block[np.arange(len(rows)), codes] = 1.0
        blocks.append(block)
    design = np.column_stack([np.ones(len(rows)), *blocks])
    rating = rows["rating"].to_numpy(float)
    effects = np.linalg.lstsq(design, rating, rcond=None)[0]
    return pd.Series(rating - design @ effects + rating.mean(), index=rows.index)


def competency_scores(campaign: Campaign) -> pd.DataFrame:
    """Mean of the questions by interviewer, then of the interviewers, one column a competency."""
    rows = campaign.interviews[campaign.interviews["rating"].notna()]
    if rows.empty:
        return pd.DataFrame(dtype=float)
    by_interviewer = rows.groupby(["person_id", "competency_id", "interviewer_id"])["rating"].mean()
    by_competency = by_interviewer.groupby(["person_id", "competency_id"]).mean().rename("rating").reset_index()
    return by_competency.pivot_table(index="person_id", columns="competency_id", values="rating")


def seen(campaign: Campaign) -> pd.DataFrame:
    """How often each person was rated: columns ratings, observers."""
    by_person = rated(campaign.observations).groupby("person_id")
    return pd.DataFrame({"ratings": by_person.size(), "observers": by_person["observer_id"].nunique()})


def position_shares(campaign: Campaign) -> pd.DataFrame:
    """Share of a person's sightings in each position (primary 1, secondary half), people x positions."""
    rows = campaign.observations
    keys = ["event_id", "activity_id", "observer_id", "person_id"]
    once = rows.fillna({"activity_id": ""}).drop_duplicates(keys)
    first = once[["person_id", "position_primary"]].set_axis(["person_id", "position"], axis=1).assign(weight=1.0)
    second = once[["person_id", "position_secondary"]].set_axis(["person_id", "position"], axis=1).assign(weight=0.5)
    both = pd.concat([first, second])
    both = both[both["position"].notna() & (both["position"] != "")]
    known = list(campaign.instruments.observation.positions)
    if both.empty:
        return pd.DataFrame(columns=known, dtype=float)
    table = both.pivot_table(index="person_id", columns="position", values="weight", aggfunc="sum", fill_value=0.0)
    table = table.reindex(columns=known, fill_value=0.0)
    return table.div(table.sum(axis=1), axis=0)


def usual_positions(campaign: Campaign) -> pd.Series:
    """The position most often seen in a person; of equals the one declared first."""
    shares = position_shares(campaign)
    return shares.idxmax(axis=1) if len(shares) else pd.Series(dtype=object)
