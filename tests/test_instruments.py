"""Facts about loading the instruments of a campaign."""

from __future__ import annotations

import hashlib
import string
import tempfile
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessment.instruments.reading import FILES, SHIPPED, load_instruments
from assessment.messages import catalogue, problem_text
from assessment.problems import stops
from tests.fixture_questionnaires import FOREIGN, load, shipped_tree, stops_of

OUR_PREFIXES = ("yaml_", "battery_", "roles_", "rating_", "dictionary_", "instrument_", "style_", "settings_")


def test_the_shipped_files_load_without_a_single_remark() -> None:
    instruments, problems = load_instruments()
    assert problems == []
    assert instruments is not None
    assert set(instruments.files.values()) == {"shipped"}
    assert instruments.sha256 == {}


def test_a_folder_that_is_not_there_means_the_shipped_files(tmp_path: Path) -> None:
    assert load_instruments(tmp_path / "none")[0] == load_instruments()[0]


def test_a_campaigns_own_file_is_named_with_its_digest(tmp_path: Path) -> None:
    instruments, _ = load(tmp_path, battery=FOREIGN)
    assert instruments is not None
    assert instruments.files["battery.yaml"] == "campaign"
    assert instruments.files["roles.yaml"] == "shipped"
    assert instruments.sha256 == {"battery.yaml": hashlib.sha256(FOREIGN.encode()).hexdigest()}


def test_an_empty_file_of_the_campaign_stops(tmp_path: Path) -> None:
    assert stops_of(load(tmp_path, roles="")[1]) == [("yaml_empty", "")]


def test_files_that_are_broken_are_all_named(tmp_path: Path) -> None:
    _, problems = load(tmp_path, roles="a: [", battery="{", interview="")
    assert {problem.table for problem in stops(problems)} == {"roles.yaml", "battery.yaml", "interview.yaml"}


def test_a_duplicate_key_stops(tmp_path: Path) -> None:
    found = stops_of(load(tmp_path, battery=FOREIGN + "domains: {kind: Kindness}\n")[1])
    assert ("yaml_duplicate_key", "domains") in found


def test_a_misnamed_file_stops_and_a_strange_one_is_noted(tmp_path: Path) -> None:
    instruments, problems = load(tmp_path, batery=FOREIGN, shopping="a: 1")
    assert instruments is None
    assert [(p.code, p.severity, p.table) for p in problems] == [
        ("instrument_file_misnamed", "stop", "batery.yaml"),
        ("instrument_file_unknown", "note", "shopping.yaml"),
    ]


def test_a_folder_named_like_a_file_stops(tmp_path: Path) -> None:
    (tmp_path / "roles.yaml").mkdir()
    assert stops_of(load(tmp_path)[1]) == [("yaml_not_opened", "")]


@pytest.mark.parametrize("file", sorted(FILES.values()))
@pytest.mark.parametrize("content", ["3", "[]", "word", "null", "- a\n- b", "{1: {2: [3]}}", "a: b"])
def test_no_content_of_the_wrong_kind_is_let_through(tmp_path: Path, file: str, content: str) -> None:
    instruments, problems = load(tmp_path, **{file.removesuffix(".yaml"): content})
    assert instruments is None
    assert stops(problems)


def test_every_code_has_a_text_in_both_languages_with_the_same_fields() -> None:
    fields = {
        language: {
            key: {field for _, field, _, _ in string.Formatter().parse(text) if field}
            for key, text in catalogue(language).items()
            if isinstance(text, str) and key.removeprefix("problem.").startswith(OUR_PREFIXES)
        }
        for language in ("ru", "en")
    }
    assert fields["ru"] == fields["en"]
    assert len(fields["ru"]) > 70


TREES = {name: shipped_tree(name) for name in FILES.values()}
ODD: Any = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 10**20), st.floats(), st.sampled_from(["", "resil", "нет", "a;b", "{x}"]),
    st.just([]), st.just({}), st.just([[1]]), st.just({"id": ["x"], "ru": 3}), st.just([None, {"id": None}]),
)  # fmt: skip


def places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path, *(place for key, value in below for place in places(value, (*path, key)))]


PLACES = {name: places(tree)[1:] for name, tree in TREES.items()}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_change_of_a_file_makes_loading_crash_and_every_problem_can_be_told(data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(sorted(TREES)))
    tree = deepcopy(TREES[file])
    for _ in range(data.draw(st.integers(1, 4))):
        spot = tree
        path = data.draw(st.sampled_from(PLACES[file]))
        for key in path[:-1]:
            reachable = isinstance(spot, dict) and key in spot or isinstance(spot, list) and isinstance(key, int)
            if not reachable or isinstance(spot, list) and key >= len(spot):
                break
            spot = spot[key]
        else:
            if isinstance(spot, dict):
                if data.draw(st.booleans()):
                    spot.pop(path[-1], None)
                else:
                    spot[path[-1]] = data.draw(ODD)
            elif isinstance(spot, list) and isinstance(path[-1], int) and path[-1] < len(spot):
                spot[path[-1]] = data.draw(ODD)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / file).write_text(yaml.dump(tree, Dumper=yaml.CSafeDumper, allow_unicode=True), encoding="utf-8")
        instruments, problems = load_instruments(Path(folder))
    assert (instruments is None) == bool(stops(problems))
    for problem in problems:
        assert problem_text(problem, "ru")
        assert problem_text(problem, "en")


def test_the_shipped_folder_holds_the_declared_files_and_nothing_else() -> None:
    assert {path.name for path in SHIPPED.glob("*.yaml")} == set(FILES.values())
