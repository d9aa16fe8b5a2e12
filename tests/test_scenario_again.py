"""A saved scenario comes back the same, or says what has changed since."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from assessment.campaign import Criteria
from assessment.messages import LANGUAGES, problem_text
from assessment.scenario.again import again, differences, revision_of
from assessment.standing import rank_people
from assessment.store.store import Scenario
from tests.small_measures import measures

CAMPAIGN = replace(measures().campaign, inputs={"staff.csv": "a" * 64, "survey_wide.csv": "b" * 64})
SAVED = Scenario("more", "T", Criteria(balance=1.0), seed=5, input_hash=CAMPAIGN.revision)


def codes(problems: object) -> list[str]:
    return [p.code for p in problems]  # type: ignore[attr-defined]


def test_the_same_data_and_seed_give_the_same_ranking() -> None:
    known = replace(measures(), campaign=CAMPAIGN, cache={})
    found = again(SAVED, known)
    assert found.problems == () and found.ranking is not None
    pd.testing.assert_frame_equal(found.ranking, rank_people(measures(), SAVED.criteria))


def test_another_seed_and_other_data_are_both_said_and_nothing_is_computed() -> None:
    changed = replace(CAMPAIGN, inputs={"staff.csv": "c" * 64, "interviews.csv": "d" * 64})
    found = again(SAVED, replace(measures(), campaign=changed, seed=6))
    assert found.ranking is None and codes(found.problems) == ["scenario_other_seed", "scenario_other_data"]


def test_with_the_old_import_at_hand_every_file_and_setting_is_named() -> None:
    settings = replace(CAMPAIGN.settings, shortlist=25)
    changed = replace(CAMPAIGN, inputs={"staff.csv": "c" * 64, "interviews.csv": "d" * 64}, settings=settings)
    found = differences(SAVED, changed, 5, CAMPAIGN)
    told = {(p.code, p.column) for p in found}
    assert told == {
        ("scenario_other_data", "input_hash"), ("scenario_file_changed", "staff.csv"),
        ("scenario_file_gone", "survey_wide.csv"), ("scenario_file_new", "interviews.csv"),
        ("scenario_setting_changed", "shortlist"),
    }  # fmt: skip
    for language in LANGUAGES:
        assert all("{" not in problem_text(p, language) for p in found)


def test_the_wrong_import_is_a_fault_of_the_caller() -> None:
    other = replace(CAMPAIGN, inputs={"staff.csv": "e" * 64})
    with pytest.raises(ValueError, match="not the scenario's"):
        differences(SAVED, other, 5, other)


def test_the_import_is_found_by_its_fingerprint() -> None:
    kept = [SimpleNamespace(number=n, fingerprint=f) for n, f in ((1, CAMPAIGN.revision), (2, "x"), (3, "y"))]
    assert revision_of(SAVED, kept) == 1
    assert revision_of(replace(SAVED, input_hash="gone"), kept) is None
