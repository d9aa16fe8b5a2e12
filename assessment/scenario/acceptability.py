"""Who is in under which weights: rank acceptability over weights nobody has settled, over error, and over both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from assessment.campaign import Criteria, Settings
from assessment.rerank import AFTER, BEFORE, Ground, ground
from assessment.scenario.weight_space import WeightSpace
from assessment.scoring.measures import Measures, common_loadings
from assessment.standing import to_unit
from assessment.weights import Weights, resolve_weights

SHORTLIST, TEAM = "shortlist", "team"
WEIGHT = "w_"  # prefix of the columns of central weights


@dataclass(frozen=True)
class Acceptability:
    """What holds for each person whatever weights one takes from the space (SMAA-2, Lahdelma & Salminen 2001).

    people : index person_id, likeliest first; p_weights, p_error, p_both = chance to be in the first k over the weights
        alone (nothing mismeasured), over the error alone (the criteria's own weights: the chance of the ranking), over
        both; rank_low, rank_median, rank_high = places over both (5, 50, 95 %); w_<name> = central weights: the mean of
        the weights under which the person is in, over both (NaN: never in)
    places : people x bands of places ("1-10" ...), chance to stand there, over both
    average : mean weights of the space, to hold the central weights against
    weights : samples x names, as drawn
    """

    people: pd.DataFrame
    places: pd.DataFrame
    average: pd.Series
    weights: np.ndarray


def acceptability(
    measures: Measures,
    criteria: Criteria,
    space: WeightSpace,
    settings: Settings | None = None,
    stage: str = SHORTLIST,
    seed: int = 1,
) -> Acceptability:
    """Rank acceptability of everybody in the first k of a stage ("shortlist" or "team").

    One set of weights is drawn for each posterior draw, so both kinds of doubt are looked at jointly. The model reading
    is used (the plain total has no weights of domains); gates hold as in the ranking: what excludes always, a line only
    where measures are drawn - under weights alone nothing is, and a gate must not become a cliff.
    """
    settings = settings or measures.campaign.settings
    size = settings.shortlist if stage == SHORTLIST else settings.team
    weights = resolve_weights(criteria, measures.campaign.instruments.roles)
    found = ground(measures, weights, BEFORE if stage == SHORTLIST else AFTER)
    own = found.shares(weights)
    drawn = space.sample(found.domains.shape[2], seed)
    if space.names == found.names:
        sure = found.standings(drawn, criteria.balance, own)
        both = found.draws(drawn.T, criteria.balance)
    else:
        sure, both = _by_constructs(measures, found, weights, space, drawn, criteria.balance, stage)
    sure = np.where(found.excluded[:, None], -np.inf, sure)
    error = np.where(found.eligible(), found.draws(own, criteria.balance), -np.inf)
    both = np.where(found.eligible(), both, -np.inf)
    inside = first(both, size)
    table = pd.DataFrame(index=found.people)
    table["p_weights"], table["p_error"] = first(sure, size).mean(1), first(error, size).mean(1)
    table["p_both"] = inside.mean(1)
    ranks = _ranks(both)
    table["rank_low"], table["rank_median"], table["rank_high"] = _quantiles(ranks)
    count = inside.sum(1)
    with np.errstate(invalid="ignore", divide="ignore"):
        central = (inside.astype(np.float32) @ drawn.astype(np.float32)) / count[:, None]
    for k, name in enumerate(space.names):
        table[WEIGHT + name] = central[:, k]
    keys = table.assign(id=table.index)
    order = keys.sort_values(["p_both", "p_weights", "id"], ascending=[False, False, True]).index
    places = _places(ranks, np.isfinite(both), size, found.people)
    average = pd.Series(drawn.mean(0), index=list(space.names))
    return Acceptability(table.loc[order], places.loc[order], average, drawn)


def confidence(
    measures: Measures,
    criteria: Criteria,
    person_id: str,
    central: pd.Series,
    settings: Settings | None = None,
    stage: str = SHORTLIST,
) -> float:
    """Chance of a person to be in the first k when one values exactly what is best for the person (central weights)."""
    settings = settings or measures.campaign.settings
    taken = Criteria({str(k): float(v) for k, v in central.items()}, criteria.balance)
    weights = resolve_weights(taken, measures.campaign.instruments.roles)
    found = ground(measures, weights, BEFORE if stage == SHORTLIST else AFTER)
    draws = np.where(found.eligible(), found.draws(found.shares(weights), criteria.balance), -np.inf)
    size = settings.shortlist if stage == SHORTLIST else settings.team
    return float(first(draws, size)[found.people.get_loc(person_id)].mean())


def first(standing: np.ndarray, size: int) -> np.ndarray:
    """People x samples: whether the person is among the first `size` of the sample; -inf is never in."""
    able = np.isfinite(standing)
    if size >= len(standing):
        return able
    last = np.partition(standing, len(standing) - size, axis=0)[len(standing) - size]
    return (standing >= last) & able


def _ranks(standing: np.ndarray) -> np.ndarray:
    order = np.argsort(-standing, axis=0)
    ranks = np.empty(standing.shape, dtype=np.int16 if len(standing) < 2**15 else np.int32)
    np.put_along_axis(ranks, order, np.arange(1, len(standing) + 1, dtype=ranks.dtype)[:, None], axis=0)
    return ranks


def _quantiles(ranks: np.ndarray) -> np.ndarray:
    """5, 50 and 95 % of each person's places."""
    n = ranks.shape[1]
    at = [int(0.05 * (n - 1)), int(0.5 * (n - 1)), int(0.95 * (n - 1))]
    return np.partition(ranks, at, axis=1)[:, at].T


def bands(size: int, people: int) -> list[tuple[int, int]]:
    """Bands of places that a meeting speaks of: thirds of the list, then as many again, then the rest."""
    edges = sorted({0, max(size // 3, 1), max(2 * size // 3, 1), size, 2 * size, people})
    edges = [e for e in edges if e <= people]
    return list(zip((e + 1 for e in edges[:-1]), edges[1:], strict=True))


def _places(ranks: np.ndarray, able: np.ndarray, size: int, people: pd.Index) -> pd.DataFrame:
    """Chance of each person to stand in each band; draws in which a gate shuts the person out count nowhere."""
    found = {f"{a}-{b}": ((ranks >= a) & (ranks <= b) & able).mean(1) for a, b in bands(size, len(people))}
    return pd.DataFrame(found, index=people)


def _by_constructs(
    measures: Measures,
    found: Ground,
    weights: Weights,
    space: WeightSpace,
    drawn: np.ndarray,
    balance: float,
    stage: str,
) -> tuple[np.ndarray, np.ndarray]:
    """Standing under weights of constructs: of the posterior means (people x samples), and draw by draw.

    In each sample the domains are made anew: weighted means of their constructs, z over all people and draws.
    """
    values = _capped(measures, stage)
    means = values.mean(2, dtype=float).astype(np.float32)
    flat = values.transpose(1, 0, 2).reshape(values.shape[1], -1)
    pooled, spread = flat.mean(1, dtype=float), np.cov(flat)
    place = {c: k for k, c in enumerate(measures.constructs.columns)}
    column = {c: k for k, c in enumerate(space.names)}
    sure, both, outer = [], [], []
    for d, members in enumerate(weights.inside.values()):
        at, w = [place[c] for c in members], drawn[:, [column[c] for c in members]]
        total = w.sum(1)
        share = w / np.where(total > 0, total, 1.0)[:, None]
        centre = share @ pooled[at]
        size = np.sqrt(np.maximum(np.einsum("sc,cd,sd->s", share, spread[np.ix_(at, at)], share), 1e-18))
        rho = _common(measures, list(members), share, BEFORE if stage == SHORTLIST else AFTER)
        mixed = np.zeros((len(found.people), len(drawn)), dtype=np.float32)
        for k, c in enumerate(at):
            mixed += values[:, c] * share[:, k].astype(np.float32)
        noise = np.random.default_rng([measures.seed, d]).standard_normal(mixed.shape, dtype=np.float32)
        z = (mixed - centre.astype(np.float32)) * (rho / size).astype(np.float32)
        both.append(to_unit(z + np.sqrt(1 - rho**2).astype(np.float32) * noise))
        sure.append(to_unit((means[:, at] @ share.T - centre) * rho / size).astype(np.float32))
        outer.append(total)
    shares = np.array(outer, dtype=np.float32)
    return _means(np.array(sure), shares, balance), _means(np.array(both), shares, balance)


def _common(measures: Measures, members: list[str], share: np.ndarray, moment: str) -> np.ndarray:
    """Correlation of each sample's mean of the constructs with what they have in common (`standing.common_share`)."""
    correlation = measures.correlations[moment]
    loading = common_loadings(measures.campaign, correlation)[members].to_numpy(float)
    size = np.einsum("sc,cd,sd->s", share, correlation.loc[members, members].to_numpy(float), share)
    return np.where(size > 0, np.clip(share @ loading / np.sqrt(np.where(size > 0, size, 1.0)), 0.0, 1.0), 1.0)


def _capped(measures: Measures, stage: str) -> np.ndarray:
    """Draws of the constructs (people x constructs x draws), capped ones held at their caps."""
    draws = measures.draws_before if stage == SHORTLIST else measures.draws
    capped = measures.campaign.instruments.roles.capped
    values = draws.copy() if capped else draws
    for k, construct in enumerate(measures.constructs.columns):
        if construct in capped:
            line = draws[:, k].mean(dtype=float) + capped[construct] * draws[:, k].std(dtype=float)
            np.minimum(draws[:, k], np.float32(line), out=values[:, k])
    return values


def _means(levels: np.ndarray, shares: np.ndarray, balance: float) -> np.ndarray:
    """Power mean over the first axis under weights that differ from sample to sample (domains x samples)."""
    if abs(balance) < 1e-9:
        return np.exp(np.einsum("ds,dns->ns", shares, np.log(levels)))
    if abs(balance - 1.0) < 1e-9:
        return np.einsum("ds,dns->ns", shares, levels)
    return np.einsum("ds,dns->ns", shares, levels**balance) ** (1.0 / balance)


