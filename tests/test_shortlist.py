"""The shortlist: what its certificate tells, chosen by rules or settled by people."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from assessment.campaign import Settings
from assessment.choosing.shortlist import Proposal, propose_shortlist
from tests.small_campaign import small_campaign

PEOPLE = [f"P{i}" for i in range(8)]
KEYS = {"status", "objective", "bound", "gap", "ties", "rules", "alternatives", "conflict", "repairs", "seconds",
        "inputs", "seed", "versions"}  # fmt: skip
RULES = ({"id": "u", "each": "unit", "count": [0, 2]}, {"id": "out", "lock_out": ["P7"]})


def proposed(*interviewed: str, gates: tuple = ()) -> Proposal:
    rows = [
        {"person_id": p, "interviewer_id": "I1", "competency_id": "iv_motive", "question": "past", "rating_initial": 3}
        for p in interviewed
    ]
    settings = Settings(shortlist=4, team=2, shortlist_rules=RULES)
    staff = {"unit": ["a"] * 5 + ["b"] * 3}
    campaign = small_campaign(PEOPLE, staff=staff, settings=settings, interviews=rows)
    campaign = replace(campaign, settings=settings)
    table = campaign.staff.assign(score=[float(i) for i in range(8)])
    ranking = pd.DataFrame({"rank": range(8, 0, -1), "p_shortlist": 0.5, "flags": ""}, index=campaign.people)
    return propose_shortlist(campaign, table, ranking.sort_values("rank"), language="en")


def test_a_chosen_list_comes_with_everything_a_certificate_holds() -> None:
    found = proposed()
    assert found.people == ["P6", "P5", "P4", "P3"]
    assert set(found.certificate) >= KEYS and found.certificate["status"] == "optimal"
    assert found.certificate["ties"] == 1 and found.certificate["alternatives"][0]["objective"] == 17.0


def test_a_list_that_people_settled_tells_which_rules_hold_on_it() -> None:
    """DESIGN 4.1: with interviews present the ninety are the people interviewed, whatever the rules say."""
    found = proposed("P0", "P1", "P2", "P7")
    certificate = found.certificate
    assert found.people == ["P7", "P2", "P1", "P0"] and set(certificate) >= KEYS
    assert (certificate["status"], certificate["objective"], certificate["bound"]) == ("feasible", 10.0, None)
    rows = {row["id"]: row for row in certificate["rules"]}
    assert (rows["size"]["value"], rows["size"]["holds"]) == (4, True)
    assert (rows["u:a"]["value"], rows["u:a"]["holds"], rows["u"]["holds"]) == (3, False, False)
    assert not rows["out"]["holds"] and rows["u:b"]["text"]
