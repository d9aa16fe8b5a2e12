"""Category curves of the graded response model: log-probabilities, and the Newton step of all items at once."""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solveh_banded
from scipy.special import expit, log_expit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CLOSEST = 1e-5  # smallest distance of two thresholds: a category that hardly anybody could give


@dataclass(frozen=True)
class Layout:
    """Where the categories and thresholds of every item stand in flat arrays.

    Item i has sizes[i] categories; its categories lie side by side in arrays of length n_categories, its thresholds
    (one less) in arrays of length n_thresholds. Flat arrays make one vectorised pass over items of unequal length.
    """

    sizes: tuple[int, ...]

    @cached_property
    def n_items(self) -> int:
        return len(self.sizes)

    @cached_property
    def n_categories(self) -> int:
        return sum(self.sizes)

    @cached_property
    def n_thresholds(self) -> int:
        return self.n_categories - self.n_items

    @cached_property
    def first_category(self) -> Ints:
        return np.concatenate(([0], np.cumsum(self.sizes)[:-1])).astype(np.int64)

    @cached_property
    def first_threshold(self) -> Ints:
        return self.first_category - np.arange(self.n_items)

    @cached_property
    def threshold_item(self) -> Ints:
        return np.repeat(np.arange(self.n_items), np.array(self.sizes) - 1)

    @cached_property
    def category_item(self) -> Ints:
        return np.repeat(np.arange(self.n_items), np.array(self.sizes))

    @cached_property
    def above(self) -> Ints:
        """Category just above each threshold; the one just below is above - 1."""
        return np.arange(self.n_thresholds) + self.threshold_item + 1

    @cached_property
    def inner(self) -> Ints:
        """Thresholds followed by another one of the same item: the categories with two borders."""
        return np.flatnonzero(np.diff(self.threshold_item, append=-1) == 0)

    def split(self, intercepts: Floats) -> list[Floats]:
        """Flat thresholds as one array an item."""
        return [part.copy() for part in np.split(intercepts, self.first_threshold[1:])]

    def in_order(self, intercepts: Floats) -> bool:
        """Whether every item's intercepts fall from category to category, as the model demands."""
        return bool(np.all(intercepts[self.inner] > intercepts[self.inner + 1]))


def log_curves(layout: Layout, slopes: Floats, intercepts: Floats, nodes: Floats) -> Floats:
    """log P(category | theta) for every category and node, shape (n_categories, n_nodes).

    P(x >= k) = logistic(a theta + d_k). The difference of two logistics is written as
    logistic(x) logistic(-y) (1 - exp(y - x)), whose last factor does not depend on theta: nothing underflows.
    """
    curves = np.zeros((layout.n_categories, len(nodes)))
    logits = slopes[layout.threshold_item, None] * nodes + intercepts[:, None]
    upper = log_expit(logits)
    curves[layout.above] += upper
    curves[layout.above - 1] += upper - logits
    inner = layout.inner
    gaps = np.maximum(intercepts[inner] - intercepts[inner + 1], CLOSEST)
    curves[layout.above[inner]] += np.log(-np.expm1(-gaps))[:, None]
    return curves


def item_information(layout: Layout, slopes: Floats, intercepts: Floats, nodes: Floats) -> Floats:
    """Fisher information about theta of every item at every node, shape (n_items, n_nodes).

    I = sum over categories of P_c (d log P_c / d theta)^2, and d log P_c / d theta = a (1 - P*_c - P*_c+1) with P*
    the chances to reach a category or more: no small number stands below a line (Samejima 1969).
    """
    curves = np.exp(log_curves(layout, slopes, intercepts, nodes))
    reach = np.zeros((layout.n_categories, len(nodes)))
    reach[layout.first_category] = 1.0
    reach[layout.above] = expit(slopes[layout.threshold_item, None] * nodes + intercepts[:, None])
    beyond = np.zeros_like(reach)
    beyond[layout.above - 1] = reach[layout.above]
    parts = curves * (1.0 - reach - beyond) ** 2
    return slopes[:, None] ** 2 * np.add.reduceat(parts, layout.first_category, axis=0)


@dataclass(frozen=True)
class WeakPrior:
    """Normal priors that only speak where the data hardly do; infinite widths mean plain maximum likelihood."""

    slope_sd: float = np.inf
    intercept_sd: float = np.inf

    @classmethod
    def for_people(cls, n_people: float) -> WeakPrior:
        """SD 1.5 for slopes and 5 for intercepts up to 200 people, wider by (people / 200)^1.5 above.

        In invented samples of 80 to 250 people these make errors honest and levels truer than equal slopes do; from
        some hundred people on they say nothing that could be noticed.
        """
        width = max(1.0, n_people / 200) ** 1.5
        return cls(1.5 * width, 5.0 * width)

    def log_density(self, slopes: Floats, intercepts: Floats) -> float:
        return float(-0.5 * (np.sum((slopes / self.slope_sd) ** 2) + np.sum((intercepts / self.intercept_sd) ** 2)))


@dataclass
class ItemStep:
    """A Newton step of all items: steps, the gradient they answer and the information they rest on.

    Information as if levels were known: of slopes, of intercepts, between an intercept and the next one of its item
    (`neighbours`, at layout.inner) and between intercepts and their slope.
    """

    slopes: Floats
    intercepts: Floats
    slope_gradient: Floats
    intercept_gradient: Floats
    slope_information: Floats
    intercept_information: Floats
    neighbours: Floats
    slope_intercept: Floats


def item_step(
    layout: Layout,
    slopes: Floats,
    intercepts: Floats,
    nodes: Floats,
    counts: Floats,
    prior: WeakPrior,
    signs: Floats | None,
) -> ItemStep:
    """One Newton step of the expected log-likelihood, given the expected counts (n_categories, n_nodes).

    The function is concave in slope and intercepts; thresholds are linked to their neighbours only, so one banded
    system serves all items and the slope is eliminated from it. `signs` given: equal slopes but for these signs.
    """
    above, inner = layout.above, layout.inner
    chance = expit(slopes[layout.threshold_item, None] * nodes + intercepts[:, None])
    over = counts[above]
    both = over + counts[above - 1]
    residual = over - both * chance
    weight = both * chance * (1.0 - chance)
    gap = np.expm1(np.clip(intercepts[inner] - intercepts[inner + 1], CLOSEST, 300.0))
    total = counts[above[inner]].sum(axis=1)

    powers = np.column_stack([np.ones_like(nodes), nodes, nodes**2])
    moments, lean = weight @ powers, residual @ powers[:, :2]
    gradient_d = lean[:, 0] - intercepts / prior.intercept_sd**2
    gradient_d[inner] += total / gap
    gradient_d[inner + 1] -= total / gap
    bend = total * (1.0 + gap) / gap**2
    band = np.zeros((2, layout.n_thresholds))
    band[1] = moments[:, 0] + 1.0 / prior.intercept_sd**2 + 1e-10
    band[1, inner] += bend
    band[1, inner + 1] += bend
    band[0, inner + 1] = -bend

    gradient_a = np.add.reduceat(lean[:, 1], layout.first_threshold) - slopes / prior.slope_sd**2
    information_a = np.add.reduceat(moments[:, 2], layout.first_threshold) + 1.0 / prior.slope_sd**2
    band[1] *= 1.0 + 1e-9  # two thresholds that nearly meet must not make the system singular
    wanted = np.column_stack([gradient_d, moments[:, 1]])
    solved = solveh_banded(band, wanted, check_finite=False) if len(inner) else wanted / band[1][:, None]
    reduced = moments[:, 1:2] * solved
    reduced = np.add.reduceat(reduced, layout.first_threshold, axis=0)
    top, bottom = gradient_a - reduced[:, 0], information_a - reduced[:, 1]
    if signs is None:
        step_a = top / np.maximum(bottom, 1e-10)
    else:
        step_a = signs * (top @ signs) / max(float(bottom.sum()), 1e-10)
    step_d = solved[:, 0] - solved[:, 1] * step_a[layout.threshold_item]
    return ItemStep(step_a, step_d, gradient_a, gradient_d, information_a, band[1], -bend, moments[:, 1])


def bounded(layout: Layout, intercepts: Floats, step: ItemStep, equal: bool) -> tuple[Floats, Floats]:
    """The step, shortened item by item where it would cross thresholds or leap (all items alike with equal slopes)."""
    scale = np.minimum(1.0, 1.5 / np.maximum(np.abs(step.slopes), 1e-12))
    longest = np.maximum.reduceat(np.abs(step.intercepts), layout.first_threshold)
    scale = np.minimum(scale, 3.0 / np.maximum(longest, 1e-12))
    inner = layout.inner
    closing = step.intercepts[inner + 1] - step.intercepts[inner]
    room = 0.8 * (intercepts[inner] - intercepts[inner + 1])
    np.minimum.at(scale, layout.threshold_item[inner], np.where(closing > room, room / np.maximum(closing, 1e-12), 1.0))
    if equal:
        scale = np.full_like(scale, scale.min())
    return step.slopes * scale, step.intercepts * scale[layout.threshold_item]
