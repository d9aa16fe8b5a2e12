"""Observers and the people they saw: severity, drift, halo, the middle, coverage, links and agreement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from assessment.campaign import Campaign
from assessment.scoring import checks as scoring_checks
from assessment.scoring.ratings import rated

CERTAIN = 1.959964  # standard errors on either side of a 95 % interval
BAND = 0.3  # points of the rating scale an observer may stand off the others without a word (LOOK.md section 6)
FAR = 3.0  # a habit this many standard errors off is named: of a hundred careful figures hardly one
FEW_RATINGS = 20  # an observer with fewer is shown in grey and never named for severity
WANTED_RATINGS, WANTED_OBSERVERS = 2, 2  # of a person; fewer is provisional (INSTRUMENTS.md section 6)
SEVERE, LENIENT, DRIFT, HALO, MIDDLE, MISFIT = "severe", "lenient", "drift", "halo", "middle", "misfit"
MISFIT_BOUNDS = (0.5, 1.5)  # mean squares outside say that ratings hardly follow the person (Linacre 2002)


def observers(campaign: Campaign) -> pd.DataFrame:
    """The table of observers, most severe first: index observer.

    severity, se (logits); points, low, high (points of the rating scale with a 95 % interval); n; infit, outfit;
    drift_day, drift, drift_z, drift_own_z; halo, halo_z, halo_own_z; middle, middle_z; few (fewer than 20 ratings);
    marks (tuple of severe, lenient, drift, halo, middle, misfit). Empty where there is no model of the ratings.
    """
    found = scoring_checks.observer_habits(scoring_checks.rating_table(campaign))
    return judged(found) if len(found) else found


def judged(found: pd.DataFrame) -> pd.DataFrame:
    """The same table with interval, `few` and marks, sorted by severity."""
    found = found.copy()
    found["n"] = found["n"].astype(int)
    found["low"] = found["points"] - CERTAIN * found["points_se"]
    found["high"] = found["points"] + CERTAIN * found["points_se"]
    found["few"] = found["n"] < FEW_RATINGS
    signs = {
        SEVERE: (found["low"] > BAND) & ~found["few"],
        LENIENT: (found["high"] < -BAND) & ~found["few"],
        DRIFT: found["drift_own_z"].abs() > FAR,
        HALO: found["halo_own_z"] > FAR,
        MIDDLE: found["middle_z"] > FAR,
        MISFIT: ((found["infit"] < MISFIT_BOUNDS[0]) | (found["infit"] > MISFIT_BOUNDS[1])) & ~found["few"],
    }
    table = pd.DataFrame(signs).fillna(False).astype(bool)
    names = np.array(table.columns)
    found["marks"] = [tuple(map(str, names[row])) for row in table.to_numpy()]
    return found.sort_values(["severity"], ascending=False, kind="stable")


@dataclass(frozen=True)
class Coverage:
    """How people were seen.

    people : index person_id (everybody): ratings, observers, events, enough (bool)
    counts : index number of observers (0, 1, 2, 3 = three or more): people
    parts : separate parts of the observer-person graph as (persons, observers), most people first
    links : the ratings that would join them: observer, person, part
    advice : index person_id of those seen by one observer only: observer who could rate next (works in the same groups,
        has rated the person not yet, and is the least busy of these; NaN where nobody qualifies)
    """

    people: pd.DataFrame
    counts: pd.Series
    parts: list[Any]
    links: pd.DataFrame
    advice: pd.DataFrame


def coverage(campaign: Campaign) -> Coverage:
    """Who was seen by how many observers, whether all hang together, and what would join what falls apart."""
    rows = rated(campaign.observations)
    by_person = rows.groupby("person_id")
    seen = pd.DataFrame(
        {
            "ratings": by_person.size(),
            "observers": by_person["observer_id"].nunique(),
            "events": by_person["event_id"].nunique(),
        }
    ).reindex(campaign.people, fill_value=0)
    seen = seen.astype(int)
    seen["enough"] = (seen["ratings"] >= WANTED_RATINGS) & (seen["observers"] >= WANTED_OBSERVERS)
    counts = seen["observers"].clip(upper=3).value_counts().reindex(range(4), fill_value=0).sort_index()
    parts, links = scoring_checks.separate_parts(scoring_checks.rating_table(campaign))
    return Coverage(seen, counts, parts, links, _next_observers(rows, seen))


def _next_observers(rows: pd.DataFrame, seen: pd.DataFrame) -> pd.DataFrame:
    """For everybody seen by one observer only, who could rate them next."""
    single = seen.index[seen["observers"] == 1]
    busy = rows.groupby("observer_id")["person_id"].nunique()
    groups = rows.assign(group=rows["event_id"].astype(str) + "|" + rows["group_id"].astype(str))
    working = {str(g): frozenset(part["observer_id"]) for g, part in groups.groupby("group")}
    own = groups[groups["person_id"].isin(single)].groupby("person_id")
    found = {}
    for person, part in own:
        done = set(part["observer_id"])
        near = set().union(*(working[g] for g in part["group"].unique())) - done
        others = sorted(near or set(busy.index) - done, key=lambda o: (busy[o], o))
        found[str(person)] = others[0] if others else np.nan
    return pd.DataFrame({"observer": pd.Series(found, dtype=object)}).rename_axis("person_id")


@dataclass(frozen=True)
class Agreement:
    """Whether observers see the same position in a person: kappa over all (1 = always, 0 = as chance would have it),
    cases (person in one activity seen by two observers or more), by_position index position: n, share, kappa."""

    kappa: float
    cases: int
    by_position: pd.DataFrame


def position_agreement(campaign: Campaign) -> Agreement:
    """Agreement of observers on the main position of a person in one activity (Fleiss' kappa)."""
    rows = campaign.observations
    keys = ["event_id", "activity_id", "person_id"]
    once = rows.fillna({"activity_id": ""}).drop_duplicates([*keys, "observer_id"])
    once = once[once["position_primary"].notna() & (once["position_primary"] != "")]
    if once.empty:
        return Agreement(float("nan"), 0, pd.DataFrame(columns=["n", "share", "kappa"]))
    case = once.groupby(keys).ngroup()
    table = pd.DataFrame({"case": case, "position": once["position_primary"].astype(str)})
    several = int((table.groupby("case").size() > 1).sum())
    kappa, by_position = scoring_checks.kappas(table, "case", "position")
    return Agreement(kappa, several, by_position)
