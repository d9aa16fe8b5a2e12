"""Facts about which indicator speaks for which construct, and about shipped weights over foreign files."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from assessment.campaign import METHODS
from assessment.indicator_map import CARRIER, derive_domains, derive_map, gate_fits, known_indicators, pattern_fits
from assessment.instruments.reading import Gate, Instruments, Pattern, load_instruments
from assessment.instruments.types import METHODS as TYPES_METHODS
from tests.fixture_questionnaires import FOREIGN, load, notes_of, shipped_tree


@pytest.fixture(scope="module")
def shipped() -> Instruments:
    instruments, problems = load_instruments()
    assert instruments is not None, problems
    return instruments


def test_methods_have_the_same_names_everywhere() -> None:
    assert TYPES_METHODS == METHODS == tuple(CARRIER)


def test_the_shipped_map_is_the_one_the_files_themselves_imply(shipped: Instruments) -> None:
    derived = derive_map(shipped.roles.constructs, shipped.battery, shipped.observation, shipped.interview)
    given = shipped.roles.indicator_map
    assert set(derived) == set(given)
    for construct, methods in derived.items():
        assert {m: set(ids) for m, ids in methods.items()} == {m: set(ids) for m, ids in given[construct].items()}


def test_the_shipped_domains_are_the_ones_the_scales_imply(shipped: Instruments) -> None:
    assert derive_domains(shipped.roles.constructs, shipped.battery) == dict(shipped.roles.domains)


def test_every_shipped_indicator_exists_and_every_existing_one_is_used(shipped: Instruments) -> None:
    known = known_indicators(shipped.battery, shipped.observation, shipped.interview)
    used: dict[str, set[str]] = {method: set() for method in METHODS}
    for methods in shipped.roles.indicator_map.values():
        for method, ids in methods.items():
            used[method] |= set(ids)
    assert {method: set(ids) for method, ids in known.items()} == used


def test_over_a_foreign_battery_every_scale_of_persons_weighs_the_same(tmp_path: Path) -> None:
    instruments, problems = load(tmp_path, battery=FOREIGN)
    assert instruments is not None, problems
    roles = instruments.roles
    assert roles.constructs == {"warmth": 1.0, "tidiness": 1.0}
    assert roles.domains == {"kind": ("warmth",), "order": ("tidiness",)}
    assert roles.indicator_map == {name: {"self_report": (name,)} for name in ("warmth", "tidiness")}
    assert (roles.gates, roles.patterns, roles.capped, roles.roles, roles.seats) == ((), (), {}, {}, {})
    assert "roles_from_scales" in notes_of(problems)


def test_over_a_battery_with_some_shipped_scales_only_those_weigh(tmp_path: Path) -> None:
    content = FOREIGN.replace("warmth", "conflict").replace("tidiness", "digital_lit")
    instruments, problems = load(tmp_path, battery=content.replace("scales:\n", "scales:\n  extra: {domain: kind}\n")
                                 + '  - {id: e1, scale: extra, format: six, en: "x"}\n')  # fmt: skip
    assert instruments is not None, problems
    roles = instruments.roles
    assert roles.constructs == {"digital_lit": 4, "conflict": 8}
    assert roles.domains == {"kind": ("conflict",), "order": ("digital_lit",)}
    assert roles.capped == {"digital_lit": 0.0}
    assert [gate.id for gate in roles.gates] == ["gate_digital", "gate_quality"]
    assert roles.indicator_map["conflict"]["observation"] == ("ob_conflict", "ob_challenge", "ob_integrate")
    assert "biodata_sjt" not in roles.indicator_map["conflict"]
    assert set(roles.roles["process_analyst"].weights) == {"digital_lit", "conflict"}
    assert {"roles_constructs_dropped", "roles_scales_unweighted", "roles_gates_dropped"} <= set(notes_of(problems))


def test_a_copy_of_the_shipped_battery_changes_nothing(tmp_path: Path, shipped: Instruments) -> None:
    written = yaml.safe_dump(shipped_tree("battery.yaml"), allow_unicode=True, sort_keys=False)
    instruments, problems = load(tmp_path, battery=written)
    assert instruments is not None
    assert problems == []
    assert instruments.roles.constructs == shipped.roles.constructs
    assert instruments.roles.domains == shipped.roles.domains
    assert instruments.roles.gates == shipped.roles.gates
    for construct, methods in shipped.roles.indicator_map.items():
        found = instruments.roles.indicator_map[construct]
        assert {m: set(ids) for m, ids in methods.items()} == {m: set(ids) for m, ids in found.items()}


def test_a_foreign_observation_feeds_the_shipped_constructs(tmp_path: Path) -> None:
    observation = """
id: o
version: "1"
scale: {min: 1, max: 4}
behaviours: [{id: calm, feeds: [resil]}]
positions: [{id: analyst}]
"""
    instruments, problems = load(tmp_path, observation=observation)
    assert instruments is not None, problems
    roles = instruments.roles
    assert roles.indicator_map["resil"]["observation"] == ("calm",)
    assert "observation" not in roles.indicator_map["initiative"]
    assert roles.indicator_map["initiative"]["interview"] == ("iv_initiative",)
    assert roles.roles["process_analyst"].positions == ("analyst",)
    assert "roles_positions_dropped" in notes_of(problems)


def test_a_gate_fits_where_all_it_names_is_there(shipped: Instruments) -> None:
    battery = shipped.battery
    assert gate_fits(Gate("g", "hold", "item", "lg1", values=("yes_full",)), battery)
    assert not gate_fits(Gate("g", "hold", "item", "lg1", values=("maybe",)), battery)
    assert gate_fits(Gate("g", "hold", "item", "sc1", values=("5",)), battery)
    assert not gate_fits(Gate("g", "hold", "domain", "context", percentile_min=3), battery)
    assert not pattern_fits(Pattern("p", ({"unit_scale": "resil", "mean_max": 2.0},), {}), battery)
    assert pattern_fits(Pattern("p", ({"method": "interview", "percentile_min": 2.0},), {}), battery)
