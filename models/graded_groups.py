"""Differential item functioning: does an item mean the same to people of the same level in different groups?"""
from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .graded_answers import AnswerTable, code_answers
from .graded_curves import Floats, Layout, WeakPrior, log_curves
from .graded_fit import GradedFit, Parameters, fit_graded, start_values


@dataclass(frozen=True)
class GroupComparison:
    """What a comparison of groups found.

    items : one row an item: lr (likelihood ratio), df, p, effect = mean difference of the expected answer, in points of
        its scale, between people of the group furthest from the reference and equally high people of the reference
    groups : one row a group: n, mean, sd of the level (the first is the reference, 0 and 1)
    log_likelihood : of the model in which all items mean the same to all groups
    """

    items: pd.DataFrame
    groups: pd.DataFrame
    log_likelihood: float
    converged: bool


def differential_functioning(
    answers: pd.DataFrame, group: pd.Series, reference: Hashable | None = None, n_nodes: int = 61
) -> GroupComparison:
    """Likelihood-ratio test of every item (Thissen, Steinberg & Wainer 1993), the other items serving as the anchor.

    People x items and their group; people without a group are left out. First all items are alike and only mean and SD
    of the level differ by group; then one item after the other gets its own parameters in every group. Plain maximum
    likelihood. `reference` is the group with mean 0 and SD 1, by default the first in order. ValueError below two
    groups and for items that all people of a group answered alike.
    """
    known = group.reindex(answers.index)
    answers, known = answers[known.notna()], known[known.notna()]
    names = sorted(known.unique(), key=lambda value: (value != reference, value))
    if len(names) < 2:
        raise ValueError(f"two groups are needed to compare; found {len(names)}")
    place = known.map({value: index for index, value in enumerate(names)}).to_numpy(dtype=np.int64)
    values = answers.to_numpy(dtype=float)
    nodes = np.linspace(-6.0, 6.0, n_nodes)
    labels = [str(item) for item in answers.columns]
    alike, layout = _fit(values, labels, place, nodes)
    rows, converged = [], alike.converged
    for item in range(values.shape[1]):
        own = np.column_stack([np.where(place == g, values[:, item], np.nan) for g in range(len(names))])
        split = np.column_stack([np.delete(values, item, axis=1), own])
        others = [label for position, label in enumerate(labels) if position != item]
        free, wider = _fit(split, [*others, *(f"{labels[item]} in {name}" for name in names)], place, nodes)
        df = (wider.n_thresholds + wider.n_items) - (layout.n_thresholds + layout.n_items)
        ratio = max(2 * (free.log_likelihood - alike.log_likelihood), 0.0)
        codes = [np.unique(column[~np.isnan(column)]) for column in own.T]
        rows.append((ratio, df, _effect(free.parameters, wider, codes, nodes)))
        converged = converged and free.converged
    table = pd.DataFrame(rows, columns=["lr", "df", "effect"], index=answers.columns)
    from scipy.stats import chi2

    table.insert(2, "p", chi2.sf(table["lr"], table["df"]))
    levels = {"n": np.bincount(place), "mean": alike.parameters.means, "sd": alike.parameters.spreads}
    groups = pd.DataFrame(levels, index=pd.Index(names, name="group"))
    return GroupComparison(table, groups, alike.log_likelihood, converged)


def _fit(values: NDArray, labels: list[str], place: NDArray, nodes: Floats) -> tuple[GradedFit, Layout]:
    categories, coded = code_answers(values, labels, None)
    layout = Layout(tuple(len(codes) for codes in categories))
    table = AnswerTable.build(layout, coded, place)
    n_groups = int(place.max()) + 1
    start = start_values(table)
    start = Parameters(start.slopes, start.intercepts, np.zeros(n_groups), np.ones(n_groups))
    fit = fit_graded(table, nodes, WeakPrior(), start, tol=1e-6)
    if fit.parameters.slopes.sum() < 0:
        turned = Parameters(
            -fit.parameters.slopes, fit.parameters.intercepts, -fit.parameters.means, fit.parameters.spreads
        )
        fit = GradedFit(turned, fit.log_likelihood, fit.n_iter, fit.converged, fit.nodes)
    return fit, layout


def _effect(fit: Parameters, layout: Layout, codes: list[NDArray], nodes: Floats) -> float:
    """Largest mean difference of the expected answer to the split item, weighed by that group's own people."""
    curves = np.exp(log_curves(layout, fit.slopes, fit.intercepts, nodes))
    parts = np.split(curves, layout.first_category[1:])[-len(codes) :]
    expected = [own @ part for own, part in zip(codes, parts, strict=True)]
    found = []
    for group in range(1, len(codes)):
        weights = np.exp(-0.5 * ((nodes - fit.means[group]) / fit.spreads[group]) ** 2)
        found.append(float(weights @ (expected[group] - expected[0]) / weights.sum()))
    return max(found, key=abs)
