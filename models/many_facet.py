"""Ratings of persons by observers on criteria: levels of persons with the severity of observers taken out."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted

from models import facet_likelihood as likelihood
from models.connectivity import DisconnectedDesignWarning, describe_parts, split
from models.facet_data import Cells, Ratings, build_cells, category_sets, group_of_sets, positions, read_ratings, scores
from models.facet_likelihood import Curves, Layout, Posterior
from models.facet_newton import Search, Solution

NODE_END = 8.0


@dataclass(frozen=True)
class Observed:
    """Ratings with their scores in place of values, the nodes, and what the model says of them there."""

    ratings: Ratings
    cells: Cells
    nodes: np.ndarray
    curves: Curves
    posterior: Posterior


class ManyFacetRating(TransformerMixin, BaseEstimator):
    """Many-facet rating scale model (Linacre 1989), marginal maximum likelihood.

    log(P_k / P_k-1) = theta_person - criterion - observer - step_k, theta ~ N(0, variance); observers and steps sum to
    zero; a positive observer is severe, a positive criterion hard. Unit of all values: logits.

    Parameters
    ----------
    observers : "random" or "fixed"
        fixed: severities are free and sum to zero, the audit reading. random: severities ~ N(0, tau2) and are shrunk;
        tau2 comes from the Laplace approximation of its marginal likelihood (the penalised severities with their
        inverse information, MacKay's fixed point, a weak prior worth one observer half a logit off), and the person
        variance allows for the error of the severities.
    n_nodes : int
        Nodes on -8..8 for the estimation; more are taken where most posteriors are narrower than their distance can
        carry, and the ends move out where persons vary more. Levels are always taken on nodes that are fine enough.
    max_iter, tol : int, float
        Newton steps at most, and the gain in log-likelihood below which the search ends.

    Criteria and steps have N(0, 10 squared) priors and the variance one worth a fiftieth of a person: both only keep
    parameters finite where nearly nothing was seen. Criteria whose sets of categories differ have steps of their own;
    a category that nobody used is collapsed (``categories_`` keeps the codes of each criterion). Several ratings of
    the same person, observer and criterion all count. Rows without a rating are left out.

    Attributes
    ----------
    observers_, criteria_ : Series of severities and of difficulties
    observer_errors_, criterion_errors_ : Series of standard errors (inverse observed information; random: posterior)
    observer_variance_ : float, tau2 (random) or the variance of the severities (fixed)
    steps_ : array, or dict criterion -> array where sets of categories differ
    person_variance_, log_likelihood_, reliability_ : float; the reliability is that of the EAP
    persons_ : DataFrame index person; level (EAP), se (posterior standard deviation; with random observers it covers
        the error of their severities, with fixed ones these are taken as known, as other software does)
    categories_ : dict criterion -> codes; nodes_; n_parameters_; n_iter_; converged_
    """

    def __init__(self, observers: str = "random", n_nodes: int = 41, max_iter: int = 100, tol: float = 1e-6) -> None:
        self.observers = observers
        self.n_nodes = n_nodes
        self.max_iter = max_iter
        self.tol = tol

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.no_validation = True
        tags.input_tags.two_d_array = False
        return tags

    def fit(self, ratings: pd.DataFrame, y: None = None) -> Self:
        """Estimate all facets from a table person, observer, criterion, rating (integer codes).

        ValueError: columns missing, ratings that are no integers, one category only, a wrong parameter; with fixed
        observers also a disconnected design (with random observers: DisconnectedDesignWarning).
        """
        self._check_parameters()
        read = read_ratings(ratings)
        sets = category_sets(read)
        self._check_links(read)
        group, n_steps = group_of_sets(sets)
        layout = Layout(len(read.criteria), len(read.observers), group, n_steps)
        scored = replace(read, value=scores(read.criterion, read.value, sets, read.criteria))
        cells = build_cells(scored, len(read.persons), max(n_steps))
        nodes = np.linspace(-NODE_END, NODE_END, self.n_nodes)
        found = Search(cells, layout, self.observers == "random", nodes).run(self.max_iter, self.tol)
        if not found.converged:
            warnings.warn(f"no convergence in {self.max_iter} steps", ConvergenceWarning, stacklevel=2)
        self._layout, self._parameters, self._sets = layout, found.parameters, sets
        self._keep(read, cells, layout, sets, found)
        return self

    def transform(self, ratings: pd.DataFrame) -> pd.DataFrame:
        """Levels of the people in a table of ratings: DataFrame index person; level, se. Nothing is estimated anew.

        ValueError also for an observer, a criterion or a code that was not seen in fit.
        """
        check_is_fitted(self)
        read = read_ratings(ratings)
        return self._levels(self._known(read), np.arange(len(read.value)))

    def measures_by(
        self,
        ratings: pd.DataFrame,
        groups: Mapping[Any, Sequence[Any]],
        prior_variance: float | None = None,
    ) -> dict[Hashable, pd.DataFrame]:
        """Levels from parts of the criteria: group -> DataFrame index person; level, se.

        Severities, criteria and steps are those of the fit, the prior is N(0, prior_variance) for each group, by
        default person_variance_; people without a rating in a group are not in its table. se is the posterior standard
        deviation, so the error variance of the group is 1 / (1 / se**2 - 1 / prior variance). Give a wide prior where
        the groups mean different traits: what they have in common may vary far less than each of them.
        """
        check_is_fitted(self)
        for name, wanted in groups.items():
            unknown = [str(criterion) for criterion in wanted if criterion not in self.criteria_.index]
            if unknown:
                raise ValueError(f"group {name}: criteria not seen in fit: {', '.join(unknown)}")
        known = self._known(read_ratings(ratings))
        result = {}
        for name, wanted in groups.items():
            member = self.criteria_.index.isin(list(wanted))
            result[name] = self._levels(known, np.flatnonzero(member[known.criterion]), prior_variance)
        return result

    def observe(self, ratings: pd.DataFrame) -> Observed:
        """Ratings placed under the fitted model: what the checks of observers, persons and criteria start from."""
        check_is_fitted(self)
        known = self._known(read_ratings(ratings))
        cells = build_cells(known, len(known.persons), max(self._layout.n_steps))
        nodes, curve, post = likelihood.settle(cells, self._layout, self._parameters, self.nodes_)
        return Observed(known, cells, nodes, curve, post)

    def _known(self, read: Ratings) -> Ratings:
        """The same ratings with codes of the fitted observers and criteria, and scores for values."""
        observers, criteria = self.observers_.index, self.criteria_.index
        observer = positions(read.observers, observers, "observers")[read.observer]
        criterion = positions(read.criteria, criteria, "criteria")[read.criterion]
        score = scores(criterion, read.value, self._sets, criteria)
        return replace(
            read, observer=observer, criterion=criterion, value=score, observers=observers, criteria=criteria
        )

    def _levels(self, known: Ratings, rows: np.ndarray, variance: float | None = None) -> pd.DataFrame:
        present, person = np.unique(known.person[rows], return_inverse=True)
        names = known.persons[present]
        if not len(rows):
            return pd.DataFrame({"level": [], "se": []}, index=names, dtype=float)
        observer, criterion, score = known.observer[rows], known.criterion[rows], known.value[rows]
        part = replace(known, person=person, observer=observer, criterion=criterion, value=score)
        cells = build_cells(part, len(names), max(self._layout.n_steps))
        return self._place(cells, names, variance)

    def _place(self, cells: Cells, names: pd.Index, variance: float | None = None) -> pd.DataFrame:
        """EAP and error of each person; the error covers the severities too where they are random."""
        variance = self.person_variance_ if variance is None else variance
        parameters = np.append(self._parameters[:-1], 0.5 * np.log(variance))
        nodes, curve, post = likelihood.settle(cells, self._layout, parameters, self.nodes_)
        level, se = post.moments(nodes)
        if self._severity_covariance is not None:
            more = likelihood.severity_error(cells, curve, post, nodes, self._severity_covariance)
            # never beyond what is known of a person without ratings
            se = np.minimum(np.sqrt(se**2 + more), np.maximum(se, 0.999 * np.sqrt(variance)))
        return pd.DataFrame({"level": level, "se": se}, index=names)

    def _check_parameters(self) -> None:
        if self.observers not in ("random", "fixed"):
            raise ValueError(f"observers must be 'random' or 'fixed', not {self.observers!r}")
        if not isinstance(self.n_nodes, (int, np.integer)) or self.n_nodes < 11:
            raise ValueError(f"n_nodes must be a whole number of at least 11, not {self.n_nodes!r}")
        if not isinstance(self.max_iter, (int, np.integer)) or self.max_iter < 1:
            raise ValueError(f"max_iter must be a whole number of at least 1, not {self.max_iter!r}")
        if not self.tol > 0:
            raise ValueError(f"tol must be above 0, not {self.tol!r}")

    def _check_links(self, read: Ratings) -> None:
        """Severities can be compared only through shared persons, and told from difficulty through shared criteria."""
        for left, names, word in (
            (read.person, read.persons, "persons"),
            (read.criterion, read.criteria, "criteria"),
        ):
            parts = split(left, read.observer, names, read.observers)
            if len(parts) == 1:
                continue
            message = f"observers and {word} fall into {len(parts)} parts without a link: {describe_parts(parts, word)}"
            if self.observers == "fixed":
                raise ValueError(message)
            warnings.warn(DisconnectedDesignWarning(message, parts), stacklevel=3)

    def _keep(self, read: Ratings, cells: Cells, layout: Layout, sets: list[np.ndarray], found: Solution) -> None:
        values, errors = found.parameters, np.sqrt(np.diag(found.covariance))
        criteria, place = slice(0, layout.n_criteria), layout.observers
        self.criteria_ = pd.Series(values[criteria], index=read.criteria, name="difficulty")
        self.criterion_errors_ = pd.Series(errors[criteria], index=read.criteria, name="se")
        self.observers_ = pd.Series(values[place], index=read.observers, name="severity")
        self.observer_errors_ = pd.Series(errors[place], index=read.observers, name="se")
        steps = [values[part] for part in layout.step_slices()]
        self.steps_ = (
            steps[0].copy()
            if len(steps) == 1
            else {name: steps[g].copy() for name, g in zip(read.criteria, layout.group, strict=True)}
        )
        self.categories_ = {name: codes.copy() for name, codes in zip(read.criteria, sets, strict=True)}
        self.person_variance_ = float(np.exp(2.0 * values[-1]))
        told = float((values[place] ** 2).sum() / max(layout.n_observers - 1, 1))
        self.observer_variance_ = found.observer_variance if self.observers == "random" else told
        self.log_likelihood_ = float(found.post.log_likelihood.sum())
        self.nodes_ = found.nodes
        self._severity_covariance = found.covariance[place, place] if self.observers == "random" else None
        self.persons_ = self._place(cells, read.persons)
        between = float(np.var(self.persons_["level"]))
        self.reliability_ = between / (between + float(np.mean(self.persons_["se"] ** 2)))
        self.n_parameters_ = layout.size - 1 - len(layout.n_steps)
        self.n_iter_, self.converged_ = found.n_iter, found.converged
