"""The best list and its seats: HiGHS to proven optimality, then a tie-break that the seed settles."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from assessment.choosing.model import Model
from assessment.choosing.solver import (
    INFEASIBLE,
    OPTIMAL,
    SECONDS,
    Cut,
    at_least,
    membership,
    solve,
)
from assessment.narrow import best, narrowed, relax


@dataclass(frozen=True)
class Team:
    """A chosen list: positions of people, role of each who fills a seat, total in millionths, bound."""

    status: str
    members: tuple[int, ...] = ()
    roles: Mapping[int, str] = field(default_factory=dict)
    total: int = 0
    bound: float = math.inf


def tie_weight(seed: int, person: str, role: str = "") -> int:
    """A fixed number of 20 bits for a person, or a person in a role: settles between equally good lists."""
    return 1 + int(hashlib.sha256(f"{seed}|{person}|{role}".encode()).hexdigest()[:5], 16)


def best_team(
    model: Model, seed: int = 1, limits: Mapping[str, tuple[float, float]] | None = None, seconds: float = SECONDS
) -> Team:
    """The best total, then among equally good lists the one that the seed settles, then its seats likewise."""
    relaxation = relax(model, limits)
    if relaxation is None:
        return Team(INFEASIBLE)
    first = best(model, limits, relaxation=relaxation, seconds=seconds)
    if first.columns is None:
        return Team(first.status, bound=first.bound)
    chosen, total = membership(model, first), first.total
    if first.status == OPTIMAL:
        weights = np.zeros(len(model.cost))
        weights[: len(model.ids)] = [-tie_weight(seed, person) for person in model.ids]
        model = narrowed(model, relaxation, total)
        second = solve(model, cost=weights, limits=limits, cuts=[at_least(model, total)], seconds=seconds)
        if second.columns is not None:
            settled = settle(model, membership(model, second), seed, limits, seconds)
            if settled.total >= total:
                return settled
    settled = settle(model, chosen, seed, limits, seconds)
    return Team(first.status, settled.members, settled.roles, settled.total, max(first.bound, settled.total))


def settle(
    model: Model,
    chosen: np.ndarray,
    seed: int,
    limits: Mapping[str, tuple[float, float]] | None = None,
    seconds: float = SECONDS,
    cuts: Sequence[Cut] = (),
) -> Team:
    """The best seats for given members, settled by the seed; no seat is filled that neither a rule nor fit asks for."""
    full = solve(model, limits=limits, fixed=chosen, cuts=cuts, seconds=seconds)
    if full.columns is None:
        raise RuntimeError("the chosen members break the rows they were chosen by")
    members = tuple(int(i) for i in np.flatnonzero(chosen))
    roles: dict[int, str] = {}
    if model.seats:
        weights = np.zeros(len(model.cost))
        for seat in model.seats:
            weights[seat.at] = -tie_weight(seed, model.ids[seat.person], seat.role)
        kept = [*cuts, at_least(model, full.total)]
        found = solve(model, cost=weights, limits=limits, fixed=chosen, cuts=kept, whole_seats=True, seconds=seconds)
        seated = full.columns if found.columns is None else found.columns
        roles = {seat.person: seat.role for seat in model.seats if seated[seat.at] > 0.5}
    return Team(OPTIMAL, members, roles, full.total, full.total)
