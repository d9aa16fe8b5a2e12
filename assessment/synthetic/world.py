"""The invented world: its knobs, and what is true of each person before anybody asks or watches."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assessment.instruments.reading import Instruments

# want, can, endure, lead; any further domain is as near to the others as the mean of these
CORRELATIONS = {
    ("want", "can"): 0.35,
    ("want", "endure"): 0.45,
    ("want", "lead"): 0.40,
    ("can", "endure"): 0.40,
    ("can", "lead"): 0.35,
    ("endure", "lead"): 0.50,
}
LOADING = 0.85


@dataclass(frozen=True)
class World:
    """How the invented municipality behaves; every share is 0..1, every SD is in SD of the truth or in logits.

    careless_share : answer without reading, from some point on
    missing_share : single answers left out by people who did answer
    nonresponse_share : people without a questionnaire
    self_presentation_sd : lift of all favourable self-descriptions of a person at once
    self_view_sd : how far a person's picture of own construct is from the truth
    observer_sd, interviewer_sd : severity in logits
    observer_noise : how an observer happens to see a person (all behaviours at once)
    performance_sd : how a person happens to be on the training day, for all observers alike
    observers_per_person : observers of a group at one activity
    crossed : pairs of observers change with every activity and day; False: pairs stay together, the graph falls apart
    absence_share : not at the training at all
    peer_noise : being chosen for other reasons than the truth
    choice_response : answer the three questions on colleagues, of those present
    interviews, interview_noise : whether there were any; how a person happens to be in that hour
    items_per_scale : at most so many items of a scale are given, those of the short form first
    consent_refused, consent_withdrawn : no data from colleagues; the whole consent taken back
    """

    people: int = 600
    seed: int = 1
    careless_share: float = 0.06
    missing_share: float = 0.06
    nonresponse_share: float = 0.03
    self_presentation_sd: float = 0.4
    self_view_sd: float = 0.65
    observer_sd: float = 0.6
    observer_noise: float = 0.8
    performance_sd: float = 0.9
    observers_per_person: int = 2
    crossed: bool = True
    absence_share: float = 0.09
    peer_noise: float = 0.8
    choice_response: float = 0.8
    interviews: bool = True
    interviewer_sd: float = 0.45
    interview_noise: float = 0.75
    items_per_scale: int | None = None
    consent_refused: float = 0.03
    consent_withdrawn: float = 0.015

    def stream(self, subject: str) -> np.random.Generator:
        """Random numbers of one subject: a knob of one subject leaves the numbers of the others as they were."""
        return np.random.default_rng([self.seed % 2**64, zlib.crc32(subject.encode())])


@dataclass(frozen=True)
class Truth:
    """What is true of the people, index person_id everywhere.

    domains, constructs : SD 1 in the municipality
    careless : bool; self_presentation : lift in SD of the truth
    """

    domains: pd.DataFrame
    constructs: pd.DataFrame
    careless: pd.Series
    self_presentation: pd.Series
    merit: pd.Series

    def table(self) -> pd.DataFrame:
        """truth.csv: person_id, merit, one column per domain, careless, self_presentation."""
        table = pd.concat(
            [self.merit, self.domains, self.careless, self.self_presentation.rename("self_presentation")], axis=1
        )
        return table.round(6).rename_axis("person_id").reset_index()


def domain_weights(instruments: Instruments) -> dict[str, float]:
    """Expert weights of the constructs added up per domain, as shares of all weights."""
    roles = instruments.roles
    total = sum(roles.constructs.values())
    return {name: sum(roles.constructs[c] for c in members) / total for name, members in roles.domains.items()}


def make_truth(world: World, instruments: Instruments, staff: pd.DataFrame) -> Truth:
    """Draw domains, constructs and ways of answering for the people of `staff` (person_id, years, age, rank)."""
    rng = world.stream("truth")
    roles = instruments.roles
    names = list(roles.domains)
    people = pd.Index(staff["person_id"], name="person_id")
    values = rng.standard_normal((len(people), len(names))) @ np.linalg.cholesky(_correlation(names)).T
    slight = {"want": 0.10 * _z(staff["years"]), "can": -0.08 * _z(staff["age"]), "lead": 0.15 * _z(staff["rank"])}
    for j, name in enumerate(names):
        values[:, j] = _z(values[:, j] + slight.get(name, 0.0))
    domains = pd.DataFrame(values, index=people, columns=names)
    constructs = pd.DataFrame(index=people)
    for name, members in roles.domains.items():
        for construct in members:
            loading = 0.7 if construct in roles.capped else LOADING
            if len(members) == 1:  # a domain of a single construct is that construct
                loading = 1.0
            own = rng.standard_normal(len(people))
            constructs[construct] = loading * domains[name].to_numpy() + np.sqrt(1 - loading**2) * own
    weights = domain_weights(instruments)
    merit = (domains * pd.Series(weights)).sum(axis=1)
    return Truth(
        domains=domains,
        constructs=constructs,
        careless=pd.Series(rng.random(len(people)) < world.careless_share, index=people, name="careless"),
        self_presentation=pd.Series(rng.standard_normal(len(people)) * world.self_presentation_sd, index=people),
        merit=merit.rename("merit"),
    )


def graded(rng: np.random.Generator, level: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Categories 0..k drawn from the graded response model: level in logits (any shape), thresholds rising (..., k)."""
    noisy = level + rng.logistic(size=level.shape)
    return (noisy[..., None] > thresholds).sum(axis=-1)


def adjacent(rng: np.random.Generator, level: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Categories 0..k drawn from the rating scale model: log odds against the category below = level - step."""
    score = np.concatenate([np.zeros((*level.shape, 1)), np.cumsum(level[..., None] - steps, axis=-1)], axis=-1)
    return (score + rng.gumbel(size=score.shape)).argmax(axis=-1)


def _correlation(names: list[str]) -> np.ndarray:
    usual = float(np.mean(list(CORRELATIONS.values())))
    matrix = np.eye(len(names))
    for i, one in enumerate(names):
        for j, other in enumerate(names[:i]):
            value = CORRELATIONS.get((one, other), CORRELATIONS.get((other, one), usual))
            matrix[i, j] = matrix[j, i] = value
    return matrix


def _z(values: pd.Series | np.ndarray) -> np.ndarray:
    column = np.asarray(values, dtype=float)
    spread = column.std()
    return (column - column.mean()) / spread if spread > 0 else np.zeros_like(column)
