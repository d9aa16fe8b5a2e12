"""Why a person stands there: contributions add up, the profile keeps its order, evidence keeps its facts."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.explain import reasons as explain

SHARES = {"want": 0.5, "can": 0.3, "lead": 0.2}


def row(standing: float, **domains: float) -> pd.Series:
    return pd.Series({"standing": standing, **domains})


@given(st.floats(0.02, 0.98), *(st.floats(-4, 4) for _ in range(3)))
def test_contributions_lead_from_the_middle_to_the_standing(standing, want, can, lead):
    steps = explain.contributions(row(standing, want=want, can=can, lead=lead), SHARES)
    assert steps["step"].iloc[[0, -2, -1]].tolist() == ["middle", "weak_side", "total"]
    parts = steps.iloc[1:-1]
    assert 50 + parts["points"].sum() == pytest.approx(100 * standing)
    assert np.allclose(parts["start"].iloc[1:], parts["end"].iloc[:-1])


def test_a_weighted_sum_leaves_nothing_for_the_weak_side():
    z = {"want": 1.2, "can": -0.6, "lead": 0.3}
    standing = 0.5 + sum(SHARES[d] * v for d, v in z.items()) / 6
    steps = explain.contributions(row(standing, **z), SHARES).set_index("step")
    assert steps.loc["weak_side", "points"] == pytest.approx(0)
    assert steps.loc["want", "points"] == pytest.approx(10.0)


def test_the_largest_contribution_comes_first():
    steps = explain.contributions(row(0.6, want=0.1, can=-2.0, lead=1.0), SHARES)["step"].tolist()
    assert steps[1:4] == ["can", "lead", "want"]


def test_a_domain_that_was_not_measured_contributes_nothing():
    steps = explain.contributions(row(0.5, want=np.nan, can=0.0, lead=0.0), SHARES).set_index("step")
    assert steps.loc["want", "points"] == 0


def measures() -> SimpleNamespace:
    ids = pd.Index(["P1", "P2", "P3"], name="person_id")
    values = pd.DataFrame({"a": [1.0, 0.0, -1.0], "b": [0.5, 0.5, np.nan], "c": [-0.2, 0.0, 0.4]}, index=ids)
    return SimpleNamespace(constructs=values, construct_errors=values * 0 + 0.5)


def test_a_profile_has_t_scores_with_a_ninety_percent_interval():
    found = explain.profile(measures(), "P1", {"want": ("a", "b"), "can": ("c",)}, ["P2", "P3"])
    first = found.iloc[0]
    assert (first["construct"], first["value"], first["middle_of_shortlist"]) == ("a", 60.0, 45.0)
    assert first["high"] - first["value"] == pytest.approx(1.645 * 5, abs=0.01)
    assert found["domain"].tolist() == ["want", "want", "can"]


def test_a_construct_nobody_measured_is_left_out_of_the_profile():
    assert explain.profile(measures(), "P1", {"want": ("a", "unknown")})["construct"].tolist() == ["a"]


def campaign(observations: pd.DataFrame) -> SimpleNamespace:
    observation = SimpleNamespace(lowest=1, highest=5, positions={"initiator": 0, "critic": 0, "analyst": 0})
    return SimpleNamespace(observations=observations, instruments=SimpleNamespace(observation=observation))


def seen() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "event_id": ["T2", "T1", "T1", "T1", "T1"],
            "group_id": "G1",
            "activity_id": "a",
            "person_id": ["P1", "P1", "P1", "P1", "P2"],
            "observer_id": ["O1", "O2", "O2", "O2", "O1"],
            "behaviour_id": ["lead", "lead", "bring", "ideas", "lead"],
            "rating": [3.0, 5.0, 2.0, np.nan, 4.0],
            "evidence": [None, "Собрала схему", "Молчала", None, None],
            "position_primary": ["critic", "initiator", "initiator", "initiator", "critic"],
        }
    )


def test_evidence_names_facts_first_and_nobody_else():
    found = explain.evidence(campaign(seen()), "P1")
    assert found["fact"].tolist() == ["Собрала схему", "Молчала", ""]
    assert found["rating"].tolist() == [5, 2, 3]


def test_positions_count_each_sheet_once_and_show_zeros():
    counts, sheets = explain.positions(campaign(seen()), "P1")
    assert counts.to_dict() == {"initiator": 1, "critic": 1, "analyst": 0}
    assert sheets == 2


def test_a_person_nobody_saw_has_no_evidence():
    assert explain.evidence(campaign(seen()), "P9").empty
    assert explain.positions(campaign(seen()), "P9")[1] == 0


def test_questions_begin_where_the_interval_reaches_lowest_and_name_a_competency_once():
    competencies = {
        "iv_one": SimpleNamespace(id="iv_one", feeds=("a", "b")),
        "iv_two": SimpleNamespace(id="iv_two", feeds=("c",)),
    }
    instruments = SimpleNamespace(interview=SimpleNamespace(competencies=competencies))
    asked = explain.questions(explain.profile(measures(), "P3", {"want": ("a", "b"), "can": ("c",)}), instruments)
    assert asked["competency"].tolist() == ["iv_one", "iv_two"]
    assert asked["construct"].tolist() == ["a", "c"]
