"""What stands beside a name: gates, patterns in plain words, doubts, lack of evidence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assessment.campaign import Criteria, Settings
from assessment.messages import has_text
from assessment.scoring.measures import score
from assessment.standing import rank_people
from tests.small_campaign import random_answers, shipped, small_campaign

PEOPLE = [f"P{i:03d}" for i in range(100)]


def flags_of(**tables: object) -> pd.Series:
    answers = random_answers(PEOPLE)
    answers |= tables.pop("answers", {})  # type: ignore[operator]
    settings = Settings(shortlist=20, team=8)
    campaign = small_campaign(PEOPLE, answers, settings=settings, **tables)  # type: ignore[arg-type]
    table = rank_people(score(campaign, n_draws=100), Criteria())
    return table["flags"].map(lambda text: set(text.split(";")) - {""})


def test_strong_at_digital_but_not_ready_is_said() -> None:
    answers = random_answers(PEOPLE)
    battery = shipped().battery
    high = {i.id: answers[i.id].copy() for i in battery.scale_items("digital_lit")}
    low = {i: answers[i].copy() for i in battery.items if battery.scales[battery.items[i].scale].domain == "want"}
    for values in high.values():
        values[0] = 5
    for item, values in low.items():
        values[0] = 5 if battery.reverse(item) else 1
    assert "digital_not_ready" in flags_of(answers=high | low)["P000"]


def test_ready_but_blocked_by_the_manager_is_said_only_where_five_answered() -> None:
    answers = {"ms1": np.full(100, 1.0), "ms2": np.full(100, 5.0), "ms3": np.full(100, 1.0)}
    units = ["big"] * 97 + ["tiny"] * 3
    flags = flags_of(answers=answers, staff={"unit": units})
    blocked = flags.map(lambda f: "blocked_by_conditions" in f)
    assert blocked.sum() == pytest.approx(20, abs=2) and not blocked[PEOPLE[97:]].any()


def test_a_risk_of_overload_needs_both_the_unit_and_the_hours() -> None:
    answers = {i: np.full(100, 5.0) for i in ("ov1", "ov2", "ov3")}
    hours = ["h0"] * 10 + ["h6_10"] * 90
    flags = flags_of(answers=answers, staff={"unit": ["u"] * 100}, conditions={"lg2": hours})
    by_person = flags.map(lambda f: "overload_risk" in f)
    assert by_person[PEOPLE[:10]].all() and not by_person[PEOPLE[10:]].any()


def test_what_is_not_known_never_makes_a_pattern() -> None:
    names = {p.id for p in shipped().roles.patterns}
    flags = flags_of()
    assert not flags.map(lambda f: bool(f & (names - {"digital_not_ready"}))).any()


def test_every_code_has_words_in_both_languages() -> None:
    from assessment.listing import rule_vocabulary

    known = rule_vocabulary(small_campaign(["P1"]))["flags"]
    patterns = {p.id for p in shipped().roles.patterns}
    for code in set(known) - patterns:
        key = "flag.unanswered" if code.endswith("_unanswered") else f"flag.{code}"
        assert has_text(key, "ru") and has_text(key, "en"), code
