"""Measures of ninety invented people, scored once for every test that only reads them."""

from __future__ import annotations

from functools import cache

import numpy as np

from assessment.campaign import Settings
from assessment.scoring.measures import Measures, score
from tests.small_campaign import random_answers, small_campaign

PEOPLE = [f"P{i:03d}" for i in range(90)]
SETTINGS = Settings(shortlist=20, team=8)
UNWILLING = PEOPLE[:5]


@cache
def measures() -> Measures:
    """Ninety people who answered everything; five do not want to, three have not said."""
    wishes = ["no"] * 5 + [None] * 3 + ["yes_part"] * 82
    staff = {
        "unit": [f"U{i % 6}" for i in range(90)],
        "org_type": ["subordinate" if i % 3 == 0 else "administration" for i in range(90)],
        "gender": ["f" if i % 2 else "m" for i in range(90)],
        "birth_year": list(1965 + np.arange(90) % 35),
    }
    campaign = small_campaign(PEOPLE, random_answers(PEOPLE), {"lg1": wishes}, staff=staff, settings=SETTINGS)
    return score(campaign, seed=5, n_draws=400)
