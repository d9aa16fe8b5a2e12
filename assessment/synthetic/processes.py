"""Invented answers to the two process questions: what takes people's time, how badly it runs and why."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assessment.instruments.reading import Instruments
from assessment.synthetic.process_words import COMMON_AREAS, IDEAS, SYSTEMS, USUAL_SYSTEMS, processes
from assessment.synthetic.units import ADMINISTRATION_UNITS, SUBORDINATE_UNITS
from assessment.synthetic.world import World

LOOSE_STARTS = ("", "", "", "", "", "в основном ", "чаще всего ", "работа: ")
LOOSE_ENDS = ("", "", "", "", ".", ".", ", каждую неделю", " (каждый день)")


def make_process_answers(
    world: World, instruments: Instruments, staff: pd.DataFrame, answered: pd.Index
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """process_answers, two rows for each who answered, and which process a row means (person_id, rank, process)."""
    rng = world.stream("processes")
    causes = [option["v"] for f in instruments.processes["fields"] if f["id"] == "cause" for option in f["options"]]
    areas_of = {unit.name: unit.areas for unit in (*ADMINISTRATION_UNITS, *SUBORDINATE_UNITS)}
    trouble = _trouble(world)
    works = dict(zip(staff["person_id"], zip(staff["unit"], staff["area"], strict=True), strict=True))
    rows, meant = [], []
    for person in sorted(answered):
        unit, own = works[person]
        for rank, area, process in _two_processes(rng, areas_of[unit], own):
            name = processes()[area][process][0]
            rows.append(
                {"person_id": person, "unit": unit, "rank": rank}
                | _answer(rng, area, process, rank, trouble[name], causes)
            )
            meant.append({"person_id": person, "rank": rank, "area": area, "process": name})
    table = pd.DataFrame(rows)
    _keep_to_the_whole(table)
    table["hours_week"] = (table["share_pct"] * 0.4 * rng.normal(1.0, 0.1, len(table)) * 2).round().clip(lower=1) / 2
    table["people"] = table["people"].astype("Int64")
    columns = [
        "person_id",
        "unit",
        "rank",
        "text",
        "hours_week",
        "share_pct",
        "people",
        "pain",
        "cause",
        "systems",
        "idea",
    ]
    return table[columns], pd.DataFrame(meant)


def _trouble(world: World) -> dict[str, float]:
    rng = world.stream("trouble")
    return {process[0]: float(rng.normal(0, 0.8)) for of_area in processes().values() for process in of_area}


def _two_processes(rng: np.random.Generator, areas: tuple[str, ...], own: str) -> list[tuple[int, str, int]]:
    """The first from the person's own line of work, the second from the unit's or from what all offices do."""
    chosen: list[tuple[str, int]] = []
    while len(chosen) < 2:
        if not chosen:
            area = own if rng.random() < 0.8 else areas[int(rng.integers(len(areas)))]
        else:
            pool = COMMON_AREAS if rng.random() < 0.3 else areas
            area = pool[int(rng.integers(len(pool)))]
        pick = (area, int(rng.integers(len(processes()[area]))))
        if pick not in chosen:
            chosen.append(pick)
    return [(rank, *pick) for rank, pick in enumerate(chosen, start=1)]


def _answer(
    rng: np.random.Generator, area: str, process: int, rank: int, trouble: float, causes: list[str]
) -> dict[str, object]:
    pain = int(np.clip(round(2.9 + trouble + 0.8 * rng.standard_normal()), 1, 5))
    liked = rng.permutation(len(causes))[: int(rng.choice([1, 2], p=[0.6, 0.4])) if pain > 1 else 0]
    named = [causes[k] for k in sorted(liked)]
    ideas = IDEAS.get(named[0], ()) if named else ()
    systems = SYSTEMS.get(area, USUAL_SYSTEMS)
    return {
        "text": _loosely(rng, processes()[area][process][int(rng.choice(3, p=[0.25, 0.4, 0.35]))]),
        "share_pct": int(np.clip(round(rng.normal(42, 13) if rank == 1 else rng.normal(22, 8)), 5, 80)),
        "people": int(rng.integers(1, 9)) if rng.random() < 0.85 else None,
        "pain": pain,
        "cause": ";".join(named) or None,
        "systems": systems[int(rng.integers(len(systems)))] if rng.random() < 0.8 else None,
        "idea": ideas[int(rng.integers(len(ideas)))] if ideas and rng.random() < 0.45 else None,
    }


def _loosely(rng: np.random.Generator, text: str) -> str:
    """As people type: with or without a capital, a lead-in, a full stop."""
    start = LOOSE_STARTS[int(rng.integers(len(LOOSE_STARTS)))]
    end = LOOSE_ENDS[int(rng.integers(len(LOOSE_ENDS)))] if not start else ""
    lower = text if text[:2].isupper() else text[0].lower() + text[1:]
    plain = lower if start or rng.random() < 0.4 else text
    return f"{start}{plain}{end}"


def _keep_to_the_whole(table: pd.DataFrame) -> None:
    """The two shares of a person together are at most 100."""
    total = table.groupby("person_id")["share_pct"].transform("sum")
    over = (total > 100).to_numpy()
    table.loc[over, "share_pct"] = (table["share_pct"] * 100 / total).astype(int)[over]
