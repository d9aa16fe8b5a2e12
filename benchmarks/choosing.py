"""How long choosing takes: thirty of ninety, ninety of six hundred, one changed rule, a conflict with repairs.

python -m benchmarks.choosing prints seconds of work (processor time) and of waiting beside the bar of each case.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from assessment.choosing.compose import choose
from assessment.rules.language import RuleSet, read_rules

SEATS = {
    "change_leader": 3,
    "process_analyst": 6,
    "project_manager": 5,
    "communicator": 4,
    "digital_owner": 4,
    "domain_expert": 6,
    "people_hr": 2,
}


def invented_pool(people: int, seed: int = 1) -> pd.DataFrame:
    """A pool of fourteen units of uneven size, with processes known and a fit for each of seven roles."""
    random = np.random.default_rng(seed)
    shares = 1 / np.arange(2, 16)
    score = random.normal(size=people).round(4)
    processes = [";".join(map(str, random.choice(120, random.integers(1, 5), replace=False))) for _ in range(people)]
    table = pd.DataFrame(
        {
            "score": score,
            "unit": random.choice([f"U{i:02d}" for i in range(14)], people, p=shares / shares.sum()),
            "gender": random.choice(["f", "m"], people, p=[0.7, 0.3]),
            "org_type": random.choice(["subordinate", "body"], people, p=[0.4, 0.6]),
            "birth_year": random.integers(1960, 2003, people),
            "processes": processes,
        },
        index=pd.Index([f"P{i:04d}" for i in range(people)], name="person_id"),
    )
    for role in SEATS:
        table[f"fit_{role}"] = (0.6 * score + random.normal(size=people)).round(4)
    return table


def invented_rules(size: int, seats: bool) -> dict[str, Any]:
    """Balance as in roles.yaml, a soft band, two minimums, coverage; with seats for everybody if asked."""
    rules: list[dict[str, Any]] = [
        {"id": "spread", "distinct": "unit", "count": [8, None]},
        {"id": "unit_cap", "each": "unit", "share_of_team": [0, 0.15]},
        {"id": "subordinate", "where": {"org_type": "subordinate"}, "share_of_team": [0.25, 1.0]},
        {"id": "women", "where": {"gender": "f"}, "share_of_team": [0.4, 0.6], "soft": 1.0},
        {"id": "young", "where": {"birth_year": {"min": 1990}}, "count": [size // 4, None]},
    ]
    if seats:
        least = {role: n * size // 30 for role, n in SEATS.items()}
        fit = {role: f"fit_{role}" for role in SEATS}
        rules.append({"id": "seats", "assign": "anybody", "min": least, "fit": fit, "weight": 0.25})
    return {
        "size": size,
        "objective": {"score": "score", "coverage": {"column": "processes", "factor": 0.3}},
        "rules": rules,
    }


def read(raw: dict[str, Any], pool: pd.DataFrame) -> RuleSet:
    """The rules, which are whole."""
    ruleset, problems = read_rules(raw, pool)
    assert ruleset is not None, problems
    return ruleset


def timed(name: str, bar: float | None, call: Callable[[], Any], repeats: int = 5) -> float:
    """Print the best of several runs beside the bar; seconds of the processor are returned."""
    worked, waited = [], []
    for _ in range(repeats):
        work, wait = time.process_time(), time.perf_counter()
        call()
        worked.append(time.process_time() - work)
        waited.append(time.perf_counter() - wait)
    print(
        f"{name:<58} {min(worked):6.3f} s work {min(waited):6.3f} s wait   bar {'-' if bar is None else bar}",
        flush=True,
    )
    return min(worked)


def main() -> None:
    """All cases, the solver's libraries loaded before."""
    ninety, all_people = invented_pool(90), invented_pool(600)
    team, long_list, full = invented_rules(30, False), invented_rules(90, False), invented_rules(30, True)
    choose(ninety, read(team, ninety), detail="bare")
    timed("thirty of ninety, proven", 0.5, lambda: choose(ninety, read(team, ninety), detail="bare"))
    timed("thirty of ninety with seven roles, proven", 0.5, lambda: choose(ninety, read(full, ninety), detail="bare"))
    timed("ninety of six hundred, proven", 1.0, lambda: choose(all_people, read(long_list, all_people), detail="bare"))
    seated = invented_rules(90, True)
    timed(
        "ninety of six hundred with seven roles, proven",
        1.0,
        lambda: choose(all_people, read(seated, all_people), detail="bare"),
    )
    changed = {**full, "rules": [*full["rules"], {"id": "out", "lock_out": ["P0001", "P0007"]}]}
    timed("one changed rule, thirty of ninety", 0.2, lambda: choose(ninety, read(changed, ninety), detail="bare"))
    unit = ninety.index[ninety["unit"] == "U00"][:6].tolist()
    impossible = {**full, "rules": [*full["rules"], {"id": "keep", "lock_in": unit}]}
    timed("conflict with repairs, thirty of ninety", 1.0, lambda: choose(ninety, read(impossible, ninety)))
    timed("the whole certificate, thirty of ninety", None, lambda: choose(ninety, read(full, ninety)), 2)
    timed(
        "the whole certificate, ninety of six hundred", None, lambda: choose(all_people, read(long_list, all_people)), 1
    )


if __name__ == "__main__":
    main()
