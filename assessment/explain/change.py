"""What would bring a person into the list, or out of it: the smallest change of measures and of weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assessment.campaign import Criteria
from assessment.gates import check_gates
from assessment.rerank import Ground, exact_standing, ground
from assessment.scoring.measures import Measures
from assessment.scoring.plain import reweighted
from assessment.standing import measured_domains, power_mean, to_unit
from assessment.weights import resolve_weights

ENTER, LEAVE = "enter", "leave"
NORMS = ("L1", "L2")
T_STEP = 0.1  # changes of measures are told in tenths of a T point, rounded so that they suffice
FARTHEST = 60.0  # T points: beyond it both ends of the scale are reached
DIRECTIONS, STEPS, ROUNDS, TRIES = 250, 10, 5, 200
REACHES = (1.0, 1.02, 1.05, 1.1, 1.2, 1.5, 2.0)  # the rough search may stop a little short


@dataclass(frozen=True)
class Needed:
    """The smallest changes of one person's measures that move the person over the line.

    side : "enter" (below the line now) or "leave" (what the place can bear); size : places on the list
    alone : index domain; now, needed (T scores), change (T points, NaN where this domain alone never suffices),
        standing, rank, chance (in the first `size` over the draws) after the change
    together : the smallest change of all domains at once (least sum of squares), T points; empty where none suffices
    together_rank : the place it gives; barred : gates that rank the person last whatever is measured
    """

    side: str
    size: int
    alone: pd.DataFrame
    together: pd.Series
    together_rank: int | None
    barred: tuple[str, ...]


@dataclass(frozen=True)
class _Case:
    """One person against all others, under fixed criteria."""

    found: Ground
    shares: np.ndarray
    balance: float
    row: int
    size: int
    others: np.ndarray  # standing of everybody

    def levels(self, shift: np.ndarray) -> np.ndarray:
        """Draws of the standing of the person, whose domains are shifted by so many deviations."""
        used = self.shares > 0
        own = self.found.domains[:, self.row][used] + shift[used, None].astype(np.float32)
        return power_mean(to_unit(own), self.shares[used].astype(np.float32), self.balance)

    def rank(self, shift: np.ndarray) -> int:
        """The person's place when nobody else changes."""
        standing = self.others.copy()
        standing[self.row] = self.levels(shift).mean(dtype=float)
        return int(self.found.ranks(standing)[self.row])

    def chance(self, shift: np.ndarray) -> float:
        """Share of the draws in which the person, so changed, is among the first eligible ones."""
        key = ("line", self.size, self.balance, self.row, self.shares.tobytes())
        if key not in self.found.held:
            draws = np.where(self.found.eligible(), self.found.draws(self.shares, self.balance), -np.inf)
            draws[self.row] = -np.inf
            place = max(len(draws) - self.size, 0)
            self.found.held[key] = np.partition(draws, place, axis=0)[place]
        inside = self.levels(shift) >= self.found.held[key]
        for domain, line in self.found.lines.items():
            d = self.found.names.index(domain)
            inside &= self.found.domains[d, self.row] + shift[d] >= line
        return float(inside.mean())


def needed_measures(measures: Measures, criteria: Criteria, person_id: str, size: int) -> Needed:
    """The smallest change of measures that would bring a person over the line, found by bisection and ranked again.

    Everybody else stays as measured, and so do the error and the gates' lines. The model reading is used whatever the
    criteria say: the plain one has no measures of domains in its total.
    """
    weights = resolve_weights(criteria, measures.campaign.instruments.roles)
    found = ground(measures, weights)
    shares = found.shares(weights)
    row = list(found.people).index(person_id)
    case = _Case(found, shares, criteria.balance, row, size, exact_standing(found, shares, criteria.balance))
    side = ENTER if case.rank(np.zeros(len(shares))) > size else LEAVE
    barred = _barred(measures, person_id) if found.excluded[row] else ()
    rows = [_alone(case, d, side, bool(barred)) for d in range(len(shares))]
    alone = pd.DataFrame(rows, index=pd.Index(found.names, name="domain"))
    together, rank = pd.Series(dtype=float), None
    if not barred:
        shift = _together(case, side)
        if shift is not None:
            together, rank = pd.Series(10 * shift, index=list(found.names)), case.rank(shift)
    return Needed(side, size, alone, together, rank, barred)


def _barred(measures: Measures, person_id: str) -> tuple[str, ...]:
    weights = resolve_weights(Criteria(), measures.campaign.instruments.roles)
    points = ground(measures, weights).points
    missed = check_gates(measures.campaign, measures.quality, points, measured_domains(measures)).missed
    shutting = [g.id for g in measures.campaign.instruments.roles.gates if g.effect == "exclude_now"]
    return tuple(g for g in shutting if g in missed and bool(missed.loc[person_id, g]))


def _over(case: _Case, side: str, shift: np.ndarray) -> bool:
    return (case.rank(shift) <= case.size) == (side == ENTER)


def _least(case: _Case, side: str, direction: np.ndarray) -> float | None:
    """The shortest way along a direction (deviations) that suffices, up to T_STEP and rounded up; None = never."""
    if not _over(case, side, FARTHEST / 10 * direction):
        return None
    low, high = 0, int(FARTHEST / T_STEP)
    while high - low > 1:
        middle = (low + high) // 2
        enough = _over(case, side, middle * T_STEP / 10 * direction)
        low, high = (low, middle) if enough else (middle, high)
    return high * T_STEP / 10


def _alone(case: _Case, d: int, side: str, barred: bool) -> dict[str, float]:
    direction = np.zeros(len(case.shares))
    direction[d] = 1.0 if side == ENTER else -1.0
    now = 50 + 10 * float(case.found.points.to_numpy()[case.row, d])
    way = None if barred or case.shares[d] <= 0 else _least(case, side, direction)
    if way is None:
        return {
            "now": now, "needed": np.nan, "change": np.nan, "standing": np.nan, "rank": np.nan, "chance": np.nan
        }  # fmt: skip
    shift = way * direction
    return {
        "now": now, "needed": now + 10 * shift[d], "change": 10 * shift[d],
        "standing": float(case.levels(shift).mean(dtype=float)), "rank": case.rank(shift), "chance": case.chance(shift),
    }  # fmt: skip


def _together(case: _Case, side: str) -> np.ndarray | None:
    """The least change of all domains: along the slope of the standing, looked up again where it leads."""
    sign = 1.0 if side == ENTER else -1.0
    best: np.ndarray | None = None
    shift = np.zeros(len(case.shares))
    for _ in range(ROUNDS):
        slope = np.array([_slope(case, shift, d) for d in range(len(shift))])
        if not slope.any():
            break
        direction = sign * slope / np.linalg.norm(slope)
        way = _least(case, side, direction)
        if way is None:
            break
        shift = way * direction
        if best is None or np.linalg.norm(shift) < np.linalg.norm(best):
            best = shift
    return best


def _slope(case: _Case, shift: np.ndarray, d: int) -> float:
    step = np.zeros(len(shift))
    step[d] = 0.05
    return max(float(case.levels(shift + step).mean() - case.levels(shift - step).mean()), 0.0)


def needed_weights(
    measures: Measures, criteria: Criteria, person_id: str, size: int, seed: int = 1
) -> pd.DataFrame:
    """The smallest change of the domains' weights that moves a person over the line; each is ranked again exactly.

    Returns
    -------
    index norm ("L1": least sum of changes, "L2": least sum of squares); one column a domain (the weights needed, with
    sum 1), distance (in that norm), rank. Empty where no weights would do, or a gate stands in the way. Found by a
    seeded search over directions and refined: no smaller change was found, which is no proof that there is none.
    """
    weights = resolve_weights(criteria, measures.campaign.instruments.roles)
    found = ground(measures, weights)
    names, start = list(found.names), found.shares(weights)
    row = list(found.people).index(person_id)
    empty = pd.DataFrame(columns=[*names, "distance", "rank"], index=pd.Index([], name="norm"))
    behind = criteria.reading == "plain" and not measures.interviewed.iloc[row] and measures.interviewed.sum() >= size
    if found.excluded[row] or len(names) < 2 or behind:
        return empty
    rank_at = _exact_rank(measures, criteria, found, row)
    entering = rank_at(start) > size

    def over(samples: np.ndarray) -> np.ndarray:
        if criteria.reading == "plain":
            return (np.array([rank_at(w) for w in samples]) <= size) == entering
        standing = found.standings(samples, criteria.balance, start)
        standing[found.excluded] = -np.inf
        return ((standing > standing[row]).sum(0) < size) == entering

    few = criteria.reading == "plain"
    rows = {}
    for norm in NORMS:
        best = _search(start, over, norm, np.random.default_rng(seed), few)
        checked = None if best is None else _settle(start, best, lambda w: (rank_at(w) <= size) == entering)
        if checked is not None:
            distance = _length(checked - start, norm)
            rows[norm] = [*checked, distance, rank_at(checked)]
    if not rows:
        return empty
    return pd.DataFrame.from_dict(rows, orient="index", columns=[*names, "distance", "rank"]).rename_axis("norm")


def _exact_rank(measures: Measures, criteria: Criteria, found: Ground, row: int) -> Callable[[np.ndarray], int]:
    """The place under weights of the domains, by the formulas of the ranking."""
    inside = resolve_weights(criteria, measures.campaign.instruments.roles).inside
    known: dict[bytes, int] = {}

    def rank(shares: np.ndarray) -> int:
        if shares.tobytes() not in known:
            known[shares.tobytes()] = looked_up(shares)
        return known[shares.tobytes()]

    def looked_up(shares: np.ndarray) -> int:
        if criteria.reading == "plain":
            constructs = {
                c: float(share * w) for (d, m), w in zip(inside.items(), shares, strict=True) for c, share in m.items()
            }
            last = measures.people[found.excluded]
            plain = reweighted(measures.plain, measures.campaign.instruments.roles, constructs)
            return int(plain.rank(last).iloc[row])
        return int(found.ranks(exact_standing(found, shares, criteria.balance))[row])

    return rank


def _length(change: np.ndarray, norm: str) -> float | np.ndarray:
    return np.abs(change).sum(-1) if norm == "L1" else np.sqrt((change**2).sum(-1))


def _search(
    start: np.ndarray, over: Callable[[np.ndarray], np.ndarray], norm: str, rng: np.random.Generator, few: bool
) -> np.ndarray | None:
    """The nearest weights that do, on rays from the start to the corners, the sides and random points."""
    n = len(start)
    corners = [*np.eye(n), *((1 - np.eye(n)) / (n - 1))]
    random = [] if few else list(rng.dirichlet(np.ones(n), DIRECTIONS))
    ends = np.array([*corners, *random])
    count = STEPS // 2 if few else STEPS
    steps = np.linspace(1 / count, 1, count)
    grid = (start + steps[:, None, None] * (ends - start)).reshape(-1, n)
    good = grid[over(grid)]
    if not len(good):
        return None
    best = good[np.argmin(_length(good - start, norm))]
    reach = float(_length(best - start, norm))
    for _ in range(0 if few else ROUNDS):
        noise = rng.normal(size=(TRIES, n)) * reach / (2 * n)
        back = rng.uniform(0, 1, (len(noise), 1))
        tried = np.maximum(start + (best - start) * back + noise - noise.mean(1, keepdims=True), 0.0)
        nearer = start + (best - start) * np.linspace(0.5, 0.98, 8)[:, None]
        tried = np.vstack([tried / tried.sum(1, keepdims=True), nearer])
        tried = tried[_length(tried - start, norm) < _length(best - start, norm)]
        good = tried[over(tried)] if len(tried) else tried
        if len(good):
            best = good[np.argmin(_length(good - start, norm))]
        else:
            reach /= 2
    return best


def _settle(start: np.ndarray, best: np.ndarray, enough: Callable[[np.ndarray], bool]) -> np.ndarray | None:
    """The shortest way along the direction found that suffices by the exact formulas."""
    edge = min((s / (s - b) for s, b in zip(start, best, strict=True) if b < s), default=1.0)
    tried = [t for t in (*REACHES, edge) if t <= edge]
    high = next((t for t in tried if enough(start + t * (best - start))), None)
    if high is None:
        return None
    low = 0.0
    for _ in range(10):
        middle = (low + high) / 2
        low, high = (low, middle) if enough(start + middle * (best - start)) else (middle, high)
    return start + high * (best - start)



