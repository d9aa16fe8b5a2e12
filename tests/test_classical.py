"""Classical figures agree with plain algebra; with R psych and with Shrout & Fleiss in test_references.py."""
from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.classical import (
    alpha,
    floor_ceiling,
    intraclass,
    item_rest,
    mean_inter_item,
    omega,
    one_factor,
    standardised_alpha,
)
from tests.graded_people import invented_answers


def test_judges_who_agree_but_for_severity_agree_in_order_only():
    level = np.arange(8.0)
    found = intraclass(pd.DataFrame({"a": level, "b": level + 3}))
    assert found["ICC3"] == pytest.approx(1.0)
    assert found["ICC2"] < 0.7
    with pytest.raises(ValueError, match="found 8 and 1"):
        intraclass(pd.DataFrame({"a": level}))


def test_a_single_factor_is_found_from_its_correlations():
    loadings = np.array([0.9, 0.7, 0.5, -0.6])
    matrix = np.outer(loadings, loadings)
    np.fill_diagonal(matrix, 1.0)
    assert one_factor(matrix) == pytest.approx(loadings, abs=1e-6)


def test_items_of_one_answer_and_pairs_without_overlap_give_no_figure():
    alike = pd.DataFrame({"a": [3, 3, 3], "b": [3, 3, 3], "c": [3, 3, 3]})
    assert np.isnan([alpha(alike), standardised_alpha(alike), omega(alike), mean_inter_item(alike)]).all()
    assert item_rest(alike).isna().all()
    assert np.isnan(alpha(pd.DataFrame({"a": [1, 2, 3]})))
    assert np.isnan(omega(pd.DataFrame({"a": [1, 2, 3], "b": [1, 2, 4]})))
    apart = pd.DataFrame({"a": [1, 2, np.nan, np.nan], "b": [np.nan, np.nan, 1, 2], "c": [1, 2, 3, 4]})
    assert np.isnan(alpha(apart))


def test_item_rest_is_the_correlation_with_the_mean_of_the_others():
    answers = pd.DataFrame(invented_answers(200, 4)[0], columns=list("abcd"))
    expected = answers["b"].corr(answers[["a", "c", "d"]].mean(axis=1))
    assert item_rest(answers)["b"] == pytest.approx(expected)
    answers["b"] = 4 - answers["b"]
    assert item_rest(answers)["b"] < 0 < item_rest(answers)["a"]


def test_floor_and_ceiling_are_shares_of_answers_given():
    answers = pd.DataFrame({"a": [1, 1, 5, np.nan], "b": [2, 3, 4, 5]})
    found = floor_ceiling(answers, 1, 5)
    assert found["floor"].tolist() == pytest.approx([2 / 3, 0])
    assert found["ceiling"].tolist() == pytest.approx([1 / 3, 0.25])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.floats(0.5, 20), st.floats(-5, 5))
def test_unit_and_origin_of_the_answer_scale_do_not_matter(seed, unit, origin):
    answers = pd.DataFrame(invented_answers(60, 4, missing=0.1, seed=seed)[0])
    moved = answers * unit + origin
    assert alpha(moved) == pytest.approx(alpha(answers), abs=1e-8)
    assert omega(moved) == pytest.approx(omega(answers), abs=1e-6)
    assert item_rest(moved).to_numpy() == pytest.approx(item_rest(answers).to_numpy(), abs=1e-8, nan_ok=True)
