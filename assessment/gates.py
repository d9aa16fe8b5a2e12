"""Thresholds of roles.yaml: who misses which, as chances where the value is a measure and as facts where it is one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from assessment.campaign import Campaign
from assessment.instruments.reading import Gate
from assessment.scoring.answer_quality import AnswerQuality
from assessment.scoring.answers import scale_scores

LIKELY = 0.5  # a gate on a measure is shown beside the name when the person misses it in more than half of the draws


@dataclass(frozen=True)
class GateResult:
    """Who misses what.

    excluded, barred, held : bool per person (ranked last; chance 0, the excluded among them; band open at best)
    lines : domain -> line (z) of gates below_line; missed : people x codes, bool
    """

    excluded: pd.Series
    barred: pd.Series
    held: pd.Series
    lines: dict[str, float]
    missed: pd.DataFrame


def check_gates(
    campaign: Campaign, quality: AnswerQuality, domains: pd.DataFrame, measured: pd.DataFrame
) -> GateResult:
    """Evaluate every gate.

    domains : people x domains, point values (z); measured : people x domains, whether anything is known. A percentile
    is the point below which that share of all measured people lies. A missing answer never excludes, it asks
    (code "<gate>_unanswered").
    """
    people = domains.index
    none = pd.Series(False, index=people)
    excluded, below, held = none.copy(), none.copy(), none.copy()
    missed: dict[str, pd.Series] = {}
    lines: dict[str, float] = {}
    for gate in campaign.instruments.roles.gates:
        if gate.kind == "domain":
            line = _domain_line(gate, domains, measured)
            miss = domains[gate.target] < line if line is not None else none
            if line is not None and gate.effect == "below_line":  # a chance, taken in the draws
                lines[gate.target] = max(line, lines.get(gate.target, line))
        else:
            miss, unanswered = _missed_fact(campaign, gate, quality, people)
            if unanswered is not None and unanswered.any():
                missed[f"{gate.id}_unanswered"] = unanswered
            if gate.effect == "below_line":  # a fact lies below its line in every draw
                below |= miss
        missed[gate.id] = miss
        if gate.effect == "exclude_now":
            excluded |= miss
        elif gate.effect == "hold":
            held |= miss
    return GateResult(excluded, excluded | below, held, lines, pd.DataFrame(missed, index=people, dtype=bool))


def _domain_line(gate: Gate, domains: pd.DataFrame, measured: pd.DataFrame) -> float | None:
    """The line of a gate on a domain; None where nobody is measured."""
    if gate.target not in domains:
        return None
    known = domains.loc[measured[gate.target], gate.target].dropna()
    return None if known.empty else float(np.percentile(known, gate.percentile_min or 0.0))


def _missed_fact(
    campaign: Campaign, gate: Gate, quality: AnswerQuality, people: pd.Index
) -> tuple[pd.Series, pd.Series | None]:
    """Whether the fact misses the gate, and whether it is not known."""
    if gate.kind == "item":
        if gate.target in campaign.answers and campaign.answers[gate.target].notna().any():
            return _missed_answer(campaign.answers[gate.target].reindex(people), gate)
        if gate.target not in campaign.conditions:
            return pd.Series(False, index=people), None
        given = campaign.conditions[gate.target].reindex(people)
        chosen = given.map(lambda v: bool(set(str(v).split(";")) & set(gate.values)) if isinstance(v, str) else False)
        return (given.notna() & ~chosen.astype(bool)), given.isna()
    if gate.kind == "scale":
        score = scale_scores(campaign, (gate.target,)).reindex(people)
        miss = score[gate.target] < (gate.mean_min or 0.0) if gate.target in score else pd.Series(False, index=people)
        return miss.fillna(False).astype(bool), None
    flags = quality.flags.reindex(people, fill_value=False)
    found = [code for code in gate.flags if code in flags]
    return (flags[found].any(axis=1) if found else pd.Series(False, index=people)), None


def _missed_answer(given: pd.Series, gate: Gate) -> tuple[pd.Series, pd.Series]:
    """A gate on an item with a scale of answers: the codes it lets pass are numbers."""
    passing = {float(value) for value in gate.values if _is_code(value)}
    return given.notna() & ~given.isin(passing), given.isna()


def _is_code(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
