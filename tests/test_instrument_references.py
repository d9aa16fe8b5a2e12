"""Facts about names that one instrument file uses and another must hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.instruments.reading import load_instruments
from assessment.instruments.references import FLAGS
from tests.fixture_questionnaires import FOREIGN, load, notes_of, stops_of

ROLES = "constructs: {warmth: 3, tidiness: 1}\n"
INTERVIEW = """
id: talk
version: "1"
rating: {min: 1, max: 3}
competencies: [{id: c1, feeds: [warmth]}, {id: c2, feeds: [tidiness]}]
"""


def test_flags_a_gate_may_name_are_those_of_the_shipped_quality_rules() -> None:
    instruments, _ = load_instruments()
    assert instruments is not None
    assert {rule["id"] for rule in instruments.battery.raw["quality_rules"]} == set(FLAGS)


def test_a_foreign_campaign_of_three_files_hangs_together(tmp_path: Path) -> None:
    instruments, problems = load(tmp_path, battery=FOREIGN, roles=ROLES, interview=INTERVIEW)
    assert instruments is not None, problems
    assert instruments.roles.indicator_map == {
        "warmth": {"self_report": ("warmth",), "interview": ("c1",)},
        "tidiness": {"self_report": ("tidiness",), "interview": ("c2",)},
    }
    assert instruments.roles.domains == {"kind": ("warmth",), "order": ("tidiness",)}
    assert "roles_from_scales" not in notes_of(problems)


def test_an_interview_of_the_campaign_that_feeds_nothing_known_stops(tmp_path: Path) -> None:
    content = INTERVIEW.replace("[tidiness]", "[tidyness]")
    _, problems = load(tmp_path, battery=FOREIGN, roles=ROLES, interview=content)
    assert stops_of(problems) == [("roles_construct_unknown_near", "competencies[1].feeds[0]")]


def test_a_map_given_in_part_is_completed_with_a_note(tmp_path: Path) -> None:
    roles = ROLES + "indicator_map: {warmth: {interview: [c1]}}\n"
    instruments, problems = load(tmp_path, battery=FOREIGN, roles=roles, interview=INTERVIEW)
    assert instruments is not None, problems
    assert instruments.roles.indicator_map["warmth"] == {"interview": ("c1",)}
    assert instruments.roles.indicator_map["tidiness"] == {"self_report": ("tidiness",), "interview": ("c2",)}
    assert "roles_indicators_derived" in notes_of(problems)


@pytest.mark.parametrize("effect", ["exclude_now", "below_line", "needs_training", "hold"])
def test_gates_of_a_foreign_campaign_may_use_its_own_items(tmp_path: Path, effect: str) -> None:
    gates = f"gates: [{{id: g, item: w2, in: [5, 6], effect: {effect}}}, "
    gates += "{id: h, domain: kind, percentile_min: 20, effect: hold}]\n"
    instruments, problems = load(tmp_path, battery=FOREIGN, roles=ROLES + gates)
    assert instruments is not None, problems
    assert instruments.roles.gates[0].values == ("5", "6")
    assert instruments.roles.gates[1].percentile_min == 20


def test_an_answer_off_the_format_of_an_item_is_no_gate(tmp_path: Path) -> None:
    gates = "gates: [{id: g, item: w2, in: [7], effect: hold}]\n"
    assert stops_of(load(tmp_path, battery=FOREIGN, roles=ROLES + gates)[1]) == [
        ("yaml_choice_unknown", "gates[0].in[0]")
    ]
