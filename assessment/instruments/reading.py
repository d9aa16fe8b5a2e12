"""The instruments of a campaign: YAML files, checked when loaded, a campaign's own ones over the shipped."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from assessment.indicator_map import fit_shipped_roles
from assessment.instruments.battery import read_battery
from assessment.instruments.checks import TYPO, Part, alike
from assessment.instruments.dictionary import complete_dictionary, read_dictionary
from assessment.instruments.plain import read_plain
from assessment.instruments.rating import read_interview, read_observation
from assessment.instruments.references import check_feeds, complete_own_roles
from assessment.instruments.roles import read_roles
from assessment.instruments.style import style_notes
from assessment.instruments.types import (
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
from assessment.problems import NOTE, STOP, Problem, stops
from assessment.yaml_file import Value, file_bytes, read_yaml

__all__ = [
    "Battery", "Behaviour", "BiodataItem", "Column", "Competency", "Condition", "Dictionary", "Gate", "Instruments",
    "Interview", "Item", "Observation", "Option", "PanelCondition", "Pattern", "Position", "QualityItem",
    "ResponseFormat", "Role", "Roles", "Scale", "Situation", "SociometryQuestion", "Table", "load_instruments",
]  # fmt: skip

SHIPPED = Path(__file__).resolve().parents[2] / "questionnaires"
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
PLAIN = ("processes", "consent", "feedback", "catalogue")
JOINED = {FILES["battery"], FILES["observation"], FILES["interview"]}
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
    parts = {name: part for name, file in FILES.items() if (part := reading.part(file)) is not None}
    reading.strangers()
    if len(parts) < len(FILES):
        return None, reading.problems
    own = {name: reading.files[file] == "campaign" for name, file in FILES.items()}
    instruments = _assemble(parts, own, reading)
    return (None if stops(reading.problems) else instruments), reading.problems


def _assemble(parts: Mapping[str, Part], own: Mapping[str, bool], reading: _Reading) -> Instruments:
    """Every file read, then the names they use of one another."""
    battery = read_battery(parts["battery"])
    languages = {name: battery.languages if brought else LANGUAGES for name, brought in own.items()}
    observation = read_observation(parts["observation"], languages["observation"])
    interview = read_interview(parts["interview"], languages["interview"])
    roles = read_roles(parts["roles"], languages["roles"], shipped=not own["roles"])
    plain = {name: read_plain(parts[name], reading.outline(name)) for name in PLAIN}
    dictionary = read_dictionary(parts["dictionary"], LANGUAGES)
    if own["dictionary"]:
        dictionary = complete_dictionary(dictionary, reading.shipped_dictionary(), parts["dictionary"])
    broken = {problem.table for problem in stops(reading.problems)}
    if roles.constructs and not broken & JOINED:  # names are checked against files that are whole in themselves
        battery, observation, interview, roles = _join(battery, observation, interview, roles, parts, own)
    if own["battery"] and not stops(reading.problems):
        reading.problems.extend(style_notes(battery, FILES["battery"]))
    return Instruments(
        battery, observation, interview, roles, dictionary, **plain, files=reading.files, sha256=reading.sha256
    )


def _join(
    battery: Battery,
    observation: Observation,
    interview: Interview,
    roles: Roles,
    parts: Mapping[str, Part],
    own: Mapping[str, bool],
) -> tuple[Battery, Observation, Interview, Roles]:
    battery = _with_role_options(battery, roles)
    if own["roles"] or not (own["battery"] or own["observation"] or own["interview"]):
        roles = complete_own_roles(parts["roles"], roles, battery, observation, interview)
    else:
        roles = fit_shipped_roles(roles, battery, observation, interview, own, parts["roles"].problems)
    if any(problem.table == FILES["roles"] for problem in stops(parts["roles"].problems)):
        return battery, observation, interview, roles
    behaviours = check_feeds(
        parts["observation"].map()["behaviours"], observation.behaviours, roles.constructs, own["observation"]
    )
    competencies = check_feeds(
        parts["interview"].map()["competencies"], interview.competencies, roles.constructs, own["interview"]
    )
    return (
        _with_role_options(battery, roles),
        replace(observation, behaviours=behaviours),
        replace(interview, competencies=competencies),
        roles,
    )


def _with_role_options(battery: Battery, roles: Roles) -> Battery:
    """Conditions whose options are the roles of the team (`options_from`) get them."""
    raw = {entry["id"]: entry for entry in battery.raw.get("conditions", []) if "options_from" in entry}
    options = tuple(Option(role.id, None, role.name) for role in roles.roles.values())
    filled = {
        name: replace(condition, options=options) if name in raw else condition
        for name, condition in battery.conditions.items()
    }
    return replace(battery, conditions=filled)


@dataclass
class _Reading:
    """Where each file came from, its digest, and every problem so far."""

    folder: Path | None
    problems: list[Problem] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)

    def part(self, file: str) -> Part | None:
        """The whole of one file as a Part, the campaign's own where it brings one."""
        path = SHIPPED / file if self.folder is None else self.folder / file
        own = self.folder is not None and (path.exists() or path.is_symlink())
        self.files[file] = "campaign" if own else "shipped"
        value, problems = self._own(file) if own else _shipped(file)
        self.problems.extend(problems)
        return None if value is None else Part(value, "", file, self.problems)

    def strangers(self) -> None:
        """Files in the campaign's folder that are no instruments: likely misnamed ones stop."""
        known = set(FILES.values())
        for path in sorted(self.folder.iterdir()) if self.folder else []:
            if path.name in known or path.suffix.lower() not in (".yaml", ".yml"):
                continue
            stems = {Path(name).stem: name for name in known}
            near = next((stems[name] for name in stems if alike(path.stem, name) >= TYPO), "")
            code = "instrument_file_misnamed" if near else "instrument_file_unknown"
            self.problems.append(Problem(code, STOP if near else NOTE, {"nearest": near}, table=path.name))

    def outline(self, name: str) -> dict[str, Any]:
        """The shipped file as plain data: what a campaign's own one must look like."""
        value, _ = _shipped(FILES[name])
        assert value is not None
        return value.plain()

    def shipped_dictionary(self) -> Dictionary:
        value, problems = _shipped(FILES["dictionary"])
        assert value is not None
        return read_dictionary(Part(value, "", FILES["dictionary"], list(problems)), LANGUAGES)

    def _own(self, file: str) -> tuple[Value | None, list[Problem]]:
        assert self.folder is not None
        data, problems = file_bytes(self.folder / file)
        if problems:
            return None, problems
        self.sha256[file] = hashlib.sha256(data).hexdigest()
        return read_yaml(data, file)


@cache
def _shipped(file: str) -> tuple[Value | None, tuple[Problem, ...]]:
    """A shipped file, read once a process: it does not change while the program runs."""
    value, problems = read_yaml(SHIPPED / file, file)
    return value, tuple(problems)
