"""Criteria to standing, rank, chance to be in the shortlist and in the team, bands and flags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assessment.campaign import Criteria, Settings
from assessment.flags import flag_codes
from assessment.gates import GateResult, check_gates
from assessment.scoring.measures import Measures, common_loadings
from assessment.scoring.plain import PlainReading, domain_profile, reweighted
from assessment.weights import Weights, resolve_weights

LOW, HIGH = 0.02, 0.98  # domain values are held within before they enter the power mean
Z_TO_UNIT = 6.0  # value = 0.5 + z / 6
BAND_IN, BAND_OUT = 0.8, 0.2
INTERVAL = (5.0, 95.0)  # percent of the draws
WIDE_SCALE, WIDE_DOMAIN = 0.8, 0.6  # errors (SD) above which there is not enough evidence
LESS_THAN_USUAL = 0.75  # of the median number of known indicators: something is missing for this person in particular


@dataclass(frozen=True)
class View:
    """What the standing is computed from, in one reading at one moment (before or with interviews).

    domains : array domains x people x draws (z); points, errors : people x domains
    standing : array people x draws, 0..1; names : the domains in the order of the array
    """

    domains: np.ndarray
    points: pd.DataFrame
    errors: pd.DataFrame
    standing: np.ndarray


def power_mean(values: np.ndarray, weights: np.ndarray, balance: float) -> np.ndarray:
    """Weighted power mean over the first axis of values (already 0..1, positive).

    balance 1 = weighted sum, 0 = geometric mean, below 0 the weaker side counts more. weights sum to 1.
    """
    if abs(balance - 1.0) < 1e-12:
        return np.tensordot(weights, values, axes=1)
    if abs(balance) < 1e-9:
        return np.exp(np.tensordot(weights, np.log(values), axes=1))
    smallest = values.min(axis=0)  # taken out so that strongly negative exponents neither overflow nor vanish
    ratio = values / smallest
    return smallest * np.tensordot(weights, ratio**balance, axes=1) ** (1.0 / balance)


def to_unit(z: np.ndarray) -> np.ndarray:
    """z on the 0..1 scale of the power mean."""
    return np.clip(0.5 + z / Z_TO_UNIT, LOW, HIGH)


def rank_people(measures: Measures, criteria: Criteria, settings: Settings | None = None) -> pd.DataFrame:
    """The ranking of DESIGN.md section 4.1 under the criteria: one row a person, sorted by rank."""
    settings = settings or measures.campaign.settings
    weights = resolve_weights(criteria, measures.campaign.instruments.roles)
    view, early = views(measures, criteria, weights)
    gates = check_gates(measures.campaign, measures.quality, view.points, measured_domains(measures))
    early_gates = gates
    if early is not view:
        early_gates = check_gates(measures.campaign, measures.quality, early.points, measured_domains(measures))
    table = pd.DataFrame(index=measures.people)
    table["standing"], table["se"] = view.standing.mean(1, dtype=float), view.standing.std(1, dtype=float)
    table["low"], table["high"] = np.percentile(view.standing, INTERVAL, axis=1)
    table["p_shortlist"] = chances(early, early_gates, settings.shortlist)
    second = _behind_interviewed(view, measures) if criteria.reading == "plain" else view
    table["p_team"] = chances(second, gates, settings.team)
    for scale in measures.scales:
        table[scale], table[f"{scale}_se"] = measures.scales[scale], measures.scale_errors[scale]
    for domain in view.points:  # after the scales: where a scale has the id of its domain, the domain counts
        table[domain], table[f"{domain}_se"] = view.points[domain], view.errors[domain]
    lacking = not_enough_evidence(measures, view)
    table["band"] = _bands(table, gates, lacking, bool(measures.interviewed.any()))
    table["flags"] = flag_codes(measures, table["standing"], view.points, gates, lacking)
    excluded = table.index[gates.excluded]
    table["plain_rank"] = plain_order(measures, weights).rank(excluded)
    table = _ranked(table, gates, criteria, measures)
    return table[_columns(list(map(str, view.points)), list(map(str, measures.scales)))]


def _columns(domains: list[str], scales: list[str]) -> list[str]:
    first = ["rank", "standing", "se", "low", "high", "p_shortlist", "p_team", "band"]
    pairs = [c for name in dict.fromkeys([*domains, *scales]) for c in (name, f"{name}_se")]
    return [*first, *pairs, "flags", "plain_rank"]


def _ranked(table: pd.DataFrame, gates: GateResult, criteria: Criteria, measures: Measures) -> pd.DataFrame:
    """By standing, people not eligible now at the end; of equals the smaller id. Plain: the plain order."""
    if criteria.reading == "plain":
        order = table["plain_rank"].sort_values(kind="stable").index
    else:
        keys = pd.DataFrame({"last": gates.excluded, "value": -table["standing"].round(9), "id": table.index})
        order = keys.sort_values(["last", "value", "id"]).index
    table = table.loc[order]
    table["rank"] = np.arange(1, len(table) + 1)
    return table.rename_axis("person_id")


def views(measures: Measures, criteria: Criteria, weights: Weights) -> tuple[View, View]:
    """The view with everything known and the one before interviews (the same object where there are none)."""
    if criteria.reading == "plain":
        return _plain_views(measures, weights)
    late = _model_view(measures, criteria, weights, "after")
    if measures.draws is measures.draws_before:
        return late, late
    return late, _model_view(measures, criteria, weights, "before")


def _model_view(measures: Measures, criteria: Criteria, weights: Weights, moment: str) -> View:
    domains, points, errors = domain_draws(measures, weights, moment)
    shares = np.array([weights.domains[str(d)] for d in points], dtype=np.float32)
    used = shares > 0
    key = ("unit", moment, weights.key)
    if key not in measures.cache:
        measures.cache[key] = to_unit(domains)
    return View(domains, points, errors, power_mean(measures.cache[key][used], shares[used], criteria.balance))


def domain_draws(
    measures: Measures, weights: Weights, moment: str
) -> tuple[np.ndarray, pd.DataFrame, pd.DataFrame]:
    """Draws of the domains (domains x people x draws, z over all people and draws), their points and errors.

    A domain is what its constructs have in common, seen through their weighted mean: z = rho * mean + noise, where rho
    is the correlation of the mean with the common factor (from the constructs' loadings; McDonald 1999, omega), so that
    what belongs to single constructs alone widens the interval. A capped construct counts at most at its cap.
    """
    key = ("domains", moment, weights.key)
    if key not in measures.cache:
        measures.cache[key] = _domain_draws(measures, weights, moment)
    return measures.cache[key]


def _domain_draws(
    measures: Measures, weights: Weights, moment: str
) -> tuple[np.ndarray, pd.DataFrame, pd.DataFrame]:
    draws = measures.draws if moment == "after" else measures.draws_before
    capped = measures.campaign.instruments.roles.capped
    place = {c: k for k, c in enumerate(measures.constructs.columns)}
    out = np.zeros((len(weights.inside), *draws[:, 0].shape), dtype=np.float32)
    for d, members in enumerate(weights.inside.values()):
        for construct, share in members.items():
            values = draws[:, place[construct]]
            if construct in capped:
                line = values.mean(dtype=float) + capped[construct] * values.std(dtype=float)
                values = np.minimum(values, np.float32(line))
            out[d] += np.float32(share) * values
        _to_z(out[d])
        rho = common_share(measures, members, moment)
        if rho < 1.0:
            noise = np.random.default_rng([measures.seed, d]).standard_normal(out[d].shape, dtype=np.float32)
            out[d] *= np.float32(rho)
            out[d] += np.float32(np.sqrt(1.0 - rho**2)) * noise
            _to_z(out[d])
    names = list(weights.inside)
    points = pd.DataFrame(out.mean(2, dtype=float).T, measures.people, names)
    errors = pd.DataFrame(out.std(2, dtype=float).T, measures.people, names)
    return out, points, errors


def _to_z(values: np.ndarray) -> None:
    """Mean 0 and SD 1 over people and draws, in place."""
    spread = values.std(dtype=float)
    values -= np.float32(values.mean(dtype=float))
    values /= np.float32(spread if spread > 1e-9 else 1.0)


def common_share(measures: Measures, members: Mapping[str, float], moment: str = "after") -> float:
    """Correlation of a weighted mean of constructs with what they have in common, 0..1."""
    correlation = measures.correlations[moment]
    loadings = common_loadings(measures.campaign, correlation)
    names, share = list(members), np.array(list(members.values()), dtype=float)
    spread = float(share @ correlation.loc[names, names].to_numpy() @ share)
    return float(np.clip(share @ loadings[names].to_numpy() / np.sqrt(spread), 0.0, 1.0)) if spread > 0 else 1.0


def plain_order(measures: Measures, weights: Weights) -> PlainReading:
    """The plain reading under other weights of constructs (the expert ones are already computed)."""
    roles = measures.campaign.instruments.roles
    expert = resolve_weights(Criteria(), roles)
    if all(abs(expert.constructs[c] - w) < 1e-12 for c, w in weights.constructs.items()):
        return measures.plain
    key = ("plain", tuple(sorted(weights.constructs.items())))
    if key not in measures.cache:
        measures.cache[key] = reweighted(measures.plain, roles, weights.constructs)
    return measures.cache[key]


def _plain_views(measures: Measures, weights: Weights) -> tuple[View, View]:
    """Totals on the 0..1 scale (0.5 + z / 6) with normal errors; domains from the profile with theirs."""
    plain = plain_order(measures, weights)
    points, errors = domain_profile(plain.profile, plain.profile_errors, weights.inside)
    points, errors = points.fillna(0.0), errors.fillna(1.0).clip(upper=1.0)
    rng = np.random.default_rng(measures.seed)
    n_draws = measures.draws.shape[2]
    noise = rng.standard_normal((points.shape[1], len(points), n_draws), dtype=np.float32)
    domains = (points.to_numpy().T[:, :, None] + errors.to_numpy().T[:, :, None] * noise).astype(np.float32)
    early_noise = _shuffled_normal(rng, len(points), n_draws)
    early = _total_draws(plain.totals["stage_one"], plain.errors["stage_one"], early_noise)
    if not plain.interviewed.any():
        view = View(domains, points, errors, early)
        return view, view
    total = plain.total
    error = plain.errors["stage_two"].where(plain.interviewed, plain.errors["stage_one"])
    return View(domains, points, errors, _total_draws(total, error, early_noise)), View(domains, points, errors, early)


def _shuffled_normal(rng: np.random.Generator, people: int, n_draws: int) -> np.ndarray:
    """Normal scores, the same for everybody and each time in another order: so means keep the order of the totals."""
    from scipy.special import ndtri

    scores = ndtri((np.arange(n_draws) + 0.5) / n_draws).astype(np.float32)
    return rng.permuted(np.broadcast_to(scores, (people, n_draws)), axis=1)


def _total_draws(total: pd.Series, error: pd.Series, noise: np.ndarray) -> np.ndarray:
    spread = total.std(ddof=0)
    unit = spread if spread > 1e-12 else 1.0
    z = ((total - total.mean()) / unit).fillna(0.0).to_numpy()
    se = (error / unit).fillna(1.0).clip(upper=1.0).to_numpy()
    return to_unit(z[:, None] + se[:, None] * noise)


def _behind_interviewed(view: View, measures: Measures) -> View:
    """Plain reading: people without an interview come after those with one."""
    if not measures.interviewed.any():
        return view
    back = np.where(measures.interviewed.to_numpy(), 0.0, 1.0)[:, None]
    return View(view.domains, view.points, view.errors, view.standing - back)


def chances(view: View, gates: GateResult, size: int) -> np.ndarray:
    """Share of the draws in which a person is among the first `size` eligible people; of equals the smaller id.

    Where values are held at an end of the scale, several people may be equal in a draw: not more than `size` are first.
    """
    standing = view.standing.astype(np.float32, copy=True)
    names = list(view.points)
    for domain, line in gates.lines.items():
        standing[view.domains[names.index(domain)] < line] = -np.inf
    standing[gates.barred.to_numpy()] = -np.inf
    if size >= len(standing):
        return np.isfinite(standing).mean(1)
    last = np.partition(standing, len(standing) - size, axis=0)[len(standing) - size]
    first = (standing >= last) & np.isfinite(standing)
    crowded = np.flatnonzero(first.sum(0) > size)
    if len(crowded):
        equal = standing[:, crowded] == last[crowded]
        room = size - (standing[:, crowded] > last[crowded]).sum(0)
        first[:, crowded] &= ~equal | (equal.cumsum(0) <= room)
    return first.mean(1)


def measured_domains(measures: Measures) -> pd.DataFrame:
    """People x domains: whether any source speaks of one of the domain's constructs."""
    domains = measures.campaign.instruments.roles.domains
    return pd.DataFrame({d: measures.evidence[list(c)].any(axis=1) for d, c in domains.items() if c})


def not_enough_evidence(measures: Measures, view: View) -> pd.Series:
    """Fewer than half of a scale's items answered; or an error above .8 SD of a scale or .6 of a domain where less is
    known of the person than is usual here (a short questionnaire, or an answer at the end of it, is no gap)."""
    domain = (view.errors > WIDE_DOMAIN).any(axis=1)
    scale = (measures.scale_errors.isna() | (measures.scale_errors > WIDE_SCALE)).any(axis=1)
    less = measures.known < LESS_THAN_USUAL * measures.known.median()
    half = (measures.answered_shares < 0.5).any(axis=1).reindex(domain.index, fill_value=True)
    return half | (less & (domain | scale))


def _bands(table: pd.DataFrame, gates: GateResult, lacking: pd.Series, interviews: bool) -> pd.Series:
    chance = table["p_team"] if interviews else table["p_shortlist"]
    band = pd.Series("open", index=table.index)
    band[chance > BAND_IN] = "in"
    band[chance < BAND_OUT] = "out"
    band[gates.held & (band == "in")] = "open"
    band[lacking] = "open"
    band[gates.barred] = "out"
    return band


def sensitivity(
    measures: Measures, criteria: Criteria, settings: Settings | None = None
) -> dict[str, Mapping[str, int]]:
    """How many of the shortlist and of the team change when self-presentation is set to 0, .1, .2 of self-report.

    Compared by posterior means, against the share used.
    """
    settings = settings or measures.campaign.settings
    weights = resolve_weights(criteria, measures.campaign.instruments.roles)
    sizes = {"shortlist": settings.shortlist, "team": settings.team}
    found: dict[str, Mapping[str, int]] = {}
    base = measures.means
    for share, means in measures.at_shares.items():
        changed = {}
        for (name, size), now, then in zip(sizes.items(), means, base, strict=True):
            first = [set(first_by_means(m, weights, criteria, size)) for m in (now, then)]
            changed[name] = min(size, len(now)) - len(first[0] & first[1])
        found[str(share)] = changed
    return found


def first_by_means(means: pd.DataFrame, weights: Weights, criteria: Criteria, size: int) -> list[str]:
    """The first `size` people by the standing of the posterior means alone."""
    z = pd.DataFrame({d: sum(share * means[c] for c, share in m.items()) for d, m in weights.inside.items()})
    z = (z - z.mean()) / z.std(ddof=0).replace(0.0, 1.0)
    shares = np.array([weights.domains[str(d)] for d in z])
    value = power_mean(to_unit(z.to_numpy().T)[shares > 0], shares[shares > 0], criteria.balance)
    order = pd.DataFrame({"value": -value.round(9), "id": z.index}, index=z.index).sort_values(["value", "id"])
    return list(order.index[:size])
