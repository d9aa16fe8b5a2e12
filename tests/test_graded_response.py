"""The graded response model finds what other software finds, on real data, and the truth, on invented data."""
from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from models import GradedResponse
from tests.graded_people import invented_answers, shared_table

KNOWN = json.loads((Path(__file__).parent / "data" / "graded_response.json").read_text(encoding="utf-8"))["cases"]
NAMES = [f"{case['file'][4:-4]}-{case['items'][0]}" for case in KNOWN]
FAILS = {
    "check_positive_only_tag_during_fit": "its answers are no whole numbers, which the model refuses: it takes codes",
}


@parametrize_with_checks(
    [GradedResponse(), GradedResponse(prior=None), GradedResponse(slopes="equal")],
    expected_failed_checks=lambda estimator: FAILS,
)
def test_contract_of_scikit_learn(estimator, check):
    check(estimator)


def answers_of(case: dict) -> pd.DataFrame:
    table = shared_table(case["file"])
    if "times" in case:
        table = table.loc[table.index.repeat(table[case["times"]])].reset_index(drop=True)
    return table[case["items"]]


@pytest.mark.parametrize("case", KNOWN, ids=NAMES)
def test_figures_of_r_mirt_are_met(case):
    answers = answers_of(case)
    model = GradedResponse(prior=None).fit(answers)
    assert model.converged_
    assert model.log_likelihood_ == pytest.approx(case["log_likelihood"], abs=0.01)
    assert model.discrimination_ == pytest.approx(case["a"], abs=0.005)
    assert model.reliability_ == pytest.approx(case["reliability"], abs=0.001)
    for item, intercepts in case.get("d", {}).items():
        assert model.intercepts_[case["items"].index(item)] == pytest.approx(intercepts, abs=0.005)
    if "eap" in case:
        assert model.transform(answers)[:5, 0] == pytest.approx(case["eap"], abs=0.005)
        assert model.standard_error(answers)[:5] == pytest.approx(case["se"], abs=0.005)


@pytest.mark.parametrize("case", KNOWN, ids=NAMES)
def test_weak_prior_hardly_moves_real_samples(case):
    answers = answers_of(case)
    plain, weak = GradedResponse(prior=None).fit(answers), GradedResponse().fit(answers)
    assert weak.log_likelihood_ == pytest.approx(plain.log_likelihood_, abs=0.01)
    assert weak.transform(answers) == pytest.approx(plain.transform(answers), abs=0.03)


def test_truth_is_recovered():
    answers, truth = invented_answers(3000, 12, seed=4)
    model = GradedResponse().fit(answers)
    assert model.discrimination_ == pytest.approx(truth.slopes, abs=0.25)
    assert np.abs(np.array(model.intercepts_) - truth.intercepts).max() < 0.4
    level, error = model.transform(answers)[:, 0], model.standard_error(answers)
    assert np.std((level - truth.theta) / error) == pytest.approx(1.0, abs=0.05)


def test_few_cycles_reach_the_top():
    """Without a free mean and SD of people, sixty items need hundreds of cycles."""
    answers, _ = invented_answers(600, 60)
    model = GradedResponse(prior=None).fit(answers)
    best = GradedResponse(prior=None, tol=1e-10).fit(answers)
    assert model.n_iter_ <= 9
    assert best.log_likelihood_ - model.log_likelihood_ < 0.01


@pytest.mark.parametrize("missing", [0.0, 0.25])
@pytest.mark.parametrize(("people", "items", "categories"), [(600, 5, 5), (600, 60, 2), (300, 20, 11), (100, 8, 5)])
def test_search_ends_within_a_hundredth_of_the_best(people, items, categories, missing):
    answers, _ = invented_answers(people, items, categories, missing, seed=people + items)
    model = GradedResponse(prior=None).fit(answers)
    best = GradedResponse(prior=None, tol=1e-10).fit(answers)
    assert model.converged_
    assert best.log_likelihood_ - model.log_likelihood_ < 0.01


def test_search_in_single_precision_ends_where_double_ends(monkeypatch):
    answers, _ = invented_answers(2000, 10, missing=0.1)
    double = GradedResponse().fit(answers)
    monkeypatch.setattr("models.graded_answers.EXACT_CELLS", 0)
    single = GradedResponse().fit(answers)
    assert single.log_likelihood_ == pytest.approx(double.log_likelihood_, abs=1e-4)
    assert single.discrimination_ == pytest.approx(double.discrimination_, abs=1e-3)


def test_people_without_answers_get_the_prior():
    answers, _ = invented_answers(300, 6)
    full = GradedResponse().fit(answers)
    answers = np.vstack([answers, np.full((5, 6), np.nan)])
    model = GradedResponse().fit(answers)
    assert model.discrimination_ == pytest.approx(full.discrimination_, abs=1e-6)
    assert model.reliability_ == pytest.approx(full.reliability_, abs=1e-6)
    assert model.transform(answers)[-5:, 0] == pytest.approx(np.zeros(5), abs=1e-9)
    assert model.standard_error(answers)[-5:] == pytest.approx(np.ones(5), abs=1e-6)


def test_item_answered_alike_is_named():
    answers = pd.DataFrame(invented_answers(100, 4)[0], columns=["LG1", "LG2", "LG3", "LG4"])
    answers["LG3"] = 2
    with pytest.raises(ValueError, match=r"LG3 has one answer only \(2\)"):
        GradedResponse().fit(answers)
    with pytest.raises(ValueError, match="item 2 has one answer only"):
        GradedResponse().fit(answers.to_numpy())
    answers["LG3"] = np.nan
    with pytest.raises(ValueError, match="LG3 has no answers"):
        GradedResponse().fit(answers)


def test_answers_between_codes_are_refused():
    answers, _ = invented_answers(100, 4)
    answers[7, 2] = 1.5
    with pytest.raises(ValueError, match="whole numbers.*1.5 in row 7; items: 2"):
        GradedResponse().fit(answers)


@pytest.mark.parametrize("code", [9, -3, 2])
def test_code_not_seen_in_fit_is_refused(code):
    answers, _ = invented_answers(200, 4)
    answers[answers[:, 1] == 2, 1] = 3
    model = GradedResponse().fit(answers)
    answers[0, 1] = code
    with pytest.raises(ValueError, match=f"item 1: code {code} was not seen in fit"):
        model.transform(answers)


def test_unused_categories_are_collapsed_with_a_map():
    answers, _ = invented_answers(300, 5)
    spread = answers.copy()
    spread[:, 0] = np.array([-40, 1, 7, 300, 100000])[answers[:, 0].astype(int)]
    plain, mapped = GradedResponse().fit(answers), GradedResponse().fit(spread)
    assert mapped.categories_[0].tolist() == [-40, 1, 7, 300, 100000]
    assert mapped.log_likelihood_ == pytest.approx(plain.log_likelihood_)
    assert mapped.transform(spread) == pytest.approx(plain.transform(answers))


def test_items_against_the_key_are_marked_and_turned_in_the_reading():
    answers, truth = invented_answers(500, 6)
    answers[:, 4] = 4 - answers[:, 4]
    model = GradedResponse().fit(answers)
    assert model.wrong_key_.tolist() == [False, False, False, False, True, False]
    assert np.corrcoef(model.transform(answers)[:, 0], truth.theta)[0, 1] > 0.8
    assert model.item_table()["wrong_key"].sum() == 1


def test_order_of_people_and_items_does_not_matter():
    answers, _ = invented_answers(400, 6, missing=0.1)
    model = GradedResponse(tol=1e-9).fit(answers)
    turned = GradedResponse(tol=1e-9).fit(answers[::-1, ::-1])
    assert turned.log_likelihood_ == pytest.approx(model.log_likelihood_, abs=1e-6)
    assert turned.transform(answers[:, ::-1]) == pytest.approx(model.transform(answers), abs=1e-4)


def test_few_people_share_one_slope_unless_the_data_say_otherwise():
    answers, _ = invented_answers(80, 6, seed=2)
    assert GradedResponse().fit(answers).equal_slopes_
    assert not GradedResponse(prior=None).fit(answers).equal_slopes_
    assert not GradedResponse().fit(invented_answers(250, 6)[0]).equal_slopes_
    answers, _ = invented_answers(90, 5, seed=2)
    apart = np.column_stack([answers, np.random.default_rng(0).integers(0, 5, (90, 8))])
    model = GradedResponse().fit(apart)
    assert not model.equal_slopes_
    assert model.bic_ < GradedResponse(slopes="equal").fit(apart).bic_


def test_equal_slopes_are_equal_but_for_the_sign():
    answers, _ = invented_answers(150, 6)
    answers[:, 0] = 4 - answers[:, 0]
    model = GradedResponse(slopes="equal").fit(answers)
    assert np.abs(model.discrimination_) == pytest.approx(np.full(6, model.discrimination_[1]))
    assert model.wrong_key_.tolist() == [True] + [False] * 5
    assert model.n_parameters_ == 6 * 4 + 1


@pytest.mark.parametrize("prior", ["weak", None])
def test_extreme_answers_give_numbers_without_warnings(prior):
    answers, _ = invented_answers(120, 5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = GradedResponse(prior=prior).fit(answers)
        nothing = np.full(5, np.nan)
        people = np.vstack([np.zeros(5), np.full(5, 4.0), np.r_[4.0, nothing[1:]], nothing])
        level, error = model.transform(people)[:, 0], model.standard_error(people)
        twins = GradedResponse(prior=prior).fit(np.repeat(answers[:, :1], 4, axis=1))
    assert level[0] < level[3] < level[2] < level[1]
    assert np.all((error > 0) & (error <= 1.0 + 1e-6))
    assert np.isfinite(twins.transform(np.repeat(people[:, :1], 4, axis=1))).all()


def test_a_thousand_items_stay_finite():
    answers, truth = invented_answers(40, 1000, seed=3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = GradedResponse(max_iter=6).fit(answers)
        level, error = model.transform(answers)[:, 0], model.standard_error(answers)
    assert np.isfinite(model.log_likelihood_) and np.isfinite(error).all()
    assert model.n_nodes_ > 61
    assert np.corrcoef(level, truth.theta)[0, 1] > 0.98


def test_draws_have_mean_and_error_of_the_posterior():
    answers, _ = invented_answers(300, 8, missing=0.2)
    model = GradedResponse().fit(answers)
    draws = model.sample(answers[:40], 4000, random_state=1)
    assert draws.shape == (4000, 40)
    assert draws.mean(axis=0) == pytest.approx(model.transform(answers[:40])[:, 0], abs=0.05)
    assert draws.std(axis=0) == pytest.approx(model.standard_error(answers[:40]), rel=0.06)
    assert len(np.unique(draws[:, 0])) == 4000
    assert np.array_equal(draws, model.sample(answers[:40], 4000, random_state=1))


def test_information_is_the_curvature_of_the_likelihood():
    answers, _ = invented_answers(400, 5)
    model = GradedResponse().fit(answers)
    places, step = np.array([-1.5, 0.0, 0.7]), 1e-4
    for item in range(5):
        logs = [model.log_probabilities(item, places + shift) for shift in (-step, 0, step)]
        curvature = -(logs[0] - 2 * logs[1] + logs[2]) / step**2
        expected = (np.exp(logs[1]) * curvature).sum(axis=0)
        assert model.item_information(places)[item] == pytest.approx(expected, rel=1e-4, abs=1e-5)
    assert model.information(places) == pytest.approx(model.item_information(places).sum(axis=0))
    assert model.marginal_reliability() == pytest.approx(model.reliability_, abs=0.08)


def test_refit_forgets_and_clone_does_too():
    first, second = invented_answers(200, 5)[0], invented_answers(250, 7, 4, seed=8)[0]
    model = GradedResponse().fit(first)
    again = model.fit(second)
    assert again.discrimination_ == pytest.approx(clone(model).fit(second).discrimination_)


@pytest.mark.parametrize("wrong", [{"prior": "strong"}, {"slopes": "none"}, {"n_nodes": 3}])
def test_wrong_parameters_are_named(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        GradedResponse(**wrong).fit(invented_answers(50, 3)[0])


@settings(max_examples=40, deadline=None)
@given(
    st.integers(2, 60), st.integers(1, 6), st.integers(2, 7), st.sampled_from([0.0, 0.4]), st.integers(0, 10_000),
    st.sampled_from(["weak", None]),
)
def test_any_table_gives_numbers_or_a_named_fault(people, items, categories, missing, seed, prior):
    random = np.random.default_rng(seed)
    answers = random.integers(0, categories, (people, items)).astype(float)
    answers[random.random(answers.shape) < missing] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            model = GradedResponse(prior=prior, max_iter=40).fit(answers)
        except ValueError as fault:
            assert "one answer only" in str(fault) or "no answers" in str(fault)
            return
        level, error = model.transform(answers), model.standard_error(answers)
    assert np.isfinite(level).all() and np.isfinite(error).all()
    assert np.all((error >= 0) & (error <= 1 + 1e-6))
    assert model.log_likelihood_ <= 1e-9
    assert model.discrimination_.sum() >= 0
    assert all(np.all(np.diff(part) < 0) for part in model.intercepts_)
