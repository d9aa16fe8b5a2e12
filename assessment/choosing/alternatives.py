"""Other lists: the next best ones, clearly different ones, and how many are equally good."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assessment.choosing.model import Model
from assessment.choosing.optimise import Team
from assessment.choosing.solver import INFEASIBLE, OPTIMAL, Cut, membership
from assessment.narrow import best, relax

NEXT_BEST, DIFFERENT, MOST_TIES = 10, 5, 20
CLEARLY, NEARLY = 0.2, 0.01


@dataclass(frozen=True)
class Alternative:
    """Another list of people: its total in millionths, who enters and who leaves against the chosen one."""

    total: int
    enter: tuple[str, ...]
    leave: tuple[str, ...]


def other_than(model: Model, members: Sequence[int], seats: int = 1) -> Cut:
    """At least so many of these members are missing, or (with one) anything at all differs."""
    row = np.zeros(len(model.cost))
    if seats == 1:
        row[: len(model.ids)] = -1.0
    row[list(members)] = 1.0
    return Cut(row, high=float(len(members) - seats))


def compared(model: Model, members: Sequence[int], other: np.ndarray, total: int) -> Alternative:
    """The other list (0/1 for each person) against the members."""
    before, after = set(members), {int(i) for i in np.flatnonzero(other)}
    enter, leave = sorted(after - before), sorted(before - after)
    return Alternative(total, tuple(model.ids[i] for i in enter), tuple(model.ids[i] for i in leave))


def next_best(model: Model, team: Team, seconds: float, count: int = NEXT_BEST) -> tuple[list[Alternative], int]:
    """The `count` next best sets of people in order, and the number of equally good sets, counted up to 20."""
    found: list[Alternative] = []
    cuts = [other_than(model, team.members)]
    ties = 1
    relaxation = relax(model)
    while len(found) < count or (ties < MOST_TIES and ties == len(found) + 1):
        most = found[-1].total if found else team.total
        answer = best(model, cuts=cuts, relaxation=relaxation, most=most, seconds=seconds)
        if answer.status != OPTIMAL or answer.columns is None:
            break
        chosen = membership(model, answer)
        found.append(compared(model, team.members, chosen, answer.total))
        ties += int(answer.total >= team.total)
        cuts.append(other_than(model, np.flatnonzero(chosen).tolist()))
    ordered = sorted(found, key=lambda a: (-a.total, a.enter, a.leave))
    return ordered[:count], ties


def different(model: Model, team: Team, seconds: float, count: int = DIFFERENT) -> list[Alternative]:
    """Good lists of which each differs from the chosen one and from each other in a fifth of the seats or more.

    They show the range of choice, so one per cent below the best of their kind will do (the proof takes long).
    """
    seats = max(2, math.ceil(CLEARLY * len(team.members)))
    found: list[Alternative] = []
    cuts = [other_than(model, team.members, seats)]
    while len(found) < count and len(team.members) > seats:
        relaxation = relax(model, cuts=cuts)
        if relaxation is None:
            break
        answer = best(model, cuts=cuts, relaxation=relaxation, seconds=seconds, gap=NEARLY)
        if answer.status != OPTIMAL or answer.columns is None:
            break
        chosen = membership(model, answer)
        found.append(compared(model, team.members, chosen, answer.total))
        cuts.append(other_than(model, np.flatnonzero(chosen).tolist(), seats))
    return found


@dataclass(frozen=True)
class Price:
    """What dropping a rule would gain in millionths, and the list it would bring."""

    gain: int
    without: Alternative


def price_of_part(model: Model, team: Team, name: str, seconds: float) -> Price | None:
    """What dropping one part would gain; None when time ran out.

    A list that is better without the part breaks it on one side, so each side is asked for alone: those programmes
    are far tighter than the one with the part left out.
    """
    part = model.parts[name]
    if part.soft is not None:
        return price_of_rule(model, team, [name], seconds)
    sides: list[tuple[float, float]] = []
    if part.highest is not None and part.highest < part.greatest:
        sides.append((part.highest + 1.0, math.inf))
    if part.lowest is not None and part.lowest > 0:
        sides.append((-math.inf, part.lowest - 1.0))
    dearest = Price(0, Alternative(team.total, (), ()))
    for side in sides:
        found = _price(model, team, {name: side}, seconds)
        if found is None:
            return None
        dearest = max(dearest, found, key=lambda price: price.gain)
    return dearest


def price_of_rule(model: Model, team: Team, names: Sequence[str], seconds: float) -> Price | None:
    """What dropping a whole rule (all its parts) would gain; None when time ran out."""
    return _price(model, team, dict.fromkeys(names, (-math.inf, math.inf)), seconds)


def _price(model: Model, team: Team, limits: Mapping[str, tuple[float, float]], seconds: float) -> Price | None:
    answer = best(model, limits, least=team.total + 1, seconds=seconds)
    if answer.status not in (OPTIMAL, INFEASIBLE):
        return None
    if answer.columns is None or answer.total <= team.total:
        return Price(0, Alternative(team.total, (), ()))
    other = compared(model, team.members, membership(model, answer), answer.total)
    return Price(answer.total - team.total, other)
