"""What-if: who enters, who leaves, and what moved them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.campaign import Criteria
from assessment.scenario import compare as scenario

ROLES = SimpleNamespace(
    domains={"want": ("a", "b"), "can": ("c",), "lead": ("d",)}, constructs={"a": 30.0, "b": 14.0, "c": 36.0, "d": 20.0}
)
DOMAINS = list(ROLES.domains)


def ranked(values: pd.DataFrame, weights, balance: float = 1.0) -> pd.DataFrame:
    """A ranking by the power mean of point values alone."""
    shares = scenario.domain_shares(Criteria(weights), ROLES)
    level = np.clip(0.5 + values / 6, 0.02, 0.98)
    w = np.array([shares[d] for d in DOMAINS])
    mean = np.exp(np.log(level) @ w) if balance == 0 else ((level**balance) @ w) ** (1 / balance)
    table = values.assign(standing=mean, p_shortlist=0.5, p_team=0.5).sort_values(
        "standing", ascending=False, kind="stable"
    )
    return table.assign(rank=np.arange(1, len(table) + 1))


def people(rows) -> pd.DataFrame:
    return pd.DataFrame(
        rows, columns=DOMAINS, index=pd.Index([f"P{k}" for k in range(len(rows))], name="person_id"), dtype=float
    )


THREE = people([(2.0, 0.0, 0.0), (0.0, 2.0, 0.0), (0.0, 0.0, 2.0)])


def compare(values, before, after, size=1):
    return scenario.compare(
        ranked(values, before.weights, before.balance),
        ranked(values, after.weights, after.balance),
        before,
        after,
        size,
        ROLES,
    )


def test_shares_of_the_domains_add_up_to_one_in_every_notation():
    for weights in ("expert", "equal", {"want": 3, "can": 1}, {"a": 1, "d": 1}):
        assert sum(scenario.domain_shares(Criteria(weights), ROLES).values()) == pytest.approx(1.0)
    assert scenario.domain_shares(Criteria("expert"), ROLES)["want"] == pytest.approx(0.44)


def test_the_same_criteria_move_nobody():
    assert compare(THREE, Criteria("expert", 1.0), Criteria("expert", 1.0)).empty


def test_the_weight_that_grew_is_the_reason_of_who_enters():
    moved = compare(
        THREE, Criteria({"want": 5, "can": 1, "lead": 1}, 1.0), Criteria({"want": 1, "can": 1, "lead": 5}, 1.0)
    )
    entered = moved.loc["P2"]
    assert (entered["side"], entered["reason"], entered["domain"]) == ("entered", "weight", "lead")
    assert (entered["weight_before"], entered["weight_after"]) == (pytest.approx(1 / 7), pytest.approx(5 / 7))
    assert entered["domain_value"] == 70.0


def test_the_weight_that_shrank_is_the_reason_of_who_leaves():
    moved = compare(
        THREE, Criteria({"want": 5, "can": 1, "lead": 1}, 1.0), Criteria({"want": 1, "can": 1, "lead": 5}, 1.0)
    )
    assert (moved.loc["P0", "side"], moved.loc["P0", "domain"]) == ("left", "want")


def test_who_leaves_because_of_a_weak_side_is_told_the_weakest_domain():
    values = people([(2.5, 2.5, -2.5), (0.6, 0.6, 0.6)])
    moved = compare(values, Criteria("equal", 1.0), Criteria("equal", -3.0))
    assert (moved.loc["P0", "reason"], moved.loc["P0", "domain"]) == ("balance", "lead")
    assert moved.loc["P1", "side"] == "entered"


def test_another_reading_is_a_reason_of_its_own():
    before, after = ranked(THREE, {"want": 1}), ranked(THREE, {"lead": 1})
    moved = scenario.compare(before, after, Criteria("expert"), Criteria("expert", 0.0, "plain"), 1, ROLES)
    assert set(moved["reason"]) == {"reading"}


def test_a_missing_domain_is_no_reason():
    values = people([(2.0, np.nan, 0.0), (0.0, 1.0, 2.0)])
    moved = scenario.compare(
        ranked(values.fillna(0), {"want": 1}).assign(can=[np.nan, 1.0]), ranked(values.fillna(0), {"lead": 1}),
        Criteria({"want": 1}), Criteria({"lead": 1}), 1, ROLES,
    )  # fmt: skip
    assert "can" not in set(moved["domain"])


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 20))
def test_as_many_enter_as_leave(seed, size):
    rng = np.random.default_rng(seed)
    values = people(rng.normal(size=(30, 3)).tolist())
    moved = compare(
        values, Criteria("expert", 1.0), Criteria(dict(zip(DOMAINS, rng.uniform(0.1, 1, 3), strict=True)), 0.0), size
    )
    assert (moved["side"] == "entered").sum() == (moved["side"] == "left").sum()
    assert (moved.loc[moved["side"] == "entered", "rank_after"] <= size).all()
    assert (moved.loc[moved["side"] == "left", "rank_before"] <= size).all()


def test_overlap_counts_those_on_both_lists():
    assert scenario.overlap(ranked(THREE, {"want": 1}), ranked(THREE, {"lead": 1}), 1) == 0
    assert scenario.overlap(ranked(THREE, "equal"), ranked(THREE, "equal"), 2) == 2
