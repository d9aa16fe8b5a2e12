"""Ratings of invented people by invented observers, with the truth they were drawn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Truth:
    """What the ratings were drawn from, in logits."""

    level: pd.Series
    severity: pd.Series
    difficulty: pd.Series
    steps: np.ndarray


def invented_ratings(
    people: int = 200,
    criteria: int = 6,
    observers: int = 10,
    each: tuple[int, int] = (2, 3),
    severity_sd: float = 0.6,
    level_sd: float = 1.3,
    seed: int = 0,
) -> tuple[pd.DataFrame, Truth]:
    """Each person is rated 1..5 on every criterion by some observers, drawn anew; a person has one day of three."""
    random = np.random.default_rng(seed)
    names = [f"P{i:04d}" for i in range(people)]
    level = random.normal(0.0, level_sd, people)
    difficulty = random.normal(0.0, 0.5, criteria)
    severity = random.normal(0.0, severity_sd, observers)
    severity -= severity.mean()
    steps = np.linspace(-1.8, 1.8, 4)
    seen = [
        (i, j) for i in range(people) for j in random.choice(observers, random.integers(each[0], each[1] + 1), False)
    ]
    person, observer = np.repeat(np.array(seen), criteria, axis=0).T
    criterion = np.tile(np.arange(criteria), len(seen))
    score = draw(level[person] - difficulty[criterion] - severity[observer], steps, random)
    day = random.integers(1, 4, people)[person]
    ratings = pd.DataFrame(
        {
            "person": np.array(names)[person],
            "observer": [f"O{j:02d}" for j in observer],
            "criterion": [f"c{c}" for c in criterion],
            "rating": score + 1,
            "day": day,
        }
    )
    truth = Truth(
        pd.Series(level, index=names),
        pd.Series(severity, index=[f"O{j:02d}" for j in range(observers)]),
        pd.Series(difficulty, index=[f"c{c}" for c in range(criteria)]),
        steps,
    )
    return ratings, truth


def draw(location: np.ndarray, steps: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Scores of the rating scale model at each location."""
    kernel = np.cumsum(location[:, None] - steps, axis=1)
    chance = np.exp(np.column_stack([np.zeros(len(location)), kernel]))
    chance /= chance.sum(axis=1, keepdims=True)
    return (random.random(len(location))[:, None] > np.cumsum(chance, axis=1)[:, :-1]).sum(axis=1)
