"""Positions the members of a team took on the training days, and how far observers agreed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from assessment.campaign import Campaign
from assessment.scoring.agreement import position_agreement
from assessment.scoring.ratings import usual_positions


@dataclass(frozen=True)
class Positions:
    """counts : index position (all of the guide): members whose usual position it is, expected (members x its share
    among everybody observed); not_seen : members without any sighting; agreement, kappa, cases : of observers on the
    members' positions"""

    counts: pd.DataFrame
    not_seen: int
    agreement: float
    kappa: float
    cases: int


def team_positions(campaign: Campaign, team: Collection[str]) -> Positions:
    """Usual positions of the members, and how far observers agreed on them."""
    usual = usual_positions(campaign)
    members = pd.Index(sorted(map(str, team)))
    known = list(campaign.instruments.observation.positions)
    mine = usual.reindex(members).dropna()
    counts = pd.DataFrame({"members": mine.value_counts().reindex(known, fill_value=0).astype(int)})
    shares = usual.value_counts(normalize=True).reindex(known, fill_value=0.0) if len(usual) else 0.0
    counts["expected"] = len(mine) * shares
    agreement, kappa, cases = position_agreement(campaign, members)
    return Positions(counts.rename_axis("position"), len(members) - len(mine), agreement, kappa, cases)
