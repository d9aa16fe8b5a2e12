"""Every indicator of every method for everybody, in plain units."""

from __future__ import annotations

import pandas as pd

from assessment.campaign import Campaign
from assessment.choices import choice_scores
from assessment.scoring.answers import fact_scores, scale_scores, situation_scores
from assessment.scoring.ratings import behaviour_scores, competency_scores


def indicator_values(campaign: Campaign) -> pd.DataFrame:
    """People x indicators that were delivered: scales, past facts, situations, behaviours, choices, competencies."""
    parts = [
        scale_scores(campaign, campaign.instruments.battery.person_scales),
        fact_scores(campaign),
        situation_scores(campaign),
        behaviour_scores(campaign),
        choice_scores(campaign).values,
        competency_scores(campaign),
    ]
    nothing = pd.DataFrame(index=campaign.people)
    table = pd.concat([nothing, *(part.reindex(campaign.people) for part in parts if part.shape[1])], axis=1)
    return table.loc[:, table.notna().any()].astype(float)
