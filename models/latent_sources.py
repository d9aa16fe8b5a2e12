"""Joins several sources about the same people into one latent normal, each source with its own error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

# What is expected of a source before the data speak: (loading, method loading, own variance) and how firmly.
# A loading is the share of the indicator's true standard deviation that is the construct; weak enough that a few
# hundred people decide, firm enough that thirty interviews cannot produce nonsense. Order of size: Sackett et al. 2022.
PRIORS: dict[str, tuple[float, float, float]] = {
    "self_report": (0.90, 0.30, 0.06),
    "biodata_sjt": (0.45, 0.15, 0.75),
    "observation": (0.65, 0.40, 0.35),
    "sociometry": (0.50, 0.40, 0.60),
    "interview": (0.70, 0.35, 0.30),
}
PRIOR_SD = 0.20  # of a single loading around its source's expectation
VARIANCE_WEIGHT = 8.0  # people that the expected own variance is worth
LEAST_WEIGHT, FEW_WEIGHT, FEW = 2.0, 8.0, 100  # people that the expected correlations are worth: 10 up to FEW people,
# less among more of them, as what is not seen of the constructs multiplies the pull of a prior
WITHIN, BETWEEN = 0.75, 0.40  # expected correlation of constructs of the same domain, of different domains
STEP = 1.9  # times the step of EM for correlations
MOST = 0.999  # of a correlation
START_WITHIN = 0.95  # EM comes down from too high a correlation in a few cycles, up to a high one it creeps
DECLARED_METHOD_VARIANCE = 0.10
BLOCK = 64  # people whose noise is drawn at once


@dataclass(frozen=True)
class Indicator:
    """One column of the table of values: which source it belongs to and which constructs it speaks of."""

    source: str
    constructs: tuple[str, ...]


@dataclass(frozen=True)
class _Parameters:
    mean: np.ndarray  # J
    loading: np.ndarray  # J
    method: np.ndarray  # J
    own: np.ndarray  # J, variance that belongs to the indicator alone
    correlation: np.ndarray  # C x C


class LatentSources(BaseEstimator):
    """Latent normal of constructs with person-specific known errors, fitted by EM over everybody.

    value[i, j] = mean_j + loading_j * average of the constructs of j + method_j * f[i, source of j] + own_ij
    + error_ij; constructs ~ N(0, R) with unit variances, f ~ N(0, 1) one per source, own ~ N(0, own_j),
    error ~ N(0, known variance).
    Missing values are left out, so people without an interview are missing at random given what else is known of them.
    Priors: normal on loadings, inverse gamma on own variances, inverse Wishart on R (values in this module).

    Parameters
    ----------
    indicators : dict of column -> Indicator
    domains : dict of domain -> constructs, for the expected correlations; None = one domain
    method_variance : "auto" or the share of self-report's true variance that is self-presentation. "auto" estimates it
        where another source mirrors at least two of the constructs, and takes DECLARED_METHOD_VARIANCE otherwise.
    max_iter, tol : of EM; tol is the largest change of a loading or correlation

    Attributes
    ----------
    constructs_ : list of str
    loadings_ : DataFrame, index column, columns loading, method, own, mean
    correlation_ : DataFrame constructs x constructs
    method_variance_ : float; method_variance_estimated_ : bool
    n_iter_, converged_
    """

    def __init__(
        self,
        indicators: dict[str, Indicator] | None = None,
        domains: dict[str, tuple[str, ...]] | None = None,
        method_variance: str | float = "auto",
        max_iter: int = 150,
        tol: float = 2e-3,
    ) -> None:
        self.indicators = indicators
        self.domains = domains
        self.method_variance = method_variance
        self.max_iter = max_iter
        self.tol = tol

    # -- fitting ---------------------------------------------------------------------------------------------------
    def fit(self, values: pd.DataFrame, errors: pd.DataFrame, start: LatentSources | None = None) -> LatentSources:
        """Estimate loadings, own variances and correlations.

        values, errors : people x indicators; error variances in the units of the values squared (NaN where missing).
        start : an earlier fit to begin from (columns it does not know begin at their prior).
        """
        self._prepare(values.columns)
        y, v = self._arrays(values, errors)
        state = self._warm(start) if start is not None else self._begin()
        self.converged_ = False
        for cycle in range(1, self.max_iter + 1):
            self.n_iter_ = cycle
            new = self._cycle(y, v, state)
            moved = max(
                float(np.abs(new.loading - state.loading).max(initial=0.0)),
                float(np.abs(new.correlation - state.correlation).max(initial=0.0)),
                float(np.abs(new.method - state.method).max(initial=0.0)),
            )
            state = new
            if moved < self.tol:
                self.converged_ = True
                break
        self._keep(state)
        return self

    def _prepare(self, columns: pd.Index) -> None:
        indicators = self.indicators or {}
        unknown = [c for c in columns if c not in indicators]
        if unknown:
            raise ValueError(f"no indicator is declared for the columns {unknown}")
        self.columns_ = list(columns)
        domains = self.domains or {"all": tuple(dict.fromkeys(c for i in indicators.values() for c in i.constructs))}
        self.constructs_ = list(dict.fromkeys(c for members in domains.values() for c in members))
        self.sources_ = list(dict.fromkeys(indicators[c].source for c in columns))
        place = {c: k for k, c in enumerate(self.constructs_)}
        C, M, J = len(self.constructs_), len(self.sources_), len(self.columns_)
        self._average = np.zeros((J, C))
        self._source = np.zeros(J, dtype=int)
        for j, column in enumerate(self.columns_):
            members = [place[c] for c in indicators[column].constructs]
            self._average[j, members] = 1.0 / len(members)
            self._source[j] = self.sources_.index(indicators[column].source)
        self._choose = np.zeros((J, M))
        self._choose[np.arange(J), self._source] = 1.0
        groups = [[place[c] for c in group] for group in domains.values()]
        self._expected, self._first = _blocks(groups, C, WITHIN), _blocks(groups, C, START_WITHIN)
        expectations = [PRIORS.get(self.sources_[s], PRIORS["observation"]) for s in self._source]
        self._priors = np.array(expectations, dtype=float).reshape(J, 3)
        self._set_method_variance()

    def _set_method_variance(self) -> None:
        """Whether self-presentation is estimated, and the loadings held fixed where it is not."""
        self._self = np.array([self.sources_[s] == "self_report" for s in self._source], dtype=bool)
        mirrored = ((self._average[~self._self] > 0).any(axis=0) & (self._average[self._self] > 0).any(axis=0)).sum()
        self.method_variance_estimated_ = self.method_variance == "auto" and bool(mirrored >= 2)
        if self.method_variance_estimated_:
            return
        share = DECLARED_METHOD_VARIANCE if self.method_variance == "auto" else float(self.method_variance)
        self._priors[self._self, 0] = np.sqrt(1.0 - share)
        self._priors[self._self, 1] = np.sqrt(share)

    def _arrays(self, values: pd.DataFrame, errors: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        y = values[self.columns_].to_numpy(float)
        v = errors[self.columns_].to_numpy(float)
        return y, np.where(np.isnan(y), np.nan, np.where(np.isnan(v), 0.0, v))

    def _begin(self) -> _Parameters:
        loading, method, own = self._priors.T.copy() if len(self._priors) else np.zeros((3, 0))
        return _Parameters(np.zeros(len(self.columns_)), loading, method, own, self._first.copy())

    def _warm(self, start: LatentSources) -> _Parameters:
        state = self._begin()
        known = start.loadings_.reindex(self.columns_)
        use = known["loading"].notna().to_numpy()
        for name in ("mean", "loading", "method", "own"):
            getattr(state, name)[use] = known[name].to_numpy()[use]
        if start.constructs_ == self.constructs_:
            state = replace(state, correlation=start.correlation_.to_numpy().copy())
        return state

    def _posterior(self, y: np.ndarray, v: np.ndarray, p: _Parameters) -> tuple[np.ndarray, np.ndarray]:
        """Mean (n x K) and covariance (n x K x K) of constructs and method factors given the values."""
        C, M = len(self.constructs_), len(self.sources_)
        B = np.hstack([p.loading[:, None] * self._average, p.method[:, None] * self._choose])
        weight = np.where(np.isnan(y), 0.0, 1.0 / (p.own + np.where(np.isnan(v), 1.0, v)))
        prior = np.zeros((C + M, C + M))
        prior[:C, :C] = np.linalg.inv(p.correlation)
        prior[C:, C:] = np.eye(M)
        outer = (B[:, :, None] * B[:, None, :]).reshape(len(B), B.shape[1] ** 2)
        precision = (weight @ outer).reshape(len(y), C + M, C + M) + prior
        covariance = np.linalg.inv(precision)
        right = (weight * np.nan_to_num(y - p.mean)) @ B
        return np.einsum("nkl,nl->nk", covariance, right), covariance

    def _cycle(self, y: np.ndarray, v: np.ndarray, p: _Parameters) -> _Parameters:
        """One cycle of expectation and conditional maximisation."""
        C = len(self.constructs_)
        mean, covariance = self._posterior(y, v, p)
        second = covariance + mean[:, :, None] * mean[:, None, :]
        worth = LEAST_WEIGHT + FEW_WEIGHT * min(1.0, FEW / max(len(y), 1))
        R = (second[:, :C, :C].sum(0) + worth * self._expected) / (len(y) + worth)
        size = np.sqrt(np.diag(R))
        R = R / np.outer(size, size)
        R = _longer_step(p.correlation, R)
        new = self._maximise_loadings(y, v, p, mean, second)
        own = self._maximise_own(y, v, p, new, mean, second)
        return replace(new, own=own, correlation=R)

    def _moments(self, weight: np.ndarray, mean: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, ...]:
        """Weighted sums of (construct average a, method factor f) and their products, one per indicator."""
        n, K = mean.shape
        A = np.hstack([self._average, np.zeros_like(self._choose)])
        F = np.hstack([np.zeros_like(self._average), self._choose])
        S = (weight.T @ second.reshape(n, -1)).reshape(-1, K, K)
        products = [np.einsum("jk,jkl,jl->j", left, S, right) for left, right in ((A, A), (A, F), (F, F))]
        return (mean @ A.T, mean @ F.T, *products)

    def _maximise_loadings(
        self, y: np.ndarray, v: np.ndarray, p: _Parameters, mean: np.ndarray, second: np.ndarray
    ) -> _Parameters:
        present = ~np.isnan(y)
        weight = np.where(present, 1.0 / (p.own + np.where(np.isnan(v), 1.0, v)), 0.0)
        a, f, aa, af, ff = self._moments(weight, mean, second)
        y0 = np.nan_to_num(y)
        total = weight.sum(0) + 1e-9
        wa, wf, wy = (weight * a).sum(0), (weight * f).sum(0), (weight * y0).sum(0)
        way, wfy = (weight * a * y0).sum(0), (weight * f * y0).sum(0)
        firm = 1.0 / PRIOR_SD**2
        H = np.empty((len(total), 3, 3))
        H[:, 0, 0], H[:, 0, 1], H[:, 0, 2] = total, wa, wf
        H[:, 1, 0], H[:, 1, 1], H[:, 1, 2] = wa, aa + firm, af
        H[:, 2, 0], H[:, 2, 1], H[:, 2, 2] = wf, af, ff + firm
        expected_method = self._expected_method(p)
        right = np.stack([wy, way + firm * self._priors[:, 0], wfy + firm * expected_method], axis=1)
        centre, loading, method = np.linalg.solve(H, right[:, :, None])[:, :, 0].T
        loading, method = np.maximum(loading, 0.0), np.maximum(method, 0.0)
        if not self.method_variance_estimated_:
            loading = np.where(self._self, self._priors[:, 0], loading)
            method = np.where(self._self, self._priors[:, 1], method)
        return replace(p, mean=centre, loading=loading, method=method)

    def _expected_method(self, p: _Parameters) -> np.ndarray:
        """Expectation of each method loading: a source's loadings are drawn to their common mean."""
        expected = self._priors[:, 1].copy()
        for s in range(len(self.sources_)):
            inside = self._source == s
            n = inside.sum()
            expected[inside] = (p.method[inside].sum() + self._priors[inside, 1].mean()) / (n + 1)
        return expected

    def _maximise_own(
        self, y: np.ndarray, v: np.ndarray, old: _Parameters, new: _Parameters, mean: np.ndarray, second: np.ndarray
    ) -> np.ndarray:
        B = np.hstack([new.loading[:, None] * self._average, new.method[:, None] * self._choose])
        present = ~np.isnan(y)
        residual = np.nan_to_num(y - new.mean - mean @ B.T)
        # trace term: uncertainty of constructs and factors, without forming a product per person and indicator
        spread = second - mean[:, :, None] * mean[:, None, :]
        n, K = mean.shape
        outer = (B[:, :, None] * B[:, None, :]).reshape(len(B), B.shape[1] ** 2)
        squared = residual**2 + spread.reshape(n, K * K) @ outer.T
        known = np.where(np.isnan(v), 1.0, v)
        # Fisher scoring of sum log(own + v) + squared / (own + v): splitting own from v by EM would creep
        weight = np.where(present, (old.own + known) ** -2.0, 0.0)
        worth = VARIANCE_WEIGHT * weight.sum(0) / np.maximum(present.sum(0), 1)
        told = (weight * (squared - known)).sum(0) + worth * self._priors[:, 2]
        return np.maximum(told / np.maximum(weight.sum(0) + worth, 1e-9), 1e-3)

    def _keep(self, p: _Parameters) -> None:
        self._state = p
        self.loadings_ = pd.DataFrame(
            {"loading": p.loading, "method": p.method, "own": p.own, "mean": p.mean}, index=pd.Index(self.columns_)
        )
        self.correlation_ = pd.DataFrame(p.correlation, self.constructs_, self.constructs_)
        squared = p.method[self._self] ** 2
        whole = p.loading[self._self] ** 2 + squared + p.own[self._self]
        self.method_variance_ = float((squared / whole).mean()) if self._self.any() else 0.0

    # -- people ----------------------------------------------------------------------------------------------------
    def posterior(self, values: pd.DataFrame, errors: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
        """Posterior means (people x constructs) and covariances (people x constructs x constructs).

        Columns of the fit that are missing here count as not known for anybody.
        """
        full = values.reindex(columns=self.columns_)
        y, v = self._arrays(full, errors.reindex(columns=self.columns_))
        mean, covariance = self._posterior(y, v, self._state)
        C = len(self.constructs_)
        return pd.DataFrame(mean[:, :C], values.index, self.constructs_), covariance[:, :C, :C]


def _longer_step(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Nearly twice the step of EM, which stays convergent below two; the step itself where that leaves correlations."""
    longer = np.clip(old + STEP * (new - old), -MOST, MOST)
    np.fill_diagonal(longer, 1.0)
    return longer if np.linalg.eigvalsh(longer)[0] > 1.0 - MOST else new


def _blocks(groups: list[list[int]], size: int, within: float) -> np.ndarray:
    """Correlations that are `within` inside each group and BETWEEN elsewhere."""
    matrix = np.full((size, size), BETWEEN)
    for group in groups:
        matrix[np.ix_(group, group)] = within
    np.fill_diagonal(matrix, 1.0)
    return matrix


def draw_people(
    posteriors: Sequence[tuple[np.ndarray, np.ndarray]], n_draws: int, random_state: int | np.random.Generator
) -> list[np.ndarray]:
    """Joint draws, people x constructs x draws (float32), from the posterior normals (mean, covariance) of people.

    Several posteriors of the same people share their noise: what differs between them is what was learned, not chance.
    """
    rng = np.random.default_rng(random_state)
    n, C = posteriors[0][0].shape
    roots = [np.linalg.cholesky(cov + 1e-9 * np.eye(C)).astype(np.float32) for _, cov in posteriors]
    centres = [mean.astype(np.float32)[:, :, None] for mean, _ in posteriors]
    draws = [np.empty((n, C, n_draws), dtype=np.float32) for _ in posteriors]
    for start in range(0, n, BLOCK):  # the noise of all people at once would need as much memory again
        block = slice(start, start + BLOCK)
        noise = rng.standard_normal(draws[0][block].shape, dtype=np.float32)
        for root, centre, out in zip(roots, centres, draws, strict=True):
            np.matmul(root[block], noise, out=out[block])
            out[block] += centre[block]
    return draws
