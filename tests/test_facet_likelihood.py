"""Value, gradient and information of the many-facet likelihood, against differences of its own value."""

from __future__ import annotations

import numpy as np
import pytest
from invented_ratings import invented_ratings

from models import facet_likelihood as likelihood
from models.facet_data import build_cells, category_sets, group_of_sets, read_ratings, scores
from models.facet_likelihood import Layout

NODES = np.linspace(-8.0, 8.0, 61)


@pytest.fixture(scope="module")
def problem():
    """A small table whose first criterion has one category less, and parameters away from the maximum."""
    ratings, _ = invented_ratings(people=60, criteria=3, observers=3, each=(2, 3), seed=1)
    ratings.loc[(ratings["criterion"] == "c0") & (ratings["rating"] == 5), "rating"] = 4
    read = read_ratings(ratings)
    sets = category_sets(read)
    group, steps = group_of_sets(sets)
    layout = Layout(3, 3, group, steps)
    read.value[:] = scores(read.criterion, read.value, sets, read.criteria)
    cells = build_cells(read, len(read.persons), max(steps))
    parameters = np.random.default_rng(0).normal(0.0, 0.4, layout.size)
    assert steps == [3, 4]
    return cells, layout, parameters


def value(cells, layout, parameters) -> float:
    delta = layout.thresholds(cells, parameters)
    curve = likelihood.curves(delta, NODES)
    return float(likelihood.posterior(cells, delta, curve, NODES, parameters[-1]).log_likelihood.sum())


def pieces(problem):
    cells, layout, parameters = problem
    delta = layout.thresholds(cells, parameters)
    curve = likelihood.curves(delta, NODES)
    post = likelihood.posterior(cells, delta, curve, NODES, parameters[-1])
    return cells, layout, parameters, curve, post


def slope(cells, layout, parameters) -> np.ndarray:
    cells, layout, parameters, curve, post = pieces((cells, layout, parameters))
    return likelihood.gradient(cells, curve, post, layout.design(cells), NODES, parameters[-1])


def test_the_gradient_is_the_slope_of_the_value(problem):
    cells, layout, parameters = problem
    step = 1e-5 * np.eye(layout.size)
    found = [(value(cells, layout, parameters + d) - value(cells, layout, parameters - d)) / 2e-5 for d in step]
    np.testing.assert_allclose(slope(*problem), found, rtol=1e-5, atol=1e-5)


def test_complete_less_missing_information_is_the_slope_of_the_gradient(problem):
    cells, layout, parameters, curve, post = pieces(problem)
    log_sd = parameters[-1]
    complete = likelihood.complete_information(cells, curve, post, layout.design(cells), NODES, log_sd)
    missing = likelihood.missing_information(cells, curve, post, layout, NODES, log_sd)
    step = 1e-5 * np.eye(layout.size)
    found = [(slope(cells, layout, parameters - d) - slope(cells, layout, parameters + d)) / 2e-5 for d in step]
    np.testing.assert_allclose(complete - missing, found, rtol=1e-4, atol=1e-4)


def test_missing_information_does_not_hang_on_the_size_of_the_portions(problem, monkeypatch):
    cells, layout, parameters, curve, post = pieces(problem)
    whole = likelihood.missing_information(cells, curve, post, layout, NODES, parameters[-1])
    monkeypatch.setattr(likelihood, "CHUNK", 1)
    parts = likelihood.missing_information(cells, curve, post, layout, NODES, parameters[-1])
    np.testing.assert_allclose(parts, whole)


def test_chances_sum_to_one_and_agree_with_reach(problem):
    cells, _, _, curve, post = pieces(problem)
    chances = curve.chances()
    np.testing.assert_allclose(chances.sum(axis=1), 1.0)
    score = np.arange(chances.shape[1])[:, None]
    np.testing.assert_allclose((chances * score).sum(axis=1), curve.expected)
    np.testing.assert_allclose((chances * score**2).sum(axis=1) - curve.expected**2, curve.variance, atol=1e-9)
    np.testing.assert_allclose(post.weights.sum(axis=1), 1.0)
    assert (chances[cells.criterion == 0, 4] == 0.0).all()


def test_the_slope_of_a_level_by_a_severity_is_what_the_error_is_built_on(problem):
    cells, layout, parameters, curve, post = pieces(problem)

    def level(moved):
        delta = layout.thresholds(cells, moved)
        shifted = likelihood.curves(delta, NODES)
        return likelihood.posterior(cells, delta, shifted, NODES, moved[-1]).moments(NODES)[0]

    for j in range(3):
        step = np.zeros(layout.size)
        step[3 + j] = 1e-5
        change = (level(parameters + step) - level(parameters - step)) / 2e-5
        only = np.zeros((3, 3))
        only[j, j] = 1.0
        found = likelihood.severity_error(cells, curve, post, NODES, only)
        np.testing.assert_allclose(found, change**2, rtol=1e-4, atol=1e-8)


def test_allowed_directions_keep_observers_and_steps_at_sum_zero(problem):
    _, layout, _ = problem
    free = layout.contrasts()
    assert free.shape == (layout.size, layout.size - 3)
    np.testing.assert_allclose(free.T @ free, np.eye(layout.size - 3), atol=1e-12)
    np.testing.assert_allclose(free[layout.observers].sum(axis=0), 0.0, atol=1e-12)
    for part in layout.step_slices():
        np.testing.assert_allclose(free[part].sum(axis=0), 0.0, atol=1e-12)


@pytest.mark.parametrize(("narrow", "wide"), [(0.5, 4.0), (0.1, 4.0), (0.5, 12.0), (0.05, 20.0)])
def test_nodes_are_fine_and_wide_enough_and_else_left_alone(narrow, wide):
    nodes = np.linspace(-8.0, 8.0, 41)
    found = likelihood.finer_nodes(nodes, narrow, wide)
    assert len(found) % 2 == 1
    assert found[-1] >= wide
    assert found[-1] == -found[0]
    assert narrow >= 0.6 * (found[1] - found[0]) or len(found) == likelihood.MOST_NODES
    assert (found is nodes) == ((narrow, wide) == (0.5, 4.0))
