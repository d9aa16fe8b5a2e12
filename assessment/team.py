"""Who is in the team: the best of the shortlist by standing and role fit, under the rules of the office."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd

from assessment.campaign import Campaign
from assessment.compose import Choice, choose
from assessment.listing import FIT, SETTINGS_FILE, role_fits, rule_vocabulary, settings_rules
from assessment.problems import NOTE, STOP, Problem, stops
from assessment.rules import Rule, RuleSet
from assessment.scoring import Measures
from assessment.shortlist import RESERVE_SHARE, Proposal, decided, decision_rules, eligible_size, ineligible, locked

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
    everybody[list(fits)] = everybody[list(fits)].fillna(0.0)
    rules, problems = team_rules(campaign, everybody, withheld)
    if stops(problems):
        return Proposal(_empty(), "infeasible", {}, problems)
    decisions = decided(campaign, "team")
    decisions = decisions[decisions.index.isin(pool.index)]
    extra = decision_rules(decisions, [p for p in ineligible(campaign, ranking) if p in pool.index], rules)
    words = rule_vocabulary(campaign)
    size, few = eligible_size(campaign.settings.team, pool.index, extra, "shortlist")
    problems += few
    ruleset, more = settings_rules(KEY, size, [*rules, *extra], everybody, words)
    problems += [p for p in more if p not in problems]
    if ruleset is None:
        return Proposal(_empty(), "infeasible", {}, problems)
    ruleset, absent = _on_shortlist(ruleset, pool.index)
    problems += absent
    if absent:
        return Proposal(_empty(), "infeasible", {}, problems)
    chosen = partial(choose, everybody.loc[pool.index], seed=seed, detail=detail, language=language)
    found, notes = _choose(chosen, ruleset, campaign.settings.team_rules is None)
    result = team_table(found, ranking, decisions, rules, shortlist, campaign)
    problems += [*notes, *found.problems]
    return Proposal(result if found.people else _empty(), found.status, found.certificate, problems)


def team_rules(
    campaign: Campaign, table: pd.DataFrame, withheld: Collection[str] = ()
) -> tuple[list[Mapping[str, Any]], list[Problem]]:
    """The office's rules, checked against everybody; or the default ones as far as they make sense here."""
    given, words = campaign.settings.team_rules, rule_vocabulary(campaign)
    if given is not None:
        rules = list(given)
        return rules, settings_rules(KEY, 1, rules, table, words, withheld)[1]
    rules, notes = [], []
    for rule in default_rules(campaign):
        faults = stops(settings_rules(KEY, 1, [rule], table, words)[1])
        if faults:
            place = {"table": "roles.yaml", "column": "team"}
            notes.append(Problem("default_rule_no_column", NOTE, {"rule": rule["id"]}, **place))
        else:
            rules.append(rule)
    return rules, notes


def default_rules(campaign: Campaign) -> list[dict[str, Any]]:
    """Seats and balance of roles.yaml; for a team of another size both are scaled."""
    roles = campaign.instruments.roles
    size, usual = campaign.settings.team, roles.team_size or sum(roles.seats.values()) or campaign.settings.team
    rules: list[dict[str, Any]] = []
    seats = scaled_seats(roles.seats, size, usual)
    if seats:
        fit = {role: FIT + role for role in seats if role in roles.roles}
        rules.append({"id": SEATS, "assign": "anybody", "min": seats, "fit": fit, "weight": roles.role_fit_weight})
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


def _on_shortlist(ruleset: RuleSet, shortlist: pd.Index) -> tuple[RuleSet, list[Problem]]:
    """The rules for the people on the shortlist: to lock in somebody who is not there is a stop."""
    rules, problems = [], []
    for rule in ruleset.rules:
        absent = [p for p in rule.people if p not in shortlist]
        if absent and rule.kind == "lock_in":
            code, path = "rule_person_not_on_shortlist", f"{KEY}.{rule.id}"
            for person in absent:
                params = {"rule": rule.id, "name": person}
                problems.append(Problem(code, STOP, params, SETTINGS_FILE, None, path, person))
        rules.append(_without(rule, absent))
    return replace(ruleset, rules=tuple(r for r in rules if r is not None)), problems


def _without(rule: Rule, absent: Collection[str]) -> Rule | None:
    """The rule without people who cannot be chosen anyway; "together" with one of them shuts out the others."""
    if not absent:
        return rule
    left = tuple(p for p in rule.people if p not in absent)
    if not left:
        return None
    return replace(rule, kind="lock_out" if rule.kind == "together" else rule.kind, people=left)


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
    columns = {"list": [], "role": [], "reason": [], "provisional": []}
    return pd.DataFrame(columns, index=pd.Index([], name="person_id"))
