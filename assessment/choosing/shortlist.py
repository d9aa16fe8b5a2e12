"""Who is invited to the interview: a proposal under rules before interviews, the people interviewed after them."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from assessment.campaign import Campaign
from assessment.choosing.certificate import of_given, stamped
from assessment.choosing.compose import choose
from assessment.choosing.rule_texts import part_text
from assessment.listing import SCORE, rule_vocabulary, rules_for, settings_rules
from assessment.problems import NOTE, Problem
from assessment.rules.check import check
from assessment.rules.language import RuleSet

RESERVE_SHARE = 1 / 3  # of the size: so many stand in the wings
KEY = "shortlist_rules"


@dataclass(frozen=True)
class Proposal:
    """table : DataFrame index person_id, columns list, rank, reason (team: list, role, reason, provisional).

    status : "optimal", "feasible" (given by people or not proven), "infeasible"; certificate as in DESIGN.md 4.3.
    """

    table: pd.DataFrame
    status: str
    certificate: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)

    @property
    def people(self) -> list[str]:
        """Ids on the list itself (not in reserve)."""
        return [str(p) for p in self.table.index[self.table["list"] != "reserve"]]


def decided(campaign: Campaign, stage: str) -> pd.Series:
    """The last decision of each person at a stage: in, reserve or out."""
    rows = campaign.decisions[campaign.decisions["stage"] == stage]
    rows = rows.sort_values(["person_id", "decided_at"], kind="stable")
    return rows.groupby("person_id")["decision"].last()


def ineligible(campaign: Campaign, ranking: pd.DataFrame) -> list[str]:
    """People in no proposal: a gate with effect exclude_now or hold is missed, or a fact lies below its line."""
    gates = {
        g.id
        for g in campaign.instruments.roles.gates
        if g.effect in ("exclude_now", "hold") or (g.effect == "below_line" and g.kind != "domain")
    }
    codes = ranking["flags"].map(lambda text: set(text.split(";")))
    return sorted(str(p) for p in ranking.index[codes.map(lambda found: bool(found & gates))])


def propose_shortlist(
    campaign: Campaign,
    table: pd.DataFrame,
    ranking: pd.DataFrame,
    seed: int = 1,
    withheld: Collection[str] = (),
    detail: str = "full",
    language: str = "ru",
) -> Proposal:
    """The ninety: interviewed people where there are interviews, else the best under the rules.

    table : the listing of everybody; decisions at the stage "shortlist" override either.
    """
    size = campaign.settings.shortlist
    rules = list(campaign.settings.shortlist_rules or ())
    decisions = decided(campaign, "shortlist")
    words = rule_vocabulary(campaign)
    ruleset, problems = settings_rules(KEY, size, rules, table, words, withheld)
    if ruleset is None:
        return Proposal(_empty(), "infeasible", {}, problems)
    interviewed = set(campaign.interviews["person_id"]) & set(table.index)
    if interviewed:
        chosen = (interviewed | set(decisions.index[decisions == "in"])) - set(decisions.index[decisions != "in"])
        reasons = {p: "interviewed" if decisions.get(p) != "in" else "decided" for p in chosen}
        certificate = _given(table, ruleset, chosen, seed, language)
        return Proposal(shortlist_table(ranking, chosen, reasons, size), "feasible", certificate, problems)
    extra = decision_rules(decisions, rules)
    people = choosable(table.index, ineligible(campaign, ranking), decisions, rules)
    size, few = fitting_size(size, people)
    problems += few
    ruleset, more = settings_rules(KEY, size, [*rules, *extra], table, words)
    assert ruleset is not None, more  # the office's own rules were read above, ours are whole
    ruleset = rules_for(ruleset, people)
    found = choose(table.loc[people], ruleset, seed, detail=detail, language=language)
    problems += found.problems
    reasons = _reasons(found.people, ranking, decisions, rules, size)
    result = shortlist_table(ranking, set(found.people), reasons, size)
    return Proposal(result if found.people else _empty(), found.status, found.certificate, problems)


def locked(rules: Collection[Mapping[str, Any]]) -> dict[str, str]:
    """Person -> id of the rule that locks the person in."""
    found: dict[str, str] = {}
    for rule in rules:
        people = rule.get("lock_in") or []
        for person in people if isinstance(people, (list, tuple)) else [people]:
            found.setdefault(str(person), str(rule.get("id")))
    return found


def choosable(
    people: pd.Index, barred: Collection[str], decisions: pd.Series, rules: Collection[Mapping[str, Any]]
) -> list[str]:
    """Who can be chosen at all, sorted: gates bar, unless a named person's word (a lock or decision) stands against it;
    a decision against a person counts, and where a rule locks the same person in both stay, to be seen as a conflict.
    """
    named = set(locked(rules))
    inside = set(decisions.index[decisions == "in"])
    shut = (set(barred) - named - inside) | (set(decisions.index[decisions != "in"]) - named)
    return sorted(str(p) for p in people if p not in shut)


def decision_rules(decisions: pd.Series, rules: Collection[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Decisions as rules: everybody decided in, and those decided out whom another rule locks in."""
    inside = sorted(str(p) for p in decisions.index[decisions == "in"])
    outside = sorted(set(decisions.index[decisions != "in"]) & set(locked(rules)))
    out: list[dict[str, Any]] = []
    if inside:
        out.append({"id": _free("decided_in", rules), "lock_in": inside, "by": "decisions"})
    if outside:
        out.append({"id": _free("decided_out", rules), "lock_out": outside, "by": "decisions"})
    return out


def fitting_size(size: int, people: Collection[str], table: str = "staff") -> tuple[int, list[Problem]]:
    """The places that can be filled when gates and decisions leave fewer people than places, with a note."""
    left = len(people)
    if left >= size:
        return size, []
    return max(left, 1), [Problem("fewer_people_than_places", NOTE, {"n": left, "size": size}, table=table)]


def _free(name: str, rules: Collection[Mapping[str, Any]]) -> str:
    taken = {str(rule.get("id")) for rule in rules}
    while name in taken:
        name += "_"
    return name


def shortlist_table(
    ranking: pd.DataFrame, chosen: Collection[str], reasons: Mapping[str, str], size: int
) -> pd.DataFrame:
    """The list by rank, then those in reserve: the next eligible by rank."""
    inside = ranking[ranking.index.isin(chosen)]
    rest = ranking[~ranking.index.isin(chosen) & (ranking["p_shortlist"] > 0)]
    spare = rest.head(max(1, round(size * RESERVE_SHARE)))
    rows = pd.concat([inside.assign(list="shortlist"), spare.assign(list="reserve")])
    rows["reason"] = [reasons.get(p, "next") for p in rows.index]
    return rows[["list", "rank", "reason"]].rename_axis("person_id")


def _reasons(
    chosen: Collection[str],
    ranking: pd.DataFrame,
    decisions: pd.Series,
    rules: Collection[Mapping[str, Any]],
    size: int,
) -> dict[str, str]:
    """decided, locked:<rule>, standing (among the first by rank) or rule (in because a rule asks for it)."""
    locks = locked(rules)
    eligible = ranking[ranking["p_shortlist"] > 0]
    first = set(eligible.index[:size])
    reasons = {}
    for person in chosen:
        if decisions.get(person) == "in":
            reasons[person] = "decided"
        elif person in locks:
            reasons[person] = f"locked:{locks[person]}"
        else:
            reasons[person] = "standing" if person in first else "rule"
    return reasons


def _given(
    table: pd.DataFrame, ruleset: RuleSet, chosen: Collection[str], seed: int, language: str
) -> dict[str, Any]:
    """The certificate of a list that people have settled: whether the rules hold on it."""
    started = time.monotonic()
    checked = [row for row in check(table, ruleset, chosen, {}) if row.rule not in _seat_rules(ruleset)]
    found = of_given(checked, float(table.loc[sorted(chosen), SCORE].sum()))
    for row in found["rules"]:
        row["text"] = part_text(ruleset, row["id"], row["allowed"], language)
    return stamped(found, seed, started, {})


def _seat_rules(ruleset: RuleSet) -> set[str]:
    """Rules about seats: nobody has been seated in a list that is only given."""
    return {rule.id for rule in ruleset.rules if rule.kind == "assign"}


def _empty() -> pd.DataFrame:
    return pd.DataFrame({"list": [], "rank": [], "reason": []}, index=pd.Index([], name="person_id"))

