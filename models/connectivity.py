"""Who is linked to whom: the graph of observers and persons, its separate parts and the ratings to join them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Part = tuple[list[Hashable], list[Hashable]]


class DisconnectedDesignWarning(UserWarning):
    """Some severities can be compared only by assumption; ``components`` holds the separate parts.

    Each part is a pair of lists: (persons, observers), or (criteria, observers) where observers share no criterion.
    """

    def __init__(self, message: str, components: list[Part]) -> None:
        super().__init__(message, components)
        self.components = components

    def __str__(self) -> str:
        return str(self.args[0])


def part_numbers(left: np.ndarray, right: np.ndarray, n_left: int, n_right: int) -> tuple[np.ndarray, np.ndarray]:
    """Part number of every left and every right node of a two-sided graph given by its edges (codes)."""
    size = n_left + n_right
    graph = coo_array((np.ones(len(left)), (left, right + n_left)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    return label[:n_left], label[n_left:]


def split(left: np.ndarray, right: np.ndarray, left_names: Any, right_names: Any) -> list[Part]:
    """Parts as pairs of name lists, the one with most left nodes first, then by the first name in sorted order."""
    of_left, of_right = part_numbers(left, right, len(left_names), len(right_names))
    parts = []
    for number in np.unique(of_left):
        here = np.flatnonzero(of_left == number)
        there = np.flatnonzero(of_right == number)
        parts.append((-len(here), here[0], ([left_names[i] for i in here], [right_names[i] for i in there])))
    return [part for _, _, part in sorted(parts, key=lambda entry: entry[:2])]


def components(ratings: pd.DataFrame) -> list[Part]:
    """Separate parts of the observer-person graph.

    ratings: table with the columns person and observer (rows with an empty rating, where that column exists, link
    nobody). Returns a list of (persons, observers), most persons first; one entry means everything is linked.
    """
    person, persons, observer, observers = _codes(ratings)
    return split(person, observer, persons, observers)


def linking_advice(ratings: pd.DataFrame) -> pd.DataFrame:
    """The fewest ratings that would join all parts: one for each part but the largest.

    Returns a table observer, person, part (number of the part joined, 1 = the second largest). The observer is the
    busiest one of the largest part and the person the most rated one of the part to be joined, because a link is as
    good as the less known of its two ends; ties go to the first id. No rows: nothing to join.
    """
    person, persons, observer, observers = _codes(ratings)
    parts = split(person, observer, persons, observers)
    person_counts = dict(zip(persons, np.bincount(person, minlength=len(persons)), strict=True))
    observer_counts = dict(zip(observers, np.bincount(observer, minlength=len(observers)), strict=True))
    rows = []
    for number, (here, _) in enumerate(parts[1:], start=1):
        busiest = max(parts[0][1], key=lambda name: observer_counts[name])
        best_known = max(here, key=lambda name: person_counts[name])
        rows.append({"observer": busiest, "person": best_known, "part": number})
    return pd.DataFrame(rows, columns=["observer", "person", "part"])


def describe_parts(parts: list[Part], left_word: str, limit: int = 4) -> str:
    """One line that names the parts, each by its first members."""

    def names(values: list[Hashable]) -> str:
        shown = ", ".join(str(value) for value in values[:limit])
        return shown + (f" ... ({len(values)})" if len(values) > limit else "")

    return "; ".join(
        f"[{i}] observers {names(observers)} with {left_word} {names(left)}"
        for i, (left, observers) in enumerate(parts, start=1)
    )


def _codes(ratings: pd.DataFrame) -> tuple[np.ndarray, Any, np.ndarray, Any]:
    missing = [name for name in ("person", "observer") if name not in ratings.columns]
    if missing:
        raise ValueError(f"ratings lack the column(s) {', '.join(missing)}")
    if "rating" in ratings.columns:
        ratings = ratings[ratings["rating"].notna()]
    person, persons = pd.factorize(ratings["person"].to_numpy(), sort=True)
    observer, observers = pd.factorize(ratings["observer"].to_numpy(), sort=True)
    return person, persons, observer, observers
