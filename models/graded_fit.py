"""Marginal maximum likelihood of the graded response model: accelerated EM with a free place and spread of people."""
from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.linalg import lstsq

from .graded_answers import AnswerTable, Expectation
from .graded_curves import Floats, ItemStep, Layout, WeakPrior, bounded, item_step, log_curves

MEMORY = 6  # earlier steps used to foresee the next one


@dataclass
class Parameters:
    """Slopes (n_items,), intercepts (n_thresholds,) and, per group, mean and SD of people; group 0 has 0 and 1."""

    slopes: Floats
    intercepts: Floats
    means: Floats = field(default_factory=lambda: np.zeros(1))
    spreads: Floats = field(default_factory=lambda: np.ones(1))

    def vector(self) -> Floats:
        return np.concatenate((self.slopes, self.intercepts, self.means[1:], np.log(self.spreads[1:])))

    def replaced(self, vector: Floats) -> Parameters:
        n_items, n_groups = len(self.slopes), len(self.means)
        parts = np.split(vector, np.cumsum([n_items, len(self.intercepts), n_groups - 1]))
        means, spreads = np.append(0.0, parts[2]), np.append(1.0, np.exp(parts[3]))
        return Parameters(parts[0], parts[1], means, spreads)


@dataclass
class GradedFit:
    """The estimates, the log-likelihood they reach (priors not counted) and how the search ended."""

    parameters: Parameters
    log_likelihood: float
    n_iter: int
    converged: bool


def node_weights(nodes: Floats, parameters: Parameters) -> Floats:
    """Log weights of the nodes for every group, each set adding up to 1, shape (n_groups, n_nodes)."""
    z = (nodes - parameters.means[:, None]) / parameters.spreads[:, None]
    weights = np.exp(-0.5 * z**2)
    return -0.5 * z**2 - np.log(weights.sum(axis=1, keepdims=True))


def start_values(table: AnswerTable) -> Parameters:
    """Slopes from the first principal component of the answers, so that items keep their own direction."""
    layout = table.layout
    first = layout.first_category
    codes = np.arange(layout.n_categories) - first[layout.category_item]
    answered = np.add.reduceat(table.totals, first)
    mean = np.add.reduceat(table.totals * codes, first) / answered
    spread = np.sqrt(np.add.reduceat(table.totals * (codes - mean[layout.category_item]) ** 2, first) / answered)
    rows = slice(None, None, max(1, len(table.coded) // 4000))
    scores = np.where(table.coded[rows] >= 0, (table.coded[rows] - mean) / spread, 0.0)
    scores *= np.sqrt(table.weights[rows])[:, None]
    products = scores.T @ scores / table.weights[rows].sum()
    values, vectors = np.linalg.eigh(products)
    loadings = np.clip(vectors[:, -1] * np.sqrt(values[-1]), -0.85, 0.85)
    loadings = np.where(np.abs(loadings) < 0.15, np.copysign(0.15, loadings), loadings)
    slopes = 1.7 * loadings / np.sqrt(1.0 - loadings**2)
    below = np.cumsum(table.totals) - np.repeat(np.cumsum(answered) - answered, layout.sizes)
    share = 1.0 - below[layout.above - 1] / answered[layout.threshold_item]
    intercepts = np.log(share / (1.0 - share)) * np.sqrt(1.0 + slopes[layout.threshold_item] ** 2 / 2.9)
    return Parameters(slopes, intercepts)


def fit_graded(
    table: AnswerTable,
    nodes: Floats,
    prior: WeakPrior,
    start: Parameters,
    equal_slopes: bool = False,
    max_iter: int = 500,
    tol: float = 1e-5,
) -> GradedFit:
    """Climb to the maximum of the marginal (penalised) likelihood.

    Each cycle is an expectation step, one Newton step of all items and a free mean and SD of people that are then
    moved into the items (Liu, Rubin & Wu 1998, parameter expansion: without it sixty items crawl). Earlier cycles
    foresee the next (Anderson 1965). Ends when a further step promises less than `tol` in log-likelihood.
    """
    layout = table.layout
    signs = np.sign(start.slopes) if equal_slopes else None
    current = start if signs is None else Parameters(
        signs * np.abs(start.slopes).mean(), start.intercepts, start.means, start.spreads
    )
    best_value, best, target, damping = -np.inf, current, current.vector(), 1.0
    memory = _Memory()
    converged, cycle = False, 0
    for cycle in range(1, max_iter + 1):
        curves = log_curves(layout, current.slopes, current.intercepts, nodes)
        expected = table.expect(curves, node_weights(nodes, current))
        value = expected.log_likelihood + prior.log_density(current.slopes, current.intercepts)
        if value < best_value - 1e-7 * abs(best_value):
            memory.forget()
            current = best.replaced(best.vector() + damping * (target - best.vector()))
            damping *= 0.5
            continue
        best_value, best, damping = value, current, 0.5
        step = item_step(layout, current.slopes, current.intercepts, nodes, expected.counts, prior, signs)
        moved = _expanded(layout, current, step, expected, nodes, prior, equal_slopes)
        target = moved.vector()
        change = target - current.vector()
        n_items = layout.n_items
        promise = float(
            step.slope_gradient @ change[:n_items]
            + step.intercept_gradient @ change[n_items : n_items + layout.n_thresholds]
        ) + _group_promise(current, moved, expected)
        if promise < tol and len(change):
            converged = True
            break
        scale = np.sqrt(np.concatenate((
            step.slope_information, step.intercept_information, np.full(2 * len(current.means) - 2, table.n_people)
        )))
        foreseen = current.replaced(memory.foresee(current.vector(), change, scale, promise))
        current = foreseen if layout.in_order(foreseen.intercepts) else moved
    curves = log_curves(layout, best.slopes, best.intercepts, nodes)
    final = table.expect(curves, node_weights(nodes, best), exact=True).log_likelihood
    return GradedFit(best, final, cycle, converged)


def _group_promise(current: Parameters, moved: Parameters, expected: Expectation) -> float:
    """How far the mean and SD of the further groups still move, in units of log-likelihood."""
    sizes = expected.node_counts.sum(axis=1)[1:]
    return float(sizes @ ((moved.means - current.means)[1:] ** 2 + 2 * (moved.spreads - current.spreads)[1:] ** 2))


def _expanded(
    layout: Layout,
    current: Parameters,
    step: ItemStep,
    expected: Expectation,
    nodes: Floats,
    prior: WeakPrior,
    equal: bool,
) -> Parameters:
    """Items after their step, with the mean and SD that people now show turned back into 0 and 1."""
    slope_step, intercept_step = bounded(layout, current.intercepts, step, equal)
    slopes, intercepts = current.slopes + slope_step, current.intercepts + intercept_step
    sizes = expected.node_counts.sum(axis=1)
    means = expected.node_counts @ nodes / sizes
    variances = expected.node_counts @ nodes**2 / sizes - means**2
    size = sizes[0]
    if np.isinf(prior.slope_sd) and np.isinf(prior.intercept_sd):
        mean, spread = means[0], np.sqrt(variances[0])
    else:
        # One Newton step from (0, 1): the priors must have their say here too, or they would never be satisfied.
        own = slopes[layout.threshold_item]
        square = variances[0] + means[0] ** 2
        mean = (size * means[0] - own @ intercepts / prior.intercept_sd**2) / (size + own @ own / prior.intercept_sd**2)
        pull = slopes @ slopes / prior.slope_sd**2
        spread = np.exp(np.clip((size * (square - 2 * mean * means[0] + mean**2 - 1) - pull) / (2 * size + 2 * pull), -0.5, 0.5))
    intercepts = intercepts + slopes[layout.threshold_item] * mean
    spreads = np.sqrt(variances) / spread
    means = (means - mean) / spread
    means[0], spreads[0] = 0.0, 1.0
    return Parameters(slopes * spread, intercepts, means, spreads)


class _Memory:
    """Anderson's mixing: the combination of earlier steps whose change is smallest, weighed by information."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.points: list[Floats] = []
        self.changes: list[Floats] = []

    def foresee(self, point: Floats, change: Floats, scale: Floats, promise: float) -> Floats:
        self.points = [*self.points[-MEMORY:], point]
        self.changes = [*self.changes[-MEMORY:], change]
        if len(self.points) < 2 or promise > 0.5 * len(point):
            return point + change
        moves = np.diff(np.array(self.points), axis=0)
        turns = np.diff(np.array(self.changes), axis=0)
        weights = lstsq((turns * scale).T, change * scale, cond=1e-6, check_finite=False)[0]
        return point + change - weights @ (moves + turns)
