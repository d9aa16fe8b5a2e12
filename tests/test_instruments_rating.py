"""Facts about the observation and the interview: what they hold, and how each fault in them is named."""

# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assessment.instruments.reading import Instruments, load_instruments
from tests.fixture_questionnaires import changed, load, notes_of, stops_of
from tests.test_instruments_battery import drop, put


@pytest.fixture(scope="module")
def shipped() -> Instruments:
    instruments, problems = load_instruments()
    assert instruments is not None, problems
    return instruments


def test_eight_behaviours_with_three_anchors_each_are_rated_from_one_to_five(shipped: Instruments) -> None:
    observation = shipped.observation
    assert len(observation.behaviours) == 8
    assert (observation.lowest, observation.highest) == (1, 5)
    assert {tuple(seen.anchors) for seen in observation.behaviours.values()} == {(1, 3, 5)}
    assert observation.behaviours["ob_lead"].feeds == ("influence", "initiative")


def test_seven_positions_and_three_choices_are_asked(shipped: Instruments) -> None:
    assert len(shipped.observation.positions) == 7
    assert {asked.id: asked.scope for asked in shipped.observation.questions.values()} == {
        "so_team": "group",
        "so_advice": "organisation",
        "so_change": "organisation",
    }


def test_six_competencies_have_a_question_on_the_past_and_one_on_a_situation(shipped: Instruments) -> None:
    competencies = shipped.interview.competencies.values()
    assert len(competencies) == 6
    assert all(asked.past["ru"] and asked.situational["en"] for asked in competencies)


def test_five_knock_outs_and_a_fact_stand_in_the_block_of_conditions(shipped: Instruments) -> None:
    block = shipped.interview.conditions_block
    assert [entry.id for entry in block if not entry.knock_out] == ["kc_fact"]
    assert len(block) == 6


FAULTS: list[tuple[str, Callable[[Any], object], str, str]] = [
    ("observation", drop("behaviours"), "yaml_key_missing", "behaviours"),
    ("observation", put("ob_lead", "behaviours", 1, "id"), "yaml_id_duplicate", "behaviours[1].id"),
    ("observation", drop("behaviours", 0, "id"), "yaml_key_missing", "behaviours[0].id"),
    ("observation", put(["influense"], "behaviours", 0, "feeds"), "roles_construct_unknown_near", "behaviours[0].feeds[0]"),
    ("observation", put({"ru": "а"}, "behaviours", 0, "name"), "yaml_text_missing", "behaviours[0].name"),
    ("observation", put({"ru": "а", "en": "a"}, "behaviours", 0, "anchors", "7"), "rating_anchor_off_scale", "behaviours[0].anchors.7"),
    ("observation", put("a", "behaviours", 0, "anchors"), "yaml_not_map", "behaviours[0].anchors"),
    ("observation", put(0, "scale", "max"), "rating_range", "scale"),
    ("observation", put("five", "scale", "max"), "yaml_not_whole", "scale.max"),
    ("observation", put("initiator", "positions", 1, "id"), "yaml_id_duplicate", "positions[1].id"),
    ("observation", put("town", "sociometry", "questions", 0, "scope"), "yaml_choice_unknown", "sociometry.questions[0].scope"),
    ("observation", put(0, "sociometry", "questions", 0, "max"), "yaml_too_low", "sociometry.questions[0].max"),
    ("observation", drop("sociometry", "questions", 0, "en"), "yaml_text_missing", "sociometry.questions[0]"),
    ("interview", drop("rating"), "yaml_key_missing", "rating"),
    ("interview", put("iv_overcome", "competencies", 0, "id"), "yaml_id_duplicate", "competencies[1].id"),
    ("interview", put(["resilience"], "competencies", 1, "feeds"), "roles_construct_unknown_near", "competencies[1].feeds[0]"),
    ("interview", put("perhaps", "conditions_block", 0, "knock_out"), "yaml_not_bool", "conditions_block[0].knock_out"),
    ("interview", drop("conditions_block", 0, "ru"), "yaml_text_missing", "conditions_block[0]"),
    ("interview", put({"ru": "", "en": "b"}, "competencies", 0, "past"), "yaml_not_text", "competencies[0].past.ru"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "change", "code", "path"), FAULTS, ids=[f"{f[0]} {f[3]}" for f in FAULTS])
def test_one_thing_broken_is_one_stop_at_its_place(
    tmp_path: Path, file: str, change: Callable[[Any], object], code: str, path: str
) -> None:
    found = stops_of(changed(tmp_path, file, change))
    assert [stop for stop in found if stop != ("rating_anchor_off_scale", "behaviours[0].anchors.5")][0] == (code, path)
    if code not in ("rating_range", "yaml_not_whole"):  # a broken range makes every anchor stand off it
        assert found == [(code, path)]


def test_a_behaviour_that_speaks_for_nothing_is_worth_a_note(tmp_path: Path) -> None:
    assert "rating_feeds_nothing" in notes_of(changed(tmp_path, "observation", drop("behaviours", 0, "feeds")))


def test_shipped_behaviours_lose_what_a_foreign_questionnaire_does_not_have(tmp_path: Path) -> None:
    instruments, problems = load(tmp_path, roles="constructs: [influence, resil]")
    assert instruments is not None
    assert instruments.observation.behaviours["ob_lead"].feeds == ("influence",)
    assert notes_of(problems).count("rating_feeds_dropped") == 2


def test_an_observation_in_one_language_is_enough_for_a_questionnaire_in_that_language(tmp_path: Path) -> None:
    content = "id: o\nversion: '1'\nlanguages: [en]\nscale: {min: 0, max: 3}\nbehaviours: [{id: b1, feeds: [influence], name: {en: Leads}}]\n"
    instruments, problems = load(tmp_path, observation=content)
    assert instruments is not None, problems
    assert instruments.observation.behaviours["b1"].name == {"en": "Leads", "ru": "Leads"}
    assert (instruments.observation.lowest, instruments.observation.highest) == (0, 3)
    assert instruments.roles.indicator_map["influence"]["observation"] == ("b1",)
    assert "sociometry" not in instruments.roles.indicator_map["influence"]
