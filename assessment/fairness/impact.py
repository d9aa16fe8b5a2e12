"""How a selection treats the groups of one attribute: counts, ratios with intervals, every test, the verdict."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from assessment.fairness.groups import UNKNOWN
from assessment.fairness.tests import Comparison, below_four_fifths, compare, highest, impact_ratio, one_choice_flips
from assessment.records import cell

FEW = 5  # below it a group is said to be too few, with its counts
HIGHEST, PASSES, ADVERSE, TOO_FEW, NOT_KNOWN, NOTHING = "highest", "passes", "adverse", "too_few", "unknown", "nothing"


@dataclass(frozen=True)
class Stage:
    """Who could pass and who did."""

    name: str
    pool: pd.Index
    passed: frozenset[str]


def stage_lists(people: pd.Index, shortlist: pd.DataFrame, team: pd.DataFrame) -> tuple[Stage, ...]:
    """Everybody to the shortlist, the shortlist to the team, everybody to the team; without stages nobody passed."""
    listed = [str(p) for p in shortlist.index[shortlist["list"] == "shortlist"]]
    members = [str(p) for p in team.index[team["list"] == "team"]]
    found = [
        Stage("shortlist", people, frozenset(listed)),
        Stage("team", pd.Index(listed), frozenset(members)),
        Stage("whole", people, frozenset(members)),
    ]
    return tuple(stage for stage in found if stage.passed)


def impacts(
    table: pd.DataFrame, stages: Iterable[Stage], order: Mapping[str, Sequence[str]] | None = None
) -> pd.DataFrame:
    """Rows stage, attribute and the columns of `impact`, for every stage, attribute and group."""
    parts = []
    for stage in stages:
        for attribute in map(str, table.columns):
            part = impact(table[attribute].reindex(stage.pool), stage.passed, (order or {}).get(attribute))
            parts.append(part.assign(stage=stage.name, attribute=attribute))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["stage", "attribute", "group"])


def impact(group: pd.Series, passed: Collection[str], order: Sequence[str] | None = None) -> pd.DataFrame:
    """How a selection treats the groups of one attribute.

    group : index person_id, the group of everybody who could pass, "" = not known
    passed : ids of those who passed

    Returns one row a group: group, n, passed, rate; ratio, low, high against the group with the highest rate (named in
    `of`); ratio_rest, low_rest, high_rest and all tests (z, p_z, fisher, mid_p, h, shortfall, beyond_chance) against
    everybody else whose group is known; verdict of the four-fifths rule (highest, passes, adverse, too_few, unknown,
    nothing = nobody passed or there is no other group) and flips: one different choice turns it. Groups under five and
    the unknown have their counts, no figures; the former count among the others.
    """
    inside = pd.Series(group.index.isin(list(passed)), index=group.index)
    counts = pd.DataFrame({"n": group.groupby(group).size(), "passed": inside.groupby(group).sum()})
    names = [g for g in (order or sorted(counts.index, key=lambda g: (g == UNKNOWN, g))) if g in counts.index]
    counts = counts.loc[names].astype(int)
    known = counts[counts.index != UNKNOWN]
    large = known[known["n"] >= FEW]
    top = highest(list(large["passed"]), list(large["n"])) if len(large) else -1
    rows = []
    for name in names:
        n, through = int(cell(counts, name, "n")), int(cell(counts, name, "passed"))
        row: dict[str, Any] = {"group": name, "n": n, "passed": through, "rate": through / n}
        if name == UNKNOWN:
            rows.append({**row, "verdict": NOT_KNOWN})
        elif n < FEW:
            rows.append({**row, "verdict": TOO_FEW})
        else:
            rows.append({**row, **_figures(name, large, known, top)})
    return pd.DataFrame(rows, columns=_COLUMNS)


_COLUMNS = [
    "group", "n", "passed", "rate", "of", "ratio", "low", "high", "ratio_rest", "low_rest", "high_rest",
    "z", "p_z", "fisher", "mid_p", "h", "shortfall", "beyond_chance", "verdict", "flips",
]  # fmt: skip


def _figures(name: str, large: pd.DataFrame, known: pd.DataFrame, top: int) -> dict[str, Any]:
    n, through = int(cell(known, name, "n")), int(cell(known, name, "passed"))
    others = int(known["n"].sum()) - n, int(known["passed"].sum()) - through
    if others[0] == 0 or others[1] + through == 0:
        return {"verdict": NOTHING, "flips": False}
    rest: Comparison = compare(through, n, others[1], others[0])
    place, passed, people = list(large.index).index(name), list(large["passed"]), list(large["n"])
    ratio, low, high = impact_ratio(through, n, passed[top], people[top])
    verdict = HIGHEST
    if place != top:
        verdict = ADVERSE if below_four_fifths(through, n, passed[top], people[top]) else PASSES
    return {
        "of": large.index[top], "ratio": ratio, "low": low, "high": high,
        "ratio_rest": rest.ratio, "low_rest": rest.low, "high_rest": rest.high,
        "z": rest.z, "p_z": rest.p_z, "fisher": rest.fisher, "mid_p": rest.mid_p, "h": rest.h,
        "shortfall": rest.shortfall, "beyond_chance": rest.beyond_chance,
        "verdict": verdict, "flips": one_choice_flips(passed, people, place),
    }  # fmt: skip
