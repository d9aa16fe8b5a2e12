"""The list on the screen: people filtered by conditions, cut to a view, ready for a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from assessment import glyphs
from assessment.campaign import Campaign
from assessment.records import records
from assessment.standing import BAND_IN, BAND_OUT
from assessment.wording import Names

KIND, UNIT, LEVEL, AREA = "org_type", "unit", "level", "function_area"
ALL, AT_THE_LINE, MOVED = "all", "line", "moved"
VIEWS = (ALL, AT_THE_LINE, MOVED)
AROUND = 20  # places on either side of the line that the view "at the line" shows


@dataclass(frozen=True)
class Conditions:
    """What somebody asked to see; empty means no condition.

    values : staff column -> the codes wanted; tenure : years from, to; lowest : domain -> least T score
    bands : of in, open, out; search : part of a name, id or unit
    """

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    tenure: tuple[float, float] | None = None
    lowest: Mapping[str, float] = field(default_factory=dict)
    bands: Sequence[str] = ()
    search: str = ""


def choices(campaign: Campaign, column: str) -> list[str]:
    """The values of a staff column that occur, most frequent first where few, by the alphabet where many."""
    if column not in campaign.staff:
        return []
    counts = campaign.staff[column].dropna().astype(str).value_counts()
    return list(counts.index) if len(counts) <= 6 else sorted(counts.index)


def tenure(campaign: Campaign) -> pd.Series | None:
    """Years from the hire date to the day of the last submission (else of the last hire); None where not delivered."""
    if "hire_date" not in campaign.staff:
        return None
    hired = pd.to_datetime(campaign.staff["hire_date"], errors="coerce")
    if hired.isna().all():
        return None
    last = hired.max()
    if "submitted_at" in campaign.submissions:
        submitted = pd.to_datetime(campaign.submissions["submitted_at"], errors="coerce").max()
        last = submitted if pd.notna(submitted) else last
    return (pd.Timestamp(last).tz_localize(None) - hired).dt.days / 365.25


def matching(campaign: Campaign, ranking: pd.DataFrame, conditions: Conditions, names: Names) -> pd.Index:
    """Ids of the people who meet every condition, in the order of the ranking.

    Whoever has no value where one is asked for does not meet the condition.
    """
    staff = campaign.staff.reindex(ranking.index)
    keep = pd.Series(True, index=ranking.index)
    for column, wanted in conditions.values.items():
        if len(wanted) and column in staff:
            keep &= staff[column].astype(str).isin(list(wanted)) & staff[column].notna()
    if conditions.tenure is not None and (years := tenure(campaign)) is not None:
        keep &= years.reindex(ranking.index).between(*conditions.tenure)
    for domain, least in conditions.lowest.items():
        keep &= 50 + 10 * ranking[domain] >= least
    if len(conditions.bands):
        keep &= ranking["band"].isin(list(conditions.bands))
    words = _folded(conditions.search).split()
    if words:
        said = pd.Series([_folded(f"{p} {names.person(p)} {names.unit(p)}") for p in ranking.index], ranking.index)
        for word in words:
            keep &= said.str.contains(word, regex=False)
    return ranking.index[keep.to_numpy()]


def _folded(text: str) -> str:
    return text.lower().replace("ё", "е")


def banded(ranking: pd.DataFrame, chance: str, basis: str) -> pd.DataFrame:
    """The ranking with bands for the list of that chance: the engine's own where they rest on it, else by it alone."""
    if chance == basis:
        return ranking
    band = np.where(ranking[chance] > BAND_IN, "in", np.where(ranking[chance] < BAND_OUT, "out", "open"))
    return ranking.assign(band=band)


def in_view(ranking: pd.DataFrame, kind: str, size: int, moved: Sequence[str] = ()) -> pd.Index:
    """Ids of a view in the order of the ranking: all on the list, the places around the line, or those who moved."""
    ordered = ranking.sort_values("rank")
    if kind == ALL:
        return ordered.index[ordered["rank"] <= size]
    if kind == AT_THE_LINE:
        return ordered.index[ordered["rank"].between(max(size - AROUND, 1), size + AROUND)]
    return ordered.index[ordered.index.isin(list(moved))]


def cut_off(ranking: pd.DataFrame, size: int) -> float:
    """The standing at the line, halfway between the last one on the list and the first one not; NaN without one."""
    ordered = ranking.sort_values("rank")["standing"].to_numpy()
    if len(ordered) <= size:
        return float("nan")
    return float(ordered[size - 1] + ordered[size]) / 2


def shift(before: pd.Series, after: pd.Series, size: int, entered: str, left: str) -> pd.Series:
    """How each place moved: "▲ 6", "▼ 9", the word for entering or leaving the list, or nothing."""
    was = before.reindex(after.index)
    moved = was - after
    amount = moved.abs().astype(int).astype(str)
    words = np.where(moved > 0, "▲ " + amount, "▼ " + amount)
    words = np.where(moved == 0, "", words)
    words = np.where((was > size) & (after <= size), entered, words)
    words = np.where((was <= size) & (after > size), left, words)
    return pd.Series(words, index=after.index)


def rows(
    ranking: pd.DataFrame,
    people: pd.Index,
    shifts: pd.Series,
    line: float,
    domains: Sequence[str],
    names: Names,
    chance: str,
) -> pd.DataFrame:
    """The rows of the table: rank, name, shift, points, interval (picture), chance in percent, unit, bars (picture)."""
    some = ranking.loc[people]
    ends = (
        (float(np.floor(100 * some["low"].min())), float(np.ceil(100 * some["high"].max())))
        if len(some)
        else (0.0, 100.0)
    )
    pictures = [
        glyphs.interval(100 * r.standing, 100 * r.low, 100 * r.high, 100 * line, ends, r.band)
        for r in records(some[["standing", "low", "high", "band"]])
    ]
    return pd.DataFrame(
        {
            "rank": some["rank"].astype(int),
            "name": [names.person(p) for p in people],
            "shift": shifts.reindex(people),
            "points": (100 * some["standing"]).round(1),
            "interval": pictures,
            "chance": (100 * some[chance]).round().astype(int),
            "unit": [names.unit(p) for p in people],
            "bars": [glyphs.bars(values) for values in (50 + 10 * some[list(domains)].to_numpy(float)).tolist()],
        },
        index=people,
    )
