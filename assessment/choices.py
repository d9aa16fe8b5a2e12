"""Colleagues' choices: who is named, by how many who could have named them; nobody sees who named whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from assessment.campaign import Campaign
from assessment.problems import NOTE, SOURCE, Problem

PRIOR_CHOOSERS = 3.0  # a group's mean counts as so many possible choosers (INSTRUMENTS.md section 7)
RESPONSE_NEEDED = 0.60  # below it a group's choices say who answered, not who is chosen
RESPONSE_GOOD = 0.80


@dataclass(frozen=True)
class Choices:
    """values : people x questions, the plain indicators; raw and errors : the same for the model reading (values in
    units of their true spread, error variances); problems : what could not be used."""

    values: pd.DataFrame
    raw: pd.DataFrame
    errors: pd.DataFrame
    problems: tuple[Problem, ...]


def choice_scores(campaign: Campaign) -> Choices:
    """Every question's indicator: shares of the group for scope "group", log of distinct choosers otherwise."""
    values, raw, errors, problems = {}, {}, {}, []
    for question in campaign.instruments.observation.questions.values():
        rows = campaign.sociometry[campaign.sociometry["question_id"] == question.id]
        if rows.empty:
            continue
        if question.scope == "group":
            found, troubles = _group_question(campaign, rows, question.id)
        else:
            found, troubles = _municipality_question(campaign, rows, question.id)
        problems += troubles
        if found is not None:
            values[question.id], raw[question.id], errors[question.id] = found
    about = known_choices(campaign)
    plain, open_values, noise = (
        pd.DataFrame(part, index=about, dtype=float).reindex(campaign.people) for part in (values, raw, errors)
    )
    return Choices(plain, open_values, noise, tuple(problems))


def known_choices(campaign: Campaign) -> pd.Index:
    """People about whom choices may be used: being named by nobody and not to be named are two things."""
    return campaign.people.difference(sorted(campaign.no_peer_data))


def group_members(campaign: Campaign) -> pd.DataFrame:
    """event_id, group_id, person_id of everybody present: by attendance, else by ratings and choices."""
    keys = ["event_id", "group_id", "person_id"]
    if len(campaign.attendance):
        return campaign.attendance.loc[campaign.attendance["present_share"] > 0, keys].drop_duplicates()
    named = campaign.sociometry
    parts = [
        campaign.observations[keys],
        named.rename(columns={"chooser_id": "person_id"})[keys],
        named.rename(columns={"chosen_id": "person_id"})[keys],
    ]
    return pd.concat(parts).dropna(subset=["person_id"]).drop_duplicates()


def _group_question(campaign: Campaign, rows: pd.DataFrame, question: str) -> tuple:
    members = group_members(campaign).fillna({"group_id": ""})
    rows = rows.fillna({"group_id": ""})
    by_group = ["event_id", "group_id"]
    choosers = rows.groupby(by_group)["chooser_id"].apply(frozenset)
    size = members.groupby(by_group).size()
    response = choosers.map(len) / size.reindex(choosers.index)
    problems = [
        _response_problem("choices_low_response", SOURCE, question, share, "/".join(map(str, place)))
        for place, share in zip(response.index, response, strict=True)
        if share < RESPONSE_NEEDED
    ]
    good = response.index[(response >= RESPONSE_NEEDED) | response.isna()]
    members = members[members["person_id"].isin(known_choices(campaign))]
    table = members.merge(choosers.loc[good].rename("choosers").reset_index(), on=by_group)
    if table.empty:
        return None, problems
    pairs = rows.drop_duplicates([*by_group, "chooser_id", "chosen_id"])
    received = pairs.groupby([*by_group, "chosen_id"]).size().rename("received")
    table = table.join(received, on=[*by_group, "person_id"]).fillna({"received": 0.0})
    table["possible"] = [len(c - {p}) for c, p in zip(table["choosers"], table["person_id"], strict=True)]
    table = table[table["possible"] > 0]
    table["share"] = table["received"] / table["possible"]
    centred = table["share"] - table.groupby(by_group)["share"].transform("mean")
    shrunk = centred * table["possible"] / (table["possible"] + PRIOR_CHOOSERS)
    person = table["person_id"]
    possible = table.groupby(person)["possible"].sum()
    plain = (shrunk * table["possible"]).groupby(person).sum() / possible
    open_value = (centred * table["possible"]).groupby(person).sum() / possible
    noise = PRIOR_CHOOSERS / possible
    true_spread = open_value.var(ddof=0) / (1.0 + noise.mean())
    unit = np.sqrt(true_spread) if true_spread > 1e-12 else 1.0
    return (plain, open_value / unit, noise), problems


def _response_problem(code: str, severity: str, question: str, share: float, group: str = "") -> Problem:
    params = {"question": question, "group": group or "–", "share": round(float(share), 2)}
    return Problem(code, severity, params, table="sociometry", column="question_id", value=question)


def _municipality_question(campaign: Campaign, rows: pd.DataFrame, question: str) -> tuple:
    people = known_choices(campaign)
    members = group_members(campaign)
    asked = max(members["person_id"].nunique() if len(members) else 0, campaign.sociometry["chooser_id"].nunique())
    if not len(campaign.attendance) and not len(campaign.observations):
        asked = len(campaign.people)
    share = rows["chooser_id"].nunique() / max(asked, 1)
    if share < RESPONSE_NEEDED:
        return None, [_response_problem("choices_low_response", SOURCE, question, share)]
    problems = []
    if share < RESPONSE_GOOD:
        problems = [_response_problem("choices_fair_response", NOTE, question, share)]
    named = rows.drop_duplicates(["chooser_id", "chosen_id"]).groupby("chosen_id").size()
    value = pd.Series(np.log1p(named.reindex(people).fillna(0.0).to_numpy()), index=people)
    if "level" in campaign.staff:
        level = campaign.staff["level"].reindex(people).astype(object)
        level = level.where(level.notna(), "")
        value = value - value.groupby(level).transform("mean") + value.mean()
    spread = value.std(ddof=0)
    unit = spread if spread > 1e-12 else 1.0
    raw = (value - value.mean()) / unit
    return (value, raw, pd.Series(0.0, index=people)), problems
