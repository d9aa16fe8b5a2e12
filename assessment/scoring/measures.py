"""Runs the models over a campaign: measures with errors, joint draws, and what each source was worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from assessment.campaign import Campaign
from assessment.problems import Problem
from assessment.scoring.answer_quality import AnswerQuality, answer_quality
from assessment.scoring.answers import answered_share, unit_means
from assessment.scoring.plain import PlainReading, plain_reading
from assessment.scoring.sources import (
    ScaleMeasures,
    Source,
    facts_and_situations,
    interviews,
    observation,
    self_report,
    sociometry,
)

N_DRAWS = 2000
SHARES = (0.0, 0.1, 0.2)  # of self-report variance that is self-presentation, for the sensitivity table
CARELESS_SHARE = 0.02  # from so many careless people on, the scales' models are fitted again without them
SHARE_CYCLES = 5  # the sensitivity table starts from the fitted model, so few cycles settle it
CARELESS_WIDENING = 10.0  # a flagged person's answers tell a tenth of what they otherwise would
Progress = Callable[[str, float], None]


@dataclass
class Measures:
    """What is known of everybody, in both readings.

    constructs, construct_errors (constructs_before: without interviews) : people x constructs, posterior mean and SD
        (z scale of the latent)
    draws : people x constructs x N_DRAWS float32, everything known; draws_before : the same before interviews (the very
        same array where there are none)
    scales, scale_errors : people x scales of the questionnaire alone (NaN where nothing was answered)
    plain : the plain reading
    quality : flags of answers
    evidence : people x constructs, whether any source speaks of the construct for the person
    known : how many indicators besides interviews are known of each person
    answered_shares : people with a submission x scales, share of the given items that was answered
    unit_means : units x scales of level unit, where at least five answered
    at_shares : fixed share of self-presentation -> posterior means of constructs (before, after interviews)
    correlations : "before" and "after" interviews -> correlations of the constructs
    facts : figures for run.json; problems : what was left out or is weak
    """

    campaign: Campaign
    constructs: pd.DataFrame
    constructs_before: pd.DataFrame
    construct_errors: pd.DataFrame
    draws: np.ndarray
    draws_before: np.ndarray
    scales: pd.DataFrame
    scale_errors: pd.DataFrame
    plain: PlainReading
    quality: AnswerQuality
    evidence: pd.DataFrame
    known: pd.Series
    answered_shares: pd.DataFrame
    unit_means: pd.DataFrame
    correlations: dict[str, pd.DataFrame]
    at_shares: dict[float, tuple[pd.DataFrame, pd.DataFrame]]
    facts: dict[str, Any]
    problems: list[Problem]
    seed: int = 1
    cache: dict[Any, Any] = field(default_factory=dict, repr=False)

    @property
    def people(self) -> pd.Index:
        """Ids of everybody measured, sorted."""
        return self.constructs.index

    @property
    def means(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Posterior means of the constructs before and with interviews."""
        return self.constructs_before, self.constructs

    @property
    def correlation(self) -> pd.DataFrame:
        """Correlations of the constructs, everything known."""
        return self.correlations["after"]

    @property
    def common(self) -> pd.Series:
        """Loadings of the constructs on their domains, everything known."""
        return common_loadings(self.campaign, self.correlation)

    @property
    def interviewed(self) -> pd.Series:
        """Whether each person has an interview."""
        return self.plain.interviewed


@dataclass
class _Joined:
    """All sources side by side, and which constructs each indicator speaks of."""

    values: pd.DataFrame
    errors: pd.DataFrame
    indicators: dict[str, Any]


def score(campaign: Campaign, seed: int = 1, n_draws: int = N_DRAWS, progress: Progress | None = None) -> Measures:
    """Measures and draws of everybody in the campaign; the same data and seed give the same draws."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # thousands of small products: threads would wait for each other longer than they work
        return _score(campaign, seed, n_draws, progress or (lambda step, share: None))


def _score(campaign: Campaign, seed: int, n_draws: int, tell: Progress) -> Measures:
    from models.latent_sources import draw_people

    tell("answers", 0.05)
    own = self_report(campaign)
    quality = answer_quality(campaign, own.answering)
    if quality.careless.mean() > CARELESS_SHARE:
        own = _again_without(campaign, own, quality.careless.index[quality.careless])
    tell("ratings", 0.35)
    sources: dict[str, Source] = {
        "self_report": own,
        "biodata_sjt": facts_and_situations(campaign),
        "observation": observation(campaign),
        "sociometry": sociometry(campaign),
        "interview": interviews(campaign),
    }
    tell("plain", 0.55)
    plain = plain_reading(campaign)
    tell("joining", 0.65)
    joined = _join(campaign, sources, quality)
    after, before, shares, facts = _fit(campaign, joined)
    tell("draws", 0.85)
    mean, covariance = after
    posteriors = [(m.to_numpy(), c) for m, c in ([before] if after is before else [before, after])]
    drawn = draw_people(posteriors, n_draws, seed)
    draws_before, draws = drawn[0], drawn[-1]
    correlations = facts.pop("correlations")
    facts["correlation"] = correlations["after"].round(6).to_dict()
    for source in sources.values():
        facts.update(source.facts)
    problems = [problem for source in sources.values() for problem in source.problems]
    return Measures(
        campaign=campaign,
        constructs=mean,
        constructs_before=before[0],
        construct_errors=pd.DataFrame(_spread(covariance), mean.index, mean.columns),
        draws=draws,
        draws_before=draws_before,
        scales=own.measures,
        scale_errors=own.standard_errors,
        plain=plain,
        quality=quality,
        evidence=_evidence(joined, mean),
        known=_known(joined),
        answered_shares=answered_share(campaign),
        unit_means=unit_means(campaign),
        correlations=correlations,
        at_shares=shares,
        facts=facts,
        problems=problems,
        seed=seed,
    )


def _again_without(campaign: Campaign, own: ScaleMeasures, careless: pd.Index) -> ScaleMeasures:
    """The same scales measured with parameters from everybody else; figures and problems stay those of everybody."""
    again = self_report(campaign, [str(person) for person in careless])
    kept = [scale for scale in own.values if scale in again.values]
    return replace(again, values=again.values[kept], errors=again.errors[kept], facts=own.facts, problems=own.problems)


def _spread(covariance: np.ndarray) -> np.ndarray:
    return np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))


def _join(campaign: Campaign, sources: Mapping[str, Source], quality: AnswerQuality) -> _Joined:
    from models.latent_sources import Indicator

    roles = campaign.instruments.roles
    speaks: dict[tuple[str, str], list[str]] = {}
    for construct, by_method in roles.indicator_map.items():
        for method, indicators in by_method.items():
            for indicator in indicators:
                speaks.setdefault((method, indicator), []).append(construct)
    values, errors, indicators_ = {}, {}, {}
    careless = quality.careless.reindex(campaign.people, fill_value=False)
    doubt = careless.map({True: CARELESS_WIDENING, False: 1.0}).astype(float)
    for method, source in sources.items():
        for column in source.values.columns:
            constructs = tuple(speaks.get((method, column), ()))
            if not constructs or not source.values[column].notna().any():
                continue
            widening = doubt if method == "self_report" else 1.0
            values[column] = source.values[column].reindex(campaign.people)
            errors[column] = source.errors[column].reindex(campaign.people) * widening
            indicators_[column] = Indicator(method, constructs)
    frame = pd.DataFrame(values, index=campaign.people, dtype=float)
    return _Joined(frame, pd.DataFrame(errors, index=campaign.people, dtype=float), indicators_)


def _domains(campaign: Campaign) -> dict[str, tuple[str, ...]]:
    return {d: tuple(c) for d, c in campaign.instruments.roles.domains.items() if c}


def _fit(campaign: Campaign, joined: _Joined) -> tuple[Any, Any, dict[float, Any], dict[str, Any]]:
    """Posteriors with and without interviews, and how much self-presentation was found."""
    from models.latent_sources import LatentSources

    def fitted(columns: list[str], variance: str | float, start: Any = None, cycles: int = 150) -> Any:
        chosen = {c: joined.indicators[c] for c in columns}
        model = LatentSources(chosen, _domains(campaign), variance, max_iter=cycles)
        return model.fit(joined.values[columns], joined.errors[columns], start)

    variance = campaign.settings.method_variance
    early = [c for c, indicator in joined.indicators.items() if indicator.source != "interview"]
    first = fitted(early, variance)
    before = first.posterior(joined.values[early], joined.errors[early])
    last, after = first, before
    if len(early) < joined.values.shape[1]:
        last = fitted(list(joined.indicators), variance, first)
        after = last.posterior(joined.values, joined.errors)
    shares = _fixed_shares(campaign, joined, early, fitted, first) if early else {}
    facts = {
        "method_variance": {"share": last.method_variance_, "estimated": last.method_variance_estimated_},
        "loadings": last.loadings_.round(6).to_dict("index"),
        "correlations": {"before": first.correlation_, "after": last.correlation_},
    }
    return after, before, shares, facts


def common_loadings(campaign: Campaign, correlation: pd.DataFrame) -> pd.Series:
    """Loading of each construct on the one factor of its domain; 1 where a domain has a single construct.

    Two constructs load alike: the root of their correlation.
    """
    from models.classical import one_factor

    found = pd.Series(1.0, index=correlation.index)
    for members in _domains(campaign).values():
        block = correlation.loc[list(members), list(members)].to_numpy()
        if len(members) == 2:
            found[list(members)] = np.sqrt(max(block[0, 1], 0.0))
        elif len(members) > 2:
            found[list(members)] = np.clip(one_factor(block), 0.05, 1.0)
    return found


def _known(joined: _Joined) -> pd.Series:
    early = [c for c, indicator in joined.indicators.items() if indicator.source != "interview"]
    return joined.values[early].notna().sum(axis=1)


def _evidence(joined: _Joined, mean: pd.DataFrame) -> pd.DataFrame:
    found = pd.DataFrame(False, index=mean.index, columns=mean.columns)
    for column, indicator in joined.indicators.items():
        for construct in indicator.constructs:
            found[construct] |= joined.values[column].notna()
    return found


def _fixed_shares(
    campaign: Campaign, joined: _Joined, early: list[str], fitted: Any, first: Any
) -> dict[float, tuple[pd.DataFrame, pd.DataFrame]]:
    """Posterior means before and after interviews with self-presentation set to each of SHARES."""
    found = {}
    for share in SHARES:
        lesser = fitted(early, share, first, SHARE_CYCLES)
        before = lesser.posterior(joined.values[early], joined.errors[early])[0]
        after = before
        if len(early) < joined.values.shape[1]:
            model = fitted(list(joined.indicators), share, lesser, SHARE_CYCLES)
            after = model.posterior(joined.values, joined.errors)[0]
        found[share] = (before, after)
    return found
