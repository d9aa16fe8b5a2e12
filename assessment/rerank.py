"""Everybody's standing under many weights at once: the draws read again without building the whole ranking."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from assessment.campaign import Criteria
from assessment.gates import check_gates
from assessment.scoring.measures import Measures
from assessment.standing import domain_draws, measured_domains, plain_order, power_mean, to_unit
from assessment.weights import Weights, resolve_weights

BEFORE, AFTER = "before", "after"
BLOCK = 500  # sets of weights at once
NEAR = 1e-9


@dataclass(frozen=True)
class Ground:
    """What a standing is computed from, once for all weights of the domains (shares inside the domains are fixed).

    people : ids, sorted; names : domains in the order of the arrays
    domains : domains x people x draws, z; points : people x domains, posterior means
    excluded : people ranked last whatever they measure; barred : people eligible in no draw (the excluded among them)
    lines : domain -> z below which a draw is not eligible
    """

    people: pd.Index
    names: tuple[str, ...]
    domains: np.ndarray
    points: pd.DataFrame
    excluded: np.ndarray
    barred: np.ndarray
    lines: dict[str, float]
    held: dict[tuple, np.ndarray] = field(default_factory=dict, repr=False)

    def shares(self, weights: Weights) -> np.ndarray:
        """The weights of the domains as an array that adds up to 1."""
        return np.array([weights.domains[name] for name in self.names])

    def powered(self, balance: float) -> np.ndarray:
        """The levels on 0..1 as the power mean adds them up: their logarithms (balance 0) or powers."""
        key = ("powered", float(balance))
        if key not in self.held:
            unit = to_unit(self.domains)
            logs = np.log(unit, out=unit)
            self.held[key] = logs if abs(balance) < NEAR else np.exp(np.float32(balance) * logs)
        return self.held[key]

    def draws(self, shares: np.ndarray, balance: float) -> np.ndarray:
        """Standing of everybody in every draw, people x draws; shares: domains, or domains x draws."""
        powered = self.powered(balance)
        if shares.ndim == 1:
            mean = np.tensordot(shares.astype(np.float32), powered, axes=1)
        else:
            mean = np.zeros(powered.shape[1:], dtype=np.float32)
            for weight, values in zip(shares.astype(np.float32), powered, strict=True):
                mean += weight * values
        return _back(mean, balance)

    def standing(self, shares: np.ndarray, balance: float) -> np.ndarray:
        """Mean standing of everybody over the draws, as the ranking has it (to about 1e-7)."""
        return self.draws(shares, balance).mean(1, dtype=float)

    def standings(self, shares: np.ndarray, balance: float, anchor: np.ndarray | None = None) -> np.ndarray:
        """Mean standing under many weights (samples x domains): people x samples.

        Exact for balance 1. For balance 0 a person's logarithms count as normal; for any other the draws of a person
        are replaced by twice as many points as there are domains, with the same mean and covariance (unscented
        transform, Julier & Uhlmann 1997). Within a hundredth of the exact value; with an anchor (weights at which
        everybody is set right) closer near it. For searching, never for a final word.
        """
        if abs(balance - 1.0) < NEAR:
            return self.powered(1.0).mean(2, dtype=float).T @ shares.T
        out = self._by_logs(shares) if abs(balance) < NEAR else self._by_points(shares, balance)
        if anchor is not None:
            rough = self.standings(anchor[None, :], balance)[:, 0]
            out *= (self.standing(anchor, balance) / rough)[:, None]
        return out

    def _by_logs(self, shares: np.ndarray) -> np.ndarray:
        key = ("logs",)
        if key not in self.held:
            values = self.powered(0.0).transpose(1, 0, 2)
            mean, spread = _two_moments(values)
            self.held[key] = np.hstack([mean, spread.reshape(len(mean), -1) / 2])
        products = (shares[:, :, None] * shares[:, None, :]).reshape(len(shares), -1)
        return np.exp(self.held[key] @ np.hstack([shares, products]).T)

    def _by_points(self, shares: np.ndarray, balance: float) -> np.ndarray:
        key = ("points", float(balance))
        if key not in self.held:
            mean, spread = _two_moments(self.domains.transpose(1, 0, 2))
            n = len(self.names)
            root = np.linalg.cholesky(n * spread + 1e-9 * np.eye(n)).transpose(2, 0, 1)
            logs = np.log(to_unit(np.concatenate([mean + root, mean - root])))
            self.held[key] = np.exp(balance * logs).astype(np.float32)
        points = self.held[key]
        out = np.empty((len(self.people), len(shares)))
        for start in range(0, len(shares), BLOCK):
            mean = points @ shares[start : start + BLOCK].T.astype(np.float32)
            out[:, start : start + BLOCK] = _back(mean, balance).mean(0)
        return out

    def eligible(self) -> np.ndarray:
        """People x draws: whether the gates let the person through in that draw."""
        key = ("eligible",)
        if key not in self.held:
            inside = np.broadcast_to(~self.barred[:, None], self.domains.shape[1:]).copy()
            for domain, line in self.lines.items():
                inside &= self.domains[self.names.index(domain)] >= line
            self.held[key] = inside
        return self.held[key]

    def ranks(self, standing: np.ndarray) -> np.ndarray:
        """Places from 1, one column a set of weights; people excluded come last, ties go by id."""
        value = np.where(self.excluded[:, None], 2.0, 0.0) - np.round(standing.reshape(len(self.people), -1), 9)
        order = np.argsort(value, axis=0, kind="stable")
        places = np.empty_like(order)
        np.put_along_axis(places, order, np.arange(1, len(order) + 1)[:, None], axis=0)
        return places.reshape(standing.shape)


def ground(measures: Measures, weights: Weights, moment: str = AFTER) -> Ground:
    """The ground of the model reading; kept with the measures."""
    if measures.draws is measures.draws_before:
        moment = AFTER
    key = ("ground", moment, weights.key)
    if key not in measures.cache:
        domains, points, _ = domain_draws(measures, weights, moment)
        gates = check_gates(measures.campaign, measures.quality, points, measured_domains(measures))
        measures.cache[key] = Ground(
            measures.people, tuple(points.columns), domains, points,
            gates.excluded.to_numpy(), gates.barred.to_numpy(), dict(gates.lines),
        )  # fmt: skip
    return measures.cache[key]


def ranks_under(measures: Measures, criteria: Criteria) -> pd.Series:
    """Everybody's place under the criteria, in either reading: the column `rank` of the ranking."""
    weights = resolve_weights(criteria, measures.campaign.instruments.roles)
    return ranks_by(measures, weights, criteria.balance, criteria.reading)


def ranks_by(measures: Measures, weights: Weights, balance: float, reading: str = "model") -> pd.Series:
    """Everybody's place under weights that are resolved already."""
    found = ground(measures, weights)
    if reading == "plain":
        last = measures.people[found.excluded]
        return plain_order(measures, weights).rank(last).reindex(measures.people)
    standing = found.standing(found.shares(weights), balance)
    return pd.Series(found.ranks(standing), index=found.people)


def exact_standing(found: Ground, shares: np.ndarray, balance: float) -> np.ndarray:
    """Mean standing by the very formula of the ranking, for the final word."""
    used = shares > 0
    unit = to_unit(found.domains[used])
    return power_mean(unit, shares[used].astype(np.float32), balance).mean(1, dtype=float)


def _back(mean: np.ndarray, balance: float) -> np.ndarray:
    """From the weighted mean of powered levels back to the standing."""
    if abs(balance) < NEAR:
        return np.exp(mean)
    if abs(balance - 1.0) < NEAR:
        return mean
    return np.exp(np.log(mean) / np.float32(balance))


def _two_moments(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean (people x domains) and covariance (people x domains x domains) of people x domains x draws."""
    mean = values.mean(2, dtype=float)
    centred = values - mean[:, :, None].astype(np.float32)
    return mean, (centred @ centred.transpose(0, 2, 1)).astype(float) / values.shape[2]
