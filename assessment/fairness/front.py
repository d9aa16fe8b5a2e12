"""Quality against mix on the real people: the best total for each number of a group, and what a quota costs."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from assessment.choosing.compose import choose
from assessment.fairness.tests import below_four_fifths
from assessment.rules.language import RuleSet, read_rules

QUOTA = "fairness_quota"


@dataclass(frozen=True)
class Front:
    """points : one row a possible number of the group on the list, ascending: count, share (of the list), ratio
    (impact ratio against the others, NaN where none of them passes), total (best sum of scores), cost (points under the
    best list), four_fifths (whether neither side is below the rule), efficient (no other point has a share at least as
    near to the pool's and a higher total)
    chosen : the list that was chosen, the same fields; behind = points under the best list with that count; None where
        there is no list
    pool_share : share of the group in the pool; size : how long the list is
    """

    points: pd.DataFrame
    chosen: dict[str, float] | None
    pool_share: float
    size: int

    @property
    def best(self) -> pd.Series:
        """The point without any quota: the highest total; of equals the one nearest to the pool's share."""
        order = self.points.assign(far=(self.points["share"] - self.pool_share).abs())
        return order.sort_values(["total", "far"], ascending=[False, True]).iloc[0]


def front(score: pd.Series, member: pd.Series, size: int, chosen: Collection[str] = ()) -> Front:
    """The exact front without rules: the best of each side, sorted, for every number of the group.

    score : index person_id, those who can be chosen (NaN: cannot); member : whether each belongs to the group
    size : how long the list is; a smaller pool gives the whole pool
    """
    score = score.dropna().astype(float)
    inside = member.reindex(score.index).fillna(False).astype(bool)
    one, other = (np.sort(score[mask].to_numpy())[::-1] for mask in (inside, ~inside))
    size = min(size, len(score))
    counts = range(max(0, size - len(other)), min(size, len(one)) + 1)
    sums = [np.concatenate([[0.0], np.cumsum(part)]) for part in (one, other)]
    totals = [float(sums[0][g] + sums[1][size - g]) for g in counts]
    share = len(one) / len(score) if len(score) else math.nan
    points = _described(list(counts), totals, size, len(one), len(other), share)
    return Front(points, _chosen(score, inside, chosen, points, len(one), len(other)), share, size)


def front_under_rules(
    pool: pd.DataFrame, ruleset: RuleSet, column: str, value: str, counts: Sequence[int], seed: int = 1
) -> pd.DataFrame:
    """The best total under all rules for some numbers of a group: rows count, total (NaN where the rules forbid it).

    pool : as for `compose.choose`, with the column of the group
    """
    rows = []
    for count in counts:
        quota = {"id": QUOTA, "where": {column: value}, "count": [count, count]}
        read, problems = read_rules({"size": ruleset.size, "rules": [quota]}, _scored(pool, ruleset))
        if read is None:
            raise ValueError([p.code for p in problems])
        both = replace(ruleset, rules=(*ruleset.rules, *read.rules))
        found = choose(pool, both, seed, detail="bare")
        total = found.certificate.get("objective") if found.people else None
        rows.append((count, math.nan if total is None else float(total)))
    return pd.DataFrame(rows, columns=["count", "total"])


def _scored(pool: pd.DataFrame, ruleset: RuleSet) -> pd.DataFrame:
    """The quota is read alone, so the default name of the score has to be there."""
    return pool if "score" in pool else pool.assign(score=pool[ruleset.score])


def _described(
    counts: list[int], totals: list[float], size: int, people: int, others: int, pool_share: float
) -> pd.DataFrame:
    table = pd.DataFrame({"count": counts, "total": totals})
    table["share"] = table["count"] / max(size, 1)
    table["ratio"] = [_ratio(g, people, size - g, others) for g in counts]
    table["cost"] = table["total"].max() - table["total"]
    table["four_fifths"] = [_both_pass(g, people, size - g, others) for g in counts]
    far = (table["share"] - pool_share).abs().to_numpy()
    total = table["total"].to_numpy()
    table["efficient"] = [
        not (((far <= f + 1e-12) & (total > t + 1e-9)) | ((far < f - 1e-12) & (total >= t - 1e-9))).any()
        for f, t in zip(far, total, strict=True)
    ]
    return table[["count", "share", "ratio", "total", "cost", "four_fifths", "efficient"]]


def _ratio(passed: int, people: int, others_passed: int, others: int) -> float:
    if not people or not others or not others_passed:
        return math.nan
    return (passed / people) / (others_passed / others)


def _both_pass(passed: int, people: int, others_passed: int, others: int) -> bool:
    if not people or not others:
        return True
    return not (
        below_four_fifths(passed, people, others_passed, others)
        or below_four_fifths(others_passed, others, passed, people)
    )


def _chosen(
    score: pd.Series, inside: pd.Series, chosen: Collection[str], points: pd.DataFrame, people: int, others: int
) -> dict[str, float] | None:
    listed = score.index.intersection(list(chosen))
    if not len(listed):
        return None
    count, total = int(inside[listed].sum()), float(score[listed].sum())
    here = points.loc[points["count"] == count, "total"]
    return {
        "count": count, "share": count / len(listed), "ratio": _ratio(count, people, len(listed) - count, others),
        "total": total, "cost": float(points["total"].max()) - total,
        "behind": float(here.iloc[0]) - total if len(here) else math.nan,
    }  # fmt: skip


def quota_costs(found: Front, shares: Sequence[float] = ()) -> pd.DataFrame:
    """What quotas would cost in points against the best list without any.

    Rows quota ("none", "four_fifths" = neither side below the rule, "proportional" = at least its share of the pool
    rounded down, or "share" for each of `shares` rounded up), least (share asked for; NaN where the quota is none),
    count, share, total, cost, cost_per_person (a place of the list). NaN where no list fulfils it.
    """
    points, best = found.points, found.best
    asked: list[tuple[str, float, pd.DataFrame]] = [
        ("none", math.nan, points[points["count"] == best["count"]]),
        ("four_fifths", math.nan, points[points["four_fifths"]]),
    ]
    fair = math.floor(found.pool_share * found.size + 1e-9)
    asked.append(("proportional", found.pool_share, points[points["count"] >= fair]))
    for least in shares:
        asked.append(("share", least, points[points["count"] >= math.ceil(least * found.size - 1e-9)]))
    rows = []
    for quota, least, fitting in asked:
        if fitting.empty:
            rows.append((quota, least, math.nan, math.nan, math.nan, math.nan, math.nan))
            continue
        point = fitting.sort_values(["total", "count"], ascending=[False, True]).iloc[0]
        cost = float(best["total"] - point["total"])
        rows.append((quota, least, point["count"], point["share"], point["total"], cost, cost / max(found.size, 1)))
    names = ["quota", "least", "count", "share", "total", "cost", "cost_per_person"]
    return pd.DataFrame(rows, columns=names)
