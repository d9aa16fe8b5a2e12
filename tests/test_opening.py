"""Opening: where data rest, the invented municipality in an empty store, and results computed once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import joblib
import pandas as pd
import pytest
from fixture_campaign import assert_equal, small_campaign

from assessment import funnel, opening
from assessment.campaign import Campaign
from assessment.problems import AssessmentError, Problem
from assessment.store.store import Store


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Every test has a data folder of its own."""
    monkeypatch.setenv("CHANGE_TEAM_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("CHANGE_TEAM_STORE", raising=False)


def test_data_rest_beside_run_py_unless_another_folder_is_named(tmp_path, monkeypatch):
    assert opening.data_folder() == tmp_path / "data"
    monkeypatch.delenv("CHANGE_TEAM_DATA")
    assert opening.data_folder() == Path(opening.__file__).parents[1] / "data"


def test_the_data_folder_is_made_and_is_not_part_of_the_sources(tmp_path):
    with opening.open_store() as store:
        assert store.folder == tmp_path / "data" and (tmp_path / "data" / opening.DATABASE_FILE).is_file()
    ignored = (Path(opening.__file__).parents[1] / ".gitignore").read_text().split()
    assert "/data/" in ignored


def test_one_setting_names_another_file(tmp_path, monkeypatch):
    monkeypatch.setenv("CHANGE_TEAM_STORE", str(tmp_path / "other" / "s.db"))
    with opening.open_store() as store:
        assert store.folder == tmp_path / "other"


def test_the_same_setting_names_a_database_server(monkeypatch, tmp_path):
    seen = []
    monkeypatch.setenv("CHANGE_TEAM_STORE", "postgresql://db.example/team")
    monkeypatch.setattr("assessment.store.store.Store", lambda location, folder: seen.append((location, folder)))
    opening.open_store()
    assert seen == [("postgresql://db.example/team", tmp_path / "data")]


@pytest.fixture
def computed(monkeypatch):
    """Counts what would be computed, in place of the funnel."""
    calls = []
    monkeypatch.setattr(opening, "computed", lambda store, info: calls.append(info.id))
    return calls


def test_an_empty_store_gets_the_invented_municipality_in_two_visible_lines(tmp_path, monkeypatch, computed):
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    lines: list[str] = []
    with opening.open_store() as store:
        assert opening.ensure_demo(store, people=40, say=lines.append)
        info = store.campaigns()[0]
        assert (info.people, info.invented) == (40, True) and info.name
        campaign = store.load(info.id)
        assert campaign.settings.invented and len(campaign.answers) > 20 and len(campaign.names) == 40
        assert computed == [info.id]
    assert lines[0] == "The store is empty: inventing a municipality of 40 people…" and lines[1].startswith("Done in")


def test_a_store_that_holds_something_is_left_alone(computed):
    lines: list[str] = []
    with opening.open_store() as store:
        store.add_campaign(small_campaign())
        assert not opening.ensure_demo(store, say=lines.append)
        assert len(store.campaigns()) == 1
    assert lines == [] and computed == []


def test_an_invention_that_does_not_pass_the_import_is_loud(computed, monkeypatch):
    from assessment.campaign import Intake
    from assessment.intake import folder as intake

    refused = Intake(None, (Problem("store_busy", params={"detail": "x"}),))
    monkeypatch.setattr(intake, "read_folder", lambda folder: refused)
    with opening.open_store() as store, pytest.raises(AssessmentError, match="store_busy"):
        opening.ensure_demo(store, people=40, say=lambda line: None)


@dataclass
class Figures:
    """Measures as far as keeping them is concerned: the campaign they were taken from, and what was kept in passing."""

    campaign: Campaign | None
    cache: dict[str, object] = field(default_factory=lambda: {"large": "array"})


@pytest.fixture
def funnel_runs(monkeypatch):
    """A funnel that only counts and hands the campaign back inside a result."""
    runs = []

    def run(campaign, seed=1, progress=None):
        runs.append(campaign.revision)
        empty = pd.DataFrame({"rank": [1, 2]})
        return funnel.Result(campaign, Figures(campaign), empty, empty, empty, empty, {}, [])  # type: ignore[arg-type]

    monkeypatch.setattr(funnel, "run", run)
    return runs


def test_a_result_is_computed_once_and_comes_back_with_its_campaign(tmp_path, funnel_runs):
    campaign = small_campaign()
    with opening.open_store() as store:
        info = store.add_campaign(campaign)
        first = opening.computed(store, info)
    with opening.open_store() as store:
        again = opening.computed(store, store.campaigns()[0])
    assert len(funnel_runs) == 1
    assert_equal(again.campaign, campaign)
    assert_equal(again.measures.campaign, campaign)
    pd.testing.assert_frame_equal(again.ranking, first.ranking)


def test_another_seed_or_another_import_is_computed_anew(funnel_runs):
    with opening.open_store() as store:
        info = store.add_campaign(small_campaign())
        opening.computed(store, info)
        opening.computed(store, info, seed=2)
        opening.computed(store, store.add_campaign(small_campaign(inputs={}), campaign_id=info.id))
    assert len(funnel_runs) == 3


def test_no_name_stands_in_a_result_file(tmp_path):
    """The real funnel: a name in the campaign, in the measures or in what they kept would be found."""
    with opening.open_store() as store:
        opening.ensure_demo(store, people=40, say=lambda line: None)
        info = store.campaigns()[0]
        names = store.load(info.id).names["full_name"].dropna()
        files = list((tmp_path / "data" / info.id).iterdir())
    assert len(files) == 1 and len(names) > 20
    kept = repr(vars(joblib.load(files[0]))) + repr(vars(joblib.load(files[0]).measures))
    raw = files[0].read_bytes()
    assert not [name for name in names if name.encode() in raw or name in kept]


def test_a_refusal_is_told_in_the_language_of_the_console(monkeypatch):
    error = AssessmentError(Problem("store_busy", params={"detail": "locked"}))
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    assert opening.refusal(error).startswith("The database was busy")
    monkeypatch.setenv("LANG", "ru_RU.UTF-8")
    assert opening.refusal(error).startswith("База данных занята")


def test_each_process_has_one_store(monkeypatch):
    opening._shared.cache_clear()
    try:
        assert isinstance(opening.shared_store(), Store) and opening.shared_store() is opening.shared_store()
    finally:
        opening.shared_store().close()
        opening._shared.cache_clear()

