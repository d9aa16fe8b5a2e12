"""Maximise the penalised marginal likelihood of the many-facet model by Newton steps with the exact information."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models import facet_likelihood as likelihood
from models.facet_data import Cells
from models.facet_likelihood import Curves, Layout, Posterior

WEAK_SD = 10.0  # logits; keeps a criterion with a handful of equal ratings finite, moves nothing else
VARIANCE_PRIOR = (0.02, 1.0)  # worth of a fiftieth of a person at variance 1: keeps the person variance above zero
OBSERVER_PRIOR = (1.0, 0.25)  # worth of one more observer half a logit off: keeps two alike observers from tau = 0
NEAR = 0.01  # gain in log-likelihood below which a step no longer needs its own information
LOG_SD_RANGE = (np.log(0.05), np.log(20.0))


@dataclass
class Solution:
    """Where the search ended: parameters, their covariance, observer variance, nodes, the posterior of persons."""

    parameters: np.ndarray
    covariance: np.ndarray
    observer_variance: float
    nodes: np.ndarray
    post: Posterior
    n_iter: int
    converged: bool


@dataclass
class _Point:
    parameters: np.ndarray
    curve: Curves
    post: Posterior
    value: float


class Search:
    """One maximisation: holds what does not change from step to step."""

    def __init__(self, cells: Cells, layout: Layout, shrink: bool) -> None:
        self.cells, self.layout, self.shrink = cells, layout, shrink
        self.design = layout.design(cells)
        self.free = layout.contrasts()

    def run(self, nodes: np.ndarray, max_iter: int, tol: float) -> Solution:
        """Loose search on the given nodes, then on nodes fine and wide enough for most persons."""
        parameters, tau2 = self._start(), 0.5
        parameters, tau2, used, _, _ = self._climb(parameters, tau2, nodes, max_iter, 0.05)
        nodes = self._suited_nodes(parameters, nodes)
        parameters, tau2, more, converged, covariance = self._climb(parameters, tau2, nodes, max_iter - used, tol)
        point = self._evaluate(parameters, tau2, nodes)
        covariance = self._clean_covariance(point, covariance, tau2, nodes)
        return Solution(parameters, covariance, tau2, nodes, point.post, used + more, converged)

    def _clean_covariance(self, point: _Point, covariance: np.ndarray, tau2: float, nodes: np.ndarray) -> np.ndarray:
        """Standard errors must not hang on where the nodes lie: taken anew where some posterior is narrow for them."""
        spread = likelihood.told_spread(self.cells, point.curve, point.post, point.parameters[-1])
        finer = likelihood.finer_nodes(nodes, float(spread.min()), 0.0)
        if finer is nodes:
            return covariance
        point = self._evaluate(point.parameters, tau2, finer)
        _, complete = self._slope(point, tau2, finer)
        return self._inverse(self._information(point, complete, finer), tau2)

    def _start(self) -> np.ndarray:
        """Adjacent-category logits of each step group, observers alike, person variance 1."""
        layout, cells = self.layout, self.cells
        parameters = np.zeros(layout.size)
        group_of_cell = layout.group[cells.criterion]
        at_all = np.asarray(cells.counts.sum(axis=0)).ravel()
        reached = np.concatenate([at_all[:, None], cells.reached, np.zeros((len(at_all), 1))], axis=1)
        given = reached[:, :-1] - reached[:, 1:]
        for group, part in enumerate(layout.step_slices()):
            steps = part.stop - part.start
            count = given[group_of_cell == group].sum(axis=0)[: steps + 1] + 0.5
            logit = -np.log(count[1:] / count[:-1])
            parameters[part] = logit - logit.mean()
            parameters[: layout.n_criteria][layout.group == group] = logit.mean()
        return parameters

    def _penalty(self, tau2: float) -> np.ndarray:
        precision = np.full(self.layout.size, WEAK_SD**-2)
        if self.shrink:
            precision[self.layout.observers] = 1.0 / tau2
        precision[-1] = 0.0
        return precision

    def _evaluate(self, parameters: np.ndarray, tau2: float, nodes: np.ndarray) -> _Point:
        delta = self.layout.thresholds(self.cells, parameters)
        curve = likelihood.curves(delta, nodes)
        post = likelihood.posterior(self.cells, delta, curve, nodes, parameters[-1])
        worth, guess = VARIANCE_PRIOR
        prior = -worth * (parameters[-1] + 0.5 * guess * np.exp(-2.0 * parameters[-1]))
        penalty = 0.5 * (self._penalty(tau2) * parameters**2).sum()
        return _Point(parameters, curve, post, float(post.log_likelihood.sum() + prior - penalty))

    def _slope(self, point: _Point, tau2: float, nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Gradient of the penalised likelihood in the full parameters, and the complete information without penalty."""
        log_sd = point.parameters[-1]
        args = (self.cells, point.curve, point.post, self.design, nodes, log_sd)
        slope = likelihood.gradient(*args) - self._penalty(tau2) * point.parameters
        complete = likelihood.complete_information(*args)
        worth, guess = VARIANCE_PRIOR
        pull = guess * np.exp(-2.0 * log_sd)
        slope[-1] += worth * (pull - 1.0)
        complete[-1, -1] += 2.0 * worth * pull
        return slope, complete

    def _information(self, point: _Point, complete: np.ndarray, nodes: np.ndarray) -> np.ndarray:
        """Observed information without the penalty; the complete one where the observed one is not positive."""
        missing = likelihood.missing_information(
            self.cells, point.curve, point.post, self.layout, nodes, point.parameters[-1]
        )
        observed = complete - missing
        try:
            np.linalg.cholesky(self._inside(observed, WEAK_SD**2))
        except np.linalg.LinAlgError:
            told_of_sd = 2.0 * self.cells.counts.shape[0]  # information of seen thetas on the log of their deviation
            complete[-1, -1] = max(complete[-1, -1], told_of_sd)
            return complete
        return observed

    def _inside(self, information: np.ndarray, tau2: float) -> np.ndarray:
        return self.free.T @ (information + np.diag(self._penalty(tau2))) @ self.free

    def _inverse(self, information: np.ndarray, tau2: float) -> np.ndarray:
        """Inverse of the penalised information in the allowed directions."""
        root = np.linalg.inv(np.linalg.cholesky(self._inside(information, tau2))) @ self.free.T
        return root.T @ root

    def _climb(
        self, parameters: np.ndarray, tau2: float, nodes: np.ndarray, max_iter: int, tol: float
    ) -> tuple[np.ndarray, float, int, bool, np.ndarray]:
        """Newton steps until the promised gain in log-likelihood is below tol and the observer variance rests.

        Near the end the information is taken over from the step before: it moves by far less than the parameters.
        """
        point, gain = self._evaluate(parameters, tau2, nodes), np.inf
        information = covariance = np.zeros((self.layout.size, self.layout.size))
        for used in range(1, max(max_iter, 1) + 1):
            slope, complete = self._slope(point, tau2, nodes)
            if gain > NEAR:
                information = self._information(point, complete, nodes)
            covariance = self._inverse(information, tau2)
            step = covariance @ slope
            gain = 0.5 * float(step @ slope)
            moved = 0.0
            if self.shrink:
                new = self._observer_variance(point.parameters, covariance, tau2)
                moved, tau2 = abs(np.log(new / tau2)), new
            if gain < tol and moved < 1e-3 + tol:
                return point.parameters, tau2, used, True, covariance
            point = self._advance(point, step, tau2, nodes)
        return point.parameters, tau2, used, False, covariance

    def _advance(self, point: _Point, step: np.ndarray, tau2: float, nodes: np.ndarray) -> _Point:
        """The longest of the halved steps that does not lose likelihood; no parameter moves by more than 3."""
        here = self._evaluate(point.parameters, tau2, nodes).value if self.shrink else point.value
        scale = min(1.0, 3.0 / max(np.abs(step).max(), 1e-12))
        for _ in range(30):
            trial = point.parameters + scale * step
            trial[-1] = np.clip(trial[-1], *LOG_SD_RANGE)
            new = self._evaluate(trial, tau2, nodes)
            if new.value >= here - 1e-9:
                return new
            scale *= 0.5
        return self._evaluate(point.parameters, tau2, nodes)

    def _observer_variance(self, parameters: np.ndarray, covariance: np.ndarray, tau2: float) -> float:
        """Laplace: fixed point of the marginal likelihood of tau2 (MacKay 1992), one weak prior observer added."""
        place = self.layout.observers
        severity = parameters[place]
        worth, guess = OBSERVER_PRIOR
        known = len(severity) - 1 - np.trace(covariance[place, place]) / tau2
        return min(float((severity @ severity + worth * guess) / (max(known, 0.0) + worth)), WEAK_SD**2)

    def _suited_nodes(self, parameters: np.ndarray, nodes: np.ndarray) -> np.ndarray:
        """Nodes as asked, unless most posteriors are too narrow for their distance or persons too wide for their ends."""
        point = self._evaluate(parameters, 1.0, nodes)
        spread = likelihood.told_spread(self.cells, point.curve, point.post, parameters[-1])
        wide = 3.5 * float(np.exp(parameters[-1]))
        return likelihood.finer_nodes(nodes, float(np.median(spread)), wide)
