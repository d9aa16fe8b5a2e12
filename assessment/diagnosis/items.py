"""Scales and answers: how reliable each scale is, what its items do, and whose answers are in doubt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from assessment.campaign import Campaign
from assessment.problems import SOURCE
from assessment.scoring import checks as scoring_checks
from assessment.scoring.answers import turned_answers
from assessment.scoring.measures import Measures

USABLE, GOOD = 0.50, 0.70  # reliability: below the first no basis of decisions, below the second weak
ITEM_REST = 0.20  # of the worst item; below it the scale is weak here (INSTRUMENTS.md section 3)
UNUSABLE, WEAK, FINE = "unusable", "weak", ""
SEPARATE = 0.85  # domains that correlate above do not separate
ENOUGH_FOR_STRUCTURE = 300


SCALE_COLUMNS = [
    "n", "items", "alpha", "omega", "reliability", "item_rest", "worst", "floor", "ceiling", "mark", "reason",
]  # fmt: skip
FIGURES = ("alpha", "omega", "reliability")


def scales(measures: Measures) -> pd.DataFrame:
    """The table of scales, most reliable first: index scale.

    n, items, alpha, omega, reliability; item_rest (of the worst item) and worst (that item); floor, ceiling (mean share
    of answers at the ends); mark: "unusable" (left out of the model reading), "weak" or "" ; reason: reliability,
    item_rest, against_key, not_converged or "".
    """
    facts: Mapping[str, Mapping[str, Any]] = measures.facts.get("scales", {})
    refused = {p.column: p.code for p in measures.problems if p.severity == SOURCE and p.table == "survey"}
    rows = {scale: _scale_row(measures.campaign, scale, figures, refused) for scale, figures in facts.items()}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=SCALE_COLUMNS).rename_axis("scale")
    return table.sort_values("reliability", ascending=False, kind="stable")


def _scale_row(
    campaign: Campaign, scale: str, figures: Mapping[str, Any], refused: Mapping[str, str]
) -> dict[str, Any]:
    rest = figures.get("item_rest") or {}
    worst = min(rest, key=lambda item: rest[item]) if rest else ""
    lowest_rest = float(rest[worst]) if worst else np.nan
    answers = turned_answers(campaign, scale)
    battery = campaign.instruments.battery
    ranges = {battery.value_range(str(item)) for item in answers}
    floor, ceiling = scoring_checks.ends(answers, *ranges.pop()) if len(ranges) == 1 else (np.nan, np.nan)
    mark, reason = _mark(float(figures["reliability"]), lowest_rest, refused.get(scale, ""))
    number = {k: np.nan if figures.get(k) is None else float(figures[k]) for k in FIGURES}
    return {
        "n": int(figures["n"]), "items": int(figures["items"]), **number, "item_rest": lowest_rest, "worst": worst,
        "floor": floor, "ceiling": ceiling, "mark": mark, "reason": reason,
    }  # fmt: skip


def _mark(reliability: float, item_rest: float, refused: str) -> tuple[str, str]:
    if refused in ("item_against_key", "scale_not_converged"):
        return UNUSABLE, "against_key" if refused == "item_against_key" else "not_converged"
    if reliability < USABLE:
        return UNUSABLE, "reliability"
    if reliability < GOOD:
        return WEAK, "reliability"
    return (WEAK, "item_rest") if item_rest < ITEM_REST else (FINE, "")


def domain_reliability(points: pd.DataFrame, errors: pd.DataFrame) -> pd.Series:
    """Reliability of each domain: variance of the points over it plus the mean error variance."""
    between = points.var(ddof=0)
    return between / (between + (errors**2).mean())


def structure(measures: Measures) -> pd.DataFrame:
    """Pairs of domains that do not separate: first, second, correlation (of the latent domains).

    Empty below 300 people with answers, where the correlation is not known well enough.
    """
    columns = ["first", "second", "correlation"]
    if len(measures.campaign.answers) < ENOUGH_FOR_STRUCTURE:
        return pd.DataFrame(columns=columns)
    table = pd.DataFrame(measures.facts.get("correlation", {}))
    names = list(table.columns)
    pairs = [(a, b, float(table[a][b])) for k, a in enumerate(names) for b in names[k + 1 :]]
    return pd.DataFrame([pair for pair in pairs if pair[2] > SEPARATE], columns=columns)


def flagged(measures: Measures) -> pd.DataFrame:
    """People whose answers carry a flag, those with two independent ones first: index person_id.

    reasons (tuple of flag codes), careless (bool), held (both attention checks failed or answered faster than
    anybody reads), and the indices behind them as `answer_quality` gives them. Nobody is removed.
    """
    quality = measures.quality
    names = np.array(quality.flags.columns)
    rows = quality.flags.to_numpy(bool)
    table = quality.indices.copy()
    table.insert(0, "reasons", pd.Series([tuple(map(str, names[row])) for row in rows], quality.flags.index))
    table.insert(1, "careless", quality.careless)
    table.insert(2, "held", quality.flags[["fail_attention", "too_fast"]].any(axis=1))
    table = table.iloc[np.flatnonzero(rows.any(axis=1))]
    order = pd.DataFrame({"calm": ~table["careless"], "let": ~table["held"], "few": -table["reasons"].map(len)})
    order["id"] = table.index
    return table.loc[order.sort_values(["calm", "let", "few", "id"]).index].rename_axis("person_id")


def flag_counts(measures: Measures) -> dict[str, int]:
    """How many people carry each answering flag, and how many two independent ones ("careless")."""
    counts = {str(code): int(n) for code, n in measures.quality.flags.sum().items() if n}
    return {**counts, "careless": int(measures.quality.careless.sum())}
