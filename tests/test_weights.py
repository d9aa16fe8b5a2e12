"""Weights of domains and constructs from every way of giving them."""

from __future__ import annotations

import pytest

from assessment.campaign import Criteria
from assessment.weights import resolve_weights
from tests.small_campaign import shipped

ROLES = shipped().roles


def test_expert_weights_are_those_of_the_shipped_file() -> None:
    """INSTRUMENTS.md section 9: want 44, can 22, endure 25, lead 9."""
    assert resolve_weights(Criteria(), ROLES).domains == pytest.approx(
        {"want": 0.44, "can": 0.22, "endure": 0.25, "lead": 0.09}
    )


def test_equal_weights_are_equal_between_domains_and_expert_inside() -> None:
    weights = resolve_weights(Criteria(weights="equal"), ROLES)
    assert set(weights.domains.values()) == {0.25}
    assert weights.inside["can"] == pytest.approx(
        {"process_think": 9 / 22, "learn_agil": 9 / 22, "digital_lit": 4 / 22}
    )


def test_a_map_of_domains_leaves_out_what_it_does_not_name() -> None:
    assert resolve_weights(Criteria(weights={"want": 3, "endure": 1}), ROLES).domains == {
        "want": 0.75, "can": 0.0, "endure": 0.25, "lead": 0.0,
    }  # fmt: skip


def test_a_map_of_constructs_weighs_domains_and_what_is_inside_them() -> None:
    weights = resolve_weights(Criteria(weights={"initiative": 2, "svc_commit": 1, "influence": 1}), ROLES)
    assert weights.domains == pytest.approx({"want": 0.75, "can": 0, "endure": 0, "lead": 0.25})
    assert weights.inside["want"]["initiative"] == pytest.approx(2 / 3)
    assert weights.constructs["initiative"] == pytest.approx(0.5)
    assert sum(weights.constructs.values()) == pytest.approx(1.0)
