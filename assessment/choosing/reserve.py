"""Who steps in for whom when a member withdraws: the others stay, every rule is kept."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from assessment.choosing.compose import Choice, choose
from assessment.rules.kinds import Rule
from assessment.rules.language import RuleSet

STAYS, LEAVES = "others_stay", "member_leaves"
COLUMNS = ["member", "place", "stand_in", "role", "moves", "objective", "cost", "broken"]


@dataclass(frozen=True)
class StandIn:
    """person : who steps in; role : the seat that person fills; moves : members whose seat changes, person -> new role
    objective : of the team after the exchange, after prices of soft rules; cost : what it lies under the present team's
    """

    person: str
    role: str
    moves: Mapping[str, str]
    objective: float
    cost: float


@dataclass(frozen=True)
class Succession:
    """Who can step in for a member, the best first. Nobody can: `broken` names the rules that stand in the way (the
    smallest set that cannot hold with the others staying); empty = there is nobody left to choose."""

    member: str
    stand_ins: tuple[StandIn, ...]
    broken: tuple[str, ...] = ()


def stand_ins(
    pool: pd.DataFrame,
    ruleset: RuleSet,
    team: Collection[str],
    seed: int = 1,
    most: int = 3,
    members: Collection[str] | None = None,
) -> list[Succession]:
    """For every member (or those named) the best who can step in while all others stay, at most `most`, ranked.

    pool : everybody who can be chosen, the team included, with every column the rules name; index person_id
    ruleset : the rules the team was chosen under; seats may be dealt out anew among the same people

    One call of the solver a place. ValueError where the team names people who are not in the pool.
    """
    team = sorted(map(str, team))
    strangers = sorted(set(team) - set(map(str, pool.index)))
    if strangers:
        raise ValueError(f"not in the pool: {', '.join(strangers)}")
    held = replace(ruleset, size=len(team), rules=(*ruleset.rules, _lock(STAYS, "lock_in", team)))
    now = choose(pool, held, seed, detail="bare")
    return [_succession(pool, ruleset, team, member, now, seed, most) for member in sorted(members or team)]


def _lock(name: str, kind: str, people: Sequence[str]) -> Rule:
    return Rule(id=name, kind=kind, people=tuple(people))


def _succession(
    pool: pd.DataFrame, ruleset: RuleSet, team: Sequence[str], member: str, now: Choice, seed: int, most: int
) -> Succession:
    others = [p for p in team if p != member]
    rules = [r for r in (_released(rule, member) for rule in ruleset.rules) if r is not None]
    gone = [member]
    found: list[StandIn] = []
    while len(found) < most and len(pool) > len(others) + len(gone):
        bans = [_lock(_free(LEAVES, rules), "lock_out", gone)]
        stays = [_lock(_free(STAYS, rules), "lock_in", others)] if others else []
        choice = choose(pool, replace(ruleset, size=len(team), rules=(*rules, *stays, *bans)), seed, detail="bare")
        if not choice.people:
            return Succession(member, tuple(found), () if found else _broken(choice, (STAYS, LEAVES)))
        found.append(_stand_in(choice, now, others))
        gone.append(found[-1].person)
    return Succession(member, tuple(found))


def _released(rule: Rule, member: str) -> Rule | None:
    """A lock that held the member holds no longer; every other rule stays as it is."""
    if rule.kind != "lock_in" or member not in rule.people:
        return rule
    left = tuple(p for p in rule.people if p != member)
    return replace(rule, people=left) if left else None


def _free(name: str, rules: Sequence[Rule]) -> str:
    taken = {rule.id for rule in rules}
    while name in taken:
        name += "_"
    return name


def _stand_in(choice: Choice, now: Choice, others: Collection[str]) -> StandIn:
    person = next(p for p in choice.people if p not in others)
    objective = float(choice.certificate["objective"])
    present = now.certificate.get("objective")
    moves = {p: choice.roles[p] for p in sorted(others) if now.people and choice.roles[p] != now.roles.get(p, "")}
    cost = math.nan if present is None else float(present) - objective
    return StandIn(person, choice.roles[person], moves, objective, cost)


def _broken(choice: Choice, ours: Collection[str]) -> tuple[str, ...]:
    """The office's rules in the smallest conflict; the whole rule's id where a part of it stands there."""
    named = [str(part) for part in (choice.certificate.get("conflict") or {}).get("rules", [])]
    kept = [part for part in named if part != "size" and part.partition(":")[0].rstrip("_") not in ours]
    return tuple(dict.fromkeys(kept))


def as_table(found: Sequence[Succession]) -> pd.DataFrame:
    """One row a member and place; a member nobody can replace has one row with place 0 and the rules in the way.

    Columns member, place, stand_in, role, moves ("P01:lead;P02:analyst"), objective, cost, broken (";"-separated).
    """
    rows: list[tuple[Any, ...]] = []
    for line in found:
        if not line.stand_ins:
            rows.append((line.member, 0, "", "", "", math.nan, math.nan, ";".join(line.broken)))
        for place, s in enumerate(line.stand_ins, 1):
            moves = ";".join(f"{p}:{role}" for p, role in s.moves.items())
            rows.append((line.member, place, s.person, s.role, moves, s.objective, s.cost, ""))
    return pd.DataFrame(rows, columns=COLUMNS)


def how_often(found: Sequence[Succession]) -> pd.Series:
    """For how many members each person is the first to step in: whom to keep ready. Most often first, then by id."""
    first = pd.Series([line.stand_ins[0].person for line in found if line.stand_ins], dtype=object)
    counts = first.value_counts().rename_axis("person_id").rename("members").reset_index()
    counts = counts.sort_values(["members", "person_id"], ascending=[False, True])
    return counts.set_index("person_id")["members"]
