"""Who is in the team: the best of the shortlist by standing and role fit, under the rules of the office."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd

from assessment.campaign import Campaign
from assessment.choosing.compose import Choice, choose
from assessment.choosing.shortlist import (
    RESERVE_SHARE,
    Proposal,
    choosable,
    decided,
    decision_rules,
    fitting_size,
    ineligible,
    locked,
)
from assessment.listing import FIT, SETTINGS_FILE, role_fits, rule_vocabulary, rules_for, settings_rules
from assessment.problems import NOTE, STOP, Problem, stops
from assessment.rules.language import RuleSet
from assessment.scoring.measures import Measures

KEY = "team_rules"
SEATS = "seats"


def propose_team(
    campaign: Campaign,
    measures: Measures,
    table: pd.DataFrame,
    ranking: pd.DataFrame,
    shortlist: Collection[str],
    seed: int = 1,
    withheld: Collection[str] = (),
    detail: str = "full",
    language: str = "ru",
) -> Proposal:
    """The thirty from the shortlist. Where the office gives no rules, seats and balance of roles.yaml apply."""
    pool = table.loc[sorted(shortlist)]
    fits = role_fits(campaign, measures, pool.index, campaign.settings.criteria.reading).add_prefix(FIT)
    everybody = table.join(fits)
    everybody[fits.columns] = everybody[fits.columns].fillna(0.0)
    decisions = decided(campaign, "team")
    decisions = decisions[decisions.index.isin(pool.index)]
    likely = len(choosable(pool.index, ineligible(campaign, ranking), decisions, ()))
    rules, problems = team_rules(campaign, everybody, withheld, min(campaign.settings.team, likely))
    if stops(problems):
        return Proposal(_empty(), "infeasible", {}, problems)
    extra, words = decision_rules(decisions, rules), rule_vocabulary(campaign)
    people = choosable(pool.index, ineligible(campaign, ranking), decisions, rules)
    size, few = fitting_size(campaign.settings.team, people, "shortlist")
    problems += few
    ruleset, more = settings_rules(KEY, size, [*rules, *extra], everybody, words)
    problems += [p for p in more if p not in problems]
    if ruleset is not None:
        problems += _locked_outside(ruleset, people)
    if ruleset is None or stops(problems):
        return Proposal(_empty(), "infeasible", {}, problems)
    chosen = partial(choose, everybody.loc[people], seed=seed, detail=detail, language=language)
    found, notes = _choose(chosen, rules_for(ruleset, people), campaign.settings.team_rules is None)
    result = team_table(found, ranking, decisions, rules, shortlist, campaign)
    problems += [*notes, *found.problems]
    return Proposal(result if found.people else _empty(), found.status, found.certificate, problems)


def team_rules(
    campaign: Campaign, table: pd.DataFrame, withheld: Collection[str] = (), size: int | None = None
) -> tuple[list[Mapping[str, Any]], list[Problem]]:
    """The office's rules, checked against everybody; or the default ones as far as they make sense here.

    size : how many can be chosen at all (default: the size of the team); default rules are scaled to it
    """
    given, words = campaign.settings.team_rules, rule_vocabulary(campaign)
    if given is not None:
        rules = list(given)
        return rules, settings_rules(KEY, 1, rules, table, words, withheld)[1]
    rules, notes = [], []
    for rule in default_rules(campaign, size):
        faults = stops(settings_rules(KEY, 1, [rule], table, words)[1])
        if faults:
            place: dict[str, Any] = {"table": "roles.yaml", "column": "team"}
            notes.append(Problem("default_rule_no_column", NOTE, {"rule": rule["id"]}, **place))
        else:
            rules.append(rule)
    return rules, notes


def default_rules(campaign: Campaign, size: int | None = None) -> list[dict[str, Any]]:
    """Seats and balance of roles.yaml; for a team of another size both are scaled."""
    roles = campaign.instruments.roles
    size = campaign.settings.team if size is None else size
    usual = roles.team_size or sum(roles.seats.values()) or campaign.settings.team
    rules: list[dict[str, Any]] = []
    seats = scaled_seats(roles.seats, size, usual)
    if seats:
        fit = {role: FIT + role for role in seats if role in roles.roles}
        filled: dict[str, Any] = {"id": SEATS, "assign": "anybody", "min": seats, "fit": fit}
        filled["weight"] = roles.role_fit_weight
        if sum(seats.values()) < size:  # else there is nobody left to fill more seats than there are
            filled["max"] = dict(seats)
        rules.append(filled)
    for rule in roles.balance:
        rules.append(_scaled(dict(rule), size, usual))
    return rules


def scaled_seats(seats: Mapping[str, int], size: int, usual: int) -> dict[str, int]:
    """Seats for a team of another size, by largest remainder; the same where the size is the usual one."""
    if size == usual or not seats:
        return {r: int(n) for r, n in seats.items()}
    exact = {r: n * size / usual for r, n in seats.items()}
    down = {r: int(x) for r, x in exact.items()}
    left = min(size, round(sum(exact.values()))) - sum(down.values())
    for role in sorted(exact, key=lambda r: (down[r] - exact[r], r))[: max(left, 0)]:
        down[role] += 1
    return {r: n for r, n in down.items() if n > 0}


def _scaled(rule: dict[str, Any], size: int, usual: int) -> dict[str, Any]:
    if size != usual and isinstance(rule.get("count"), list):
        low, high = rule["count"]
        rule["count"] = [None if v is None else round(v * size / usual) for v in (low, high)]
    return rule


def _locked_outside(ruleset: RuleSet, people: Collection[str]) -> list[Problem]:
    """To lock in somebody who is not on the shortlist is a stop: the team comes from there."""
    problems = []
    for rule in ruleset.rules:
        for person in rule.people if rule.kind == "lock_in" else ():
            if person not in people:
                code, params = "rule_person_not_on_shortlist", {"rule": rule.id, "name": person}
                problems.append(Problem(code, STOP, params, SETTINGS_FILE, None, f"{KEY}.{rule.id}", person))
    return problems


def _choose(
    chosen: Callable[..., Choice], ruleset: RuleSet, default: bool
) -> tuple[Choice, list[Problem]]:
    """The choice; default rules that cannot hold here are left out one by one, and said."""
    found = chosen(ruleset=ruleset)
    notes: list[Problem] = []
    while default and found.status == "infeasible":
        named = {str(part).split(":")[0] for part in found.certificate.get("conflict", {}).get("rules", [])}
        loose = [r.id for r in ruleset.rules if r.id in named and r.kind not in ("lock_in", "lock_out")]
        if not loose:
            break
        notes.append(Problem("default_rule_cannot_hold", NOTE, {"rule": loose[-1]}, table="roles.yaml", column="team"))
        ruleset = replace(ruleset, rules=tuple(r for r in ruleset.rules if r.id != loose[-1]))
        found = chosen(ruleset=ruleset)
    return found, notes


def team_table(
    found: Choice,
    ranking: pd.DataFrame,
    decisions: pd.Series,
    rules: Collection[Mapping[str, Any]],
    shortlist: Collection[str],
    campaign: Campaign,
) -> pd.DataFrame:
    """Members by rank with role and reason, then the reserve: the next of the shortlist by rank."""
    locks = locked(rules)
    order = [p for p in ranking.index if p in set(found.people)]
    rows = []
    for person in order:
        role = found.roles.get(person, "") or ""
        reason = f"role:{role}" if role else "standing"
        reason = f"locked:{locks[person]}" if person in locks else reason
        rows.append((person, "team", role, "decided" if decisions.get(person) == "in" else reason))
    barred = set(ineligible(campaign, ranking)) | set(decisions.index[decisions == "out"])
    rest = [p for p in ranking.index if p in set(shortlist) - set(found.people) - barred]
    rows += [(p, "reserve", "", "next") for p in rest[: max(1, round(campaign.settings.team * RESERVE_SHARE))]]
    table = pd.DataFrame(rows, columns=["person_id", "list", "role", "reason"]).set_index("person_id")
    return table.assign(provisional=not len(campaign.interviews))


def _empty() -> pd.DataFrame:
    columns: dict[str, list[Any]] = {"list": [], "role": [], "reason": [], "provisional": []}
    return pd.DataFrame(columns, index=pd.Index([], name="person_id"))
