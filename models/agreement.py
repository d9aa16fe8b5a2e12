"""How far people agree: kappas for choices among names, agreement and reliability of the answers of one unit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd


def cohen_kappa(first: pd.Series, second: pd.Series) -> float:
    """Agreement of two named raters on categories beyond chance (Cohen 1960).

    first, second: one category a case, rows matched by index; cases with an empty entry are left out. NaN where there
    is no case or where both name one and the same category throughout. ValueError: a case twice in one of them.
    """
    if first.index.has_duplicates or second.index.has_duplicates:
        raise ValueError("a case stands twice in the index")
    both = pd.concat([first.astype(object), second.astype(object)], axis=1, join="inner").dropna()
    if both.empty:
        return float("nan")
    left, right = both.iloc[:, 0], both.iloc[:, 1]
    found = float((left == right).mean())
    shares = left.value_counts(normalize=True), right.value_counts(normalize=True)
    chance = float(shares[0].mul(shares[1], fill_value=0.0).sum())
    return _beyond_chance(found, chance)


def fleiss_kappa(choices: pd.DataFrame, case: str, category: str) -> float:
    """Agreement of changing raters on categories beyond chance (Fleiss 1971), any number of raters a case.

    choices: one row for each rater and case, with the columns named by ``case`` and ``category``. Cases with one rater
    are left out, the others count alike. NaN where no case has two raters, or only one category occurs.
    """
    counts = _case_counts(choices, case, category)
    if counts.empty:
        return float("nan")
    raters = counts.sum(axis=1)
    alike = (counts * (counts - 1)).sum(axis=1) / (raters * (raters - 1))
    shares = counts.sum() / counts.to_numpy().sum()
    return _beyond_chance(float(alike.mean()), float((shares**2).sum()))


def category_kappas(choices: pd.DataFrame, case: str, category: str) -> pd.DataFrame:
    """Agreement on each category against all others (Fleiss, Levin & Paik 2003), cases as in fleiss_kappa.

    Returns a table with index category: n (choices of it), share, kappa.
    """
    counts = _case_counts(choices, case, category)
    raters, total = counts.sum(axis=1), counts.to_numpy().sum()
    kappas = []
    for name in counts.columns:
        here = counts[name]
        alike = (here * (here - 1) + (raters - here) * (raters - here - 1)) / (raters * (raters - 1))
        share = here.sum() / total
        kappas.append(_beyond_chance(float(alike.mean()), float(share**2 + (1.0 - share) ** 2)))
    n = counts.sum()
    return pd.DataFrame({"n": n, "share": n / max(total, 1), "kappa": np.array(kappas, dtype=float)})


def krippendorff_alpha(choices: pd.DataFrame, case: str, value: str, level: str = "nominal") -> float:
    """Agreement of changing raters, with missing ratings (Krippendorff 2011).

    choices: one row for each rater and case; level: nominal, ordinal or interval (the last two need numbers). Raters
    of a case count for as many pairs as they form. NaN where no case has two raters or one value occurs.
    """
    distances: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
        "nominal": lambda values, weight: 1.0 - np.eye(len(weight)),
        "ordinal": _ordinal_distance,
        "interval": lambda values, weight: np.subtract.outer(values, values) ** 2,
    }
    if level not in distances:
        raise ValueError(f"level must be one of {', '.join(distances)}, not {level!r}")
    counts = _case_counts(choices, case, value)
    if counts.empty:
        return float("nan")
    table = counts.to_numpy(dtype=float)
    weight = 1.0 / (table.sum(axis=1) - 1.0)
    coincidence = (table * weight[:, None]).T @ table - np.diag((table * weight[:, None]).sum(axis=0))
    margin = coincidence.sum(axis=0)
    values = counts.columns.to_numpy(dtype=float) if level != "nominal" else np.arange(len(margin))
    distance = distances[level](values, margin)
    expected = (np.outer(margin, margin) * distance).sum() / (margin.sum() - 1.0)
    if expected <= 0.0:
        return float("nan")
    return float(1.0 - (coincidence * distance).sum() / expected)


def _ordinal_distance(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Squared number of ratings between two values, half of the ends included."""
    middle = np.cumsum(weight) - 0.5 * weight
    return np.subtract.outer(middle, middle) ** 2


def _case_counts(choices: pd.DataFrame, case: str, category: str) -> pd.DataFrame:
    """Cases x categories, cases with two raters or more; categories sorted."""
    missing = [name for name in (case, category) if name not in choices.columns]
    if missing:
        raise ValueError(f"choices lack the column(s) {', '.join(missing)}")
    table = choices[[case, category]].dropna()
    counts = pd.crosstab(table[case], table[category])
    counts = counts[counts.sum(axis=1) > 1]
    return counts.loc[:, counts.sum() > 0]


def _beyond_chance(found: float, chance: float) -> float:
    return (found - chance) / (1.0 - chance) if chance < 1.0 else float("nan")


def rwg(answers: pd.Series | np.ndarray, n_options: int) -> float:
    """Agreement of people on one item: 1 - variance / variance of uniform answers (James, Demaree & Wolf 1984).

    answers: one a person, missing ones left out; n_options: answers offered. Held at 0 where people disagree more
    than chance would have it (the usual reading). NaN with fewer than two answers.
    """
    return rwg_j(np.asarray(answers, dtype=float)[:, None], n_options)


def rwg_j(answers: pd.DataFrame | np.ndarray, n_options: int) -> float:
    """Agreement of people on a scale of parallel items (James, Demaree & Wolf 1984), people x items.

    rwg(j) = j (1 - r) / (j (1 - r) + r), r = mean item variance / uniform variance, (A^2 - 1) / 12 for A options;
    r above 1 counts as 1. Items with fewer than two answers are left out. ValueError: fewer than two options.
    """
    if n_options < 2:
        raise ValueError(f"an item with {n_options} option(s) leaves no room to disagree")
    table = np.asarray(answers, dtype=float)
    enough = (~np.isnan(table)).sum(axis=0) > 1
    if not enough.any():
        return float("nan")
    found = float(np.mean(np.nanvar(table[:, enough], axis=0, ddof=1)))
    ratio = min(found / ((n_options**2 - 1) / 12.0), 1.0)
    items = int(enough.sum())
    return items * (1.0 - ratio) / (items * (1.0 - ratio) + ratio)


def unit_reliability(values: pd.Series, units: pd.Series) -> dict[str, float]:
    """Whether units differ: one-way analysis of variance with units of unequal size.

    values and units are matched by position; missing ones are left out. Returns icc1 (share of the variance of single
    answers that lies between units), icc2 (reliability of the unit means, at the size n_effective), n_effective
    (size of a unit, corrected for unequal ones), n_units, n, f, p (whether units differ at all). Negative estimates
    stay (icc2 down to -1): they say that units differ less than chance. NaN with fewer than two units, no unit of two,
    or one value throughout. Source: Shrout & Fleiss 1979, (1,1) and (1,k); Bliese 2000.
    """
    from scipy.special import betainc

    table = pd.DataFrame({"value": np.asarray(values, dtype=float), "unit": np.asarray(units, dtype=object)}).dropna()
    groups = table.groupby("unit")["value"]
    size = groups.size().to_numpy(dtype=float)
    n, k = float(size.sum()), len(size)
    empty = {"icc1": np.nan, "icc2": np.nan, "n_effective": np.nan, "f": np.nan, "p": np.nan}
    if k < 2 or n <= k:
        return {**empty, "n_units": k, "n": int(n)}
    effective = (n - (size**2).sum() / n) / (k - 1)
    between = float((size * (groups.mean().to_numpy() - table["value"].mean()) ** 2).sum()) / (k - 1)
    within = float(((table["value"] - groups.transform("mean")) ** 2).sum()) / (n - k)
    if between + within == 0.0:
        return {**empty, "n_effective": effective, "n_units": k, "n": int(n)}
    icc1 = (between - within) / (between + (effective - 1.0) * within)
    icc2 = max((between - within) / between, -1.0) if between > 0.0 else -1.0
    f = between / within if within > 0.0 else np.inf
    # upper tail of F as an incomplete beta integral, so that the whole of scipy.stats need not be loaded
    p = float(betainc((n - k) / 2.0, (k - 1) / 2.0, (n - k) / (n - k + (k - 1) * f))) if np.isfinite(f) else 0.0
    return {"icc1": icc1, "icc2": icc2, "n_effective": effective, "f": f, "p": p, "n_units": k, "n": int(n)}
