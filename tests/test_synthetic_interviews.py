"""The invented interviews: whom a first cut by the data invites, two interviewers each, discussed gaps; consents."""

from __future__ import annotations

import pandas as pd
import pytest

from assessment.instruments.reading import load_instruments
from assessment.synthetic.municipality import Municipality, build


@pytest.fixture(scope="module")
def town() -> Municipality:
    return build(600, 1)


@pytest.fixture(scope="module")
def interviews(town) -> pd.DataFrame:
    return town.tables["interviews"]


def test_ninety_are_interviewed_who_said_yes_and_stayed(town, interviews):
    survey = town.tables["survey_wide"].merge(town.tables["tokens"], on="token").set_index("person_id")
    invited = interviews["person_id"].unique()
    assert len(invited) == 90
    assert survey.loc[invited, "lg1"].isin(["yes_full", "yes_part"]).all()
    consents = town.tables["consents"].query("purpose == 'selection'")
    assert not set(invited) & set(consents.loc[consents["withdrawn_at"].notna(), "person_id"])


def test_the_first_cut_is_better_than_chance_and_not_perfect(town, interviews):
    merit = town.tables["truth"].set_index("person_id")["merit"]
    hits = len(set(merit.nlargest(90).index) & set(interviews["person_id"])) / 90
    assert 0.35 < hits < 0.85


def test_everybody_gets_the_same_twelve_questions_from_two_interviewers(interviews):
    instruments, _ = load_instruments()
    each = interviews.groupby(["person_id", "interviewer_id"]).size()
    assert each.eq(2 * len(instruments.interview.competencies)).all()
    assert interviews.groupby("person_id")["interviewer_id"].nunique().eq(2).all()
    assert 6 <= interviews["interviewer_id"].nunique() <= 8
    assert not interviews.duplicated(["person_id", "interviewer_id", "competency_id", "question"]).any()


def test_only_gaps_of_two_are_discussed_and_the_first_rating_stays(interviews):
    key = ["person_id", "competency_id", "question"]
    spread = interviews.groupby(key)["rating_initial"].transform("max") - interviews.groupby(key)[
        "rating_initial"
    ].transform("min")
    changed = interviews["rating_final"].notna()
    assert changed.any()
    assert (spread[changed] >= 2).all()
    assert interviews.loc[changed, "change_reason"].notna().all()
    assert interviews.loc[~changed, "change_reason"].isna().all()
    assert (interviews.loc[changed, "rating_final"] != interviews.loc[changed, "rating_initial"]).all()
    assert interviews["rating_final"].dropna().between(1, 5).all()


def test_a_severe_interviewer_gives_lower_ratings(town, interviews):
    means = interviews.groupby("interviewer_id")["rating_initial"].mean()
    assert means.corr(town.interviewers) < -0.4


def test_knock_outs_are_declared_ones_and_never_go_with_a_place_in_the_team(interviews):
    instruments, _ = load_instruments()
    hard = {c.id for c in instruments.interview.conditions_block if c.knock_out}
    known = {c.id for c in instruments.interview.conditions_block}
    for recommendation, cell in interviews[["recommendation", "knock_outs"]].dropna().itertuples(index=False):
        codes = set(cell.split(";"))
        assert codes <= known
        assert not (codes & hard and recommendation == "team")
    assert set(interviews["role_fit"]) <= set(instruments.roles.roles)


def test_interviews_take_place_on_working_days(interviews):
    assert pd.to_datetime(interviews["interview_date"]).dt.day_of_week.max() <= 4


def test_outcomes_are_those_of_thirty_of_the_interviewed(town, interviews):
    outcomes = town.tables["outcomes"]
    assert len(outcomes) == 30
    assert set(outcomes["person_id"]) <= set(interviews["person_id"])
    assert outcomes[["contribution", "brought_others"]].isin([1, 2, 3, 4, 5]).all(axis=None)


def test_nearly_everybody_agrees_and_a_few_take_it_back(town):
    consents = town.tables["consents"]
    selection = consents[consents["purpose"] == "selection"]
    assert len(selection) == 600
    assert selection["given"].eq(1).all()
    assert 0.002 <= selection["withdrawn_at"].notna().mean() <= 0.04
    assert 0.92 <= consents.loc[consents["purpose"] == "peer_data", "given"].mean() < 1


def test_nobody_need_refuse():
    consents = build(60, 1, consent_refused=0.0, consent_withdrawn=0.0).tables["consents"]
    assert consents["withdrawn_at"].isna().all()
    assert consents.loc[consents["purpose"] == "peer_data", "given"].eq(1).all()
