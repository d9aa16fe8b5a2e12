"""Groups that a selection is looked at by: gender, age, level, kind of organisation, years of service."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from assessment.campaign import Campaign

UNKNOWN = ""
AGES = ((0, 35, "under35"), (35, 50, "35to49"), (50, 200, "50plus"))
SERVICE = ((-1.0, 1.0, "under1"), (1.0, 5.0, "1to5"), (5.0, 15.0, "5to15"), (15.0, 100.0, "15plus"))
DAYS_A_YEAR = 365.25
ATTRIBUTES = ("gender", "age", "level", "org_type", "tenure")


def reference_day(campaign: Campaign) -> dt.date | None:
    """The day ages and years of service are counted to: the last interview or answer, else the last hiring."""
    moments = [
        (campaign.interviews, "interview_date"),
        (campaign.submissions, "submitted_at"),
        (campaign.staff, "hire_date"),
    ]
    for table, column in moments:
        if column in table:
            known = pd.to_datetime(table[column], errors="coerce").dropna()
            if len(known):
                return known.max().date()
    return None


def groups(campaign: Campaign, on: dt.date | None = None) -> pd.DataFrame:
    """People x attributes: the group of each person, "" where it is not known; only attributes known of anybody.

    on : the day ages and years of service are counted to; default the reference day of the campaign
    """
    staff, on = campaign.staff, on or reference_day(campaign)
    found = {column: staff[column] for column in ("gender", "level", "org_type") if column in staff}
    if on is not None and "birth_year" in staff:
        found["age"] = _banded(on.year - pd.to_numeric(staff["birth_year"], errors="coerce"), AGES)
    if on is not None and "hire_date" in staff:
        served = (pd.Timestamp(on) - pd.to_datetime(staff["hire_date"], errors="coerce")).dt.days / DAYS_A_YEAR
        found["tenure"] = _banded(served, SERVICE)
    table = pd.DataFrame({a: found[a] for a in ATTRIBUTES if a in found}, index=staff.index, dtype=object)
    table = table.where(table.notna(), UNKNOWN).astype(str)
    return table.loc[:, (table != UNKNOWN).any()]


def _banded(values: pd.Series, bands: tuple[tuple[float, float, str], ...]) -> pd.Series:
    found = pd.Series(UNKNOWN, index=values.index, dtype=object)
    numbers = np.asarray(values, float)
    for low, high, name in bands:
        found[(numbers >= low) & (numbers < high)] = name
    return found


def ordered(campaign: Campaign, attribute: str, present: pd.Series) -> list[str]:
    """The groups of an attribute that anybody belongs to, in their usual order, the unknown last."""
    usual: dict[str, list[str]] = {"age": [b[2] for b in AGES], "tenure": [b[2] for b in SERVICE]}
    for column in campaign.instruments.dictionary.tables["staff"].columns:
        if column.name == attribute:
            usual[attribute] = [str(v) for v in column.values or ()]
    there = set(present)
    known = [g for g in usual.get(attribute, []) if g in there]
    return [*known, *sorted(there - set(known) - {UNKNOWN}), *([UNKNOWN] if UNKNOWN in there else [])]
