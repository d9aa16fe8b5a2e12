"""Standing, chances, bands: what they mean and what must always hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.campaign import Criteria, Settings
from assessment.gates import GateResult
from assessment.scoring.measures import Measures, score
from assessment.standing import (
    View,
    chances,
    domain_draws,
    first_by_means,
    power_mean,
    rank_people,
    sensitivity,
    to_unit,
)
from assessment.weights import resolve_weights
from tests.small_campaign import random_answers, small_campaign

PEOPLE = [f"P{i:03d}" for i in range(90)]
SETTINGS = Settings(shortlist=20, team=8)


def wishes(no: int = 6, silent: int = 3) -> list[object]:
    return ["no"] * no + [None] * silent + ["yes_part"] * (len(PEOPLE) - no - silent)


@pytest.fixture(scope="module")
def measures() -> Measures:
    campaign = small_campaign(PEOPLE, random_answers(PEOPLE), {"lg1": wishes()}, settings=SETTINGS)
    return score(campaign, seed=5, n_draws=400)


@pytest.fixture(scope="module")
def ranking(measures: Measures) -> pd.DataFrame:
    return rank_people(measures, Criteria())


def test_the_file_of_the_ranking_has_the_agreed_columns(ranking: pd.DataFrame) -> None:
    first = ["rank", "standing", "se", "low", "high", "p_shortlist", "p_team", "band", "want", "want_se"]
    assert list(ranking.columns[:10]) == first and list(ranking.columns[-2:]) == ["flags", "plain_rank"]
    assert {"can", "endure", "lead", "svc_commit", "svc_commit_se", "digital_lit"} <= set(ranking.columns)
    assert ranking.index.name == "person_id" and ranking["rank"].tolist() == list(range(1, 91))


def test_chances_add_up_to_the_places(ranking: pd.DataFrame) -> None:
    assert ranking["p_shortlist"].sum() == pytest.approx(20, abs=0.01)
    assert ranking["p_team"].sum() == pytest.approx(8, abs=0.01)
    assert (ranking["p_team"] <= ranking["p_shortlist"] + 1e-12).all()


def test_who_does_not_want_to_is_last_with_no_chance_and_the_reason(ranking: pd.DataFrame) -> None:
    unwilling = ranking.loc[PEOPLE[:6]]
    assert (unwilling["rank"] > 84).all() and (unwilling["p_shortlist"] == 0).all()
    assert (unwilling["band"] == "out").all()
    assert unwilling["flags"].str.split(";").map(lambda f: "gate_will" in f).all()


def test_who_has_not_said_is_asked_and_not_excluded(ranking: pd.DataFrame) -> None:
    silent = ranking.loc[PEOPLE[6:9]]
    assert silent["flags"].str.contains("gate_will_unanswered").all()
    assert (silent["rank"] <= 84).all()


def test_a_gate_on_a_domain_lowers_chances_and_not_the_rank(measures: Measures, ranking: pd.DataFrame) -> None:
    eligible = ranking[~ranking["flags"].str.split(";").map(lambda f: "gate_will" in f)]
    assert eligible["standing"].is_monotonic_decreasing
    low = eligible[eligible["flags"].str.contains("gate_want") & (eligible["want"] < -1.5)]
    assert len(low) and (low["p_shortlist"] < 0.05).all()


def test_bands_follow_the_chance(ranking: pd.DataFrame) -> None:
    plain = ranking[
        ~ranking["flags"].str.contains("not_enough_evidence|gate_quality|gate_will$|gate_will;", regex=True)
    ]
    assert (plain.loc[plain["band"] == "in", "p_shortlist"] > 0.8).all()
    assert (plain.loc[plain["band"] == "out", "p_shortlist"] < 0.2).all()
    assert plain.loc[plain["band"] == "open", "p_shortlist"].between(0.2, 0.8).all()


def test_balance_one_is_the_weighted_sum(measures: Measures) -> None:
    table = rank_people(measures, Criteria(balance=1.0))
    weights = resolve_weights(Criteria(), measures.campaign.instruments.roles).domains
    expected = sum(w * (0.5 + table[d] / 6) for d, w in weights.items())
    inside = (table[list(weights)].abs() < 1.8).all(axis=1)  # further out draws reach the ends of the scale
    assert inside.sum() > 60
    assert table["standing"][inside].to_numpy() == pytest.approx(expected[inside].to_numpy(), abs=2e-3)


def test_a_domain_without_weight_does_not_move_anybody(measures: Measures) -> None:
    only = rank_people(measures, Criteria(weights={"want": 1}, balance=1.0))
    eligible = only[only["p_shortlist"] > 0]
    assert eligible["want"].round(6).is_monotonic_decreasing


def test_a_weak_side_counts_more_the_lower_the_balance(measures: Measures) -> None:
    uneven = measures.people[np.argmax(np.ptp(domain_points(measures), axis=1))]
    standings = [rank_people(measures, Criteria(balance=b)).loc[uneven, "standing"] for b in (1.0, 0.0, -4.0)]
    assert standings[0] > standings[1] > standings[2]


def domain_points(measures: Measures) -> np.ndarray:
    weights = resolve_weights(Criteria(), measures.campaign.instruments.roles)
    return domain_draws(measures, weights, "after")[1].to_numpy()


def test_domains_are_z_over_the_campaign(measures: Measures) -> None:
    weights = resolve_weights(Criteria(), measures.campaign.instruments.roles)
    draws = domain_draws(measures, weights, "after")[0]
    assert draws.mean(axis=(1, 2)) == pytest.approx(0, abs=1e-4)
    assert draws.std(axis=(1, 2)) == pytest.approx(1, abs=1e-3)


def test_the_same_seed_gives_the_same_table_and_another_seed_nearly(measures: Measures, ranking: pd.DataFrame) -> None:
    again = rank_people(score(measures.campaign, seed=5, n_draws=400), Criteria())
    pd.testing.assert_frame_equal(again, ranking)
    other = rank_people(score(measures.campaign, seed=6, n_draws=400), Criteria())
    assert not other["p_shortlist"].equals(ranking["p_shortlist"])
    assert (other["standing"] - ranking["standing"]).abs().max() < 0.02


def test_plain_reading_is_ordered_by_the_plain_total_whatever_the_balance(measures: Measures) -> None:
    for balance in (1.0, 0.0):
        table = rank_people(measures, Criteria(reading="plain", balance=balance))
        assert table["plain_rank"].tolist() == table["rank"].tolist()
    assert table["p_shortlist"].sum() == pytest.approx(20, abs=0.01)


def test_nobody_is_ranked_down_for_silence_the_interval_gets_wider() -> None:
    answers = random_answers(PEOPLE)
    for item in list(answers)[5:45]:
        answers[item] = answers[item].copy()
        answers[item][50] = np.nan
    measures = score(small_campaign(PEOPLE, answers, settings=SETTINGS), n_draws=300)
    table = rank_people(measures, Criteria())
    person = table.loc[PEOPLE[50]]
    assert person["band"] == "open" and "not_enough_evidence" in person["flags"].split(";")
    assert person["se"] > 1.2 * table["se"].median()


def test_a_pool_smaller_than_the_list_is_all_on_it(measures: Measures) -> None:
    table = rank_people(measures, Criteria(), replace(SETTINGS, shortlist=500))
    willing = ~table["flags"].str.split(";").map(lambda f: "gate_will" in f)
    assert (table.loc[willing & (table[["want", "endure"]] > 1).all(axis=1), "p_shortlist"] > 0.95).all()


def test_more_self_presentation_changes_more_of_the_list(measures: Measures) -> None:
    changes = sensitivity(measures, Criteria())
    assert set(changes) == {"0.0", "0.1", "0.2"} and all(set(c) == {"shortlist", "team"} for c in changes.values())
    assert changes["0.1"]["shortlist"] <= 1  # nothing mirrors the scales here, so the share used is the declared 0.1


def test_ties_are_broken_by_id() -> None:
    means = pd.DataFrame({c: [0.0, 0.0] for c in ("a",)}, index=["P2", "P1"])
    from assessment.weights import Weights

    assert first_by_means(means, Weights({"d": 1.0}, {"d": {"a": 1.0}}), Criteria(), 1) == ["P1"]


units = st.lists(st.floats(0.02, 0.98), min_size=2, max_size=5)


@given(units, st.floats(-20, 1))
def test_a_power_mean_lies_between_the_weakest_and_the_weighted_sum(values: list[float], balance: float) -> None:
    x = np.array(values)[:, None]
    w = np.full(len(values), 1 / len(values))
    mean = power_mean(x, w, balance)[0]
    assert min(values) - 1e-9 <= mean <= float(w @ np.array(values)) + 1e-9


@given(units, st.floats(-10, 1), st.integers(0, 4))
def test_raising_a_domain_never_lowers_the_standing(values: list[float], balance: float, which: int) -> None:
    w = np.full(len(values), 1 / len(values))
    better = list(values)
    better[which % len(values)] = min(0.98, better[which % len(values)] + 0.1)
    low, high = (power_mean(np.array(v)[:, None], w, balance)[0] for v in (values, better))
    assert high >= low - 1e-9


def test_the_unit_scale_is_held_within_its_ends() -> None:
    assert to_unit(np.array([-9.0, 0.0, 1.5, 9.0])).tolist() == pytest.approx([0.02, 0.5, 0.75, 0.98])


def test_chances_add_up_to_the_places_where_people_are_equal() -> None:
    """Values held at the end of the scale: of equals the smaller id is first, as in the ranking."""
    people = pd.Index([f"P{i}" for i in range(5)], name="person_id")
    standing = np.array([[0.5, 0.98], [0.98, 0.98], [0.98, 0.3], [0.98, 0.98], [0.2, 0.1]], dtype=np.float32)
    points = pd.DataFrame({"d": 0.0}, index=people)
    nobody = pd.Series(False, index=people)
    gates = GateResult(nobody, nobody, nobody, {}, pd.DataFrame(index=people))
    view = View(standing[None], points, points, standing)
    assert chances(view, gates, 2).tolist() == [0.5, 1.0, 0.5, 0.0, 0.0]
    assert chances(view, gates, 2).sum() == 2


def test_a_plain_standing_keeps_the_order_of_the_total(measures: Measures) -> None:
    """Everybody draws the same normal scores, so values held at the ends of the scale turn no order round."""
    table = rank_people(measures, Criteria(reading="plain"))
    alike = table[table["se"].round(2) == table["se"].round(2).mode()[0]]
    known = alike[measures.plain.total.reindex(alike.index).notna() & ~alike["flags"].str.contains("gate_will")]
    assert len(known) > 20 and known["standing"].is_monotonic_decreasing
