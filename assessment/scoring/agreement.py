"""How far observers agree on the position a person takes in a group."""

from __future__ import annotations

import pandas as pd

from assessment.campaign import Campaign


def positions_named(campaign: Campaign) -> pd.DataFrame:
    """Every sighting once: event_id, activity_id, observer_id, person_id, position (the primary one)."""
    keys = ["event_id", "activity_id", "observer_id", "person_id"]
    rows = campaign.observations.fillna({"activity_id": ""}).drop_duplicates(keys)
    rows = rows[rows["position_primary"].notna() & (rows["position_primary"] != "")]
    return rows[[*keys, "position_primary"]].rename(columns={"position_primary": "position"})


def position_agreement(campaign: Campaign, people: pd.Index | None = None) -> tuple[float, float, int]:
    """Share of pairs of observers who saw the same position, kappa (Fleiss), and the sightings with two or more.

    A case is a person in an activity. NaN where no two observers saw the same; with `people` only these count.
    """
    from models.agreement import fleiss_kappa

    rows = positions_named(campaign)
    if people is not None:
        rows = rows[rows["person_id"].isin(people)]
    rows = rows.assign(case=rows["event_id"].astype(str) + "/" + rows["activity_id"] + "/" + rows["person_id"])
    counts = rows.groupby(["case", "position"]).size()
    seen = counts.groupby("case").sum()
    seen = seen[seen >= 2]
    if seen.empty:
        return float("nan"), float("nan"), 0
    same = (counts * (counts - 1)).groupby("case").sum().reindex(seen.index)
    shares = same / (seen * (seen - 1))
    kappa = fleiss_kappa(rows[rows["case"].isin(seen.index)], "case", "position")
    return float(shares.mean()), float(kappa), int(len(seen))
