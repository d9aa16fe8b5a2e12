"""Colleagues' choices: shares of the group, shrunk; response needed; office regressed out."""

from __future__ import annotations

import pytest

from assessment.choices import choice_scores
from tests.small_campaign import small_campaign

GROUP = [f"P{i}" for i in range(1, 7)]


def choices(pairs: list[tuple[str, str]], question: str = "so_team") -> list[dict]:
    return [
        {"event_id": "T1", "group_id": "G1", "question_id": question, "chooser_id": a, "chosen_id": b} for a, b in pairs
    ]


def present(people: list[str]) -> list[dict]:
    return [{"event_id": "T1", "group_id": "G1", "person_id": p, "present_share": 1.0} for p in people]


def test_being_chosen_is_a_share_of_those_who_could_and_is_drawn_to_the_group() -> None:
    """Five of six answered; P1 was named by all four who could, and the mean share of the group is removed."""
    pairs = [("P2", "P1"), ("P3", "P1"), ("P4", "P1"), ("P5", "P1"), ("P1", "P2")]
    campaign = small_campaign(GROUP, sociometry=choices(pairs), attendance=present(GROUP))
    values = choice_scores(campaign).values["so_team"]
    shares = {"P1": 4 / 4, "P2": 1 / 4, "P3": 0.0, "P4": 0.0, "P5": 0.0, "P6": 0.0}
    mean = sum(shares.values()) / 6
    assert values["P1"] == pytest.approx((1.0 - mean) * 4 / (4 + 3))
    assert values["P6"] == pytest.approx((0.0 - mean) * 5 / (5 + 3))


def test_below_sixty_percent_response_a_group_shows_nothing() -> None:
    campaign = small_campaign(GROUP, sociometry=choices([("P1", "P2"), ("P2", "P1")]), attendance=present(GROUP))
    found = choice_scores(campaign)
    assert "so_team" not in found.values
    assert [(p.code, p.severity) for p in found.problems] == [("choices_low_response", "source")]


def test_bosses_are_compared_with_bosses() -> None:
    """Level is regressed out: a head among such heads is no better than a clerk among such clerks."""
    pairs = [(p, "P1") for p in GROUP[2:]] + [(p, "P2") for p in GROUP[2:]] + [("P1", "P2"), ("P2", "P1")]
    levels = ["head", "head", "specialist", "specialist", "specialist", "specialist"]
    campaign = small_campaign(
        GROUP, sociometry=choices(pairs, "so_change"), attendance=present(GROUP), staff={"level": levels}
    )
    values = choice_scores(campaign).values["so_change"]
    assert values["P1"] == pytest.approx(values["P3"])


def test_the_same_chooser_counts_once() -> None:
    once = [(p, "P1") for p in GROUP[1:5]]
    twice = once + once
    value = [
        choice_scores(small_campaign(GROUP, sociometry=choices(pairs, "so_advice"), attendance=present(GROUP))).values
        for pairs in (once, twice)
    ]
    assert value[0]["so_advice"].equals(value[1]["so_advice"])


def consents(**given: bool) -> list[dict]:
    day = {"purpose": "peer_data", "given_at": "2026-02-01", "withdrawn_at": None, "text_version": "1.0"}
    return [{"person_id": p, "given": yes, **day} for p, yes in given.items()]


@pytest.mark.parametrize("question", ["so_team", "so_advice"])
def test_who_refused_to_be_judged_by_others_is_unknown_and_not_unpopular(question: str) -> None:
    """P6 said no: nothing is known of P6, and the others are compared among themselves."""
    pairs = [("P2", "P1"), ("P3", "P1"), ("P4", "P1"), ("P5", "P1"), ("P1", "P2")]
    yes = dict.fromkeys(GROUP[:5], True)
    tables = {"sociometry": choices(pairs, question), "attendance": present(GROUP)}
    campaign = small_campaign(GROUP, consents=consents(**yes, P6=False), **tables)
    found = choice_scores(campaign)
    assert found.values[question].notna().tolist() == [True] * 5 + [False]
    assert found.raw[question].isna()["P6"]
    without = small_campaign(GROUP, consents=consents(**yes), **tables)
    assert found.values[question].equals(choice_scores(without).values[question]), "no row is no consent"
    if question == "so_team":
        assert found.values[question]["P3"] == pytest.approx((0.0 - 1.25 / 5) * 4 / 7)
