"""How the questionnaire was answered: flags that inform, hold or widen an error, and never remove anybody."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from assessment.campaign import Campaign
from assessment.scoring.answers import answered_share, turned_answers

# Cut-offs with their source: INSTRUMENTS.md section 3 and quality_rules of battery.yaml.
FAST_SECONDS = 2.0  # median seconds per closed item below which nobody reads
LONG_RUN = 12  # the same answer so many times in a row across reversed items
OUTLIER_SHARE = 0.001  # rarest share of Mahalanobis distances, from the data: the chi-square flags far too many
UNUSUAL_SHARE = 0.15  # of distances: second to another index that something is wrong, says nothing alone
LOW_CONSISTENCY = 0.30  # even-odd consistency that honest people fall below rarely (Curran 2016: cut-offs vary .0-.3)
INCONSISTENT_SHARE = 0.05
FEW_FOR_SHARES = 60  # below so many people a lowest share says nothing
INDEPENDENT = {  # which flags say the same thing: careless means two different ones
    "fail_attention": "attention",
    "one_attention": "attention",
    "too_fast": "time",
    "straightline": "run",
    "inconsistent": "consistency",
    "outlier": "distance",
    "random_answers": "likelihood",
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


def answer_quality(campaign: Campaign, answering: pd.Series | None = None) -> AnswerQuality:
    """Every flag of battery.yaml's quality_rules for everybody who answered.

    answering : how much likelier the answers are under the scales' models than at random (nats); None = not known
    """
    people = campaign.answers.index
    wrong, asked = _instructed(campaign)
    indices = pd.DataFrame(
        {
            "instructed_wrong": wrong,
            "median_seconds": _median_seconds(campaign),
            "longest_run": _longest_run(campaign),
            "consistency": _consistency(campaign),
            "distance": _distance(campaign),
            "answering": pd.Series(dtype=float) if answering is None else answering,
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
    flags["random_answers"] = indices["answering"] < 0
    flags["desirability"] = _desirable(campaign)
    shares = answered_share(campaign)
    scales = campaign.instruments.battery.scales
    needed = pd.Series({s: scales[str(s)].min_answered for s in shares}, dtype=float)
    flags["incomplete"] = (shares < needed - 1e-9).any(axis=1) if shares.shape[1] else False
    return AnswerQuality(flags.astype(bool), indices, _careless(flags, indices))


def _careless(flags: pd.DataFrame, indices: pd.DataFrame) -> pd.Series:
    """Two independent indices at once. Beside answers that look picked at random, a milder second sign is enough."""
    signs = pd.Series(INDEPENDENT)
    kinds = pd.DataFrame({kind: flags[list(part.index)].any(axis=1) for kind, part in signs.groupby(signs)})
    mild = (indices["consistency"] < LOW_CONSISTENCY) | _lowest(-indices["distance"], UNUSUAL_SHARE)
    return (kinds.sum(axis=1) >= 2) | (flags["random_answers"] & mild)


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


def _turned(campaign: Campaign) -> tuple[pd.DataFrame, dict[str, str]]:
    """Answers to the items of persons' scales, reversed ones turned, and the scale of each."""
    scales = campaign.instruments.battery.person_scales
    parts = {scale: turned_answers(campaign, scale) for scale in scales}
    answers = pd.concat([campaign.answers.iloc[:, :0], *parts.values()], axis=1)
    return answers, {str(item): scale for scale, part in parts.items() for item in part}


def _consistency(campaign: Campaign) -> pd.Series:
    from models.answer_quality import even_odd

    return even_odd(*_turned(campaign))


def _distance(campaign: Campaign) -> pd.Series:
    """Mahalanobis distance over the items of persons; not known where people are too few for the covariances."""
    from models.answer_quality import mahalanobis

    answers = _turned(campaign)[0]
    if len(answers) < 2 * answers.shape[1] + 10:
        return pd.Series(np.nan, index=answers.index)
    return mahalanobis(answers)


def _lowest(values: pd.Series, share: float) -> pd.Series:
    """Whether a value is in the lowest share of all; nobody where too few are known."""
    known = values.dropna()
    if len(known) < FEW_FOR_SHARES:
        return pd.Series(False, index=values.index)
    return (values < known.quantile(share)).fillna(False)
