"""Those who answer at random stand out; agreement with R careless and R mirt is held in test_references.py."""
from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from models import GradedResponse
from models.answer_quality import (
    answering_ratio,
    even_odd,
    longest_run,
    mahalanobis,
    person_fit,
    person_fit_limit,
)
from tests.graded_people import invented_answers


def test_a_missing_answer_ends_a_run():
    answers = pd.DataFrame([[3, 3, np.nan, 3, 3, 3], [1, 2, 3, 4, 5, 6], [np.nan] * 6], index=["a", "b", "c"])
    assert longest_run(answers).to_dict() == {"a": 3, "b": 1, "c": 0}


def invented_questionnaire(n_people=400, seed=0):
    """Six scales of six items on 1-5, the last tenth of the people answering at random."""
    blocks = [invented_answers(n_people, 6, seed=seed + scale)[0] for scale in range(6)]
    answers = pd.DataFrame(np.hstack(blocks) + 1, columns=[f"{s}{k}" for s in "abcdef" for k in range(6)])
    careless = np.arange(n_people) >= n_people * 9 // 10
    answers.loc[careless] = np.random.default_rng(seed).integers(1, 6, (careless.sum(), 36))
    return answers, careless


def test_people_who_answer_at_random_are_inconsistent_and_far_out():
    answers, careless = invented_questionnaire()
    scales = {item: item[0] for item in answers.columns}
    consistent = even_odd(answers, scales)
    assert consistent.between(-1, 1).all()
    assert consistent[careless].median() < 0.3 < 0.6 < consistent[~careless].median()
    distance = mahalanobis(answers)
    assert distance[careless].median() > distance[~careless].quantile(0.9)


def test_distance_does_not_reward_or_punish_gaps():
    random = np.random.default_rng(1)
    answers = pd.DataFrame(random.multivariate_normal(np.zeros(10), 0.5 + 0.5 * np.eye(10), 4000))
    gaps = answers.mask(random.random(answers.shape) < 0.3)
    gaps.iloc[0] = np.nan
    distance = mahalanobis(gaps)
    assert np.isnan(distance.iloc[0])
    assert distance.mean() == pytest.approx(10, abs=0.4)
    assert (distance > chi2.ppf(0.99, 10)).mean() == pytest.approx(0.01, abs=0.006)
    assert distance[1:].corr(gaps.isna().sum(axis=1)[1:]) == pytest.approx(0, abs=0.06)


def test_constant_and_empty_tables_give_no_distance():
    assert mahalanobis(pd.DataFrame({"a": [3, 3], "b": [1, 1]})).isna().all()
    twins = pd.DataFrame({"a": [1, 2, 3, 4], "b": [1, 2, 3, 4]})
    assert np.isfinite(mahalanobis(twins)).all()


def test_consistency_needs_three_scales_with_two_halves():
    answers, _ = invented_questionnaire(20)
    assert even_odd(answers, dict.fromkeys(answers.columns, "one")).isna().all()
    answers.iloc[0] = 3
    scales = {item: item[0] for item in answers.columns}
    assert np.isnan(even_odd(answers, scales).iloc[0])
    answers.iloc[1, 12:] = np.nan
    assert np.isnan(even_odd(answers, scales).iloc[1])


def test_limit_of_person_fit_keeps_its_promise():
    answers = pd.DataFrame(invented_answers(600, 8, missing=0.05, seed=9)[0])
    model = GradedResponse().fit(answers)
    fit = person_fit(model, answers)
    limit = person_fit_limit(model, answers, 0.05, random_state=1)
    assert (fit < limit).mean() == pytest.approx(0.05, abs=0.025)
    assert limit > -1.645  # lz at an estimated level is narrower than a normal value
    assert limit == person_fit_limit(model, answers, 0.05, random_state=1)


def test_random_answers_do_not_fit_and_single_answers_are_not_judged():
    answers = pd.DataFrame(invented_answers(500, 12, seed=3)[0])
    model = GradedResponse().fit(answers)
    noise = pd.DataFrame(np.random.default_rng(0).integers(0, 5, (200, 12)))
    limit = person_fit_limit(model, answers)
    assert (person_fit(model, noise) < limit).mean() > 0.5
    noise.iloc[0, 1:] = np.nan
    assert np.isnan(person_fit(model, noise).iloc[0])



def test_answers_at_random_are_told_from_honest_ones_by_their_likelihood():
    answers = pd.DataFrame(invented_answers(600, 30, seed=4)[0])
    model = GradedResponse().fit(answers)
    noise = pd.DataFrame(np.random.default_rng(1).integers(0, 5, (200, 30)))
    assert (answering_ratio(model, answers) < 0).mean() < 0.02
    assert (answering_ratio(model, noise) < 0).mean() > 0.9
    noise.iloc[0] = np.nan
    assert answering_ratio(model, noise).iloc[0] == pytest.approx(0.0)
