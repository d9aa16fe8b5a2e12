"""What each method does to the mix: the plain totals and the lists they give, with every method and without each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from assessment.campaign import METHODS, Campaign
from assessment.choosing.shortlist import ineligible
from assessment.fairness.differences import differences
from assessment.fairness.impact import Stage, impacts
from assessment.instruments.reading import Roles
from assessment.scoring.measures import Measures
from assessment.scoring.plain import PlainReading, reweighted, stage_shares
from assessment.standing import plain_order
from assessment.weights import resolve_weights


def plain_without(reading: PlainReading, roles: Roles, weights: Mapping[str, float], method: str) -> PlainReading:
    """The plain reading with the share of one method set to nothing and the others' rescaled."""
    names = list(roles.methods) or ["stage_one", "stage_two"]
    methods: dict[str, dict[str, float]] = {}
    for name, stage in ((names[0], "stage_one"), (names[-1], "stage_two")):
        shares = stage_shares(roles, stage, list(METHODS))
        methods[name] = {m: 0.0 if m == method else float(shares[m]) for m in METHODS}
    return reweighted(reading, replace(roles, methods=methods), weights)


def without_methods(
    campaign: Campaign,
    measures: Measures,
    ranking: pd.DataFrame,
    table: pd.DataFrame,
    order: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """The first by the plain totals with every method ("") and after leaving out each delivered one.

    Rows without, stage (shortlist, team), attribute, the columns of `impact`, d (difference of the stage-one totals
    against the rest, in the whole pool), changed (how many of the list are others than with every method).
    """
    roles, settings = campaign.instruments.roles, campaign.settings
    weights = resolve_weights(settings.criteria, roles)
    whole = plain_order(measures, weights)
    barred = pd.Index(ineligible(campaign, ranking))
    delivered = [m for m in METHODS if measures.plain.composites[m].notna().any()]
    parts: list[pd.DataFrame] = []
    first: dict[str, Stage] = {}
    for method in ["", *delivered]:
        plain = plain_without(whole, roles, weights.constructs, method) if method else whole
        lists = _plain_lists(plain, barred, settings.shortlist, settings.team)
        first = first or lists
        total = plain.totals["stage_one"].reindex(table.index).to_numpy()
        early = differences(table, {"total": total}, order).set_index(["attribute", "group"])["d"].to_dict()
        for name, stage in lists.items():
            rows = impacts(table, [stage], order)
            rows["d"] = [early.get(k, math.nan) for k in zip(rows["attribute"], rows["group"], strict=True)]
            parts.append(rows.assign(without=method, changed=len(stage.passed - first[name].passed)))
    return pd.concat(parts, ignore_index=True)


def _plain_lists(plain: PlainReading, barred: pd.Index, shortlist: int, team: int) -> dict[str, Stage]:
    """The first by stage-one totals; and of the interviewed, or of these, the first by the total that applies."""
    keys = pd.DataFrame({"total": -plain.totals["stage_one"].round(9), "id": plain.z.index}, index=plain.z.index)
    early = keys.drop(barred.intersection(keys.index)).dropna().sort_values(["total", "id"]).index[:shortlist]
    pool = plain.interviewed.index[plain.interviewed] if plain.interviewed.any() else early
    eligible = set(pool) - set(barred)
    order = [p for p in plain.rank(barred).sort_values().index if p in eligible]
    return {
        "shortlist": Stage("shortlist", plain.z.index, frozenset(map(str, early))),
        "team": Stage("team", pool, frozenset(map(str, order[:team]))),
    }
