"""Thresholds of roles.yaml: who misses which, as chances where the value is a measure and as facts where it is one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from assessment.answers import scale_scores
from assessment.campaign import Campaign
from assessment.instruments import Gate
from assessment.quality import AnswerQuality

LIKELY = 0.5  # a gate on a measure is shown beside the name when the person misses it in more than half of the draws


@dataclass(frozen=True)
class GateResult:
    """Who misses what.

    excluded, held : bool per person; lines : domain -> line (z) of gates below_line; missed : people x codes, bool
    """

    excluded: pd.Series
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
    excluded, held = none.copy(), none.copy()
    missed: dict[str, pd.Series] = {}
    lines: dict[str, float] = {}
    for gate in campaign.instruments.roles.gates:
        if gate.kind == "domain":
            lines |= _domain_line(gate, domains, measured)
            line = lines.get(gate.target)
            miss = domains[gate.target] < line if line is not None else none
            hard = none  # a chance, taken in the draws
        else:
            miss, unanswered = _missed_fact(campaign, gate, quality, people)
            if unanswered is not None and unanswered.any():
                missed[f"{gate.id}_unanswered"] = unanswered
            hard = miss
        missed[gate.id] = miss
        if gate.effect in ("exclude_now", "below_line"):
            excluded |= hard
        elif gate.effect == "hold":
            held |= hard
    return GateResult(excluded, held, lines, pd.DataFrame(missed, index=people, dtype=bool))


def _domain_line(gate: Gate, domains: pd.DataFrame, measured: pd.DataFrame) -> dict[str, float]:
    if gate.target not in domains or gate.effect not in ("below_line", "exclude_now"):
        return {}
    known = domains.loc[measured[gate.target], gate.target].dropna()
    if known.empty:
        return {}
    return {gate.target: float(np.percentile(known, gate.percentile_min or 0.0))}


def _missed_fact(
    campaign: Campaign, gate: Gate, quality: AnswerQuality, people: pd.Index
) -> tuple[pd.Series, pd.Series | None]:
    """Whether the fact misses the gate, and whether it is not known."""
    if gate.kind == "item":
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
