"""Marginal maximum likelihood of the graded response model: accelerated EM with a free place and spread of people."""
from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.linalg import lstsq
from scipy.optimize import minimize

from .graded_answers import AnswerTable, Expectation
from .graded_curves import Floats, ItemStep, WeakPrior, bounded, item_information, item_step, log_curves

MEMORY = 6  # earlier steps used to foresee the next one
MOST_NODES = 801
PATIENCE = 250  # looks a hard search may take before the ordinary one goes on
EASY = 60  # cycles after which a search that has not ended is taken to be a hard one


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
    nodes: Floats


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
    loadings = np.clip(_first_component(products), -0.85, 0.85)
    loadings = np.where(np.abs(loadings) < 0.15, np.copysign(0.15, loadings), loadings)
    slopes = 1.7 * loadings / np.sqrt(1.0 - loadings**2)
    below = np.cumsum(table.totals) - np.repeat(np.cumsum(answered) - answered, layout.sizes)
    share = 1.0 - below[layout.above - 1] / answered[layout.threshold_item]
    intercepts = np.log(share / (1.0 - share)) * np.sqrt(1.0 + slopes[layout.threshold_item] ** 2 / 2.9)
    return Parameters(slopes, intercepts)


@dataclass
class Task:
    """What is to be fitted: answers, nodes, priors, and whether slopes are equal but for `signs`."""

    table: AnswerTable
    nodes: Floats
    prior: WeakPrior
    signs: Floats | None = None

    def look(self, point: Parameters) -> tuple[float, Expectation]:
        """Penalised log-likelihood at a point and the expected counts there."""
        curves = log_curves(self.table.layout, point.slopes, point.intercepts, self.nodes)
        expected = self.table.expect(curves, node_weights(self.nodes, point))
        return expected.log_likelihood + self.prior.log_density(point.slopes, point.intercepts), expected

    def step(self, point: Parameters, expected: Expectation) -> ItemStep:
        layout = self.table.layout
        return item_step(layout, point.slopes, point.intercepts, self.nodes, expected.counts, self.prior, self.signs)


def _first_component(products: Floats) -> Floats:
    """Loadings on the first principal component by repeated multiplication, from the item most tied to the others.

    A rough direction is enough for a start; a full decomposition would wake the threads of the linear algebra library,
    whose waiting costs more than the whole fit.
    """
    direction = products[np.argmax((products**2).sum(axis=0))]
    for _ in range(30):
        direction = products @ (direction / np.linalg.norm(direction))
    length = np.linalg.norm(direction)
    return direction / np.sqrt(length)


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
    foresee the next (Anderson 1965). Where that does not help (a saddle, two items only) a quasi-Newton search takes
    over. Ends when a further step promises less than `tol` in log-likelihood.
    """
    signs = np.sign(start.slopes) if equal_slopes else None
    current = start if signs is None else replace(start, slopes=signs * np.abs(start.slopes).mean())
    task = Task(table, finer_nodes(table, current, nodes, 0.5), prior, signs)
    best, value, cycles, converged = _climb(task, current, min(max_iter, EASY), tol)
    finer = nodes if converged else finer_nodes(table, best, task.nodes, 0.7)
    if len(finer) > len(task.nodes) and cycles < max_iter:
        task = replace(task, nodes=finer)
        best, value, more, converged = _climb(task, best, min(max_iter - cycles, EASY), tol)
        cycles += more
    if not converged and cycles < max_iter:
        best, looks = quasi_newton(task, best, min(max_iter - cycles, PATIENCE), 0.1 * tol)
        best, value, more, converged = _climb(task, best, max(max_iter - cycles - looks, 3), tol)
        cycles += looks + more
    final = value - prior.log_density(best.slopes, best.intercepts)
    if table.dtype != np.float64:
        curves = log_curves(table.layout, best.slopes, best.intercepts, task.nodes)
        final = table.expect(curves, node_weights(task.nodes, best), exact=True).log_likelihood
    return GradedFit(best, final, cycles, converged, task.nodes)


def finer_nodes(table: AnswerTable, point: Parameters, nodes: Floats, share: float) -> Floats:
    """More nodes where the narrowest posterior's SD is below this share of their distance: sums over them would ripple.

    With hundreds of items the likelihood on coarse nodes has tops that are only there because of the nodes.
    """
    places = np.linspace(-2, 2, 9)
    information = item_information(table.layout, point.slopes, point.intercepts, places).sum(axis=0)
    narrowest = 1.0 / np.sqrt(information.max() + 1.0)
    if narrowest >= share * (nodes[1] - nodes[0]):
        return nodes
    wanted = 2 * int(np.ceil(nodes[-1] / narrowest * 0.7)) + 1
    return np.linspace(nodes[0], nodes[-1], max(min(wanted, MOST_NODES), len(nodes)))


def _climb(task: Task, current: Parameters, max_iter: int, tol: float) -> tuple[Parameters, float, int, bool]:
    """EM with foresight: the best point, its value, cycles, converged; gives up after the third foreseen loss."""
    layout = task.table.layout
    slack = 1e-12 if task.table.dtype == np.float64 else 1e-8  # what rounding alone may take away
    best, best_value, target, damping, losses, cycle = current, -np.inf, current.vector(), 1.0, 0, 0
    memory = _Memory()
    while cycle < max_iter and losses < 3:
        cycle += 1
        value, expected = task.look(current)
        if not value >= best_value - slack * abs(best_value):
            memory.forget()
            losses += 1
            current = best.replaced(best.vector() + damping * (target - best.vector()))
            damping *= 0.5
            continue
        best, best_value, damping = current, value, 1.0
        step = task.step(current, expected)
        moved = _moved(task, current, step, expected)
        promise = _promise(current, moved, step, expected)
        if promise < tol:
            # Where posteriors are narrower than the nodes are apart, only the items' own step surely leads upwards.
            moved = _moved(task, current, step, expected, expand=False)
            promise = _promise(current, moved, step, expected)
            if promise < tol:
                return best, best_value, cycle, True
        target = moved.vector()
        foreseen = current.replaced(
            memory.foresee(current.vector(), target - current.vector(), _information(step, expected), promise)
        )
        current = foreseen if layout.in_order(foreseen.intercepts) else moved
    return best, best_value, cycle, False


def _promise(current: Parameters, moved: Parameters, step: ItemStep, expected: Expectation) -> float:
    """Gradient times step: what the step promises in log-likelihood, twice over near the top."""
    slopes = step.slope_gradient @ (moved.slopes - current.slopes)
    intercepts = step.intercept_gradient @ (moved.intercepts - current.intercepts)
    sizes = expected.node_counts.sum(axis=1)[1:]
    groups = sizes @ ((moved.means - current.means)[1:] ** 2 + 2 * (moved.spreads - current.spreads)[1:] ** 2)
    return float(slopes + intercepts + groups)


def _information(step: ItemStep, expected: Expectation) -> Floats:
    """Size of the information on every parameter, in the order of Parameters.vector()."""
    sizes = expected.node_counts.sum(axis=1)[1:]
    return np.concatenate((step.slope_information, step.intercept_information, sizes, 2 * sizes))


def _moved(
    task: Task, current: Parameters, step: ItemStep, expected: Expectation, expand: bool = True
) -> Parameters:
    """Items after their step, with the mean and SD that people now show turned back into 0 and 1."""
    layout, prior, nodes = task.table.layout, task.prior, task.nodes
    slope_step, intercept_step = bounded(layout, current.intercepts, step, task.signs is not None)
    slopes, intercepts = current.slopes + slope_step, current.intercepts + intercept_step
    sizes = expected.node_counts.sum(axis=1)
    means = expected.node_counts @ nodes / sizes
    variances = expected.node_counts @ nodes**2 / sizes - means**2
    size = sizes[0]
    if not expand:
        mean, spread = 0.0, 1.0
    elif np.isinf(prior.slope_sd) and np.isinf(prior.intercept_sd):
        mean, spread = means[0], np.sqrt(variances[0])
    else:
        # One Newton step from (0, 1): the priors must have their say here too, or they would never be satisfied.
        own = slopes[layout.threshold_item]
        square = variances[0] + means[0] ** 2
        mean = (size * means[0] - own @ intercepts / prior.intercept_sd**2) / (size + own @ own / prior.intercept_sd**2)
        pull = slopes @ slopes / prior.slope_sd**2
        excess = size * (square - 2 * mean * means[0] + mean**2 - 1) - pull
        spread = np.exp(np.clip(excess / (2 * size + 2 * pull), -0.5, 0.5))
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

    def foresee(self, point: Floats, change: Floats, information: Floats, promise: float) -> Floats:
        self.points = [*self.points[-MEMORY:], point]
        self.changes = [*self.changes[-MEMORY:], change]
        if len(self.points) < 2 or promise > 0.5 * len(point):
            return point + change
        scale = np.sqrt(information)
        moves, turns = np.diff(np.array(self.points), axis=0), np.diff(np.array(self.changes), axis=0)
        weights = lstsq((turns * scale).T, change * scale, cond=1e-6, check_finite=False)[0]
        return point + change - weights @ (moves + turns)


def quasi_newton(task: Task, start: Parameters, max_looks: int, least: float) -> tuple[Parameters, int]:
    """L-BFGS on slopes, first intercepts and log distances to the next: the point reached and how often it looked.

    Ends after `max_looks` or when a step gains less than `least`.
    """
    layout = task.table.layout
    inner, n_items = layout.inner, layout.n_items
    value, expected = task.look(start)
    scale = np.sqrt(_information(task.step(start, expected), expected))
    n_own = n_items + layout.n_thresholds

    def coordinates(point: Parameters) -> Floats:
        vector = point.vector()
        places = n_items + inner
        vector[places + 1] = np.log(point.intercepts[inner] - point.intercepts[inner + 1])
        return vector * scale

    def point_at(scaled: Floats) -> Parameters:
        vector = scaled / scale
        falls = np.zeros(layout.n_thresholds)
        falls[inner + 1] = np.exp(np.clip(vector[n_items + inner + 1], -30.0, 6.0))
        firsts = vector[n_items + layout.first_threshold]
        total = np.cumsum(falls)
        vector[n_items:n_own] = (firsts + total[layout.first_threshold])[layout.threshold_item] - total
        return start.replaced(vector)

    def loss(scaled: Floats) -> tuple[float, Floats]:
        point = point_at(scaled)
        value, expected = task.look(point)
        step = task.step(point, expected)
        slopes = step.slope_gradient
        if task.signs is not None:
            slopes = task.signs * (task.signs @ slopes) / n_items
        after = np.cumsum(step.intercept_gradient[::-1])[::-1]
        ends = np.append(after[layout.first_threshold[1:]], 0.0)[layout.threshold_item]
        intercepts = after - ends
        gaps = point.intercepts[inner] - point.intercepts[inner + 1]
        intercepts[inner + 1] *= -gaps
        sizes = expected.node_counts.sum(axis=1)[1:]
        z = (task.nodes - point.means[1:, None]) / point.spreads[1:, None]
        means = (expected.node_counts[1:] * z).sum(axis=1) / point.spreads[1:]
        spreads = (expected.node_counts[1:] * z**2).sum(axis=1) - sizes
        return -value, -np.concatenate((slopes, intercepts, means, spreads)) / scale

    least_share = least / max(abs(value), 1.0)
    options = {"maxiter": max_looks, "maxfun": max_looks, "maxcor": 20, "ftol": least_share, "gtol": 1e-4}
    found = minimize(loss, coordinates(start), jac=True, method="L-BFGS-B", options=options)
    return (point_at(found.x) if -found.fun >= value else start), int(found.nfev)
