"""Who links circles, and what a picture of a team's ties shows: no direction, no single choice."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assessment.campaign import Campaign
from assessment.group.choices import choice_matrix, choice_rows, response

FEWEST_CHOICES = 2  # a tie is shown from so many choices between two people, whoever made them
FEWEST_NAMING = 3  # "named together" is shown from so many colleagues who named both
SOCIOGRAM_LIMIT = 60  # people; above it a matrix is read better


def brokerage(campaign: Campaign, people: Collection[str] | None = None) -> pd.Series | None:
    """1 - Burt's constraint in the network of all choices, direction taken out: high = links circles that have no link.

    Index person_id; NaN for people without any tie. None below 60 % response. `people` picks rows, the network is
    everybody's.
    """
    if not response(campaign).shown:
        return None
    everybody = [str(p) for p in campaign.people]
    made = choice_matrix(campaign, everybody)
    found = 1.0 - pd.Series(burt_constraint(made + made.T), index=pd.Index(everybody, name="person_id"))
    return found if people is None else found.reindex(sorted(map(str, people)))


def burt_constraint(weights: np.ndarray) -> np.ndarray:
    """Constraint of each node of an undirected valued network (Burt 1992), summed over its neighbours; NaN alone."""
    strength = weights.sum(axis=1, keepdims=True).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(strength > 0, weights / strength, 0.0)
    through = share + share @ share
    total = ((through**2) * (weights > 0)).sum(axis=1)
    return np.where(strength[:, 0] > 0, total, np.nan)


@dataclass(frozen=True)
class Ties:
    """What a sociogram shows: nodes (index person_id: ties, x, y in -1..1), edges (one, other, weight); no direction.

    kind : "named_together" (at least three colleagues named both) or "choices" (at least two choices between the two,
    whoever made them, over several questions); matrix : people x people, weights below the threshold set to 0, where
    there are too many people for a sociogram (nodes and edges are empty then)
    """

    kind: str
    nodes: pd.DataFrame
    edges: pd.DataFrame
    matrix: pd.DataFrame


def ties(campaign: Campaign, people: Collection[str], kind: str = "named_together") -> Ties | None:
    """Ties among some people for a picture; None below 60 % response.

    Neither kind tells who chose whom. For "choices" a weight joins both directions and all questions, single choices
    are left out, the weight stops at the number of questions (more could only be mutual), with one question there is
    no tie, and both people have answered (else the choice could only be the other's).
    """
    if not response(campaign).shown:
        return None
    ids = sorted(map(str, people))
    if kind == "choices":
        weights, least = _either_way(campaign, ids), FEWEST_CHOICES
    elif kind == "named_together":
        rows = choice_rows(campaign)
        rows = rows[rows["chosen_id"].isin(ids)]
        named = pd.crosstab(rows["chooser_id"], rows["chosen_id"]).reindex(columns=ids, fill_value=0).to_numpy() > 0
        weights, least = named.astype(int).T @ named.astype(int), FEWEST_NAMING
    else:
        raise ValueError(f"{kind!r} is neither choices nor named_together")
    weights = np.where(weights >= least, weights, 0)
    np.fill_diagonal(weights, 0)
    if len(ids) > SOCIOGRAM_LIMIT:
        return Ties(kind, _nodes(ids, weights).iloc[:0], _edges(ids, weights).iloc[:0], pd.DataFrame(weights, ids, ids))
    return Ties(kind, _nodes(ids, weights), _edges(ids, weights), pd.DataFrame(weights, ids, ids).iloc[:0, :0])


def _either_way(campaign: Campaign, ids: list[str]) -> np.ndarray:
    made = choice_matrix(campaign, ids)
    questions = campaign.sociometry["question_id"].nunique()
    answered = np.isin(ids, campaign.sociometry["chooser_id"].dropna().unique().tolist())
    weights = np.minimum(made + made.T, questions)
    return np.where(answered[:, None] & answered[None, :], weights, 0) if questions > 1 else np.zeros_like(weights)


def _edges(ids: list[str], weights: np.ndarray) -> pd.DataFrame:
    one, other = np.nonzero(np.triu(weights, 1))
    rows = [(ids[i], ids[j], int(weights[i, j])) for i, j in zip(one, other, strict=True)]
    return pd.DataFrame(rows, columns=["one", "other", "weight"])


def _nodes(ids: list[str], weights: np.ndarray) -> pd.DataFrame:
    place = _laid_out(weights)
    table = pd.DataFrame({"ties": (weights > 0).sum(axis=1), "x": place[:, 0], "y": place[:, 1]}, index=ids)
    return table.rename_axis("person_id")


def _laid_out(weights: np.ndarray, rounds: int = 150) -> np.ndarray:
    """Places by springs (Fruchterman & Reingold 1991) from a circle: the same ties give the same picture."""
    n = len(weights)
    angle = 2 * np.pi * np.arange(n) / max(n, 1)
    place = np.column_stack([np.cos(angle), np.sin(angle)])
    if n < 3:
        return place
    usual = math.sqrt(4.0 / n)
    pull = np.log1p(weights)
    for step in range(rounds):
        gap = place[:, None] - place[None]
        length = np.maximum(np.sqrt((gap**2).sum(axis=2)), 1e-3)
        force = usual**2 / length**2 - pull * length / usual
        np.fill_diagonal(force, 0.0)
        move = (gap * force[:, :, None]).sum(axis=1) - 0.3 * place
        size = np.maximum(np.sqrt((move**2).sum(axis=1, keepdims=True)), 1e-9)
        place = place + move / size * np.minimum(size, 0.15 * (1 - step / rounds))
    return place / np.abs(place).max()
