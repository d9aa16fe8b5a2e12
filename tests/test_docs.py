"""The pages under docs/ speak of code that exists, with the numbers it has, and of nothing on this machine."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from models.latent_sources import PRIORS

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs").glob("*.md"))
PLACE = re.compile(r"`([\w/]+\.py)(?:: (\w+))?`")
CONSTANT = re.compile(r"^\| `([\w/]+)\.py: (\w+)` \| ([\d.]+) \|$", re.MULTILINE)
PRIOR = re.compile(r"^\| (\w+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|", re.MULTILINE)


def text(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def places(page: str) -> list[tuple[str, str]]:
    return sorted(set(PLACE.findall(page)))


def constants(page: str) -> list[tuple[str, str, str]]:
    return CONSTANT.findall(page)


def test_there_is_a_page_on_measurement_and_readme_leads_to_it():
    assert "(docs/measurement.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(places(text("measurement.md"))) > 20


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_code_that_a_page_names_exists(page):
    for path, name in places(page.read_text(encoding="utf-8")):
        assert (ROOT / path).exists(), path
        if name:
            module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
            assert hasattr(module, name), f"{path}: {name}"


def test_numbers_of_the_page_are_those_of_the_code():
    found = constants(text("measurement.md"))
    assert len(found) > 20
    for path, name, value in found:
        module = importlib.import_module(path.replace("/", "."))
        assert float(value) == getattr(module, name), f"{path}: {name}"


def test_expectations_of_the_sources_are_those_of_the_code():
    found = {source: tuple(map(float, values)) for source, *values in PRIOR.findall(text("measurement.md"))}
    assert {source: found.get(source) for source in PRIORS} == PRIORS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    content = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)", content):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_of_a_page_exist(page):
    for module in re.findall(r"python3? -m ([\w.]+)", page.read_text(encoding="utf-8")):
        assert importlib.util.find_spec(module), module


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_knows_no_machine(page):
    assert not re.search(r"(?<![\w.])/(?:work|root|tmp|home)\b", page.read_text(encoding="utf-8"))
