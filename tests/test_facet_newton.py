"""The search for the many-facet maximum: where it starts, what it holds, where it ends."""

from __future__ import annotations

import numpy as np
import pytest
from invented_ratings import invented_ratings

from models import facet_likelihood as likelihood
from models import facet_newton
from models.facet_data import build_cells, read_ratings
from models.facet_likelihood import Layout
from models.facet_newton import Search

NODES = np.linspace(-8.0, 8.0, 41)


def search(shrink: bool, **world) -> Search:
    read = read_ratings(invented_ratings(people=80, criteria=3, observers=4, **world)[0])
    read.value[:] -= 1
    layout = Layout(3, 4, np.zeros(3, dtype=int), [4])
    return Search(build_cells(read, len(read.persons), 4), layout, shrink, NODES)


@pytest.mark.parametrize("shrink", [False, True])
def test_nothing_is_left_to_gain_at_the_end(shrink):
    found = search(shrink)
    solution = found.run(100, 1e-8)
    assert solution.converged
    point = found._evaluate(solution.parameters)
    slope = likelihood.gradient(
        found.cells, point.curve, point.post, found.design, found.nodes, solution.parameters[-1]
    ) + found._prior_slope(solution.parameters)
    np.testing.assert_allclose(found.free.T @ slope, 0.0, atol=0.02)


def test_the_end_does_not_hang_on_the_start():
    usual = search(False).run(100, 1e-8)
    other = search(False)
    begin = np.random.default_rng(3).normal(0.0, 0.7, other.layout.size)
    other._start = lambda: other.free @ (other.free.T @ begin)
    np.testing.assert_allclose(other.run(100, 1e-8).parameters, usual.parameters, atol=1e-3)


def test_the_person_variance_stays_in_its_range(monkeypatch):
    monkeypatch.setattr(facet_newton, "LOG_SD_RANGE", (np.log(0.05), np.log(0.8)))
    solution = search(False).run(100, 1e-6)
    assert solution.converged
    assert np.exp(solution.parameters[-1]) == pytest.approx(0.8)


def test_severities_that_are_taken_as_known_add_no_blur():
    fixed, random = search(False), search(True)
    fixed.run(100, 1e-6)
    random.run(100, 1e-6)
    assert fixed.blur == 0.0
    assert random.blur > 0.0
