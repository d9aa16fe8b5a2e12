"""A standing taken apart: what each domain and construct adds, exactly, from the middle or against the line."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from assessment.campaign import METHODS, Criteria
from assessment.explain.reasons import MIDDLE, TOTAL
from assessment.records import cell
from assessment.rerank import Ground, ground
from assessment.scenario.compare import POINTS_PER_Z
from assessment.scoring.measures import Measures
from assessment.scoring.plain import stage_shares
from assessment.standing import common_share, plain_order, power_mean, to_unit, views
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
    rows domain, construct, points; a row "rest" in each domain for what belongs to none of its constructs (the doubt
    whether they speak of the domain at all); the model reading only
    """
    weights = resolve_weights(criteria, measures.campaign.instruments.roles)
    found = ground(measures, weights)
    own, other = _levels(found, person_id), _levels(found, against)
    shares = found.shares(weights)
    rows = []
    for d, domain in enumerate(found.names):
        between = _mixtures(measures, found, weights, domain, person_id, against)
        points = np.zeros(len(between.own))
        for outside, weight in coalitions(len(found.names), d):
            levels = other.copy()
            levels[list(outside)] = own[list(outside)]
            points += weight * _split(levels, d, between, shares, criteria.balance)
        rows += [(domain, part, value) for part, value in zip(between.own, points, strict=True)]
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
    """Levels of one domain when some parts (constructs, and the rest) are a person's and the others somebody else's."""

    def __init__(self, own: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> None:
        self.own, self.other = own, other

    def levels(self, chosen: frozenset[str]) -> np.ndarray:
        """Levels over the draws with the chosen parts being the person's own."""
        return to_unit(np.sum([(self.own if part in chosen else self.other)[part] for part in self.own], axis=0))


def _mixtures(
    measures: Measures, found: Ground, weights: Weights, domain: str, person_id: str, against: str | None
) -> _Mixtures:
    """Each construct's part of the domain's z in every draw, for both; what no construct carries is the rest.

    A domain's draw is a scaled mean of its constructs and a disturbance of its own (`standing.domain_draws`).
    """
    inside = {c: share for c, share in weights.inside[domain].items() if share > 0}
    place = {c: k for k, c in enumerate(measures.constructs.columns)}
    values = {c: _capped(measures, c, measures.draws[:, place[c]]) for c in inside}
    mean = {c: float(v.mean(dtype=float)) for c, v in values.items()}
    total = np.sum([np.float32(share) * values[c] for c, share in inside.items()], axis=0)
    slope = common_share(measures, weights.inside[domain]) / (float(total.std(dtype=float)) or 1.0)

    def parts(person: str) -> dict[str, np.ndarray]:
        row = found.people.get_loc(person)
        told = {c: slope * share * (values[c][row].astype(float) - mean[c]) for c, share in inside.items()}
        z = found.domains[found.names.index(domain), row].astype(float)
        return told | {REST: z - np.sum(list(told.values()), axis=0)}

    own = parts(person_id)
    middle = {part: np.zeros_like(z) for part, z in own.items()}
    return _Mixtures(own, middle if against is None else parts(against))


def _capped(measures: Measures, construct: str, values: np.ndarray) -> np.ndarray:
    capped = measures.campaign.instruments.roles.capped
    if construct not in capped:
        return values
    line = values.mean(dtype=float) + capped[construct] * values.std(dtype=float)
    return np.minimum(values, np.float32(line))


def _split(
    levels: np.ndarray, d: int, between: _Mixtures, shares: np.ndarray, balance: float
) -> np.ndarray:
    """What each part of domain d adds while the other domains stay at these levels."""
    known: dict[frozenset[int], float] = {}
    members = list(between.own)

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



