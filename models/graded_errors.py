"""Standard errors of the items of a graded response model, from the information that was observed."""
from __future__ import annotations

import numpy as np

from .graded_answers import AnswerTable
from .graded_curves import CLOSEST, Floats, Layout, WeakPrior, item_step, log_curves
from .graded_fit import Parameters, node_weights


def observed_information(table: AnswerTable, point: Parameters, nodes: Floats, prior: WeakPrior) -> Floats:
    """Minus the second derivatives of the marginal log-likelihood by slopes, then intercepts (Louis 1982).

    Information of the complete data less the variance of its score given what was answered. Meant for scales: the work
    grows with people x (all categories)^2 x nodes.
    """
    layout = table.layout
    low, high = _score_parts(layout, point, nodes)
    curves = log_curves(layout, point.slopes, point.intercepts, nodes)
    expected = table.expect(curves, node_weights(nodes, point), exact=True)
    information = _complete(layout, point, nodes, expected.counts, prior)
    together = [np.zeros((layout.n_categories, layout.n_categories)) for _ in nodes]
    for rows, posterior, _, _ in table.posteriors(curves, node_weights(nodes, point), np.float64):
        chosen = _chosen(table, rows)
        weight = table.weights[rows]
        weighted = posterior * weight[:, None]
        for node, share in enumerate(weighted.T):
            together[node] += chosen.T @ (chosen * share[:, None])
        mean = _mean_scores(layout, chosen, posterior, low, high, nodes)
        information += mean.T @ (mean * weight[:, None])
    for node, pairs in enumerate(together):
        design = _design(layout, low[:, node], high[:, node], nodes[node])
        information -= design.T @ pairs @ design
    return information


def parameter_errors(information: Floats, signs: Floats | None) -> Floats:
    """Square roots of the diagonal of the inverse; with equal slopes (`signs`) the common slope stands for all."""
    if signs is not None:
        n_items = len(signs)
        free = np.eye(len(information))[:, n_items - 1 :]
        free[:n_items, 0] = signs
        information = free.T @ information @ free
    variances = np.diag(np.linalg.inv(information))
    errors = np.sqrt(np.where(variances > 0, variances, np.nan))
    return errors if signs is None else np.concatenate((np.repeat(errors[0], len(signs)), errors[1:]))


def _score_parts(layout: Layout, point: Parameters, nodes: Floats) -> tuple[Floats, Floats]:
    """d log P_c / d logit of the border below and of the border above each category, (n_categories, n_nodes)."""
    logits = point.slopes[layout.threshold_item, None] * nodes + point.intercepts[:, None]
    reach = 1.0 / (1.0 + np.exp(-np.clip(logits, -500, 500)))
    inner = layout.inner
    gaps = np.maximum(point.intercepts[inner] - point.intercepts[inner + 1], CLOSEST)
    closing = np.zeros(layout.n_categories)
    closing[layout.above[inner]] = 1.0 / np.expm1(gaps)
    low, high = np.zeros((2, layout.n_categories, len(nodes)))
    low[layout.above] = 1.0 - reach + closing[layout.above, None]
    high[layout.above - 1] = -reach - closing[layout.above - 1, None]
    return low, high


def _complete(layout: Layout, point: Parameters, nodes: Floats, counts: Floats, prior: WeakPrior) -> Floats:
    """Information if everybody's level were known: blocks of one item each."""
    step = item_step(layout, point.slopes, point.intercepts, nodes, counts, prior, None)
    n_items = layout.n_items
    size = n_items + layout.n_thresholds
    information = np.zeros((size, size))
    places = n_items + np.arange(layout.n_thresholds)
    information[np.arange(n_items), np.arange(n_items)] = step.slope_information
    information[places, places] = step.intercept_information
    information[places[layout.inner], places[layout.inner] + 1] = step.neighbours
    information[places[layout.inner] + 1, places[layout.inner]] = step.neighbours
    information[layout.threshold_item, places] = step.slope_intercept
    information[places, layout.threshold_item] = step.slope_intercept
    return information


def _chosen(table: AnswerTable, rows: slice) -> Floats:
    """1 where a person chose the category, (n_people, n_categories)."""
    coded = table.coded[rows]
    chosen = np.zeros((len(coded), table.layout.n_categories + 1))
    columns = np.where(coded >= 0, coded + table.layout.first_category, table.layout.n_categories)
    chosen[np.arange(len(coded))[:, None], columns] = 1.0
    return chosen[:, :-1]


def _mean_scores(layout: Layout, chosen: Floats, posterior: Floats, low: Floats, high: Floats, nodes: Floats) -> Floats:
    """Each person's expected score by slopes, then intercepts, (n_people, n_parameters)."""
    below, above = chosen * (posterior @ low.T), chosen * (posterior @ high.T)
    slopes = np.add.reduceat(chosen * (posterior @ ((low + high) * nodes).T), layout.first_category, axis=1)
    return np.hstack([slopes, below[:, layout.above] + above[:, layout.above - 1]])


def _design(layout: Layout, low: Floats, high: Floats, node: float) -> Floats:
    """d log P_c / d parameter at one node, (n_categories, n_parameters)."""
    n_items = layout.n_items
    design = np.zeros((layout.n_categories, n_items + layout.n_thresholds))
    design[np.arange(layout.n_categories), layout.category_item] = (low + high) * node
    thresholds = n_items + np.arange(layout.n_thresholds)
    design[layout.above, thresholds] = low[layout.above]
    design[layout.above - 1, thresholds] = high[layout.above - 1]
    return design
