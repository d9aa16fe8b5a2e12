"""Stand-ins for the team of a whole run."""

from __future__ import annotations

import time

import pandas as pd

from assessment.reserve_now import reserve_now
from assessment.team_now import shortlisted, team_now
from tests.invented_run import invented

NONE = pd.DataFrame(columns=["person_id", "stage", "decision", "decided_at"])


def test_stand_ins_come_from_the_shortlist_and_never_from_the_team():
    result = invented()
    now = team_now(result, "", NONE, 1, "ru")
    started = time.monotonic()
    found = reserve_now(result, now, NONE, most=1)
    assert time.monotonic() - started < 20
    assert [line.member for line in found] == sorted(now.members.index)
    people = {s.person for line in found for s in line.stand_ins}
    assert people and people <= set(shortlisted(result)) - set(now.members.index)


def test_people_decided_out_do_not_step_in():
    result = invented()
    now = team_now(result, "", NONE, 1, "ru")
    member = sorted(now.members.index)[0]
    first = reserve_now(result, now, NONE, most=1, members=[member])[0].stand_ins[0].person
    row = {"person_id": first, "stage": "team", "decision": "out", "decided_at": pd.Timestamp("2026-11-20")}
    out = pd.DataFrame([row]).reindex(columns=result.campaign.decisions.columns)
    again = reserve_now(result, now, out, most=1, members=[member])[0]
    assert first not in {s.person for s in again.stand_ins}
