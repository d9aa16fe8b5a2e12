"""Invented choices: whom people want in their team, whom they ask for advice, who gets change to happen."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assessment.instruments import Instruments
from assessment.synthetic_training import Training
from assessment.synthetic_world import Truth, World


def make_sociometry(
    world: World, instruments: Instruments, staff: pd.DataFrame, truth: Truth, training: Training
) -> pd.DataFrame:
    """sociometry: one row a choice; questions of scope group stay inside the group of the day."""
    present = np.asarray(training.present.any(axis=0))
    answering = _who_answers(world, training, present)
    tables = []
    for question in instruments.observation.questions.values():
        rng = world.stream(f"choices {question.id}")
        appeal = _appeal(world, staff, truth, question.id)
        near = _nearness(staff, question.id)
        if question.scope == "group":
            group = training.groups["group"].to_numpy()
            near = np.where((group[:, None] == group) & present[None, :], 0.0, -np.inf)
        tables.append(
            _choices(rng, question.id, question.max, answering, appeal, near, training, question.scope == "group")
        )
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


def _nearness(staff: pd.DataFrame, question: str) -> np.ndarray:
    """People name those of their own unit, then of the same department, more often for advice than for change."""
    unit, parent = staff["unit"].to_numpy(), staff["unit_parent"].to_numpy()
    near = np.where(unit[:, None] == unit, 2.6, 0.0) + np.where(parent[:, None] == parent, 0.9, 0.0)
    return near * (0.45 if question == "so_change" else 1.0)


def _choices(
    rng: np.random.Generator,
    question: str,
    most: int,
    answering: np.ndarray,
    appeal: np.ndarray,
    near: np.ndarray,
    training: Training,
    in_group: bool,
) -> pd.DataFrame:
    scores = near + appeal[None, :] + rng.gumbel(size=near.shape)
    np.fill_diagonal(scores, -np.inf)
    chooser = np.flatnonzero(answering)
    ranked = np.argsort(-scores[chooser], axis=1)[:, :most]
    wanted = rng.choice(np.arange(most) + 1, len(chooser), p=_how_many(most))
    keep = (np.arange(ranked.shape[1]) < wanted[:, None]) & np.isfinite(
        np.take_along_axis(scores[chooser], ranked, axis=1)
    )
    row, order = np.nonzero(keep)
    groups = training.groups
    people = groups.index.to_numpy()
    who = chooser[row]
    return pd.DataFrame(
        {
            "event_id": groups["event_id"].to_numpy()[who],
            "group_id": groups["group_id"].to_numpy()[who] if in_group else None,
            "question_id": question,
            "chooser_id": people[who],
            "chosen_id": people[ranked[row, order]],
            "order": order + 1,
        }
    )


def _how_many(most: int) -> np.ndarray:
    shares = np.arange(1, most + 1, dtype=float) ** 2
    return shares / shares.sum()
