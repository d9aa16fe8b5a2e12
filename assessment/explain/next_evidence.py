"""Where the next hour of interviewing or observing changes the decision most: what would settle the open cases."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assessment.campaign import Criteria, Settings
from assessment.rerank import Ground, ground
from assessment.scoring.measures import Measures
from assessment.scoring.ratings import seen
from assessment.weights import resolve_weights

INTERVIEW, OBSERVATION = "interview", "observation"
# Loading, method loading and own variance that are expected of a source while nobody has been asked or seen yet: those
# the model itself starts from (models/latent_sources.py, order of size Sackett et al. 2022).
EXPECTED: dict[str, tuple[float, float, float]] = {INTERVIEW: (0.70, 0.35, 0.30), OBSERVATION: (0.65, 0.40, 0.35)}
RATING_ERROR = 0.30  # variance of one indicator's rating error, in true variances: two raters, two questions or days
NODES = 15  # of the quadrature over what an interview may tell
CERTAIN = 1e-4


@dataclass(frozen=True)
class NextEvidence:
    """What further evidence would do.

    rows : one row a person and method, most settling first; person_id, method, band, p (chance to be on the list now),
        sd (of the standing's distance to the line, points of 100), told (the part of that variance the evidence takes
        away, 0..1), change (chance that the person changes sides), settles (expected fall of p (1 - p))
    doubt : sum of p (1 - p) over everybody now; size : places on the list asked about
    """

    rows: pd.DataFrame
    doubt: float
    size: int

    def plan(self, method: str, count: int) -> pd.DataFrame:
        """The first `count` people for a method, with sums so far: expected_changes (people whose side changes) and
        doubt_left (share of the doubt that would remain)."""
        chosen = self.rows[self.rows["method"] == method].head(count)
        left = 1.0 - chosen["settles"].cumsum() / self.doubt if self.doubt > 0 else 0.0
        return chosen.assign(expected_changes=chosen["change"].cumsum(), doubt_left=left)


def next_evidence(
    measures: Measures,
    criteria: Criteria,
    settings: Settings | None = None,
    size: int | None = None,
    methods: Collection[str] = (INTERVIEW, OBSERVATION),
) -> NextEvidence:
    """What an interview (of people without one) or a training day (of people nobody rated) would settle.

    Preposterior analysis: with x the constructs, D the distance of the standing to the line, both over the draws, and
    an interview y = A x + error with the loadings as fitted, the mean of D will move with variance
    c' A' (A C A' + N)^-1 A c, where C = cov(x) and c = cov(x, D) (normal theory; Raiffa & Schlaifer 1961). Chances
    after it follow by quadrature. Each row is for one more interview; several at once settle a little less than the
    sum, for the line moves too.

    Parameters
    ----------
    size : places on the list; default the shortlist before interviews, the team once there are some
    """
    settings = settings or measures.campaign.settings
    if size is None:
        size = settings.team if measures.interviewed.any() else settings.shortlist
    weights = resolve_weights(criteria, measures.campaign.instruments.roles)
    found = ground(measures, weights)
    distance, inside = _distance(found, found.draws(found.shares(weights), criteria.balance), size)
    p = inside.mean(1)
    open_ = np.flatnonzero((p > CERTAIN) & (p < 1 - CERTAIN))
    x = measures.draws[open_]
    x = x - x.mean(2, keepdims=True, dtype=np.float32)
    centred = distance[open_] - distance[open_].mean(1, keepdims=True)
    n = x.shape[2]
    spread = (x @ x.transpose(0, 2, 1)).astype(float) / n
    joint = np.einsum("pcs,ps->pc", x, centred.astype(np.float32)).astype(float) / n
    variance = centred.var(1, dtype=float)
    parts = []
    for method in methods:
        row = _candidates(measures, method).to_numpy()[open_]
        a, noise = _evidence(measures, method)
        if not row.any() or not len(a):
            continue
        told = _told(spread[row], joint[row], variance[row], a, noise)
        parts.append(_rows(found.people[open_[row]], method, p[open_[row]], variance[row], told))
    rows = pd.concat(parts, ignore_index=True) if parts else _rows(pd.Index([]), "", *[np.array([])] * 3)
    rows = rows.sort_values(["settles", "person_id", "method"], ascending=[False, True, True], ignore_index=True)
    return NextEvidence(rows, float((p * (1 - p)).sum()), size)


def _distance(found: Ground, standing: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """How far everybody stands from the line in each draw (points of 100), and who is on the list in it."""
    able = np.where(found.eligible(), standing, -np.inf)
    if size >= len(able):
        return 100 * standing, np.isfinite(able)
    places = [len(able) - size - 1, len(able) - size]
    below, last = np.partition(able, places, axis=0)[places]
    line = np.where(np.isfinite(below), (below + last) / 2, last)
    line = np.where(np.isfinite(line), line, 0.0)
    return 100 * (standing - line), (able >= last) & np.isfinite(able)


def _candidates(measures: Measures, method: str) -> pd.Series:
    """Who has nothing of the method yet."""
    if method == INTERVIEW:
        return ~measures.interviewed
    counts = seen(measures.campaign).reindex(measures.people)
    return counts["observers"].fillna(0) == 0


def _evidence(measures: Measures, method: str) -> tuple[np.ndarray, np.ndarray]:
    """What the method's indicators say of the constructs: loadings (indicators x constructs) and their noise."""
    instruments = measures.campaign.instruments
    known = instruments.interview.competencies if method == INTERVIEW else instruments.observation.behaviours
    speaks: dict[str, list[str]] = {}
    for construct, by_method in instruments.roles.indicator_map.items():
        for indicator in by_method.get(method, ()):
            speaks.setdefault(indicator, []).append(construct)
    place = {c: k for k, c in enumerate(measures.constructs.columns)}
    indicators = [i for i in known if any(c in place for c in speaks.get(i, ()))]
    fitted: Mapping[str, Mapping[str, float]] = measures.facts.get("loadings", {})
    a = np.zeros((len(indicators), len(place)))
    method_loadings, own = np.zeros(len(indicators)), np.zeros(len(indicators))
    for j, indicator in enumerate(indicators):
        expected = dict(zip(("loading", "method", "own"), EXPECTED[method], strict=True))
        loading = fitted.get(indicator, expected)
        members = [place[c] for c in speaks[indicator] if c in place]
        a[j, members] = loading["loading"] / len(members)
        method_loadings[j], own[j] = loading["method"], loading["own"]
    return a, np.outer(method_loadings, method_loadings) + np.diag(own + RATING_ERROR)


def _told(
    spread: np.ndarray, joint: np.ndarray, variance: np.ndarray, a: np.ndarray, noise: np.ndarray
) -> np.ndarray:
    """Share of the variance of the distance that the evidence takes away, per person."""
    seen_ = joint @ a.T
    whole = a @ spread @ a.T + noise
    gain = np.einsum("pj,pj->p", seen_, np.linalg.solve(whole, seen_[:, :, None])[:, :, 0])
    return np.clip(gain / np.where(variance > 0, variance, 1.0), 0.0, 0.999)


def _rows(people: pd.Index, method: str, p: np.ndarray, variance: np.ndarray, told: np.ndarray) -> pd.DataFrame:
    from scipy.special import ndtr, ndtri

    apart = ndtri(p)  # distance to the line in standard deviations, gates and skewness included
    nodes, mass = np.polynomial.hermite_e.hermegauss(NODES)
    mass = mass / mass.sum()
    later = ndtr((apart[:, None] + np.sqrt(told)[:, None] * nodes) / np.sqrt(1 - told)[:, None])
    with np.errstate(divide="ignore"):
        change = np.where(told > 0, ndtr(-np.abs(apart) / np.sqrt(told)), 0.0)
    band = np.where(p > 0.8, "in", np.where(p < 0.2, "out", "open"))
    return pd.DataFrame(
        {
            "person_id": people, "method": method, "band": band, "p": p, "sd": np.sqrt(variance), "told": told,
            "change": change, "settles": np.maximum(p * (1 - p) - (later * (1 - later)) @ mass, 0.0),
        }
    )  # fmt: skip
