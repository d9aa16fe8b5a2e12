"""Questionnaires of a campaign's own for tests: a foreign battery, and shipped files with one thing broken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from assessment.instruments.reading import SHIPPED, Instruments, load_instruments
from assessment.problems import NOTE, STOP, Problem
from assessment.yaml_file import read_yaml

FOREIGN = """
id: temper
version: "1"
languages: [en]
response_formats:
  six: {type: ordinal, values: [1, 2, 3, 4, 5, 6]}
domains:
  kind: {en: Kindness}
  order: Orderliness
  place: The office
scales:
  warmth: {domain: kind}
  tidiness: {domain: order, min_answered: 0.5, name: {en: Tidiness}}
  noise: {domain: place, level: unit}
items:
  - {id: w1, scale: warmth, key: -1, format: six, en: "I hardly care how others feel."}
  - {id: w2, scale: warmth, format: six, en: "I ask how others are."}
  - {id: t1, scale: tidiness, format: six, en: "I put things back."}
  - {id: t2, scale: tidiness, key: -1, format: six, en: "I leave a mess."}
  - {id: n1, scale: noise, format: six, en: "It is loud here."}
"""


def shipped_tree(file: str) -> Any:
    """A shipped file as plain data, to be changed."""
    value, problems = read_yaml(SHIPPED / file, file)
    assert value is not None and not problems
    return value.plain()


def load(folder: Path, **files: str) -> tuple[Instruments | None, list[Problem]]:
    """Load instruments with the given files (without .yaml) as the campaign's own."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
    return load_instruments(folder)


def changed(folder: Path, file: str, change: Callable[[Any], object]) -> list[Problem]:
    """The problems of a shipped file that a campaign brought with one change."""
    tree = shipped_tree(f"{file}.yaml")
    change(tree)
    return load(folder, **{file: yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, width=1000)})[1]


def stops_of(problems: list[Problem]) -> list[tuple[str, str]]:
    """(code, path) of the problems that stop, in order."""
    return [(problem.code, problem.column) for problem in problems if problem.severity == STOP]


def notes_of(problems: list[Problem]) -> list[str]:
    """Codes of the notes, in order."""
    return [problem.code for problem in problems if problem.severity == NOTE]
