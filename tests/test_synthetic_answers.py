"""The invented answers: reliable scales, careless people who show it, seconds and processes as people give them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assessment.instruments.reading import load_instruments
from assessment.synthetic.municipality import Municipality, build


@pytest.fixture(scope="module")
def town() -> Municipality:
    return build(600, 1)


@pytest.fixture(scope="module")
def battery():
    return load_instruments()[0].battery


@pytest.fixture(scope="module")
def survey(town) -> pd.DataFrame:
    return town.tables["survey_wide"].merge(town.tables["tokens"], on="token").set_index("person_id")


def turned(survey: pd.DataFrame, battery, scale: str) -> pd.DataFrame:
    items = [item.id for item in battery.scale_items(scale)]
    answers = survey[items].astype(float)
    return pd.DataFrame(
        {i: sum(battery.value_range(i)) - answers[i] if battery.reverse(i) else answers[i] for i in items}
    )


def test_scales_of_persons_are_as_reliable_as_short_scales_are(survey, battery):
    for scale in battery.person_scales:
        covariance = turned(survey, battery, scale).cov().to_numpy()
        k = len(covariance)
        alpha = k / (k - 1) * (1 - np.trace(covariance) / covariance.sum())
        assert 0.6 < alpha < 0.88, scale


def test_reversed_items_run_against_the_others_until_they_are_turned(survey, battery):
    for scale in battery.person_scales:
        answers = turned(survey, battery, scale)
        for item in answers:
            rest = answers.drop(columns=item).mean(axis=1)
            assert answers[item].corr(rest) > 0.2, item


def test_people_lean_to_agreement(survey, battery):
    means = pd.concat([turned(survey, battery, scale) for scale in battery.person_scales], axis=1).mean()
    assert 3.0 < means.mean() < 3.7


def test_careless_people_fail_the_attention_checks_and_are_fast(town, survey, battery):
    careless = town.tables["truth"].set_index("person_id")["careless"].reindex(survey.index)
    wrong = pd.DataFrame({"ac1": survey["ac1"].ne(2), "ac2": survey["ac2"].ne(4)}).fillna(False).mean(axis=1)
    assert wrong[careless].mean() > 0.6
    assert wrong[~careless].mean() < 0.06
    seconds = survey[[f"{item}_t" for item in battery.items]].median(axis=1)
    assert seconds[careless].median() < 2.6 < 4.5 < seconds[~careless].median()


def test_self_presentation_lifts_favourable_answers_and_shows_in_desirability(town, survey, battery):
    truth = town.tables["truth"].set_index("person_id").reindex(survey.index)
    want = pd.concat([turned(survey, battery, s) for s in battery.domain_scales("want")], axis=1).mean(axis=1)
    left = want - np.polyval(np.polyfit(truth["want"], want, 1), truth["want"])
    assert left.corr(truth["self_presentation"]) > 0.2
    assert survey[["sd1", "sd2"]].astype(float).mean(axis=1).corr(truth["self_presentation"]) > 0.5


def test_missing_answers_come_at_the_share_asked_for(survey, battery):
    items = [item.id for item in battery.items.values() if battery.scales[item.scale].level == "person"]
    assert survey[items].isna().to_numpy().mean() == pytest.approx(0.06, abs=0.015)
    none = build(60, 1, missing_share=0.0, nonresponse_share=0.0).tables["survey_wide"]
    assert len(none) == 60
    assert none[items].notna().all(axis=None)


def test_most_people_say_yes_and_the_willing_more_often(town, survey):
    yes = survey["lg1"].isin(["yes_full", "yes_part"])
    assert 0.68 < yes.mean() < 0.76
    want = town.tables["truth"].set_index("person_id")["want"].reindex(survey.index)
    assert want[yes].mean() > want[~yes].mean() + 0.5


def test_answers_of_one_unit_on_its_conditions_are_alike(town, survey, battery):
    unit = town.tables["staff"].set_index("person_id")["unit"].reindex(survey.index)
    manager = turned(survey, battery, "ctx_manager").mean(axis=1)
    between = manager.groupby(unit).mean().var()
    chance = manager.var() / unit.value_counts().mean()
    assert between > 2 * chance


def test_submissions_end_after_they_began_and_take_about_fourteen_minutes(survey):
    began, ended = pd.to_datetime(survey["started_at"]), pd.to_datetime(survey["submitted_at"])
    assert ((ended - began).dt.total_seconds() - survey["duration_s"]).abs().max() <= 1
    assert 9 * 60 < survey["duration_s"].median() < 18 * 60
    assert began.dt.day_of_week.max() <= 4


def test_links_are_unique_and_everybody_has_one(town):
    tokens = town.tables["tokens"]
    assert tokens["token"].is_unique
    assert set(tokens["person_id"]) == set(town.tables["staff"]["person_id"])
    assert tokens["token"].str.fullmatch("[A-Za-z2-9]{6}").all()


def test_everybody_who_answered_names_two_different_processes(town, survey):
    answers = town.tables["process_answers"]
    assert set(answers["person_id"]) == set(survey.index)
    assert answers.groupby("person_id")["rank"].apply(list).map(lambda r: r == [1, 2]).all()
    assert answers.groupby("person_id")["share_pct"].sum().max() <= 100
    assert (answers["hours_week"] - answers["share_pct"] * 0.4).abs().max() <= 10
    assert not town.processes.duplicated(["person_id", "process"]).any()
    assert town.processes["process"].nunique() > 70


def test_the_same_process_is_named_in_several_ways(town):
    told = town.tables["process_answers"]["text"].groupby(town.processes["process"]).nunique()
    assert (told[town.processes["process"].value_counts() > 10] >= 4).all()
    assert town.tables["process_answers"]["text"].str.len().between(5, 200).all()
