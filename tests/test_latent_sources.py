"""Sources joined by a latent normal: what each tells, with its own error."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.latent_sources import DECLARED_METHOD_VARIANCE, Indicator, LatentSources, draw_people

DOMAINS = {"want": ("w1", "w2"), "can": ("c1",)}


def invented(
    n: int = 500, presentation: float = 0.0, seed: int = 3
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Indicator], np.ndarray]:
    """Two traits seen by a questionnaire, observers, and interviews of the 90 that look best so far."""
    rng = np.random.default_rng(seed)
    traits = rng.multivariate_normal([0, 0], [[1, 0.4], [0.4, 1]], n)
    flattery = presentation * rng.standard_normal(n)
    values, errors, indicators = {}, {}, {}
    for name, k in (("w1", 0), ("w2", 0), ("c1", 1)):
        own = traits[:, k] + flattery + rng.normal(0, 0.6, n)
        values[name] = own / np.sqrt(1 + presentation**2)
        errors[name] = np.full(n, 0.36 / (1 + presentation**2))
        indicators[name] = Indicator("self_report", (name,))
    for source, noise in (("observation", 0.8), ("interview", 0.6)):
        for domain, k in (("want", 0), ("can", 1)):
            column = f"{source}_{domain}"
            values[column] = traits[:, k] + rng.normal(0, noise, n)
            errors[column] = np.full(n, noise**2)
            indicators[column] = Indicator(source, DOMAINS[domain])
    table = pd.DataFrame(values)
    early = table.drop(columns=["interview_want", "interview_can"]).mean(axis=1)
    table.loc[early.rank(ascending=False) > 90, ["interview_want", "interview_can"]] = np.nan
    return table, pd.DataFrame(errors), indicators, traits


def domain_means(model: LatentSources, values: pd.DataFrame, errors: pd.DataFrame) -> np.ndarray:
    mean = model.posterior(values, errors)[0]
    return np.column_stack([mean[list(members)].mean(axis=1) for members in DOMAINS.values()])


def test_joined_sources_know_more_than_their_plain_mean() -> None:
    values, errors, indicators, traits = invented()
    model = LatentSources(indicators, DOMAINS).fit(values, errors)
    joined = domain_means(model, values, errors)
    assert model.converged_
    assert np.corrcoef(joined[:, 0], traits[:, 0])[0, 1] > 0.9
    assert np.corrcoef(joined.sum(1), traits.sum(1))[0, 1] > np.corrcoef(values.mean(axis=1), traits.sum(1))[0, 1]


def test_interviews_of_the_best_do_not_pull_the_others_down() -> None:
    """Missing at random given stage one: the mean of those not interviewed stays where it is."""
    values, errors, indicators, traits = invented(2000)
    model = LatentSources(indicators, DOMAINS).fit(values, errors)
    absent = values["interview_want"].isna().to_numpy()
    joined = domain_means(model, values, errors)
    assert joined[absent, 0].mean() == pytest.approx(traits[absent, 0].mean(), abs=0.1)
    assert model.loadings_.loc["interview_want", "mean"] < 1.0  # not the raw mean of selected people


def test_intervals_cover_the_truth() -> None:
    values, errors, indicators, traits = invented(1500)
    model = LatentSources(indicators, DOMAINS).fit(values, errors)
    mean, covariance = model.posterior(values, errors)
    weights = np.array([0.5, 0.5, 0.0])
    spread = np.sqrt(np.einsum("i,nij,j->n", weights, covariance, weights))
    inside = np.abs(mean.to_numpy() @ weights - traits[:, 0]) < 1.96 * spread
    assert 0.92 < inside.mean() < 0.98


def test_self_presentation_is_found_where_observers_mirror_the_scales() -> None:
    values, errors, indicators, _ = invented(1500, presentation=0.7)
    honest = LatentSources(indicators, DOMAINS).fit(*invented(1500)[:2])
    flattering = LatentSources(indicators, DOMAINS).fit(values, errors)
    assert flattering.method_variance_estimated_
    assert honest.method_variance_ < 0.08
    assert flattering.method_variance_ == pytest.approx(0.49 / 1.49, abs=0.12)


def test_without_another_source_self_presentation_is_declared() -> None:
    values, errors, indicators, _ = invented()
    own = ["w1", "w2", "c1"]
    model = LatentSources({c: indicators[c] for c in own}, DOMAINS).fit(values[own], errors[own])
    assert not model.method_variance_estimated_
    assert model.method_variance_ == pytest.approx(DECLARED_METHOD_VARIANCE, abs=0.02)


def test_more_declared_self_presentation_makes_less_sure() -> None:
    values, errors, indicators, _ = invented()
    spreads = []
    for share in (0.0, 0.2):
        model = LatentSources(indicators, DOMAINS, method_variance=share).fit(values, errors)
        spreads.append(np.trace(model.posterior(values, errors)[1].mean(0)))
    assert spreads[0] < spreads[1]


def test_a_person_of_whom_nothing_is_known_is_in_the_middle_and_unsure() -> None:
    values, errors, indicators, _ = invented()
    values.iloc[0] = np.nan
    model = LatentSources(indicators, DOMAINS).fit(values, errors)
    mean, covariance = model.posterior(values, errors)
    assert np.allclose(mean.iloc[0], 0.0)
    assert np.allclose(np.diag(covariance[0]), 1.0)


@pytest.mark.parametrize("n", [3, 12])
def test_a_handful_of_people_gives_finite_measures(n: int) -> None:
    values, errors, indicators, _ = invented(200)
    model = LatentSources(indicators, DOMAINS).fit(values.head(n), errors.head(n))
    mean, covariance = model.posterior(values.head(n), errors.head(n))
    assert np.isfinite(mean.to_numpy()).all() and np.isfinite(covariance).all()


def test_no_indicator_at_all_leaves_the_prior() -> None:
    empty = pd.DataFrame(index=range(4))
    model = LatentSources({}, DOMAINS).fit(empty, empty)
    mean, covariance = model.posterior(empty, empty)
    assert (mean == 0).all().all() and np.allclose(np.diagonal(covariance, axis1=1, axis2=2), 1.0)


def test_an_undeclared_column_is_named() -> None:
    values, errors, indicators, _ = invented(50)
    with pytest.raises(ValueError, match="strange"):
        LatentSources(indicators, DOMAINS).fit(values.assign(strange=1.0), errors)


def test_draws_follow_their_posterior_and_seed() -> None:
    rng = np.random.default_rng(0)
    mean = rng.normal(size=(5, 2))
    covariance = np.repeat(np.array([[[0.5, 0.3], [0.3, 0.4]]]), 5, axis=0)
    draws, again = draw_people([(mean, covariance), (mean, covariance)], 20000, 7)
    assert draws.shape == (5, 2, 20000) and draws.dtype == np.float32
    assert np.allclose(draws.mean(2), mean, atol=0.03)
    assert np.allclose(np.cov(draws[2]), covariance[2], atol=0.03)
    assert np.array_equal(draws, again) and np.array_equal(draws, draw_people([(mean, covariance)], 20000, 7)[0])
