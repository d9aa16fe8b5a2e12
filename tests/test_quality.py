"""How the questionnaire was answered: flags inform, two independent ones make careless."""

from __future__ import annotations

import numpy as np

from assessment.scoring.answer_quality import answer_quality
from tests.small_campaign import random_answers, shipped, small_campaign

PEOPLE = [f"P{i:03d}" for i in range(80)]


def test_one_wrong_instructed_item_flags_and_both_hold() -> None:
    campaign = small_campaign(["P1", "P2", "P3"], {"ac1": [2, 5, 5], "ac2": [4, 4, 1]})
    flags = answer_quality(campaign).flags
    assert flags["one_attention"].tolist() == [False, True, False]
    assert flags["fail_attention"].tolist() == [False, False, True]


def test_a_single_instructed_item_cannot_fail_both() -> None:
    assert not answer_quality(small_campaign(["P1"], {"ac1": [5]})).flags["fail_attention"].any()


def test_the_same_answer_twelve_times_across_reversed_items_is_a_long_run() -> None:
    battery = shipped().battery
    agree = [i for i, item in battery.items.items() if item.format == "agree5"][:14]
    answers = {item: [3, 1 + k % 5] for k, item in enumerate(agree)}
    quality = answer_quality(small_campaign(["P1", "P2"], answers))
    assert quality.flags["straightline"].tolist() == [True, False]
    assert quality.indices["longest_run"].tolist()[0] == 14


def test_two_seconds_an_item_is_too_fast_to_read() -> None:
    answers = random_answers(["P1", "P2"], items=["sc1", "sc2", "sc3"])
    campaign = small_campaign(["P1", "P2"], answers, seconds={i: [1.0, 7.0] for i in answers})
    assert answer_quality(campaign).flags["too_fast"].tolist() == [True, False]


def test_slowness_is_never_held_against_anybody() -> None:
    answers = random_answers(["P1", "P2"], items=["sc1", "sc2", "sc3"])
    campaign = small_campaign(["P1", "P2"], answers, seconds={i: [300.0, 7.0] for i in answers})
    assert not answer_quality(campaign).flags.loc["P1", ["too_fast", "straightline", "outlier"]].any()


def test_one_index_alone_is_never_careless() -> None:
    answers = random_answers(PEOPLE) | {"ac1": [5] * 80, "ac2": [4] * 80}
    quality = answer_quality(small_campaign(PEOPLE, answers))
    only = quality.flags["one_attention"] & ~quality.flags[["inconsistent", "outlier", "straightline"]].any(axis=1)
    assert only.any() and not quality.careless[only].any()


def test_two_independent_indices_make_careless() -> None:
    """The same answer everywhere gives a long run and fails the instructed items."""
    answers = random_answers(PEOPLE, seed=4) | {"ac1": np.full(80, 2.0), "ac2": np.full(80, 4.0)}
    for item in answers:
        answers[item] = np.array(answers[item], float)
        answers[item][:4] = 3.0
    quality = answer_quality(small_campaign(PEOPLE, answers))
    assert quality.flags.iloc[:4][["straightline", "fail_attention"]].all().all()
    assert quality.careless.iloc[:4].all() and quality.careless.iloc[4:].sum() <= 1


def test_codes_of_a_person_come_in_declared_order() -> None:
    quality = answer_quality(small_campaign(["P1"], {"ac1": [5], "sd1": [5], "sd2": [5]}))
    assert quality.codes("P1") == ["one_attention", "desirability"]
    assert quality.codes("nobody") == []
