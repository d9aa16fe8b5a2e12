"""Ratings as codes: the table checked, the categories of each criterion, the cells (criterion by observer)."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

COLUMNS = ("person", "observer", "criterion", "rating")
CHANCE = 0.01  # a category nobody gave on a criterion is thought absent by design where chance is less likely than this
MOST_CATEGORIES = 30


@dataclass(frozen=True)
class Ratings:
    """Ratings by code: positions in the sorted names, and the rating as it was given."""

    person: np.ndarray
    observer: np.ndarray
    criterion: np.ndarray
    value: np.ndarray
    persons: Any  # pandas Index of names
    observers: Any
    criteria: Any
    kept: np.ndarray  # row of the table that each rating stands in


@dataclass(frozen=True)
class Cells:
    """Everything the likelihood needs: counts by person and cell, where a cell is a criterion with an observer.

    counts: persons x cells; reached: cells x steps, ratings of the cell at or above each step;
    total: sum of scores by person; rating_cell, rating_person, score: one entry a rating.
    """

    criterion: np.ndarray
    observer: np.ndarray
    counts: csr_array
    reached: np.ndarray
    total: np.ndarray
    rating_person: np.ndarray
    rating_cell: np.ndarray
    score: np.ndarray


def read_ratings(ratings: Any) -> Ratings:
    """Check a table of ratings and turn it into codes; rows without a rating are left out.

    ValueError: no table, columns missing, a name missing, ratings that are no integers, nothing left.
    """
    if not isinstance(ratings, pd.DataFrame):
        raise ValueError(f"ratings must be a pandas DataFrame with the columns {', '.join(COLUMNS)}")
    missing = [name for name in COLUMNS if name not in ratings.columns]
    if missing:
        raise ValueError(f"ratings lack the column(s) {', '.join(missing)}")
    kept = np.flatnonzero(ratings["rating"].notna().to_numpy())
    if not len(kept):
        raise ValueError("there is no rating in the table")
    table = ratings[list(COLUMNS)].iloc[kept]
    value = _whole_numbers(table["rating"])
    coded = []
    for name in COLUMNS[:3]:
        code, names = pd.factorize(table[name].to_numpy(), sort=True)
        if (code < 0).any():
            raise ValueError(f"column {name} is empty in {int((code < 0).sum())} row(s) that hold a rating")
        coded.append((code, pd.Index(names, name=name)))
    (person, persons), (observer, observers), (criterion, criteria) = coded
    # rows in one order whatever the order they came in, so that sums round alike and results are the same to the bit
    order = np.lexsort((value, criterion, observer, person))
    person, observer, criterion, value = person[order], observer[order], criterion[order], value[order]
    return Ratings(person, observer, criterion, value, persons, observers, criteria, kept[order])


def _whole_numbers(column: pd.Series) -> np.ndarray:
    try:
        value = column.to_numpy(dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"column rating must hold integer codes: {error}") from None
    broken = ~np.isfinite(value) | (value != np.round(value))
    if broken.any():
        raise ValueError(f"column rating must hold integer codes, found {value[broken][0]:g}")
    return value.astype(np.int64)


def category_sets(ratings: Ratings) -> list[np.ndarray]:
    """Codes of each criterion, lowest first; criteria with equal sets share their steps.

    A code that nobody gave on a criterion still belongs to it when other criteria use it and its absence may be
    chance (Poisson, 1 %); a code that no criterion of a set was given is collapsed: the codes around it become
    neighbours. ValueError: a criterion, or all, with one code only; more than 30 codes.
    """
    codes, position = np.unique(ratings.value, return_inverse=True)
    if len(codes) > MOST_CATEGORIES:
        raise ValueError(f"{len(codes)} different ratings: more than {MOST_CATEGORIES} categories are no rating scale")
    n_criteria = len(ratings.criteria)
    counts = np.zeros((n_criteria, len(codes)))
    np.add.at(counts, (ratings.criterion, position), 1.0)
    if len(codes) < 2:
        raise ValueError(f"all ratings are {codes[0]}: one category tells nobody from anybody")
    used = counts > 0
    total = counts.sum(axis=1)
    share = counts.sum(axis=0) / (used * total[:, None]).sum(axis=0)
    member = used | (np.exp(-np.outer(total, share)) >= CHANCE) | (used.sum(axis=1) == 1)[:, None]
    sets: list[np.ndarray] = [np.empty(0, dtype=np.int64)] * n_criteria
    for pattern in np.unique(member, axis=0):
        same = np.flatnonzero((member == pattern).all(axis=1))
        found = codes[pattern & used[same].any(axis=0)]
        if len(found) < 2:
            named = ", ".join(str(ratings.criteria[i]) for i in same)
            raise ValueError(f"all ratings on {named} are {found[0]}: one category tells nobody from anybody")
        for i in same:
            sets[i] = found
    return sets


def scores(criterion: np.ndarray, value: np.ndarray, sets: list[np.ndarray], names: Any) -> np.ndarray:
    """Position of each rating in the category set of its criterion; ValueError for a code the fit has not seen."""
    result = np.empty(len(value), dtype=np.int64)
    for i, codes in enumerate(sets):
        here = np.flatnonzero(criterion == i)
        at = np.minimum(np.searchsorted(codes, value[here]), len(codes) - 1)
        strange = codes[at] != value[here]
        if strange.any():
            raise ValueError(f"rating {value[here][strange][0]} on {names[i]} was not seen in fit: {codes.tolist()}")
        result[here] = at
    return result


def positions(names: Any, known: Any, word: str) -> np.ndarray:
    """Positions of names among the fitted ones; ValueError naming the unknown."""
    at = known.get_indexer(names)
    if (at < 0).any():
        unknown = ", ".join(str(name) for name in names[at < 0][:5])
        raise ValueError(f"{word} not seen in fit: {unknown}")
    return at


def build_cells(scored: Ratings, n_persons: int, n_steps: int) -> Cells:
    """Count ratings (scores in place of values) by person and cell."""
    width = int(scored.observer.max()) + 1
    key, cell = np.unique(scored.criterion * width + scored.observer, return_inverse=True)
    counts = csr_array((np.ones(len(cell)), (scored.person, cell)), shape=(n_persons, len(key)))
    counts.sum_duplicates()
    by_score = np.zeros((len(key), n_steps + 1))
    np.add.at(by_score, (cell, scored.value), 1.0)
    reached = by_score[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]
    total = np.bincount(scored.person, weights=scored.value, minlength=n_persons)
    return Cells(key // width, key % width, counts, reached, total, scored.person, cell, scored.value)


def group_of_sets(sets: list[np.ndarray]) -> tuple[np.ndarray, list[int]]:
    """Number of the step group of each criterion, and how many steps each group has."""
    order: dict[Hashable, int] = {}
    group = np.array([order.setdefault(tuple(codes.tolist()), len(order)) for codes in sets])
    return group, [len(key) - 1 for key in order]  # type: ignore[arg-type]
