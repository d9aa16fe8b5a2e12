"""The whole way in one call: campaign to measures, ranking, shortlist and team."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd

from assessment import __version__
from assessment.campaign import Campaign, Criteria
from assessment.choosing.shortlist import Proposal, propose_shortlist
from assessment.choosing.team import propose_team
from assessment.diagnosis import overall as diagnosis
from assessment.listing import listing
from assessment.problems import Problem, stops
from assessment.scoring.measures import Measures, score
from assessment.standing import rank_people, sensitivity

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Result:
    """What a run gives: lists, their certificates, every problem found on the way, and the figures of run.json.

    status : "done", "stopped" (a rule is malformed) or "conflict" (the rules cannot be met)
    """

    campaign: Campaign
    measures: Measures
    ranking: pd.DataFrame
    listing: pd.DataFrame
    shortlist: pd.DataFrame
    team: pd.DataFrame
    certificates: dict[str, dict[str, Any]]
    problems: list[Problem]
    facts: dict[str, Any] = field(default_factory=dict)
    status: str = "done"


class Stopwatch:
    """Seconds of each step, in order; a step's name is told to the reader when it begins."""

    def __init__(self, progress: Progress | None = None) -> None:
        self.seconds: dict[str, float] = {}
        self._progress = progress
        self._name, self._start = "", time.perf_counter()

    def __call__(self, name: str, share: float) -> None:
        now = time.perf_counter()
        if self._name:
            self.seconds[self._name] = round(self.seconds.get(self._name, 0.0) + now - self._start, 4)
        self._name, self._start = name, now
        if self._progress and name:
            self._progress(name, share)

    def stop(self) -> dict[str, float]:
        """End the last step and give all seconds."""
        self("", 1.0)
        return self.seconds


def run(
    campaign: Campaign,
    seed: int = 1,
    progress: Progress | None = None,
    withheld: Collection[str] = (),
    detail: str = "full",
    language: str = "ru",
) -> Result:
    """Measure, rank and propose; the same campaign and seed give the same lists."""
    watch = Stopwatch(progress)
    measures = score(campaign, seed, progress=watch)
    return compose_lists(campaign, measures, seed, watch, withheld, detail, language)


def compose_lists(
    campaign: Campaign,
    measures: Measures,
    seed: int = 1,
    watch: Stopwatch | None = None,
    withheld: Collection[str] = (),
    detail: str = "full",
    language: str = "ru",
) -> Result:
    """Ranking, shortlist and team from measures that are there already (other criteria or rules, same data)."""
    watch = watch or Stopwatch()
    criteria = campaign.settings.criteria
    watch("ranking", 0.88)
    ranking = rank_people(measures, criteria, campaign.settings)
    table = listing(campaign, ranking)
    watch("shortlist", 0.91)
    shortlist = propose_shortlist(campaign, table, ranking, seed, withheld, detail, language)
    problems = [*measures.problems, *shortlist.problems]
    team = Proposal(shortlist.table.iloc[:0], "infeasible", {}, [])
    if shortlist.people:
        watch("team", 0.94)
        team = propose_team(campaign, measures, table, ranking, shortlist.people, seed, withheld, detail, language)
        problems += team.problems
    watch("facts", 0.98)
    facts = run_facts(campaign, measures, ranking, seed)
    facts["seconds"] = watch.stop()
    certificates = {"shortlist": shortlist.certificate, "team": team.certificate}
    status = "done"
    if stops(problems):
        status = "stopped"
    elif "infeasible" in (shortlist.status, team.status):
        status = "conflict"
    unique = list(dict.fromkeys(problems_key(p) for p in problems))
    by_key = {problems_key(p): p for p in problems}
    return Result(
        campaign, measures, ranking, table, shortlist.table, team.table, certificates,
        [by_key[k] for k in unique], facts, status,
    )  # fmt: skip


def problems_key(problem: Problem) -> tuple:
    """Equal for problems that say the same."""
    params = tuple(sorted((str(k), str(v)) for k, v in problem.params.items()))
    return (problem.severity, problem.table, problem.row, problem.column, problem.value, problem.code, params)


def run_facts(campaign: Campaign, measures: Measures, ranking: pd.DataFrame, seed: int) -> dict[str, Any]:
    """The figures of run.json (seconds are added by the run)."""
    settings = campaign.settings
    facts = dict(measures.facts)
    variance = facts.pop("method_variance", {"share": 0.0, "estimated": False})
    return {
        "settings": {k: v for k, v in asdict(settings).items() if k != "raw"},
        "revision": campaign.revision,
        "seed": seed,
        "versions": versions(campaign),
        "inputs": dict(sorted(campaign.inputs.items())),
        "people": {"staff": len(campaign.people), "answered": len(campaign.answers)},
        "scales": facts.pop("scales", {}),
        "observers": facts.pop("observers", {}),
        "interviewers": facts.pop("interviewers", {}),
        "method_variance": variance["share"],
        "method_variance_estimated": variance["estimated"],
        "sensitivity": sensitivity(measures, settings.criteria, settings),
        "agreement": agreement(measures, settings.criteria, campaign),
        **diagnosis.run_facts(measures),
        "sources": facts,
    }


def agreement(measures: Measures, criteria: Criteria, campaign: Campaign) -> dict[str, Any]:
    """How many of the shortlist and of the team both readings place among the first."""
    settings = campaign.settings
    readings = [
        rank_people(measures, Criteria(criteria.weights, criteria.balance, reading), settings)
        for reading in ("model", "plain")
    ]
    found: dict[str, Any] = {}
    for name, size in (("shortlist", settings.shortlist), ("team", settings.team)):
        first = [set(r.index[:size]) for r in readings]
        found[name] = {"same": len(first[0] & first[1]), "of": min(size, len(readings[0]))}
    return found


def versions(campaign: Campaign) -> dict[str, str]:
    """Versions of the engine, of the libraries that compute, and of the instruments."""
    import numpy
    import scipy
    import sklearn

    instruments = campaign.instruments
    return {
        "engine": __version__,
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "scipy": scipy.__version__,
        "pandas": pd.__version__,
        "scikit-learn": sklearn.__version__,
        "battery": f"{instruments.battery.id} {instruments.battery.version}",
        "roles": f"{instruments.roles.id} {instruments.roles.version}",
    }
