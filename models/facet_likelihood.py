"""The marginal likelihood of the many-facet rating scale model: value, gradient and information over cells.

log(P_k / P_k-1) = theta - delta_k, where delta_k = criterion + observer + step_k, theta ~ N(0, variance) on fixed
nodes. Persons enter by how many ratings they have in a cell (criterion by observer), so the work grows with cells, not
with ratings. Parameter vector: criteria, observers, steps group by group, log of the person standard deviation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from models.facet_data import Cells

MOST_NODES = 401
CHUNK = 4_000_000  # doubles held at once while the missing information is added up


@dataclass(frozen=True)
class Layout:
    """Where each kind of parameter stands in the vector."""

    n_criteria: int
    n_observers: int
    group: np.ndarray  # step group of each criterion
    n_steps: list[int]  # steps of each group

    @property
    def observers(self) -> slice:
        return slice(self.n_criteria, self.n_criteria + self.n_observers)

    @property
    def steps(self) -> slice:
        start = self.n_criteria + self.n_observers
        return slice(start, start + sum(self.n_steps))

    @property
    def size(self) -> int:
        return self.n_criteria + self.n_observers + sum(self.n_steps) + 1

    def step_slices(self) -> list[slice]:
        ends = self.steps.start + np.cumsum(self.n_steps)
        return [slice(int(end - n), int(end)) for end, n in zip(ends, self.n_steps, strict=True)]

    def contrasts(self) -> np.ndarray:
        """Orthonormal columns of the allowed directions: observers and each group of steps sum to zero.

        The last column is the log of the person standard deviation alone.
        """
        banned = np.zeros((self.size - 1, 1 + len(self.n_steps)))
        banned[self.observers, 0] = 1.0
        for i, part in enumerate(self.step_slices(), start=1):
            banned[part, i] = 1.0
        basis = np.linalg.svd(banned, full_matrices=True)[0][:, banned.shape[1] :]
        free = np.zeros((self.size, basis.shape[1] + 1))
        free[:-1, :-1] = basis
        free[-1, -1] = 1.0
        return free

    def thresholds(self, cells: Cells, parameters: np.ndarray) -> np.ndarray:
        """delta: cells x most steps; infinite where the criterion has fewer steps."""
        widest = max(self.n_steps)
        steps = np.full((len(self.n_steps), widest), np.inf)
        for i, part in enumerate(self.step_slices()):
            steps[i, : part.stop - part.start] = parameters[part]
        severity = parameters[: self.n_criteria][cells.criterion] + parameters[self.observers][cells.observer]
        return severity[:, None] + steps[self.group[cells.criterion]]

    def design(self, cells: Cells) -> np.ndarray:
        """Derivative of delta by the parameters: cells x steps x parameters."""
        widest = max(self.n_steps)
        rows = np.arange(len(cells.criterion))
        design = np.zeros((len(rows), widest, self.size))
        for i, part in enumerate(self.step_slices()):
            here = rows[self.group[cells.criterion] == i]
            for j in range(part.stop - part.start):
                design[here, j, cells.criterion[here]] = 1.0
                design[here, j, self.n_criteria + cells.observer[here]] = 1.0
                design[here, j, part.start + j] = 1.0
        return design


@dataclass(frozen=True)
class Curves:
    """By cell and node: chance of reaching each step (cells x steps x nodes), log of the normalising sum.

    kernel: what the chances of the scores are in proportion to, largest 1 (cells x (steps + 1) x nodes).
    """

    reach: np.ndarray
    log_sum: np.ndarray
    kernel: np.ndarray

    @property
    def expected(self) -> np.ndarray:
        return self.reach.sum(axis=1)

    @property
    def variance(self) -> np.ndarray:
        weight = 2.0 * np.arange(1, self.reach.shape[1] + 1) - 1.0
        return np.einsum("kjq,j->kq", self.reach, weight) - self.expected**2

    def chances(self) -> np.ndarray:
        """Chance of each score: cells x (steps + 1) x nodes; not as differences of reach, which lose the small ones."""
        return self.kernel / self.kernel.sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class Posterior:
    """Weights persons x nodes (rows sum to 1) and the marginal log-likelihood of each person."""

    weights: np.ndarray
    log_likelihood: np.ndarray

    def moments(self, nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of each person."""
        mean = self.weights @ nodes
        spread = np.sqrt(np.maximum(self.weights @ nodes**2 - mean**2, 0.0))
        return mean, spread


def curves(delta: np.ndarray, nodes: np.ndarray) -> Curves:
    """Chances of each cell at each node from thresholds (cells x steps)."""
    cells, steps = delta.shape
    kernel = np.zeros((cells, steps + 1, len(nodes)))
    score = np.arange(1, steps + 1)[:, None]
    kernel[:, 1:] = score * nodes - np.cumsum(delta, axis=1)[:, :, None]
    top = kernel.max(axis=1, keepdims=True)
    np.exp(kernel - top, out=kernel)
    total = kernel.sum(axis=1)
    reach = kernel[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:] / total[:, None]
    return Curves(reach, np.log(total) + top[:, 0], kernel)


def log_prior(nodes: np.ndarray, log_sd: float) -> np.ndarray:
    """Log weights of the nodes under N(0, sd squared), normalised over the nodes."""
    value = -0.5 * nodes**2 * np.exp(-2.0 * log_sd)
    return value - np.log(np.exp(value).sum())


def posterior(cells: Cells, delta: np.ndarray, curve: Curves, nodes: np.ndarray, log_sd: float) -> Posterior:
    """Where each person stands on the nodes, given all of that person's ratings in the cells."""
    passed = np.concatenate([np.zeros((len(delta), 1)), np.cumsum(delta, axis=1)], axis=1)
    spent = np.bincount(
        cells.rating_person, weights=passed[cells.rating_cell, cells.score], minlength=cells.counts.shape[0]
    )
    joint = cells.total[:, None] * nodes - spent[:, None] - cells.counts @ curve.log_sum + log_prior(nodes, log_sd)
    top = joint.max(axis=1, keepdims=True)
    np.exp(joint - top, out=joint)
    total = joint.sum(axis=1, keepdims=True)
    return Posterior(joint / total, np.log(total[:, 0]) + top[:, 0])


def told_spread(cells: Cells, curve: Curves, post: Posterior, log_sd: float) -> np.ndarray:
    """Posterior deviation of each person as the information of the ratings has it, free of the distance of nodes."""
    told = ((cells.counts @ curve.variance) * post.weights).sum(axis=1)
    return 1.0 / np.sqrt(told + np.exp(-2.0 * log_sd))


def finer_nodes(nodes: np.ndarray, narrow: float, wide: float) -> np.ndarray:
    """Nodes for a posterior deviation ``narrow`` and ends at ``wide`` at least; the same nodes where they will do.

    Sums over equally spaced nodes are exact to .002 while the deviation is .6 of their distance (Poisson summation).
    """
    distance, end = nodes[1] - nodes[0], max(nodes[-1], wide)
    if narrow >= 0.6 * distance and end == nodes[-1]:
        return nodes
    if narrow < 0.6 * distance:
        distance = narrow / 0.75
    count = min(int(np.ceil(2.0 * end / distance)) // 2 * 2 + 1, MOST_NODES)
    return np.linspace(-end, end, count)


def settle(
    cells: Cells, layout: Layout, parameters: np.ndarray, nodes: np.ndarray
) -> tuple[np.ndarray, Curves, Posterior]:
    """Nodes fine enough for the best known person, with the curves and the posterior on them."""
    delta = layout.thresholds(cells, parameters)
    while True:
        curve = curves(delta, nodes)
        post = posterior(cells, delta, curve, nodes, parameters[-1])
        finer = finer_nodes(nodes, float(told_spread(cells, curve, post, parameters[-1]).min()), 0.0)
        if len(finer) <= len(nodes):
            return nodes, curve, post
        nodes = finer


def severity_error(
    cells: Cells, curve: Curves, post: Posterior, nodes: np.ndarray, covariance: np.ndarray
) -> np.ndarray:
    """Variance that not knowing the severities exactly adds to each level (delta method).

    covariance: of the severities. The slope of a level by a severity is the posterior covariance of theta with the
    expected total of that observer's ratings of the person.
    """
    pull = post.weights * (nodes - (post.weights @ nodes)[:, None])
    entry, width = cells.counts.tocoo(), len(covariance)
    slope = entry.data * np.einsum("iq,iq->i", pull[entry.row], curve.expected[entry.col])
    place = entry.row.astype(np.int64) * width + cells.observer[entry.col]
    by_observer = np.bincount(place, weights=slope, minlength=len(pull) * width).reshape(-1, width)
    return ((by_observer @ covariance) * by_observer).sum(axis=1)


def gradient(
    cells: Cells, curve: Curves, post: Posterior, design: np.ndarray, nodes: np.ndarray, log_sd: float
) -> np.ndarray:
    """Derivative of the marginal log-likelihood by all parameters."""
    expected_counts = cells.counts.T @ post.weights
    residual = np.einsum("kq,kjq->kj", expected_counts, curve.reach) - cells.reached
    result = np.tensordot(residual, design, axes=([0, 1], [0, 1]))
    precision = np.exp(-2.0 * log_sd)
    squares = nodes**2
    prior_mean = np.exp(log_prior(nodes, log_sd)) @ squares
    result[-1] = precision * ((post.weights @ squares).sum() - len(post.weights) * prior_mean)
    return result


def complete_information(
    cells: Cells, curve: Curves, post: Posterior, design: np.ndarray, nodes: np.ndarray, log_sd: float
) -> np.ndarray:
    """Information if every theta were seen, averaged over the posterior."""
    counts = cells.counts.T @ post.weights
    reach, steps = curve.reach, curve.reach.shape[1]
    weighted = counts[:, None] * reach
    block = -np.einsum("kiq,kjq->kij", weighted, reach)
    later = np.maximum.outer(np.arange(steps), np.arange(steps))
    block += weighted.sum(axis=2)[:, later]
    size = design.shape[2]
    half = np.matmul(block, design)
    result = design.reshape(-1, size).T @ half.reshape(-1, size)
    weight = np.exp(log_prior(nodes, log_sd))
    rate, squares = 0.5 * np.exp(-2.0 * log_sd), nodes**2
    mean = weight @ squares
    spread = weight @ squares**2 - mean**2
    people = len(post.weights)
    result[-1, -1] = 4.0 * rate * ((post.weights @ squares).sum() - people * mean) + 4.0 * rate**2 * people * spread
    return result


def missing_information(
    cells: Cells, curve: Curves, post: Posterior, layout: Layout, nodes: np.ndarray, log_sd: float
) -> np.ndarray:
    """Information lost because theta is not seen: posterior covariance of the complete score (Louis 1982)."""
    people = cells.counts.shape[0]
    result = np.zeros((layout.size, layout.size))
    step = max(1, CHUNK // (layout.size * len(nodes)))
    for start in range(0, people, step):
        rows = slice(start, min(start + step, people))
        score = _complete_scores(cells, curve, layout, nodes, log_sd, rows)
        weight = post.weights[rows]
        score -= np.matmul(score, weight[:, :, None])
        score *= np.sqrt(weight)[:, None, :]
        # person by person: products too small for the linear algebra library to wait for its threads
        result += np.matmul(score, score.transpose(0, 2, 1)).sum(axis=0)
    return result


def _complete_scores(
    cells: Cells, curve: Curves, layout: Layout, nodes: np.ndarray, log_sd: float, rows: slice
) -> np.ndarray:
    """The part of the complete-data score that depends on theta: persons x parameters x nodes."""
    counts = cells.counts[rows.start : rows.stop]
    people, width = counts.shape[0], len(nodes)
    result = np.empty((people, layout.size, width))
    expected = curve.expected
    entry = counts.tocoo()
    for place, names, of_cell in (
        (slice(0, layout.n_criteria), layout.n_criteria, cells.criterion),
        (layout.observers, layout.n_observers, cells.observer),
    ):
        row = entry.row.astype(np.int64) * names + of_cell[entry.col]
        spread = csr_array((entry.data, (row, entry.col)), shape=(people * names, counts.shape[1]))
        result[:, place] = (spread @ expected).reshape(people, names, width)
    for group, part in enumerate(layout.step_slices()):
        here = np.flatnonzero(layout.group[cells.criterion] == group)
        steps = part.stop - part.start
        reach = curve.reach[here, :steps].reshape(len(here), steps * width)
        result[:, part] = (counts[:, here] @ reach).reshape(people, steps, width)
    result[:, -1] = nodes**2 * np.exp(-2.0 * log_sd)
    return result
