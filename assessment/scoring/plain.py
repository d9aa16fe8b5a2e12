"""The plain reading: the formulas of INSTRUMENTS.md sections 3 and 9, which a consultant can redo in a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from assessment.campaign import METHODS, Campaign
from assessment.indicators import indicator_values
from assessment.instruments.reading import Roles


@dataclass(frozen=True)
class PlainReading:
    """Both views of the plain formulas.

    indicators : people x indicators, raw values (reversed, group effects removed)
    z : the same on the campaign's z scale (n in the denominator)
    composites : people x methods, z; NaN where a person has no indicator of the method
    reliability : method -> internal consistency of its composite
    totals : DataFrame with columns stage_one, stage_two (NaN where nothing is known), z units of the composites
    errors : standard errors of the totals, same columns
    profile : people x constructs, weighted by the shares that apply to the person
    profile_errors : the same shape
    interviewed : bool per person
    """

    indicators: pd.DataFrame
    z: pd.DataFrame
    composites: pd.DataFrame
    reliability: pd.Series
    totals: pd.DataFrame
    errors: pd.DataFrame
    profile: pd.DataFrame
    profile_errors: pd.DataFrame
    interviewed: pd.Series

    @property
    def total(self) -> pd.Series:
        """Stage-two total for people interviewed, stage-one total for the others."""
        return self.totals["stage_two"].where(self.interviewed, self.totals["stage_one"])

    def rank(self, last: pd.Index | None = None) -> pd.Series:
        """Place in the plain order: people interviewed first, then the others; `last` (not eligible) at the end."""
        excluded = pd.Series(self.z.index.isin(last) if last is not None else False, index=self.z.index)
        order = pd.DataFrame(
            {
                "last": excluded,
                "rest": ~self.interviewed,
                "total": -self.total.fillna(-np.inf).round(9),
                "id": self.z.index,
            }
        ).sort_values(["last", "rest", "total", "id"])
        return pd.Series(np.arange(1, len(order) + 1), index=order.index).reindex(self.z.index)


def standardise(values: pd.DataFrame) -> pd.DataFrame:
    """z scale over the campaign, n in the denominator; a column without spread becomes 0."""
    spread = values.std(ddof=0)
    z = (values - values.mean()) / spread.where(spread > 1e-12)
    return z.where(z.notna() | values.isna(), 0.0)


def plain_reading(campaign: Campaign, weights: Mapping[str, float] | None = None) -> PlainReading:
    """Every figure of the plain reading.

    weights : construct -> weight; default the expert weights of roles.yaml
    """
    roles = campaign.instruments.roles
    raw = indicator_values(campaign)
    return _reading(raw, standardise(raw), roles, dict(roles.constructs if weights is None else weights))


def reweighted(reading: PlainReading, roles: Roles, weights: Mapping[str, float]) -> PlainReading:
    """The same indicators under other weights of the constructs; the profile does not hang on them."""
    composites = method_composites(reading.z, method_pairs(roles, list(reading.z.columns)), weights, roles.capped)
    reliability = reading.reliability.where(composites.notna().any())
    totals, errors = _totals(composites, reliability, roles)
    return replace(reading, composites=composites, reliability=reliability, totals=totals, errors=errors)


def _reading(raw: pd.DataFrame, z: pd.DataFrame, roles: Roles, weights: Mapping[str, float]) -> PlainReading:
    pairs = method_pairs(roles, list(z.columns))
    composites = method_composites(z, pairs, weights, roles.capped)
    reliability = pd.Series({m: _consistency(z[list(dict.fromkeys(i for i, _ in pairs[m]))]) for m in METHODS})
    reliability = reliability.where(composites.notna().any())
    interviewed = composites["interview"].notna()
    totals, errors = _totals(composites, reliability, roles)
    profile, profile_errors = _profile(z, pairs, reliability, roles, interviewed)
    return PlainReading(raw, z, composites, reliability, totals, errors, profile, profile_errors, interviewed)


def method_pairs(roles: Roles, columns: list[str]) -> dict[str, list[tuple[str, str]]]:
    """(indicator, construct) pairs of each method, in the order of the constructs; only delivered indicators."""
    found: dict[str, list[tuple[str, str]]] = {method: [] for method in METHODS}
    for construct, by_method in roles.indicator_map.items():
        for method, indicators in by_method.items():
            found[method] += [(i, construct) for i in indicators if i in columns]
    return found


def method_composites(
    z: pd.DataFrame,
    pairs: Mapping[str, list[tuple[str, str]]],
    weights: Mapping[str, float],
    capped: Mapping[str, float],
) -> pd.DataFrame:
    """Weighted mean of each method's indicators, then z again: people x methods.

    An indicator counts with the weights of the constructs it maps to (several constructs: their sum), a capped
    construct's part counts at most at its cap. Indicators a person lacks are left out of that person's mean.
    """
    values, place = z.to_numpy(), {column: k for k, column in enumerate(z.columns)}
    composites = {}
    for method in METHODS:
        used = [(place[i], c) for i, c in pairs[method] if weights.get(c, 0.0) > 0]
        if not used:
            composites[method] = np.full(len(z), np.nan)
            continue
        parts = values[:, [k for k, _ in used]]
        parts = np.minimum(parts, [capped.get(c, np.inf) for _, c in used])
        share = np.array([weights[c] for _, c in used], float)
        mass = (~np.isnan(parts) * share).sum(1)
        total = np.nansum(parts * share, axis=1)
        composites[method] = np.where(mass > 0, total / np.where(mass > 0, mass, 1.0), np.nan)
    return standardise(pd.DataFrame(composites, index=z.index))


def _consistency(z: pd.DataFrame) -> float:
    """Standardised alpha of the indicators; half where a single one leaves nothing to compare."""
    k = z.shape[1]
    if k < 2:
        return 0.5 if k else float("nan")
    r = z.corr(min_periods=10).to_numpy()
    mean = np.nanmean(r[np.triu_indices(k, 1)]) if np.isfinite(r[np.triu_indices(k, 1)]).any() else 0.0
    return float(np.clip(k * mean / (1 + (k - 1) * mean), 0.05, 0.95))


def stage_shares(roles: Roles, stage: str, methods: list[str]) -> pd.Series:
    """Shares of the methods at a stage ("stage_one" or "stage_two"); all alike where roles.yaml names no methods."""
    given = roles.stage_one if stage == "stage_one" else roles.stage_two
    if not given:
        given = {m: 1.0 for m in METHODS if stage == "stage_two" or m != "interview"}
    return pd.Series({m: float(given.get(m, 0.0)) for m in methods})


def _totals(
    composites: pd.DataFrame, reliability: pd.Series, roles: Roles
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sum over methods of share x composite; a missing method is left out and the rest rescaled to 1.

    The error of a total joins the errors of its composites and, for what is missing of the methods that were delivered
    at all, as much as that part could have moved it.
    """
    totals, errors = {}, {}
    for stage in ("stage_one", "stage_two"):
        share = stage_shares(roles, stage, list(composites.columns))
        known = composites.notna() * share
        mass = known.sum(axis=1)
        part = known.div(mass.where(mass > 0), axis=0)
        totals[stage] = (part * composites.fillna(0.0)).sum(axis=1).where(mass > 0)
        noise = 1.0 - reliability.fillna(0.0)
        delivered = share[composites.notna().any()].sum()
        missing = 1.0 - mass / (delivered if delivered > 0 else 1.0)
        errors[stage] = (((part**2 * noise).sum(axis=1) + missing**2) ** 0.5).where(mass > 0)
    return pd.DataFrame(totals), pd.DataFrame(errors)


def _profile(
    z: pd.DataFrame,
    pairs: Mapping[str, list[tuple[str, str]]],
    reliability: pd.Series,
    roles: Roles,
    interviewed: pd.Series,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Per construct the mean over its available methods, weighted by the shares of the person's stage."""
    one = stage_shares(roles, "stage_one", list(METHODS))
    two = stage_shares(roles, "stage_two", list(METHODS))
    values, errors = {}, {}
    for construct in roles.constructs:
        total = pd.Series(0.0, index=z.index)
        noise = pd.Series(0.0, index=z.index)
        mass = pd.Series(0.0, index=z.index)
        for method in METHODS:
            columns = [i for i, c in pairs[method] if c == construct]
            if not columns:
                continue
            value = z[columns].mean(axis=1)
            share = interviewed.map({True: two[method], False: one[method]}).where(value.notna(), 0.0)
            total += share * value.fillna(0.0)
            noise += share**2 * (1.0 - reliability.fillna(0.0)[method])
            mass += share
        known = mass.where(mass > 0)
        cap = roles.capped.get(construct)
        values[construct] = (total / known).clip(upper=cap) if cap is not None else total / known
        errors[construct] = np.sqrt(noise) / known
    return pd.DataFrame(values, index=z.index), pd.DataFrame(errors, index=z.index)


def domain_profile(
    profile: pd.DataFrame, errors: pd.DataFrame, inside: Mapping[str, Mapping[str, float]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Domains from the profile: weighted mean of the known constructs, on the campaign's z scale, with errors.

    inside : domain -> construct -> share
    """
    values, noise = {}, {}
    for domain, shares in inside.items():
        share, members = pd.Series(shares, dtype=float), list(shares)
        known = profile[members].notna() * share
        mass = known.sum(axis=1)
        part = known.div(mass.where(mass > 0), axis=0)
        values[domain] = (part * profile[members].fillna(0.0)).sum(axis=1).where(mass > 0)
        noise[domain] = np.sqrt((part**2 * errors[members].fillna(0.0) ** 2).sum(axis=1)).where(mass > 0)
    frame = pd.DataFrame(values)
    spread = frame.std(ddof=0).where(lambda s: s > 1e-12, 1.0)
    return standardise(frame), pd.DataFrame(noise) / spread
