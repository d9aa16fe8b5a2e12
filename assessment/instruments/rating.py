"""The files by which people rate people: observation on training days, and the interview."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from assessment.instruments.checks import Part, unique
from assessment.instruments.types import (
    Behaviour,
    Competency,
    Interview,
    Observation,
    PanelCondition,
    Position,
    SociometryQuestion,
)

OBSERVATION_OPTIONAL = (
    "title", "procedure", "rating_codes", "positions", "sociometry", "observer_model", "languages", "notes", "source",
)  # fmt: skip
INTERVIEW_OPTIONAL = (
    "title", "timing_minutes", "rules", "opening", "probes", "conditions_block", "knock_out_rule", "recommendation",
    "panel_quality", "languages", "notes", "source",
)  # fmt: skip
QUESTIONS = ("past", "situational")


def read_observation(part: Part, languages: Collection[str]) -> Observation:
    """The observation guide a file describes; feeds are checked later, against the constructs."""
    parts = part.shape(("id", "version", "scale", "behaviours"), OBSERVATION_OPTIONAL)
    languages = _own_languages(parts, languages)
    lowest, highest = _rating(parts.get("scale"), ("step", "anchored", "not_observed"))
    return Observation(
        id=parts["id"].id() if "id" in parts else "",
        version=parts["version"].text() if "version" in parts else "",
        lowest=lowest,
        highest=highest,
        behaviours=_behaviours(parts.get("behaviours"), languages, (lowest, highest)),
        positions=_positions(parts.get("positions"), languages),
        questions=_questions(parts.get("sociometry"), languages),
        raw=part.plain() if part.is_map() else {},
    )


def read_interview(part: Part, languages: Collection[str]) -> Interview:
    """The interview guide a file describes; feeds are checked later, against the constructs."""
    parts = part.shape(("id", "version", "rating", "competencies"), INTERVIEW_OPTIONAL)
    languages = _own_languages(parts, languages)
    lowest, highest = _rating(parts.get("rating"), ("anchored", "per_question", "competency_score", "step"))
    return Interview(
        id=parts["id"].id() if "id" in parts else "",
        version=parts["version"].text() if "version" in parts else "",
        lowest=lowest,
        highest=highest,
        competencies=_competencies(parts.get("competencies"), languages, (lowest, highest)),
        conditions_block=_panel_conditions(parts.get("conditions_block"), languages),
        raw=part.plain() if part.is_map() else {},
    )


def _own_languages(parts: Mapping[str, Part], languages: Collection[str]) -> tuple[str, ...]:
    return parts["languages"].ids() if "languages" in parts else tuple(languages)


def _rating(part: Part | None, optional: tuple[str, ...]) -> tuple[int, int]:
    parts = part.shape(("min", "max"), optional) if part else {}
    if part is None or "min" not in parts or "max" not in parts:
        return 1, 5
    lowest, highest = parts["min"].whole(), parts["max"].whole()
    if highest <= lowest:
        part.report("rating_range", lowest=lowest, highest=highest)
        return 1, 5
    return lowest, highest


def _anchors(part: Part | None, languages: Collection[str], span: tuple[int, int]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for name, entry in (part.map() if part else {}).items():
        if not name.lstrip("-").isdigit() or not span[0] <= int(name) <= span[1]:
            entry.report("rating_anchor_off_scale", anchor=name, lowest=span[0], highest=span[1])
            continue
        found[int(name)] = entry.texts(languages)
    return found


def _entries(part: Part | None) -> list[Part]:
    return part.list() if part else []


def _take(parts: Mapping[str, Part], taken: dict[str, str]) -> str:
    if "id" not in parts:
        return ""
    name = parts["id"].id()
    unique([(name, parts["id"])], taken)
    return name


def _behaviours(
    part: Part | None, languages: Collection[str], span: tuple[int, int]
) -> dict[str, Behaviour]:
    found: dict[str, Behaviour] = {}
    taken: dict[str, str] = {}
    for entry in _entries(part):
        parts = entry.shape(("id",), ("feeds", "name", "anchors", "note"))
        if not parts:
            continue
        name = _take(parts, taken)
        behaviour = Behaviour(
            id=name,
            feeds=parts["feeds"].ids() if "feeds" in parts else (),
            name=parts["name"].texts(languages) if "name" in parts else _plain(name, languages),
            anchors=_anchors(parts.get("anchors"), languages, span),
        )
        found.setdefault(name, behaviour)
    return found


def _plain(name: str, languages: Collection[str]) -> dict[str, str]:
    return dict.fromkeys((*languages, "ru", "en"), name)


def _positions(part: Part | None, languages: Collection[str]) -> dict[str, Position]:
    found: dict[str, Position] = {}
    taken: dict[str, str] = {}
    for entry in _entries(part):
        parts = entry.shape(("id",), ("name", "sign", "note"))
        if not parts:
            continue
        name = _take(parts, taken)
        title = parts["name"].texts(languages) if "name" in parts else _plain(name, languages)
        sign = parts["sign"].texts(languages) if "sign" in parts else _plain("", languages)
        found.setdefault(name, Position(name, title, sign))
    return found


def _questions(part: Part | None, languages: Collection[str]) -> dict[str, SociometryQuestion]:
    found: dict[str, SociometryQuestion] = {}
    taken: dict[str, str] = {}
    if part is not None:
        part = part.shape(("questions",), ("when", "rules", "measures", "limits", "notes")).get("questions")
    for entry in _entries(part):
        parts = entry.shape(("id", "scope"), ("max", "text", "note", *dict.fromkeys((*languages, "ru", "en"))))
        if not parts:
            continue
        name = _take(parts, taken)
        question = SociometryQuestion(
            id=name,
            scope=parts["scope"].choice(("group", "organisation")) if "scope" in parts else "organisation",
            max=parts["max"].whole(1) if "max" in parts else 3,
            text=parts["text"].texts(languages) if "text" in parts else entry.languages(languages),
        )
        found.setdefault(name, question)
    return found


def _competencies(
    part: Part | None, languages: Collection[str], span: tuple[int, int]
) -> dict[str, Competency]:
    found: dict[str, Competency] = {}
    taken: dict[str, str] = {}
    for entry in _entries(part):
        parts = entry.shape(("id",), ("feeds", "name", *QUESTIONS, "anchors", "note"))
        if not parts:
            continue
        name = _take(parts, taken)
        past, situational = (
            parts[question].texts(languages) if question in parts else _plain("", languages) for question in QUESTIONS
        )
        competency = Competency(
            id=name,
            feeds=parts["feeds"].ids() if "feeds" in parts else (),
            name=parts["name"].texts(languages) if "name" in parts else _plain(name, languages),
            past=past,
            situational=situational,
            anchors=_anchors(parts.get("anchors"), languages, span),
        )
        found.setdefault(name, competency)
    return found


def _panel_conditions(part: Part | None, languages: Collection[str]) -> tuple[PanelCondition, ...]:
    found: list[PanelCondition] = []
    taken: dict[str, str] = {}
    for entry in _entries(part):
        parts = entry.shape(("id",), ("knock_out", "text", "note", *dict.fromkeys((*languages, "ru", "en"))))
        if not parts:
            continue
        knock_out = parts["knock_out"].truth() if "knock_out" in parts else True
        text = parts["text"].texts(languages) if "text" in parts else entry.languages(languages)
        found.append(PanelCondition(_take(parts, taken), knock_out, text))
    return tuple(found)
