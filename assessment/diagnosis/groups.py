"""Groups of people: how scales, domains and methods differ between them, and items that mean something else to one."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assessment.campaign import Campaign
from assessment.fairness.groups import UNKNOWN, groups, ordered
from assessment.scoring import checks as scoring_checks
from assessment.scoring.answers import turned_answers
from assessment.scoring.measures import Measures

CERTAIN = 1.959964
TOO_FEW = 5  # people in a group: below it no figure, but the group is named
TOO_FEW_FOR_ITEMS = 100  # people on each side: below it an item's curve is not known well enough to compare
LEAST_PART = 0.02  # a person of whom less than that was measured tells nothing of a group
LARGE = 0.5  # deviations; a difference above is worth a word (INSTRUMENTS.md section 12)
ITEM_EFFECT = 0.25  # points of the answer scale; a smaller difference moves nobody although many people make it certain
LEVEL = 0.05
HEADS = ("head_of_unit", "deputy_head", "head")
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Contrast:
    """A group against everybody else of whom the same is known.

    column : gender, age, org_type or level; group : its code; inside : bool per person, people of whom it is not known
    are left out
    """

    column: str
    group: str
    inside: pd.Series

    @property
    def sizes(self) -> tuple[int, int]:
        """People in the group and outside."""
        return int(self.inside.sum()), int((~self.inside).sum())


def contrasts(campaign: Campaign) -> list[Contrast]:
    """Every group that is compared, as far as staff tells: women, subordinate organisations, ages, heads.

    Of two groups that make up everybody one is named: the other's difference is the same with the other sign.
    """
    known = groups(campaign)
    found = []
    for column in ("gender", "org_type", "age"):
        if column not in known:
            continue
        value = known[column][known[column] != UNKNOWN]
        there = ordered(campaign, column, value)
        if len(there) == 2:
            there = there[1:] if column == "org_type" else there[:1]
        found += [Contrast(column, group, value == group) for group in there if 0 < (value == group).sum() < len(value)]
    if "level" in known:
        value = known["level"][known["level"] != UNKNOWN]
        heads = value.isin(HEADS)
        if 0 < heads.sum() < len(heads):
            found.append(Contrast("level", "heads", heads))
    return found


COLUMNS = ["kind", "subject", "column", "group", "n", "others", "d", "low", "high", "p_adjusted", "too_few", "clear"]


def differences(measures: Measures, domains: tuple[pd.DataFrame, pd.DataFrame] | None = None) -> pd.DataFrame:
    """How each group differs from everybody else, in standard deviations of people (d), with a 95 % interval.

    domains : points and errors of the domains (people x domains), as `standing.domain_draws` gives them
    Returns rows kind (domain, scale, method), subject, column, group, n, others (people who count), d (positive = the
    group stands higher), low, high, p_adjusted (Benjamini & Hochberg over all rows), too_few (under 5 on a side: no
    figures), clear (p_adjusted below .05 and |d| above .5).
    Measured values are shrunken towards the mean of everybody, so a person counts as the part of a person that was
    measured (1 - se squared): d = sum of values / sum of parts, for each side. Methods are compared as observed.
    """
    methods = measures.plain.composites
    tables = [
        ("scale", measures.scales, 1.0 - measures.scale_errors**2),
        ("method", methods, methods.notna().astype(float)),
    ]
    if domains is not None:
        tables.insert(0, ("domain", domains[0], 1.0 - domains[1] ** 2))
    return _compared(contrasts(measures.campaign), tables)


def domain_differences(campaign: Campaign, points: pd.DataFrame, errors: pd.DataFrame) -> pd.DataFrame:
    """The rows of `differences` that speak of domains, corrected among themselves; fast enough for every run."""
    return _compared(contrasts(campaign), [("domain", points, 1.0 - errors**2)])


def _compared(found: Sequence[Contrast], tables: Sequence[tuple[str, pd.DataFrame, pd.DataFrame]]) -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    for contrast in found:
        for kind, values, parts in tables:
            rows += [{"kind": kind, **row} for row in _differences(values, parts, contrast)]
    table = pd.DataFrame(rows, columns=COLUMNS)
    table["p_adjusted"] = adjusted(table["p_adjusted"].astype(float))
    table["clear"] = (table["p_adjusted"] < LEVEL) & (table["d"].astype(float).abs() > LARGE)
    return table


def _differences(values: pd.DataFrame, parts: pd.DataFrame, contrast: Contrast) -> list[dict[str, object]]:
    """One row a column that holds anything; p_adjusted still the p of the row alone."""
    inside = contrast.inside.reindex(values.index)
    value, part = values.to_numpy(float), parts.to_numpy(float)
    counts = ~np.isnan(value) & (part > LEAST_PART) & inside.notna().to_numpy()[:, None]
    group = inside.eq(True).to_numpy()[:, None]
    sums = []
    for side in (counts & group, counts & ~group):
        mass = np.where(side, part, 0.0).sum(axis=0)
        total = np.where(side, value, 0.0).sum(axis=0)
        sums.append((side.sum(axis=0), mass, total))
    rows: list[dict[str, object]] = []
    for k, name in enumerate(values.columns):
        (n, mass, total), (others, other_mass, other_total) = ((int(s[0][k]), s[1][k], s[2][k]) for s in sums)
        if n + others == 0:
            continue
        row: dict[str, object] = {
            "subject": str(name), "column": contrast.column, "group": contrast.group, "n": n, "others": others,
            "d": np.nan, "low": np.nan, "high": np.nan, "p_adjusted": np.nan, "too_few": min(n, others) < TOO_FEW,
        }  # fmt: skip
        if not row["too_few"]:
            d = float(total / mass - other_total / other_mass)
            error = math.sqrt(1.0 / mass + 1.0 / other_mass)
            row |= {"d": d, "low": d - CERTAIN * error, "high": d + CERTAIN * error}
            row["p_adjusted"] = math.erfc(abs(d) / error / math.sqrt(2.0))
        rows.append(row)
    return rows


ITEM_COLUMNS = ["scale", "item", "column", "group", "n", "others", "effect", "p", "p_adjusted", "differs", "too_few"]


def item_functioning(
    campaign: Campaign, scales: Sequence[str] | None = None, progress: Progress | None = None
) -> pd.DataFrame:
    """Items that mean something else to a group: people equally high on the scale answer them otherwise.

    Every item of the scales (default: all of persons) against every contrast by likelihood ratio. Returns rows scale,
    item, column, group, n, others, effect (points of the answer scale; positive = the group answers higher than equally
    high people outside it, items turned so that more is more), p, p_adjusted (Benjamini & Hochberg 1995 over all tests
    made), differs (p_adjusted below .05 and |effect| of .25 or more), too_few (under 100 on a side, or one answer only:
    not tested). Largest effects that differ come first. Takes seconds: for a button, not for every run.
    """
    battery = campaign.instruments.battery
    tell = progress or (lambda step, share: None)
    jobs = [(s, c) for s in (scales or battery.person_scales) for c in contrasts(campaign)]
    rows: list[dict[str, object]] = []
    for place, (scale, contrast) in enumerate(jobs):
        tell(scale, place / len(jobs))
        rows += _scale_functioning(campaign, scale, contrast)
    table = pd.DataFrame(rows, columns=ITEM_COLUMNS)
    table["p_adjusted"] = adjusted(table["p"].astype(float))
    differs = (table["p_adjusted"] < LEVEL) & (table["effect"].astype(float).abs() >= ITEM_EFFECT)
    table["differs"] = differs.astype(bool)
    order = pd.DataFrame({"last": ~table["differs"], "effect": -table["effect"].astype(float).abs()})
    return table.loc[order.sort_values(["last", "effect"], kind="stable").index].reset_index(drop=True)


def _scale_functioning(campaign: Campaign, scale: str, contrast: Contrast) -> list[dict[str, object]]:
    answers = turned_answers(campaign, scale).dropna(how="all")
    inside = contrast.inside.reindex(answers.index).dropna().astype(bool)
    n, others = int(inside.sum()), int((~inside).sum())
    row = {"scale": scale, "column": contrast.column, "group": contrast.group, "n": n, "others": others}
    enough = min(n, others) >= TOO_FEW_FOR_ITEMS
    found = scoring_checks.item_differences(answers, inside) if enough else pd.DataFrame(columns=["p", "effect"])
    return [
        {
            **row,
            "item": str(item),
            "effect": float(found.loc[item, "effect"]) if item in found.index else np.nan,  # type: ignore[arg-type]
            "p": float(found.loc[item, "p"]) if item in found.index else np.nan,  # type: ignore[arg-type]
            "too_few": item not in found.index,
        }
        for item in answers.columns
    ]


def adjusted(p: pd.Series) -> pd.Series:
    """p values that hold for all tests together (Benjamini & Hochberg 1995); missing ones stay missing."""
    known = p.dropna().sort_values(ascending=False)
    count = len(known)
    steps = known * count / np.arange(count, 0, -1)
    return steps.cummin().clip(upper=1.0).reindex(p.index)
