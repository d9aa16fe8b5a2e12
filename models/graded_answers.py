"""Answers coded for the graded response model, and what people's answers say about them at every node."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .graded_curves import Floats, Ints, Layout

ROWS = 4096  # people coded at once
SMALL_PRODUCT = 900_000  # matrix products up to this size stay in the cache and do not wake further threads
KEEP_BYTES = 160e6  # indicator tables up to this size are kept between passes, larger ones built anew
EXACT_CELLS = 3e8  # people x categories x nodes up to which every pass runs in double precision


def code_answers(
    answers: NDArray, names: list[str], categories: list[NDArray] | None
) -> tuple[list[NDArray], NDArray]:
    """Original codes of every item (ascending) and the answers as positions among them, -1 = missing.

    With `categories` given, the codes must be among them. Raises ValueError for answers that are no whole numbers,
    for codes never seen and for items that nobody or everybody answered alike.
    """
    with np.errstate(invalid="ignore"):
        low = float(np.nanmin(answers, initial=np.inf))
        high = float(np.nanmax(answers, initial=-np.inf))
    if low > high:
        low = high = 0.0
    if high - low > 4000:
        return _code_by_columns(answers, names, categories)
    low = float(np.floor(low))
    span = int(high - low) + 2
    coded = np.empty(answers.shape, dtype=np.int16)
    used = np.zeros((answers.shape[1], span), dtype=bool)
    columns = np.arange(answers.shape[1])
    for rows in _chunks(len(answers), ROWS):
        block = answers[rows] - low
        missing = np.isnan(block)
        block[missing] = span - 1
        whole = block.astype(np.int16)
        if not np.array_equal(whole, block):
            raise _not_whole(answers, names)
        coded[rows] = whole
        used[np.broadcast_to(columns, whole.shape), whole] = True
    used[:, -1] = False
    found = [np.flatnonzero(row) + low for row in used]
    positions = np.full((answers.shape[1], span), -1, dtype=np.int16)
    if categories is None:
        categories = found
        _refuse_constant(found, names)
    else:
        _refuse_unseen(found, categories, names)
    for item, codes in enumerate(categories):
        places = (codes - low).astype(np.int64)
        inside = (places >= 0) & (places < span - 1)
        positions[item, places[inside]] = np.flatnonzero(inside)
    for rows in _chunks(len(answers), ROWS):
        coded[rows] = positions[columns, coded[rows]]
    return categories, coded


def _code_by_columns(
    answers: NDArray, names: list[str], categories: list[NDArray] | None
) -> tuple[list[NDArray], NDArray]:
    """The same for codes that lie far apart (a code like 1,000,000 among small ones)."""
    if np.any(answers != np.floor(answers), where=~np.isnan(answers)):
        raise _not_whole(answers, names)
    found = [np.unique(column[~np.isnan(column)]) for column in answers.T]
    if categories is None:
        categories = found
        _refuse_constant(found, names)
    else:
        _refuse_unseen(found, categories, names)
    coded = np.full(answers.shape, -1, dtype=np.int16)
    for item, codes in enumerate(categories):
        given = ~np.isnan(answers[:, item])
        coded[given, item] = np.searchsorted(codes, answers[given, item])
    return categories, coded


def _not_whole(answers: NDArray, names: list[str]) -> ValueError:
    rows, columns = np.nonzero(~np.isnan(answers) & (answers != np.floor(answers)))
    where = sorted({names[column] for column in columns})[:5]
    return ValueError(
        f"answers must be whole numbers (codes); {len(rows)} are not, the first is {answers[rows[0], columns[0]]} "
        f"in row {rows[0]}; items: {', '.join(where)}"
    )


def _refuse_constant(found: list[NDArray], names: list[str]) -> None:
    faults = [
        f"item {name} has one answer only ({codes[0]:g})" if len(codes) else f"item {name} has no answers"
        for name, codes in zip(names, found, strict=True)
        if len(codes) < 2
    ]
    if faults:
        more = f" and {len(faults) - 5} more items" if len(faults) > 5 else ""
        raise ValueError("; ".join(faults[:5]) + more + ": leave out what cannot tell people apart")


def _refuse_unseen(found: list[NDArray], categories: list[NDArray], names: list[str]) -> None:
    for name, codes, known in zip(names, found, categories, strict=True):
        strange = np.setdiff1d(codes, known)
        if len(strange):
            seen = ", ".join(f"{code:g}" for code in known)
            raise ValueError(f"item {name}: code {strange[0]:g} was not seen in fit (seen: {seen})")


def _chunks(length: int, size: int) -> Iterator[slice]:
    return (slice(start, min(start + size, length)) for start in range(0, length, size))


@dataclass
class Expectation:
    """What one pass over the people gives: counts (n_categories, n_nodes), nodes per group, log-likelihood."""

    counts: Floats
    node_counts: Floats
    log_likelihood: float


@dataclass
class AnswerTable:
    """Coded answers (people x items, -1 = missing) with how often each row occurs and the group it belongs to.

    People who answer alike are one row. One category of every item, the most frequent one, stands as the zero of its
    item's columns in the indicator table, so complete data need fewer columns.
    """

    layout: Layout
    coded: NDArray
    weights: Floats
    groups: Ints
    _kept: dict[int, NDArray] = field(default_factory=dict, repr=False)

    @classmethod
    def build(cls, layout: Layout, coded: NDArray, groups: Ints | None = None) -> AnswerTable:
        """Rows without any answer are left out; equal rows are joined where that is cheap to see."""
        groups = np.zeros(len(coded), dtype=np.int64) if groups is None else groups
        answered = (coded >= 0).any(axis=1)
        if not answered.all():
            coded, groups = coded[answered], groups[answered]
        radix = np.array(layout.sizes, dtype=np.float64) + 1
        if np.log2(radix).sum() + np.log2(groups.max(initial=0) + 1) < 62:
            place = np.concatenate(([1], np.cumprod(radix.astype(np.int64))))
            key = (coded.astype(np.int64) + 1) @ place[:-1] + groups * place[-1]
            _, first, times = np.unique(key, return_index=True, return_counts=True)
            return cls(layout, coded[first], times.astype(np.float64), groups[first])
        return cls(layout, coded, np.ones(len(coded)), groups)

    def __post_init__(self) -> None:
        layout, n_people = self.layout, len(self.coded)
        totals = np.zeros(layout.n_categories)
        for rows in _chunks(n_people, ROWS):
            flat, weight = self._flat(rows), np.broadcast_to(self.weights[rows, None], self.coded[rows].shape)
            seen = self.coded[rows] >= 0
            totals += np.bincount(flat[seen], weights=weight[seen], minlength=layout.n_categories)
        self.totals = totals
        self.n_people = float(self.weights.sum())
        answered = np.add.reduceat(totals, layout.first_category)
        incomplete = answered < self.n_people
        zero = np.array([
            first + np.argmax(totals[first : first + size])
            for first, size in zip(layout.first_category, layout.sizes, strict=True)
        ])
        self.zero = zero
        self.others = np.setdiff1d(np.arange(layout.n_categories), zero)
        self.gaps = np.flatnonzero(incomplete)
        width = len(self.others) + len(self.gaps)
        self.column = np.full(layout.n_categories, width)
        self.column[self.others] = np.arange(len(self.others))
        self.gap_column = np.full(layout.n_items, width)
        self.gap_column[self.gaps] = len(self.others) + np.arange(len(self.gaps))
        self.width = width
        self.dtype = np.float64 if n_people * width * 61 <= EXACT_CELLS else np.float32

    def _flat(self, rows: slice) -> Ints:
        return self.coded[rows] + self.layout.first_category

    def _indicators(self, rows: slice, dtype: type) -> NDArray:
        """1 where a person gave the category of the column (or left out the item of the column)."""
        if dtype == self.dtype and rows.start in self._kept:
            return self._kept[rows.start]
        coded = self.coded[rows]
        columns = np.where(coded >= 0, self.column[self._flat(rows)], self.gap_column)
        table: NDArray = np.zeros((len(coded), self.width + 1), dtype=dtype)
        table[np.arange(len(coded))[:, None], columns] = 1
        if dtype == self.dtype and len(self.coded) * (self.width + 1) * np.dtype(dtype).itemsize <= KEEP_BYTES:
            self._kept[rows.start] = table
        return table

    def posteriors(
        self, curves: Floats, log_prior: Floats, dtype: type
    ) -> Iterator[tuple[slice, NDArray, NDArray, NDArray]]:
        """Rows, posterior over the nodes (rows x n_nodes), log-likelihood and indicators of each row, bit by bit.

        `curves` are log-probabilities (n_categories, n_nodes), `log_prior` log node weights (n_groups, n_nodes).
        """
        base = curves[self.zero]
        n_nodes = curves.shape[1]
        offset = (log_prior + base.sum(axis=0)).astype(dtype)
        steps: NDArray = np.zeros((self.width + 1, n_nodes), dtype=dtype)
        steps[: len(self.others)] = curves[self.others] - base[self.layout.category_item[self.others]]
        steps[len(self.others) : -1] = -base[self.gaps]
        size = int(np.clip(SMALL_PRODUCT // ((self.width + 1) * n_nodes), 8, ROWS))
        for block in _chunks(len(self.coded), ROWS):
            table = self._indicators(block, dtype)
            for inside in _chunks(len(table), size):
                rows = slice(block.start + inside.start, block.start + inside.stop)
                joint = table[inside] @ steps
                joint += offset[self.groups[rows]] if len(offset) > 1 else offset
                top = joint.max(axis=1, keepdims=True)
                joint -= top
                np.exp(joint, out=joint)
                total = joint.sum(axis=1, keepdims=True)
                joint /= total
                yield rows, joint, np.log(total[:, 0].astype(np.float64)) + top[:, 0], table[inside]

    def expect(self, curves: Floats, log_prior: Floats, exact: bool = False) -> Expectation:
        """Expected counts at every node given the curves: the E step."""
        dtype = np.float64 if exact else self.dtype
        n_groups, n_nodes = log_prior.shape[0], curves.shape[1]
        gathered = np.zeros((self.width + 1, n_nodes))
        node_counts = np.zeros((n_groups, n_nodes))
        log_likelihood = 0.0
        for rows, posterior, log_rows, indicators in self.posteriors(curves, log_prior, dtype):
            weight = self.weights[rows]
            log_likelihood += float(weight @ log_rows)
            posterior *= weight.astype(dtype)[:, None]
            gathered += indicators.T @ posterior
            for group in range(n_groups):
                chosen = posterior if n_groups == 1 else posterior[self.groups[rows] == group]
                node_counts[group] += chosen.sum(axis=0, dtype=np.float64)
        return Expectation(self._spread(gathered, node_counts.sum(axis=0)), node_counts, log_likelihood)

    def _spread(self, gathered: Floats, node_counts: Floats) -> Floats:
        """Counts of every category from those of the indicator columns: the zero category has what is left over."""
        counts = np.zeros((self.layout.n_categories, gathered.shape[1]))
        counts[self.others] = gathered[: len(self.others)]
        taken = np.zeros((self.layout.n_items, gathered.shape[1]))
        np.add.at(taken, self.layout.category_item[self.others], gathered[: len(self.others)])
        taken[self.gaps] += gathered[len(self.others) : -1]
        counts[self.zero] = np.maximum(node_counts - taken, 0.0)
        return counts
