"""Ratings of persons by observers on criteria: levels of persons with the severity of observers taken out."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted

from models import facet_likelihood as likelihood
from models.connectivity import DisconnectedDesignWarning, describe_parts, split
from models.facet_data import Cells, Ratings, build_cells, category_sets, group_of_sets, positions, read_ratings, scores
from models.facet_likelihood import Layout
from models.facet_newton import Search, Solution

NODE_END = 8.0


class ManyFacetRating(TransformerMixin, BaseEstimator):
    """Many-facet rating scale model (Linacre 1989), marginal maximum likelihood.

    log(P_k / P_k-1) = theta_person - criterion - observer - step_k, theta ~ N(0, variance); observers and steps sum to
    zero; a positive observer is severe, a positive criterion hard. Unit of all values: logits.

    Parameters
    ----------
    observers : "random" or "fixed"
        fixed: severities are free and sum to zero, the audit reading. random: severities ~ N(0, tau2) and are shrunk;
        tau2 comes from the Laplace approximation of its marginal likelihood (the penalised severities with their
        inverse information, MacKay's fixed point, a weak prior worth one observer half a logit off).
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
    persons_ : DataFrame index person; level (EAP), se (posterior standard deviation)
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
        score = scores(read.criterion, read.value, sets, read.criteria)
        cells = build_cells(read.person, read.observer, read.criterion, score, len(read.persons), max(n_steps))
        nodes = np.linspace(-NODE_END, NODE_END, self.n_nodes)
        found = Search(cells, layout, shrink=self.observers == "random").run(nodes, self.max_iter, self.tol)
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
        self, ratings: pd.DataFrame, groups: Mapping[Hashable, Sequence[Hashable]]
    ) -> dict[Hashable, pd.DataFrame]:
        """Levels from parts of the criteria: group -> DataFrame index person; level, se.

        Severities, criteria and steps are those of the fit, the prior is N(0, person_variance_) for each group;
        people without a rating in a group are not in its table. se is the posterior standard deviation, so the error
        variance of the group is 1 / (1 / se**2 - 1 / person_variance_).
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
            result[name] = self._levels(known, np.flatnonzero(member[known.criterion]))
        return result

    def _known(self, read: Ratings) -> Ratings:
        """The same ratings with codes of the fitted observers and criteria, and scores for values."""
        observer = positions(read.observers, self.observers_.index, "observers")[read.observer]
        criterion = positions(read.criteria, self.criteria_.index, "criteria")[read.criterion]
        score = scores(criterion, read.value, self._sets, self.criteria_.index)
        return Ratings(
            read.person, observer, criterion, score, read.persons, self.observers_.index, self.criteria_.index, read.kept
        )

    def _levels(self, known: Ratings, rows: np.ndarray) -> pd.DataFrame:
        present, person = np.unique(known.person[rows], return_inverse=True)
        names = known.persons[present]
        if not len(rows):
            return pd.DataFrame({"level": [], "se": []}, index=names, dtype=float)
        cells = build_cells(
            person, known.observer[rows], known.criterion[rows], known.value[rows], len(names), max(self._layout.n_steps)
        )
        level, se = likelihood.levels(cells, self._layout, self._parameters, self.nodes_)
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
        severity = self.observers_.to_numpy()
        self.observer_variance_ = (
            found.observer_variance if self.observers == "random" else float(severity @ severity / max(len(severity) - 1, 1))
        )
        self.log_likelihood_ = float(found.post.log_likelihood.sum())
        level, se = likelihood.levels(cells, layout, values, found.nodes)
        self.persons_ = pd.DataFrame({"level": level, "se": se}, index=read.persons)
        told = float(np.var(level))
        self.reliability_ = told / (told + float(np.mean(se**2)))
        self.nodes_ = found.nodes
        self.n_parameters_ = layout.size - 1 - len(layout.n_steps)
        self.n_iter_, self.converged_ = found.n_iter, found.converged
