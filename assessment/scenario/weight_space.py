"""Weights that are not settled: ranges and an order ("want >= can >= influence"), and even draws from what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assessment.instruments.reading import Roles
from assessment.problems import Problem, nearest

RANGES, ORDER = "ranges", "order"
TABLE = "weights"
TOLERANCE = 1e-9
REJECTION = 30  # tries a wanted sample before walking through the space instead
WALK = 100  # steps of each walk


@dataclass(frozen=True)
class WeightSpace:
    """All weights (above 0, sum 1) that keep to the ranges and the order.

    names : domains, or constructs where one of several in a domain is named
    low, high : least and greatest share of each; order : pairs (heavier or equal, lighter), places in names
    """

    names: tuple[str, ...]
    low: np.ndarray
    high: np.ndarray
    order: tuple[tuple[int, int], ...]

    def holds(self, weights: np.ndarray) -> np.ndarray:
        """Whether each row of weights lies in the space."""
        good = (weights >= self.low - TOLERANCE).all(1) & (weights <= self.high + TOLERANCE).all(1)
        for heavy, light in self.order:
            good &= weights[:, heavy] >= weights[:, light] - TOLERANCE
        return np.asarray(good)

    def sample(self, n: int, seed: int = 1) -> np.ndarray:
        """n sets of weights, drawn evenly over the space (samples x names); the same seed gives the same.

        Even draws from all weights (a Dirichlet with ones) that are kept where they fit; where few fit, walks of
        hit-and-run (Smith 1984) from the middle.
        """
        rng = np.random.default_rng(seed)
        kept: list[np.ndarray] = []
        for _ in range(REJECTION):
            tried = rng.dirichlet(np.ones(len(self.names)), n)
            kept.append(tried[self.holds(tried)])
            found = sum(map(len, kept))
            if found >= n:
                return np.concatenate(kept)[:n]
            if found * REJECTION < n:
                break
        return self._walks(n, rng)

    def _rows(self) -> tuple[np.ndarray, np.ndarray]:
        """The space as A w <= b."""
        n = len(self.names)
        rows = [*(-np.eye(n)), *np.eye(n)]
        limits = [*(-self.low), *self.high]
        for heavy, light in self.order:
            row = np.zeros(n)
            row[light], row[heavy] = 1.0, -1.0
            rows.append(row)
            limits.append(0.0)
        return np.array(rows), np.array(limits)

    def middle(self) -> np.ndarray | None:
        """The point farthest from all sides (Chebyshev's centre, by linear programming); None for an empty space."""
        from scipy.optimize import linprog

        a, b = self._rows()
        n = len(self.names)
        inside = a - a.mean(1, keepdims=True)  # only the part along the plane sum = 1 moves a side
        reach = np.linalg.norm(inside, axis=1)
        found = linprog(
            [*np.zeros(n), -1.0], np.column_stack([a, reach]), b + TOLERANCE,
            [[*np.ones(n), 0.0]], [1.0], bounds=[*[(0, 1)] * n, (0, None)],
        )  # fmt: skip
        return found.x[:n] if found.status == 0 else None

    def _walks(self, n: int, rng: np.random.Generator) -> np.ndarray:
        start = self.middle()
        if start is None:
            raise ValueError("no weights keep to the ranges and the order")
        a, b = self._rows()
        at = np.tile(start, (n, 1))
        free = self.high - self.low > TOLERANCE
        if free.sum() < 2:
            return at
        for _ in range(WALK):
            way = np.where(free, rng.normal(size=at.shape), 0.0)
            way[:, free] -= way[:, free].mean(1, keepdims=True)
            length = np.linalg.norm(way, axis=1, keepdims=True)
            way /= np.where(length > 0, length, 1.0)
            slope, room = way @ a.T, np.maximum(b - at @ a.T, 0.0)
            with np.errstate(divide="ignore", invalid="ignore"):
                reach = room / slope
            forth = np.where(slope > 1e-12, reach, np.inf).min(1)
            back = np.where(slope < -1e-12, reach, -np.inf).max(1)
            bounded = np.isfinite(forth) & np.isfinite(back)
            back, forth = np.where(bounded, back, 0.0), np.where(bounded, forth, 0.0)
            step = back + rng.uniform(size=len(at)) * (forth - back)
            at = np.maximum(at + step[:, None] * way, 0.0)
        return at / at.sum(1, keepdims=True)


def weight_space(given: Mapping[str, Any], roles: Roles) -> tuple[WeightSpace | None, list[Problem]]:
    """Read {"ranges": {name: [low, high]}, "order": ["want >= can >= influence", ...]}; all faults at once.

    Names are domains or constructs; a construct that is alone in its domain stands for the domain. As soon as another
    construct is named the weights are those of all constructs. Ranges are shares of 1 (null = open).
    """
    chains, problems = _chains(given.get(ORDER) or ())
    ranges = given.get(RANGES) or {}
    unknown_keys = [str(k) for k in given if k not in (RANGES, ORDER)]
    problems += [_wrong("weights_unknown_key", k, nearest=nearest(k, (RANGES, ORDER))) for k in unknown_keys]
    named = [*ranges, *(name for chain in chains for name in chain)]
    alone = {c[0]: d for d, c in roles.domains.items() if len(c) == 1}
    domains = tuple(d for d, c in roles.domains.items() if c)
    constructs = tuple(c for members in roles.domains.values() for c in members)
    problems += [
        _wrong("weights_unknown_name", str(name), nearest=nearest(str(name), [*domains, *constructs]))
        for name in dict.fromkeys(named)
        if name not in domains and name not in constructs
    ]
    by_construct = any(n in constructs and n not in alone and n not in domains for n in named)
    if by_construct:
        problems += [
            _wrong("weights_mixed_levels", str(n)) for n in dict.fromkeys(named) if n in domains and n not in constructs
        ]
    names = constructs if by_construct else domains
    low, high = np.zeros(len(names)), np.ones(len(names))
    place = {n: k for k, n in enumerate(names)}
    if not by_construct:
        place |= {c: domains.index(d) for c, d in alone.items() if c not in place}
    for name, limits in ranges.items():
        read = _limits(limits)
        if read is None:
            problems.append(_wrong("weights_bad_range", str(name), value=str(limits)))
        elif name in place:
            low[place[name]], high[place[name]] = read
    if problems:
        return None, problems
    pairs = tuple((place[a], place[b]) for chain in chains for a, b in zip(chain[:-1], chain[1:], strict=True))
    space = WeightSpace(names, low, high, pairs)
    if space.middle() is None:
        return None, [_wrong("weights_none_left", "")]
    return space, []


def _chains(given: Any) -> tuple[list[list[str]], list[Problem]]:
    """Orders as texts ("a >= b >= c", also with the sign ≥) or lists of names."""
    chains, problems = [], []
    for one in [given] if isinstance(given, str) else given:
        if isinstance(one, str):
            chain = [part.strip() for part in one.replace("≥", ">=").split(">=")]
        else:
            chain = [str(part) for part in one] if isinstance(one, Sequence) else []
        if len(chain) < 2 or not all(chain) or len(set(chain)) < len(chain):
            problems.append(_wrong("weights_bad_order", str(one)))
        else:
            chains.append(chain)
    return chains, problems


def _limits(given: Any) -> tuple[float, float] | None:
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) != 2:
        return None
    low, high = (default if v is None else v for v, default in zip(given, (0.0, 1.0), strict=True))
    if any(isinstance(v, bool) or not isinstance(v, (int, float)) for v in (low, high)):
        return None
    return (float(low), float(high)) if 0 <= low <= high <= 1 else None


def _wrong(code: str, name: str, **params: Any) -> Problem:
    return Problem(code, params={"name": name, **params}, table=TABLE, column=name, value=name)
