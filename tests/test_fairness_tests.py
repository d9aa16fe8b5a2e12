"""Two groups: printed figures, and what every test of a two by two table keeps to."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from assessment.fairness.tests import below_four_fifths, compare, highest, one_choice_flips

RATES = ([60, 45, 48, 51], [100, 100, 100, 100])  # Uniform Guidelines, questions and answers of 1979
COUNTS = st.tuples(st.integers(1, 60), st.integers(1, 60)).flatmap(
    lambda n: st.tuples(st.integers(0, n[0]), st.just(n[0]), st.integers(0, n[1]), st.just(n[1]))
)


def test_the_guidelines_find_adverse_impact_only_at_forty_five_percent():
    passed, people = RATES
    ratios = [compare(p, n, 60, 100).ratio for p, n in zip(passed[1:], people[1:], strict=True)]
    assert ratios == pytest.approx([0.75, 0.80, 0.85])
    assert [below_four_fifths(p, 100, 60, 100) for p in passed] == [False, True, False, False]


def test_figures_are_those_printed_by_morris():
    found = compare(2, 10, 15, 25)  # Morris 2017: women 2 of 10, men 15 of 25
    assert found.ratio == pytest.approx(0.333, abs=5e-4)
    assert found.z == pytest.approx(-2.139, abs=5e-4)
    assert found.p_z == pytest.approx(0.032, abs=5e-4)
    assert found.fisher == pytest.approx(0.0599, abs=5e-5)
    assert found.mid_p == pytest.approx(0.0437, abs=5e-5)
    assert found.h == pytest.approx(0.845, abs=5e-4)
    assert found.shortfall == pytest.approx(2.86, abs=5e-3)
    assert found.beyond_chance == "some"


def test_the_interval_of_a_ratio_is_that_of_its_logarithm():
    found = compare(24, 211, 66, 389)
    error = math.sqrt(1 / 24 - 1 / 211 + 1 / 66 - 1 / 389)
    assert found.low == pytest.approx(found.ratio * math.exp(-1.959964 * error), rel=1e-6)
    assert found.high == pytest.approx(found.ratio * math.exp(1.959964 * error), rel=1e-6)


def test_nobody_passing_still_has_an_upper_end():
    found = compare(0, 12, 30, 100)
    assert found.ratio == 0 and found.low == 0 and 0.05 < found.high < 2
    assert math.isnan(compare(3, 12, 0, 100).ratio)


@settings(deadline=None)
@given(COUNTS)
def test_fisher_agrees_with_scipy(table):
    a, n, b, m = table
    assert compare(a, n, b, m).fisher == pytest.approx(stats.fisher_exact([[a, n - a], [b, m - b]])[1], abs=1e-9)


@settings(deadline=None)
@given(COUNTS)
def test_turning_the_groups_round_turns_the_figures_round(table):
    a, n, b, m = table
    one, other = compare(a, n, b, m), compare(b, m, a, n)
    assert one.z == pytest.approx(-other.z, abs=1e-12) and one.h == pytest.approx(-other.h, abs=1e-12)
    assert one.fisher == pytest.approx(other.fisher) and one.shortfall == pytest.approx(-other.shortfall)
    if a and b:
        assert one.low == pytest.approx(1 / other.high)
    assert 0 <= one.mid_p <= one.fisher <= 1


def test_impossible_counts_are_refused():
    for counts in ((3, 2, 1, 5), (0, 0, 1, 5), (-1, 4, 1, 5)):
        with pytest.raises(ValueError):
            compare(*counts)


def test_one_different_choice_that_turns_the_verdict_is_found():
    assert one_choice_flips([6, 4], [10, 9], 1)  # .44 of .60 is .74; 5 of 9 against 5 of 10 is above the line
    assert not one_choice_flips([60, 40], [100, 100], 1)
    assert one_choice_flips([60, 48], [100, 100], 1)  # exactly four fifths: one less and it is under the line
    assert not one_choice_flips([60, 48], [100, 100], 0)


def test_of_equal_rates_the_larger_group_is_the_measure():
    assert highest([5, 10, 1], [10, 20, 9]) == 1


@settings(deadline=None)
@given(st.integers(1, 30), st.integers(1, 30), st.data())
def test_a_flip_is_what_trying_it_shows(n, m, data):
    a, b = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    if highest([a, b], [n, m]) == 0:
        return
    now = below_four_fifths(a, n, b, m)
    step = 1 if now else -1
    a2, b2 = a + step, b - step
    possible = 0 <= a2 <= n and 0 <= b2 <= m
    then = possible and below_four_fifths(a2, n, b2, m) and a2 / n <= b2 / m
    assert one_choice_flips([a, b], [n, m], 0) == (possible and then != now)
