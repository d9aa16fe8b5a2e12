"""A standing taken apart: what each domain and construct adds, exactly, from the middle or against the line."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from assessment.campaign import METHODS, Criteria
from assessment.explain import MIDDLE, TOTAL
from assessment.plain import stage_shares
from assessment.records import cell
from assessment.rerank import Ground, ground
from assessment.scenario import POINTS_PER_Z
from assessment.scoring import Measures
from assessment.standing import plain_order, power_mean, to_unit, views
from assessment.weights import Weights, resolve_weights

LINE, REST = "line", "rest"
MOST = 8  # parts for which every coalition is looked at; with more of them two orders stand for all


def coalitions(n: int, part: int, most: int = MOST) -> Iterator[tuple[tuple[int, ...], float]]:
    """The sets of other parts that may come before a part, with Shapley's weight of each; the weights add up to 1.

    With more than `most` parts: those before it in the declared order and in the reverse order, half each.
    """
    others = [k for k in range(n) if k != part]
    if n > most:
        yield tuple(range(part)), 0.5
        yield tuple(range(part + 1, n)), 0.5
        return
    for size in range(n):
        weight = math.factorial(size) * math.factorial(n - size - 1) / math.factorial(n)
        for chosen in combinations(others, size):
            yield chosen, weight


def line_person(ranking: pd.DataFrame, size: int) -> str:
    """Who stands at the line: the person at place `size`, or the last one of a shorter ranking."""
    return str(ranking.sort_values("rank").index[min(size, len(ranking)) - 1])


def standing_parts(
    measures: Measures, criteria: Criteria, person_id: str, against: str | None = None
) -> pd.DataFrame:
    """What each part adds to 100 * standing, from everybody's middle or from another person's standing.

    The parts are the domains (Shapley values of the power mean, averaged over the draws: a domain's points are what
    it adds on average over every order in which the domains could be told, so nothing is left over); in the plain
    reading the methods, with a row "rest" for what the ends of the scale and the error do.

    Parameters
    ----------
    against : the person to start from, say the one at the line (`line_person`); None = the middle (50)

    Returns
    -------
    rows step ("middle" or "line", domains or methods by size, "total"), points, start, end, as `explain.contributions`
    """
    if criteria.reading == "plain":
        begin, parts, total = _plain_parts(measures, criteria, person_id, against)
    else:
        begin, parts, total = _domain_parts(measures, criteria, person_id, against)
    steps: list[tuple[str, float, float, float]] = [(MIDDLE if against is None else LINE, begin, 0.0, begin)]
    at = begin
    for name, points in sorted(parts.items(), key=lambda part: (part[0] == REST, -abs(part[1]))):
        steps.append((name, points, at, at + points))
        at += points
    steps.append((TOTAL, total, 0.0, total))
    return pd.DataFrame(steps, columns=["step", "points", "start", "end"])


def construct_parts(
    measures: Measures, criteria: Criteria, person_id: str, against: str | None = None
) -> pd.DataFrame:
    """The points of each domain split over its constructs (Owen values): they add up to the domain's points.

    Returns
    -------
    rows domain, construct, points; the model reading only
    """
    weights = resolve_weights(criteria, measures.campaign.instruments.roles)
    found = ground(measures, weights)
    own, other = _levels(found, person_id), _levels(found, against)
    shares = found.shares(weights)
    rows = []
    for d, domain in enumerate(found.names):
        members = [c for c, share in weights.inside[domain].items() if share > 0]
        between = _mixtures(measures, found, weights, domain, person_id, against)
        points = np.zeros(len(members))
        for outside, weight in coalitions(len(found.names), d):
            levels = other.copy()
            levels[list(outside)] = own[list(outside)]
            points += weight * _split(levels, d, between, members, shares, criteria.balance)
        rows += [(domain, construct, value) for construct, value in zip(members, points, strict=True)]
    return pd.DataFrame(rows, columns=["domain", "construct", "points"])


def _levels(found: Ground, person_id: str | None) -> np.ndarray:
    """Levels (domains x draws) of a person; the middle for nobody."""
    if person_id is None:
        return np.full(found.domains[:, 0].shape, 0.5)
    return to_unit(found.domains[:, found.people.get_loc(person_id)].astype(float))


def _points(levels: np.ndarray, shares: np.ndarray, balance: float) -> float:
    used = shares > 0
    return 100 * float(power_mean(levels[used], shares[used], balance).mean())


def _domain_parts(
    measures: Measures, criteria: Criteria, person_id: str, against: str | None
) -> tuple[float, dict[str, float], float]:
    weights = resolve_weights(criteria, measures.campaign.instruments.roles)
    found = ground(measures, weights)
    own, other, shares = _levels(found, person_id), _levels(found, against), found.shares(weights)
    known: dict[frozenset[int], float] = {}

    def value(chosen: frozenset[int]) -> float:
        if chosen not in known:
            levels = other.copy()
            levels[list(chosen)] = own[list(chosen)]
            known[chosen] = _points(levels, shares, criteria.balance)
        return known[chosen]

    parts = {}
    for d, domain in enumerate(found.names):
        if shares[d] > 0:
            parts[domain] = sum(
                weight * (value(frozenset((*before, d))) - value(frozenset(before)))
                for before, weight in coalitions(len(found.names), d)
            )
    return value(frozenset()), parts, value(frozenset(range(len(found.names))))


class _Mixtures:
    """Levels of one domain when some constructs are a person's and the others somebody else's."""

    def __init__(self, own: dict[str, np.ndarray], other: dict[str, np.ndarray], mean: float, spread: float) -> None:
        self.own, self.other, self.mean, self.spread = own, other, mean, spread

    def levels(self, chosen: frozenset[str]) -> np.ndarray:
        """Levels over the draws with the chosen constructs being the person's own."""
        total = np.sum([(self.own if c in chosen else self.other)[c] for c in self.own], axis=0)
        return to_unit((total - self.mean) / self.spread)


def _mixtures(
    measures: Measures, found: Ground, weights: Weights, domain: str, person_id: str, against: str | None
) -> _Mixtures:
    """The weighted construct draws of both, and the line (mean, spread) that turns their sum into the domain's z."""
    capped = measures.campaign.instruments.roles.capped
    place = {c: k for k, c in enumerate(measures.constructs.columns)}
    inside = {c: share for c, share in weights.inside[domain].items() if share > 0}
    row = found.people.get_loc(person_id)
    own, other = {}, {}
    for construct, share in inside.items():
        values = measures.draws[:, place[construct]]
        top = np.inf
        if construct in capped:
            top = values.mean(dtype=float) + capped[construct] * values.std(dtype=float)
        own[construct] = share * np.minimum(values[row].astype(float), top)
        if against is not None:
            there = values[found.people.get_loc(against)].astype(float)
            other[construct] = share * np.minimum(there, top)
    raw, z = np.sum(list(own.values()), axis=0), found.domains[found.names.index(domain), row].astype(float)
    spread = float(np.std(raw) / np.std(z)) if np.std(z) > 0 else 1.0
    mean = float(np.mean(raw) - spread * np.mean(z))
    if against is None:
        other = {c: np.full_like(own[c], mean * share) for c, share in inside.items()}
    return _Mixtures(own, other, mean, spread)


def _split(
    levels: np.ndarray, d: int, between: _Mixtures, members: list[str], shares: np.ndarray, balance: float
) -> np.ndarray:
    """What each construct of domain d adds while the other domains stay at these levels."""
    known: dict[frozenset[int], float] = {}

    def value(chosen: frozenset[int]) -> float:
        if chosen not in known:
            levels[d] = between.levels(frozenset(members[k] for k in chosen))
            known[chosen] = _points(levels, shares, balance)
        return known[chosen]

    return np.array(
        [
            sum(
                weight * (value(frozenset((*before, k))) - value(frozenset(before)))
                for before, weight in coalitions(len(members), k)
            )
            for k in range(len(members))
        ]
    )


def _plain_parts(
    measures: Measures, criteria: Criteria, person_id: str, against: str | None
) -> tuple[float, dict[str, float], float]:
    """Methods of the plain total in points; the rest is what ends of the scale and the error do to its mean."""
    weights = resolve_weights(criteria, measures.campaign.instruments.roles)
    standing = pd.Series(100 * views(measures, criteria, weights)[0].standing.mean(1, dtype=float), measures.people)
    plain = plain_order(measures, weights)
    spread = plain.total.std(ddof=0) or 1.0

    def parts(person: str) -> dict[str, float]:
        stage = "stage_two" if plain.interviewed[person] else "stage_one"
        share = stage_shares(measures.campaign.instruments.roles, stage, list(METHODS))
        known = {m: float(cell(plain.composites, person, m)) for m in METHODS}
        mass = sum(share[m] for m, v in known.items() if not np.isnan(v)) or 1.0
        return {m: POINTS_PER_Z * share[m] / mass * np.nan_to_num(v) / spread for m, v in known.items()}

    begin, zero = 50.0, dict.fromkeys(METHODS, 0.0)
    if against is not None:
        begin, zero = float(standing[against]), parts(against)
    found = {m: points - zero[m] for m, points in parts(person_id).items() if points or zero[m]}
    total = float(standing[person_id])
    return begin, found | {REST: total - begin - sum(found.values())}, total



