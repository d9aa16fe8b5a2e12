"""Each source as value and error; what cannot be trusted is left out and said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assessment.scoring.sources import (
    facts_and_situations,
    in_true_units,
    interviews,
    observation,
    self_report,
    unshrunk,
)
from tests.small_campaign import random_answers, shipped, small_campaign

PEOPLE = [f"P{i:03d}" for i in range(120)]


def codes(problems: list) -> list[tuple[str, str]]:
    return [(p.code, p.severity) for p in problems]


def ratings(pairs: list[tuple[str, str]], seed: int = 0) -> list[dict]:
    rng = np.random.default_rng(seed)
    level = {p: rng.normal(3, 0.8) for p in dict.fromkeys(p for p, _ in pairs)}
    rows = []
    for person, observer in pairs:
        for behaviour in shipped().observation.behaviours:
            value = float(np.clip(np.round(level[person] + rng.normal(0, 0.7)), 1, 5))
            row = {"event_id": "T1", "group_id": "G1", "activity_id": "a", "observer_id": observer}
            rows.append({**row, "person_id": person, "behaviour_id": behaviour, "rating": value})
    return rows


def test_unshrinking_undoes_the_prior() -> None:
    """A value y with error e under N(0, 1) has the posterior mean y / (1 + e) and variance e / (1 + e)."""
    y, e = pd.Series([1.5, -0.4]), pd.Series([0.5, 2.0])
    value, error = unshrunk(y / (1 + e), np.sqrt(e / (1 + e)))
    assert value.tolist() == pytest.approx(y.tolist()) and error.tolist() == pytest.approx(e.tolist())


def test_a_posterior_as_wide_as_the_prior_tells_nothing() -> None:
    value, error = unshrunk(pd.Series([0.0]), pd.Series([1.0]))
    assert value.isna().all() and error.isna().all()


def test_true_units_leave_a_spread_of_one_beside_the_errors() -> None:
    rng = np.random.default_rng(0)
    value = pd.Series(2.0 * rng.normal(size=20000) + rng.normal(size=20000))
    scaled, error = in_true_units(value, pd.Series(1.0, index=value.index))
    assert scaled.var() - error.mean() == pytest.approx(1.0, abs=0.02) and error.mean() == pytest.approx(0.25, abs=0.02)


def test_an_item_that_runs_against_its_key_takes_its_scale_out_of_the_model() -> None:
    answers = random_answers(PEOPLE)
    answers["in1"] = 6 - answers["in1"]
    source = self_report(small_campaign(PEOPLE, answers))
    assert ("item_against_key", "source") in codes(source.problems)
    assert next(p for p in source.problems if p.code == "item_against_key").params["items"] == "in1"
    assert "initiative" not in source.values and "svc_commit" in source.values
    assert "initiative" in source.measures  # it stays to be looked at


def test_a_scale_below_half_reliability_is_no_basis_of_decisions() -> None:
    rng = np.random.default_rng(1)
    answers = random_answers(PEOPLE) | {i: rng.integers(1, 6, 120).astype(float) for i in ("re1", "re2", "re3", "re4")}
    source = self_report(small_campaign(PEOPLE, answers))
    bad = [p for p in source.problems if p.column == "resil"]
    assert bad and bad[0].severity == "source" and "resil" not in source.values


def test_below_sixty_people_the_plain_measure_has_its_standard_error() -> None:
    people = PEOPLE[:30]
    source = self_report(small_campaign(people, random_answers(people)))
    errors = source.standard_errors["svc_commit"]
    assert errors.between(0.1, 0.9).all() and source.facts["scales"]["svc_commit"]["n"] == 30


def test_fewer_answers_give_a_wider_error() -> None:
    answers = random_answers(PEOPLE)
    for item in ("sc1", "sc2", "sc4"):
        answers[item][0] = np.nan
    errors = self_report(small_campaign(PEOPLE, answers)).standard_errors["svc_commit"]
    assert errors.iloc[0] > 1.15 * errors.median()


def test_observers_who_share_nobody_are_left_out_and_named() -> None:
    pairs = [(p, "O1" if i < 60 else "O2") for i, p in enumerate(PEOPLE)]
    source = observation(small_campaign(PEOPLE, observations=ratings(pairs)))
    assert codes(source.problems) == [("ratings_disconnected", "source")] and source.values.shape[1] == 0
    assert {"O1", "O2"} <= set(source.problems[0].params["groups"].replace(";", ",").replace(" ", "").split(","))


def test_linked_observers_give_values_errors_and_severities() -> None:
    pairs = [(p, f"O{k}") for i, p in enumerate(PEOPLE) for k in (i % 4, (i + 1) % 4)]
    source = observation(small_campaign(PEOPLE, observations=ratings(pairs)))
    assert set(source.values) == set(shipped().observation.behaviours)
    assert (source.errors.min() > 0).all()
    assert set(source.facts["observers"]) == {"O0", "O1", "O2", "O3"}
    assert all(o["n"] > 100 and o["se"] > 0 for o in source.facts["observers"].values())


def test_a_handful_of_ratings_is_a_mean_with_a_note() -> None:
    source = observation(small_campaign(PEOPLE[:4], observations=ratings([(p, "O1") for p in PEOPLE[:2]])))
    assert ("ratings_too_few", "note") in codes(source.problems) and source.values.notna().any().any()


def test_no_ratings_and_no_facts_tell_nothing_and_say_nothing() -> None:
    campaign = small_campaign(PEOPLE)
    for source in (observation(campaign), interviews(campaign), facts_and_situations(campaign)):
        assert source.values.shape[1] == 0 and not source.problems
