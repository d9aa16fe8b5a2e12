"""Invented outcomes: how an earlier, smaller intake did after six months."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assessment.synthetic.world import Truth, World


def make_outcomes(world: World, truth: Truth, invited: list[str]) -> pd.DataFrame:
    """outcomes after 6 months of those of the interviewed who had been in an earlier, smaller intake."""
    rng = world.stream("outcomes")
    people = sorted(rng.choice(invited, len(invited) // 3, replace=False).tolist())
    merit = truth.merit.loc[people].to_numpy()
    merit = (merit - merit.mean()) / max(float(merit.std()), 1e-9)
    n = len(people)
    five = np.array([-1.7, -0.8, 0.2, 1.2])
    contribution = 0.45 * merit + 0.9 * rng.standard_normal(n)
    others = 0.4 * truth.domains.loc[people, "lead"].to_numpy() + 0.9 * rng.standard_normal(n)
    table = pd.DataFrame({"person_id": people, "months": 6})
    table["still_in_team"] = (0.4 * merit + rng.standard_normal(n) > -1.2).astype(int)
    table["service_launched"] = (0.4 * merit + rng.standard_normal(n) > 0.3).astype(int)
    table["contribution"] = 1 + (contribution[:, None] > five).sum(axis=1)
    table["brought_others"] = 1 + (others[:, None] > five).sum(axis=1)
    table["hours_given_week"] = np.clip(np.round((4 + 1.2 * merit + 1.8 * rng.standard_normal(n)) * 2) / 2, 0, 16)
    table["manager_kept_time"] = (rng.random(n) < 0.7).astype(int)
    return table
