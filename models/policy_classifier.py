"""What an office decided, as weights: a logistic model with weights above zero, drawn to the experts' weights."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

SCALE_PENALTY = 0.01  # keeps the scale finite where the decisions can be told apart perfectly


class PolicyClassifier(ClassifierMixin, BaseEstimator):
    """Non-negative ridge logistic regression shrunk to given weights.

    Minimises the log loss (summed) + alpha / 2 |w - scale * prior|^2 + .005 scale^2 over w >= 0, scale >= 0 and a free
    intercept: the experts say in which proportion, the decisions say how firmly and how far off. Convex: there is one
    optimum. It describes decisions; it knows nothing of outcomes.

    Parameters
    ----------
    prior : weights of the features, scaled to sum 1; None = all alike
    alpha : how much the proportions of the prior are worth; large = only the scale is learned
    fit_intercept : False for differences of pairs (Bradley-Terry with properties)

    Attributes
    ----------
    weights_ : weight of each feature, >= 0; shares_ : the same, sum 1 (the prior where all are 0)
    intercept_, scale_, classes_ (the second is "chosen"), log_loss_ (mean, in the data), n_iter_
    """

    def __init__(self, prior: Any = None, alpha: float = 10.0, fit_intercept: bool = True) -> None:
        self.prior = prior
        self.alpha = alpha
        self.fit_intercept = fit_intercept

    def fit(self, X: Any, y: Any) -> PolicyClassifier:
        """Learn from people x features (z scores) and decisions of two kinds."""
        X, y = validate_data(self, X, y, dtype=float)
        check_classification_targets(y)
        kind = type_of_target(y, input_name="y", raise_unknown=True)
        if kind != "binary":
            raise ValueError(f"Only binary classification is supported. The type of the target is {kind}.")
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError("This classifier needs samples of 2 classes, but the data contains only one class")
        prior = self._prior(X.shape[1])
        signs = 2.0 * codes - 1.0
        n = X.shape[1]

        def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
            w, scale, intercept = theta[:n], theta[n], theta[n + 1]
            margin = signs * (X @ w + intercept)
            pull = -signs * expit(-margin)
            off = w - scale * prior
            value = np.logaddexp(0.0, -margin).sum() + self.alpha / 2 * off @ off + SCALE_PENALTY / 2 * scale**2
            slope = np.concatenate(
                [X.T @ pull + self.alpha * off, [SCALE_PENALTY * scale - self.alpha * off @ prior], [pull.sum()]]
            )
            return float(value), slope

        middle = (None, None) if self.fit_intercept else (0.0, 0.0)
        start = np.concatenate([prior, [1.0, 0.0]])
        options = {"maxiter": 2000, "ftol": 1e-13, "gtol": 1e-9}
        bounds = [*[(0.0, None)] * (n + 1), middle]
        found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
        self.weights_, self.scale_, self.intercept_ = found.x[:n], float(found.x[n]), float(found.x[n + 1])
        total = self.weights_.sum()
        self.shares_ = self.weights_ / total if total > 0 else prior
        self.log_loss_ = float(np.logaddexp(0.0, -signs * (X @ self.weights_ + self.intercept_)).mean())
        self.n_iter_ = int(found.nit)
        return self

    def _prior(self, n: int) -> np.ndarray:
        prior = np.ones(n) if self.prior is None else np.asarray(self.prior, dtype=float)
        if prior.shape != (n,) or (prior < 0).any() or prior.sum() <= 0:
            raise ValueError(f"prior must be {n} weights >= 0 with a positive sum")
        return prior / prior.sum()

    def decision_function(self, X: Any) -> np.ndarray:
        """Log odds of the second class."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        return X @ self.weights_ + self.intercept_

    def predict_proba(self, X: Any) -> np.ndarray:
        """Chance of each class, people x 2."""
        chosen = expit(self.decision_function(X))
        return np.column_stack([1.0 - chosen, chosen])

    def predict(self, X: Any) -> np.ndarray:
        """The likelier class."""
        chosen = self.decision_function(X) > 0
        return self.classes_[chosen.astype(int)]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.classifier_tags.poor_score = True  # what speaks against is lost: no weight is below zero
        return tags
