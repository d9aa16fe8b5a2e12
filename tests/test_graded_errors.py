"""Standard errors of items come from the curvature of the likelihood and match how estimates really scatter."""
from __future__ import annotations

import numpy as np
import pytest

from models import GradedResponse
from models.graded_answers import AnswerTable, code_answers
from models.graded_curves import Layout, WeakPrior, log_curves
from models.graded_errors import observed_information
from models.graded_fit import Parameters, node_weights
from tests.graded_people import invented_answers

NODES = np.linspace(-6, 6, 61)


def test_information_is_the_second_derivative_of_the_log_likelihood():
    answers, _ = invented_answers(120, 3, 4, missing=0.1)
    model = GradedResponse(prior=None).fit(answers)
    categories, coded = code_answers(answers, ["0", "1", "2"], None)
    layout = Layout(tuple(len(codes) for codes in categories))
    table = AnswerTable.build(layout, coded)
    top = np.concatenate([model.discrimination_, *model.intercepts_])

    def value(vector):
        point = Parameters(vector[:3], vector[3:])
        curves = log_curves(layout, point.slopes, point.intercepts, NODES)
        return table.expect(curves, node_weights(NODES, point)).log_likelihood

    steps = 2e-3 * np.eye(len(top))

    def mixed(a, b):
        return value(top + a + b) - value(top + a - b) - value(top - a + b) + value(top - a - b)

    second = np.array([[mixed(a, b) for b in steps] for a in steps]) / (4 * 2e-3**2)
    found = observed_information(table, Parameters(top[:3], top[3:]), NODES, WeakPrior())
    assert found == pytest.approx(-second, abs=1e-3 * np.abs(second).max())


def test_errors_match_the_scatter_of_repeated_samples():
    slopes, errors = [], []
    for seed in range(40):
        answers, truth = invented_answers(400, 6, seed=0)
        random = np.random.default_rng(seed)
        logits = random.normal(size=400)[:, None, None] * truth.slopes[:, None] + truth.intercepts
        answers = (random.random((400, 6, 1)) < 1 / (1 + np.exp(-logits))).sum(axis=2)
        model = GradedResponse(prior=None).fit(answers)
        slopes.append(model.discrimination_)
        errors.append(model.parameter_errors(answers)[0])
    assert np.mean(errors) == pytest.approx(np.std(slopes, axis=0, ddof=1).mean(), rel=0.12)


def test_errors_have_the_shape_of_what_they_belong_to():
    answers, _ = invented_answers(90, 4)
    model = GradedResponse(slopes="equal").fit(answers)
    slopes, intercepts = model.parameter_errors(answers)
    assert np.ptp(slopes) == 0 and slopes[0] > 0
    assert [len(part) for part in intercepts] == [len(part) for part in model.intercepts_]
    free = GradedResponse(slopes="free").fit(answers).parameter_errors(answers)[0]
    assert np.all(free > slopes)
