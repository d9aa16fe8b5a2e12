"""What stands beside a name: gates missed, patterns in plain words, doubts about answers, lack of evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from assessment.gates import GateResult
from assessment.scoring.measures import Measures
from assessment.scoring.ratings import seen

NOT_ENOUGH_EVIDENCE = "not_enough_evidence"
PROVISIONAL = "provisional_observation"  # fewer than two ratings from two observers

EVIDENCE_FLAGS = ("careless", NOT_ENOUGH_EVIDENCE, PROVISIONAL)


def flag_codes(
    measures: Measures, standing: pd.Series, domains: pd.DataFrame, gates: GateResult, lacking: pd.Series
) -> pd.Series:
    """All codes of each person joined by ";", in a fixed order: gates, patterns, answers, evidence."""
    people = measures.people
    columns: dict[str, pd.Series] = {str(code): gates.missed[code] for code in gates.missed}
    for pattern in measures.campaign.instruments.roles.patterns:
        holds = pd.Series(True, index=people)
        for condition in pattern.conditions:
            holds &= _holds(measures, condition, standing, domains)
        columns[pattern.id] = holds
    answers = measures.quality.flags.reindex(people, fill_value=False)
    columns |= {str(code): answers[code] for code in answers}
    columns["careless"] = measures.quality.careless.reindex(people, fill_value=False)
    columns[NOT_ENOUGH_EVIDENCE] = lacking
    columns[PROVISIONAL] = _provisional(measures)
    table = pd.DataFrame(columns, index=people).astype(bool)
    names = np.array(table.columns)
    return pd.Series([";".join(names[row]) for row in table.to_numpy()], index=people, dtype=object)


def _provisional(measures: Measures) -> pd.Series:
    counts = seen(measures.campaign).reindex(measures.people)
    return (counts["observers"] < 2).fillna(False).astype(bool)


def _holds(measures: Measures, condition: Mapping[str, Any], standing: pd.Series, domains: pd.DataFrame) -> pd.Series:
    """Whether one condition of a pattern holds; what is not known never holds."""
    if "item" in condition:
        return _answered(measures, str(condition["item"]), [str(v) for v in condition.get("in", [])])
    values = _subject(measures, condition, standing, domains)
    if values is None or not values.notna().any():
        return pd.Series(False, index=measures.people)
    known = values.dropna()
    holds = values.notna()
    for key, limit in condition.items():
        if key not in ("percentile_min", "percentile_max", "mean_min", "mean_max"):
            continue
        line = float(np.percentile(known, float(limit))) if key.startswith("percentile") else float(limit)
        holds &= values >= line if key.endswith("_min") else values <= line
    return holds


def _answered(measures: Measures, item: str, wanted: list[str]) -> pd.Series:
    if item not in measures.campaign.conditions:
        return pd.Series(False, index=measures.people)
    given = measures.campaign.conditions[item].reindex(measures.people)
    return given.map(lambda v: isinstance(v, str) and bool(set(v.split(";")) & set(wanted))).astype(bool)


def _subject(
    measures: Measures, condition: Mapping[str, Any], standing: pd.Series, domains: pd.DataFrame
) -> pd.Series | None:
    """The values a condition speaks of: measured people only (standing: everybody)."""
    if "standing" in condition:
        return standing
    if "domain" in condition:
        return domains.get(condition["domain"])
    if "scale" in condition:
        return measures.scales.get(condition["scale"])
    if "method" in condition:
        return measures.plain.composites.get(condition["method"])
    unit_scale = condition.get("unit_scale")
    means = measures.unit_means
    if unit_scale not in means or "unit" not in measures.campaign.staff:
        return None
    return measures.campaign.staff["unit"].map(means[unit_scale]).reindex(measures.people).astype(float)
