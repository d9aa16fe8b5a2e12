"""Facts about the file of weights: what it holds, and how each fault in it is named."""

# ruff: noqa: E501
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.instruments.checks import Part
from assessment.instruments.reading import Roles, load_instruments
from assessment.instruments.roles import EFFECTS, read_roles
from assessment.problems import Problem
from assessment.yaml_file import read_yaml
from tests.fixture_questionnaires import FOREIGN, changed, load, notes_of, shipped_tree, stops_of
from tests.test_instruments_battery import drop, put


@pytest.fixture(scope="module")
def roles() -> Roles:
    instruments, problems = load_instruments()
    assert instruments is not None, problems
    return instruments.roles


def test_shipped_weights_sum_to_a_hundred_in_all_and_in_every_role(roles: Roles) -> None:
    assert sum(roles.constructs.values()) == 100
    assert {sum(role.weights.values()) for role in roles.roles.values()} == {100}


def test_shipped_weights_of_the_domains_are_those_of_the_manual(roles: Roles) -> None:
    totals = {domain: sum(roles.constructs[name] for name in members) for domain, members in roles.domains.items()}
    assert totals == {"want": 44, "can": 22, "endure": 25, "lead": 9}


def test_shares_of_the_methods_sum_to_one_in_every_stage(roles: Roles) -> None:
    assert [round(sum(shares.values()), 12) for shares in roles.methods.values()] == [1, 1]
    assert "interview" not in roles.stage_one
    assert roles.stage_two["interview"] == 0.38


def test_the_seats_of_the_roles_fill_the_team(roles: Roles) -> None:
    assert sum(roles.seats.values()) == roles.team_size == 30
    assert set(roles.seats) == set(roles.roles)


def test_digital_skill_counts_up_to_the_mean_only(roles: Roles) -> None:
    assert dict(roles.capped) == {"digital_lit": 0.0}


def test_gates_say_what_they_look_at_and_what_a_miss_does(roles: Roles) -> None:
    gates = {gate.id: gate for gate in roles.gates}
    assert gates["gate_will"].kind == "item"
    assert gates["gate_will"].values == ("yes_full", "yes_part")
    assert gates["gate_want"].percentile_min == 30
    assert gates["gate_digital"].mean_min == 2.5
    assert gates["gate_quality"].flags == ("fail_attention", "too_fast")
    assert {gate.effect for gate in roles.gates} == set(EFFECTS)


def test_patterns_keep_their_conditions(roles: Roles) -> None:
    patterns = {pattern.id: pattern for pattern in roles.patterns}
    assert patterns["overload_risk"].conditions[1] == {"item": "lg2", "in": ["h0", "h1_2"]}
    assert patterns["blocked_by_conditions"].conditions[0] == {"standing": True, "percentile_min": 80.0}


def test_a_construct_knows_its_domain(roles: Roles) -> None:
    assert roles.domain_of("conflict") == "endure"
    assert roles.domain_of("nothing") == ""


def read(content: str, shipped: bool = False) -> tuple[Roles, list[Problem]]:
    value, problems = read_yaml(content.encode(), "roles.yaml")
    assert value is not None
    return read_roles(Part(value, "", "roles.yaml", problems), ("ru", "en"), shipped), problems


def test_only_the_shipped_weights_must_sum_to_a_hundred() -> None:
    assert stops_of(read("constructs: {a: 50, b: 40}", shipped=True)[1]) == [("roles_weights_sum", "constructs")]
    assert stops_of(read("constructs: {a: 50, b: 40}")[1]) == []


def test_a_roles_file_needs_constructs_only() -> None:
    roles, problems = read("constructs: {a: 2, b: 1}")
    assert problems == []
    assert roles.stage_one == roles.stage_two == {}
    assert (roles.gates, roles.patterns, roles.capped, roles.roles, roles.balance) == ((), (), {}, {}, ())


def test_a_list_of_constructs_weighs_them_alike() -> None:
    assert read("constructs: [a, b]")[0].constructs == {"a": 1.0, "b": 1.0}


def test_shares_without_stages_hold_for_both() -> None:
    roles, problems = read("constructs: [a]\nmethods: {self_report: 0.4, interview: 0.6}")
    assert problems == []
    assert roles.stage_one == roles.stage_two == {"self_report": 0.4, "interview": 0.6}


@given(st.lists(st.floats(0.01, 1), min_size=5, max_size=5))
def test_shares_stop_exactly_where_they_miss_one_by_more_than_half_a_percent(parts: list[float]) -> None:
    shares = dict(zip(("self_report", "biodata_sjt", "observation", "sociometry", "interview"), parts, strict=True))
    written = ", ".join(f"{name}: {share:.6f}" for name, share in shares.items())
    problems = read(f"constructs: [a]\nmethods: {{{written}}}")[1]
    total = sum(round(share, 6) for share in parts)
    assert bool(problems) == (abs(total - 1) > 0.005)
    if problems:
        assert problems[0].params["total"] == pytest.approx(total)


# fmt: off
FAULTS: list[tuple[str, Callable[[Any], object], str, str]] = [
    ("no constructs", drop("constructs"), "yaml_key_missing", "constructs"),
    ("a weight below zero", put(-1, "constructs", "resil"), "yaml_too_low", "constructs.resil"),
    ("a weight in words", put("much", "constructs", "resil"), "yaml_not_number", "constructs.resil"),
    ("a weight that is true", put(True, "constructs", "resil"), "yaml_not_number", "constructs.resil"),
    ("a weight without end", put(float("inf"), "constructs", "resil"), "yaml_not_number", "constructs.resil"),
    ("no weight above zero", put(dict.fromkeys(shipped_tree("roles.yaml")["constructs"], 0), "constructs"), "roles_weights_none", "constructs"),
    ("a construct nothing measures", put(5, "constructs", "courage"), "roles_construct_unmeasured", "constructs.courage"),
    ("a construct nearly measured", put(5, "constructs", "initiativ"), "roles_construct_unmeasured_near", "constructs.initiativ"),
    ("a construct of the unit", put(5, "constructs", "ctx_zoo"), "roles_construct_of_unit", "constructs.ctx_zoo"),
    ("a cap on nothing", put({"cap_z": 0}, "capped", "digital_it"), "roles_construct_unknown_near", "capped.digital_it"),
    ("a cap that is no number", put({"cap_z": "mean"}, "capped", "digital_lit"), "yaml_not_number", "capped.digital_lit.cap_z"),
    ("an unknown method", lambda t: t["methods"]["stage1_600_to_90"].update(self_reprt=t["methods"]["stage1_600_to_90"].pop("self_report")), "roles_method_unknown_near", "methods.stage1_600_to_90.self_reprt"),
    ("shares that miss one", put(0.3, "methods", "stage1_600_to_90", "self_report"), "roles_shares_sum", "methods.stage1_600_to_90"),
    ("an indicator nobody knows", put(["bd22"], "indicator_map", "change_will", "biodata_sjt"), "yaml_choice_unknown_near", "indicator_map.change_will.biodata_sjt[0]"),
    ("an indicator of another method", put(["iv_motive"], "indicator_map", "change_will", "observation"), "yaml_choice_unknown", "indicator_map.change_will.observation[0]"),
    ("indicators of an unknown construct", put({"self_report": ["resil"]}, "indicator_map", "resill"), "roles_construct_unknown_near", "indicator_map.resill"),
    ("an unknown domain", lambda t: t["domains"].update(wants=t["domains"].pop("want")), "yaml_choice_unknown_near", "domains.wants"),
    ("an unknown construct in a domain", lambda t: t["domains"]["lead"].append("influenc"), "roles_construct_unknown_near", "domains.lead[1]"),
    ("a construct in two domains", lambda t: t["domains"]["lead"].append("resil"), "roles_construct_twice", "domains.lead"),
    ("a construct in no domain", lambda t: t["domains"]["endure"].remove("resil"), "roles_construct_without_domain", "domains"),
    ("an unknown effect", put("exclude", "gates", 0, "effect"), "yaml_choice_unknown_near", "gates[0].effect"),
    ("a gate on two things", put("want", "gates", 0, "domain"), "roles_gate_subject", "gates[0]"),
    ("a gate on an unknown item", put("lg9", "gates", 0, "item"), "yaml_choice_unknown_near", "gates[0].item"),
    ("a gate on an unknown answer", put(["yes_ful"], "gates", 0, "in"), "yaml_choice_unknown_near", "gates[0].in[0]"),
    ("a gate without its answers", drop("gates", 0, "in"), "yaml_key_missing", "gates[0].in"),
    ("a gate on an unknown domain", put("wnat", "gates", 1, "domain"), "yaml_choice_unknown_near", "gates[1].domain"),
    ("a gate on conditions in the unit", put("context", "gates", 1, "domain"), "yaml_choice_unknown", "gates[1].domain"),
    ("a percentile of 130", put(130, "gates", 1, "percentile_min"), "yaml_out_of_range", "gates[1].percentile_min"),
    ("a gate on an unknown scale", put("digital", "gates", 3, "scale"), "yaml_choice_unknown_near", "gates[3].scale"),
    ("a gate on an unknown flag", put(["too_slow"], "gates", 4, "flags_none"), "yaml_choice_unknown_near", "gates[4].flags_none[0]"),
    ("two gates of one id", put("gate_will", "gates", 1, "id"), "yaml_id_duplicate", "gates[1].id"),
    ("a pattern of an unknown scale", put("digital", "patterns", 0, "all", 0, "scale"), "yaml_choice_unknown_near", "patterns[0].all[0].scale"),
    ("a pattern of an unknown method", put("sociometri", "patterns", 1, "all", 0, "method"), "yaml_choice_unknown_near", "patterns[1].all[0].method"),
    ("a condition without a limit", drop("patterns", 0, "all", 0, "percentile_min"), "roles_pattern_condition", "patterns[0].all[0]"),
    ("a role that weighs an unknown construct", put(3, "roles", 0, "weights", "influense"), "roles_construct_unknown_near", "roles[0].weights.influense"),
    ("a role of an unknown position", put(["initator"], "roles", 0, "positions"), "yaml_choice_unknown_near", "roles[0].positions[0]"),
    ("a role twice", put("change_leader", "roles", 1, "id"), "yaml_id_duplicate", "roles[1].id"),
    ("a seat for nobody's role", put(0, "team", "roles", "leader"), "yaml_choice_unknown_near", "team.roles.leader"),
    ("half a seat", put(2.5, "team", "roles", "people_hr"), "yaml_not_whole", "team.roles.people_hr"),
    ("a team of none", put(0, "team", "size"), "yaml_too_low", "team.size"),
    ("a rule without an id", drop("team", "balance", 0, "id"), "yaml_key_missing", "team.balance[0].id"),
    ("a rule that is a word", put("spread", "team", "balance", 0), "yaml_not_map", "team.balance[0]"),
    ("a misspelt block", lambda t: t.update(gate=t.pop("gates")), "yaml_key_misspelt", "gate"),
]
# fmt: on

ALONG = {"a role twice": ["yaml_choice_unknown_near"]}  # its seats are rightly named with it


@pytest.mark.parametrize(("name", "change", "code", "path"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_one_thing_broken_is_one_stop_at_its_place(
    tmp_path: Path, name: str, change: Callable[[Any], object], code: str, path: str
) -> None:
    found = stops_of(changed(tmp_path, "roles", change))
    expected = (code, path)
    assert expected in found
    assert sorted(other[0] for other in found if other != expected) == ALONG.get(name, [])


def test_more_seats_than_the_team_has_places_is_worth_a_note(tmp_path: Path) -> None:
    assert "roles_seats_exceed_size" in notes_of(changed(tmp_path, "roles", put(9, "team", "roles", "people_hr")))


def test_a_construct_measured_by_observation_alone_needs_a_domain(tmp_path: Path) -> None:
    observation = "id: o\nversion: '1'\nscale: {min: 1, max: 5}\nbehaviours: [{id: b1, feeds: [calm]}]\n"
    _, problems = load(tmp_path, roles="constructs: {calm: 1, resil: 1}", observation=observation)
    assert stops_of(problems) == [("roles_construct_without_domain", "constructs")]
    instruments, problems = load(
        tmp_path,
        roles="constructs: {calm: 1, resil: 1}\ndomains: {endure: [resil, calm]}",
        observation=observation,
    )
    assert instruments is not None, problems
    assert instruments.roles.indicator_map["calm"] == {"observation": ("b1",)}


def test_faults_of_names_are_told_together_with_faults_of_numbers(tmp_path: Path) -> None:
    found = stops_of(load(tmp_path, battery=FOREIGN, roles="constructs: {warmth: 1, tidines: 1}\nteam: {size: x}")[1])
    assert found == [("yaml_not_whole", "team.size"), ("roles_construct_unmeasured_near", "constructs.tidines")]
