"""Who can step in for the members of the team in force now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pandas as pd

from assessment.choosing.reserve import Succession, stand_ins
from assessment.choosing.shortlist import choosable, decided, ineligible
from assessment.funnel import Result
from assessment.listing import rules_for
from assessment.team_now import TeamNow, pool, shortlisted


def reserve_now(
    result: Result,
    now: TeamNow,
    decisions: pd.DataFrame,
    seed: int = 1,
    most: int = 3,
    members: Collection[str] | None = None,
) -> list[Succession]:
    """`stand_ins` for the team under the rules and decisions in force (those recorded since the import included).

    Only people who can be chosen step in: on the shortlist, through the gates, not decided out. Empty where there is no
    team or its rules are malformed.
    """
    team = [str(p) for p in now.members.index]
    if now.ruleset is None or not team:
        return []
    campaign = result.campaign
    if len(decisions):
        both = [campaign.decisions, decisions] if len(campaign.decisions) else [decisions]
        campaign = replace(campaign, decisions=pd.concat(both, ignore_index=True))
    said = decided(campaign, "team")
    listed = pd.Index(shortlisted(result))
    said = said[said.index.isin(listed)]
    people = sorted({*choosable(listed, ineligible(campaign, result.ranking), said, now.rules), *team})
    return stand_ins(pool(result).loc[people], rules_for(now.ruleset, people), team, seed, most, members)
