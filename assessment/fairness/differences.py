"""How far the groups lie apart on standing, domains, methods and single measures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from assessment.campaign import METHODS, Campaign
from assessment.fairness.groups import UNKNOWN
from assessment.fairness.impact import FEW
from assessment.fairness.tests import Z_95
from assessment.instruments.reading import Roles
from assessment.scoring.measures import Measures
from assessment.scoring.plain import method_pairs
from assessment.standing import views
from assessment.weights import resolve_weights

LARGE = 0.5  # of a standard deviation: a difference of means to look at
DRAWS = 400  # of the joint draws, enough for a mean difference to two decimals


def difference(values: np.ndarray, inside: np.ndarray, outside: np.ndarray) -> tuple[float, float, float]:
    """Mean of those inside less mean of those outside in pooled standard deviations (Cohen's d), 95 % interval.

    values : people, or people x draws; with draws the interval holds what differs from draw to draw too. NaN with
    fewer than five measured people on either side or without spread.
    """
    drawn = values[:, None] if values.ndim == 1 else values
    measured = np.isfinite(drawn).all(axis=1)
    one, other = drawn[inside & measured], drawn[outside & measured]
    n, m = len(one), len(other)
    if min(n, m) < FEW:
        return math.nan, math.nan, math.nan
    pooled = ((n - 1) * one.var(axis=0, ddof=1) + (m - 1) * other.var(axis=0, ddof=1)) / (n + m - 2)
    if not (pooled > 1e-12).all():
        return math.nan, math.nan, math.nan
    each = (one.mean(axis=0) - other.mean(axis=0)) / np.sqrt(pooled)
    d = float(each.mean())
    between = float(each.var(ddof=1)) * (1 + 1 / len(each)) if len(each) > 1 else 0.0
    error = math.sqrt((n + m) / (n * m) + d * d / (2 * (n + m)) + between)
    return d, d - Z_95 * error, d + Z_95 * error


def differences(
    table: pd.DataFrame, values: Mapping[str, np.ndarray], order: Mapping[str, Sequence[str]] | None = None
) -> pd.DataFrame:
    """Each group against everybody else whose group is known, on every value.

    table : people x attributes; values : name -> people (or people x draws) in the order of the table

    Returns rows attribute, group, what, n (measured, of the group), d (positive: the group is higher), low, high,
    large (|d| > .5)
    """
    rows = []
    for attribute in table:
        members = table[attribute].to_numpy()
        names = (order or {}).get(str(attribute)) or sorted(set(members))
        for group in names:
            if group == UNKNOWN:
                continue
            inside = members == group
            outside = (members != group) & (members != UNKNOWN)
            for what, value in values.items():
                d, low, high = difference(value, inside, outside)
                n = int((inside & np.isfinite(value if value.ndim == 1 else value[:, 0])).sum())
                rows.append((attribute, group, what, n, d, low, high, bool(abs(d) > LARGE)))
    return pd.DataFrame(rows, columns=["attribute", "group", "what", "n", "d", "low", "high", "large"])


def all_differences(
    campaign: Campaign, measures: Measures, table: pd.DataFrame, order: Mapping[str, Sequence[str]] | None = None
) -> pd.DataFrame:
    """`differences` of standing and domains over the draws, of methods and measures in the plain reading.

    Further columns kind (standing, domain, method, measure) and method (of a measure; else "").
    """
    settings, roles = campaign.settings, campaign.instruments.roles
    late, _ = views(measures, settings.criteria, resolve_weights(settings.criteria, roles))
    table = table.reindex(measures.people)
    plain = measures.plain
    kinds: dict[str, dict[str, np.ndarray]] = {
        "standing": {"standing": late.standing[:, :DRAWS].astype(float)},
        "domain": {str(name): late.domains[k][:, :DRAWS].astype(float) for k, name in enumerate(late.points)},
        "method": {m: plain.composites[m].to_numpy() for m in METHODS if plain.composites[m].notna().any()},
        "measure": {str(c): plain.z[c].to_numpy() for c in plain.z},
    }
    whose = methods_of(roles, list(plain.z.columns))
    parts = [differences(table, values, order).assign(kind=kind) for kind, values in kinds.items() if values]
    found = pd.concat(parts, ignore_index=True)
    found["method"] = found["what"].map(whose).where(found["kind"] == "measure", "").fillna("")
    return found


def methods_of(roles: Roles, columns: list[str]) -> dict[str, str]:
    """Indicator -> its method."""
    return {i: method for method, pairs in method_pairs(roles, columns).items() for i, _ in pairs}
