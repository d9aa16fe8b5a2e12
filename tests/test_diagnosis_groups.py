"""Groups differ by as much as they were made to; small groups are named and not judged; biased items are found."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.diagnosis.groups import adjusted, contrasts, differences, item_functioning
from tests.small_campaign import small_campaign

PEOPLE = [f"P{k:03d}" for k in range(400)]


def staff(women=200):
    return {"gender": ["f"] * women + ["m"] * (len(PEOPLE) - women)}


@cache
def of_women(women: int) -> Any:
    return small_campaign(PEOPLE, staff=staff(women))


def measured(gap: float, reliability: float, women: int = 200, seed: int = 0, methods: Any = None) -> Any:
    """Measures of one scale: women higher by the gap, values shrunken towards the mean of all as EAPs are."""
    rng = np.random.default_rng(seed)
    campaign = of_women(women)
    group = np.where(np.arange(len(PEOPLE)) < women, gap / 2, -gap / 2)
    true = group + np.sqrt(1 - gap**2 / 4) * rng.standard_normal(len(PEOPLE))
    noise = np.sqrt(1 / reliability - 1)
    eap = reliability * (true + noise * rng.standard_normal(len(PEOPLE)))
    scales = pd.DataFrame({"initiative": eap}, campaign.people)
    errors = pd.DataFrame({"initiative": np.sqrt(1 - reliability)}, campaign.people)
    plain = SimpleNamespace(composites=pd.DataFrame(index=campaign.people) if methods is None else methods)
    return SimpleNamespace(campaign=campaign, scales=scales, scale_errors=errors, plain=plain)


def test_two_groups_that_make_up_everybody_are_one_contrast():
    found = contrasts(small_campaign(PEOPLE, staff=staff()))
    assert [(c.column, c.group, c.sizes) for c in found] == [("gender", "f", (200, 200))]


def test_ages_heads_and_organisations_are_groups_and_unknown_people_belong_to_none():
    table = {
        "birth_year": [1995, 1980, 1965, None], "level": ["head", "specialist", "specialist", None],
        "org_type": ["administration", "subordinate", "administration", None],
        "hire_date": pd.to_datetime(["2026-01-01"] * 4),
    }  # fmt: skip
    found = {(c.column, c.group): c.sizes for c in contrasts(small_campaign(["A", "B", "C", "D"], staff=table))}
    assert found == {
        ("org_type", "subordinate"): (1, 2), ("age", "under35"): (1, 2), ("age", "35to49"): (1, 2),
        ("age", "50plus"): (1, 2), ("level", "heads"): (1, 2),
    }  # fmt: skip


def test_without_anything_known_of_people_nothing_is_compared():
    assert contrasts(small_campaign(PEOPLE)) == []


@pytest.mark.parametrize("reliability", [0.9, 0.6])
def test_a_difference_is_found_at_its_true_size_however_shrunken_the_values(reliability):
    found = [differences(measured(0.8, reliability, seed=k)).iloc[0] for k in range(12)]
    assert np.mean([row["d"] for row in found]) == pytest.approx(0.8, abs=0.08)
    assert all(row["clear"] for row in found)


def test_the_interval_holds_the_truth_nineteen_times_of_twenty():
    found = [differences(measured(0.3, 0.7, seed=k)).iloc[0] for k in range(200)]
    assert 0.91 <= np.mean([row["low"] <= 0.3 <= row["high"] for row in found]) <= 0.99


def test_a_group_below_five_is_named_without_a_figure():
    row = differences(measured(0.8, 0.8, women=4)).iloc[0]
    assert (row["n"], row["others"], row["too_few"]) == (4, 396, True)
    assert np.isnan(row["d"]) and not row["clear"]


def test_methods_are_compared_as_observed():
    people = pd.Index(PEOPLE, name="person_id")
    value = pd.DataFrame({"observation": np.where(np.arange(400) < 200, 0.5, -0.5)}, people)
    found = differences(measured(0.0, 0.8, methods=value)).set_index("kind").loc["method"]
    assert found["d"] == pytest.approx(1.0)
    assert found["high"] - found["d"] == pytest.approx(1.96 * 0.1, abs=0.001)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_correcting_for_many_tests_never_makes_one_surer(values):
    p = pd.Series(values)
    corrected = adjusted(p)
    assert (corrected >= p - 1e-12).all() and (corrected <= 1.0).all()
    assert corrected.max() == pytest.approx(p.max())


def test_correction_after_benjamini_and_hochberg():
    # Worked by hand: 5 tests, p (k-th smallest) x 5 / k, running minimum from the largest.
    found = adjusted(pd.Series([0.01, 0.04, 0.03, np.nan, 0.005, 0.5]))
    assert found.to_list()[:3] == pytest.approx([0.025, 0.05, 0.05])
    assert np.isnan(found[3]) and found[4] == pytest.approx(0.025) and found[5] == pytest.approx(0.5)


def answers_with_bias(bias: float, women: int = 200) -> Any:
    rng = np.random.default_rng(7)
    level = rng.standard_normal(len(PEOPLE))
    woman = np.arange(len(PEOPLE)) < women
    found = {}
    for place, item in enumerate(["in1", "in2", "in3", "in4", "in5"]):
        shift = bias * woman if place == 1 else 0.0
        found[item] = np.clip(np.round(3 + 1.1 * level + shift + 0.7 * rng.standard_normal(len(PEOPLE))), 1, 5)
    battery = small_campaign(PEOPLE).instruments.battery
    for item in found:
        if battery.reverse(item):
            found[item] = 6 - found[item]
    return small_campaign(PEOPLE, answers=found, staff=staff(women))


def test_an_item_that_means_more_to_women_is_found_with_its_sign():
    found = item_functioning(answers_with_bias(0.5), ["initiative"])
    assert found["differs"].tolist() == [True, False, False, False, False]
    first = found.iloc[0]
    assert (first["item"], first["group"], first["n"]) == ("in2", "f", 200)
    assert 0.3 < first["effect"] < 0.8 and first["p_adjusted"] < 1e-4


def test_items_without_bias_are_not_blamed():
    assert not item_functioning(answers_with_bias(0.0), ["initiative"])["differs"].any()


def test_a_group_below_a_hundred_is_too_small_for_items_and_is_named():
    told = []
    campaign = answers_with_bias(0.8, women=60)
    found = item_functioning(campaign, ["initiative"], lambda step, share: told.append((step, share)))
    assert found["too_few"].all() and len(found) == 5 and not found["differs"].any()
    assert told == [("initiative", 0.0)]
