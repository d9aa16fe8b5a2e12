"""What each source does to the mix in the model reading: everything measured again without it, in seconds a source."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from assessment.campaign import METHODS, Campaign
from assessment.choosing.shortlist import ineligible
from assessment.fairness.differences import DRAWS, differences
from assessment.fairness.impact import Stage, impacts
from assessment.scoring.measures import Measures, score
from assessment.standing import views
from assessment.weights import resolve_weights

TABLES = {"observation": "observations", "sociometry": "sociometry", "interview": "interviews"}


def without_source(campaign: Campaign, method: str) -> Campaign:
    """The campaign as if a source had never been asked; the questionnaire loses the items of its scales only."""
    battery = campaign.instruments.battery
    if method in TABLES:
        return replace(campaign, **{TABLES[method]: getattr(campaign, TABLES[method]).iloc[:0]})
    if method not in METHODS:
        raise ValueError(f"{method!r} is none of {METHODS}")
    gone = battery.items if method == "self_report" else battery.biodata
    answers = campaign.answers.copy()
    answers[[i for i in gone if i in answers]] = np.nan
    situations = campaign.situations if method == "self_report" else campaign.situations.iloc[:, :0]
    return replace(campaign, answers=answers, situations=situations)


def model_without_sources(
    campaign: Campaign,
    measures: Measures,
    ranking: pd.DataFrame,
    table: pd.DataFrame,
    order: Mapping[str, Sequence[str]] | None = None,
    tell: Callable[[str, float], None] = lambda method, share: None,
) -> pd.DataFrame:
    """As `fairness_methods.without_methods` in the model reading: rows without ("" = everything), stage, attribute, the
    columns of `impact`, d (of the standing before interviews against the rest), changed.

    The shortlist is the first by standing before interviews, the team the first of the people interviewed (else of that
    shortlist) by standing with everything; both without rules. tell : method and share done
    """
    barred = set(ineligible(campaign, ranking))
    delivered = [m for m in METHODS if measures.plain.composites[m].notna().any()]
    parts: list[pd.DataFrame] = []
    first: dict[str, Stage] = {}
    for place, method in enumerate(["", *delivered]):
        tell(method, place / (len(delivered) + 1))
        found = score(without_source(campaign, method), measures.seed) if method else measures
        lists, early = _lists(campaign, found, barred, measures.interviewed)
        first = first or lists
        drawn = pd.DataFrame(early, measures.people).reindex(table.index).to_numpy()
        by_group = differences(table, {"standing": drawn}, order).set_index(["attribute", "group"])["d"].to_dict()
        for name, stage in lists.items():
            rows = impacts(table, [stage], order)
            rows["d"] = [by_group.get(k, math.nan) for k in zip(rows["attribute"], rows["group"], strict=True)]
            parts.append(rows.assign(without=method, changed=len(stage.passed - first[name].passed)))
    return pd.concat(parts, ignore_index=True)


def _lists(
    campaign: Campaign, measures: Measures, barred: set[str], interviewed: pd.Series
) -> tuple[dict[str, Stage], np.ndarray]:
    settings = campaign.settings
    weights = resolve_weights(settings.criteria, campaign.instruments.roles)
    late, early = views(measures, replace(settings.criteria, reading="model"), weights)
    before = _ordered(early.standing, measures.people, barred)[: settings.shortlist]
    pool = interviewed.index[interviewed] if interviewed.any() else pd.Index(before)
    inside = set(pool)
    after = [p for p in _ordered(late.standing, measures.people, barred) if p in inside][: settings.team]
    stages = {
        "shortlist": Stage("shortlist", measures.people, frozenset(before)),
        "team": Stage("team", pool, frozenset(after)),
    }
    return stages, early.standing[:, :DRAWS].astype(float)


def _ordered(standing: np.ndarray, people: pd.Index, barred: set[str]) -> list[str]:
    keys = pd.DataFrame({"value": -standing.mean(1, dtype=float).round(9), "id": people}, index=people)
    return [str(p) for p in keys.sort_values(["value", "id"]).index if p not in barred]
