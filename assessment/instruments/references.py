"""Names that one instrument file uses and another must hold: constructs, indicators, positions, items in gates."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from assessment.indicator_map import answer_codes, derive_domains, derive_map, known_indicators
from assessment.instruments.checks import Part
from assessment.instruments.types import METHODS, Battery, Behaviour, Competency, Interview, Observation, Roles
from assessment.problems import NOTE

FLAGS = (
    "fail_attention", "one_attention", "too_fast", "straightline", "inconsistent", "outlier", "desirability",
    "incomplete",
)  # fmt: skip

Fed = TypeVar("Fed", Behaviour, Competency)


def complete_own_roles(
    part: Part, roles: Roles, battery: Battery, observation: Observation, interview: Interview
) -> Roles:
    """Weights that stand on their own: every name checked; map and domains derived where the file is silent."""
    known = known_indicators(battery, observation, interview)
    derived = derive_map(roles.constructs, battery, observation, interview)
    mapped = {name: roles.indicator_map.get(name) or derived[name] for name in roles.constructs}
    _constructs(part, roles, mapped, battery)
    _indicators(part, roles, known)
    _keys_known(_below(part, "capped"), roles.constructs)
    _domains(part, roles, battery, [name for name in roles.constructs if mapped[name]])
    _gates(part, battery)
    _patterns(part, battery)
    _roles(part, roles, observation)
    domains = _ordered(roles.domains, battery) if roles.domains else derive_domains(roles.constructs, battery)
    return replace(roles, indicator_map=mapped, domains=domains)


def _below(part: Part, *keys: str) -> Part | None:
    """The part under the keys, None where it is absent."""
    found: Part | None = part
    for key in keys:
        if found is None or not found.is_map():
            return None
        found = found.map().get(key)
    return found


def _entries(part: Part | None) -> list[Part]:
    return part.list() if part is not None and part.is_list() else []


def _keys_known(part: Part | None, known: Collection[str]) -> None:
    if part is None or not part.is_map():
        return
    for name, entry in part.map().items():
        if name not in known:
            entry.unknown_name(name, known, "roles_construct_unknown")


def _names_known(part: Part | None, known: Collection[str], code: str = "yaml_choice_unknown") -> None:
    if part is None:
        return
    for entry in part.list() if part.is_list() else [part]:
        if isinstance(entry.value.content, (dict, list)):
            continue  # reported when the file was read
        if entry.value.text.strip() not in known:
            entry.unknown_name(entry.value.text.strip(), known, code)


def _constructs(part: Part, roles: Roles, mapped: Mapping[str, object], battery: Battery) -> None:
    constructs = _below(part, "constructs")
    if constructs is None:
        return
    listed = dict(zip(roles.constructs, _entries(constructs), strict=False))
    places = constructs.map() if constructs.is_map() else listed
    for name, place in places.items():
        if name in battery.unit_scales:
            place.report("roles_construct_of_unit", construct=name)
        elif not mapped.get(name):
            place.unknown_name(name, battery.person_scales, "roles_construct_unmeasured")


def _indicators(part: Part, roles: Roles, known: Mapping[str, tuple[str, ...]]) -> None:
    given = _below(part, "indicator_map")
    _keys_known(given, roles.constructs)
    if given is None or not given.is_map():
        return
    silent = [name for name in roles.constructs if name not in given.map()]
    if silent:
        given.report("roles_indicators_derived", NOTE, constructs=", ".join(silent))
    for entry in given.map().values():
        for method, indicators in (entry.map() if entry.is_map() else {}).items():
            if method in METHODS:
                _names_known(indicators, known[method])


def _domains(part: Part, roles: Roles, battery: Battery, measured: Collection[str]) -> None:
    given = _below(part, "domains")
    if given is None:
        if constructs := _below(part, "constructs"):
            for name in measured:
                if name not in battery.scales:
                    constructs.report("roles_construct_without_domain", construct=name)
        return
    if not given.is_map():
        return
    home: dict[str, str] = {}
    for domain, entry in given.map().items():
        if domain not in battery.person_domains:
            entry.unknown_name(domain, battery.person_domains)
        _names_known(entry, roles.constructs, "roles_construct_unknown")
        for name in roles.domains.get(domain, ()):
            if name in home:
                entry.report("roles_construct_twice", construct=name, first=home[name])
            home.setdefault(name, domain)
    for name in measured:
        if name not in home:
            given.report("roles_construct_without_domain", construct=name)


def _ordered(domains: Mapping[str, tuple[str, ...]], battery: Battery) -> dict[str, tuple[str, ...]]:
    return {domain: domains[domain] for domain in battery.person_domains if domains.get(domain)}


def _gates(part: Part, battery: Battery) -> None:
    for entry in _entries(_below(part, "gates")):
        _answers_known(entry, battery)
        _names_known(_below(entry, "domain"), battery.person_domains)
        _names_known(_below(entry, "scale"), battery.person_scales)
        _names_known(_below(entry, "flags_none"), FLAGS)


def _answers_known(entry: Part, battery: Battery) -> None:
    """The item a condition names, and the answers it lists."""
    item = _below(entry, "item")
    if item is None:
        return
    _names_known(item, (*battery.conditions, *battery.ordinal_ids))
    codes = answer_codes(item.value.text.strip(), battery)
    if codes:
        _names_known(_below(entry, "in"), codes)


def _patterns(part: Part, battery: Battery) -> None:
    for pattern in _entries(_below(part, "patterns")):
        for entry in _entries(_below(pattern, "all")):
            _answers_known(entry, battery)
            _names_known(_below(entry, "domain"), battery.person_domains)
            _names_known(_below(entry, "scale"), battery.person_scales)
            _names_known(_below(entry, "unit_scale"), battery.unit_scales)


def _roles(part: Part, roles: Roles, observation: Observation) -> None:
    for entry in _entries(_below(part, "roles")):
        _keys_known(_below(entry, "weights"), roles.constructs)
        _names_known(_below(entry, "positions"), observation.positions)
    seats = _below(part, "team", "roles")
    for name, place in (seats.map() if seats is not None and seats.is_map() else {}).items():
        if name not in roles.roles:
            place.unknown_name(name, roles.roles)


def check_feeds(entries: Part | None, fed: Mapping[str, Fed], constructs: Collection[str], own: bool) -> dict[str, Fed]:
    """What is rated, with feeds that exist: an unknown one stops in a campaign's own file, else it is left out."""
    if entries is None:
        return dict(fed)
    if own:
        for entry in _entries(entries):
            feeds = _below(entry, "feeds")
            _names_known(feeds, constructs, "roles_construct_unknown")
            if feeds is None or not feeds.value.content:
                entry.report("rating_feeds_nothing", NOTE)
        return dict(fed)
    lost = _lost(fed.values(), constructs)
    if lost:
        entries.report("rating_feeds_dropped", NOTE, constructs=", ".join(lost))
    return {
        name: replace(rated, feeds=tuple(construct for construct in rated.feeds if construct in constructs))
        for name, rated in fed.items()
    }


def _lost(fed: Iterable[Fed], constructs: Collection[str]) -> list[str]:
    return sorted({construct for rated in fed for construct in rated.feeds} - set(constructs))
