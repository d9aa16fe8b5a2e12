"""The file of weights: constructs, shares of methods, gates, patterns, seats and roles."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from assessment.instruments.checks import Part, unique
from assessment.instruments.types import METHODS, Gate, Pattern, Role, Roles
from assessment.problems import NOTE

OPTIONAL = (
    "id", "version", "languages", "weight_reasons", "capped", "methods", "method_reasons", "aggregation",
    "indicator_map", "domains", "gates", "gate_effects", "patterns", "team", "roles", "notes", "source", "title",
)  # fmt: skip
EFFECTS = ("exclude_now", "below_line", "needs_training", "hold")
SHARES_TOLERANCE = 0.005
ROLE_FIT_WEIGHT = 0.25
PATTERN_SUBJECTS = ("scale", "domain", "method", "standing", "unit_scale", "item")
PATTERN_LIMITS = ("percentile_min", "percentile_max", "mean_min", "mean_max", "in")


def read_roles(part: Part, languages: Collection[str], shipped: bool = False) -> Roles:
    """The weights a file describes. Names of scales, items and constructs are checked later, against the other files.

    The shipped weights must sum to 100; a campaign's own need only be >= 0 with a positive sum.
    """
    parts = part.shape(("constructs",), OPTIONAL)
    if "languages" in parts:
        languages = parts["languages"].ids()
    team = parts["team"].shape((), ("size", "roles", "role_fit_weight", "balance")) if "team" in parts else {}
    seats, size = _seats(team.get("roles")), team["size"].whole(1) if "size" in team else None
    if size is not None and sum(seats.values()) > size:
        team["roles"].report("roles_seats_exceed_size", NOTE, seats=sum(seats.values()), size=size)
    return Roles(
        id=parts["id"].id() if "id" in parts else "roles",
        version=parts["version"].text() if "version" in parts else "",
        constructs=_weights(parts.get("constructs"), shipped),
        capped=_capped(parts.get("capped")),
        methods=_methods(parts.get("methods")),
        indicator_map=_indicator_map(parts.get("indicator_map")),
        domains={name: entry.ids() for name, entry in (parts["domains"].map() if "domains" in parts else {}).items()},
        gates=_gates(parts.get("gates")),
        patterns=_patterns(parts.get("patterns"), languages),
        seats=seats,
        role_fit_weight=team["role_fit_weight"].number(0) if "role_fit_weight" in team else ROLE_FIT_WEIGHT,
        team_size=size,
        balance=_rules(team.get("balance")),
        roles=_roles(parts.get("roles"), languages, shipped),
        raw=part.plain() if part.is_map() else {},
    )


def _weights(part: Part | None, exact: bool) -> dict[str, float]:
    """Construct -> weight; a list of constructs means equal weights."""
    if part is None:
        return {}
    if part.is_list():
        return dict.fromkeys((name for name in part.ids() if name), 1.0)
    weights = {name: entry.number(0) for name, entry in part.map().items()}
    total = sum(weights.values())
    if part.is_map() and exact and abs(total - 100) > 1e-9:
        part.report("roles_weights_sum", total=round(total, 6))
    elif part.is_map() and total <= 0:
        part.report("roles_weights_none")
    return weights


def _capped(part: Part | None) -> dict[str, float]:
    found = {}
    for name, entry in (part.map() if part else {}).items():
        if not entry.is_map():
            found[name] = entry.number()
            continue
        parts = entry.shape(("cap_z",))
        found[name] = parts["cap_z"].number() if "cap_z" in parts else 0.0
    return found


def _methods(part: Part | None) -> dict[str, dict[str, float]]:
    if part is None:
        return {}
    stages = part.map()
    if stages and not any(entry.is_map() for entry in stages.values()):
        return {"all": _shares(part)}
    return {stage: _shares(entry) for stage, entry in stages.items()}


def _shares(part: Part) -> dict[str, float]:
    shares = {}
    for method, entry in part.map().items():
        if method not in METHODS:
            entry.unknown_name(method, METHODS, "roles_method_unknown")
        shares[method] = entry.number(0, 1)
    total = sum(shares.values())
    if part.is_map() and abs(total - 1) > SHARES_TOLERANCE:
        part.report("roles_shares_sum", total=round(total, 6))
    return shares


def _indicator_map(part: Part | None) -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for construct, entry in (part.map() if part else {}).items():
        found[construct] = {}
        for method, indicators in entry.map().items():
            if method not in METHODS:
                indicators.unknown_name(method, METHODS, "roles_method_unknown")
            found[construct][method] = indicators.ids()
    return found


def _gates(part: Part | None) -> tuple[Gate, ...]:
    found = []
    taken: dict[str, str] = {}
    for entry in part.list() if part else []:
        optional = ("item", "domain", "scale", "flags_none", "in", "percentile_min", "mean_min", "ru", "en", "name")
        parts = entry.shape(("id", "effect"), optional)
        subjects = [name for name in ("item", "domain", "scale", "flags_none") if name in parts]
        if len(subjects) != 1:
            if parts:
                entry.report("roles_gate_subject", subjects=", ".join(subjects))
            continue
        kind = subjects[0].removesuffix("_none")
        limit = {"item": "in", "domain": "percentile_min", "scale": "mean_min"}.get(kind)
        if limit and limit not in parts:
            entry.missing(limit)
        if "id" in parts:
            unique([(parts["id"].id(), parts["id"])], taken)
        found.append(_gate(parts, kind))
    return tuple(found)


def _gate(parts: Mapping[str, Part], kind: str) -> Gate:
    return Gate(
        id=parts["id"].id() if "id" in parts else "",
        effect=parts["effect"].choice(EFFECTS) if "effect" in parts else "",
        kind=kind,
        target="" if kind == "flags" else parts[kind].id(),
        values=parts["in"].ids() if "in" in parts else (),
        percentile_min=parts["percentile_min"].number(0, 100) if "percentile_min" in parts else None,
        mean_min=parts["mean_min"].number() if "mean_min" in parts else None,
        flags=parts["flags_none"].ids() if kind == "flags" else (),
    )


def _patterns(part: Part | None, languages: Collection[str]) -> tuple[Pattern, ...]:
    found = []
    taken: dict[str, str] = {}
    for entry in part.list() if part else []:
        parts = entry.shape(("id", "all"), ("name", "note", *dict.fromkeys((*languages, "ru", "en"))))
        if not parts:
            continue
        name = parts["id"].id() if "id" in parts else ""
        if "id" in parts:
            unique([(name, parts["id"])], taken)
        listed = parts["all"].list() if "all" in parts else []
        conditions = tuple(_pattern_condition(condition) for condition in listed)
        text = parts["name"].texts(languages) if "name" in parts else entry.languages(languages)
        found.append(Pattern(name, conditions, text))
    return tuple(found)


def _pattern_condition(part: Part) -> dict[str, Any]:
    parts = part.shape((), (*PATTERN_SUBJECTS, *PATTERN_LIMITS))
    if sum(name in parts for name in PATTERN_SUBJECTS) != 1 or not any(name in parts for name in PATTERN_LIMITS):
        part.report("roles_pattern_condition")
    found: dict[str, Any] = {}
    for name, entry in parts.items():
        if name == "in":
            found[name] = list(entry.ids())
        elif name == "standing":
            found[name] = entry.truth()
        elif name in PATTERN_LIMITS:
            found[name] = entry.number(0, 100) if name.startswith("percentile") else entry.number()
        else:
            found[name] = entry.choice(METHODS) if name == "method" else entry.id()
    return found


def _seats(part: Part | None) -> dict[str, int]:
    return {name: entry.whole(0) for name, entry in (part.map() if part else {}).items()}


def _rules(part: Part | None) -> tuple[dict[str, Any], ...]:
    """Rules are checked where rules are read; here only that each is a map with an id."""
    found = []
    taken: dict[str, str] = {}
    for entry in part.list() if part else []:
        parts = entry.map()
        if "id" in parts:
            unique([(parts["id"].id(), parts["id"])], taken)
        elif entry.is_map():
            entry.missing("id")
        found.append(entry.plain() if entry.is_map() else {})
    return tuple(found)


def _roles(part: Part | None, languages: Collection[str], exact: bool) -> dict[str, Role]:
    found: dict[str, Role] = {}
    taken: dict[str, str] = {}
    for entry in part.list() if part else []:
        parts = entry.shape(("id", "weights"), ("name", "task", "positions", "extra", "note"))
        if not parts:
            continue
        name = parts["id"].id() if "id" in parts else ""
        if "id" in parts:
            unique([(name, parts["id"])], taken)
        texts = {
            key: parts[key].texts(languages) if key in parts else dict.fromkeys((*languages, "ru", "en"), default)
            for key, default in (("name", name), ("task", ""))
        }
        role = Role(
            id=name,
            name=texts["name"],
            task=texts["task"],
            positions=parts["positions"].ids() if "positions" in parts else (),
            weights=_weights(parts.get("weights"), exact),
            extra=parts["extra"].plain() if "extra" in parts and parts["extra"].is_map() else {},
        )
        found.setdefault(name, role)
    return found
