"""The questionnaire file: every fault found in one pass, and the Battery it describes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assessment.instruments.checks import ID_BREAKERS, Part, unique
from assessment.instruments.types import (
    Battery,
    BiodataItem,
    Condition,
    Item,
    Option,
    QualityItem,
    ResponseFormat,
    Scale,
    Situation,
)
from assessment.problems import NOTE, stops

REQUIRED = ("id", "version", "languages", "response_formats", "domains", "scales", "items")
OPTIONAL = (
    "title", "intro", "substitutions", "default_substitution", "quality_items", "quality_rules", "biodata", "sjt",
    "conditions", "flow", "estimated_minutes", "description", "notes", "source", "licence", "license", "citation",
)  # fmt: skip
ITEM_KEYS = ("key", "short", "source", "facet", "barrier", "note", "text")
SURVEY_COLUMNS = ("token", "person_id", "started_at", "submitted_at", "language", "duration_s")
RANKING_COLUMNS = (
    "person_id", "rank", "standing", "se", "low", "high", "p_shortlist", "p_team", "band", "flags", "plain_rank",
)  # fmt: skip
MIN_ANSWERED = 0.6



def read_battery(part: Part) -> Battery:
    """The battery a file describes; problems go to part.problems, and with a stop among them it is not to be used."""
    parts = part.shape(REQUIRED, OPTIONAL)
    languages = _languages(parts.get("languages"))
    formats = _formats(parts.get("response_formats"), languages)
    domains = _domains(parts.get("domains"), languages)
    scales = _scales(parts.get("scales"), domains, languages)
    taken: dict[str, str] = {}
    items = _items(parts.get("items"), scales, formats, languages, taken)
    battery = Battery(
        id=parts["id"].id() if "id" in parts else "",
        version=parts["version"].text() if "version" in parts else "",
        languages=languages,
        formats=formats,
        domains=domains,
        scales=scales,
        items=items,
        quality_items=_quality_items(parts.get("quality_items"), formats, languages, taken),
        biodata=_biodata(parts.get("biodata"), scales, formats, languages, taken),
        situations=_situations(parts.get("sjt"), scales, languages, taken),
        conditions=_conditions(parts.get("conditions"), languages, taken),
        substitutions=_substitutions(parts.get("substitutions")),
        default_substitution=_default_substitution(parts),
        raw=part.plain() if part.is_map() else {},
    )
    _scales_have_items(parts.get("scales"), battery)
    return battery


def _languages(part: Part | None) -> tuple[str, ...]:
    if part is None:
        return ("ru", "en")
    languages = tuple(language for language in part.ids() if language)
    if not languages:
        part.report("battery_no_language")
    return languages or ("ru", "en")


def _formats(part: Part | None, languages: tuple[str, ...]) -> dict[str, ResponseFormat]:
    found = {}
    for name, entry in (part.map() if part else {}).items():
        parts = entry.shape(("values",), ("type", "labels", "frame", "na_allowed", "na_label"))
        if "type" in parts:
            parts["type"].choice(("ordinal",))
        values = _values(parts.get("values"))
        found[name] = ResponseFormat(
            id=name,
            values=values,
            labels=_labels(parts.get("labels"), values, languages),
            na_allowed=parts["na_allowed"].truth() if "na_allowed" in parts else False,
            na_label=parts["na_label"].texts(languages) if "na_label" in parts else {},
            frame=parts["frame"].texts(languages) if "frame" in parts else {},
        )
    return found


def _values(part: Part | None) -> tuple[int, ...]:
    before = len(part.problems) if part else 0
    values = tuple(entry.whole() for entry in part) if part else ()
    whole = part is not None and len(part.problems) == before
    if part and whole and (len(values) < 2 or any(b <= a for a, b in zip(values, values[1:], strict=False))):
        part.report("battery_values_not_increasing")
    return values if len(values) > 1 else (0, 1)


def _labels(part: Part | None, values: tuple[int, ...], languages: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    if part is None:
        return {}
    lists = {languages[0]: part} if part.is_list() else part.map()
    for language in languages:
        if language not in lists and not part.is_list():  # one plain list serves every language
            part.report("yaml_text_missing", missing=language)
    found = {}
    for language, entry in lists.items():
        labels = tuple(label.text() for label in entry)
        if entry.is_list() and len(labels) != len(values):
            entry.report("battery_labels_count", labels=len(labels), values=len(values))
        if len({label.casefold() for label in labels}) < len(labels):
            entry.report("battery_labels_alike")
        found[language] = labels
    first = next(iter(found.values()), ())
    return {**dict.fromkeys((*languages, "ru", "en"), first), **found}


def _domains(part: Part | None, languages: tuple[str, ...]) -> dict[str, dict[str, str]]:
    found = {}
    for name, entry in (part.map() if part else {}).items():
        _not_reserved(entry, name)
        found[name] = entry.texts(languages)
    return found


def _not_reserved(part: Part, name: str) -> None:
    """Domains and scales become columns of the ranking, each with an error beside it."""
    if name in RANKING_COLUMNS or name.endswith("_se"):
        part.report("battery_id_reserved", id=name)
    if ID_BREAKERS & set(name):
        part.report("yaml_id_character")


def _scales(part: Part | None, domains: Mapping[str, Any], languages: tuple[str, ...]) -> dict[str, Scale]:
    found = {}
    for name, entry in (part.map() if part else {}).items():
        parts = entry.shape(("domain",), ("min_answered", "level", "gate_only", "name", "alpha_target"))
        _not_reserved(entry, name)
        found[name] = Scale(
            id=name,
            domain=parts["domain"].choice(domains) if "domain" in parts else "",
            min_answered=parts["min_answered"].number(0, 1) if "min_answered" in parts else MIN_ANSWERED,
            level=parts["level"].choice(("person", "unit")) if "level" in parts else "person",
            gate_only=parts["gate_only"].truth() if "gate_only" in parts else False,
            name=parts["name"].texts(languages) if "name" in parts else dict.fromkeys((*languages, "ru", "en"), name),
        )
    return found


def _scales_have_items(part: Part | None, battery: Battery) -> None:
    if part is None or not part.is_map():
        return
    if not battery.person_scales:
        part.report("battery_no_person_scale")
    if any(problem.column.startswith("items") for problem in stops(part.problems)):
        return  # a scale may seem empty because its item is at fault
    filled = {item.scale for item in battery.items.values()}
    for name, entry in part.map().items():
        if name not in filled:
            entry.report("battery_scale_empty", scale=name)


def _asked(part: Part, taken: dict[str, str]) -> str:
    name = part.id()
    unique([(name, part)], taken)
    if name in SURVEY_COLUMNS:
        part.report("battery_id_reserved", id=name)
    return name


def _text(entry: Part, parts: Mapping[str, Part], languages: tuple[str, ...]) -> dict[str, str]:
    """The text of something asked: under the language keys, or under `text`."""
    return parts["text"].texts(languages) if "text" in parts else entry.languages(languages)


def _named(part: Part | None) -> list[Part]:
    return part.list() if part else []


def _language_keys(languages: tuple[str, ...]) -> tuple[str, ...]:
    return (*dict.fromkeys((*languages, "ru", "en")), "text")


def _items(
    part: Part | None,
    scales: Mapping[str, Scale],
    formats: Mapping[str, ResponseFormat],
    languages: tuple[str, ...],
    taken: dict[str, str],
) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for entry in _named(part):
        parts = entry.shape(("id", "scale", "format"), (*ITEM_KEYS, *_language_keys(languages)))
        if not parts:
            continue
        item = Item(
            id=_asked(parts["id"], taken) if "id" in parts else "",
            scale=parts["scale"].choice(scales) if "scale" in parts else "",
            key=_key(parts.get("key")),
            format=parts["format"].choice(formats) if "format" in parts else "",
            text=_text(entry, parts, languages),
            short=parts["short"].truth() if "short" in parts else True,
            extra={name: parts[name].plain() for name in ("source", "facet", "barrier", "note") if name in parts},
        )
        found.setdefault(item.id, item)
    return found


def _key(part: Part | None) -> int:
    if part is None:
        return 1
    key = part.value.content
    if isinstance(key, bool) or key not in (1, -1):
        part.report("battery_key")
        return 1
    return int(key)


def _code(part: Part | None, formats: Mapping[str, ResponseFormat], name: str) -> int | None:
    """A code that must be one of the values of the format."""
    if part is None:
        return None
    code = part.whole()
    if name in formats and code not in formats[name].values:
        part.report("battery_code_off_format", format=name, values=", ".join(map(str, formats[name].values)))
    return code


def _quality_items(
    part: Part | None, formats: Mapping[str, ResponseFormat], languages: tuple[str, ...], taken: dict[str, str]
) -> dict[str, QualityItem]:
    found: dict[str, QualityItem] = {}
    for entry in _named(part):
        optional = ("expect", "flag_at", "place", *_language_keys(languages))
        parts = entry.shape(("id", "type", "format"), optional)
        if not parts:
            continue
        kind = parts["type"].choice(("instructed", "desirability")) if "type" in parts else ""
        answers = parts["format"].choice(formats) if "format" in parts else ""
        needed = {"instructed": "expect", "desirability": "flag_at"}.get(kind)
        if needed and needed not in parts:
            entry.missing(needed)
        name = _asked(parts["id"], taken) if "id" in parts else ""
        expect, flag_at = _code(parts.get("expect"), formats, answers), _code(parts.get("flag_at"), formats, answers)
        found.setdefault(name, QualityItem(name, kind, answers, expect, flag_at, _text(entry, parts, languages)))
    return found


def _biodata(
    part: Part | None,
    scales: Mapping[str, Scale],
    formats: Mapping[str, ResponseFormat],
    languages: tuple[str, ...],
    taken: dict[str, str],
) -> dict[str, BiodataItem]:
    found: dict[str, BiodataItem] = {}
    if part is not None and part.is_map():
        part = part.shape(("items",), ("frame", "elaboration")).get("items")
    for entry in _named(part):
        parts = entry.shape(("id", "scale", "format"), ("source", "note", *_language_keys(languages)))
        if not parts:
            continue
        name = _asked(parts["id"], taken) if "id" in parts else ""
        scale = parts["scale"].choice(scales) if "scale" in parts else ""
        answers = parts["format"].choice(formats) if "format" in parts else ""
        found.setdefault(name, BiodataItem(name, scale, answers, _text(entry, parts, languages)))
    return found


def _situations(
    part: Part | None, scales: Mapping[str, Scale], languages: tuple[str, ...], taken: dict[str, str]
) -> dict[str, Situation]:
    found: dict[str, Situation] = {}
    if part is not None and part.is_map():
        part = part.shape(("scenarios",), ("frame",)).get("scenarios")
    for entry in _named(part):
        parts = entry.shape(("id", "scales", "options"), ("source", "note", *_language_keys(languages)))
        if not parts:
            continue
        name = _asked(parts["id"], taken) if "id" in parts else ""
        feeds = _references(parts.get("scales"), scales)
        options = _options(parts.get("options"), languages, rated=True)
        found.setdefault(name, Situation(name, feeds, _text(entry, parts, languages), options))
    return found


def _references(part: Part | None, known: Mapping[str, Any]) -> tuple[str, ...]:
    """Names that must exist; the ones that do not are reported and left out."""
    if part is None:
        return ()
    entries = part.list() if part.is_list() else [part]
    return tuple(name for name in (entry.choice(known) for entry in entries) if name in known)


def _options(part: Part | None, languages: tuple[str, ...], rated: bool) -> tuple[Option, ...]:
    found: list[Option] = []
    taken: dict[str, str] = {}
    for entry in _named(part):
        parts = entry.shape(("rate",) if rated else (), ("id", "v", *_language_keys(languages)))
        name_part = parts.get("id", parts.get("v"))
        if name_part is None:
            if entry.is_map():
                entry.missing("id" if rated else "v")
            continue
        name = name_part.id()
        unique([(name, name_part)], taken)
        rate = parts["rate"].number() if "rate" in parts else None
        found.append(Option(name, rate, _text(entry, parts, languages)))
    if part is not None and part.is_list() and len(found) < 2:
        part.report("battery_too_few_options")
    return tuple(found)


def _conditions(part: Part | None, languages: tuple[str, ...], taken: dict[str, str]) -> dict[str, Condition]:
    found: dict[str, Condition] = {}
    for entry in _named(part):
        optional = ("max", "gate", "options", "options_from", *_language_keys(languages))
        parts = entry.shape(("id", "type"), optional)
        if not parts:
            continue
        name = _asked(parts["id"], taken) if "id" in parts else ""
        if "options" not in parts and "options_from" not in parts:
            entry.missing("options")
        if "options_from" in parts:
            parts["options_from"].choice(("roles.yaml",))
        condition = Condition(
            id=name,
            type=parts["type"].choice(("single", "multi")) if "type" in parts else "single",
            max=parts["max"].whole(1) if "max" in parts else None,
            options=_options(parts.get("options"), languages, rated=False) if "options" in parts else (),
            gate=parts["gate"].truth() if "gate" in parts else False,
            text=_text(entry, parts, languages),
        )
        found.setdefault(name, condition)
    return found


def _substitutions(part: Part | None) -> dict[str, dict[str, dict[str, str]]]:
    return {
        name: {
            language: {key: form.text() for key, form in forms.map().items()} for language, forms in entry.map().items()
        }
        for name, entry in (part.map() if part else {}).items()
    }


def _default_substitution(parts: Mapping[str, Part]) -> str:
    known = parts["substitutions"].map() if "substitutions" in parts and parts["substitutions"].is_map() else {}
    if "default_substitution" in parts:
        return parts["default_substitution"].choice(known)
    if len(known) > 1:
        parts["substitutions"].report("battery_substitution_first", NOTE, first=next(iter(known)))
    return next(iter(known), "")
