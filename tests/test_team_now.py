"""The team under the rules and decisions in force: obeyed, counted again, and what one person is worth."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from assessment import funnel, team_now
from assessment.intake.folder import read_folder
from assessment.rules import locks
from assessment.synthetic.municipality import write_demo

NOBODY = pd.DataFrame()


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("town")
    write_demo(folder, people=80, seed=7)
    campaign = read_folder(folder).campaign
    assert campaign is not None
    return funnel.run(campaign, seed=1)


@pytest.fixture(scope="module")
def now(result):
    return team_now.team_now(result, "", NOBODY, 1, "ru")


def test_without_stored_rules_the_proposal_of_the_run_stands(result, now):
    assert list(now.members.index) == list(result.team.index[result.team["list"] == "team"])
    assert now.ruleset is not None and now.ruleset.size == result.campaign.settings.team


def test_the_rules_shown_are_those_of_the_certificate(now):
    shown = {str(row["id"]).partition(":")[0] for row in now.certificate["rules"]} - {"size", "eligible"}
    assert {str(rule["id"]) for rule in now.rules} == shown


def test_a_lock_in_is_obeyed(result, now):
    outside = next(p for p in team_now.shortlisted(result) if p not in now.members.index and _eligible(result, p))
    rules = locks.locked(now.rules, outside, locks.LOCK_IN, "Орлова", "приказ")
    again = team_now.team_now(result, locks.rules_text(rules), NOBODY, 1, "ru")
    assert outside in again.members.index
    assert again.certificate["objective"] <= now.certificate["objective"] + 1e-6


def test_losing_a_member_never_gains_points(result, now):
    for person in list(now.members.index)[:3]:
        swap = team_now.without(result, now, str(person), NOBODY, 1)
        assert swap is not None
        assert swap.cost >= -1e-6
        assert len(swap.enter) == len(swap.leave) + 1
        assert person not in swap.enter


def test_a_decision_recorded_after_the_import_counts(result, now):
    person = str(now.members.index[0])
    columns = result.campaign.decisions.columns
    row = {"person_id": person, "stage": "team", "proposed_by_model": True, "decision": "out", "reason": "уходит",
           "decided_by": "Орлова", "decided_at": pd.Timestamp("2026-12-01")}  # fmt: skip
    again = team_now.team_now(result, "", pd.DataFrame([row]).reindex(columns=columns), 1, "ru")
    assert person not in again.members.index


def test_what_nobody_else_brings_is_theirs_alone(result, now):
    members = list(map(str, now.members.index))
    for person in members[:4]:
        for column, values in team_now.only_theirs(result, members, person).items():
            others = result.listing.loc[[m for m in members if m != person], column].dropna().astype(str)
            assert not any(value in cell.split(";") for value in values for cell in others)


def _eligible(result, person: str) -> bool:
    from assessment.choosing.shortlist import ineligible

    return person not in ineligible(result.campaign, result.ranking)
