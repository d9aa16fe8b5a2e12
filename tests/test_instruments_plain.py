"""Facts about files that are shown rather than computed with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assessment.instruments.reading import load_instruments
from tests.fixture_questionnaires import changed, load, shipped_tree, stops_of
from tests.test_instruments_battery import drop, put


def test_the_shipped_files_are_given_as_plain_data() -> None:
    instruments, _ = load_instruments()
    assert instruments is not None
    assert instruments.processes["cost_settings"] == {"contributions": 0.302, "working_hours_year": 1972}
    assert instruments.consent["minimum_group_default"] == 5
    assert set(instruments.feedback["domains"]) == {"want", "can", "endure", "lead"}
    assert instruments.catalogue["areas"][0]["id"] == "documents"


FAULTS: list[tuple[str, Callable[[Any], object], str, str]] = [
    ("process_questions", drop("fields"), "yaml_key_missing", "fields"),
    ("process_questions", put("text", "fields", 1, "id"), "yaml_id_duplicate", "fields[1].id"),
    ("process_questions", put(7, "cost_settings"), "yaml_not_map", "cost_settings"),
    ("consent", drop("consent_document"), "yaml_key_missing", "consent_document"),
    ("consent", put("five", "minimum_group_default"), "yaml_not_number", "minimum_group_default"),
    ("feedback", put([], "domains"), "yaml_not_map", "domains"),
    ("feedback", lambda tree: tree.update(band=tree.pop("bands")), "yaml_key_misspelt", "band"),
    ("process_catalogue", put("Z", "areas", 0, "group"), "yaml_choice_unknown", "areas[0].group"),
    ("process_catalogue", drop("areas", 0, "id"), "yaml_key_missing", "areas[0].id"),
    ("process_catalogue", put("word", "areas", 0, "kw"), "yaml_not_list", "areas[0].kw"),
]


@pytest.mark.parametrize(("file", "change", "code", "path"), FAULTS, ids=[f"{f[0]} {f[3]}" for f in FAULTS])
def test_one_thing_broken_is_one_stop_at_its_place(
    tmp_path: Path, file: str, change: Callable[[Any], object], code: str, path: str
) -> None:
    assert stops_of(changed(tmp_path, file, change)) == [(code, path)]


def test_a_campaigns_own_consent_replaces_the_shipped_one(tmp_path: Path) -> None:
    import yaml

    tree = {**shipped_tree("consent.yaml"), "minimum_group_default": 7}
    instruments, problems = load(tmp_path, consent=yaml.safe_dump(tree, allow_unicode=True))
    assert instruments is not None, problems
    assert instruments.consent["minimum_group_default"] == 7
    assert instruments.files["consent.yaml"] == "campaign"
