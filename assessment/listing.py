"""The table that rules read: staff, measures and observations of the people a list is chosen from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from assessment.campaign import Campaign
from assessment.flags import EVIDENCE_FLAGS
from assessment.problems import Problem
from assessment.rules.language import Rule, RuleSet, read_rules
from assessment.scoring.answer_quality import ANSWER_FLAGS
from assessment.scoring.measures import Measures
from assessment.scoring.ratings import position_shares, usual_positions
from assessment.standing import Z_TO_UNIT

SCORE = "score"
SETTINGS_FILE = "campaign.yaml"
FIT = "fit_"
SUITING_POSITION = 0.25  # added to the role fit when the usual position is among the role's (roles.yaml, aggregation)
OFTEN = 0.25  # a position counts as taken when it is at least so large a share of the sightings


def listing(campaign: Campaign, ranking: pd.DataFrame) -> pd.DataFrame:
    """One row a person, index person_id (sorted), with every column that a rule may name.

    Columns of staff (dates as text YYYY-MM-DD), domains, standing, band, flags, positions, processes, wishes, and
    `score` = the standing in z units of a single domain: 6 * (standing - 0.5).
    """
    people = campaign.people
    table = campaign.staff.copy()
    for column in table.columns:
        if pd.api.types.is_datetime64_any_dtype(table[column]):
            table[column] = table[column].dt.strftime("%Y-%m-%d")
    ranked = ranking.reindex(people)
    domains = [d for d, members in campaign.instruments.roles.domains.items() if members]
    for column in [*domains, "standing", "band", "flags", "rank"]:
        table[column] = ranked[column]
    table["positions"] = _positions(campaign).reindex(people)
    table["processes"] = _processes(campaign).reindex(people)
    table["wishes"] = _wishes(campaign).reindex(people)
    table[SCORE] = Z_TO_UNIT * (ranked["standing"] - 0.5)
    return table


def rule_vocabulary(campaign: Campaign) -> dict[str, tuple[str, ...]]:
    """Values that rules may name although nobody has them now: bands, flags, positions, roles, values of staff."""
    instruments = campaign.instruments
    roles = instruments.roles
    asked = [f"{g.id}_unanswered" for g in roles.gates if g.kind == "item"]
    flags = [*(g.id for g in roles.gates), *asked, *(p.id for p in roles.patterns)]
    words: dict[str, tuple[str, ...]] = {
        "band": ("in", "open", "out"),
        "flags": (*flags, *ANSWER_FLAGS, *EVIDENCE_FLAGS),
        "positions": tuple(instruments.observation.positions),
        "wishes": tuple(roles.roles),
    }
    for column in instruments.dictionary.tables["staff"].columns:
        if column.type == "enum":
            words[column.name] = tuple(str(v) for v in column.values)
    return words


def settings_rules(
    key: str,
    size: int,
    rules: Collection[Mapping[str, Any]],
    table: pd.DataFrame,
    words: Mapping[str, Collection[str]],
    withheld: Collection[str] = (),
) -> tuple[RuleSet | None, list[Problem]]:
    """Rules of campaign.yaml read against a listing; problems stand at their key's path ("team_rules.r.where")."""
    ruleset, problems = read_rules({"size": size, "rules": list(rules)}, table, None, withheld, SETTINGS_FILE, words)
    placed = [replace(p, column=key + p.column.removeprefix("rules")) for p in problems if p.column.startswith("rules")]
    return ruleset, [*placed, *(p for p in problems if not p.column.startswith("rules"))]


def rules_for(ruleset: RuleSet, people: Collection[str]) -> RuleSet:
    """The rules for a part of the people: those who cannot be chosen drop out of lists of names.

    "together" with one of them shuts out the others; a rule that is left without anybody says nothing more.
    """
    rules = [_without(rule, [p for p in rule.people if p not in people]) for rule in ruleset.rules]
    return replace(ruleset, rules=tuple(rule for rule in rules if rule is not None))


def _without(rule: Rule, absent: Collection[str]) -> Rule | None:
    if not absent:
        return rule
    left = tuple(p for p in rule.people if p not in absent)
    if not left:
        return None
    return replace(rule, kind="lock_out" if rule.kind == "together" else rule.kind, people=left)


def unmeasured(campaign: Campaign) -> pd.DataFrame:
    """The listing before anything is measured, for checking rules: measures are all in the middle."""
    domains = [d for d, members in campaign.instruments.roles.domains.items() if members]
    middle = pd.DataFrame(0.0, index=campaign.people, columns=domains)
    rank = np.arange(1, len(campaign.people) + 1)
    return listing(campaign, middle.assign(standing=0.5, band="open", flags="", rank=rank))


def _positions(campaign: Campaign) -> pd.Series:
    shares = position_shares(campaign)
    names = np.array(shares.columns, dtype=object)
    return pd.Series([";".join(names[row]) for row in (shares >= OFTEN).to_numpy()], index=shares.index, dtype=object)


def _processes(campaign: Campaign) -> pd.Series:
    """What a person named as own processes, as written (a ";" inside becomes a comma)."""
    named = campaign.process_answers.dropna(subset=["text"])
    texts = named["text"].astype(str).str.replace(";", ",").str.strip()
    return texts.groupby(named["person_id"]).agg(";".join) if len(named) else pd.Series(dtype=object)


def _wishes(campaign: Campaign) -> pd.Series:
    """Roles a person would like: the multiple choice whose options are the roles."""
    raw = campaign.instruments.battery.raw.get("conditions") or []
    items = [str(c["id"]) for c in raw if isinstance(c, dict) and c.get("options_from") == "roles.yaml"]
    item = next((i for i in [*items, "lg3"] if i in campaign.conditions), None)
    return campaign.conditions[item] if item else pd.Series(dtype=object)


def role_fits(campaign: Campaign, measures: Measures, people: pd.Index, reading: str = "model") -> pd.DataFrame:
    """People x roles: role weights x profile, plus 0.25 for a suiting usual position, as z among `people`."""
    profile = measures.constructs if reading == "model" else measures.plain.profile.fillna(0.0)
    usual = usual_positions(campaign).reindex(people)
    fits = {}
    for role in campaign.instruments.roles.roles.values():
        weights = pd.Series({c: w for c, w in role.weights.items() if c in profile}, dtype=float)
        total = weights.sum() or 1.0
        fit = profile.loc[people, list(weights.index)].mul(weights, axis=1).sum(axis=1) / total
        fits[role.id] = fit + SUITING_POSITION * usual.isin(role.positions)
    table = pd.DataFrame(fits, index=people)
    spread = table.std(ddof=0)
    return ((table - table.mean()) / spread.where(spread > 1e-12, 1.0)).fillna(0.0)


def best_roles(fits: pd.DataFrame) -> pd.Series:
    """The role that suits each person best; empty where there are no roles."""
    return fits.idxmax(axis=1) if fits.shape[1] else pd.Series("", index=fits.index)
