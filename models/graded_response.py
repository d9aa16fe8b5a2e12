"""Samejima's graded response model: integer answers in, a measure of every person with its error out."""
from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from .graded_answers import AnswerTable, code_answers
from .graded_curves import Floats, Layout, WeakPrior, item_information, log_curves
from .graded_errors import observed_information, parameter_errors
from .graded_fit import GradedFit, Parameters, fit_graded, node_weights, start_values

FEW_PEOPLE = 100  # below this many people a slope of each item's own has to prove its worth
RANGE = 6.0  # nodes lie between minus and plus this many SD of people
FINER = 4  # draws are taken on a grid this many times finer than the nodes


class GradedResponse(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Graded response model, P(x >= k) = logistic(a theta + d_k), theta ~ N(0, 1) (Samejima 1969).

    Fitted by marginal maximum likelihood on `n_nodes` nodes from -6 to 6 (Bock & Aitkin 1981). Missing answers (NaN)
    are left out of the likelihood. Items may run against the others: slopes are free in sign, and all are turned so
    that their sum is positive.

    Parameters
    ----------
    prior : "weak" or None, default "weak"
        "weak": normal priors on slopes (SD 1.5) and intercepts (SD 5) that keep small samples and extreme items
        sensible; above 200 people they widen with the sample and move nothing. None: plain maximum likelihood.
    n_nodes : int, default 61
        More are taken where so many items would make posteriors narrower than the nodes are apart (`n_nodes_`).
    slopes : "auto", "free" or "equal", default "auto"
        "equal": one slope for all items but for the sign. "auto": free; with fewer than 100 people and a prior,
        equal unless the Bayesian information criterion prefers free ones.
    max_iter : int, default 500
        Most cycles of the search.
    tol : float, default 1e-5
        The search ends when one more cycle promises less than this in log-likelihood.

    Attributes
    ----------
    discrimination_ : ndarray of shape (n_items,), the slopes a
    intercepts_ : list of n_items arrays, falling d_k for the categories above the lowest
    categories_ : list of n_items arrays, the codes seen in fit; position = category of the model
    log_likelihood_ : float, at the estimates, priors not counted
    reliability_ : float, var(EAP) / (var(EAP) + mean(SE^2)) over people with answers
    wrong_key_ : bool ndarray of shape (n_items,), items that run against the majority
    equal_slopes_ : bool, n_parameters_ : int, bic_ : float
    n_iter_ : int, converged_ : bool, n_nodes_ : int
    """

    def __init__(
        self,
        prior: str | None = "weak",
        n_nodes: int = 61,
        slopes: str = "auto",
        max_iter: int = 500,
        tol: float = 1e-5,
    ) -> None:
        self.prior = prior
        self.n_nodes = n_nodes
        self.slopes = slopes
        self.max_iter = max_iter
        self.tol = tol

    def fit(self, X: ArrayLike, y: None = None) -> GradedResponse:
        """Estimate the items from people x items integer codes.

        Raises ValueError for answers that are no whole numbers and for items that all people answered alike, by name.
        """
        self._check_parameters()
        answers = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", ensure_min_samples=2)
        self.categories_, coded = code_answers(answers, self._item_names(), None)
        self._layout = Layout(tuple(len(codes) for codes in self.categories_))
        table = AnswerTable.build(self._layout, coded)
        fit = self._choose_slopes(table)
        turn = -1.0 if fit.parameters.slopes.sum() < 0 else 1.0
        self.discrimination_ = turn * fit.parameters.slopes
        self.n_nodes_ = len(fit.nodes)
        self.intercepts_ = self._layout.split(fit.parameters.intercepts)
        self.wrong_key_ = self.discrimination_ < 0
        self.log_likelihood_, self.n_iter_, self.converged_ = fit.log_likelihood, fit.n_iter, fit.converged
        self.bic_ = self._bic(fit, self.equal_slopes_, table.n_people)
        self.n_parameters_ = self._layout.n_thresholds + (1 if self.equal_slopes_ else self._layout.n_items)
        self.reliability_ = self._reliability(table)
        return self

    def transform(self, X: ArrayLike) -> NDArray[np.float64]:
        """Expected a posteriori value of every person, shape (n_people, 1); 0 for a person without answers."""
        return self._moments(X)[0][:, None]

    def standard_error(self, X: ArrayLike) -> NDArray[np.float64]:
        """Posterior standard deviation of every person, shape (n_people,); 1 for a person without answers."""
        return self._moments(X)[1]

    def sample(self, X: ArrayLike, n_draws: int = 1000, random_state: Any = None) -> NDArray[np.float64]:
        """Draws from every person's posterior, shape (n_draws, n_people), by inversion of the distribution function.

        The posterior is taken on a grid four times finer than the nodes and spread evenly between its points.
        """
        random = check_random_state(random_state)
        table = self._table(X)
        nodes = np.linspace(-RANGE, RANGE, FINER * (self.n_nodes_ - 1) + 1)
        half = (nodes[1] - nodes[0]) / 2
        edges = np.append(nodes - half, nodes[-1] + half)
        draws = np.empty((n_draws, len(table.coded)))
        for rows, posterior, _, _ in self._posteriors(table, nodes):
            cumulated = np.zeros((len(posterior), len(edges)))
            np.cumsum(posterior, axis=1, out=cumulated[:, 1:])
            for person, distribution in zip(range(rows.start, rows.stop), cumulated, strict=True):
                draws[:, person] = np.interp(random.random_sample(n_draws), distribution / distribution[-1], edges)
        return draws

    def information(self, theta: ArrayLike) -> NDArray[np.float64]:
        """Test information at every theta; 1 / sqrt(information + 1) is about the standard error there."""
        return self.item_information(theta).sum(axis=0)

    def item_information(self, theta: ArrayLike) -> NDArray[np.float64]:
        """Information of every item at every theta, shape (n_items, n_thetas)."""
        check_is_fitted(self)
        nodes = np.atleast_1d(np.asarray(theta, dtype=np.float64))
        return item_information(self._layout, self.discrimination_, np.concatenate(self.intercepts_), nodes)

    def log_probabilities(self, item: int, theta: ArrayLike) -> NDArray[np.float64]:
        """log P(category | theta) of one item (by position), shape (n_categories, n_thetas)."""
        check_is_fitted(self)
        one = Layout((len(self.categories_[item]),))
        places = np.atleast_1d(np.asarray(theta, dtype=np.float64))
        return log_curves(one, self.discrimination_[item : item + 1], self.intercepts_[item], places)

    def parameter_errors(self, X: ArrayLike) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
        """Standard errors of slopes, shape (n_items,), and intercepts (list as intercepts_) from the answers of fit.

        From the observed information (Louis 1982). With equal slopes the error of the common slope stands at all items.
        """
        table = self._table(X)
        parameters = Parameters(self.discrimination_, np.concatenate(self.intercepts_))
        information = observed_information(table, parameters, self._nodes(), self._prior(table))
        signs = np.sign(self.discrimination_) if self.equal_slopes_ else None
        errors = parameter_errors(information, signs)
        return errors[: self.n_features_in_], self._layout.split(errors[self.n_features_in_ :])

    def marginal_reliability(self) -> float:
        """Reliability expected in the population: mean of I(theta) / (I(theta) + 1) over theta ~ N(0, 1)."""
        nodes = self._nodes()
        information = self.information(nodes)
        return float(np.exp(-0.5 * nodes**2) @ (information / (information + 1)) / np.exp(-0.5 * nodes**2).sum())

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        return tags

    @property
    def _n_features_out(self) -> int:
        return 1

    def _check_parameters(self) -> None:
        if self.prior not in ("weak", None):
            raise ValueError(f'prior must be "weak" or None, not {self.prior!r}')
        if self.slopes not in ("auto", "free", "equal"):
            raise ValueError(f'slopes must be "auto", "free" or "equal", not {self.slopes!r}')
        if self.n_nodes < 5:
            raise ValueError(f"n_nodes must be at least 5, not {self.n_nodes}")

    def _item_names(self) -> list[str]:
        return [str(name) for name in getattr(self, "feature_names_in_", range(self.n_features_in_))]

    def _nodes(self) -> Floats:
        return np.linspace(-RANGE, RANGE, self.n_nodes_)

    def _prior(self, table: AnswerTable) -> WeakPrior:
        return WeakPrior() if self.prior is None else WeakPrior.for_people(table.n_people)

    def _choose_slopes(self, table: AnswerTable) -> GradedFit:
        """The fit asked for; with few people equal slopes unless BIC prefers free ones."""
        few = self.slopes == "auto" and self.prior is not None and table.n_people < FEW_PEOPLE
        nodes = np.linspace(-RANGE, RANGE, self.n_nodes)

        def search(start: Parameters, equal: bool) -> GradedFit:
            return fit_graded(table, nodes, self._prior(table), start, equal, self.max_iter, self.tol)

        start = start_values(table)
        self.equal_slopes_ = self.slopes == "equal" or few
        fit = search(start, self.equal_slopes_)
        if few:
            free = search(fit.parameters, False)
            if self._bic(free, False, table.n_people) < self._bic(fit, True, table.n_people):
                self.equal_slopes_, fit = False, free
        return fit

    def _bic(self, fit: GradedFit, equal: bool, n_people: float) -> float:
        count = self._layout.n_thresholds + (1 if equal else self._layout.n_items)
        return float(count * np.log(n_people) - 2 * fit.log_likelihood)

    def _curves(self, nodes: Floats) -> Floats:
        return log_curves(self._layout, self.discrimination_, np.concatenate(self.intercepts_), nodes)

    def _table(self, X: ArrayLike) -> AnswerTable:
        """New answers coded by the categories of fit, one row a person in the order given."""
        check_is_fitted(self)
        answers = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        _, coded = code_answers(answers, self._item_names(), self.categories_)
        n_people = len(coded)
        return AnswerTable(self._layout, coded, np.ones(n_people), np.zeros(n_people, dtype=np.int64))

    def _posteriors(self, table: AnswerTable, nodes: Floats) -> Any:
        weights = node_weights(nodes, Parameters(self.discrimination_, np.empty(0)))
        return table.posteriors(self._curves(nodes), weights, np.float64)

    def _moments(self, X: ArrayLike) -> tuple[Floats, Floats]:
        return self._table_moments(self._table(X))

    def _table_moments(self, table: AnswerTable) -> tuple[Floats, Floats]:
        nodes = self._nodes()
        mean, square = np.empty(len(table.coded)), np.empty(len(table.coded))
        for rows, posterior, _, _ in self._posteriors(table, nodes):
            mean[rows], square[rows] = (posterior @ np.column_stack([nodes, nodes**2])).T
        return mean, np.sqrt(np.maximum(square - mean**2, 0.0))

    def _reliability(self, table: AnswerTable) -> float:
        value, error = self._table_moments(table)
        spread = np.cov(value, fweights=table.weights.astype(int))
        return float(spread / (spread + np.average(error**2, weights=table.weights)))

    def item_table(self) -> pd.DataFrame:
        """Slopes, locations b_k = -d_k / a and running direction, one row an item."""
        check_is_fitted(self)
        longest = max(len(part) for part in self.intercepts_)
        with np.errstate(divide="ignore", invalid="ignore"):
            places = [-part / slope for part, slope in zip(self.intercepts_, self.discrimination_, strict=True)]
        columns = {
            f"b{k + 1}": [float(part[k]) if k < len(part) else np.nan for part in places] for k in range(longest)
        }
        return pd.DataFrame(
            {"a": self.discrimination_, **columns, "wrong_key": self.wrong_key_}, index=self._item_names()
        )
