"""Which indicator speaks for which construct, and how shipped weights are fitted to a foreign questionnaire."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from assessment.instruments.types import METHODS, Battery, Gate, Interview, Observation, Pattern, Role, Roles
from assessment.problems import NOTE, Problem

SOCIOMETRIC_CONSTRUCT = "influence"  # being chosen by colleagues is what influence means here
CARRIER = {
    "self_report": "battery",
    "biodata_sjt": "battery",
    "observation": "observation",
    "sociometry": "observation",
    "interview": "interview",
}
"""Method -> the file whose entries are its indicators."""

IndicatorMap = dict[str, dict[str, tuple[str, ...]]]


def derive_map(
    constructs: Iterable[str], battery: Battery, observation: Observation, interview: Interview
) -> IndicatorMap:
    """Construct -> method -> indicators, as the files themselves say: scales by their id, the rest by what it feeds."""
    found: IndicatorMap = {}
    for construct in constructs:
        sources = {
            "self_report": [construct] if construct in battery.person_scales else [],
            "biodata_sjt": [fact.id for fact in battery.biodata.values() if fact.scale == construct]
            + [situation.id for situation in battery.situations.values() if construct in situation.scales],
            "observation": [seen.id for seen in observation.behaviours.values() if construct in seen.feeds],
            "sociometry": list(observation.questions) if construct == SOCIOMETRIC_CONSTRUCT else [],
            "interview": [asked.id for asked in interview.competencies.values() if construct in asked.feeds],
        }
        found[construct] = {method: tuple(sources[method]) for method in METHODS if sources[method]}
    return found


def known_indicators(battery: Battery, observation: Observation, interview: Interview) -> dict[str, tuple[str, ...]]:
    """Method -> the ids that may stand as its indicators."""
    return {
        "self_report": battery.person_scales,
        "biodata_sjt": (*battery.biodata, *battery.situations),
        "observation": tuple(observation.behaviours),
        "sociometry": tuple(observation.questions),
        "interview": tuple(interview.competencies),
    }


def derive_domains(constructs: Collection[str], battery: Battery) -> dict[str, tuple[str, ...]]:
    """Domain -> its constructs, by the scale of the same id; domains without one are left out."""
    found = {
        domain: tuple(name for name in constructs if name in battery.domain_scales(domain))
        for domain in battery.person_domains
    }
    return {domain: members for domain, members in found.items() if members}


def fit_shipped_roles(
    roles: Roles,
    battery: Battery,
    observation: Observation,
    interview: Interview,
    own: Mapping[str, bool],
    problems: list[Problem],
) -> Roles:
    """The shipped weights over files a campaign brought: what points nowhere is left out with a note.

    Where no construct of the shipped weights is a scale of the questionnaire, every scale of persons is a construct of
    weight 1, without gates, patterns, caps and roles.
    """
    kept = {name: weight for name, weight in roles.constructs.items() if name in battery.person_scales}
    if not kept:
        roles = _every_scale_alike(roles, battery, problems)
    elif own["battery"]:
        roles = _only(kept, roles, battery, problems)
    roles = replace(roles, roles=_positions_that_exist(roles.roles, observation, problems))
    derived = derive_map(roles.constructs, battery, observation, interview)
    mapped = {
        construct: {
            method: indicators
            for method in METHODS
            if (indicators := (derived if own[CARRIER[method]] else roles.indicator_map).get(construct, {}).get(method))
        }
        for construct in roles.constructs
    }
    domains = derive_domains(roles.constructs, battery) if own["battery"] else roles.domains
    return replace(roles, indicator_map={c: mapped[c] or derived[c] for c in roles.constructs}, domains=domains)


def _note(problems: list[Problem], code: str, **params: object) -> None:
    problems.append(Problem(code, NOTE, params, table="roles.yaml"))


def _every_scale_alike(roles: Roles, battery: Battery, problems: list[Problem]) -> Roles:
    _note(problems, "roles_from_scales", scales=", ".join(battery.person_scales))
    return replace(
        roles,
        constructs=dict.fromkeys(battery.person_scales, 1.0),
        capped={},
        gates=(),
        patterns=(),
        roles={},
        seats={},
    )


def _only(kept: Mapping[str, float], roles: Roles, battery: Battery, problems: list[Problem]) -> Roles:
    """The shipped weights with the constructs the questionnaire has."""
    dropped = [name for name in roles.constructs if name not in kept]
    if dropped:
        _note(problems, "roles_constructs_dropped", constructs=", ".join(dropped))
    unweighted = [scale for scale in battery.person_scales if scale not in kept]
    if unweighted:
        _note(problems, "roles_scales_unweighted", scales=", ".join(unweighted))
    gates = tuple(gate for gate in roles.gates if gate_fits(gate, battery))
    patterns = tuple(pattern for pattern in roles.patterns if pattern_fits(pattern, battery))
    lost = [gate.id for gate in roles.gates if gate not in gates]
    lost += [pattern.id for pattern in roles.patterns if pattern not in patterns]
    if lost:
        _note(problems, "roles_gates_dropped", ids=", ".join(lost))
    described = {
        name: replace(role, weights={c: weight for c, weight in role.weights.items() if c in kept})
        for name, role in roles.roles.items()
        if any(role.weights.get(c, 0) > 0 for c in kept)
    }
    return replace(
        roles,
        constructs=dict(kept),
        capped={name: cap for name, cap in roles.capped.items() if name in kept},
        gates=gates,
        patterns=patterns,
        roles=described,
        seats={name: seats for name, seats in roles.seats.items() if name in described},
    )


def _positions_that_exist(
    roles: Mapping[str, Role], observation: Observation, problems: list[Problem]
) -> dict[str, Role]:
    lost = sorted({name for role in roles.values() for name in role.positions} - set(observation.positions))
    if lost:
        _note(problems, "roles_positions_dropped", positions=", ".join(lost))
    return {
        name: replace(role, positions=tuple(p for p in role.positions if p in observation.positions))
        for name, role in roles.items()
    }


def answer_codes(item_id: str, battery: Battery) -> tuple[str, ...]:
    """The codes an answer to an item, past fact or condition may have, as text; empty where the id is unknown."""
    if item_id in battery.conditions:
        return tuple(option.id for option in battery.conditions[item_id].options)
    if item_id in battery.ordinal_ids:
        return tuple(map(str, battery.format_of(item_id).values))
    return ()


def gate_fits(gate: Gate, battery: Battery) -> bool:
    """Whether everything a gate names is in the questionnaire."""
    if gate.kind == "item":
        return bool(set(gate.values) & set(answer_codes(gate.target, battery)))
    if gate.kind == "domain":
        return gate.target in battery.person_domains
    if gate.kind == "scale":
        return gate.target in battery.scales
    return True


def pattern_fits(pattern: Pattern, battery: Battery) -> bool:
    """Whether everything the conditions of a pattern name is in the questionnaire."""
    known = {
        "scale": battery.person_scales,
        "domain": battery.person_domains,
        "unit_scale": battery.unit_scales,
        "item": (*battery.conditions, *battery.ordinal_ids),
    }
    return all(
        condition[subject] in names
        for condition in pattern.conditions
        for subject, names in known.items()
        if subject in condition
    )
