"""Asks the models what a ranking has no use for: habits of observers, curves of items, items that differ by group."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

from assessment.campaign import Campaign
from assessment.scoring.answers import turned_answers
from assessment.scoring.ratings import rated

FEW_RATINGS = 20
CLEAR = 0.01  # p of an item that is taken out before the others are compared
FEWEST_ANCHORS = 3
FEW_HABITS = 8  # observer days from which their usual spread can be told


def rating_table(campaign: Campaign) -> pd.DataFrame:
    """Ratings of the training days as the models read them: person, observer, criterion, rating, day (the event)."""
    rows = rated(campaign.observations)
    return pd.DataFrame(
        {
            "person": rows["person_id"],
            "observer": rows["observer_id"],
            "criterion": rows["behaviour_id"],
            "rating": rows["rating"].astype(int),
            "day": rows["event_id"],
        }
    )


def many_facet(table: pd.DataFrame) -> Any | None:
    """The model of the ratings with random observers; None where there are too few ratings or it does not settle."""
    from models import ManyFacetRating

    if len(table) < FEW_RATINGS or table["rating"].nunique() < 2 or table["person"].nunique() < 3:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a disconnected design and a model that does not settle are said elsewhere
        model = ManyFacetRating().fit(table)
    return model if model.converged_ else None


def drift_and_halo(model: Any, table: pd.DataFrame) -> pd.DataFrame:
    """The day on which each observer drifted most, and how alike the observer's marks of one person are.

    Returns index observer: drift_day, drift (points a rating against the observer's other days, negative = more severe
    that day), drift_z (NaN with one day), halo (spread of the marks of one person over the one foretold; below 1 =
    more alike), halo_z. Both z hold where the model does. People have good days and behaviours belong together, which
    no model of one level a person knows: so drift_own_z is divided by the spread such z have among all observers here,
    and halo_own_z is the distance to the halo usual here. What all observers share is no habit of one.
    """
    from models.facet_fit import drift, halo

    found = pd.DataFrame(index=pd.Index(model.observers_.index, name="observer"))
    days = drift(model, table)
    days = days[days["z"].notna()]
    most = days.assign(size=days["z"].abs()).sort_values("size").drop_duplicates("observer", keep="last")
    for name, column in (("drift_day", "day"), ("drift", "mean_residual"), ("drift_z", "z")):
        found[name] = most.set_index("observer")[column].reindex(found.index)
    found["drift_own_z"] = found["drift_z"] / _usual_spread(days["z"])
    alike = halo(model, table).reindex(found.index)
    found["halo"], found["halo_z"] = alike["ratio"], alike["z"]
    error = ((1.0 - alike["ratio"]) / alike["z"]).abs()
    found["halo_own_z"] = (alike["ratio"].median() - alike["ratio"]) / error
    return found


def _usual_spread(z: pd.Series) -> float:
    """Deviation of most z values (from their quartiles), at least the 1 they should have; 1 where few are known."""
    if len(z) < FEW_HABITS:
        return 1.0
    lower, upper = np.quantile(z, [0.25, 0.75])
    return max(1.0, float(upper - lower) / 1.349)


def points_a_logit(model: Any, table: pd.DataFrame) -> float:
    """Points of the rating scale that a logit of severity takes off an average rating here.

    The slope of the expected rating in the level is its variance; it is taken over the posterior of each person.
    """
    seen = model.observe(table)
    chances = seen.curves.chances()
    score = np.arange(chances.shape[1])[None, :, None]
    mean = (chances * score).sum(axis=1)
    variance = (chances * score**2).sum(axis=1) - mean**2
    weight = seen.posterior.weights[seen.ratings.person]
    return float((weight * variance[seen.cells.rating_cell]).sum(axis=1).mean())


def observer_habits(table: pd.DataFrame) -> pd.DataFrame:
    """Every figure of every observer from one fit: index observer; empty where there is no model.

    severity, se (logits, positive = severe), points, points_se (the same in points of the rating scale), n, infit,
    outfit, the columns of `drift_and_halo`, middle (spread of all marks over the one foretold; below 1 = keeps to the
    middle) and middle_z.
    """
    from models.facet_fit import central_tendency, misfit

    model = many_facet(table)
    if model is None:
        return pd.DataFrame()
    slope = points_a_logit(model, table)
    severity, error = model.observers_, model.observer_errors_
    found = pd.DataFrame({"severity": severity, "se": error, "points": slope * severity, "points_se": slope * error})
    fit = misfit(model, table, "observer").reindex(found.index)
    found[["n", "infit", "outfit"]] = fit[["n", "infit", "outfit"]]
    middle = central_tendency(model, table).reindex(found.index)
    found["middle"], found["middle_z"] = middle["ratio"], middle["z"]
    return found.join(drift_and_halo(model, table)).rename_axis("observer")


def separate_parts(table: pd.DataFrame) -> tuple[list[Any], pd.DataFrame]:
    """Parts of the observer-person graph, most people first, and the ratings (observer, person, part) to join them."""
    from models.connectivity import components, linking_advice

    if table.empty:
        return [], pd.DataFrame(columns=["observer", "person", "part"])
    return components(table), linking_advice(table)


def kappas(choices: pd.DataFrame, case: str, category: str) -> tuple[float, pd.DataFrame]:
    """Agreement of changing raters beyond chance: over all, and of each category (index: n, share, kappa)."""
    from models.agreement import category_kappas, fleiss_kappa

    return fleiss_kappa(choices, case, category), category_kappas(choices, case, category)


def ends(answers: pd.DataFrame, lowest: float, highest: float) -> tuple[float, float]:
    """Mean share of answers at the lowest and at the highest end over the items of a scale."""
    from models.classical import floor_ceiling

    shares = floor_ceiling(answers, lowest, highest).mean()
    return float(shares["floor"]), float(shares["ceiling"])


def scale_curves(campaign: Campaign, scale: str, points: int = 61, reach: float = 3.0) -> pd.DataFrame:
    """Curves of the items of a scale from the graded response model fitted anew (reversed items are turned).

    Returns rows item, theta (level, deviations), expected (expected answer on the item's own codes), lowest, highest,
    information, and p_<k> (chance of the k-th answer from below, NaN beyond the item's last one). Empty where the scale
    has fewer than two items that differ. Answers that nobody gave have no curve.
    """
    from models import GradedResponse

    answers = turned_answers(campaign, scale).dropna(how="all")
    answers = answers.loc[:, answers.max() > answers.min()]
    if answers.shape[1] < 2 or len(answers) < 2:
        return pd.DataFrame(columns=["item", "theta", "expected", "lowest", "highest", "information"])
    model = GradedResponse().fit(answers)
    theta = np.linspace(-reach, reach, points)
    information = model.item_information(theta)
    parts = []
    for place, item in enumerate(answers.columns):
        chances = np.exp(model.log_probabilities(place, theta))
        codes = np.asarray(model.categories_[place], dtype=float)
        lowest, highest = campaign.instruments.battery.value_range(str(item))
        part = pd.DataFrame({"item": item, "theta": theta, "expected": codes @ chances})
        part["lowest"], part["highest"], part["information"] = lowest, highest, information[place]
        parts.append(part.assign(**{f"p_{k}": row for k, row in enumerate(chances)}))
    return pd.concat(parts, ignore_index=True)


def item_differences(answers: pd.DataFrame, inside: pd.Series) -> pd.DataFrame:
    """Items that people of a group answer otherwise than equally high people outside it.

    answers : people x items, turned; inside : bool per person, people without an entry are left out. Items that one of
    the two sides answered all alike cannot be compared and are left out. Returns index item: p, effect (mean
    difference of the expected answer, in points of the item's scale; positive = the group answers higher), df; empty
    below two comparable items. An item that clearly differs makes the others of its scale look as if they differed the
    other way, so the clearest one is taken out and the rest are compared again without it, until none is clear
    (purification, Lord 1980). Source: models.graded_groups.
    """
    from models.graded_groups import differential_functioning

    known = inside.reindex(answers.index)
    answers, known = answers[known.notna()], known[known.notna()].astype(bool)
    sides = [answers[known], answers[~known]]
    fit = [i for i in answers if all(side[i].min() < side[i].max() for side in sides)]
    if len(fit) < 2:
        return pd.DataFrame(columns=["p", "effect", "df"], dtype=float)
    group = known.map({True: "inside", False: "outside"})
    settled: list[pd.DataFrame] = []
    while True:
        found = differential_functioning(answers[fit].dropna(how="all"), group, reference="outside").items
        found = found[["p", "effect", "df"]]
        clearest = str(found["p"].idxmin())
        if found["p"].min() >= CLEAR or len(fit) <= FEWEST_ANCHORS:
            return pd.concat([*settled, found])
        settled.append(found.loc[[clearest]])
        fit.remove(clearest)
