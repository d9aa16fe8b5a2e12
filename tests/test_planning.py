"""Planning: published figures of selection theory, and plans that can be redone on paper."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.planning import (
    Office,
    ambassadors,
    gain_per_person,
    interview_plan,
    interviews_a_day,
    interviews_buy,
    mean_z,
    panels_needed,
    plan_table,
    success_ratio,
    two_stages,
    unrestricted,
    utility,
)


@pytest.mark.parametrize(("validity", "ratio", "base", "expected", "within"), [
    (0.5, 0.5, 0.6, 0.7608728, 5e-7),  # Taylor & Russell 1939 by the R package iopsych
    (0.40, 30 / 600, 0.30, 0.627, 5e-4),
    (0.40, 90 / 600, 0.60, 0.826, 5e-4),
])  # fmt: skip
def test_success_ratios_are_those_of_taylor_and_russell(validity, ratio, base, expected, within):
    assert success_ratio(validity, ratio, base) == pytest.approx(expected, abs=within)


@pytest.mark.parametrize(("ratio", "expected"), [
    (0.05, 2.0627), (0.10, 1.7550), (0.15, 1.5544), (0.20, 1.3998), (0.30, 1.1590), (0.50, 0.7979),
])  # fmt: skip
def test_mean_z_of_the_selected_is_density_over_ratio(ratio, expected):
    assert mean_z(ratio) == pytest.approx(expected, abs=5e-5)


def test_gain_is_that_of_brogden_cronbach_and_gleser():
    assert gain_per_person(0.5, 0.3, 10_000) == pytest.approx(5794.877, abs=5e-4)


def test_utility_counts_everybody_selected_and_everybody_assessed():
    assert utility(0.5, 0.3, 10_000, selected=30, cost_per_applicant=100, years=2) == pytest.approx(
        60 * 5794.877 - 100 * 100, abs=0.05
    )


def test_range_restriction_is_undone_as_in_thorndikes_case_two():
    assert unrestricted(0.33, 100.32, 48.19) == pytest.approx(0.588423, abs=5e-7)


def test_two_stages_give_the_printed_means():
    found = two_stages(0.3, 0.4, 0.3, 0.15, 1 / 3)
    assert found.first == pytest.approx(0.467, abs=1e-3)  # printed figure is simulated; exactly 0.4663
    assert found.final == pytest.approx(0.837, abs=1e-3)
    assert found.one_stage == pytest.approx(0.619, abs=5e-4)


def test_two_stages_agree_with_invented_people():
    rng = np.random.default_rng(5)
    r = np.array([[1, 0.2, 0.3], [0.2, 1, 0.5], [0.3, 0.5, 1]])
    x = rng.multivariate_normal(np.zeros(3), r, 400_000)
    x = x[np.argsort(-x[:, 0])][:100_000]
    x = x[np.argsort(-x[:, 1])][:20_000]
    assert two_stages(0.3, 0.5, 0.2, 0.25, 0.2).final == pytest.approx(x[:, 2].mean(), abs=0.02)


@settings(deadline=None)
@given(st.floats(0.01, 0.95), st.floats(0.05, 0.9), st.floats(0.05, 0.95))
def test_a_better_predictor_never_selects_fewer_who_do_well(r, ratio, base):
    assert base - 1e-9 <= success_ratio(r * 0.5, ratio, base) <= success_ratio(r, ratio, base) + 1e-9


@settings(deadline=None)
@given(st.floats(0.02, 0.9), st.floats(0.05, 0.9))
def test_a_predictor_that_tells_nothing_selects_like_a_lot(ratio, base):
    assert success_ratio(0.0, ratio, base) == pytest.approx(base, abs=1e-7)


def test_impossible_figures_are_refused():
    for call in (lambda: success_ratio(1.2, 0.5, 0.5), lambda: mean_z(0.0), lambda: unrestricted(0.3, 0, 1),
                 lambda: two_stages(0.9, -0.9, 0.9, 0.2, 0.5), lambda: interviews_buy(Office(team=100))):  # fmt: skip
        with pytest.raises(ValueError):
            call()


def test_the_interview_of_ninety_buys_more_who_do_well_and_is_paid_for():
    found = interviews_buy(Office(sdy=200_000, interview_cost=3_000))
    assert found["z_gain"] == pytest.approx(0.838 - 0.619, abs=1e-3)
    assert found["success_by_lot"] < found["success_without"] < found["success_with"]
    assert found["worth"] == pytest.approx(found["z_gain"] * 200_000 * 30)
    assert found["net"] == pytest.approx(found["worth"] - 270_000)


def test_six_interviews_fit_into_six_hours_with_quarter_hour_pauses():
    assert interviews_a_day(45, 15, 6) == 6  # 6 x 45 + 5 x 15 = 345 of 360 minutes
    assert interviews_a_day(60, 0, 6) == 6
    assert interviews_a_day(60, 1, 6) == 5


def test_ninety_people_take_three_panels_five_days():
    plan = interview_plan(90, 45, 15, 6, panels=3, panel_size=2)
    assert (plan.a_day, plan.days, plan.interviewers, plan.hours, plan.spare) == (6, 5, 6, 180.0, 0)


@settings(deadline=None)
@given(st.integers(1, 300), st.integers(1, 20))
def test_the_fewest_panels_see_everybody_in_time_and_one_less_does_not(people, days):
    plan = panels_needed(people, days)
    assert plan.days <= days
    if plan.panels > 1:
        assert interview_plan(people, panels=plan.panels - 1).days > days


def test_the_table_of_plans_says_what_each_further_panel_saves():
    table = plan_table(90)
    assert list(table["days"]) == [15, 8, 5, 4, 3, 3]
    assert list(plan_table(90, {"most": 4})["panels"]) == [4, 5, 6]


def test_ambassadors_are_counted_against_the_staff_of_each_organisation():
    staff = pd.DataFrame({"org_id": ["A"] * 60 + ["B"] * 30 + [None] * 10}, index=[f"P{i:03d}" for i in range(100)])
    table = ambassadors(staff, pd.Index([f"P{i:03d}" for i in range(9)] + ["P099"]))
    assert list(table.index) == ["A", "B", ""]
    assert list(table["ambassadors"]) == [9, 0, 1]
    assert table.loc["A", "staff_per_ambassador"] == pytest.approx(60 / 9)
    assert np.isnan(table.loc["B", "staff_per_ambassador"])
    assert list(table["short"]) == [0, 3, 0]


def test_without_organisations_everybody_is_one():
    staff = pd.DataFrame(index=["P1", "P2"])
    assert list(ambassadors(staff, pd.Index(["P1"]))["staff"]) == [2]
