"""Fairness of a whole run: every stage, group and method is there, and the figures agree with the lists."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from assessment.campaign import METHODS
from assessment.fairness.assess import Fairness, assess, plain_without
from assessment.fairness.differences import all_differences
from assessment.fairness.groups import groups
from assessment.weights import resolve_weights
from tests.invented_run import invented


@pytest.fixture(scope="module")
def found() -> Fairness:
    result = invented()
    return assess(result.campaign, result.measures, result.ranking, result.shortlist, result.team)


def test_counts_of_every_stage_add_up_to_the_lists(found):
    result = invented()
    sums = found.impacts.groupby(["stage", "attribute"])[["n", "passed"]].sum()
    listed = int((result.shortlist["list"] == "shortlist").sum())
    for attribute in found.groups:
        assert tuple(sums.loc[("shortlist", attribute)]) == (len(result.ranking), listed)
        assert tuple(sums.loc[("team", attribute)]) == (listed, 12)
        assert tuple(sums.loc[("whole", attribute)]) == (len(result.ranking), 12)


def test_groups_of_gender_age_level_organisation_and_service_are_all_there(found):
    assert list(found.groups) == ["gender", "age", "level", "org_type", "tenure"]
    small = found.impacts[found.impacts["n"] < 5]
    assert set(small["verdict"]) <= {"too_few", "unknown"} and small["ratio"].isna().all()


def test_differences_speak_of_standing_every_domain_every_method_and_every_measure(found):
    kinds = found.differences.groupby("kind")["what"].nunique()
    result = invented()
    assert kinds["standing"] == 1 and kinds["domain"] == 4 and kinds["method"] == len(METHODS)
    assert kinds["measure"] == result.measures.plain.z.shape[1]
    assert set(found.differences.loc[found.differences["kind"] == "measure", "method"]) == set(METHODS)


def test_a_difference_put_into_the_answers_is_found_and_belongs_to_its_scale():
    result = invented()
    table = groups(result.campaign)
    measures = result.measures
    z = measures.plain.z.copy()
    z.loc[table.index[table["gender"] == "f"], "influence"] += 1.0
    changed = replace(measures, plain=replace(measures.plain, z=z), cache={})
    found = all_differences(result.campaign, changed, table)
    large = found[(found["attribute"] == "gender") & (found["group"] == "f") & (found["kind"] == "measure")]
    assert large.set_index("what").loc["influence", "large"]
    assert large.set_index("what").loc["influence", "d"] == large["d"].max()


def test_without_a_method_the_others_shares_add_up_again():
    result = invented()
    roles = result.campaign.instruments.roles
    weights = resolve_weights(result.campaign.settings.criteria, roles).constructs
    whole = result.measures.plain
    without = plain_without(whole, roles, weights, "self_report")
    shares = {m: s for m, s in roles.stage_one.items() if m not in ("self_report", "interview")}
    known = whole.composites[list(shares)].dropna()
    expected = (known * pd.Series(shares)).sum(axis=1) / sum(shares.values())
    np.testing.assert_allclose(without.totals.loc[known.index, "stage_one"], expected, atol=1e-9)


def test_every_method_is_left_out_once_and_the_lists_stay_as_long(found):
    rows = found.without
    assert set(rows["without"]) == {"", *METHODS}
    sums = rows.groupby(["without", "stage", "attribute"])["passed"].sum()
    assert set(sums.xs("shortlist", level="stage")) == {40} and set(sums.xs("team", level="stage")) == {12}
    changed = rows.groupby(["without", "stage"])["changed"].first()
    assert changed[("", "shortlist")] == 0 and changed[("interview", "shortlist")] == 0
    assert changed[("observation", "shortlist")] > 0


def test_expected_ratios_turn_with_the_difference_in_standing(found):
    d = found.differences[found.differences["kind"] == "standing"].set_index(["attribute", "group"])["d"]
    rows = found.impacts[(found.impacts["stage"] == "shortlist") & found.impacts["expected"].notna()]
    assert len(rows) > 5
    for row in rows.itertuples():
        assert (row.expected > 1) == (d[(row.attribute, row.group)] > 0)
