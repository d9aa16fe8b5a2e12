"""People whose groups and lists are made by hand, for facts about fairness that can be checked on paper."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from assessment.campaign import Campaign
from tests.small_campaign import small_campaign

PEOPLE = [f"P{i:03d}" for i in range(40)]


def staffed() -> Campaign:
    """Forty people: 12 women, 24 men, 4 unknown; three heads; born 1960-1999; hired 1999-2026; no org_type."""
    n = range(40)
    return small_campaign(
        PEOPLE,
        staff={
            "gender": ["f" if i < 12 else "m" if i < 36 else None for i in n],
            "level": ["head" if i < 3 else "specialist" for i in n],
            "birth_year": [1960 + i for i in n],
            "hire_date": [pd.Timestamp(dt.date(2026, 11, 23)) - pd.Timedelta(days=int(250 * i)) for i in n],
        },
    )


def chosen(passed: list[str], name: str) -> pd.DataFrame:
    """A list of people as the engine writes it, the first of the others in reserve."""
    spare = [p for p in PEOPLE if p not in passed][:2]
    kinds = [name] * len(passed) + ["reserve"] * len(spare)
    return pd.DataFrame({"list": kinds}, index=pd.Index([*passed, *spare], name="person_id"))
