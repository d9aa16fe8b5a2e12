"""How well ratings keep to the many-facet model: misfit, drift over days, halo, central tendency.

Misfit is taken over the posterior of the persons (their expected mean square is 1 at the true parameters, however few
ratings a person has). The three habits of observers are judged against what everybody else's ratings of the same
person foretell: each block of ratings is left out of the posterior it is compared with, so nobody confirms himself.
Every function takes a fitted ManyFacetRating and a table of ratings and returns a table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from models.many_facet import ManyFacetRating, Observed

LOWEST_VARIANCE = 1e-9
FACETS = ("observer", "person", "criterion")


@dataclass(frozen=True)
class _Moments:
    """By rating and node: expected score, variance, fourth central moment and log chance of the score given."""

    expected: np.ndarray
    variance: np.ndarray
    fourth: np.ndarray
    log_chance: np.ndarray


def _moments(seen: Observed) -> _Moments:
    chances = seen.curves.chances()
    score = np.arange(chances.shape[1])[None, :, None]
    expected = (chances * score).sum(axis=1)
    away = score - expected[:, None]
    variance = np.maximum((chances * away**2).sum(axis=1), LOWEST_VARIANCE)
    fourth = (chances * away**4).sum(axis=1)
    cell = seen.cells.rating_cell
    log_chance = np.log(np.maximum(chances[cell, seen.cells.score], 1e-300))
    return _Moments(expected[cell], variance[cell], fourth[cell], log_chance)


def misfit(model: ManyFacetRating, ratings: pd.DataFrame, facet: str = "observer") -> pd.DataFrame:
    """Mean squares of the residuals of each observer, person or criterion.

    Returns a table with index facet: n (ratings), infit and outfit (1 = as the model expects, above: erratic, below:
    too alike), infit_z and outfit_z (Wilson-Hilferty, Wright & Masters 1982). Residuals are averaged over the
    posterior of the person. ValueError: a facet that is not observer, person or criterion.
    """
    if facet not in FACETS:
        raise ValueError(f"facet must be one of {', '.join(FACETS)}, not {facet!r}")
    seen = model.observe(ratings)
    moments, weight = _moments(seen), seen.posterior.weights[seen.ratings.person]
    square = (seen.cells.score[:, None] - moments.expected) ** 2
    rows = {
        "square": (weight * square).sum(axis=1),
        "variance": (weight * moments.variance).sum(axis=1),
        "standard": (weight * square / moments.variance).sum(axis=1),
        "spread": (weight * np.maximum(moments.fourth - moments.variance**2, 0.0)).sum(axis=1),
        "standard_spread": (weight * np.maximum(moments.fourth / moments.variance**2 - 1.0, 0.0)).sum(axis=1),
    }
    code = getattr(seen.ratings, facet)
    places = seen.ratings
    names = {"observer": places.observers, "person": places.persons, "criterion": places.criteria}[facet]
    total = {key: np.bincount(code, weights=value, minlength=len(names)) for key, value in rows.items()}
    n = np.bincount(code, minlength=len(names))
    here = n > 0
    count = np.maximum(n, 1)
    infit = total["square"] / np.maximum(total["variance"], LOWEST_VARIANCE)
    outfit = total["standard"] / count
    infit_sd = np.sqrt(total["spread"]) / np.maximum(total["variance"], LOWEST_VARIANCE)
    outfit_sd = np.sqrt(total["standard_spread"]) / count
    table = pd.DataFrame(
        {
            "n": n,
            "infit": infit,
            "outfit": outfit,
            "infit_z": _cube_root_z(infit, infit_sd),
            "outfit_z": _cube_root_z(outfit, outfit_sd),
        },
        index=names,
    )
    return table[here]


def _cube_root_z(mean_square: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """Mean square as a standard normal value (Wilson & Hilferty 1931)."""
    width = np.clip(deviation, 1e-9, np.sqrt(2.0))
    return (np.cbrt(mean_square) - 1.0) * 3.0 / width + width / 3.0


@dataclass(frozen=True)
class _Blocks:
    """Ratings of one person by one observer (on one day), and the posterior of the person without them.

    member: blocks x ratings indicator; observer, of each block; weights: blocks x nodes.
    """

    of_rating: np.ndarray
    member: csr_array
    observer: np.ndarray
    weights: np.ndarray

    def sums(self, values: np.ndarray) -> np.ndarray:
        return self.member @ values

    def foretold(self, values: np.ndarray) -> np.ndarray:
        """Mean of a ratings x nodes table over the left-out posterior: one value a rating."""
        return (self.weights[self.of_rating] * values).sum(axis=1)

    def mean(self, values: np.ndarray) -> np.ndarray:
        """Mean of a blocks x nodes table over the left-out posterior."""
        return (self.weights * values).sum(axis=1)


def _blocks(seen: Observed, moments: _Moments, day: np.ndarray | None = None) -> _Blocks:
    person, observer = seen.ratings.person, seen.ratings.observer
    keys = np.column_stack([observer, person] if day is None else [observer, day, person])
    unique, of_rating = np.unique(keys, axis=0, return_inverse=True)
    of_rating = of_rating.ravel()
    count = len(of_rating)
    member = csr_array((np.ones(count), (of_rating, np.arange(count))), shape=(len(unique), count))
    log_weight = np.log(np.maximum(seen.posterior.weights[unique[:, -1]], 1e-300)) - member @ moments.log_chance
    weights = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    return _Blocks(of_rating, member, unique[:, 0], weights / weights.sum(axis=1, keepdims=True))


def drift(model: ManyFacetRating, ratings: pd.DataFrame, day: str = "day") -> pd.DataFrame:
    """Whether an observer was more severe on one day than on the others.

    ratings: with a column of days (its name in ``day``; rows without a day are left out). Returns a table observer,
    day, n, mean_residual (points a rating, against the observer's own mean; negative = more severe that day), shift
    (the same in logits of severity, positive = more severe), z. z is empty for an observer with one day.
    ValueError: no such column.
    """
    if day not in ratings.columns:
        raise ValueError(f"ratings lack the column {day}")
    dated = ratings[ratings[day].notna()]
    columns = ["observer", "day", "n", "mean_residual", "shift", "z"]
    if not dated["rating"].notna().any():
        return pd.DataFrame(columns=columns)
    seen = model.observe(dated)
    moments = _moments(seen)
    code, days = pd.factorize(dated[day].to_numpy()[seen.ratings.kept], sort=True)
    blocks = _blocks(seen, moments, code)
    expected = blocks.sums(moments.expected)
    mean = blocks.mean(expected)
    table = pd.DataFrame(
        {
            "observer": blocks.observer,
            "day": code[_first_rows(blocks)],
            "n": np.asarray(blocks.member.sum(axis=1)).ravel(),
            "residual": blocks.sums(seen.cells.score) - mean,
            "variance": blocks.mean(blocks.sums(moments.variance)) + blocks.mean(expected**2) - mean**2,
            "steepness": blocks.mean(blocks.sums(moments.variance)),
        }
    )
    summed = table.groupby(["observer", "day"], as_index=False).sum()
    whole = summed.groupby("observer")[["n", "residual", "variance", "steepness"]].transform("sum")
    share = summed["variance"] / whole["variance"]
    away = summed["residual"] - share * whole["residual"]
    alone = summed.groupby("observer")["day"].transform("size") == 1
    deviation = ((summed["variance"] * (1.0 - share)) ** 0.5).mask(alone)
    return pd.DataFrame(
        {
            "observer": seen.ratings.observers[summed["observer"].to_numpy()],
            "day": np.asarray(days)[summed["day"].to_numpy()],
            "n": summed["n"].astype(int),
            "mean_residual": away.mask(alone, 0.0) / summed["n"],
            "shift": -away.mask(alone, 0.0) / summed["steepness"],
            "z": away / deviation,
        }
    )[columns]


def _first_rows(blocks: _Blocks) -> np.ndarray:
    return np.unique(blocks.of_rating, return_index=True)[1]


def halo(model: ManyFacetRating, ratings: pd.DataFrame) -> pd.DataFrame:
    """Whether an observer gives a person the same mark on everything.

    Returns a table with index observer: persons (rated by the observer on two criteria or more), spread (deviation of
    the observer's ratings of one person, root mean square), expected (the same foretold by the other ratings of these
    persons), ratio, z (positive = more alike than foretold), correlation (mean correlation of the observer's residuals
    on two criteria of a person, less the one foretold). Halo shared by all observers cannot be seen: it looks like
    real differences of persons.
    """
    seen = model.observe(ratings)
    moments = _moments(seen)
    blocks = _blocks(seen, moments)
    score = seen.cells.score.astype(float)
    n = np.asarray(blocks.member.sum(axis=1)).ravel()
    inner = blocks.sums(score**2) - blocks.sums(score) ** 2 / n
    told = blocks.sums(moments.variance) * (1.0 - 1.0 / n)[:, None]
    told += blocks.sums(moments.expected**2) - blocks.sums(moments.expected) ** 2 / n[:, None]
    mean = blocks.foretold(moments.expected)
    spread = np.sqrt(blocks.foretold(moments.variance + moments.expected**2) - mean**2)
    residual = (score - mean) / spread
    pairs = 0.5 * (blocks.sums(residual) ** 2 - blocks.sums(residual**2))
    tilt = (moments.expected - mean[:, None]) / spread[:, None]
    pairs -= 0.5 * blocks.mean(blocks.sums(tilt) ** 2 - blocks.sums(tilt**2))
    table = pd.DataFrame(
        {
            "persons": 1,
            "inner": inner,
            "told": blocks.mean(told),
            "freedom": n - 1.0,
            "pairs": pairs,
            "n_pairs": 0.5 * n * (n - 1.0),
        }
    )
    table["square"] = (table["inner"] - table["told"]) ** 2
    return _alike(table[n > 1].groupby(blocks.observer[n > 1]).sum(), seen, "persons").assign(
        correlation=lambda found: found["pairs"] / found["n_pairs"]
    )[["persons", "spread", "expected", "ratio", "z", "correlation"]]


def central_tendency(model: ManyFacetRating, ratings: pd.DataFrame) -> pd.DataFrame:
    """Whether an observer keeps to the middle (or to the ends) of the scale.

    Returns a table with index observer: n, spread (root mean square distance of the observer's ratings from what is
    expected of them on average), expected (the same foretold by the other ratings of these persons), ratio, z
    (positive = narrower than foretold).
    """
    seen = model.observe(ratings)
    moments = _moments(seen)
    blocks = _blocks(seen, moments)
    by_observer = seen.ratings.observer
    count = np.maximum(np.bincount(by_observer), 1)
    centre = (np.bincount(by_observer, weights=blocks.foretold(moments.expected)) / count)[by_observer]
    inner = blocks.sums((seen.cells.score - centre) ** 2)
    told = blocks.sums(blocks.foretold(moments.variance + (moments.expected - centre[:, None]) ** 2))
    n = np.asarray(blocks.member.sum(axis=1)).ravel()
    table = pd.DataFrame({"n": n, "inner": inner, "told": told, "freedom": n, "square": (inner - told) ** 2})
    return _alike(table.groupby(blocks.observer).sum(), seen, "n")[["n", "spread", "expected", "ratio", "z"]]


def _alike(total: pd.DataFrame, seen: Observed, counted: str) -> pd.DataFrame:
    """Spread found against spread foretold; the error comes from the blocks themselves, whatever their size."""
    result = total.set_axis(seen.ratings.observers[total.index.to_numpy()], axis="index")
    result[counted] = result[counted].astype(int)
    result["spread"] = np.sqrt(result["inner"] / result["freedom"])
    result["expected"] = np.sqrt(result["told"] / result["freedom"])
    result["ratio"] = result["spread"] / result["expected"]
    result["z"] = (result["told"] - result["inner"]) / np.sqrt(result["square"])
    return result
