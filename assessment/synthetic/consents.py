"""Invented consents: nearly all agree to the selection; a few take it back or refuse data from colleagues."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assessment.instruments.reading import Instruments
from assessment.synthetic.world import World


def make_consents(world: World, instruments: Instruments, staff: pd.DataFrame) -> pd.DataFrame:
    """consents: one row a person and purpose; a few refuse data from colleagues, a very few take the consent back."""
    rng = world.stream("consents")
    purposes = ["selection", *(choice["id"] for choice in instruments.consent["separate_choices"])]
    given = {"selection": 1.0, "peer_data": 1 - world.consent_refused, "research": 0.85, "bank": 0.7}
    people = staff["person_id"].to_numpy()
    agreed = rng.random((len(people), len(purposes))) < [given.get(p, 0.8) for p in purposes]
    withdrawn = rng.random(len(people)) < world.consent_withdrawn
    moment = pd.Timestamp("2026-02-05 09:00:00") + pd.to_timedelta(rng.integers(0, 9 * 3600, len(people)), unit="s")
    table = pd.DataFrame({"person_id": people.repeat(len(purposes)), "purpose": np.tile(purposes, len(people))})
    table["given"] = agreed.ravel().astype(int)
    table["given_at"] = moment.strftime("%Y-%m-%d %H:%M:%S").to_numpy().repeat(len(purposes))
    gone = withdrawn.repeat(len(purposes)) & (table["purpose"] == "selection").to_numpy()
    later = (moment + pd.to_timedelta(rng.integers(5, 60, len(people)), unit="D")).strftime("%Y-%m-%d %H:%M:%S")
    table["withdrawn_at"] = pd.Series(later.to_numpy().repeat(len(purposes)), dtype=object).where(gone)
    table["text_version"] = str(instruments.consent.get("version", "1.0"))
    return table
