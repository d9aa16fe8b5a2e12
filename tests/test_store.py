"""The store: campaigns come back as they were, editors do not overwrite each other, only known results are opened."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from fixture_campaign import PEOPLE, assert_equal, own_instruments, small_campaign

from assessment.campaign import Criteria
from assessment.decisions import SHORTLIST, TEAM, Decision
from assessment.problems import NOTE, ROW, AssessmentError, Problem
from assessment.store.store import NotStorable, Scenario, Store


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "data" / "s.db") as opened:
        yield opened


@pytest.fixture
def campaign_id(store):
    return store.add_campaign(small_campaign()).id


def codes(problems):
    return [problem.code for problem in problems]


class TestCampaigns:
    def test_a_campaign_comes_back_in_every_part_after_the_store_was_closed(self, tmp_path):
        campaign = small_campaign()
        with Store(tmp_path / "s.db") as first:
            info = first.add_campaign(campaign)
        with Store(tmp_path / "s.db") as second:
            assert_equal(second.load(info.id), campaign)

    def test_its_line_in_the_list_says_name_size_and_fingerprint(self, store):
        campaign = small_campaign()
        info = store.add_campaign(campaign)
        assert store.campaigns() == [info]
        assert (info.name, info.people, info.revision, info.invented) == ("Предгорный", 4, 1, True)
        assert info.fingerprint == campaign.revision
        assert store.campaign(info.id) == info

    def test_a_further_import_is_a_revision_and_the_earlier_one_stays(self, store):
        first = small_campaign()
        second = small_campaign(inputs={"staff.csv": "ef" * 32}, answers=first.answers + 1)
        info = store.add_campaign(first)
        after = store.add_campaign(second, campaign_id=info.id, author="Т. Орлова")
        assert after.id == info.id and after.revision == 2
        assert_equal(store.load(info.id), second)
        assert_equal(store.load(info.id, 1), first)
        assert [(r.number, r.author) for r in store.revisions(info.id)] == [(1, ""), (2, "Т. Орлова")]

    def test_problems_of_the_import_come_back_in_order_with_their_parameters(self, store):
        found = [
            Problem("b", ROW, {"n": 3, "ids": ("P1",), "share": 0.5}, "staff", 4, "unit", "ЖКХ"),
            Problem("a", NOTE),
        ]
        info = store.add_campaign(small_campaign(), found)
        assert store.problems(info.id) == found

    def test_questionnaires_of_its_own_come_back_with_it(self, store, tmp_path):
        campaign = small_campaign(instruments=own_instruments(tmp_path / "q"))
        info = store.add_campaign(campaign, questionnaires=tmp_path / "q")
        back = store.load(info.id)
        assert back.instruments.files["consent.yaml"] == "campaign"
        assert_equal(back, campaign)

    def test_questionnaires_that_are_not_those_that_were_read_are_refused(self, store, tmp_path):
        campaign = small_campaign(instruments=own_instruments(tmp_path / "q"))
        with pytest.raises(NotStorable, match=r"consent\.yaml"):
            store.add_campaign(campaign)
        with pytest.raises(NotStorable, match=r"consent\.yaml"):
            store.add_campaign(campaign, questionnaires={"consent.yaml": b"id: other"})
        assert store.campaigns() == []

    def test_answers_keep_the_questionnaire_they_were_given_under_when_a_newer_one_is_shipped(self, store, campaign_id):
        assert store.load(campaign_id).instruments.battery.version == "1.0"
        with sqlite3.connect(store.folder / "s.db") as raw:  # as if it had been stored before today's was shipped
            where = "WHERE file = 'battery.yaml'"
            text = raw.execute(f"SELECT content FROM questionnaires {where}").fetchone()[0]
            assert text.count(b'version: "1.0"') == 1
            older = text.replace(b'version: "1.0"', b'version: "0.9"')
            raw.execute(f"UPDATE questionnaires SET content = ? {where}", (older,))
        raw.close()
        assert store.load(campaign_id).instruments.battery.version == "0.9"

    def test_names_stand_in_a_table_of_their_own_and_in_no_other(self, store, campaign_id):
        with sqlite3.connect(store.folder / "s.db") as raw:
            found = dict(raw.execute("SELECT person_id, full_name FROM names").fetchall())
            tables = [row[0] for row in raw.execute("SELECT name FROM tables")]
        assert found["0007"] == "Юлия «Ё» О'Нил"
        assert "names" not in tables

    def test_a_table_that_would_change_is_refused_and_nothing_is_stored(self, store):
        campaign = small_campaign()
        broken = replace(campaign, staff=campaign.staff.assign(odd=[object()] * 4))
        with pytest.raises(NotStorable):
            store.add_campaign(broken)
        assert store.campaigns() == []

    def test_an_empty_store_takes_the_demo_and_a_full_one_leaves_it(self, store):
        first = store.add_campaign(small_campaign(), only_if_empty=True)
        again = store.add_campaign(small_campaign(), only_if_empty=True)
        assert again == first and len(store.campaigns()) == 1

    def test_an_unknown_campaign_or_revision_is_a_key_error(self, store, campaign_id):
        for act in (
            lambda: store.load("c9"), lambda: store.load(campaign_id, 7), lambda: store.campaign("c9"),
            lambda: store.decide("c9", []), lambda: store.head("c9"), lambda: store.save_result("c9", "k", 1),
            lambda: store.add_campaign(small_campaign(), campaign_id="c9"),
        ):  # fmt: skip
            with pytest.raises(KeyError):
                act()


class TestErasing:
    def test_erasing_takes_data_names_and_results_and_leaves_the_record_with_who_and_why(self, store, campaign_id):
        store.decide(campaign_id, Decision("P2", SHORTLIST, "A", "a reason"))
        store.save_result(campaign_id, "k", 1)
        outcome = store.erase(campaign_id, "Т. Орлова", "отбор закончен")
        assert outcome.done
        assert store.campaigns() == []
        with pytest.raises(KeyError):
            store.load(campaign_id)
        last = store.record(campaign_id)[-1]
        assert (last.kind, last.author, last.reason) == ("erasure", "Т. Орлова", "отбор закончен")
        assert store.verify(campaign_id) == []
        assert list((store.folder / campaign_id).iterdir()) == []

    def test_no_name_is_left_in_the_files_after_erasing(self, store, campaign_id):
        store.erase(campaign_id, "A", "done with it")
        store.close()
        content = b"".join(path.read_bytes() for path in store.folder.glob("s.db*"))
        assert "Юлия".encode() not in content

    def test_earlier_imports_alone_can_be_erased(self, store, campaign_id):
        second = small_campaign(inputs={})
        store.add_campaign(second, campaign_id=campaign_id)
        assert store.erase(campaign_id, "A", "old data", keep_current=True).done
        assert [r.number for r in store.revisions(campaign_id)] == [2]
        assert_equal(store.load(campaign_id), second)

    def test_erasing_needs_a_reason(self, store, campaign_id):
        assert codes(store.erase(campaign_id, "", "").problems) == ["decision_no_author", "decision_no_reason"]
        assert store.load(campaign_id) is not None

    def test_an_erased_campaign_never_gives_its_id_to_another(self, store, campaign_id):
        store.erase(campaign_id, "A", "done with it")
        assert store.add_campaign(small_campaign()).id != campaign_id


class TestRules:
    def test_the_first_version_is_empty(self, store, campaign_id):
        assert (store.rules(campaign_id, "team").version, store.rules(campaign_id, "team").text) == (0, "")

    def test_a_new_version_is_in_force_and_the_old_ones_stay(self, store, campaign_id):
        assert store.save_rules(campaign_id, "team", "size: 30", "A", "first try", 0).done
        assert store.save_rules(campaign_id, "team", "size: 29", "B", "one left", 1).done
        assert store.rules(campaign_id, "team").text == "size: 29"
        assert [v.text for v in store.rules_history(campaign_id, "team")] == ["", "size: 30", "size: 29"]
        assert store.rules(campaign_id, "shortlist").version == 0

    def test_whoever_edits_an_outdated_version_is_shown_the_one_in_force(self, store, campaign_id):
        store.save_rules(campaign_id, "team", "size: 30", "Т. Орлова", "first try", 0)
        outcome = store.save_rules(campaign_id, "team", "size: 28", "B", "mine", 0)
        assert codes(outcome.problems) == ["changed_meanwhile"]
        assert outcome.problems[0].params["author"] == "Т. Орлова"
        assert outcome.current.text == store.rules(campaign_id, "team").text == "size: 30"

    def test_rules_without_author_and_reason_are_not_taken(self, store, campaign_id):
        outcome = store.save_rules(campaign_id, "team", "size: 30", "", "", 0)
        assert codes(outcome.problems) == ["decision_no_author", "decision_no_reason"]
        assert outcome.current.version == 0

    def test_rules_belong_to_the_shortlist_or_the_team(self, store, campaign_id):
        with pytest.raises(KeyError):
            store.save_rules(campaign_id, "pool", "", "A", "why", 0)


class TestScenariosAndPreferences:
    def test_scenarios_come_back_numbered_with_their_criteria(self, store, campaign_id):
        mine = Scenario("Осторожный", "A", Criteria(weights={"want": 0.6, "can": 0.4}, balance=-1.0, reading="plain"),
                        rules="size: 30", comment="для встречи", seed=7, input_hash="abc")  # fmt: skip
        first = store.save_scenario(campaign_id, mine)
        second = store.save_scenario(campaign_id, replace(mine, name="Смелый"))
        assert (first.number, second.number) == (1, 2)
        assert store.scenarios(campaign_id) == [first, second]
        assert replace(first, number=0, created_at="") == mine

    def test_a_preference_is_kept_per_owner_and_can_change(self, store):
        store.set_preference("orlova", "columns", ["rank", "unit"])
        store.set_preference("orlova", "columns", ("rank",))
        assert store.preference("orlova", "columns") == ("rank",)
        assert store.preference("other", "columns", 5) == 5


class TestResults:
    VALUE = {"z": np.arange(6, dtype="float32").reshape(2, 3), "frame": pd.DataFrame({"a": [1, 2]})}

    def test_a_result_comes_back(self, store, campaign_id):
        store.save_result(campaign_id, "rev-1", self.VALUE)
        back = store.load_result(campaign_id, "rev-1")
        assert np.array_equal(back["z"], self.VALUE["z"]) and back["z"].dtype == np.float32
        pd.testing.assert_frame_equal(back["frame"], self.VALUE["frame"])

    def test_there_is_none_under_another_key(self, store, campaign_id):
        store.save_result(campaign_id, "rev-1", 1)
        assert store.load_result(campaign_id, "rev-2") is None

    def test_a_file_whose_bytes_changed_is_refused_and_never_opened(self, store, campaign_id):
        import pickle

        sha = store.save_result(campaign_id, "k", [1, 2, 3])
        trap = store.folder / "opened"

        class Trap:
            def __reduce__(self):
                return (open, (str(trap), "w"))

        (store.folder / campaign_id / f"{sha}.joblib").write_bytes(pickle.dumps(Trap()))
        with pytest.raises(AssessmentError, match="store_result_altered"):
            store.load_result(campaign_id, "k")
        assert not trap.exists()

    def test_a_file_put_there_by_others_is_not_found(self, store, campaign_id):
        import joblib

        (store.folder / campaign_id).mkdir(exist_ok=True)
        joblib.dump([1], store.folder / campaign_id / "x.joblib")
        assert store.load_result(campaign_id, "x") is None

    def test_a_file_that_is_gone_counts_as_no_result(self, store, campaign_id):
        sha = store.save_result(campaign_id, "k", 1)
        (store.folder / campaign_id / f"{sha}.joblib").unlink()
        assert store.load_result(campaign_id, "k") is None

    def test_a_replaced_result_takes_its_old_file_along_unless_another_key_needs_it(self, store, campaign_id):
        old = store.save_result(campaign_id, "k", 1)
        shared = store.save_result(campaign_id, "l", 1)
        assert old == shared
        store.save_result(campaign_id, "k", 2)
        assert store.load_result(campaign_id, "l") == 1
        store.save_result(campaign_id, "l", 2)
        assert len(list((store.folder / campaign_id).iterdir())) == 1

    def test_only_the_newest_few_are_kept(self, store, campaign_id):
        from assessment.store.results import KEPT

        for number in range(KEPT + 3):
            store.save_result(campaign_id, f"k{number}", number)
        there = [store.load_result(campaign_id, f"k{number}") for number in range(KEPT + 3)]
        assert there == [None] * 3 + list(range(3, KEPT + 3))
        assert len(list((store.folder / campaign_id).iterdir())) == KEPT

    def test_another_version_of_the_program_does_not_see_it(self, store, campaign_id, monkeypatch):
        from assessment.store import results as store_results

        store.save_result(campaign_id, "k", 1)
        monkeypatch.setattr(store_results, "program_fingerprint", lambda: "later")
        assert store.load_result(campaign_id, "k") is None

    def test_the_file_is_named_by_the_hash_of_its_bytes(self, store, campaign_id):
        sha = store.save_result(campaign_id, "k", self.VALUE)
        content = (store.folder / campaign_id / f"{sha}.joblib").read_bytes()
        assert hashlib.sha256(content).hexdigest() == sha


class TestTheMachine:
    def test_a_backup_taken_in_use_opens_as_a_store(self, store, campaign_id, tmp_path):
        store.decide(campaign_id, Decision("P2", SHORTLIST, "A", "a reason"))
        store.backup(tmp_path / "copy.db")
        with Store(tmp_path / "copy.db") as copy:
            assert copy.stages(campaign_id) == {"P2": SHORTLIST}
            assert_equal(copy.load(campaign_id), store.load(campaign_id))
        with pytest.raises(AssessmentError, match="store_backup_exists"):
            store.backup(tmp_path / "copy.db")

    def test_a_file_that_is_no_database_is_a_problem_in_words(self, tmp_path):
        (tmp_path / "s.db").write_bytes(b"not a database at all, just text" * 100)
        with pytest.raises(AssessmentError, match="store_damaged"):
            Store(tmp_path / "s.db")

    def test_a_database_of_another_version_is_a_problem_in_words(self, store, tmp_path):
        store.close()
        with sqlite3.connect(store.folder / "s.db") as raw:
            raw.execute("UPDATE facts SET value = '99' WHERE key = 'schema'")
        raw.close()
        with pytest.raises(AssessmentError, match="store_other_version"):
            Store(store.folder / "s.db")

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
    def test_nobody_else_on_the_machine_may_read_the_data(self, store):
        assert stat.S_IMODE((store.folder / "s.db").stat().st_mode) == 0o600
        assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700

    def test_it_says_that_it_answers(self, store):
        assert store.answers()

    def test_a_server_needs_a_folder_for_results(self):
        with pytest.raises(ValueError, match="folder"):
            Store("postgresql://db/x")


def test_people_of_a_campaign_are_known_by_ids_with_leading_zeros(store, campaign_id):
    outcome = store.decide(campaign_id, [Decision(p, SHORTLIST, "A", "a reason") for p in PEOPLE])
    assert outcome.done and set(store.stages(campaign_id)) == set(PEOPLE)
    assert codes(store.decide(campaign_id, Decision("7", TEAM, "A", "a reason")).problems) == [
        "decision_unknown_person"
    ]
