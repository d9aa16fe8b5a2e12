"""Fairness of the lists as they stand: mix and impact by stage, group, scale and method in one call."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from assessment.campaign import Campaign
from assessment.fairness.differences import LARGE, all_differences, differences
from assessment.fairness.expected import expected_impact
from assessment.fairness.groups import ATTRIBUTES, UNKNOWN, groups, ordered
from assessment.fairness.impact import FEW, Stage, impact, impacts, stage_lists
from assessment.fairness.methods import plain_without, without_methods
from assessment.records import records
from assessment.scoring.measures import Measures

SMALL = 20  # below it a chart shows counts, no ratio


@dataclass(frozen=True)
class Fairness:
    """impacts : rows of `impacts`, and expected: the ratio that the group's difference in standing alone would give
    differences : rows of `differences` with kind (standing, domain, method, measure) and method
    without : rows of `without_methods`; groups : people x attributes; stages : who could pass and who did
    """

    impacts: pd.DataFrame
    differences: pd.DataFrame
    without: pd.DataFrame
    groups: pd.DataFrame
    stages: tuple[Stage, ...]


def assess(
    campaign: Campaign, measures: Measures, ranking: pd.DataFrame, shortlist: pd.DataFrame, team: pd.DataFrame
) -> Fairness:
    """Everything of the fairness page about the lists as they stand (tables of DESIGN.md section 4.1)."""
    table = groups(campaign)
    order = {a: ordered(campaign, a, table[a]) for a in map(str, table.columns)}
    stages = stage_lists(ranking.index, shortlist, team)
    differing = all_differences(campaign, measures, table, order)
    found = _with_expected(impacts(table, stages, order), differing)
    return Fairness(found, differing, without_methods(campaign, measures, ranking, table, order), table, stages)


def _with_expected(found: pd.DataFrame, differing: pd.DataFrame) -> pd.DataFrame:
    """Adds expected: the ratio against the rest that normal scores with the group's difference of standing give."""
    at = differing[differing["kind"] == "standing"].set_index(["attribute", "group"])["d"].to_dict()
    expected = []
    for row in records(found):
        d = at.get((row.attribute, row.group), math.nan)
        part = found[(found["stage"] == row.stage) & (found["attribute"] == row.attribute)]
        part = part[part["group"] != UNKNOWN]
        people, through = int(part["n"].sum()), int(part["passed"].sum())
        if row.stage == "team" or math.isnan(d) or not 0 < through < people or not 0 < row.n < people:
            expected.append(math.nan)  # the shortlist is no normal sample any more
        else:
            expected.append(expected_impact(-d, through / people, row.n / people).ratio)
    return found.assign(expected=expected)


__all__ = [
    "ATTRIBUTES", "FEW", "Fairness", "LARGE", "SMALL", "Stage", "UNKNOWN", "all_differences", "assess", "differences",
    "groups", "impact", "impacts", "ordered", "plain_without", "stage_lists", "without_methods",
]  # fmt: skip
