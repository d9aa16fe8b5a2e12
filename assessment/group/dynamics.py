"""A team in the choices of colleagues: its reach, the best reach, choices among members; figures only."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assessment.campaign import Campaign
from assessment.group.choices import choice_matrix, choice_rows, response

FEWEST_MEMBERS = 5  # in a smaller group counts would tell who chose whom


@dataclass(frozen=True)
class Reach:
    """How many of those who answered chose at least one member of a team.

    answered, reached : choosers; share : reached / answered; outside_* : the same for choosers who are no members;
    other_units : choosers who chose a member of another unit than their own (NaN
    where units are not known), other_units_share : of all who answered
    """

    answered: int
    reached: int
    outside_answered: int
    outside_reached: int
    other_units: float

    @property
    def share(self) -> float:
        return self.reached / self.answered if self.answered else 0.0

    @property
    def outside_share(self) -> float:
        return self.outside_reached / self.outside_answered if self.outside_answered else 0.0

    @property
    def other_units_share(self) -> float:
        return self.other_units / self.answered if self.answered else 0.0


def reach(campaign: Campaign, team: Collection[str], question: str | None = None) -> Reach | None:
    """The reach of a team over all questions, or over one; None below 60 % response."""
    if not response(campaign).shown:
        return None
    choices = choice_rows(campaign, question)
    answered = set(campaign.sociometry["chooser_id"].dropna())
    members = set(team)
    made = choices[choices["chosen_id"].isin(members)]
    reached = set(made["chooser_id"])
    other_units = math.nan
    if "unit" in campaign.staff:
        unit = campaign.staff["unit"]
        own, theirs = made["chooser_id"].map(unit), made["chosen_id"].map(unit)
        other_units = float(made.loc[own.notna() & theirs.notna() & (own != theirs), "chooser_id"].nunique())
    return Reach(len(answered), len(reached), len(answered - members), len(reached - members), other_units)


def greedy_reach(
    campaign: Campaign, size: int, candidates: Iterable[str] | None = None, question: str | None = None
) -> pd.DataFrame | None:
    """The team that reaches most, one best addition after the other (at least 63 % of the best possible reach).

    Rows person_id, new (choosers not reached before), reached, share; at most `size`, fewer where nobody adds anything;
    of equals the smaller id. None below 60 % response. For comparison only: it asks for nothing but reach.
    """
    state = response(campaign)
    if not state.shown:
        return None
    choices = choice_rows(campaign, question)
    allowed = set(campaign.people if candidates is None else candidates)
    by_person = choices[choices["chosen_id"].isin(allowed)].groupby("chosen_id")["chooser_id"].agg(set)
    left = {str(p): set(choosers) for p, choosers in by_person.sort_index().items()}
    reached: set[str] = set()
    rows: list[tuple[str, int, int, float]] = []
    while left and len(rows) < size:
        person = min(left, key=lambda p: (-len(left[p] - reached), p))
        new = len(left[person] - reached)
        if new == 0:
            break
        reached |= left.pop(person)
        rows.append((person, new, len(reached), len(reached) / max(state.answered, 1)))
    return pd.DataFrame(rows, columns=["person_id", "new", "reached", "share"])


@dataclass(frozen=True)
class Inside:
    """Choices among the members.

    answered : members who chose; possible : pairs of members who both answered; ties : pairs with a choice in either
    direction; mutual : pairs that chose each other; isolated : ids of members without any choice to or from another
    """

    members: int
    answered: int
    possible: int
    ties: int
    mutual: int
    isolated: tuple[str, ...]


def inside(campaign: Campaign, team: Collection[str]) -> Inside | None:
    """How the members of a team choose each other, as counts; None below 60 % response and for fewer than five."""
    members = sorted({str(p) for p in team})
    if not response(campaign).shown or len(members) < FEWEST_MEMBERS:
        return None
    made = choice_matrix(campaign, members) > 0
    either, both = np.triu(made | made.T, 1), np.triu(made & made.T, 1)
    answered = int(np.isin(members, campaign.sociometry["chooser_id"].dropna().unique().tolist()).sum())
    tied = np.asarray((made | made.T).any(axis=1))
    alone = tuple(p for p, some in zip(members, tied.tolist(), strict=True) if not some)
    return Inside(len(members), answered, answered * (answered - 1) // 2, int(either.sum()), int(both.sum()), alone)
