"""Where a campaign stands: counts, what to do, what people have to decide."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from assessment import overview
from assessment.campaign import Settings
from assessment.problems import SOURCE, Problem
from assessment.wording import Words
from tests.small_campaign import small_campaign

IDS = [f"P{k}" for k in range(1, 9)]


def sheet(person: str, observer: str = "O1", rating: float = 4.0) -> dict:
    return {"event_id": "T1", "group_id": "G", "activity_id": "a", "observer_id": observer, "person_id": person,
            "behaviour_id": "ob_lead", "rating": rating}  # fmt: skip


def interview(person: str) -> dict:
    return {"person_id": person, "interviewer_id": "I1", "competency_id": "iv_motive", "rating_initial": 4}


def computed(answered=IDS, interviews=(), observations=(), certificate=None, facts=None, problems=(), flags=None):
    """A result of eight people, four on the list, two in the team, by hand."""
    made = small_campaign(
        IDS, staff={"unit": ["А"] * 4 + ["Б"] * 4}, settings=Settings(shortlist=4, team=2),
        observations=list(observations), interviews=list(interviews),
    )  # fmt: skip
    made = replace(made, answers=pd.DataFrame({"sc1": 3.0}, index=list(answered)))
    standing = [0.8, 0.75, 0.7, 0.65, 0.6, 0.5, 0.4, 0.3]
    ranking = pd.DataFrame({
        "rank": range(1, 9), "standing": standing, "flags": flags or [""] * 8, "plain_rank": [1, 2, 3, 5, 4, 6, 7, 8],
        "band": ["in", "in", "open", "open", "open", "out", "out", "out"],
    }, index=pd.Index(IDS, name="person_id"))  # fmt: skip
    shortlist = pd.DataFrame({"list": ["shortlist"] * 4 + ["reserve"] * 2}, index=IDS[:6])
    team = pd.DataFrame({"list": ["team", "team", "reserve"], "provisional": not interviews}, index=IDS[:3])
    return SimpleNamespace(
        campaign=made, ranking=ranking, shortlist=shortlist, team=team, facts=facts or {}, problems=list(problems),
        certificates={"team": certificate or {"status": "optimal"}, "shortlist": {}},
    )  # fmt: skip


def test_the_path_counts_people_at_each_step():
    flags = ["", "gate_will", "not_enough_evidence", "", "", "", "", ""]
    steps = dict(overview.path(computed(answered=IDS[:6], flags=flags)))
    assert steps == {"invited": 8, "answered": 6, "enough": 5, "eligible": 4, "shortlist": 4, "team": 2}


def test_a_path_never_grows():
    counts = [n for _, n in overview.path(computed())]
    assert counts == sorted(counts, reverse=True)


def test_response_is_counted_by_unit():
    table = overview.response(computed(answered=["P1", "P2", "P5"]).campaign).set_index("name")
    assert table.loc["А"].tolist() == [2, 4] and table.loc["Б"].tolist() == [1, 4]


def test_without_units_there_is_no_share_by_unit():
    assert overview.response(small_campaign(IDS)).empty


def test_sheets_count_an_observer_at_an_activity_once():
    campaign = computed(
        observations=[sheet("P1"), sheet("P1"), sheet("P1", "O2"), sheet("P2", rating=float("nan"))]
    ).campaign
    assert overview.observed(campaign).to_dict() == {"P1": 2}


def test_equals_at_the_line_are_ties_only_when_the_line_runs_between_them():
    ranking = computed().ranking
    assert overview.ties(ranking, 4) == ()
    ranking.loc["P5", "standing"] = ranking.loc["P4", "standing"]
    assert overview.ties(ranking, 4) == ("P4", "P5")
    assert overview.ties(ranking, 5) == ()
    assert overview.ties(ranking, 8) == ()


def codes(rows) -> list[str]:
    return [row.what.key.removeprefix("overview.do.") for row in rows]


def test_before_the_interviews_everybody_on_the_list_waits_for_one():
    rows = overview.to_do(computed())
    assert "interviews" in codes(rows)
    assert rows[codes(rows).index("interviews")].people == ("P1", "P2", "P3", "P4")


def test_after_the_interviews_the_team_waits_for_signatures_until_they_are_there():
    held = computed(interviews=[interview(p) for p in IDS[:4]])
    assert codes(overview.to_do(held)) == ["sign"]
    assert codes(overview.to_do(held, signed=["P1", "P2"])) == []


def test_what_blocks_the_signature_comes_first_and_is_urgent():
    problem = Problem("ratings_disconnected", SOURCE, table="observations")
    rows = overview.to_do(computed(certificate={"conflict": {"rules": ["a"]}}, problems=[problem]))
    assert codes(rows)[:2] == ["conflict", "sources"]
    assert [row.urgent for row in rows[:2]] == [True, True]


def test_units_below_the_target_are_to_be_reminded():
    rows = overview.to_do(computed(answered=["P1", "P2", "P3", "P4", "P5"]))
    remind = rows[codes(rows).index("remind")]
    assert remind.count == 3 and remind.detail.params["n"] == 1


def test_only_an_observer_clear_of_the_others_is_named():
    figures = {"O1": (0.6, 0.1), "O2": (0.6, 0.5), "O3": (0.1, 0.01), "O4": (-0.9, 0.1)}
    facts = {"observers": {o: {"severity": s, "se": e, "points": s} for o, (s, e) in figures.items()}}
    assert overview.severe_observers(facts) == [("O4", -0.9), ("O1", 0.6)]


def test_questions_are_raised_by_data_only():
    assert [q.what.key for q in overview.questions(computed())] == ["question.readings"]
    asked = overview.questions(computed(
        answered=["P1", "P2", "P3", "P4"], facts={"sensitivity": {"0.0": {"shortlist": 0}, "0.1": {"shortlist": 3}}},
    ))  # fmt: skip
    assert [q.what.key for q in asked] == ["question.unit", "question.presentation", "question.readings"]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_everything_that_is_said_has_words(language):
    words = Words(language)
    mild = {"severity": -0.7, "se": 0.1, "points": -0.7}
    results = [
        computed(), computed(answered=IDS[:3], observations=[sheet("P1")], certificate={"conflict": {"rules": []}}),
        computed(interviews=[interview("P1")], facts={"observers": {"O1": mild}}),
    ]  # fmt: skip
    for result in results:
        for stage in overview.stages(result, 1):
            assert all(words.say(text) for text in (stage.there, stage.missing, stage.act))
            assert 0 <= stage.share <= 1
        for row in overview.to_do(result):
            assert words.say(row.what)
            assert row.detail.key == "overview.do.people" or words.say(row.detail)
        for question in overview.questions(result):
            assert words.say(question.what) and words.say(question.detail) and words(f"who.{question.who}")
