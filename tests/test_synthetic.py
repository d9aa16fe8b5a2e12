"""The invented municipality: same seed same bytes, tables as the data dictionary wants them, truth that data mirror."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.instruments.reading import load_instruments
from assessment.messages import problem_text
from assessment.problems import AssessmentError
from assessment.settings import read_settings
from assessment.synthetic.municipality import Municipality, build, make_municipality, sizes, write_demo

LONG = (
    "staff",
    "tokens",
    "observations",
    "sociometry",
    "attendance",
    "interviews",
    "consents",
    "process_answers",
    "outcomes",
)


@pytest.fixture(scope="module")
def town() -> Municipality:
    return build(600, 1)


@pytest.fixture(scope="module")
def instruments():
    found, problems = load_instruments()
    assert found is not None, problems
    return found


def scale_means(town: Municipality, instruments) -> pd.DataFrame:
    """Raw means per scale, reversed items turned, index person_id."""
    battery = instruments.battery
    survey = town.tables["survey_wide"]
    survey = survey.set_index(survey["token"].map(town.tables["tokens"].set_index("token")["person_id"]))
    means = {}
    for scale in battery.person_scales:
        items = {i.id: survey[i.id].astype(float) for i in battery.scale_items(scale) if i.id in survey}
        turned = {i: sum(battery.value_range(i)) - x if battery.reverse(i) else x for i, x in items.items()}
        means[scale] = pd.DataFrame(turned).mean(axis=1)
    return pd.DataFrame(means)


def truth_of(town: Municipality) -> pd.DataFrame:
    return town.tables["truth"].set_index("person_id")


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    for folder in ("one", "two"):
        write_demo(tmp_path / folder, 60, seed=4)
    first = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir()}
    assert {"staff.csv", "truth.csv", "campaign.yaml", "README.txt"} <= set(first)


def test_another_seed_gives_other_people():
    one, two = make_municipality(60, seed=1), make_municipality(60, seed=2)
    assert set(one["staff"]["full_name"]) != set(two["staff"]["full_name"])
    assert not np.allclose(one["truth"]["merit"], two["truth"]["merit"])


@settings(max_examples=12, deadline=None)
@given(people=st.integers(12, 150), seed=st.integers(0, 2**31))
def test_every_size_gives_whole_tables(people, seed):
    tables = make_municipality(people, seed)
    staff = set(tables["staff"]["person_id"])
    assert len(tables["staff"]) == len(staff) == len(tables["truth"]) == people
    for table, column in (("observations", "person_id"), ("sociometry", "chosen_id"), ("interviews", "person_id")):
        assert set(tables[table][column]) <= staff, table
    assert tables["interviews"]["person_id"].nunique() == sizes(people)[0]


def test_the_tables_have_the_columns_of_the_dictionary_in_its_order(town, instruments):
    for name in LONG:
        declared = [column.name for column in instruments.dictionary.tables[name].columns]
        assert list(town.tables[name].columns) == [c for c in declared if c in town.tables[name]], name
        required = [c.name for c in instruments.dictionary.tables[name].columns if c.required]
        assert not set(required) - set(town.tables[name].columns), name


def test_values_of_enumerated_columns_are_the_declared_ones(town, instruments):
    for name in LONG:
        for column in instruments.dictionary.tables[name].columns:
            if column.values and column.name in town.tables[name]:
                assert set(town.tables[name][column.name].dropna()) <= set(column.values), (name, column.name)


def test_the_questionnaire_asks_everything_and_answers_stay_on_their_scale(town, instruments):
    battery, survey = instruments.battery, town.tables["survey_wide"]
    for item in battery.ordinal_ids:
        low, high = battery.value_range(item)
        assert survey[item].dropna().between(low, high).all(), item
    for situation in battery.situations.values():
        most, least = survey[f"{situation.id}_most"], survey[f"{situation.id}_least"]
        assert set(most.dropna()) <= {option.id for option in situation.options}
        assert not (most == least).any()
    for condition in battery.conditions.values():
        codes = {code for cell in survey[condition.id].dropna() for code in cell.split(";")}
        known = {option.id for option in condition.options} or set(instruments.roles.roles)
        assert codes <= known, condition.id


def test_truth_has_merit_as_the_expert_weighted_sum_of_standard_domains(town, instruments):
    truth = truth_of(town)
    assert list(truth.columns) == ["merit", "want", "can", "endure", "lead", "careless", "self_presentation"]
    assert np.allclose(truth[["want", "can", "endure", "lead"]].std(ddof=0), 1, atol=1e-5)
    expected = 0.44 * truth["want"] + 0.22 * truth["can"] + 0.25 * truth["endure"] + 0.09 * truth["lead"]
    assert np.allclose(truth["merit"], expected, atol=1e-5)
    assert truth["careless"].mean() == pytest.approx(0.06, abs=0.03)


def test_domains_hang_together_but_are_not_one(town):
    correlations = truth_of(town)[["want", "can", "endure", "lead"]].corr().to_numpy()
    assert (correlations[np.triu_indices(4, 1)] > 0.2).all()
    assert (correlations[np.triu_indices(4, 1)] < 0.65).all()


def test_every_method_mirrors_the_truth_in_part(town, instruments):
    tables, truth, roles = town.tables, truth_of(town), instruments.roles
    scales = scale_means(town, instruments)
    for domain, floor in {"want": 0.62, "can": 0.55, "endure": 0.6, "lead": 0.45}.items():
        assert floor < scales[list(roles.domains[domain])].mean(axis=1).corr(truth[domain]) < 0.85, domain
    observed = tables["observations"].groupby("person_id")["rating"].mean().astype(float)
    assert 0.45 < observed.corr(truth["merit"]) < 0.75
    chosen = np.log1p(tables["sociometry"].groupby("chosen_id").size().reindex(truth.index).fillna(0))
    assert 0.3 < chosen.corr(truth["lead"]) < 0.7
    interviewed = tables["interviews"].groupby("person_id")["rating_initial"].mean()
    assert 0.25 < interviewed.corr(truth["merit"]) < 0.8


def test_nobody_can_tell_the_truth_from_noise_alone(instruments):
    clear = build(300, 3, self_view_sd=0, self_presentation_sd=0, careless_share=0, missing_share=0)
    muddy = build(300, 3, self_view_sd=2.0, careless_share=0.4)
    found = {}
    for name, world in (("clear", clear), ("muddy", muddy)):
        means = scale_means(world, instruments)[list(instruments.roles.domains["want"])].mean(axis=1)
        found[name] = means.corr(truth_of(world)["want"])
    assert found["clear"] > 0.85 > 0.6 > found["muddy"]


def test_a_knob_leaves_the_other_subjects_as_they_were():
    usual, severe = make_municipality(60, 5), make_municipality(60, 5, observer_sd=2.0)
    for table in ("staff", "survey_wide", "sociometry", "attendance", "truth"):
        pd.testing.assert_frame_equal(usual[table], severe[table])
    assert not usual["observations"]["rating"].equals(severe["observations"]["rating"])


def test_more_missing_answers_leave_the_given_ones_alike():
    few, many = (make_municipality(100, 5, missing_share=share)["survey_wide"] for share in (0.05, 0.25))
    items = [c for c in few.columns if c[:2] in ("sc", "pa", "in") and not c.endswith("_t")]
    few, many = few.set_index("token")[items], many.set_index("token")[items].reindex(few["token"])
    assert many.isna().to_numpy().mean() == pytest.approx(0.25, abs=0.05)
    both = few.notna() & many.notna()
    assert (few.where(both).fillna(0) == many.where(both).fillna(0)).all(axis=None)


def test_fewer_items_a_scale_can_be_given(instruments):
    asked = set(make_municipality(30, 1, items_per_scale=3)["survey_wide"].columns)
    for scale in instruments.battery.person_scales:
        assert len([i for i in instruments.battery.scale_items(scale) if i.id in asked]) == 3


def test_a_world_without_interviews_has_none():
    tables = make_municipality(60, 1, interviews=False)
    assert "interviews" not in tables
    assert "outcomes" not in tables


def test_an_unknown_knob_is_refused():
    with pytest.raises(TypeError):
        make_municipality(30, 1, observer_mood=3)


def test_the_settings_of_the_demo_are_read_without_a_problem(tmp_path, instruments):
    for people in (12, 120, 600):
        write_demo(tmp_path / str(people), people, interviews=False)
        read, problems = read_settings(tmp_path / str(people) / "campaign.yaml", instruments)
        assert problems == []
        assert read.invented
        assert (read.shortlist, read.team) == sizes(people)
    assert (read.shortlist, read.team) == (90, 30)


def test_the_readme_says_in_both_languages_that_all_is_invented(tmp_path):
    write_demo(tmp_path / "demo", 12)
    text = (tmp_path / "demo" / "README.txt").read_text(encoding="utf-8")
    assert "ВСЁ ВЫМЫШЛЕНО" in text
    assert "EVERYTHING HERE IS INVENTED" in text


def test_a_demo_is_written_over_a_demo_but_never_over_other_files(tmp_path):
    folder = tmp_path / "demo"
    write_demo(folder, 60, seed=1)
    write_demo(folder, 20, seed=2, interviews=False)
    assert not (folder / "interviews.csv").exists()
    assert len(pd.read_csv(folder / "staff.csv")) == 20
    office = tmp_path / "office"
    office.mkdir()
    (office / "staff.csv").write_text("person_id\nP1\n", encoding="utf-8")
    with pytest.raises(AssessmentError) as stopped:
        write_demo(office, 20)
    assert (office / "staff.csv").read_text(encoding="utf-8") == "person_id\nP1\n"
    assert "office" in problem_text(stopped.value.problems[0], "en")


@pytest.mark.parametrize("people", [-1, 0, 11, 10_001])
def test_a_size_that_cannot_be_is_said_in_words(people, tmp_path):
    with pytest.raises(AssessmentError) as stopped:
        write_demo(tmp_path / "demo", people)
    problem = stopped.value.problems[0]
    assert str(people) in problem_text(problem, "ru")
    assert not (tmp_path / "demo").exists()


def test_six_hundred_people_are_invented_in_two_seconds():
    from time import process_time

    begin = process_time()
    make_municipality(600, 2)
    assert process_time() - begin < 2.0


@pytest.mark.parametrize(("people", "seed"), [(20, 1), (120, 3), (600, 1)])
def test_the_importer_takes_the_demo_without_leaving_anything_out_but_what_consent_withholds(people, seed, tmp_path):
    from assessment.intake.folder import read_folder

    write_demo(tmp_path / "demo", people, seed)
    intake = read_folder(tmp_path / "demo")
    assert {problem.severity for problem in intake.problems} <= {"note"}, intake.problems
    consents = pd.read_csv(tmp_path / "demo" / "consents.csv")
    withdrawn = consents.loc[consents["withdrawn_at"].notna(), "person_id"]
    assert len(intake.campaign.people) == people - len(withdrawn)
    assert not set(intake.campaign.people) & set(withdrawn)
