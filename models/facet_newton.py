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
RESTING = 1e-3  # share by which the variance of observers may still move at the end
LOG_SD_RANGE = (np.log(0.05), np.log(10.0))


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


class Search:
    """One maximisation: what stays (cells, design), and the variances that settle on the way.

    tau2 is the variance of the observers; blur the sum over persons of the variance that not knowing the severities
    adds to their levels. Both come from the inverse information: with random observers the mode of the severities is
    no substitute for them, and persons seen by the same few observers would look too alike.
    """

    def __init__(self, cells: Cells, layout: Layout, shrink: bool, nodes: np.ndarray) -> None:
        self.cells, self.layout, self.shrink, self.nodes = cells, layout, shrink, nodes
        self.design = layout.design(cells)
        self.free = layout.contrasts()
        self.tau2, self.blur = 0.5, 0.0

    def run(self, max_iter: int, tol: float) -> Solution:
        """Loose search on the given nodes, then on nodes fine and wide enough for most persons."""
        point, _, used, _ = self._climb(self._evaluate(self._start()), max_iter, 0.05)
        self._suit_nodes(point)
        point, covariance, more, converged = self._climb(self._evaluate(point.parameters), max_iter - used, tol)
        nodes, post = self.nodes, point.post
        covariance = self._clean_covariance(point, covariance)
        return Solution(point.parameters, covariance, self.tau2, nodes, post, used + more, converged)

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

    def _climb(self, point: _Point, max_iter: int, tol: float) -> tuple[_Point, np.ndarray, int, bool]:
        """Newton steps until the promised gain in log-likelihood is below tol and the observers' variance rests.

        Near the end the information is taken over from the step before: it moves by far less than the parameters.
        """
        gain = np.inf
        information = np.zeros((self.layout.size, self.layout.size))
        for used in range(1, max(max_iter, 1) + 1):
            args = (self.cells, point.curve, point.post, self.design, self.nodes, point.parameters[-1])
            if gain > NEAR:
                information = self._information(point, likelihood.complete_information(*args))
            covariance = self._inverse(information, point)
            moved = 0.0
            if self.shrink:
                moved = self._settle_observers(point, covariance)
                covariance = self._inverse(information, point)
            slope = likelihood.gradient(*args) + self._prior_slope(point.parameters)
            held = self._hold(slope, point.parameters[-1])
            step = (self._inverse(information, point, held) if held else covariance) @ slope
            gain = 0.5 * float(step @ slope)
            if gain < tol and moved < RESTING + tol:
                return point, covariance, used, True
            point = self._advance(point, step)
        return point, covariance, used, False

    def _advance(self, point: _Point, step: np.ndarray) -> _Point:
        """The longest of the halved steps that does not lose likelihood; no parameter moves by more than 3."""
        here = self._value(point)
        scale = min(1.0, 3.0 / max(np.abs(step).max(), 1e-12))
        for _ in range(30):
            trial = point.parameters + scale * step
            trial[-1] = np.clip(trial[-1], *LOG_SD_RANGE)
            new = self._evaluate(trial)
            if self._value(new) >= here - 1e-9:
                return new
            scale *= 0.5
        return point

    def _evaluate(self, parameters: np.ndarray) -> _Point:
        delta = self.layout.thresholds(self.cells, parameters)
        curve = likelihood.curves(delta, self.nodes)
        post = likelihood.posterior(self.cells, delta, curve, self.nodes, parameters[-1])
        return _Point(parameters, curve, post)

    def _penalty(self, tau2: float) -> np.ndarray:
        precision = np.full(self.layout.size, WEAK_SD**-2)
        if self.shrink:
            precision[self.layout.observers] = 1.0 / tau2
        precision[-1] = 0.0
        return precision

    def _variance_pull(self, parameters: np.ndarray) -> float:
        """Squares that the prior and the blur add to those of the persons, over the person variance."""
        worth, guess = VARIANCE_PRIOR
        return float((worth * guess + self.blur) * np.exp(-2.0 * parameters[-1]))

    def _value(self, point: _Point) -> float:
        """Penalised log-likelihood under the variances of the moment."""
        spread = VARIANCE_PRIOR[0] * point.parameters[-1] + 0.5 * self._variance_pull(point.parameters)
        penalty = 0.5 * (self._penalty(self.tau2) * point.parameters**2).sum()
        return float(point.post.log_likelihood.sum() - spread - penalty)

    def _prior_slope(self, parameters: np.ndarray) -> np.ndarray:
        slope = -self._penalty(self.tau2) * parameters
        slope[-1] = self._variance_pull(parameters) - VARIANCE_PRIOR[0]
        return slope

    def _hold(self, slope: np.ndarray, log_sd: float) -> bool:
        """Whether the person variance is at an end of its range and would go beyond: then it is held for this step."""
        lowest, highest = LOG_SD_RANGE
        return bool((log_sd <= lowest and slope[-1] < 0.0) or (log_sd >= highest and slope[-1] > 0.0))

    def _information(self, point: _Point, complete: np.ndarray) -> np.ndarray:
        """Observed information of the likelihood; the complete one where the observed one is not positive."""
        missing = likelihood.missing_information(
            self.cells, point.curve, point.post, self.layout, self.nodes, point.parameters[-1]
        )
        observed = complete - missing
        try:
            np.linalg.cholesky(self._inside(observed, point, WEAK_SD**2))
        except np.linalg.LinAlgError:
            told_of_sd = 2.0 * self.cells.counts.shape[0]  # information of seen thetas on the log of their deviation
            complete[-1, -1] = max(complete[-1, -1], told_of_sd)
            return complete
        return observed

    def _inside(self, information: np.ndarray, point: _Point, tau2: float) -> np.ndarray:
        """Penalised information in the allowed directions."""
        precision = self._penalty(tau2)
        precision[-1] = 2.0 * self._variance_pull(point.parameters)
        return self.free.T @ (information + np.diag(precision)) @ self.free

    def _inverse(self, information: np.ndarray, point: _Point, held: bool = False) -> np.ndarray:
        """Inverse of the penalised information; held: with the person variance (the last direction) left as it is."""
        inside, free = self._inside(information, point, self.tau2), self.free
        if held:
            inside, free = inside[:-1, :-1], free[:, :-1]
        try:
            factor = np.linalg.cholesky(inside)
        except np.linalg.LinAlgError:  # the blur shrank since the information was found positive: only its last
            inside = inside.copy()  # direction, the log deviation of persons, can have turned; hold it as if thetas
            inside[-1, -1] += 2.0 * self.cells.counts.shape[0]  # were seen
            factor = np.linalg.cholesky(inside)
        root = np.linalg.inv(factor) @ free.T
        return root.T @ root

    def _settle_observers(self, point: _Point, covariance: np.ndarray) -> float:
        """New tau2 and blur; returns how far they moved, as a share.

        tau2 is a fixed point of its marginal likelihood by Laplace's approximation (MacKay 1992), with one weak prior
        observer added.
        """
        place = self.layout.observers
        severity, error = point.parameters[place], covariance[place, place]
        worth, guess = OBSERVER_PRIOR
        known = max(len(severity) - 1 - np.trace(error) / self.tau2, 0.0)
        tau2 = min(float((severity @ severity + worth * guess) / (known + worth)), WEAK_SD**2)
        blur = float(likelihood.severity_error(self.cells, point.curve, point.post, self.nodes, error).sum())
        squares = len(point.post.weights) * np.exp(2.0 * point.parameters[-1])
        moved = max(abs(np.log(tau2 / self.tau2)), abs(blur - self.blur) / squares)
        self.tau2, self.blur = tau2, blur
        return float(moved)

    def _suit_nodes(self, point: _Point) -> None:
        """Nodes as asked, unless most posteriors are too narrow for them or persons vary beyond their ends."""
        spread = likelihood.told_spread(self.cells, point.curve, point.post, point.parameters[-1])
        wide = 3.5 * float(np.exp(point.parameters[-1]))
        self.nodes = likelihood.finer_nodes(self.nodes, float(np.median(spread)), wide)

    def _clean_covariance(self, point: _Point, covariance: np.ndarray) -> np.ndarray:
        """Standard errors must not hang on where the nodes lie: taken anew where some posterior is narrow for them."""
        spread = likelihood.told_spread(self.cells, point.curve, point.post, point.parameters[-1])
        finer = likelihood.finer_nodes(self.nodes, float(spread.min()), 0.0)
        if finer is self.nodes:
            return covariance
        self.nodes = finer
        point = self._evaluate(point.parameters)
        args = (self.cells, point.curve, point.post, self.design, self.nodes, point.parameters[-1])
        return self._inverse(self._information(point, likelihood.complete_information(*args)), point)
