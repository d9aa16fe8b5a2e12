"""The invented staff: an organisation like a real one, names that bend rightly, numbers as an office keeps them."""

from __future__ import annotations

import pandas as pd
import pytest

from assessment.instruments.reading import load_instruments
from assessment.synthetic.municipality import make_municipality
from assessment.synthetic.process_words import IDEAS, SYSTEMS, processes
from assessment.synthetic.units import ADMINISTRATION_UNITS, SUBORDINATE_UNITS, choose_units
from assessment.synthetic.words import given_names, latin, patronymics, surnames


@pytest.fixture(scope="module")
def staff() -> pd.DataFrame:
    return make_municipality(600, 1)["staff"]


def test_two_thirds_work_in_the_administration_and_about_thirty_units_exist(staff):
    assert (staff["org_type"] == "administration").sum() == 400
    assert 28 <= staff["unit"].nunique() <= 36
    assert set(staff.loc[staff["org_id"] == "ADM", "org_type"]) == {"administration"}


def test_every_unit_has_one_at_its_head_whom_the_others_report_to(staff):
    for unit, people in staff.groupby("unit"):
        numbers = set(people["manager_personnel_no"].dropna())
        assert len(numbers) == 1, unit
        head = people[people["personnel_no"].isin(numbers)]
        assert head["position"].str.startswith(("Начальник", "Директор")).all(), unit
        assert head["manager_personnel_no"].isna().all(), unit


def test_personnel_numbers_keep_zeros_and_are_unique_inside_one_organisation_only(staff):
    assert staff["personnel_no"].str.fullmatch(r"0000-\d{5}").all()
    assert not staff.duplicated(["org_id", "personnel_no"]).any()
    assert staff["personnel_no"].duplicated().any()


def test_full_names_bend_with_gender_and_hardly_repeat(staff):
    parts = staff["full_name"].str.split(expand=True)
    women = staff["gender"] == "f"
    assert parts[2][women].str.endswith("на").all()
    assert parts[2][~women].str.endswith("ич").all()
    assert not parts[0][~women].str.endswith(("ова", "ева", "ина", "ая")).any()
    assert not parts[0][women].str.endswith(("ов", "ев", "ёв", "ин", "ий")).any()
    assert 594 <= staff["full_name"].nunique() < 600


def test_women_and_men_have_their_own_forms_of_the_same_words():
    assert len(surnames("f")) == len(surnames("m")) > 150
    assert len(patronymics("f")) == len(patronymics("m")) > 30
    assert not set(given_names("f")) & set(given_names("m"))


def test_mail_addresses_are_unique_and_lead_nowhere(staff):
    assert staff["work_email"].is_unique
    assert staff["work_email"].str.fullmatch(r"[a-z.0-9]+@tihoozersk\.example").all()
    assert latin("Щербакова") == "shcherbakova"


def test_nobody_was_hired_as_a_child(staff):
    hired = pd.to_datetime(staff["hire_date"])
    assert (hired.dt.year - staff["birth_year"] >= 20).all()
    assert (hired < "2026-02-09").all()


def test_leaders_cost_more(staff):
    cost = staff.groupby("level")["monthly_cost"].mean()
    assert cost["specialist"] < cost["lead"] < cost["head_of_unit"] < cost["head"]


def test_function_areas_and_processes_are_those_of_the_catalogue(staff):
    instruments, _ = load_instruments()
    areas = {area["id"]: area["ru"] for area in instruments.catalogue["areas"]}
    assert set(staff["function_area"]) <= set(areas.values())
    assert set(processes()) <= set(areas)
    assert set(SYSTEMS) <= set(processes())
    for unit in (*ADMINISTRATION_UNITS, *SUBORDINATE_UNITS):
        assert set(unit.areas) <= set(processes()), unit.name
    causes = {o["v"] for f in instruments.processes["fields"] if f["id"] == "cause" for o in f["options"]}
    assert set(IDEAS) == causes


@pytest.mark.parametrize("people", [12, 20, 60, 120, 300])
def test_a_small_municipality_has_fewer_units_of_both_kinds(people):
    administration, subordinate = choose_units(people)
    staff = make_municipality(people, 1)["staff"]
    assert staff["unit"].nunique() == len(administration) + len(subordinate)
    assert set(staff["org_type"]) == {"administration", "subordinate"}
