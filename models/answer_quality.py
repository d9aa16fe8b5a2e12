"""How carefully somebody answered: runs, spread, consistency, distance and person fit, each a figure per person.

No figure here removes anybody: carelessness is said only where two independent ones agree.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils import check_random_state

if TYPE_CHECKING:
    from .graded_response import GradedResponse


def longest_run(answers: pd.DataFrame) -> pd.Series:
    """Longest run of equal answers in the order of the columns (Johnson 2005); a missing answer ends a run.

    People x items as answered (nothing turned) -> whole number per person, 0 without any answer.
    """
    values = answers.to_numpy(dtype=float)
    run = np.zeros(len(values), dtype=int)
    longest = run.copy()
    before = np.full(len(values), np.nan)
    for column in values.T:
        run = np.where(np.isnan(column), 0, np.where(column == before, run + 1, 1))
        longest = np.maximum(longest, run)
        before = column
    return pd.Series(longest, index=answers.index, name="longest_run")


def spread(answers: pd.DataFrame) -> pd.Series:
    """Standard deviation of a person's own answers (Dunn et al. 2018); NaN below two answers."""
    return answers.astype(float).std(axis=1, ddof=1).rename("spread")


def even_odd(answers: pd.DataFrame, scales: Mapping[str, Any]) -> pd.Series:
    """Even-odd consistency (Curran 2016): correlation over scales of the means of a scale's even and odd items.

    `scales` maps items (columns) to their scale; reversed items are already turned. Corrected for half length by
    Spearman and Brown, held within [-1, 1]; NaN for people with fewer than three scales answered in both halves or
    without spread. Low = careless; people who are alike in everything have no consistency to show.
    """
    members: dict[Any, list[str]] = {}
    for item in answers.columns:
        if item in scales:
            members.setdefault(scales[item], []).append(item)
    halves = [(items[0::2], items[1::2]) for items in members.values() if len(items) > 1]
    if len(halves) < 3:
        return pd.Series(np.nan, index=answers.index, name="even_odd")
    first = np.column_stack([answers[odd].astype(float).mean(axis=1) for odd, _ in halves])
    second = np.column_stack([answers[even].astype(float).mean(axis=1) for _, even in halves])
    both = ~np.isnan(first) & ~np.isnan(second)
    count = both.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        first, second = _centred(first, both, count), _centred(second, both, count)
        half = (first * second).sum(axis=1) / np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1))
        whole = np.where(half <= -1 / 3, -1.0, 2 * half / (1 + half))  # below -1/3 the correction leaves [-1, 1]
    whole = np.where((count >= 3) & np.isfinite(half), np.clip(whole, -1.0, 1.0), np.nan)
    return pd.Series(whole, index=answers.index, name="even_odd")


def _centred(values: NDArray, given: NDArray, count: NDArray) -> NDArray:
    mean = np.where(given, values, 0.0).sum(axis=1) / count
    centred = np.where(given, values - mean[:, None], 0.0)
    # Equal answers leave rounding behind, which must not pass for a spread.
    return np.where(np.abs(centred) < 1e-12, 0.0, centred)


def mahalanobis(answers: pd.DataFrame) -> pd.Series:
    """Squared Mahalanobis distance of every person's answers (Meade & Craig 2012), over the items answered.

    Means over the answers given, covariances over pairs (made positive definite where the pairs disagree). With gaps
    the distance is brought to the length of the whole questionnaire, its chance under normality unchanged
    (Wilson & Hilferty 1931). NaN without any answer. Chi-square limits flag far too many: take an empirical share.
    """
    values = answers.to_numpy(dtype=float)
    kept = np.flatnonzero(answers.astype(float).var().to_numpy() > 0)
    values = values[:, kept]
    given = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        centred = values - np.where(given, values, 0.0).sum(axis=0) / np.maximum(given.sum(axis=0), 1)
    covariance = _positive(answers.iloc[:, kept].astype(float).cov().to_numpy())
    distance = np.full(len(values), np.nan)
    if len(kept):
        patterns, which = np.unique(given, axis=0, return_inverse=True)
        for place, pattern in enumerate(patterns):
            if not pattern.any():
                continue
            people = np.flatnonzero(which.ravel() == place)
            part = centred[np.ix_(people, pattern)]
            squared = (part * np.linalg.solve(covariance[np.ix_(pattern, pattern)], part.T).T).sum(axis=1)
            distance[people] = _lengthened(squared, int(pattern.sum()), len(kept))
    return pd.Series(distance, index=answers.index, name="mahalanobis")


def _positive(covariance: NDArray) -> NDArray:
    """The covariance itself, or with small eigenvalues raised to a thousandth of the mean where it is not positive."""
    covariance = np.where(np.isnan(covariance), 0.0, covariance)
    values, vectors = np.linalg.eigh(covariance)
    least = 1e-3 * max(float(np.mean(values)), 1e-12) if len(values) else 0.0
    if len(values) == 0 or values[0] > 1e-8 * values[-1]:
        return covariance
    return vectors @ np.diag(np.maximum(values, least)) @ vectors.T


def _lengthened(squared: NDArray, answered: int, whole: int) -> NDArray:
    """A chi-square of `answered` degrees of freedom as one of `whole`, at the same place of its distribution."""
    if answered == whole:
        return squared
    few, many = 2 / (9 * answered), 2 / (9 * whole)
    z = (np.cbrt(squared / answered) - (1 - few)) / np.sqrt(few)
    return whole * np.maximum(1 - many + z * np.sqrt(many), 0.0) ** 3


def person_fit(model: GradedResponse, answers: pd.DataFrame) -> pd.Series:
    """Standardised log-likelihood lz of the answers at the person's own EAP (Drasgow, Levine & Williams 1985).

    Low = answers that do not go together under the fitted model. Short scales make lz skewed and narrow: take the limit
    from `person_fit_limit`, not from the normal distribution. NaN below two answers.
    """
    return pd.Series(_fit_of(model, answers), index=answers.index, name="person_fit")


def _fit_of(model: GradedResponse, answers: pd.DataFrame) -> NDArray:
    codes = _codes(model, answers)
    theta = model.transform(answers)[:, 0]
    observed, expected, variance = np.zeros(len(codes)), np.zeros(len(codes)), np.zeros(len(codes))
    for item, column in enumerate(codes.T):
        given = column >= 0
        logs = model.log_probabilities(item, theta[given])
        chances = np.exp(logs)
        mean = (chances * logs).sum(axis=0)
        observed[given] += logs[column[given], np.arange(given.sum())]
        expected[given] += mean
        variance[given] += (chances * logs**2).sum(axis=0) - mean**2
    enough = (codes >= 0).sum(axis=1) >= 2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(enough & (variance > 0), (observed - expected) / np.sqrt(variance), np.nan)


def _codes(model: GradedResponse, answers: pd.DataFrame) -> NDArray:
    values = answers.to_numpy(dtype=float)
    codes = np.full(values.shape, -1)
    for item, known in enumerate(model.categories_):
        given = ~np.isnan(values[:, item])
        codes[given, item] = np.searchsorted(known, values[given, item])
    return codes


def answering_ratio(model: GradedResponse, answers: pd.DataFrame) -> pd.Series:
    """Log of how much likelier the answers are under the model than if each category were picked alike (nats).

    The model's likelihood is the marginal one, over N(0, 1). Sums over scales add up; far below 0 means answers at
    random, as reversed items are then answered like the others. 0 for people without answers.
    """
    codes = _codes(model, answers)
    nodes = np.linspace(-4.0, 4.0, 33)
    logs = np.zeros((len(codes), len(nodes)))
    chance = np.zeros(len(codes))
    for item, column in enumerate(codes.T):
        given = column >= 0
        logs[given] += model.log_probabilities(item, nodes)[column[given]]
        chance[given] -= np.log(len(model.categories_[item]))
    weight = np.exp(-0.5 * nodes**2)
    peak = logs.max(axis=1)
    whole = peak + np.log(np.exp(logs - peak[:, None]) @ (weight / weight.sum()))
    return pd.Series(whole - chance, index=answers.index, name="answering_ratio")


def person_fit_limit(
    model: GradedResponse, answers: pd.DataFrame, share: float = 0.05, repeats: int = 20, random_state: Any = 0
) -> float:
    """The lz below which only `share` of people answering exactly by the model would fall (parametric bootstrap).

    Every repeat draws everybody's level from their posterior, answers from the model with the same gaps, and computes
    lz anew (Sinharay 2016).
    """
    random = check_random_state(random_state)
    draws = model.sample(answers, repeats, random)
    missing = answers.isna().to_numpy()
    found = []
    for theta in draws:
        invented = np.full(missing.shape, np.nan)
        for item, known in enumerate(model.categories_):
            reached = np.cumsum(np.exp(model.log_probabilities(item, theta)), axis=0)
            place = (random.random_sample(len(theta)) > reached[:-1]).sum(axis=0)
            invented[:, item] = known[place]
        invented[missing] = np.nan
        found.append(_fit_of(model, pd.DataFrame(invented, index=answers.index, columns=answers.columns)))
    values = np.concatenate(found)
    values = values[~np.isnan(values)]
    return float(np.quantile(values, share)) if len(values) else float("nan")
