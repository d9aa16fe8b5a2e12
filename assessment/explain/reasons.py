"""Why a person stands there: contributions, profile, evidence, positions, what to ask; rows, not pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from assessment.campaign import Campaign
from assessment.records import cell
from assessment.scenario.compare import POINTS_PER_Z

if TYPE_CHECKING:
    from assessment.instruments.reading import Instruments

MIDDLE, WEAK_SIDE, TOTAL = "middle", "weak_side", "total"
Z_90 = 1.6448536269514722
REACH = 2.88  # domain values are held within .02-.98 of 0..1, which is 2.88 deviations on either side of the middle


def contributions(row: pd.Series, shares: Mapping[str, float]) -> pd.DataFrame:
    """The way from the middle of everybody to a person's standing, on the scale 100 * standing.

    Parameters
    ----------
    row : one row of the ranking: standing and one z column a domain (NaN = not measured, contributes nothing)
    shares : domain -> its share in the standing, adding up to 1

    Returns
    -------
    rows step, points, start, end: "middle" (50), each domain by size of its contribution (share * deviation),
    "weak_side" (what the power mean and the uncertainty take or give: the rest, so that the sum is exact), "total".
    """
    total = 100 * float(row["standing"])
    parts = {
        d: share * float(np.clip(np.nan_to_num(float(row[d])), -REACH, REACH)) * POINTS_PER_Z
        for d, share in shares.items()
    }
    ordered = sorted(parts.items(), key=lambda part: -abs(part[1]))
    steps: list[tuple[str, float, float, float]] = [(MIDDLE, 50.0, 0.0, 50.0)]
    at = 50.0
    for domain, points in ordered:
        steps.append((domain, points, at, at + points))
        at += points
    steps.append((WEAK_SIDE, total - at, at, total))
    steps.append((TOTAL, total, 0.0, total))
    return pd.DataFrame(steps, columns=["step", "points", "start", "end"])


class Measured(Protocol):
    """What the profile reads: people x constructs, posterior means and their errors in deviations."""

    constructs: pd.DataFrame
    construct_errors: pd.DataFrame


def profile(
    measures: Measured, person_id: str, domains: Mapping[str, tuple[str, ...]], listed: Iterable[str] = ()
) -> pd.DataFrame:
    """A person's constructs as T scores with a 90 % interval.

    Parameters
    ----------
    domains : domain -> its constructs, in the order shown
    listed : ids of the people on the list, for the column middle_of_shortlist (NaN without anybody)

    Returns
    -------
    rows construct, domain, value, low, high, middle_of_shortlist; value is NaN where nothing was measured.
    """
    people = measures.constructs.index.intersection(list(listed))
    rows = []
    for domain, constructs in domains.items():
        for construct in constructs:
            if construct not in measures.constructs.columns:
                continue
            values = measures.constructs[construct]
            value, error = float(values[person_id]), float(cell(measures.construct_errors, person_id, construct))
            rows.append(
                (
                    construct,
                    domain,
                    50 + 10 * value,
                    50 + 10 * (value - Z_90 * error),
                    50 + 10 * (value + Z_90 * error),
                    50 + 10 * float(values[people].mean()),
                )
            )
    return pd.DataFrame(rows, columns=["construct", "domain", "value", "low", "high", "middle_of_shortlist"])


def evidence(campaign: Campaign, person_id: str) -> pd.DataFrame:
    """What observers saw of a person: rows event, observer_id, behaviour, rating, fact; extremes and facts first."""
    seen = campaign.observations
    seen = seen[(seen["person_id"] == person_id) & seen["rating"].notna()]
    fact = (
        seen["evidence"].fillna("").astype(str).str.strip() if "evidence" in seen else pd.Series("", index=seen.index)
    )
    rows = pd.DataFrame(
        {
            "event": seen["event_id"],
            "observer_id": seen["observer_id"],
            "behaviour": seen["behaviour_id"],
            "rating": seen["rating"].astype(int),
            "fact": fact,
        }
    )
    observation = campaign.instruments.observation
    extreme = rows["rating"].isin([observation.lowest, observation.highest])
    order = rows.assign(_fact=fact == "", _extreme=~extreme)
    order = order.sort_values(["_fact", "_extreme", "event", "observer_id", "behaviour"], kind="stable")
    return order.drop(columns=["_fact", "_extreme"]).reset_index(drop=True)


def positions(campaign: Campaign, person_id: str) -> tuple[pd.Series, int]:
    """How often each position of the observation guide was seen as the primary one (zeros included), and in how many
    sheets (event, group, activity, observer) at all."""
    seen = campaign.observations
    sheet = [c for c in ("event_id", "group_id", "activity_id", "observer_id") if c in seen]
    mine = seen[(seen["person_id"] == person_id) & seen["position_primary"].notna()].drop_duplicates(sheet)
    counts = mine["position_primary"].value_counts()
    known = list(campaign.instruments.observation.positions)
    return counts.reindex(known, fill_value=0).sort_values(ascending=False, kind="stable"), len(mine)


def questions(profile_rows: pd.DataFrame, instruments: Instruments, count: int = 3) -> pd.DataFrame:
    """What to ask in the interview: the competencies that feed the constructs most in doubt.

    In doubt is what lies low or is known badly: the lower end of the 90 % interval decides.
    Rows competency, construct, value, low, high (T scores), at most `count`, each competency once.
    """
    rows, used = [], set()
    for row in profile_rows.dropna(subset=["value"]).sort_values("low", kind="stable").itertuples():
        for competency in instruments.interview.competencies.values():
            if row.construct in competency.feeds and competency.id not in used:
                used.add(competency.id)
                rows.append((competency.id, row.construct, row.value, row.low, row.high))
                break
        if len(rows) == count:
            break
    return pd.DataFrame(rows, columns=["competency", "construct", "value", "low", "high"])
