"""A campaign of a few invented people with every kind of value the tables may hold."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from assessment.campaign import Campaign, Criteria, Settings
from assessment.instruments.reading import Instruments, load_instruments

PEOPLE = ["0007", "P2", "P3", "1234567890123456"]


@cache
def shipped() -> Instruments:
    instruments, problems = load_instruments()
    assert instruments is not None, problems
    return instruments


def own_instruments(folder: Path) -> Instruments:
    """The shipped instruments with a consent text of the campaign's own, written into the folder."""
    from assessment.instruments.reading import SHIPPED

    folder.mkdir(exist_ok=True)
    text = (SHIPPED / "consent.yaml").read_text(encoding="utf-8")
    (folder / "consent.yaml").write_text(text + "\n# our own\n", encoding="utf-8")
    instruments, problems = load_instruments(folder)
    assert instruments is not None, problems
    return instruments


def small_campaign(**changes: Any) -> Campaign:
    """Four people; ids with leading zeros and sixteen digits; dates, missing values, mixed columns, empty tables."""
    people = pd.Index(PEOPLE, dtype="str", name="person_id")
    staff = pd.DataFrame({
        "unit": pd.Series(["ЖКХ", None, "Суд", "ЖКХ"], dtype="str"), "birth_year": [1980.0, np.nan, 1991, 1970],
        "hired": pd.to_datetime(["2020-01-31", None, "1999-12-01", "2024-02-29"]),
        "manager": pd.Series([True, None, False, np.nan], dtype=object),
        "rank": pd.array([1, None, 3, 4], dtype="Int64"), "left_on": [None, dt.date(2025, 1, 2), None, None],
    }).set_index(people)  # fmt: skip
    names = pd.DataFrame({
        "full_name": pd.Series(["Юлия «Ё» О'Нил", "B", None, "D; --"], dtype="str"),
        "work_email": pd.Series(["a@example.org", None, None, None], dtype="str"),
    }).set_index(people)  # fmt: skip
    answers = pd.DataFrame({"w1": [1.0, 5, np.nan, 3], "w2": [2.0, 2, 2, 2]}, index=people)
    indexed = pd.DataFrame(index=people)
    ratings = pd.DataFrame({
        "person_id": pd.Series(["P2", "P3"], dtype="str"), "observer_id": pd.Series(["o1", "o2"], dtype="str"),
        "rating": [4, 2], "rated_at": pd.to_datetime(["2025-11-01 10:00:00.5", "2025-11-01 11:00:00.0"]),
    })  # fmt: skip
    empty = pd.DataFrame({"person_id": pd.Series([], dtype="str"), "months": pd.Series([], dtype="float64")})
    settings = Settings(
        name="Предгорный", shortlist=3, team=2, criteria=Criteria(weights={"want": 0.4, "can": 0.6}, balance=-0.5),
        method_variance=0.1, team_rules=({"id": "keep", "lock_in": ["P2"], "count": [0, None]},), invented=True,
        raw={"weights": {88: 1.2}, "since": dt.date(2025, 1, 1), "nested": [{"a": (1, 2.5)}, None]},
    )  # fmt: skip
    tables: dict[str, Any] = {
        "staff": staff, "names": names, "answers": answers, "situations": indexed, "conditions": indexed,
        "seconds": indexed, "submissions": indexed, "observations": ratings, "sociometry": empty,
        "attendance": empty, "interviews": empty, "consents": empty, "decisions": empty, "process_answers": empty,
        "outcomes": empty,
    }  # fmt: skip
    given: dict[str, Any] = {
        "settings": settings, "instruments": shipped(), "present": frozenset({"staff", "survey_wide"}),
        "inputs": {"staff.csv": "ab" * 32, "survey_wide.csv": "cd" * 32}, **tables,
    }  # fmt: skip
    return Campaign(**(given | changes))


def assert_equal(one: Campaign, other: Campaign) -> None:
    """Every part of two campaigns is the same, types included."""
    assert one.settings == other.settings
    assert one.revision == other.revision
    assert one.present == other.present
    assert dict(one.inputs) == dict(other.inputs)
    assert one.instruments == other.instruments
    assert one.tables().keys() == other.tables().keys()
    for name, table in one.tables().items():
        pd.testing.assert_frame_equal(table, other.tables()[name], check_exact=True, check_column_type=False)
