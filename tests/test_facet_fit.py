"""Misfit, drift, halo and central tendency: quiet where the model holds, loud where a habit was planted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from invented_ratings import invented_ratings

from models import ManyFacetRating
from models.facet_fit import central_tendency, drift, halo, misfit

WORLDS = range(6)


@pytest.fixture(scope="module")
def honest():
    """Ratings that keep to the model, with the fitted model."""
    tables = [invented_ratings(seed=seed)[0] for seed in WORLDS]
    return [(ManyFacetRating().fit(ratings), ratings) for ratings in tables]


def planted(habit) -> tuple[ManyFacetRating, pd.DataFrame]:
    """One observer of ten, O04, falls into a habit."""
    ratings, _ = invented_ratings(seed=21)
    mine = ratings["observer"] == "O04"
    ratings.loc[mine, "rating"] = habit(ratings[mine]).astype(int)
    return ManyFacetRating().fit(ratings), ratings


@pytest.mark.parametrize("facet", ["observer", "person", "criterion"])
def test_mean_squares_are_one_where_the_model_holds(honest, facet):
    found = pd.concat([misfit(model, ratings, facet) for model, ratings in honest])
    assert found["infit"].mean() == pytest.approx(1.0, abs=0.04)
    assert found["outfit"].mean() == pytest.approx(1.0, abs=0.04)
    assert abs(found["infit_z"].mean()) < 0.3
    assert 0.6 < found["infit_z"].std() < 1.2


def test_drift_is_a_standard_normal_where_there_is_none(honest):
    found = pd.concat([drift(model, ratings) for model, ratings in honest])
    assert abs(found["z"].mean()) < 0.2
    assert 0.85 < found["z"].std() < 1.2


@pytest.mark.parametrize("check", [halo, central_tendency])
def test_halo_and_central_tendency_are_standard_normal_where_there_is_none(honest, check):
    found = pd.concat([check(model, ratings) for model, ratings in honest])
    assert abs(found["z"].mean()) < 0.4
    assert 0.7 < found["z"].std() < 1.35
    assert found["ratio"].mean() == pytest.approx(1.0, abs=0.03)


def test_an_observer_who_rates_at_random_misfits():
    random = np.random.default_rng(0)
    model, ratings = planted(lambda rows: pd.Series(random.integers(1, 6, len(rows)), index=rows.index))
    found = misfit(model, ratings)
    assert found["infit"].idxmax() == "O04"
    assert found.loc["O04", "infit"] > 1.5
    assert found.loc["O04", "infit_z"] > 4
    assert found.drop("O04")["infit"].max() < 1.25
    assert found.loc["O04", "n"] == (ratings["observer"] == "O04").sum()


def test_a_person_rated_against_the_model_misfits():
    ratings, _ = invented_ratings(seed=22)
    mine = ratings["person"] == "P0007"
    ratings.loc[mine, "rating"] = np.where(np.arange(mine.sum()) % 2, 1, 5)
    model = ManyFacetRating().fit(ratings)
    assert misfit(model, ratings, "person")["infit"].idxmax() == "P0007"


def test_an_observer_who_gives_everybody_one_mark_for_all_shows_halo():
    model, ratings = planted(lambda rows: rows.groupby("person")["rating"].transform("mean").round())
    found = halo(model, ratings)
    assert found["z"].idxmax() == "O04"
    assert found.loc["O04", "z"] > 4
    assert found.loc["O04", "spread"] == 0.0
    assert found["correlation"].idxmax() == "O04"
    assert found.loc["O04", "correlation"] > 0.2
    assert found.loc["O04", "persons"] == ratings[ratings["observer"] == "O04"]["person"].nunique()


def test_an_observer_who_keeps_to_the_middle_shows_central_tendency():
    model, ratings = planted(lambda rows: (3 + 0.5 * (rows["rating"] - 3)).round())
    found = central_tendency(model, ratings)
    assert found["z"].idxmax() == "O04"
    assert found.loc["O04", "z"] > 4
    assert found.loc["O04", "ratio"] < 0.7
    assert found.drop("O04")["z"].abs().max() < 4


def test_an_observer_who_keeps_to_the_ends_shows_the_opposite():
    model, ratings = planted(lambda rows: rows["rating"].map({1: 1, 2: 1, 3: 3, 4: 5, 5: 5}))
    assert central_tendency(model, ratings)["z"].idxmin() == "O04"


def test_an_observer_more_severe_on_one_day_drifts():
    ratings, _ = invented_ratings(seed=23)
    strict = (ratings["observer"] == "O04") & (ratings["day"] == 2)
    ratings.loc[strict, "rating"] = ratings["rating"].sub(1).clip(lower=1)
    model = ManyFacetRating().fit(ratings)
    found = drift(model, ratings).set_index(["observer", "day"])
    assert found["z"].idxmin() == ("O04", 2)
    assert found.loc[("O04", 2), "z"] < -4
    assert found.loc[("O04", 2), "shift"] > 0.5
    assert found.loc[("O04", 2), "mean_residual"] < -0.3
    assert found.loc[("O04", 2), "n"] == strict.sum()


def test_deviations_of_the_days_of_one_observer_balance(honest):
    model, ratings = honest[0]
    found = drift(model, ratings)
    total = (found["mean_residual"] * found["n"]).groupby(found["observer"]).sum()
    np.testing.assert_allclose(total, 0.0, atol=1e-8)


def test_an_observer_with_one_day_has_no_drift(honest):
    model, ratings = honest[0]
    found = drift(model, ratings.assign(day="2026-03-01"))
    assert found["z"].isna().all()
    assert (found["shift"] == 0.0).all()


def test_rows_without_a_day_are_left_out_and_a_missing_column_is_refused(honest):
    model, ratings = honest[0]
    part = ratings.assign(day=ratings["day"].where(ratings["day"] != 3))
    pd.testing.assert_frame_equal(drift(model, part), drift(model, ratings[ratings["day"] != 3]), check_dtype=False)
    assert drift(model, ratings.assign(day=np.nan)).empty
    with pytest.raises(ValueError, match="day"):
        drift(model, ratings.drop(columns="day"))


def test_one_criterion_leaves_nothing_to_say_about_halo(honest):
    model, ratings = honest[0]
    assert halo(model, ratings[ratings["criterion"] == "c1"]).empty


def test_an_unknown_facet_is_refused(honest):
    with pytest.raises(ValueError, match="facet"):
        misfit(*honest[0], "day")
