"""Invented choices: whom people want in their team, whom they ask for advice, who gets change to happen."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assessment.instruments.reading import Instruments
from assessment.synthetic.training import Training
from assessment.synthetic.world import Truth, World

AT_ONCE = 500  # choosers whose view of everybody is held in memory at the same time


def make_sociometry(
    world: World, instruments: Instruments, staff: pd.DataFrame, truth: Truth, training: Training
) -> pd.DataFrame:
    """sociometry: one row a choice; questions of scope group stay inside the group of the day."""
    present = np.asarray(training.present.any(axis=0))
    choosers = np.flatnonzero(_who_answers(world, training, present))
    tables = []
    for question in instruments.observation.questions.values():
        rng = world.stream(f"choices {question.id}")
        appeal = _appeal(world, staff, truth, question.id)
        in_group = question.scope == "group"
        wanted = rng.choice(np.arange(question.max) + 1, len(choosers), p=_how_many(question.max))
        for start in range(0, len(choosers), AT_ONCE):
            some = choosers[start : start + AT_ONCE]
            near = _within_group(training, present, some) if in_group else _nearness(staff, question.id, some)
            row, order, chosen = _choices(rng, some, wanted[start : start + AT_ONCE], near + appeal)
            tables.append(_table(question.id, some[row], order, chosen, training, in_group))
    table = pd.concat(tables, ignore_index=True)
    return table.sort_values(["event_id", "chooser_id", "question_id", "order"], ignore_index=True)


def _who_answers(world: World, training: Training, present: np.ndarray) -> np.ndarray:
    """About the same share of every group answers, so that no group is lost by chance."""
    rng = world.stream("choosers")
    answering = np.zeros(len(present), dtype=bool)
    group = training.groups["group"].to_numpy()
    for g in np.unique(group):
        members = rng.permutation(np.flatnonzero((group == g) & present))
        answering[members[: round(world.choice_response * len(members) + rng.uniform(-0.8, 0.8))]] = True
    return answering


def _appeal(world: World, staff: pd.DataFrame, truth: Truth, question: str) -> np.ndarray:
    """How likely a person is to be named: influence, perseverance, will to change, rank, and what nobody knows."""
    common = world.stream("appeal").standard_normal(len(staff))
    own = world.stream(f"appeal {question}").standard_normal(len(staff))
    c, rank = truth.constructs, staff["rank"].to_numpy()
    drawn = {
        "so_team": 0.55 * c["influence"] + 0.4 * c["persever"] + 0.25 * c["conflict"],
        "so_advice": 0.65 * c["influence"] + 0.4 * c["process_think"] + 0.3 * rank,
        "so_change": 0.7 * c["influence"] + 0.4 * c["change_will"] + 0.35 * c["persever"] + 0.45 * rank,
    }
    usual = 0.6 * c["influence"] + 0.3 * c["persever"] + 0.3 * rank
    return np.asarray(drawn.get(question, usual)) + world.peer_noise * (0.8 * common + 0.6 * own)


def _nearness(staff: pd.DataFrame, question: str, choosers: np.ndarray) -> np.ndarray:
    """People name those of their own unit, then of the same department, more often for advice than for change."""
    unit, parent = (pd.factorize(staff[column])[0] for column in ("unit", "unit_parent"))
    near = 2.6 * (unit[choosers, None] == unit) + 0.9 * (parent[choosers, None] == parent)
    return near * (0.45 if question == "so_change" else 1.0)


def _within_group(training: Training, present: np.ndarray, choosers: np.ndarray) -> np.ndarray:
    """0 for those of the chooser's group who were there, minus infinity for everybody else."""
    group = training.groups["group"].to_numpy()
    return np.where((group[choosers, None] == group) & present, 0.0, -np.inf)


def _choices(
    rng: np.random.Generator, choosers: np.ndarray, wanted: np.ndarray, scores: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The people each chooser names: number of the chooser's row, place of the name (from 1), the person named."""
    scores = scores + rng.gumbel(size=scores.shape)
    scores[np.arange(len(choosers)), choosers] = -np.inf
    ranked = np.argsort(-scores, axis=1, kind="stable")[:, : int(wanted.max(initial=1))]
    possible = np.isfinite(np.take_along_axis(scores, ranked, axis=1))
    row, place = np.nonzero((np.arange(ranked.shape[1]) < wanted[:, None]) & possible)
    return row, place + 1, ranked[row, place]


def _table(
    question: str, chooser: np.ndarray, order: np.ndarray, chosen: np.ndarray, training: Training, in_group: bool
) -> pd.DataFrame:
    groups = training.groups
    people = groups.index.to_numpy()
    return pd.DataFrame(
        {
            "event_id": groups["event_id"].to_numpy()[chooser],
            "group_id": groups["group_id"].to_numpy()[chooser] if in_group else None,
            "question_id": question,
            "chooser_id": people[chooser],
            "chosen_id": people[chosen],
            "order": order,
        }
    )


def _how_many(most: int) -> np.ndarray:
    shares = np.arange(1, most + 1, dtype=float) ** 2
    return shares / shares.sum()
