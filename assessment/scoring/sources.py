"""Each source as (value, error variance) per person and indicator; what cannot be trusted is left out."""

from __future__ import annotations

import warnings
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from assessment.campaign import Campaign
from assessment.choices import choice_scores
from assessment.problems import NOTE, SOURCE, Problem
from assessment.scoring.answers import fact_scores, situation_scores, turned_answers
from assessment.scoring.checks import drift_and_halo, points_a_logit
from assessment.scoring.plain import standardise
from assessment.scoring.ratings import rated

FEW_PEOPLE = 60  # below it no response model: the plain measure with its standard error
RELIABILITY_NEEDED = 0.50
RELIABILITY_GOOD = 0.70
FEW_RATINGS = 20
WIDE_VARIANCE = 2.0  # logits squared: the prior of one behaviour; what all share varies less than each of them
LEAST_TRUE_SHARE = 0.05  # of the variance of values: below it the unit would be noise


@dataclass
class Source:
    """One method's indicators: people x indicators, in units of the true spread, with error variances."""

    values: pd.DataFrame
    errors: pd.DataFrame
    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def empty_source(people: pd.Index) -> Source:
    """A source that tells nothing."""
    return Source(pd.DataFrame(index=people), pd.DataFrame(index=people))


@dataclass
class ScaleMeasures(Source):
    """Self-report; measures and standard_errors are on the scale's own metric (mean 0, SD 1 before shrinking).

    answering : how much likelier a person's answers are under the models than at random (nats, summed over scales)
    """

    answering: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))
    measures: pd.DataFrame = field(default_factory=pd.DataFrame)
    standard_errors: pd.DataFrame = field(default_factory=pd.DataFrame)


def unshrunk(mean: pd.Series, se: pd.Series, variance: float = 1.0) -> tuple[pd.Series, pd.Series]:
    """What the answers alone say: a posterior under N(0, variance) turned back into value and error variance.

    Both in units of the true standard deviation; a posterior as wide as the prior becomes missing.
    """
    reliability = 1.0 - se**2 / variance
    known = reliability > 0.02
    value = (mean / reliability).where(known) / np.sqrt(variance)
    error = (se**2 / reliability).where(known) / variance
    return value, error


def in_true_units(value: pd.Series, error: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Values and error variances in units of the spread that is left when the errors are taken out."""
    total = float(value.var(ddof=0))
    if not total > 0:
        return value, error
    true = max(total - float(error.mean()), LEAST_TRUE_SHARE * total)
    return value / np.sqrt(true), error / true


def self_report(campaign: Campaign, doubtful: Collection[str] = ()) -> ScaleMeasures:
    """One graded response model a scale; below FEW_PEOPLE people the plain measure with its standard error.

    doubtful : people whose answers do not shape the models (they are measured with the others' parameters)
    """
    out = ScaleMeasures(pd.DataFrame(index=campaign.people), pd.DataFrame(index=campaign.people))
    measures, errors = {}, {}
    out.facts["scales"] = {}
    for scale in campaign.instruments.battery.person_scales:
        answers = turned_answers(campaign, scale).dropna(how="all")
        answers = answers.loc[:, answers.max() > answers.min()]
        if answers.shape[1] == 0:
            continue
        level, se, ratio, facts, troubles = _scale_measure(scale, answers, doubtful)
        out.answering = out.answering.add(ratio, fill_value=0.0)
        out.facts["scales"][scale] = facts
        out.problems += troubles
        measures[scale], errors[scale] = level, se
        if any(p.severity == SOURCE for p in troubles):
            continue
        out.values[scale], out.errors[scale] = unshrunk(level, se)
    out.measures = pd.DataFrame(measures, index=campaign.people, dtype=float)
    out.standard_errors = pd.DataFrame(errors, index=campaign.people, dtype=float)
    return out


def _scale_measure(
    scale: str, answers: pd.DataFrame, doubtful: Collection[str]
) -> tuple[pd.Series, pd.Series, pd.Series, dict[str, Any], list[Problem]]:
    from models.classical import alpha, item_rest, omega

    several = answers.shape[1] > 1
    facts: dict[str, Any] = {"n": int(len(answers)), "items": int(answers.shape[1])}
    facts["alpha"] = float(alpha(answers)) if several else None
    facts["omega"] = float(omega(answers)) if answers.shape[1] > 2 and len(answers) >= FEW_PEOPLE else None
    if len(answers) >= FEW_PEOPLE and several:
        level, se, ratio, reliability, wrong, converged = _graded(answers, doubtful)
    else:
        level, se, reliability = _plain_measure(answers, facts["alpha"])
        ratio = pd.Series(dtype=float)
        wrong, converged = [], True
    if several:
        rest = item_rest(answers)
        facts["item_rest"] = {str(i): round(float(r), 4) for i, r in rest.items() if np.isfinite(r)}
        wrong = [i for i in wrong if not rest.get(i, 0.0) > 0.0]
    facts["reliability"] = float(reliability)
    return level, se, ratio, facts, _scale_problems(scale, facts, wrong, converged)


def _graded(
    answers: pd.DataFrame, doubtful: Collection[str]
) -> tuple[pd.Series, pd.Series, pd.Series, float, list[str], bool]:
    from models import GradedResponse
    from models.answer_quality import answering_ratio

    shaping = answers[~answers.index.isin(list(doubtful))]
    if any(set(answers[i].dropna()) - set(shaping[i].dropna()) for i in answers):
        shaping = answers  # an answer that only doubtful people gave must have its place on the scale all the same
    model = GradedResponse().fit(shaping)
    level = pd.Series(np.asarray(model.transform(answers))[:, 0], answers.index)
    se = pd.Series(np.asarray(model.standard_error(answers)).ravel(), answers.index)
    slopes = np.asarray(model.discrimination_)
    wrong = [str(i) for i, a in zip(answers.columns, slopes, strict=True) if a < 0]
    return level, se, answering_ratio(model, answers), model.reliability_, wrong, bool(model.converged_)


def _plain_measure(answers: pd.DataFrame, alpha: float | None) -> tuple[pd.Series, pd.Series, float]:
    """z of the mean of the answered items, shrunk by alpha (Kelley); a person with fewer answers is less sure."""
    whole = float(np.clip(alpha if alpha is not None and np.isfinite(alpha) else 0.5, 0.05, 0.95))
    k = answers.shape[1]
    single = whole / (k - (k - 1) * whole)
    answered = answers.notna().sum(axis=1)
    reliability = answered * single / (1 + (answered - 1) * single)
    z = standardise(standardise(answers).mean(axis=1).to_frame("z"))["z"]
    return z * reliability, np.sqrt(1 - reliability), whole


def _scale_problems(scale: str, facts: dict[str, Any], wrong: list[str], converged: bool) -> list[Problem]:
    place: dict[str, Any] = {"table": "survey", "column": scale}
    shown = round(facts["reliability"], 2)
    if wrong:
        return [Problem("item_against_key", SOURCE, {"scale": scale, "items": ", ".join(wrong)}, **place)]
    if not converged:
        return [Problem("scale_not_converged", SOURCE, {"scale": scale}, **place)]
    params = {"scale": scale, "reliability": shown}
    if facts["reliability"] < RELIABILITY_NEEDED:
        return [Problem("scale_unreliable", SOURCE, params, **place, value=str(shown))]
    if facts["reliability"] < RELIABILITY_GOOD:
        return [Problem("scale_weak", NOTE, params, **place, value=str(shown))]
    return []


def facts_and_situations(campaign: Campaign) -> Source:
    """Past facts and situations on the z scale; their error is estimated when the sources are joined."""
    raw = pd.concat([fact_scores(campaign), situation_scores(campaign)], axis=1).reindex(campaign.people)
    raw = raw.loc[:, raw.max() > raw.min()]
    z = standardise(raw)
    return Source(z, z * 0.0)


def sociometry(campaign: Campaign) -> Source:
    """Choices per question with the error of the number of possible choosers."""
    found = choice_scores(campaign)
    return Source(found.raw, found.errors, problems=list(found.problems))


def observation(campaign: Campaign) -> Source:
    """Behaviours with the observers' severity removed by the many-facet model."""
    rows = rated(campaign.observations)
    table = pd.DataFrame(
        {
            "person": rows["person_id"],
            "observer": rows["observer_id"],
            "criterion": rows["behaviour_id"],
            "rating": rows["rating"].astype(int),
            "day": rows["event_id"],
        }
    )
    known = [b for b in campaign.instruments.observation.behaviours if (table["criterion"] == b).any()]
    return _faceted(campaign, table, {b: [b] for b in known}, "observations", "observers")


def interviews(campaign: Campaign) -> Source:
    """Competencies with the interviewers' severity removed; the criterion is competency and question."""
    rows = campaign.interviews[campaign.interviews["rating"].notna()]
    table = pd.DataFrame(
        {
            "person": rows["person_id"],
            "observer": rows["interviewer_id"],
            "criterion": rows["competency_id"] + ":" + rows["question"].fillna("past"),
            "rating": rows["rating"].astype(int),
        }
    )
    groups = {
        c: [k for k in sorted(table["criterion"].unique()) if k.startswith(c + ":")]
        for c in campaign.instruments.interview.competencies
    }
    return _faceted(campaign, table, {c: k for c, k in groups.items() if k}, "interviews", "interviewers")


def _faceted(
    campaign: Campaign, table: pd.DataFrame, groups: dict[str, list[str]], name: str, facet: str
) -> Source:
    out = empty_source(campaign.people)
    if table.empty:
        return out
    from models import ManyFacetRating
    from models.connectivity import components, linking_advice

    parts = components(table)
    if len(parts) > 1:
        listed = "; ".join(", ".join(sorted(map(str, part[1]))) for part in parts[:6])
        severity = SOURCE if name == "observations" else NOTE
        advice = linking_advice(table)
        links = "; ".join(f"{o} → {p}" for o, p in zip(advice["observer"], advice["person"], strict=True))
        params = {"facet": facet, "parts": len(parts), "groups": listed, "links": links}
        out.problems.append(Problem("ratings_disconnected", severity, params, table=name))
        if severity == SOURCE:
            return out
    if len(table) < FEW_RATINGS or table["rating"].nunique() < 2 or table["person"].nunique() < 3:
        out.problems.append(Problem("ratings_too_few", NOTE, {"n": len(table), "facet": facet}, table=name))
        return _rating_means(campaign, table, groups, out)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a disconnected design is already a problem of its own above
        model = ManyFacetRating().fit(table)
    if not model.converged_:
        out.problems.append(Problem("ratings_not_converged", SOURCE, {"facet": facet}, table=name))
        return out
    wide = max(model.person_variance_, WIDE_VARIANCE)
    for indicator, measures in model.measures_by(table, groups, wide).items():
        value, error = in_true_units(*unshrunk(measures["level"], measures["se"], wide))
        out.values[indicator], out.errors[indicator] = value, error
    out.facts[facet] = _severities(model, table)
    return out


def _rating_means(campaign: Campaign, table: pd.DataFrame, groups: dict[str, list[str]], out: Source) -> Source:
    """Too few ratings for a model: z of the mean, with half the variance as error for a single rating."""
    for indicator, criteria in groups.items():
        part = table[table["criterion"].isin(criteria)].groupby("person")["rating"]
        z = standardise(part.mean().reindex(campaign.people).to_frame("z"))["z"]
        out.values[indicator], out.errors[indicator] = z, 1.0 / part.size().reindex(campaign.people)
    return out


def _severities(model: Any, table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Severity (logits, positive = severe) and in points of the rating scale, its error, number of ratings and infit of
    each observer; with days also the strongest drift and the halo, each with its z."""
    from models.facet_fit import misfit

    fit, slope = misfit(model, table, "observer"), points_a_logit(model, table)
    counts = table.groupby("observer").size()
    habits = drift_and_halo(model, table) if "day" in table else pd.DataFrame(index=model.observers_.index)
    return {
        str(o): {
            "severity": float(model.observers_[o]),
            "se": float(model.observer_errors_[o]),
            "points": round(float(model.observers_[o]) * slope, 6),
            "n": int(counts[o]),
            "infit": float(fit.loc[o, "infit"]) if o in fit.index else None,
            **{str(k): v if isinstance(v, str) else _known_number(v) for k, v in habits.loc[o].items()},
        }
        for o in model.observers_.index
    }


def _known_number(value: Any) -> float | None:
    return round(float(value), 6) if pd.notna(value) else None
