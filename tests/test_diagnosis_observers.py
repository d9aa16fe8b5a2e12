"""Observers who are severe, drift or see no differences are named; people nobody saw enough are, too."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assessment.diagnosis import observers as subject
from assessment.diagnosis.observers import coverage, observers, position_agreement
from tests.small_campaign import shipped, small_campaign

BEHAVIOURS = list(shipped().observation.behaviours)


def sheet(person, observer, ratings, event="T1", group="G1", position=None, activity="a1"):
    return [
        {"event_id": event, "group_id": group, "activity_id": activity, "observer_id": observer, "person_id": person,
         "behaviour_id": b, "rating": float(r), "position_primary": position}
        for b, r in zip(BEHAVIOURS, ratings, strict=False)
    ]  # fmt: skip


def rated_people(people=150, watchers=10, seed=0, severe=0.0, drifting=0.0, alike=False, days=3):
    """Ratings of invented people by pairs of observers that change daily; observer 0 has the habit asked for."""
    rng = np.random.default_rng(seed)
    level = 1.4 * rng.standard_normal(people)
    rows = []
    for day in range(days):
        for person in range(people):
            for watcher in rng.choice(watchers, 2, replace=False):
                own = watcher == 0
                away = (severe if own else 0.0) + (drifting if own and day == days - 1 else 0.0)
                latent = level[person] - away + rng.logistic(size=len(BEHAVIOURS))
                marks = np.clip(np.round(3 + latent), 1, 5)
                if own and alike:
                    marks[:] = np.round(marks.mean())
                rows += sheet(f"P{person:03d}", f"O{watcher:02d}", marks, event=f"T{day}")
    return small_campaign([f"P{k:03d}" for k in range(people)], observations=rows)


@pytest.fixture(scope="module")
def severe():
    return observers(rated_people(severe=1.5))


def test_a_severe_observer_is_named_in_points_with_an_interval_clear_of_the_band(severe):
    first = severe.iloc[0]
    assert first.name == "O00" and first["marks"] == ("severe",)
    assert 0.3 < first["low"] < first["points"] < first["high"]
    assert 0.6 < first["points"] < 1.5


def test_the_others_are_not_blamed(severe):
    assert [marks for marks in severe["marks"].iloc[1:] if marks] == []
    assert severe["severity"].is_monotonic_decreasing


def test_points_are_what_severity_takes_off_a_rating():
    campaign = rated_people(severe=1.5, people=400)
    found = observers(campaign)
    means = campaign.observations.groupby("observer_id")["rating"].mean().astype(float)
    lost = means.drop("O00").mean() - means["O00"]
    assert found.loc["O00", "points"] - found["points"].drop("O00").mean() == pytest.approx(lost, abs=0.2)


def test_an_observer_who_grows_severe_on_the_last_day_drifts():
    found = observers(rated_people(drifting=1.5))
    assert found.index[["drift" in marks for marks in found["marks"]]].tolist() == ["O00"]
    assert found.loc["O00", "drift_day"] == "T2" and found.loc["O00", "drift"] < -0.3


def test_an_observer_who_marks_a_person_alike_on_everything_has_a_halo():
    found = observers(rated_people(alike=True))
    assert found.index[["halo" in marks for marks in found["marks"]]].tolist() == ["O00"]
    assert found.loc["O00", "halo"] < 0.5


def test_an_observer_of_few_ratings_is_never_named_severe(severe):
    few = subject.judged(severe.assign(n=19).drop(columns="marks"))
    assert few["few"].all() and [m for m in few["marks"] if "severe" in m] == []


def test_without_observations_there_are_no_observers_and_nobody_was_seen():
    campaign = small_campaign(["P1", "P2"])
    assert observers(campaign).empty
    seen = coverage(campaign)
    assert seen.counts.to_dict() == {0: 2, 1: 0, 2: 0, 3: 0}
    assert seen.parts == [] and seen.links.empty and seen.advice.empty and not seen.people["enough"].any()
    assert position_agreement(campaign).cases == 0


def test_people_are_counted_by_observers_and_one_observer_is_not_enough():
    rows = sheet("P1", "A", [3, 4]) + sheet("P1", "B", [3, 4]) + sheet("P2", "A", [2, 2])
    seen = coverage(small_campaign(["P1", "P2", "P3"], observations=rows))
    assert seen.counts.to_dict() == {0: 1, 1: 1, 2: 1, 3: 0}
    assert seen.people["enough"].to_dict() == {"P1": True, "P2": False, "P3": False}
    assert seen.people.loc["P1", ["ratings", "observers", "events"]].tolist() == [4, 2, 1]


def test_who_was_seen_once_gets_the_least_busy_observer_of_the_same_group():
    rows = sheet("P1", "A", [3]) + sheet("P2", "B", [3]) + sheet("P3", "B", [3]) + sheet("P4", "C", [3])
    rows += sheet("P9", "D", [3], group="G2")
    seen = coverage(small_campaign(["P1", "P2", "P3", "P4", "P9"], observations=rows))
    assert seen.advice["observer"].to_dict() == {"P1": "C", "P2": "A", "P3": "A", "P4": "A", "P9": "A"}


def test_two_groups_that_share_nobody_get_the_rating_that_would_join_them():
    rows = sheet("P1", "A", [3]) + sheet("P2", "A", [3]) + sheet("P3", "B", [3], group="G2")
    seen = coverage(small_campaign(["P1", "P2", "P3"], observations=rows))
    assert len(seen.parts) == 2
    assert seen.links[["observer", "person"]].to_numpy().tolist() == [["A", "P3"]]


def test_observers_who_see_the_same_positions_agree_wholly():
    rows = []
    for k, position in enumerate(["initiator", "analyst", "initiator", "critic"]):
        for observer in ("A", "B"):
            rows += sheet(f"P{k}", observer, [3, 3], position=position)
    found = position_agreement(small_campaign([f"P{k}" for k in range(4)], observations=rows))
    assert found.kappa == pytest.approx(1.0) and found.cases == 4
    assert found.by_position["n"].to_dict() == {"analyst": 2, "critic": 2, "initiator": 4}


def test_positions_drawn_by_lot_agree_no_more_than_chance():
    rng = np.random.default_rng(4)
    rows = []
    for k in range(400):
        for observer in ("A", "B"):
            rows += sheet(f"P{k:03d}", observer, [3], position=str(rng.choice(["critic", "analyst", "initiator"])))
    found = position_agreement(small_campaign([f"P{k:03d}" for k in range(400)], observations=rows))
    assert abs(found.kappa) < 0.1 and isinstance(found.by_position, pd.DataFrame)
