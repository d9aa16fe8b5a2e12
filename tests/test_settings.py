"""Facts about campaign.yaml: defaults, values, and how each fault is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessment.campaign import Criteria, Settings
from assessment.instruments.reading import Instruments, load_instruments
from assessment.messages import problem_text
from assessment.problems import Problem, stops
from assessment.settings import read_settings
from tests.fixture_questionnaires import FOREIGN, load, notes_of, stops_of


@pytest.fixture(scope="module")
def instruments() -> Instruments:
    loaded, problems = load_instruments()
    assert loaded is not None, problems
    return loaded


def read(content: str, instruments: Instruments, folder: Path) -> tuple[Settings | None, list[Problem]]:
    path = folder / "campaign.yaml"
    path.write_text(content, encoding="utf-8")
    return read_settings(path, instruments)


@pytest.mark.parametrize("path", [None, Path("nowhere") / "campaign.yaml"])
def test_no_file_means_the_defaults(path: Path | None, instruments: Instruments) -> None:
    assert read_settings(path, instruments) == (Settings(), [])


@pytest.mark.parametrize("content", ["", "# nothing chosen yet\n", "null\n", "{}"])
def test_an_empty_file_means_the_defaults(content: str, instruments: Instruments, tmp_path: Path) -> None:
    assert read(content, instruments, tmp_path) == (Settings(), [])


def test_every_setting_is_taken(instruments: Instruments, tmp_path: Path) -> None:
    content = """
name: "Город, 2026"
shortlist: 60
team: 20
criteria: {weights: {want: 3, can: 1, endure: 2, lead: 0}, balance: -1.5, reading: plain}
measurement: {method_variance: 0.2}
shortlist_rules: []
team_rules:
  - {id: keep, lock_in: [007, P2], by: boss, reason: "asked for"}
invented: true
"""
    found, problems = read(content, instruments, tmp_path)
    assert problems == []
    assert found is not None
    assert (found.name, found.shortlist, found.team, found.invented) == ("Город, 2026", 60, 20, True)
    assert found.criteria == Criteria({"want": 3.0, "can": 1.0, "endure": 2.0, "lead": 0.0}, -1.5, "plain")
    assert found.method_variance == 0.2
    assert found.shortlist_rules == ()
    assert found.team_rules == ({"id": "keep", "lock_in": ["007", "P2"], "by": "boss", "reason": "asked for"},)
    assert found.raw["team"] == 20


def test_rules_that_are_not_there_differ_from_rules_that_are_none(instruments: Instruments, tmp_path: Path) -> None:
    found, _ = read("team_rules: []", instruments, tmp_path)
    assert found is not None
    assert found.team_rules == ()
    assert found.shortlist_rules is None


# fmt: off
FAULTS = [
    ("shortlst: 90", [("yaml_key_misspelt", "shortlst")]),
    ("colour: red", [("yaml_key_not_allowed", "colour")]),
    ("team: 0", [("yaml_out_of_range", "team")]),
    ("team: -5", [("yaml_out_of_range", "team")]),
    ("team: 2.5", [("yaml_not_whole", "team")]),
    ("team: true", [("yaml_not_whole", "team")]),
    ('team: "30"', [("yaml_not_whole", "team")]),
    ("team: ", [("yaml_not_whole", "team")]),
    ("team: [30]", [("yaml_not_whole", "team")]),
    ("team: 40\nshortlist: 30", [("settings_team_larger", "team")]),
    ("name: [a]", [("yaml_not_text", "name")]),
    ("criteria: expert", [("yaml_not_map", "criteria")]),
    ("criteria: {weight: equal}", [("yaml_key_misspelt", "criteria.weight")]),
    ("criteria: {weights: experts}", [("yaml_choice_unknown_near", "criteria.weights")]),
    ("criteria: {weights: true}", [("yaml_choice_unknown", "criteria.weights")]),
    ("criteria: {weights: [1, 2]}", [("yaml_not_text", "criteria.weights")]),
    ("criteria: {weights: {}}", [("settings_weights_none", "criteria.weights")]),
    ("criteria: {weights: {want: 0, can: 0, endure: 0, lead: 0}}", [("settings_weights_none", "criteria.weights")]),
    ("criteria: {weights: {want: -1, can: 1}}", [("yaml_too_low", "criteria.weights.want")]),
    ("criteria: {weights: {want: .nan, can: 1}}", [("yaml_not_number", "criteria.weights.want")]),
    ("criteria: {weights: {want: .inf, can: 1}}", [("yaml_not_number", "criteria.weights.want")]),
    ("criteria: {weights: {want: true, can: 1}}", [("yaml_not_number", "criteria.weights.want")]),
    ("criteria: {weights: {wnat: 1, can: 1}}", [("settings_weight_unknown_near", "criteria.weights.wnat")]),
    ("criteria: {weights: {xyz: 1, can: 1}}", [("settings_weight_unknown", "criteria.weights.xyz")]),
    ("criteria: {weights: {context: 1, can: 1}}", [("settings_weight_unknown_near", "criteria.weights.context")]),
    ("criteria: {weights: {want: 1, resil: 1}}", [("settings_weights_mixed", "criteria.weights")]),
    ("criteria: {balance: 1.01}", [("yaml_out_of_range", "criteria.balance")]),
    ("criteria: {balance: -10.5}", [("yaml_out_of_range", "criteria.balance")]),
    ("criteria: {balance: '0,5'}", [("yaml_not_number", "criteria.balance")]),
    ("criteria: {balance: .nan}", [("yaml_not_number", "criteria.balance")]),
    ("criteria: {reading: modle}", [("yaml_choice_unknown_near", "criteria.reading")]),
    ("measurement: {method_variance: 0.95}", [("yaml_out_of_range", "measurement.method_variance")]),
    ("measurement: {method_variance: -0.1}", [("yaml_out_of_range", "measurement.method_variance")]),
    ("measurement: {method_variance: none}", [("settings_method_variance", "measurement.method_variance")]),
    ("measurement: {method_variance: false}", [("yaml_not_number", "measurement.method_variance")]),
    ("measurement: {variance: 0.1}", [("yaml_key_not_allowed", "measurement.variance")]),
    ("team_rules: {id: a}", [("yaml_not_list", "team_rules")]),
    ("team_rules:", [("yaml_not_list", "team_rules")]),
    ("team_rules: [keep]", [("yaml_not_map", "team_rules[0]")]),
    ("team_rules: [{count: [1, 2]}]", [("yaml_key_missing", "team_rules[0].id")]),
    ("shortlist_rules: [{id: a}, {id: a}]", [("yaml_id_duplicate", "shortlist_rules[1].id")]),
    ("invented: maybe", [("yaml_not_bool", "invented")]),
    ("team: 10\nteam: 20", [("yaml_duplicate_key", "team")]),
    ("[]", [("yaml_file_not_map", "")]),
    ("team: [", [("yaml_unreadable", "")]),
]
# fmt: on


@pytest.mark.parametrize(("content", "expected"), FAULTS, ids=[content for content, _ in FAULTS])
def test_one_fault_is_one_stop_at_its_place(
    content: str, expected: list[tuple[str, str]], instruments: Instruments, tmp_path: Path
) -> None:
    found, problems = read(content, instruments, tmp_path)
    assert found is None
    assert stops_of(problems) == expected
    assert problems[0].table == "campaign.yaml"


def test_the_nearest_known_name_is_told(instruments: Instruments, tmp_path: Path) -> None:
    _, problems = read("criteria: {weights: {wnat: 1, can: 1}}\nmesurement: {}", instruments, tmp_path)
    assert {problem.params["nearest"] for problem in problems} == {"want", "measurement"}


def test_a_size_that_is_not_given_follows_the_one_that_is(instruments: Instruments, tmp_path: Path) -> None:
    found, problems = read("shortlist: 12", instruments, tmp_path)
    assert found is not None
    assert (found.shortlist, found.team) == (12, 12)
    assert notes_of(problems) == ["settings_size_follows"]
    found, _ = read("team: 120", instruments, tmp_path)
    assert found is not None
    assert (found.shortlist, found.team) == (120, 120)
    assert read("team: 20", instruments, tmp_path)[1] == []


def test_weights_may_be_given_to_constructs(instruments: Instruments, tmp_path: Path) -> None:
    found, problems = read("criteria: {weights: {resil: 1, conflict: 3}}", instruments, tmp_path)
    assert found is not None
    assert found.criteria.weights == {"resil": 1.0, "conflict": 3.0}
    assert notes_of(problems) == ["settings_weights_partial"]


def test_weights_name_what_a_foreign_questionnaire_measures(tmp_path: Path) -> None:
    foreign, problems = load(tmp_path / "questionnaires", battery=FOREIGN)
    assert foreign is not None, problems
    found, problems = read("criteria: {weights: {kind: 2, order: 1}}", foreign, tmp_path)
    assert found is not None
    assert problems == []
    assert read("criteria: {weights: {want: 2}}", foreign, tmp_path)[0] is None


def test_a_folder_in_the_place_of_the_file_stops(instruments: Instruments, tmp_path: Path) -> None:
    (tmp_path / "campaign.yaml").mkdir()
    found, problems = read_settings(tmp_path / "campaign.yaml", instruments)
    assert found is None
    assert stops_of(problems) == [("yaml_not_opened", "")]


NAMES = st.sampled_from(
    ["name", "shortlist", "team", "criteria", "measurement", "shortlist_rules", "team_rules", "weights", "balance",
     "reading", "method_variance", "want", "resil", "id", "x", ""]
)  # fmt: skip
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(["expert", "auto", "model", "да", "{}"])
)
TREES: Any = st.dictionaries(
    NAMES,
    st.recursive(
        LEAVES, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3))
    ),
    max_size=5,
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TREES)
def test_no_settings_make_reading_crash(instruments: Instruments, tmp_path: Path, tree: Any) -> None:
    found, problems = read(yaml.safe_dump(tree, allow_unicode=True), instruments, tmp_path)
    assert (found is None) == bool(stops(problems))
    for problem in problems:
        assert problem_text(problem, "ru")
    if found is not None:
        assert 1 <= found.team <= found.shortlist
