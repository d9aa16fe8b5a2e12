"""Weights learned from decisions: never below zero, drawn to the experts', and those that are there come back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import parametrize_with_checks

from models.policy_classifier import PolicyClassifier


@parametrize_with_checks([PolicyClassifier(), PolicyClassifier(fit_intercept=False)])
def test_it_keeps_the_common_contract(estimator: PolicyClassifier, check) -> None:  # type: ignore[no-untyped-def]
    check(estimator)


def decisions(weights: list[float], n: int = 3000, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, len(weights)))
    return x, (rng.random(n) < 1 / (1 + np.exp(0.7 - x @ np.array(weights)))).astype(int)


def test_weights_of_an_invented_office_come_back() -> None:
    x, y = decisions([1.2, 0.6, 0.3, 0.0])
    model = PolicyClassifier(alpha=0.1).fit(x, y)
    assert model.weights_ == pytest.approx([1.2, 0.6, 0.3, 0.0], abs=0.15)
    assert model.intercept_ == pytest.approx(-0.7, abs=0.15)


def test_without_a_pull_and_with_positive_weights_it_is_plain_logistic_regression() -> None:
    x, y = decisions([1.0, 0.8, 0.5])
    plain = LogisticRegression(C=1e9, tol=1e-10).fit(x, y)
    model = PolicyClassifier(alpha=1e-9).fit(x, y)
    assert model.weights_ == pytest.approx(plain.coef_[0], abs=1e-3)
    assert model.intercept_ == pytest.approx(plain.intercept_[0], abs=1e-3)


def test_a_strong_pull_leaves_the_experts_proportions_and_learns_how_firmly() -> None:
    x, y = decisions([0.2, 1.0, 0.8])
    model = PolicyClassifier(prior=[5, 3, 2], alpha=1e7).fit(x, y)
    assert model.shares_ == pytest.approx([0.5, 0.3, 0.2], abs=1e-3) and model.scale_ > 0.5


def test_a_feature_that_speaks_against_gets_no_weight() -> None:
    x, y = decisions([1.0, -0.8, 0.4])
    assert PolicyClassifier(alpha=0.1).fit(x, y).weights_[1] == 0


@given(st.integers(0, 1000), st.floats(0.01, 1000), st.lists(st.floats(0.1, 9), min_size=3, max_size=3))
@settings(deadline=None, max_examples=30)
def test_no_weight_is_below_zero_and_more_is_never_worse(seed: int, alpha: float, prior: list[float]) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(40, 3)), rng.permutation(np.arange(40) % 2)
    model = PolicyClassifier(prior, alpha).fit(x, y)
    assert (model.weights_ >= 0).all() and model.shares_.sum() == pytest.approx(1)
    assert (model.decision_function(x + 1) >= model.decision_function(x) - 1e-12).all()


def test_a_stronger_pull_comes_nearer_to_the_experts() -> None:
    x, y = decisions([0.1, 1.0, 0.2], 300)
    prior = np.array([0.6, 0.2, 0.2])
    apart = [np.abs(PolicyClassifier(prior, a).fit(x, y).shares_ - prior).sum() for a in (0.1, 10, 1000, 100000)]
    assert apart == sorted(apart, reverse=True)


def test_decisions_that_can_be_told_apart_perfectly_do_not_run_away() -> None:
    x = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    model = PolicyClassifier().fit(x, [0, 0, 1, 1])
    assert np.isfinite(model.scale_) and model.scale_ < 50 and model.predict(x).tolist() == [0, 0, 1, 1]


def test_a_prior_of_another_length_or_below_zero_is_refused() -> None:
    x, y = decisions([1.0, 1.0], 50)
    for prior in ([1.0], [1.0, -1.0], [0.0, 0.0]):
        with pytest.raises(ValueError, match="prior"):
            PolicyClassifier(prior).fit(x, y)


def test_names_of_the_classes_are_kept() -> None:
    x, y = decisions([2.0, 1.0], 200)
    model = PolicyClassifier().fit(x, np.where(y == 1, "yes", "no"))
    assert model.classes_.tolist() == ["no", "yes"] and set(model.predict(x)) == {"no", "yes"}
    assert model.predict_proba(x).sum(1) == pytest.approx(1)
