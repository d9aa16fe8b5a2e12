"""Rules in the words of a screen: no code of a column, no id of a person."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from assessment.choosing import rule_words
from assessment.rules.language import read_rules
from assessment.wording import Names, Words
from tests.small_campaign import small_campaign

RULES = [
    {"id": "units", "each": "unit", "count": [0, 4]},
    {"id": "spread", "distinct": "unit", "count": [1, None]},
    {"id": "sub", "where": {"org_type": "subordinate"}, "count": [1, None]},
    {"id": "floor", "every_member": {"want": {"min": 0.3}}},
    {"id": "keep", "lock_in": ["P1"], "by": "Орлова", "reason": "приказ"},
    {"id": "apart", "not_together": ["P1", "P2"]},
    {"id": "own", "text": "Не больше одного из ЖКХ", "where": {"unit": "ЖКХ"}, "count": [0, 1]},
]


@pytest.fixture
def names():
    made = small_campaign(["P1", "P2"])
    return Names(
        replace(made, names=pd.DataFrame({"full_name": ["Орлова Анна", "Гусев Пётр"]}, index=made.people)), Words("ru")
    )


@pytest.fixture
def ruleset():
    pool = pd.DataFrame(
        {
            "unit": ["ЖКХ", "Кадры"],
            "org_type": ["subordinate", "administration"],
            "want": [0.1, 0.9],
            "score": [1.0, 2.0],
        },
        index=pd.Index(["P1", "P2"], name="person_id"),
    )
    found, problems = read_rules({"size": 1, "rules": RULES}, pool)
    assert found is not None, problems
    return found


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("size", "Размер команды"),
        ("units", "От одного подразделения"),
        ("units:ЖКХ", "ЖКХ"),
        ("spread", "Разных подразделений"),
        ("sub", "Подведомственная"),
        ("floor", "У каждого: 0,30 ≤ хочет"),
        ("keep:P1", "Закреплены: Орлова А."),
        ("apart", "Не вместе: Орлова А., Гусев П."),
        ("own", "Не больше одного из ЖКХ"),
        ("eligible", "Не берём тех, кто не может сейчас"),
        ("eligible:P2", "Не берём тех, кто не может сейчас"),
    ],
)
def test_a_part_in_words(ruleset, names, part, words):
    assert rule_words.describe(ruleset, part, names) == words


@pytest.mark.parametrize(
    ("allowed", "signs"),
    [((0, 4), "0–4"), ((8, None), "8+"), ((30, 30), "30"), ((None, 4), "0–4"), ((None, None), "—")],
)
def test_limits_in_signs(names, allowed, signs):
    assert rule_words.limits(allowed, names) == signs
