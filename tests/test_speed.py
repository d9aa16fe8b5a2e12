"""The yardstick of the speed study measures the same as the model, and a bar is missed when it is."""

from __future__ import annotations

import os

import numpy as np
import pytest

from benchmarks import speed
from benchmarks.speed import Line, girth_as_shipped, mirt_tight, ours, ours_until, yardstick
from models import GradedResponse
from tests.graded_people import invented_answers


@pytest.fixture(scope="module")
def answers():
    return invented_answers(300, 8, 5, seed=3)[0]


def test_the_yardstick_is_the_log_likelihood_of_the_model(answers):
    assert yardstick(answers, ours(answers)) == pytest.approx(GradedResponse(prior=None).fit(answers).log_likelihood_)


@pytest.mark.parametrize(("package", "fit", "short"), [("mirt", mirt_tight, 0.05), ("girth", girth_as_shipped, 5.0)])
def test_parameters_of_the_peers_are_read_as_they_mean_them(answers, package, fit, short):
    """Read with a wrong sign or unit they would be hundreds below."""
    pytest.importorskip(package)
    best = yardstick(answers, ours(answers, tol=1e-10))
    assert best - short < yardstick(answers, fit(answers)) <= best + 1e-6


def test_a_level_beyond_the_best_is_never_reached(answers, monkeypatch):
    monkeypatch.setattr(speed, "seconds", lambda call, repeats: 1.0)
    best = yardstick(answers, ours(answers, tol=1e-10))
    assert ours_until(answers, best - 5.0) == 1.0
    assert np.isnan(ours_until(answers, best + 0.001))


def test_a_bar_is_missed_above_it_and_without_a_number():
    assert not Line("a", 2.0, "s", 2.0).missed
    assert Line("a", 2.1, "s", 2.0).missed
    assert Line("a", float("nan"), "s", 2.0).missed
    assert not Line("a", float("nan"), "s").missed
    assert "MISSED" in str(Line("a", 2.1, "s", 2.0))


@pytest.mark.skipif(os.name == "nt", reason="Windows does not tell the peak without further libraries")
def test_the_peak_is_more_than_what_is_held_now():
    held = np.ones(4_000_000)
    assert speed.peak_megabytes() > held.nbytes / 2**20
