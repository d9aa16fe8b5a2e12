"""Invented people who answer exactly by a graded response model, with their truth; the test data beside the project."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

SHARED = Path(__file__).parents[1].parent / "shared" / "data"


@dataclass(frozen=True)
class Truth:
    """theta (people,), slopes (items,), intercepts (items, categories - 1)."""

    theta: NDArray
    slopes: NDArray
    intercepts: NDArray


def invented_answers(
    n_people: int, n_items: int, n_categories: int = 5, missing: float = 0.0, seed: int = 0
) -> tuple[NDArray, Truth]:
    """Answers 0..n_categories - 1 (people x items) and the truth behind them."""
    random = np.random.default_rng(seed)
    theta = random.normal(size=n_people)
    slopes = random.lognormal(0.3, 0.3, n_items)
    ends = np.linspace(2, -2, n_categories - 1)
    intercepts = -np.sort(-(random.normal(0, 1.0, (n_items, 1)) + ends + random.normal(0, 0.3, (n_items, len(ends)))))
    intercepts -= 0.3 * np.arange(n_categories - 1)
    answers = np.empty((n_people, n_items))
    for start in range(0, n_people, 5000):
        rows = slice(start, start + 5000)
        logits = theta[rows, None, None] * slopes[:, None] + intercepts
        luck = random.random(logits.shape[:2])
        answers[rows] = (luck[:, :, None] < 1 / (1 + np.exp(-logits))).sum(axis=2)
    answers[random.random(answers.shape) < missing] = np.nan
    return answers, Truth(theta, slopes, intercepts)


def shared_table(name: str) -> pd.DataFrame:
    """A table of the test data beside the project; the test is skipped where it is absent."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"test data {name} is not beside the project")
    return pd.read_csv(path)
