"""The office's policy: what invented decisions follow is found, and who decides otherwise is seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from assessment.messages import LANGUAGES, catalogue, problem_text
from assessment.policy import audit, card, consultants, decided_table, domain_points, learn, learn_from_pairs
from tests.small_measures import PEOPLE, measures

POINTS = domain_points(measures())
DOMAINS = list(POINTS.columns)


def invented(weights: dict[str, float], n: int = 1500, seed: int = 1, firmness: float = 6.0) -> pd.DataFrame:
    """Decisions of three consultants; C decides by coin."""
    rng = np.random.default_rng(seed)
    who = rng.choice(PEOPLE, n)
    x = POINTS.loc[who].reset_index(drop=True)
    value = firmness * (x * pd.Series(weights)).sum(axis=1)
    by = np.array(["A", "B", "C"])[np.arange(n) % 3]
    p = np.where(by == "C", 0.5, 1 / (1 + np.exp(-value)))
    table = pd.DataFrame({"person_id": who, "decided_by": by, "chosen": (rng.random(n) < p).astype(int)})
    return table.join(x)


MOSTLY_CAN = {"want": 0.1, "can": 0.8, "endure": 0.1, "lead": 0.0}


def test_an_office_that_looks_at_one_domain_is_found_out() -> None:
    table = invented(MOSTLY_CAN)
    policy, problems = learn(table[table["decided_by"] != "C"], measures())
    assert policy is not None and not problems
    assert policy.weights["can"] > 0.55 and sum(policy.weights.values()) == pytest.approx(1)
    assert policy.figures["log_loss"] < policy.figures["log_loss_expert"]


def test_an_office_that_follows_the_experts_keeps_their_weights() -> None:
    expert, _ = learn(invented(MOSTLY_CAN), measures())
    assert expert is not None
    policy, problems = learn(invented(expert.expert, 120, seed=3), measures())
    assert policy is not None and max(abs(policy.weights[d] - policy.expert[d]) for d in DOMAINS) < 0.12
    assert [p.code for p in problems] in ([], ["policy_is_the_experts"])


def test_a_consultant_who_decides_otherwise_is_seen() -> None:
    table = invented(MOSTLY_CAN)
    policy, _ = learn(table, measures())
    assert policy is not None
    found = consultants(policy, table)
    assert found["agree"].idxmin() == "C" and found.loc["C", "kappa"] < 0.2 < found.loc["A", "kappa"]
    assert found["n"].sum() == len(table) and not found["few"].any()


def test_too_few_decisions_teach_nothing_and_say_how_many_are_needed() -> None:
    table = invented(MOSTLY_CAN, 20)
    policy, problems = learn(table, measures())
    assert policy is None and [p.code for p in problems] == ["policy_too_few"]
    one_kind = invented(MOSTLY_CAN, 100).assign(chosen=1)
    assert learn(one_kind, measures())[0] is None
    for language in LANGUAGES:
        assert "20" in problem_text(problems[0], language)


def test_answers_to_pairwise_questions_give_the_same_weights() -> None:
    rng = np.random.default_rng(2)
    one, other = rng.choice(PEOPLE, (2, 900))
    keep = one != other
    one, other = one[keep], other[keep]
    away = (POINTS.loc[one].to_numpy() - POINTS.loc[other].to_numpy()) @ np.array(list(MOSTLY_CAN.values()))
    first = rng.random(len(one)) < 1 / (1 + np.exp(-4 * away))
    pairs = pd.DataFrame({"preferred": np.where(first, one, other), "other": np.where(first, other, one)})
    policy, _ = learn_from_pairs(pairs, measures())
    assert policy is not None and policy.weights["can"] > 0.55 and policy.source == "pairs"
    assert policy.model.intercept_ == 0
    assert learn_from_pairs(pairs.head(5), measures())[0] is None


def test_the_same_decisions_in_another_order_give_the_same_policy() -> None:
    table = invented(MOSTLY_CAN).drop_duplicates(["person_id", "decided_by"])
    turned = table.sample(frac=1, random_state=1)
    first, again = learn(table, measures())[0], learn(turned, measures())[0]
    assert first is not None and again is not None and first.weights == again.weights
    pd.testing.assert_frame_equal(consultants(first, table), consultants(again, turned))


def test_the_audit_counts_everybody_once_and_names_groups_that_are_too_few() -> None:
    policy, _ = learn(invented(MOSTLY_CAN), measures())
    assert policy is not None
    found = audit(policy, measures(), 20)
    by = found.groupby("column")
    assert (by["n"].sum() == 90).all() and (by["by_policy"].sum() == 20).all() and (by["by_expert"].sum() == 20).all()
    assert set(found["column"]) == {"gender", "age"} and found["ratio_policy"].max() == 1.0
    staff = measures().campaign.staff.assign(gender=["x"] * 3 + ["f"] * 87)
    small = replace(measures(), campaign=replace(measures().campaign, staff=staff), cache={})
    rare = audit(policy, small, 20, ["gender"]).set_index("group")
    assert rare.loc["x", "few"] and not rare.loc["f", "few"] and rare.loc["x", "n"] == 3


def test_the_card_says_what_was_decided_and_never_valid() -> None:
    table = invented(MOSTLY_CAN)
    policy, _ = learn(table, measures())
    assert policy is not None
    told = card(policy, table, measures(), audit(policy, measures(), 20))
    assert told["says"] == "what_was_decided" and len(told["data"]) == 64 and told["consultants"] == 3
    assert "valid" not in repr(told).lower() and told["revision"] == measures().campaign.revision
    for language in LANGUAGES:
        words = [str(v).lower() for k, v in catalogue(language).items() if k.startswith(("policy.", "problem.policy"))]
        assert words and not any("valid" in w or "валид" in w for w in words)
    shuffled = card(policy, table.sample(frac=1, random_state=1), measures(), audit(policy, measures(), 20))
    changed = card(policy, table.assign(chosen=1 - table["chosen"]), measures(), audit(policy, measures(), 20))
    assert changed["data"] != told["data"] and shuffled["data"] == told["data"]


def test_decisions_of_a_campaign_become_rows_with_domains() -> None:
    rows = pd.DataFrame({
        "person_id": ["P010", "P011", "P010", "P012"], "stage": ["shortlist", "shortlist", "shortlist", "team"],
        "proposed_by_model": True, "decision": ["out", "reserve", "in", "in"], "reason": "x",
        "decided_by": ["A", "B", "B", "A"],
        "decided_at": pd.to_datetime(["2026-11-01", "2026-11-01", "2026-11-02", "2026-11-01"]), "role": "",
    })  # fmt: skip
    campaign = replace(measures().campaign, decisions=rows)
    table = decided_table(campaign, measures()).set_index("person_id")
    assert table["chosen"].to_dict() == {"P010": 1, "P011": 0} and table.loc["P010", "decided_by"] == "B"
    assert table.loc["P011", DOMAINS].astype(float).to_numpy() == pytest.approx(POINTS.loc["P011"].to_numpy())
