"""Positions in the team and the agreement of observers, on sheets made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from assessment.group.positions import team_positions
from tests.small_campaign import small_campaign


def sheets(*seen: tuple[str, str, str]):
    """Sightings as (person, observer, position), one activity."""
    sheet = {"event_id": "T", "group_id": "G", "activity_id": "a", "rating": 3.0}
    rows = [
        {**sheet, "observer_id": observer, "person_id": person, "behaviour_id": behaviour, "position_primary": position}
        for person, observer, position in seen
        for behaviour in ("ob_lead", "ob_bring")
    ]
    return small_campaign(["P1", "P2", "P3", "P4"], observations=rows)


CAMPAIGN = sheets(("P1", "O1", "analyst"), ("P1", "O2", "analyst"), ("P2", "O1", "critic"), ("P2", "O2", "analyst"),
                  ("P3", "O1", "initiator"))  # fmt: skip


def test_members_are_counted_by_usual_position_and_the_unseen_apart():
    found = team_positions(CAMPAIGN, ["P1", "P3", "P4"])
    assert found.counts["members"].to_dict()["analyst"] == 1 and found.counts["members"].sum() == 2
    assert found.not_seen == 1
    assert found.counts["expected"].sum() == pytest.approx(2.0)


def test_agreement_is_of_pairs_of_observers_on_the_same_activity():
    found = team_positions(CAMPAIGN, ["P1", "P2", "P3"])
    assert (found.agreement, found.cases) == (0.5, 2)
    assert found.kappa == pytest.approx((0.5 - 10 / 16) / (1 - 10 / 16))  # analyst 3 of 4, critic 1 of 4


def test_without_two_observers_nothing_is_said_of_agreement():
    found = team_positions(CAMPAIGN, ["P3"])
    assert found.cases == 0 and np.isnan(found.agreement)


def test_without_training_days_nobody_has_a_position():
    found = team_positions(small_campaign(["P1", "P2"]), ["P1"])
    assert found.not_seen == 1 and found.counts["members"].sum() == 0
