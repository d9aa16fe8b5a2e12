"""The team under the rules and decisions in force now, and what it would be without one person."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from assessment.choosing.shortlist import Proposal
from assessment.choosing.team import propose_team, team_rules
from assessment.funnel import Result
from assessment.listing import FIT, role_fits
from assessment.problems import Problem
from assessment.records import cell
from assessment.rules import locks
from assessment.rules.language import RuleSet, read_rules
from assessment.rules.locks import Rules

BARE, FULL = "bare", "full"


@dataclass(frozen=True)
class TeamNow:
    """rules : those in force, as written; ruleset : the same as read (None where one is malformed)

    table, status, certificate, problems : of the proposal
    """

    rules: Rules
    ruleset: RuleSet | None
    table: pd.DataFrame
    status: str
    certificate: Mapping[str, Any]
    problems: Sequence[Problem]

    @property
    def members(self) -> pd.DataFrame:
        """The people in the team, by rank."""
        return self.table[self.table["list"] == "team"]


@dataclass(frozen=True)
class Swap:
    """What the team loses without a person: points, who would come in, who else would go."""

    cost: float
    enter: tuple[str, ...]
    leave: tuple[str, ...]


def shortlisted(result: Result) -> list[str]:
    """Ids of the people a team is chosen from."""
    return sorted(str(p) for p in result.shortlist.index[result.shortlist["list"] != "reserve"])


def fits(result: Result, people: pd.Index) -> pd.DataFrame:
    """People x roles: how well each role suits, as z among those people."""
    return role_fits(result.campaign, result.measures, people, result.campaign.settings.criteria.reading)


def pool(result: Result) -> pd.DataFrame:
    """Everybody with every column a rule of the team may name."""
    suited = fits(result, pd.Index(shortlisted(result))).add_prefix(FIT)
    return result.listing.join(suited.reindex(result.listing.index, fill_value=0.0))


def team_now(result: Result, stored: str, decisions: pd.DataFrame, seed: int, language: str) -> TeamNow:
    """The team under the stored rules (empty: the campaign's own) and the decisions recorded since the import."""
    written = locks.rules_from(stored)
    table = pool(result)
    if written is None and decisions.empty:
        proposal = Proposal(
            result.team, str(result.certificates["team"].get("status", "infeasible")), result.certificates["team"], []
        )
    else:
        proposal = _propose(result, written, decisions, seed, language, FULL)
    rules = written if written is not None else _used(result, table, proposal.certificate)
    ruleset, problems = read_rules({"size": result.campaign.settings.team, "rules": rules}, table)
    return TeamNow(
        rules, ruleset, proposal.table, proposal.status, proposal.certificate, [*problems, *proposal.problems]
    )


def _used(result: Result, table: pd.DataFrame, certificate: Mapping[str, Any]) -> Rules:
    """The campaign's own or the default rules, without those of the defaults that had to be left out."""
    size = min(result.campaign.settings.team, len(shortlisted(result)))
    rules = [dict(rule) for rule in team_rules(result.campaign, table, size=size)[0]]
    if result.campaign.settings.team_rules is not None or not certificate.get("rules"):
        return rules
    kept = {str(row["id"]).partition(":")[0] for row in certificate["rules"]}
    return [rule for rule in rules if str(rule["id"]) in kept]


def _propose(
    result: Result, rules: Rules | None, decisions: pd.DataFrame, seed: int, language: str, detail: str
) -> Proposal:
    campaign, settings = result.campaign, result.campaign.settings
    if rules is not None:
        settings = replace(settings, team_rules=tuple(rules))
    if len(decisions):
        both = [campaign.decisions, decisions] if len(campaign.decisions) else [decisions]
        campaign = replace(campaign, decisions=pd.concat(both, ignore_index=True))
    campaign = replace(campaign, settings=settings)
    people = shortlisted(result)
    return propose_team(campaign, result.measures, result.listing, result.ranking, people, seed, (), detail, language)


def without(result: Result, now: TeamNow, person: str, decisions: pd.DataFrame, seed: int) -> Swap | None:
    """What the team would be without a member; None where it could not be filled under the rules."""
    rules = locks.locked(now.rules, person, locks.LOCK_OUT, "", "")
    again = _propose(result, rules, decisions, seed, "ru", BARE)
    objective = again.certificate.get("objective")
    if objective is None or now.certificate.get("objective") is None:
        return None
    before, after = set(now.members.index), set(again.table.index[again.table["list"] == "team"])
    return Swap(
        float(now.certificate["objective"]) - float(objective),
        tuple(sorted(after - before)),
        tuple(sorted(before - after - {person})),
    )


def only_theirs(result: Result, members: Collection[str], person: str) -> dict[str, list[str]]:
    """What nobody else in the team brings: column -> values, of unit, function area and usual processes."""
    found = {}
    others = [m for m in members if m != person]
    for column in ("unit", "function_area", "processes"):
        if column not in result.listing:
            continue
        mine, theirs = _values(cell(result.listing, person, column)), set()
        for other in others:
            theirs |= set(_values(cell(result.listing, other, column)))
        only = [value for value in mine if value not in theirs]
        if only:
            found[column] = only
    return found


def _values(cell: object) -> list[str]:
    return [part for part in str(cell).split(";") if part] if isinstance(cell, str) else []
