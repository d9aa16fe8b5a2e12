"""Kappas, agreement in units and reliability of unit means against printed figures and by properties."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import f_oneway

from models.agreement import (
    category_kappas,
    cohen_kappa,
    fleiss_kappa,
    krippendorff_alpha,
    rwg,
    rwg_j,
    unit_reliability,
)

KNOWN = json.loads((Path(__file__).parent / "data" / "agreement.json").read_text(encoding="utf-8"))


def long(counts) -> pd.DataFrame:
    rows = [
        {"case": i, "category": f"k{k}"} for i, row in enumerate(counts) for k, n in enumerate(row) for _ in range(n)
    ]
    return pd.DataFrame(rows)


def test_fleiss_kappa_of_the_printed_example():
    assert fleiss_kappa(long(KNOWN["fleiss"]["counts"]), "case", "category") == pytest.approx(0.210, abs=0.0005)


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_krippendorff_alpha_of_the_printed_example(level):
    values = pd.DataFrame(KNOWN["krippendorff"]["values"]).melt(var_name="case", value_name="value")
    found = krippendorff_alpha(values, "case", "value", level)
    assert found == pytest.approx(KNOWN["krippendorff"][level], abs=0.0005)


def test_cohen_kappa_by_hand():
    first = pd.Series(["y"] * 25 + ["n"] * 25)
    second = pd.Series(["y"] * 20 + ["n"] * 5 + ["y"] * 10 + ["n"] * 15)
    assert cohen_kappa(first, second) == pytest.approx((0.7 - 0.5) / 0.5)


def test_cohen_kappa_matches_cases_by_name_and_leaves_gaps_out():
    first = pd.Series({"a": "x", "b": "y", "c": "x", "d": None})
    second = pd.Series({"d": "x", "c": "x", "b": "y", "a": "x", "e": "y"})
    assert cohen_kappa(first, second) == 1.0
    with pytest.raises(ValueError, match="twice"):
        cohen_kappa(pd.concat([first, first]), second)


def test_two_raters_who_always_agree_have_kappa_one_and_one_category_says_nothing():
    alike = pd.DataFrame({"case": [1, 1, 2, 2], "category": ["a", "a", "b", "b"]})
    assert fleiss_kappa(alike, "case", "category") == 1.0
    assert krippendorff_alpha(alike, "case", "category") == 1.0
    assert np.isnan(fleiss_kappa(alike.assign(category="a"), "case", "category"))
    assert np.isnan(krippendorff_alpha(alike.assign(category="a"), "case", "category"))
    assert np.isnan(fleiss_kappa(alike.iloc[[0, 2]], "case", "category"))
    assert np.isnan(cohen_kappa(pd.Series(["a", "a"]), pd.Series(["a", "a"])))
    assert np.isnan(cohen_kappa(pd.Series(["a"]), pd.Series(["a"], index=[7])))


choices = st.lists(st.tuples(st.integers(0, 8), st.sampled_from("abc")), min_size=4, max_size=40).map(
    lambda rows: pd.DataFrame(rows, columns=["case", "category"])
)


@settings(max_examples=40, deadline=None)
@given(choices)
def test_kappa_is_at_most_one_and_does_not_hang_on_names_or_order(table):
    value = fleiss_kappa(table, "case", "category")
    renamed = table.assign(category=table["category"].map({"a": "z", "b": "q", "c": "m"})).iloc[::-1]
    assert np.isnan(value) or value <= 1.0 + 1e-12
    assert fleiss_kappa(renamed, "case", "category") == pytest.approx(value, nan_ok=True)


@settings(max_examples=30, deadline=None)
@given(choices)
def test_kappa_of_two_categories_is_the_same_for_both(table):
    two = table[table["category"] != "c"]
    found = category_kappas(two, "case", "category")["kappa"]
    whole = fleiss_kappa(two, "case", "category")
    np.testing.assert_allclose(found, whole, equal_nan=True)


def test_raters_who_choose_at_random_agree_by_chance_alone():
    random = np.random.default_rng(0)
    table = pd.DataFrame({"case": np.repeat(np.arange(3000), 2), "category": random.choice(list("abcde"), 6000)})
    assert abs(fleiss_kappa(table, "case", "category")) < 0.03
    assert abs(krippendorff_alpha(table, "case", "category")) < 0.03


def test_an_unknown_level_or_column_is_refused():
    with pytest.raises(ValueError, match="level"):
        krippendorff_alpha(long([[1, 1]]), "case", "category", "ratio")
    with pytest.raises(ValueError, match="person"):
        fleiss_kappa(long([[1, 1]]), "person", "category")


def test_rwg_by_hand():
    assert rwg(np.array([4.0, 4.0, 4.0, np.nan]), 5) == 1.0
    assert rwg(np.array([3.0, 4.0, 5.0]), 5) == pytest.approx(0.5)  # variance 1 against (25 - 1) / 12 = 2
    assert rwg(np.array([1.0, 5.0, 1.0, 5.0]), 5) == 0.0
    assert np.isnan(rwg(np.array([3.0]), 5))


def test_rwg_of_a_scale_by_hand():
    answers = np.array([[3.0, 4.0], [4.0, 4.0], [5.0, 4.0]])  # variances 1 and 0: r = .5 / 2
    assert rwg_j(answers, 5) == pytest.approx(2 * 0.75 / (2 * 0.75 + 0.25))
    assert rwg_j(np.column_stack([answers, [np.nan, np.nan, 2.0]]), 5) == pytest.approx(rwg_j(answers, 5))
    with pytest.raises(ValueError, match="option"):
        rwg_j(answers, 1)


def test_unit_reliability_of_shrout_and_fleiss():
    marks = np.array(KNOWN["shrout_fleiss"]["marks"])
    found = unit_reliability(pd.Series(marks.ravel()), pd.Series(np.repeat(np.arange(6), 4)))
    assert found["icc1"] == pytest.approx(KNOWN["shrout_fleiss"]["icc1"], abs=0.005)
    assert found["icc2"] == pytest.approx(KNOWN["shrout_fleiss"]["icc1_4"], abs=0.005)
    assert (found["n_units"], found["n"], found["n_effective"]) == (6, 24, 4.0)


def test_the_test_of_units_is_the_analysis_of_variance():
    random = np.random.default_rng(1)
    groups = [random.normal(mean, 1.0, size) for mean, size in ((0.0, 5), (0.4, 9), (0.2, 12), (0.9, 6))]
    units = np.repeat(["a", "b", "c", "d"], [len(group) for group in groups])
    found = unit_reliability(pd.Series(np.concatenate(groups)), pd.Series(units))
    known = f_oneway(*groups)
    assert found["f"] == pytest.approx(known.statistic)
    assert found["p"] == pytest.approx(known.pvalue)


def test_the_share_between_units_comes_back_from_units_of_unequal_size():
    random = np.random.default_rng(2)
    size = random.integers(3, 25, 400)
    units = np.repeat(np.arange(400), size)
    values = random.normal(0.0, np.sqrt(0.2), 400)[units] + random.normal(0.0, np.sqrt(0.8), len(units))
    assert unit_reliability(pd.Series(values), pd.Series(units))["icc1"] == pytest.approx(0.2, abs=0.03)


def test_units_of_one_or_a_single_unit_tell_nothing():
    assert np.isnan(unit_reliability(pd.Series([1.0, 2.0]), pd.Series(["a", "b"]))["icc1"])
    assert np.isnan(unit_reliability(pd.Series([1.0, 2.0]), pd.Series(["a", "a"]))["icc1"])
    assert np.isnan(unit_reliability(pd.Series([3.0] * 4), pd.Series(["a", "a", "b", "b"]))["icc1"])
