"""What the list hangs on, and everything about the quality of the data in one place, as tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from assessment import standing
from assessment.campaign import Criteria, Settings
from assessment.diagnosis import groups as diagnosis_groups
from assessment.diagnosis import items as diagnosis_items
from assessment.diagnosis import observers as diagnosis_observers
from assessment.diagnosis.observers import Agreement, Coverage
from assessment.draws import chance_error
from assessment.gates import check_gates
from assessment.scoring.measures import Measures
from assessment.weights import resolve_weights

SIZES = ("shortlist", "team")
SELF_PRESENTATION, PLAIN, EQUAL = "self_presentation", "plain", "equal"


@dataclass(frozen=True)
class Diagnosis:
    """All tables of the page about quality; see the functions that make them."""

    scales: pd.DataFrame
    domains: pd.Series
    structure: pd.DataFrame
    observers: pd.DataFrame
    coverage: Coverage
    agreement: Agreement
    flagged: pd.DataFrame
    differences: pd.DataFrame
    assumptions: pd.DataFrame
    chance_error: pd.Series


def diagnose(measures: Measures, ranking: pd.DataFrame, settings: Settings | None = None) -> Diagnosis:
    """Every table but the item curves and the functioning of items by group, which take longer."""
    settings = settings or measures.campaign.settings
    campaign = measures.campaign
    weights = resolve_weights(settings.criteria, campaign.instruments.roles)
    _, points, errors = standing.domain_draws(measures, weights, "after")
    return Diagnosis(
        scales=diagnosis_items.scales(measures),
        domains=diagnosis_items.domain_reliability(points, errors),
        structure=diagnosis_items.structure(measures),
        observers=diagnosis_observers.observers(campaign),
        coverage=diagnosis_observers.coverage(campaign),
        agreement=diagnosis_observers.position_agreement(campaign),
        flagged=diagnosis_items.flagged(measures),
        differences=diagnosis_groups.differences(measures, (points, errors)),
        assumptions=assumptions(measures, ranking, settings),
        chance_error=monte_carlo_error(ranking, measures.draws.shape[2]),
    )


def monte_carlo_error(ranking: pd.DataFrame, n_draws: int) -> pd.Series:
    """The largest error a chance of each list has because draws are finite, index p_shortlist and p_team."""
    columns = [c for c in ("p_shortlist", "p_team") if c in ranking]
    return pd.Series({c: float(np.max(chance_error(ranking[c], n_draws), initial=0.0)) for c in columns})


def assumptions(measures: Measures, ranking: pd.DataFrame, settings: Settings | None = None) -> pd.DataFrame:
    """Who would change on each list under another assumption.

    Rows assumption (self_presentation, plain, equal), value (the share of self-presentation), list (shortlist, team),
    size, changed, enter, leave (tuples of ids, in order of rank). Shares of self-presentation are compared by posterior
    means against the share used; the plain sum and equal weights by their whole ranking against the one shown.
    """
    settings = settings or measures.campaign.settings
    rows = _shares(measures, settings)
    criteria = settings.criteria
    for name, other in (
        (PLAIN, replace(criteria, reading="model" if criteria.reading == "plain" else "plain")),
        (EQUAL, replace(criteria, weights="equal")),
    ):
        if other == criteria:
            continue
        lists = list(ranking.sort_values("rank").index), order_under(measures, other)
        for kind in SIZES:
            size = getattr(settings, kind)
            rows.append(_row(name, np.nan, kind, size, *(people[:size] for people in lists)))
    columns = ["assumption", "value", "list", "size", "changed", "enter", "leave"]
    return pd.DataFrame(rows, columns=columns)


def _shares(measures: Measures, settings: Settings) -> list[dict[str, Any]]:
    weights = resolve_weights(settings.criteria, measures.campaign.instruments.roles)
    rows = []
    for share, means in measures.at_shares.items():
        for kind, now, then in zip(SIZES, measures.means, means, strict=True):
            size = getattr(settings, kind)
            first = [standing.first_by_means(m, weights, settings.criteria, size) for m in (now, then)]
            rows.append(_row(SELF_PRESENTATION, float(share), kind, size, first[0], first[1]))
    return rows


def order_under(measures: Measures, criteria: Criteria) -> list[str]:
    """Everybody's ids in the order of `standing.rank_people` under other criteria, without chances and intervals."""
    weights = resolve_weights(criteria, measures.campaign.instruments.roles)
    view = standing.views(measures, criteria, weights)[0]
    gates = check_gates(measures.campaign, measures.quality, view.points, standing.measured_domains(measures))
    if criteria.reading == "plain":
        excluded = measures.people[gates.excluded]
        return list(standing.plain_order(measures, weights).rank(excluded).sort_values(kind="stable").index)
    value = -view.standing.mean(1, dtype=float).round(9)
    keys = pd.DataFrame({"last": gates.excluded, "value": value, "id": measures.people}, index=measures.people)
    return list(keys.sort_values(["last", "value", "id"]).index)


def _row(name: str, value: float, kind: str, size: int, before: list[str], after: list[str]) -> dict[str, Any]:
    enter = tuple(str(p) for p in after if p not in set(before))
    leave = tuple(str(p) for p in before if p not in set(after))
    return {
        "assumption": name, "value": value, "list": kind, "size": min(size, len(before)), "changed": len(enter),
        "enter": enter, "leave": leave,
    }  # fmt: skip


def run_facts(measures: Measures) -> dict[str, Any]:
    """The compact part for run.json: flags {code: people}, groups [clear or not, domains only], structure, coverage."""
    campaign = measures.campaign
    weights = resolve_weights(campaign.settings.criteria, campaign.instruments.roles)
    _, points, errors = standing.domain_draws(measures, weights, "after")
    kept = diagnosis_groups.domain_differences(campaign, points, errors).drop(columns=["kind"])
    seen = diagnosis_observers.coverage(campaign)
    return {
        "flags": diagnosis_items.flag_counts(measures),
        "groups": [_plain_row(row) for row in kept.to_dict("records")],
        "structure": [_plain_row(row) for row in diagnosis_items.structure(measures).to_dict("records")],
        "coverage": {
            "observers_per_person": {str(k): int(n) for k, n in seen.counts.items()},
            "parts": len(seen.parts),
            "links": [{k: str(row[k]) for k in ("observer", "person")} for row in seen.links.to_dict("records")],
        },
    }


def _plain_row(row: dict[Any, Any]) -> dict[str, Any]:
    """A row with numbers as JSON knows them: rounded, None where there is none."""
    found: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, (float, np.floating)):
            found[str(key)] = round(float(value), 6) if np.isfinite(value) else None
        else:
            found[str(key)] = value.item() if isinstance(value, np.generic) else value
    return found
