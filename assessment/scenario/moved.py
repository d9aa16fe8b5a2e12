"""Two scenarios side by side, by name: who enters, who leaves, and which weight, setting or rule moved each of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from assessment.campaign import Campaign, Criteria
from assessment.choosing.shortlist import Proposal, propose_shortlist
from assessment.choosing.team import default_rules, propose_team
from assessment.explain.standing import coalitions
from assessment.instruments.reading import Roles
from assessment.listing import listing
from assessment.problems import Problem, stops
from assessment.records import record
from assessment.rerank import ranks_by
from assessment.scenario.compare import ENTERED, LEFT
from assessment.scoring.measures import Measures
from assessment.standing import rank_people
from assessment.weights import Weights, resolve_weights

WEIGHT, INSIDE, BALANCE, READING, RULE, CRITERIA = "weight", "inside", "balance", "reading", "rule", "criteria"
TOGETHER = "together"  # no single change undone brings the person back
EXACT = 6  # changed settings for which every combination is ranked
SAME = 1e-9
COLUMNS = ["side", "rank_before", "rank_after", "by", "alone", "undoing"]
SHORTLIST, TEAM = "shortlist", "team"


@dataclass(frozen=True)
class Change:
    """One thing that differs between two scenarios.

    id : "weight:<domain>", "inside" (shares of constructs inside their domains), "balance", "reading", "rule:<id>"
    kind : weight, inside, balance, reading, rule; before, after : its values (None for a rule that is not there)
    """

    id: str
    kind: str
    target: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Side:
    """One scenario: criteria, and rules of the list asked about (None = those of the campaign)."""

    criteria: Criteria = field(default_factory=Criteria)
    rules: tuple[Mapping[str, Any], ...] | None = None


@dataclass(frozen=True)
class Moved:
    """Who changed sides and why.

    table : index person_id, those who entered first; side (entered, left), rank_before, rank_after, by (id of the
        change that moved the person most, or "together"), alone (ids of changes that suffice alone), undoing (ids of
        changes whose taking back brings the person back), both joined by ";"
    places : people moved x changed settings: places each setting gave (above 0) or took; they add up to
        rank_before - rank_after
    changes : everything that differs; problems : why a list could not be made
    """

    table: pd.DataFrame
    places: pd.DataFrame
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...] = ()


def changed_settings(before: Criteria, after: Criteria, roles: Roles) -> list[Change]:
    """What differs between two criteria, weights first.

    Weights count by their proportions: where one of four was raised and the others kept theirs, one weight changed,
    although the shares of all four did.
    """
    old, new = resolve_weights(before, roles), resolve_weights(after, roles)
    scaled = _scaled(old.domains, new.domains)
    found = [
        Change(f"{WEIGHT}:{d}", WEIGHT, d, old.domains[d], scaled[d])
        for d in old.domains
        if abs(old.domains[d] - scaled[d]) > SAME
    ]
    used = [d for d in old.inside if max(old.domains[d], new.domains[d]) > 0]
    if any(abs(share - new.inside[d][c]) > SAME for d in used for c, share in old.inside[d].items()):
        found.append(Change(INSIDE, INSIDE, "", dict(old.inside), dict(new.inside)))
    if before.balance != after.balance:
        found.append(Change(BALANCE, BALANCE, "", before.balance, after.balance))
    if before.reading != after.reading:
        found.append(Change(READING, READING, "", before.reading, after.reading))
    return found


def _scaled(old: Mapping[str, float], new: Mapping[str, float]) -> dict[str, float]:
    """The new weights in the scale in which the fewest of them differ from the old."""
    factors = [1.0, *(old[d] / new[d] for d in old if new[d] > 0 and old[d] > 0)]
    same = [sum(abs(old[d] - f * new[d]) <= SAME for d in old if old[d] > 0) for f in factors]
    best = factors[int(np.argmax(same))] if max(same) > max(same[0], 1) else 1.0
    return {d: best * new[d] for d in new}


def _mixed(
    before: Criteria, changes: Sequence[Change], taken: Collection[str], roles: Roles
) -> tuple[Weights, float, str]:
    """Weights, balance and reading of the first criteria with only some of the changes (ids) made."""
    old = resolve_weights(before, roles)
    made = {c.id: c.after for c in changes if c.id in taken}
    outer = {d: made.get(f"{WEIGHT}:{d}", weight) for d, weight in old.domains.items()}
    total = sum(outer.values())
    if total <= 0:  # every weight that was there is gone and none has come yet
        outer, total = dict(old.domains), 1.0
    weights = Weights({d: weight / total for d, weight in outer.items()}, made.get(INSIDE, old.inside))
    return weights, made.get(BALANCE, before.balance), made.get(READING, before.reading)


def moved_by_criteria(measures: Measures, before: Criteria, after: Criteria, size: int) -> Moved:
    """Who enters and leaves the first `size` by rank, and how many places each changed setting gave or took.

    Shapley values over the changed settings: every combination of up to six of them is ranked; beyond six the changes
    are made in the declared order and in the reverse, and averaged.
    """
    roles = measures.campaign.instruments.roles
    changes = changed_settings(before, after, roles)
    ids = [c.id for c in changes]
    ranks = _Ranks(measures, before, changes)
    first, last = ranks.under(()), ranks.under(ids)
    was, now = first <= size, last <= size
    people = measures.people[was != now]
    places = ranks.places(list(people))
    alone = {c: (ranks.under((c,)) <= size) == now for c in ids if len(people)}
    undone = {c: (ranks.under(set(ids) - {c}) <= size) == was for c in ids if len(people)}
    rows = [
        _row(p, bool(now[p]), (int(first[p]), int(last[p])), _largest(record(places, p), bool(now[p])),
             [c for c in ids if alone[c][p]], [c for c in ids if undone[c][p]])
        for p in people
    ]  # fmt: skip
    return Moved(_table(rows), places, tuple(changes))


class _Ranks:
    """Everybody's place with only some of the changes made; what was ranked once is kept."""

    def __init__(self, measures: Measures, before: Criteria, changes: Sequence[Change]) -> None:
        self.measures, self.before, self.changes = measures, before, changes
        self.known: dict[frozenset[str], pd.Series] = {}

    def under(self, taken: Collection[str]) -> pd.Series:
        key = frozenset(taken)
        if key not in self.known:
            roles = self.measures.campaign.instruments.roles
            self.known[key] = ranks_by(self.measures, *_mixed(self.before, self.changes, key, roles))
        return self.known[key]

    def places(self, people: list[str]) -> pd.DataFrame:
        """People x changes: Shapley values of the place."""
        ids = [c.id for c in self.changes]
        places = pd.DataFrame(0.0, index=pd.Index(people, name="person_id"), columns=ids)
        for k, change in enumerate(ids if people else []):
            for others, weight in coalitions(len(ids), k, EXACT):
                first = {ids[o] for o in others}
                places[change] += weight * (self.under(first) - self.under(first | {change}))[people]
        return places


def _largest(places: pd.Series, entered: bool) -> str:
    if places.empty:
        return TOGETHER
    return str(places.index[int(np.argmax((places if entered else -places).to_numpy()))])


def _row(
    person: str, entered: bool, ranks: tuple[int, int], by: str, alone: Sequence[str], undoing: Sequence[str]
) -> dict[str, Any]:
    return {
        "person_id": person, "side": ENTERED if entered else LEFT, "rank_before": ranks[0], "rank_after": ranks[1],
        "by": by, "alone": ";".join(alone), "undoing": ";".join(undoing),
    }  # fmt: skip


def _table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["person_id", *COLUMNS]).set_index("person_id")
    best = np.where(table["side"] == ENTERED, table["rank_after"], table["rank_before"])
    order = table.assign(best=best, later=table["side"] == LEFT).sort_values(["later", "best"], kind="stable")
    return order[COLUMNS]


def changed_rules(before: Collection[Mapping[str, Any]], after: Collection[Mapping[str, Any]]) -> list[Change]:
    """Rules that were added, removed or altered, by id."""
    old, new = ({str(r.get("id")): dict(r) for r in rules} for rules in (before, after))
    ids = [*new, *(i for i in old if i not in new)]
    return [Change(f"{RULE}:{i}", RULE, i, old.get(i), new.get(i)) for i in ids if old.get(i) != new.get(i)]


@dataclass
class _Lists:
    """Lists of one kind under criteria and rules; what was made once is kept."""

    campaign: Campaign
    measures: Measures
    kind: str
    seed: int
    withheld: Collection[str]
    rankings: dict[str, tuple[pd.DataFrame, pd.DataFrame]] = field(default_factory=dict)

    def ranked(self, criteria: Criteria) -> tuple[pd.DataFrame, pd.DataFrame]:
        key = repr(criteria)
        if key not in self.rankings:
            ranking = rank_people(self.measures, criteria, self.campaign.settings)
            self.rankings[key] = ranking, listing(self.campaign, ranking)
        return self.rankings[key]

    def under(self, criteria: Criteria, rules: tuple[Mapping[str, Any], ...] | None) -> Proposal:
        ranking, table = self.ranked(criteria)
        settings = replace(self.campaign.settings, criteria=criteria)
        if rules is not None:
            given: Any = {"shortlist_rules": rules} if self.kind == SHORTLIST else {"team_rules": rules}
            settings = replace(settings, **given)
        campaign = replace(self.campaign, settings=settings)
        first = propose_shortlist(campaign, table, ranking, self.seed, self.withheld, "bare")
        if self.kind == SHORTLIST or not first.people:
            return first
        return propose_team(
            campaign, self.measures, table, ranking, first.people, self.seed, self.withheld, "bare"
        )


def moved_by_scenario(
    measures: Measures,
    before: Side,
    after: Side,
    kind: str = SHORTLIST,
    seed: int = 1,
    withheld: Collection[str] = (),
) -> Moved:
    """Who enters and leaves the list that the rules give ("shortlist" or "team"), and what moved each.

    Each changed rule, and the changed criteria as a whole, is taken back one at a time and the list made again: what
    brings a person back has moved the person. Where that is the criteria, `by` names the setting with the most places.
    """
    campaign = measures.campaign
    lists = _Lists(campaign, measures, kind, seed, withheld)
    rules = changed_rules(_rules(campaign, before, kind), _rules(campaign, after, kind))
    settings = changed_settings(before.criteria, after.criteria, campaign.instruments.roles)
    first, last = lists.under(before.criteria, before.rules), lists.under(after.criteria, after.rules)
    problems = tuple(stops([*first.problems, *(p for p in last.problems if p not in first.problems)]))
    old, new = set(first.people), set(last.people)
    if not old or not new:
        return Moved(_table([]), pd.DataFrame(), (*settings, *rules), problems)
    back = {c.id: set(_without(lists, campaign, after, kind, c).people) for c in rules}
    if settings:
        back[CRITERIA] = set(lists.under(before.criteria, after.rules).people)
    only = _only(lists, campaign, before, after, kind, rules, bool(settings))
    places = _Ranks(measures, before.criteria, settings).places(sorted(old ^ new))
    ranks = lists.ranked(before.criteria)[0]["rank"], lists.ranked(after.criteria)[0]["rank"]
    rows = []
    for person in sorted(old ^ new):
        entered = person in new
        undoing = [c for c, people in back.items() if (person in people) != entered and people]
        alone = [c for c, people in only.items() if (person in people) == entered and people]
        by = (undoing or alone or [TOGETHER])[0]
        if by == CRITERIA and settings:
            by = _largest(record(places, person), entered)
        rows.append(_row(person, entered, (int(ranks[0][person]), int(ranks[1][person])), by, alone, undoing))
    return Moved(_table(rows), places, (*settings, *rules), problems)


def _rules(campaign: Campaign, side: Side, kind: str) -> tuple[Mapping[str, Any], ...]:
    """The rules of a side, written out."""
    settings = campaign.settings
    given = side.rules if side.rules is not None else (
        settings.shortlist_rules if kind == SHORTLIST else settings.team_rules
    )  # fmt: skip
    if given is None:
        return tuple(default_rules(campaign)) if kind == TEAM else ()
    return tuple(given)


def _with(rules: Sequence[Mapping[str, Any]], target: str, rule: Mapping[str, Any] | None) -> tuple:
    """The rules with one of them replaced, added or (None) left out; the order stays."""
    out = [rule if str(r.get("id")) == target else r for r in rules]
    if rule is not None and rule not in out:
        out.append(rule)
    return tuple(r for r in out if r is not None)


def _without(lists: _Lists, campaign: Campaign, after: Side, kind: str, change: Change) -> Proposal:
    return lists.under(after.criteria, _with(_rules(campaign, after, kind), change.target, change.before))


def _only(
    lists: _Lists, campaign: Campaign, before: Side, after: Side, kind: str, rules: Sequence[Change], criteria: bool
) -> dict[str, set[str]]:
    """The list when one change alone is made."""
    base = _rules(campaign, before, kind)
    found = {c.id: set(lists.under(before.criteria, _with(base, c.target, c.after)).people) for c in rules}
    if criteria:
        found[CRITERIA] = set(lists.under(after.criteria, before.rules).people)
    return found
