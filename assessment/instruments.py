"""The instruments of a campaign: questionnaires/*.yaml, checked when loaded, a campaign's own files over the shipped."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assessment.instrument_checks import Part
from assessment.instrument_types import (
    Battery,
    Behaviour,
    BiodataItem,
    Column,
    Competency,
    Condition,
    Dictionary,
    Gate,
    Instruments,
    Interview,
    Item,
    Observation,
    Option,
    PanelCondition,
    Pattern,
    Position,
    QualityItem,
    ResponseFormat,
    Role,
    Roles,
    Scale,
    Situation,
    SociometryQuestion,
    Table,
)
from assessment.instruments_battery import read_battery
from assessment.instruments_dictionary import read_dictionary
from assessment.instruments_rating import read_interview, read_observation
from assessment.instruments_roles import read_roles
from assessment.problems import Problem, stops
from assessment.yaml_file import Value, read_yaml

__all__ = [
    "Battery", "Behaviour", "BiodataItem", "Column", "Competency", "Condition", "Dictionary", "Gate", "Instruments",
    "Interview", "Item", "Observation", "Option", "PanelCondition", "Pattern", "Position", "QualityItem",
    "ResponseFormat", "Role", "Roles", "Scale", "Situation", "SociometryQuestion", "Table", "load_instruments",
]  # fmt: skip

SHIPPED = Path(__file__).resolve().parent.parent / "questionnaires"
FILES = {
    "battery": "battery.yaml",
    "observation": "observation.yaml",
    "interview": "interview.yaml",
    "roles": "roles.yaml",
    "dictionary": "data_dictionary.yaml",
    "processes": "process_questions.yaml",
    "consent": "consent.yaml",
    "feedback": "feedback.yaml",
    "catalogue": "process_catalogue.yaml",
}
LANGUAGES = ("ru", "en")


def load_instruments(folder: Path | None = None) -> tuple[Instruments | None, list[Problem]]:
    """The shipped instruments, or a campaign's own ones file by file over them.

    Parameters
    ----------
    folder : a campaign's questionnaires/; None or an absent folder means the shipped instruments

    Returns
    -------
    (instruments, problems) : every problem of every file at once; instruments is None where one of them stops
    """
    reading = _Reading(folder if folder is not None and folder.is_dir() else None)
    parts = {name: reading.part(file) for name, file in FILES.items()}
    if any(part is None for part in parts.values()):
        return None, reading.problems
    known = {name: part for name, part in parts.items() if part is not None}
    own = {name: reading.files[FILES[name]] == "campaign" for name in FILES}
    battery = read_battery(known["battery"])
    observation = read_observation(known["observation"], battery.languages if own["observation"] else LANGUAGES)
    interview = read_interview(known["interview"], battery.languages if own["interview"] else LANGUAGES)
    roles = read_roles(known["roles"], battery.languages if own["roles"] else LANGUAGES, shipped=not own["roles"])
    dictionary = read_dictionary(known["dictionary"], LANGUAGES)
    plain: dict[str, Any] = {name: known[name].plain() for name in ("processes", "consent", "feedback", "catalogue")}
    if stops(reading.problems):
        return None, reading.problems
    instruments = Instruments(
        battery, observation, interview, roles, dictionary, **plain, files=reading.files, sha256=reading.sha256
    )
    return instruments, reading.problems


@dataclass
class _Reading:
    """Where each file came from, its digest, and every problem so far."""

    folder: Path | None
    problems: list[Problem] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)

    def part(self, file: str) -> Part | None:
        """The whole of one file as a Part, the campaign's own where it brings one."""
        own = self.folder is not None and (self.folder / file).is_file()
        self.files[file] = "campaign" if own else "shipped"
        value = self._own(file) if own else self._shipped(file)
        return None if value is None else Part(value, "", file, self.problems)

    def _own(self, file: str) -> Value | None:
        assert self.folder is not None
        data = (self.folder / file).read_bytes()
        self.sha256[file] = hashlib.sha256(data).hexdigest()
        value, problems = read_yaml(data, file)
        self.problems.extend(problems)
        return value

    def _shipped(self, file: str) -> Value | None:
        value, problems = read_yaml(SHIPPED / file, file)
        self.problems.extend(problems)
        return value
