"""The many-facet rating model: known answers of other software, invented truth, and what it refuses."""

from __future__ import annotations

import json
import pickle
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented_ratings import draw, invented_ratings
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError

from models import ManyFacetRating
from models.connectivity import DisconnectedDesignWarning

KNOWN = json.loads((Path(__file__).parent / "data" / "many_facet.json").read_text(encoding="utf-8"))
FILES = Path(__file__).parents[1].parent / "shared" / "data"


def known_ratings(case: dict) -> pd.DataFrame:
    path = FILES / case["file"]
    if not path.exists():
        pytest.skip(f"{case['file']} is not beside the project")
    wide = pd.read_csv(path, dtype={case["person"]: str, case["observer"]: str})
    long = wide.melt([case["person"], case["observer"]], case["criteria"], "criterion", "rating")
    return long.rename(columns={case["person"]: "person", case["observer"]: "observer"})


@pytest.fixture(scope="module")
def world():
    return invented_ratings(seed=7)


@pytest.fixture(scope="module")
def fitted(world):
    return ManyFacetRating().fit(world[0])


@pytest.mark.parametrize("name", ["ratings2", "ptam4"])
def test_the_audit_reading_gives_the_figures_of_other_software(name):
    case = KNOWN[name]
    model = ManyFacetRating(observers="fixed").fit(known_ratings(case))
    assert model.converged_
    assert model.log_likelihood_ == pytest.approx(case["log_likelihood"], abs=0.02)
    assert model.n_parameters_ == case["parameters"]
    assert model.person_variance_ == pytest.approx(case["variance"], abs=0.005)
    assert model.reliability_ == pytest.approx(case["reliability"], abs=0.001)
    np.testing.assert_allclose(model.criteria_[case["criteria"]], case["difficulty"], atol=0.005)
    np.testing.assert_allclose(model.steps_, case["steps"], atol=0.005)
    severity = pd.Series(case["severity"])
    np.testing.assert_allclose(model.observers_[severity.index], severity, atol=0.005)
    level = pd.DataFrame.from_dict(case["level"], orient="index", columns=["level", "se"])
    np.testing.assert_allclose(model.persons_.loc[level.index], level, atol=0.01)


def straight_log_likelihood(ratings, difficulty, severity, steps, variance, nodes):
    """The definition, person by person and rating by rating."""
    weight = np.exp(-(nodes**2) / (2 * variance))
    weight /= weight.sum()
    total = 0.0
    for _, rows in ratings.groupby("person"):
        chance = np.ones(len(nodes))
        for row in rows.itertuples():
            location = nodes - difficulty[row.criterion] - severity[row.observer]
            kernel = np.exp([k * location - steps[:k].sum() for k in range(len(steps) + 1)])
            chance *= kernel[row.rating - 1] / kernel.sum(axis=0)
        total += np.log(chance @ weight)
    return total


def test_the_log_likelihood_is_that_of_the_definition_and_nothing_near_is_better():
    ratings, _ = invented_ratings(people=25, criteria=3, observers=4, seed=3)
    model = ManyFacetRating(observers="fixed").fit(ratings)

    def at(difficulty=0.0, severity=0.0, steps=0.0, variance=1.0):
        away = pd.Series([severity, -severity, 0.0, 0.0], index=model.observers_.index)
        return straight_log_likelihood(
            ratings,
            model.criteria_ + difficulty,
            model.observers_ + away,
            model.steps_ + steps * np.array([1.0, 0.0, 0.0, -1.0]),
            model.person_variance_ * variance,
            model.nodes_,
        )

    assert at() == pytest.approx(model.log_likelihood_, abs=1e-6)
    for move in ({"difficulty": 0.1}, {"severity": 0.1}, {"steps": 0.1}):
        ((name, size),) = move.items()
        assert at(**{name: size}) < at()
        assert at(**{name: -size}) < at()
    assert at(variance=1.2) < at()
    assert at(variance=0.8) < at()


def test_standard_errors_are_the_curvature_of_the_log_likelihood():
    ratings, _ = invented_ratings(people=18, criteria=2, observers=2, each=(2, 2), seed=4)
    model = ManyFacetRating(observers="fixed", tol=1e-10).fit(ratings)

    def value(move):  # two difficulties, one severity, three steps (the fourth balances them), log of the deviation
        steps = model.steps_ + np.array([move[3], move[4], -move[3] - move[4] - move[5], move[5]])
        severity = model.observers_ + np.array([move[2], -move[2]])
        return straight_log_likelihood(
            ratings,
            model.criteria_ + move[:2],
            severity,
            steps,
            model.person_variance_ * np.exp(2 * move[6]),
            model.nodes_,
        )

    size = 1e-3
    hessian = np.empty((7, 7))
    unit = np.eye(7) * size
    for i in range(7):
        for j in range(i + 1):
            corners = [value(a * unit[i] + b * unit[j]) * a * b for a in (1, -1) for b in (1, -1)]
            hessian[i, j] = hessian[j, i] = sum(corners) / (4 * size**2)
    error = np.sqrt(np.diag(np.linalg.inv(-hessian)))
    np.testing.assert_allclose(model.criterion_errors_, error[:2], rtol=0.01)
    np.testing.assert_allclose(model.observer_errors_, error[2], rtol=0.01)


def test_levels_and_severities_of_invented_people_come_back():
    inside, severity_z, levels, truths = [], [], [], []
    for seed in range(8):
        ratings, truth = invented_ratings(seed=seed)
        model = ManyFacetRating().fit(ratings)
        inside.append(((model.persons_["level"] - truth.level).abs() < 1.96 * model.persons_["se"]).mean())
        severity_z.extend((model.observers_ - truth.severity) / model.observer_errors_)
        levels.append(model.persons_["level"])
        truths.append(truth.level)
    assert 0.93 <= np.mean(inside) <= 0.965
    assert 0.75 <= np.std(severity_z) <= 1.3
    assert np.corrcoef(np.concatenate(levels), np.concatenate(truths))[0, 1] > 0.93


def test_taking_severity_out_beats_plain_means():
    ratings, truth = invented_ratings(severity_sd=1.2, seed=5)
    plain = ratings.groupby("person")["rating"].mean()
    model = ManyFacetRating().fit(ratings)
    assert model.persons_["level"].corr(truth.level) > plain.corr(truth.level) + 0.02


def test_standard_errors_stay_right_where_persons_are_known_very_well():
    ratings, truth = invented_ratings(people=150, criteria=12, observers=8, each=(6, 8), level_sd=1.0, seed=6)
    model = ManyFacetRating().fit(ratings)
    assert model.persons_["se"].median() < 0.2
    assert len(model.nodes_) > 41
    away = (model.persons_["level"] - truth.level) / model.persons_["se"]
    away -= away.mean()
    assert 0.85 < away.std() < 1.15


def test_random_observers_are_shrunk_and_their_variance_is_estimated():
    ratings, truth = invented_ratings(people=300, observers=20, severity_sd=0.6, seed=8)
    fixed, random = (ManyFacetRating(observers=how).fit(ratings) for how in ("fixed", "random"))
    assert random.observers_.abs().sum() < fixed.observers_.abs().sum()
    assert random.observer_variance_ == pytest.approx(truth.severity.var(), rel=0.3)
    assert (random.observer_errors_ < fixed.observer_errors_).all()
    assert random.log_likelihood_ < fixed.log_likelihood_
    assert fixed.observers_.sum() == pytest.approx(0.0, abs=1e-9)
    assert random.observers_.sum() == pytest.approx(0.0, abs=1e-9)
    assert np.sum(random.steps_) == pytest.approx(0.0, abs=1e-9)


def test_observers_who_do_not_differ_get_a_small_variance():
    ratings, _ = invented_ratings(people=300, observers=20, severity_sd=0.0, seed=9)
    model = ManyFacetRating().fit(ratings)
    assert model.observer_variance_ < 0.05
    assert model.observers_.abs().max() < 0.2


def test_a_severe_observer_is_positive_and_a_hard_criterion_too():
    ratings, _ = invented_ratings(severity_sd=0.0, seed=10)
    ratings.loc[ratings["observer"] == "O03", "rating"] = ratings["rating"].sub(1).clip(lower=1)
    ratings.loc[ratings["criterion"] == "c2", "rating"] = ratings["rating"].sub(1).clip(lower=1)
    model = ManyFacetRating().fit(ratings)
    assert model.observers_.idxmax() == "O03"
    assert model.observers_["O03"] > 0.4
    assert model.criteria_["c2"] > model.criteria_.drop("c2").median()


def test_the_order_of_rows_and_further_columns_change_nothing(world, fitted):
    shuffled = world[0].sample(frac=1.0, random_state=1).drop(columns="day").assign(note="x")
    again = ManyFacetRating().fit(shuffled)
    pd.testing.assert_frame_equal(again.persons_, fitted.persons_, check_exact=True)
    pd.testing.assert_series_equal(again.observers_, fitted.observers_, check_exact=True)


@settings(max_examples=10, deadline=None)
@given(shift=st.integers(-5, 100), seed=st.integers(0, 50))
def test_codes_may_start_anywhere(shift, seed):
    ratings, _ = invented_ratings(people=30, criteria=2, observers=3, seed=seed)
    here = ManyFacetRating().fit(ratings)
    there = ManyFacetRating().fit(ratings.assign(rating=ratings["rating"] + shift))
    pd.testing.assert_frame_equal(here.persons_, there.persons_)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000))
def test_turning_the_scale_round_turns_levels_and_severities_round(seed):
    ratings, _ = invented_ratings(people=40, criteria=3, observers=4, seed=seed)
    here = ManyFacetRating(tol=1e-9).fit(ratings)
    there = ManyFacetRating(tol=1e-9).fit(ratings.assign(rating=6 - ratings["rating"]))
    np.testing.assert_allclose(here.persons_["level"], -there.persons_["level"], atol=0.01)
    np.testing.assert_allclose(here.observers_, -there.observers_, atol=0.01)


def test_people_with_all_highest_or_lowest_marks_stay_finite(world):
    ratings = world[0].copy()
    ratings.loc[ratings["person"] == "P0001", "rating"] = 5
    ratings.loc[ratings["person"] == "P0002", "rating"] = 1
    levels = ManyFacetRating().fit(ratings).persons_
    assert levels["level"].idxmax() == "P0001"
    assert levels["level"].idxmin() == "P0002"
    assert np.isfinite(levels).all().all()
    assert levels["level"].abs().max() < 6


def test_an_observer_and_a_criterion_with_a_few_equal_marks_stay_finite(world):
    few = pd.DataFrame({"person": ["P0001", "P0002"], "observer": "O99", "criterion": ["c0", "c99"], "rating": 5})
    for how in ("fixed", "random"):
        model = ManyFacetRating(observers=how).fit(pd.concat([world[0], few]))
        assert abs(model.observers_["O99"]) < 15
        assert abs(model.criteria_["c99"]) < 15
        assert model.observer_errors_["O99"] > 2 * model.observer_errors_.drop("O99").max()
        assert model.converged_


def test_several_ratings_of_one_cell_all_count(world):
    twice = pd.concat([world[0], world[0]])
    model = ManyFacetRating().fit(twice)
    once = ManyFacetRating().fit(world[0])
    assert model.persons_["se"].mean() < 0.85 * once.persons_["se"].mean()


def test_a_rating_left_empty_is_no_rating(world, fitted):
    empty = world[0].iloc[:20].assign(rating=np.nan, person="nobody")
    model = ManyFacetRating().fit(pd.concat([world[0], empty]))
    pd.testing.assert_frame_equal(model.persons_, fitted.persons_)


def test_new_people_are_placed_on_the_scale_of_the_fit(world, fitted):
    pd.testing.assert_frame_equal(fitted.transform(world[0]), fitted.persons_)
    part = world[0][world[0]["person"].isin(["P0003", "P0190"])]
    pd.testing.assert_frame_equal(fitted.transform(part), fitted.persons_.loc[["P0003", "P0190"]], rtol=1e-4)


@pytest.mark.parametrize(
    ("change", "named"),
    [({"observer": "O77"}, "O77"), ({"criterion": "c77"}, "c77"), ({"rating": 9}, "9")],
)
def test_what_the_fit_has_not_seen_is_refused_by_name(world, fitted, change, named):
    with pytest.raises(ValueError, match=named):
        fitted.transform(world[0].iloc[:6].assign(**change))


def test_measures_of_all_criteria_are_the_levels_and_parts_know_less(world, fitted):
    criteria = list(fitted.criteria_.index)
    found = fitted.measures_by(world[0], {"all": criteria, "some": criteria[:2], "one": criteria[5:]})
    pd.testing.assert_frame_equal(found["all"], fitted.persons_)
    assert (found["some"]["se"] > found["all"]["se"]).all()
    some = fitted.transform(world[0][world[0]["criterion"].isin(criteria[:2])])
    pd.testing.assert_frame_equal(found["some"], some)
    assert (found["one"]["se"] < np.sqrt(fitted.person_variance_)).all()


def test_people_without_ratings_in_a_group_are_not_in_its_table(world, fitted):
    ratings = world[0][(world[0]["criterion"] != "c0") | (world[0]["person"] > "P0100")]
    found = fitted.measures_by(ratings, {"first": ["c0"], "none": [], "rest": ["c1", "c2"]})
    assert found["first"].index.min() == "P0101"
    assert len(found["none"]) == 0
    assert list(found["none"].columns) == ["level", "se"]
    assert len(found["rest"]) == 200


def test_a_group_with_an_unknown_criterion_is_refused(world, fitted):
    with pytest.raises(ValueError, match="c77"):
        fitted.measures_by(world[0], {"g": ["c0", "c77"]})


def two_scales(seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    level = random.normal(0.0, 1.3, 150)
    rows = []
    for criterion, steps in {"a": [-1.0, 0.0, 1.0], "b": [-1.5, 0.0, 1.5], "c": [-0.5, 0.5]}.items():
        for observer, severity in {"O1": 0.5, "O2": -0.5}.items():
            score = draw(level - severity, np.array(steps), random)
            rows.append(
                pd.DataFrame({"person": range(150), "observer": observer, "criterion": criterion, "rating": score})
            )
    return pd.concat(rows)


def test_criteria_with_other_sets_of_categories_have_steps_of_their_own():
    model = ManyFacetRating().fit(two_scales())
    assert {name: len(steps) for name, steps in model.steps_.items()} == {"a": 3, "b": 3, "c": 2}
    np.testing.assert_array_equal(model.steps_["a"], model.steps_["b"])
    assert model.categories_["c"].tolist() == [0, 1, 2]
    np.testing.assert_allclose(model.steps_["c"], [-0.5, 0.5], atol=0.25)
    assert all(abs(np.sum(steps)) < 1e-9 for steps in model.steps_.values())
    assert model.n_parameters_ == 3 + 1 + 2 + 1 + 1


def test_a_category_missed_by_chance_does_not_split_the_steps(world):
    few = world[0][world[0]["criterion"] == "c0"].iloc[:12].assign(criterion="seldom", rating=3)
    few.iloc[:5, few.columns.get_loc("rating")] = 4
    model = ManyFacetRating().fit(pd.concat([world[0], few]))
    assert isinstance(model.steps_, np.ndarray)
    assert model.categories_["seldom"].tolist() == [1, 2, 3, 4, 5]


def test_a_category_nobody_used_is_collapsed_with_a_map(world):
    ratings = world[0].assign(rating=world[0]["rating"].replace({3: 4, 5: 7}))
    close = world[0].assign(rating=world[0]["rating"].replace({3: 4}).replace({4: 3, 5: 4}))
    model, same = ManyFacetRating().fit(ratings), ManyFacetRating().fit(close)
    assert model.categories_["c0"].tolist() == [1, 2, 4, 7]
    assert len(model.steps_) == 3
    pd.testing.assert_frame_equal(model.persons_, same.persons_)


def apart() -> pd.DataFrame:
    ratings, _ = invented_ratings(people=60, criteria=3, observers=4, each=(2, 2), seed=11)
    left = ratings[ratings["observer"].isin(["O00", "O01"])]
    right = ratings[ratings["observer"].isin(["O02", "O03"])]
    return pd.concat([left.assign(person="L" + left["person"]), right.assign(person="R" + right["person"])])


def test_a_disconnected_design_is_refused_in_the_audit_reading_with_its_parts():
    with pytest.raises(ValueError, match=r"2 parts.*O00, O01.*O02, O03|2 parts.*O02, O03.*O00, O01"):
        ManyFacetRating(observers="fixed").fit(apart())


def test_a_disconnected_design_is_a_warning_with_its_parts_for_random_observers():
    with pytest.warns(DisconnectedDesignWarning) as caught:
        model = ManyFacetRating().fit(apart())
    parts = caught[0].message.components
    assert sorted(observers for _, observers in parts) == [["O00", "O01"], ["O02", "O03"]]
    assert sum(len(persons) for persons, _ in parts) == len(model.persons_)
    assert model.converged_


def test_errors_cover_the_truth_where_groups_of_observers_share_no_person():
    away = []
    for seed in range(12):
        ratings, truth = invented_ratings(people=160, criteria=6, observers=16, each=(4, 4), severity_sd=0.8, seed=seed)
        pair = ratings["person"].str[1:].astype(int) % 8
        kept = ratings[ratings["observer"].str[1:].astype(int) // 2 == pair]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DisconnectedDesignWarning)
            model = ManyFacetRating().fit(kept)
        error = model.persons_["level"] - truth.level[model.persons_.index]
        away.extend((error - error.mean()) / model.persons_["se"])
    assert 0.92 <= np.mean(np.abs(away) < 1.96) <= 0.98


def test_an_observer_with_criteria_of_his_own_cannot_be_told_from_them():
    ratings, _ = invented_ratings(people=60, criteria=2, observers=2, each=(2, 2), seed=12)
    nested = ratings[(ratings["observer"] == "O00") == (ratings["criterion"] == "c0")]
    with pytest.raises(ValueError, match="criteria"):
        ManyFacetRating(observers="fixed").fit(nested)
    with pytest.warns(DisconnectedDesignWarning):
        ManyFacetRating().fit(nested)


def test_one_observer_and_two_people_are_enough_to_run():
    ratings = pd.DataFrame(
        {"person": [1, 1, 2, 2], "observer": "A", "criterion": ["x", "y"] * 2, "rating": [1, 2, 3, 3]}
    )
    for how in ("fixed", "random"):
        model = ManyFacetRating(observers=how).fit(ratings)
        assert model.observers_.tolist() == [0.0]
        assert model.persons_.loc[2, "level"] > model.persons_.loc[1, "level"]
        assert np.isfinite(model.person_variance_)


@pytest.mark.parametrize("how", ["fixed", "random"])
@pytest.mark.parametrize("depends_on", ["person", "observer", "criterion", None])
def test_ratings_that_hang_on_one_facet_alone_or_on_nothing_still_end_with_finite_figures(world, how, depends_on):
    random = np.random.default_rng(0)
    ratings = world[0].copy()
    if depends_on is None:
        ratings["rating"] = random.integers(1, 6, len(ratings))
    else:
        ratings["rating"] = ratings[depends_on].str[1:].astype(int) % 5 + 1
    model = ManyFacetRating(observers=how).fit(ratings)
    assert model.converged_
    assert np.isfinite(model.persons_).all().all()
    assert np.isfinite(model.observers_).all()
    assert np.isfinite(model.observer_errors_).all()
    assert (model.reliability_ > 0.9) == (depends_on == "person")
    assert model.observer_variance_ < (0.5 if depends_on != "observer" else np.inf)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.assign(rating=np.arange(len(t))), "30 categories"),
        (lambda t: t.drop(columns="observer"), "observer"),
        (lambda t: t.assign(rating=t["rating"] + 0.5), "integer"),
        (lambda t: t.assign(rating="good"), "integer"),
        (lambda t: t.assign(rating=3), "one category"),
        (lambda t: t.assign(rating=np.inf), "integer"),
        (lambda t: t.assign(rating=t["rating"].where(t["criterion"] != "c1", 8)), "c1"),
        (lambda t: t.assign(person=t["person"].where(t["person"] != "P0001")), "person"),
        (lambda t: t.iloc[:0], "no rating"),
        (lambda t: t.to_numpy(), "DataFrame"),
    ],
)
def test_unusable_tables_are_refused_with_the_reason(world, change, message):
    with pytest.raises(ValueError, match=message):
        ManyFacetRating().fit(change(world[0]))


@pytest.mark.parametrize(
    "wrong", [{"observers": "some"}, {"n_nodes": 5}, {"n_nodes": 41.5}, {"max_iter": 0}, {"tol": 0.0}]
)
def test_wrong_parameters_are_named(world, wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        ManyFacetRating(**wrong).fit(world[0])


def test_it_behaves_as_an_estimator(world, fitted):
    model = ManyFacetRating(observers="fixed", n_nodes=31)
    assert clone(model).get_params() == {"observers": "fixed", "n_nodes": 31, "max_iter": 100, "tol": 1e-6}
    with pytest.raises(NotFittedError):
        model.transform(world[0])
    with pytest.raises(NotFittedError):
        model.measures_by(world[0], {})
    assert model.set_params(observers="random").observers == "random"
    copy = pickle.loads(pickle.dumps(fitted))
    pd.testing.assert_frame_equal(copy.transform(world[0]), fitted.persons_)
    assert model.fit(world[0]) is model
    pd.testing.assert_frame_equal(ManyFacetRating().fit_transform(world[0]), fitted.persons_)


def test_a_second_fit_forgets_the_first(world, fitted):
    other, _ = invented_ratings(people=50, criteria=2, observers=3, seed=13)
    model = ManyFacetRating().fit(other).fit(world[0])
    pd.testing.assert_frame_equal(model.persons_, fitted.persons_, check_exact=True)
    pd.testing.assert_series_equal(model.observer_errors_, fitted.observer_errors_, check_exact=True)


def test_the_table_given_is_left_as_it_was(world):
    before = world[0].copy()
    ManyFacetRating().fit(world[0])
    pd.testing.assert_frame_equal(world[0], before)


def test_too_few_steps_are_said(world):
    with pytest.warns(ConvergenceWarning):
        model = ManyFacetRating(max_iter=2).fit(world[0])
    assert not model.converged_
    assert model.n_iter_ <= 3


def test_names_may_be_texts_numbers_or_categories(world, fitted):
    ratings = world[0].assign(
        person=world[0]["person"].astype("category"), observer=world[0]["observer"].str[1:].astype(int)
    )
    model = ManyFacetRating().fit(ratings)
    np.testing.assert_array_equal(model.persons_, fitted.persons_)
    assert model.observers_.index.tolist() == list(range(10))


def test_a_large_campaign_is_fitted_quickly_and_quietly():
    ratings, _ = invented_ratings(people=600, criteria=8, observers=20, each=(2, 4), seed=14)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ManyFacetRating().fit(ratings)
        start = time.process_time()
        model = ManyFacetRating().fit(ratings)
        spent = time.process_time() - start
    assert model.converged_
    assert spent < 1.0
