"""campaign.yaml: sizes, criteria, measurement and rules of one campaign, every fault named at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from assessment.campaign import Criteria, Settings
from assessment.instruments.checks import Part, unique
from assessment.instruments.reading import Instruments
from assessment.problems import NOTE, Problem, stops
from assessment.yaml_file import read_yaml

KEYS = ("name", "shortlist", "team", "criteria", "measurement", "shortlist_rules", "team_rules", "invented")
READINGS = ("model", "plain")
PRESETS = ("expert", "equal")
LOWEST_BALANCE, HIGHEST_BALANCE = -10.0, 1.0
HIGHEST_METHOD_VARIANCE = 0.9
LARGEST_SIZE = 1_000_000


def read_settings(path: Path | None, instruments: Instruments) -> tuple[Settings | None, list[Problem]]:
    """The settings of a campaign; an absent or empty file means the defaults.

    Returns
    -------
    (settings, problems) : every unknown key and every bad value is a stop with its path and the nearest known name;
        settings is None where there is one
    """
    settings, problems = draft_settings(path, instruments)
    return (None if stops(problems) else settings), problems


def draft_settings(path: Path | None, instruments: Instruments) -> tuple[Settings | None, list[Problem]]:
    """The same, with what could be understood in spite of faults: good for checking the rules, never for a run.

    None where nothing could be. Rules without an id, or with one that is taken, are left out: they have been named.
    """
    if path is None or not (path.exists() or path.is_symlink()):
        return Settings(), []
    value, problems = read_yaml(path, path.name)
    if value is None:
        empty = [problem.code for problem in problems] == ["yaml_empty"]
        return (Settings(), []) if empty else (None, problems)
    settings = _settings(Part(value, "", path.name, problems), instruments)
    if stops(problems):
        rules = _readable(settings.shortlist_rules), _readable(settings.team_rules)
        settings = replace(settings, shortlist_rules=rules[0], team_rules=rules[1])
    return settings, problems


def _readable(rules: tuple[Mapping[str, Any], ...] | None) -> tuple[Mapping[str, Any], ...] | None:
    """Rules with an id; of an id that stands twice the first."""
    if rules is None:
        return None
    named = {str(rule["id"]): rule for rule in reversed(rules) if rule.get("id")}
    return tuple(rule for rule in rules if any(rule is kept for kept in named.values()))


def _settings(part: Part, instruments: Instruments) -> Settings:
    if part.value.content is None:  # nothing but a null
        return Settings()
    parts = part.shape((), KEYS, strict=True)
    shortlist, team = _sizes(part, parts)
    measurement = parts["measurement"].shape((), ("method_variance",), strict=True) if "measurement" in parts else {}
    return Settings(
        name=parts["name"].text() if "name" in parts else "",
        shortlist=shortlist,
        team=team,
        criteria=_criteria(parts.get("criteria"), instruments),
        method_variance=_method_variance(measurement.get("method_variance")),
        shortlist_rules=_rules(parts.get("shortlist_rules")),
        team_rules=_rules(parts.get("team_rules")),
        invented=parts["invented"].truth() if "invented" in parts else False,
        raw=part.plain() if part.is_map() else {},
    )


def _sizes(part: Part, parts: Mapping[str, Part]) -> tuple[int, int]:
    """Sizes of shortlist and team; the one that is not given gives way to the one that is."""
    default = Settings()
    given = {name: parts[name].whole(1, LARGEST_SIZE) for name in ("shortlist", "team") if name in parts}
    shortlist = given.get("shortlist", max(default.shortlist, given.get("team", 0)))
    team = given.get("team", min(default.team, shortlist))
    if stops(part.problems):
        return shortlist, team
    if team > shortlist:
        parts["team"].report("settings_team_larger", team=team, shortlist=shortlist)
    if len(given) == 1 and (shortlist, team) != (
        given.get("shortlist", default.shortlist),
        given.get("team", default.team),
    ):
        part.report("settings_size_follows", NOTE, team=team, shortlist=shortlist)
    return shortlist, team


def _criteria(part: Part | None, instruments: Instruments) -> Criteria:
    if part is None:
        return Criteria()
    parts = part.shape((), ("weights", "balance", "reading"), strict=True)
    default = Criteria()
    return Criteria(
        weights=_weights(parts["weights"], instruments) if "weights" in parts else default.weights,
        balance=parts["balance"].number(LOWEST_BALANCE, HIGHEST_BALANCE) if "balance" in parts else default.balance,
        reading=parts["reading"].choice(READINGS) if "reading" in parts else default.reading,
    )


def _weights(part: Part, instruments: Instruments) -> str | dict[str, float]:
    """A preset, a map of domains or a map of constructs; where a name is both, domains come first."""
    if not part.is_map():
        return part.choice(PRESETS)
    parts = part.map()
    weights = {name: entry.number(0) for name, entry in parts.items()}
    domains, constructs = tuple(instruments.roles.domains), tuple(instruments.roles.constructs)
    for name, entry in parts.items():
        if name not in domains and name not in constructs:
            entry.unknown_name(name, (*domains, *constructs), "settings_weight_unknown")
    known = [name for name in weights if name in domains or name in constructs]
    if len(known) == len(weights):
        _one_kind(part, weights, domains, constructs)
    if not stops(part.problems) and not sum(weights.values()) > 0:
        part.report("settings_weights_none")
    return weights


def _one_kind(
    part: Part, weights: Mapping[str, float], domains: Collection[str], constructs: Collection[str]
) -> None:
    if all(name in domains for name in weights):
        kind = domains
    elif all(name in constructs for name in weights):
        kind = constructs
    else:
        mixed = {"domains": domains, "constructs": constructs}
        part.report(
            "settings_weights_mixed",
            **{name: ", ".join(n for n in weights if n in members) for name, members in mixed.items()},
        )
        return
    silent = [name for name in kind if name not in weights]
    if silent and weights:
        part.report("settings_weights_partial", NOTE, names=", ".join(silent))


def _method_variance(part: Part | None) -> str | float:
    if part is None or part.value.content == "auto":
        return "auto"
    if isinstance(part.value.content, str):
        part.report("settings_method_variance", highest=HIGHEST_METHOD_VARIANCE)
        return "auto"
    return part.number(0, HIGHEST_METHOD_VARIANCE)


def _rules(part: Part | None) -> tuple[dict[str, Any], ...] | None:
    """Rules as they stand; that they make sense is checked where rules are read."""
    if part is None:
        return None
    rules: list[dict[str, Any]] = []
    taken: dict[str, str] = {}
    for entry in part.list():
        parts = entry.map()
        if "id" in parts:
            unique([(parts["id"].id(), parts["id"])], taken)
        elif entry.is_map():
            entry.missing("id")
        if entry.is_map():
            rules.append(entry.plain())
    return tuple(rules)
