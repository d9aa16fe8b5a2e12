"""Choices of colleagues as the group figures read them; who chose whom never leaves these modules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from assessment.campaign import Campaign
from assessment.choices import RESPONSE_GOOD, RESPONSE_NEEDED, group_members


@dataclass(frozen=True)
class Response:
    """asked : people who could choose; answered : who chose; share : answered / asked; shown : at least 60 %;
    warning : shown, but under 80 %."""

    asked: int
    answered: int

    @property
    def share(self) -> float:
        return self.answered / self.asked if self.asked else 0.0

    @property
    def shown(self) -> bool:
        return self.asked > 0 and self.share >= RESPONSE_NEEDED

    @property
    def warning(self) -> bool:
        return self.shown and self.share < RESPONSE_GOOD


def response(campaign: Campaign) -> Response:
    """How many of those who could choose did: of everybody at the training days, else of everybody."""
    choosers = set(campaign.sociometry["chooser_id"].dropna())
    if not len(campaign.attendance) and not len(campaign.observations):
        return Response(len(campaign.people), len(choosers))
    present = set(group_members(campaign)["person_id"])
    return Response(len(present | choosers), len(choosers))


def choice_rows(campaign: Campaign, question: str | None = None) -> pd.DataFrame:
    """Every choice once a question. For figures of groups only: no page, file or log reads it."""
    rows = campaign.sociometry.dropna(subset=["chooser_id", "chosen_id"])
    if question is not None:
        rows = rows[rows["question_id"] == question]
    return rows[rows["chooser_id"] != rows["chosen_id"]].drop_duplicates(["question_id", "chooser_id", "chosen_id"])


def choice_matrix(campaign: Campaign, people: list[str]) -> np.ndarray:
    """Number of questions on which the row's person chose the column's. For figures of groups only."""
    place = pd.Series(range(len(people)), index=people)
    rows = choice_rows(campaign)
    rows = rows[rows["chooser_id"].isin(place.index) & rows["chosen_id"].isin(place.index)]
    found = np.zeros((len(people), len(people)), dtype=int)
    np.add.at(found, (place[rows["chooser_id"]].to_numpy(int), place[rows["chosen_id"]].to_numpy(int)), 1)
    return found
