"""Invented training days: groups mixed from all units, who came, and what two observers a group rated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from assessment.instruments.reading import Instruments
from assessment.synthetic.facts import facts_for
from assessment.synthetic.world import Truth, World, adjacent

EVENTS = ("T2026-03-10", "T2026-03-12", "T2026-03-17", "T2026-03-19")
ACTIVITIES = ("process_map_game", "service_dispute")
HARDER_ACTIVITY = (-0.15, 0.15)
STEPS = np.array([-2.9, -1.1, 0.8, 2.7])
POINTS_PER_SD = 1.5  # logits of a rating for one SD of what the behaviour shows
SHOWN_BY = {
    "initiator": ("ob_lead", "ob_ideas"),
    "integrator": ("ob_integrate", "ob_conflict"),
    "implementer": ("ob_implement", "ob_persist"),
    "analyst": ("ob_challenge", "ob_implement"),
    "communicator": ("ob_bring", "ob_integrate"),
    "critic": ("ob_challenge",),
}


@dataclass(frozen=True)
class Training:
    """The plan of the days and what is true of the observers.

    groups : index person_id: group (number), slot, place (beside other groups of the slot), event_id, group_id
    present : activities x people, who was there
    severity : index observer_id, logits
    """

    groups: pd.DataFrame
    present: np.ndarray
    severity: pd.Series
    parallel: int

    def attendance(self) -> pd.DataFrame:
        """attendance: one row a person."""
        table = self.groups[["event_id", "group_id"]].reset_index()[["event_id", "group_id", "person_id"]]
        table["present_share"] = self.present.mean(axis=0)
        return table.sort_values(["event_id", "group_id", "person_id"], ignore_index=True)


def plan_training(world: World, staff: pd.DataFrame) -> Training:
    """Deal the people of every unit out over groups of about ten, the groups over four days, observers over groups."""
    rng = world.stream("training")
    n = len(staff)
    n_groups = max(1, round(n / 10))
    parallel = max(min(n_groups, 3), -(-n_groups // 7))
    slots = -(-n_groups // parallel)
    order = np.lexsort((rng.random(n), staff["unit"].to_numpy()))
    group = np.empty(n, dtype=int)
    group[order] = np.arange(n) % n_groups
    days = np.minimum(np.arange(slots) * len(EVENTS) // slots, len(EVENTS) - 1)
    table = pd.DataFrame({"group": group}, index=pd.Index(staff["person_id"], name="person_id"))
    table["slot"], table["place"] = group // parallel, group % parallel
    table["event_id"] = [EVENTS[d] for d in days[table["slot"]]]
    table["group_id"] = [f"G{g + 1:02d}" for g in group]
    absent = rng.random(n) < world.absence_share
    half = rng.random(n) < 0.04
    which = rng.integers(len(ACTIVITIES), size=n)
    present = np.array([~absent & ~(half & (which != a)) for a in range(len(ACTIVITIES))])
    n_observers = parallel * world.observers_per_person
    names = [f"O{k + 1:02d}" for k in range(n_observers)]
    severity = pd.Series(world.observer_sd * rng.standard_normal(n_observers), index=names, name="severity")
    return Training(table, present, severity, parallel)


def make_observations(world: World, instruments: Instruments, truth: Truth, training: Training) -> pd.DataFrame:
    """observations: one row a person, activity, observer and behaviour."""
    rng = world.stream("observations")
    seen = _who_sees_whom(world, training)
    behaviours = instruments.observation.behaviours
    shown = _shown(world, instruments, truth, training, seen)
    ratings = instruments.observation.lowest + adjacent(rng, shown, STEPS)
    not_observed = rng.random(ratings.shape) < np.resize(
        [0.03, 0.06, 0.06, 0.05, 0.1, 0.17, 0.07, 0.12], ratings.shape[1]
    )
    primary, secondary = _positions(rng, shown, list(behaviours), list(instruments.observation.positions))
    k = len(behaviours)
    table = seen.loc[seen.index.repeat(k), ["event_id", "group_id", "activity_id", "observer_id", "person_id"]]
    table = table.reset_index(drop=True)
    table["behaviour_id"] = np.tile(list(behaviours), len(seen))
    flat, hidden = ratings.ravel(), not_observed.ravel()
    table["rating"] = pd.array(flat, dtype="Int64")
    table.loc[hidden, "rating"] = pd.NA
    table["not_observed"] = hidden.astype(int)
    table["evidence"] = _evidence(rng, table["behaviour_id"].to_numpy(), flat, hidden)
    table["position_primary"], table["position_secondary"] = np.repeat(primary, k), np.repeat(secondary, k)
    return table


def _who_sees_whom(world: World, training: Training) -> pd.DataFrame:
    """One row a person present, activity and observer; columns person, observer, activity (numbers) and their ids."""
    rng = world.stream("rotation")
    per_group, parallel = world.observers_per_person, training.parallel
    groups = training.groups
    layouts = []
    for _ in range(int(groups["slot"].max()) + 1):
        everybody = np.arange(per_group * parallel)
        layouts.append((rng.permutation(everybody) if world.crossed else everybody).reshape(per_group, parallel))
    slot, place = groups["slot"].to_numpy(), groups["place"].to_numpy()
    rows = []
    for activity in range(len(ACTIVITIES)):
        people = np.flatnonzero(training.present[activity])
        for seat in range(per_group):
            move = activity * (seat if per_group > 1 else 1) if world.crossed else 0
            observer = np.stack(layouts)[slot[people], seat, (place[people] + move) % parallel]
            rows.append(pd.DataFrame({"person": people, "observer": observer, "activity": activity}))
    seen = pd.concat(rows, ignore_index=True)
    for column in ("event_id", "group_id"):
        seen[column] = groups[column].to_numpy()[seen["person"]]
    seen["activity_id"] = np.array(ACTIVITIES)[seen["activity"]]
    seen["observer_id"] = training.severity.index.to_numpy()[seen["observer"]]
    seen["person_id"] = groups.index.to_numpy()[seen["person"]]
    return seen.sort_values(["event_id", "group_id", "activity", "observer_id", "person_id"], ignore_index=True)


def _shown(world: World, instruments: Instruments, truth: Truth, training: Training, seen: pd.DataFrame) -> np.ndarray:
    """Logits of what each observer sees of each person: rows of `seen` x behaviours."""
    rng = world.stream("shown")
    n, k = len(truth.domains), len(instruments.observation.behaviours)
    feeds = [truth.constructs[list(b.feeds)].mean(axis=1) for b in instruments.observation.behaviours.values()]
    day = world.performance_sd * rng.standard_normal(n)
    halo = world.observer_noise * rng.standard_normal((n, len(training.severity)))
    difficulty = np.linspace(-0.4, 0.4, k)[rng.permutation(k)]
    person, observer = seen["person"].to_numpy(), seen["observer"].to_numpy()
    whole = day[person] + halo[person, observer] - training.severity.to_numpy()[observer]
    whole = whole - np.array(HARDER_ACTIVITY)[seen["activity"]]
    return POINTS_PER_SD * np.column_stack(feeds)[person] + whole[:, None] - difficulty


def _positions(
    rng: np.random.Generator, shown: np.ndarray, behaviours: list[str], positions: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """The position whose behaviours stand out most; people who show little stand aside."""
    active = [name for name in positions if name in SHOWN_BY]
    relative = shown - shown.mean(axis=1, keepdims=True)
    relative = relative - relative.mean(axis=0)
    scores = np.column_stack(
        [relative[:, [behaviours.index(b) for b in SHOWN_BY[name]]].mean(axis=1) for name in active]
    )
    scores = scores / np.maximum(scores.std(axis=0), 1e-9) + 0.4 * rng.standard_normal(scores.shape)
    ranked = np.argsort(-scores, axis=1)
    names = np.array(active, dtype=object)
    primary, secondary = names[ranked[:, 0]], names[ranked[:, 1]]
    secondary[rng.random(len(shown)) >= 0.45] = None
    aside = shown.mean(axis=1) + 0.5 * rng.standard_normal(len(shown)) < -1.9
    primary[aside], secondary[aside] = "bystander", None
    return primary, secondary


def _evidence(
    rng: np.random.Generator, behaviours: np.ndarray, ratings: np.ndarray, hidden: np.ndarray
) -> list[str | None]:
    """A fact for every 1 and 5, and for one in eight of the others."""
    noted = ((ratings == 1) | (ratings == 5) | (rng.random(len(ratings)) < 0.125)) & ~hidden
    pick = rng.random(len(ratings))
    texts: list[str | None] = [None] * len(ratings)
    for row in np.flatnonzero(noted):
        facts = facts_for(behaviours[row], int(ratings[row]))
        texts[row] = facts[int(pick[row] * len(facts))]
    return texts
