"""How the questionnaire was answered: flags that inform, hold or widen an error, and never remove anybody."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from assessment.answers import answered_share, turned_answers
from assessment.campaign import Campaign

# Cut-offs with their source: INSTRUMENTS.md section 3 and quality_rules of battery.yaml.
FAST_SECONDS = 2.0  # median seconds per closed item below which nobody reads
LONG_RUN = 12  # the same answer so many times in a row across reversed items
OUTLIER_SHARE = 0.001  # rarest share of Mahalanobis distances, from the data: the chi-square flags far too many
INCONSISTENT_SHARE = 0.05
FEW_FOR_SHARES = 60  # below so many people a lowest share says nothing
INDEPENDENT = {  # which flags say the same thing: careless means two different ones
    "fail_attention": "attention",
    "one_attention": "attention",
    "too_fast": "time",
    "straightline": "run",
    "inconsistent": "consistency",
    "outlier": "distance",
}
ANSWER_FLAGS = (*INDEPENDENT, "desirability", "incomplete")


@dataclass(frozen=True)
class AnswerQuality:
    """flags : people with a submission x flag codes, bool; indices : the figures behind them; careless : bool per
    person, two independent indices at once."""

    flags: pd.DataFrame
    indices: pd.DataFrame
    careless: pd.Series

    def codes(self, person_id: str) -> list[str]:
        """Flag codes of a person, in declared order."""
        if person_id not in self.flags.index:
            return []
        row = self.flags.loc[person_id]
        return [str(code) for code in row.index[row.to_numpy(bool)]]


def answer_quality(campaign: Campaign) -> AnswerQuality:
    """Every flag of battery.yaml's quality_rules for everybody who answered."""
    people = campaign.answers.index
    wrong, asked = _instructed(campaign)
    indices = pd.DataFrame(
        {
            "instructed_wrong": wrong,
            "median_seconds": _median_seconds(campaign),
            "longest_run": _longest_run(campaign),
            "consistency": _consistency(campaign),
            "distance": _distance(campaign),
        },
        index=people,
    )
    flags = pd.DataFrame(index=people)
    flags["fail_attention"] = (wrong >= 2) & (wrong >= asked)
    flags["one_attention"] = (wrong >= 1) & ~flags["fail_attention"]
    flags["too_fast"] = indices["median_seconds"] < FAST_SECONDS
    flags["straightline"] = indices["longest_run"] >= LONG_RUN
    flags["inconsistent"] = _lowest(indices["consistency"], INCONSISTENT_SHARE)
    flags["outlier"] = _lowest(-indices["distance"], OUTLIER_SHARE)
    flags["desirability"] = _desirable(campaign)
    shares = answered_share(campaign)
    scales = campaign.instruments.battery.scales
    needed = pd.Series({s: scales[str(s)].min_answered for s in shares}, dtype=float)
    flags["incomplete"] = (shares < needed - 1e-9).any(axis=1) if shares.shape[1] else False
    signs = pd.Series(INDEPENDENT)
    kinds = {kind: flags[list(part.index)].any(axis=1) for kind, part in signs.groupby(signs)}
    careless = pd.DataFrame(kinds, index=people).sum(axis=1) >= 2
    return AnswerQuality(flags.astype(bool), indices, careless.astype(bool))


def _instructed(campaign: Campaign) -> tuple[pd.Series, pd.Series]:
    """How many instructed items were answered wrongly, and how many were answered at all."""
    items = campaign.instruments.battery.quality_items.values()
    asked = [q for q in items if q.type == "instructed" and q.id in campaign.answers]
    given = campaign.answers[[q.id for q in asked]]
    wrong = sum(((given[q.id] != q.expect) & given[q.id].notna() for q in asked), pd.Series(0, index=given.index))
    return wrong.astype(int), given.notna().sum(axis=1)


def _desirable(campaign: Campaign) -> pd.Series:
    items = campaign.instruments.battery.quality_items.values()
    asked = [q for q in items if q.type == "desirability" and q.id in campaign.answers]
    if not asked:
        return pd.Series(False, index=campaign.answers.index)
    return pd.concat([campaign.answers[q.id] >= (q.flag_at or np.inf) for q in asked], axis=1).all(axis=1)


def _closed_items(campaign: Campaign) -> list[str]:
    return [i for i in campaign.instruments.battery.items if i in campaign.answers]


def _median_seconds(campaign: Campaign) -> pd.Series:
    timed = [i for i in _closed_items(campaign) if i in campaign.seconds]
    if not timed:
        return pd.Series(np.nan, index=campaign.answers.index)
    return campaign.seconds[timed].median(axis=1).reindex(campaign.answers.index)


def _longest_run(campaign: Campaign) -> pd.Series:
    """Longest run of one answer over consecutive items of one format, counted only where it spans a reversed item."""
    battery = campaign.instruments.battery
    best = np.zeros(len(campaign.answers))
    for answer_format in battery.formats:
        items = [i for i in _closed_items(campaign) if battery.items[i].format == answer_format]
        keys = np.array([battery.items[i].key for i in items])
        if len(items) > 1:
            best = np.maximum(best, _runs(campaign.answers[items].to_numpy(float), keys))
    return pd.Series(best, index=campaign.answers.index)


def _runs(answers: np.ndarray, keys: np.ndarray) -> np.ndarray:
    best = np.zeros(len(answers))
    length = np.zeros(len(answers))
    mixed = [np.zeros(len(answers), bool), np.zeros(len(answers), bool)]
    for k in range(answers.shape[1]):
        same = answers[:, k] == answers[:, k - 1] if k else np.zeros(len(answers), bool)
        present = ~np.isnan(answers[:, k])
        length = np.where(same, length + 1, present.astype(float))
        for sign, seen in zip((1, -1), range(2), strict=True):
            mixed[seen] = (mixed[seen] & same) | (present & (keys[k] == sign))
        best = np.maximum(best, np.where(mixed[0] & mixed[1], length, 0.0))
    return best


def _consistency(campaign: Campaign) -> pd.Series:
    """Even-odd consistency: correlation over scales of the means of a person's even and odd items, stepped up."""
    halves: list[tuple[pd.Series, pd.Series]] = []
    for scale in campaign.instruments.battery.person_scales:
        turned = turned_answers(campaign, scale)
        if turned.shape[1] >= 2:
            z = (turned - turned.mean()) / turned.std(ddof=0).replace(0.0, np.nan)
            halves.append((z.iloc[:, 0::2].mean(axis=1), z.iloc[:, 1::2].mean(axis=1)))
    if len(halves) < 4:
        return pd.Series(np.nan, index=campaign.answers.index)
    even = np.column_stack([h[0] for h in halves])
    odd = np.column_stack([h[1] for h in halves])
    known = ~(np.isnan(even) | np.isnan(odd))
    even, odd = np.where(known, even, np.nan), np.where(known, odd, np.nan)
    n = known.sum(1)
    with np.errstate(invalid="ignore", divide="ignore"):
        e = np.where(known, even - (np.nansum(even, 1) / n)[:, None], 0.0)
        o = np.where(known, odd - (np.nansum(odd, 1) / n)[:, None], 0.0)
        r = (e * o).sum(1) / np.sqrt((e**2).sum(1) * (o**2).sum(1))
        stepped = 2 * r / (1 + np.abs(r))
    return pd.Series(np.where(n >= 4, stepped, np.nan), index=campaign.answers.index)


def _distance(campaign: Campaign) -> pd.Series:
    """Mahalanobis distance over the items of persons, divided by how many were answered."""
    battery = campaign.instruments.battery
    items = [item.id for scale in battery.person_scales for item in battery.scale_items(scale)]
    answers = campaign.answers[[i for i in items if i in campaign.answers]]
    answers = answers.loc[:, answers.std(ddof=0) > 0]
    if len(answers) < 2 * answers.shape[1] + 10:
        return pd.Series(np.nan, index=answers.index)
    z = ((answers - answers.mean()) / answers.std(ddof=0)).fillna(0.0).to_numpy()
    inverse = np.linalg.inv(np.cov(z.T) + 1e-3 * np.eye(z.shape[1]))
    answered = answers.notna().sum(axis=1).to_numpy()
    distance = np.einsum("ni,ij,nj->n", z, inverse, z) / np.maximum(answered, 1)
    return pd.Series(np.where(answered > 0, distance, np.nan), index=answers.index)


def _lowest(values: pd.Series, share: float) -> pd.Series:
    """Whether a value is in the lowest share of all; nobody where too few are known."""
    known = values.dropna()
    if len(known) < FEW_FOR_SHARES:
        return pd.Series(False, index=values.index)
    return (values < known.quantile(share)).fillna(False)
