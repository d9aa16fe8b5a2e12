"""What-if: two criteria side by side, who enters the list, who leaves it, and which weight moved them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from assessment.campaign import Criteria
from assessment.instruments.reading import Roles
from assessment.records import cell
from assessment.weights import resolve_weights

ENTERED, LEFT = "entered", "left"
BY_WEIGHT, BY_BALANCE, BY_READING = "weight", "balance", "reading"
COLUMNS = [
    "side",
    "rank_before",
    "rank_after",
    "reason",
    "domain",
    "domain_value",
    "weight_before",
    "weight_after",
    "p_before",
    "p_after",
]
POINTS_PER_Z = 100 / 6  # a domain value enters the standing as 0.5 + z / 6, so one z is so many points of 0..100


def domain_shares(criteria: Criteria, roles: Roles) -> dict[str, float]:
    """Share of each domain in the standing under the criteria, adding up to 1."""
    return dict(resolve_weights(criteria, roles).domains)


def compare(
    before: pd.DataFrame,
    after: pd.DataFrame,
    before_criteria: Criteria,
    after_criteria: Criteria,
    size: int,
    roles: Roles,
    chance: str = "p_shortlist",
) -> pd.DataFrame:
    """Who enters and who leaves the first `size` when the criteria change, and what moved them most.

    Parameters
    ----------
    before, after : rankings of the same people (index person_id; rank, standing, chances and one z column a domain)
    chance : the column of the ranking that p_before and p_after tell

    Returns
    -------
    index person_id; side (entered, left), rank_before, rank_after, reason (weight, balance, reading), domain (the one
    that tells; for balance the person's weakest), domain_value (T score), weight_before and weight_after (shares
    of 1), p_before, p_after. Those who entered come first, each side by its better rank.
    """
    after = after.reindex(before.index)
    was, now = before["rank"] <= size, after["rank"] <= size
    moved = before.index[was != now]
    old, new = domain_shares(before_criteria, roles), domain_shares(after_criteria, roles)
    rows = []
    for person in moved:
        entered = bool(now[person])
        values = before.loc[person, list(old)].to_numpy(float)
        reason, domain = _reason(values, entered, before_criteria, after_criteria, old, new)
        rows.append(
            {
                "side": ENTERED if entered else LEFT,
                "rank_before": int(cell(before, person, "rank")),
                "rank_after": int(cell(after, person, "rank")),
                "reason": reason,
                "domain": domain,
                "domain_value": 50 + 10 * float(cell(before, person, domain)),
                "weight_before": old[domain],
                "weight_after": new[domain],
                "p_before": float(cell(before, person, chance)),
                "p_after": float(cell(after, person, chance)),
            }
        )
    table = pd.DataFrame(rows, index=pd.Index(moved, name="person_id"), columns=COLUMNS)
    best = np.where(table["side"] == ENTERED, table["rank_after"], table["rank_before"])
    order = table.assign(best=best, later=table["side"] == LEFT).sort_values(["later", "best"], kind="stable")
    return order[COLUMNS]


def _reason(
    values: np.ndarray,
    entered: bool,
    before: Criteria,
    after: Criteria,
    old: Mapping[str, float],
    new: Mapping[str, float],
) -> tuple[str, str]:
    """What moved a person, and the domain that tells it."""
    domains = list(old)
    known = np.where(np.isfinite(values), values, 0.0)
    sign = 1 if entered else -1
    by_domain = sign * np.array([new[d] - old[d] for d in domains]) * known * POINTS_PER_Z
    told = domains[int(np.argmax(by_domain))]
    if before.reading != after.reading:
        return BY_READING, domains[int(np.argmax(sign * known))]
    if before.balance != after.balance:
        weakest = domains[int(np.argmin(known))]
        curved = sign * (_curvature(known, new, after.balance) - _curvature(known, old, before.balance))
        if curved > by_domain.sum():
            return BY_BALANCE, weakest
    return BY_WEIGHT, told


def _curvature(z: np.ndarray, shares: Mapping[str, float], balance: float) -> float:
    """What the weak side costs: the power mean less the weighted sum, in points of 0..100."""
    weights = np.array(list(shares.values()))
    level = np.clip(0.5 + z / 6, 0.02, 0.98)
    mean = np.exp(weights @ np.log(level)) if balance == 0 else (weights @ level**balance) ** (1 / balance)
    return float(100 * (mean - weights @ level))


def overlap(first: pd.DataFrame, second: pd.DataFrame, size: int, column: str = "rank") -> int:
    """How many people stand among the first `size` of both rankings."""
    one = set(first.index[first["rank"] <= size])
    return len(one & set(second.index[second[column] <= size]))
