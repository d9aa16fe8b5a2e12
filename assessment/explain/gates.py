"""Gates, patterns and doubts beside a name in plain words: which threshold, what the person has, what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from assessment.campaign import Campaign
from assessment.flags import EVIDENCE_FLAGS
from assessment.instruments.reading import Gate, Pattern
from assessment.messages import has_text, text
from assessment.records import cell
from assessment.scoring.answer_quality import ANSWER_FLAGS
from assessment.scoring.answers import scale_scores
from assessment.scoring.measures import Measures

GATE, UNANSWERED, PATTERN, ANSWERS, EVIDENCE, OTHER = "gate", "unanswered", "pattern", "answers", "evidence", "other"
LIMITS = ("percentile_min", "percentile_max", "mean_min", "mean_max")


@dataclass(frozen=True)
class Reason:
    """One flag of a person and what lies behind it.

    code : as in the column `flags`; kind : gate, unanswered, pattern, answers, evidence, other
    effect : of a gate (exclude_now, below_line, needs_training, hold), else ""
    target : domain, scale or item the gate speaks of, else ""
    value, line : what the person has and what was asked, T scores (domains) or answers (scales); NaN where neither
    conditions : of a pattern, as in roles.yaml; flags : of a gate on answers, those that the person has
    """

    code: str
    kind: str
    effect: str = ""
    target: str = ""
    value: float = np.nan
    line: float = np.nan
    conditions: tuple[Mapping[str, Any], ...] = field(default=())
    flags: tuple[str, ...] = ()


def reasons(measures: Measures, ranking: pd.DataFrame, person_id: str) -> list[Reason]:
    """Everything that stands beside a person's name, in the order of the flags."""
    roles = measures.campaign.instruments.roles
    gates = {g.id: g for g in roles.gates}
    patterns = {p.id: p for p in roles.patterns}
    given = str(cell(ranking, person_id, "flags") or "")
    return [_reason(code, gates, patterns, measures, ranking, person_id) for code in given.split(";") if code]


def _reason(
    code: str,
    gates: Mapping[str, Gate],
    patterns: Mapping[str, Pattern],
    measures: Measures,
    ranking: pd.DataFrame,
    person_id: str,
) -> Reason:
    if code in gates:
        return _gate(gates[code], measures, ranking, person_id)
    asked = gates.get(code.removesuffix("_unanswered"))
    if asked is not None:
        return Reason(code, UNANSWERED, asked.effect, asked.target)
    if code in patterns:
        return Reason(code, PATTERN, conditions=patterns[code].conditions)
    kinds = {**dict.fromkeys(ANSWER_FLAGS, ANSWERS), **dict.fromkeys(EVIDENCE_FLAGS, EVIDENCE)}
    return Reason(code, kinds.get(code, OTHER))


def _gate(gate: Gate, measures: Measures, ranking: pd.DataFrame, person_id: str) -> Reason:
    value = line = np.nan
    if gate.kind == "domain" and gate.target in ranking:
        domains = measures.campaign.instruments.roles.domains
        speaks = measures.evidence[list(domains.get(gate.target, ()))].any(axis=1)
        known = ranking.loc[ranking.index.isin(speaks.index[speaks]), gate.target]
        value = 50 + 10 * float(cell(ranking, person_id, gate.target))
        line = 50 + 10 * float(np.percentile(known, gate.percentile_min or 0.0))
    elif gate.kind == "scale":
        scores = scale_scores(measures.campaign, (gate.target,))
        if gate.target in scores and person_id in scores.index:
            value, line = float(cell(scores, person_id, gate.target)), float(gate.mean_min or 0.0)
    given = str(cell(ranking, person_id, "flags") or "").split(";")
    return Reason(
        gate.id, GATE, gate.effect, gate.target, value, line, flags=tuple(f for f in gate.flags if f in given)
    )


def reason_text(reason: Reason, campaign: Campaign, language: str) -> str:
    """The reason as a sentence or two: what was found, and what follows from it."""
    instruments = campaign.instruments
    if reason.kind == UNANSWERED:
        return text("reason.unanswered", language, question=_question(campaign, reason.target, language))
    if reason.kind == PATTERN:
        pattern = next(p for p in instruments.roles.patterns if p.id == reason.code)
        told = "; ".join(_condition(c, campaign, language) for c in reason.conditions)
        return text("reason.pattern", language, name=pattern.name.get(language, pattern.id), conditions=told)
    if reason.kind == GATE:
        gate = next(g for g in instruments.roles.gates if g.id == reason.code)
        return f"{_found(gate, reason, campaign, language)} {text(f'effect.{gate.effect}', language)}"
    key = f"flag.{reason.code}"
    return text(key, language) if has_text(key, language) else reason.code


def _found(gate: Gate, reason: Reason, campaign: Campaign, language: str) -> str:
    """What a gate found, without what follows."""
    if gate.kind == "item":
        answers = ", ".join(_answer(campaign, gate.target, v, language) for v in gate.values)
        return text("reason.gate_item", language, question=_question(campaign, gate.target, language), answers=answers)
    if gate.kind == "flags":
        names = [text(f"flag.{c}", language) if has_text(f"flag.{c}", language) else c for c in reason.flags]
        return text("reason.gate_flags", language, flags="; ".join(names))
    params = {"target": _name(campaign, gate.target, language)}
    if np.isnan(reason.value):
        return text("reason.gate_no_value", language, **params)
    params |= {"value": _number(reason.value, 1, language), "line": _number(reason.line, 1, language)}
    return text(f"reason.gate_{gate.kind}", language, share=_number(gate.percentile_min or 0, 0, language), **params)


def _condition(condition: Mapping[str, Any], campaign: Campaign, language: str) -> str:
    """One condition of a pattern in words."""
    if "item" in condition:
        item = str(condition["item"])
        answers = ", ".join(_answer(campaign, item, str(v), language) for v in condition.get("in", []))
        return text("reason.if_answer", language, question=_question(campaign, item, language), answers=answers)
    subject = next(k for k in ("standing", "domain", "scale", "method", "unit_scale") if k in condition)
    target = str(condition[subject])
    if subject == "standing":
        name = text("reason.standing", language)
    elif subject == "method":
        name = text(f"reason.method_{target}", language)
    else:
        name = _name(campaign, target, language)
    if subject == "unit_scale":
        name = text("reason.in_unit", language, name=name)
    limits = [(k, float(condition[k])) for k in LIMITS if k in condition]
    told = [_limit(name, key, limit, language) for key, limit in limits]
    return ", ".join(told)


def _limit(name: str, key: str, limit: float, language: str) -> str:
    if key == "percentile_min":
        return text("reason.if_top", language, name=name, share=_number(100 - limit, 0, language))
    if key == "percentile_max":
        return text("reason.if_bottom", language, name=name, share=_number(limit, 0, language))
    return text(f"reason.if_{key}", language, name=name, limit=_number(limit, 1, language))


def _name(campaign: Campaign, target: str, language: str) -> str:
    battery = campaign.instruments.battery
    if target in battery.scales:
        return battery.scales[target].name.get(language, target)
    found = battery.domains.get(target, {})
    name = found.get("name", found)
    return str(name.get(language, target)) if isinstance(name, Mapping) else target


def _question(campaign: Campaign, item: str, language: str) -> str:
    found = campaign.instruments.battery.conditions.get(item)
    return found.text.get(language, item) if found else item


def _answer(campaign: Campaign, item: str, code: str, language: str) -> str:
    found = campaign.instruments.battery.conditions.get(item)
    options = {o.id: o.text for o in found.options} if found else {}
    return options[code].get(language, code) if code in options else code


def _number(value: float, digits: int, language: str) -> str:
    told = f"{value:.{digits}f}"
    return told.replace(".", ",") if language == "ru" else told
