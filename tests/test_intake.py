"""A folder becomes a campaign: order, strictness, inputs, speed; and nothing done to a file raises."""

from __future__ import annotations

import hashlib
import random
import re
import time
from pathlib import Path
from typing import Any

import pytest
from fixture_folder import (
    BATTERY,
    PEOPLE,
    all_consents,
    csv_text,
    found,
    notable,
    observation,
    one,
    read,
    sound_tables,
    table_rows,
    write_folder,
    write_workbook,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessment.campaign import Intake
from assessment.intake.folder import read_folder
from assessment.messages import has_text, problem_text
from assessment.problems import SEVERITIES


def spoken(intake: Intake) -> list[str]:
    """Every problem in both languages; a missing text or parameter raises."""
    return [problem_text(problem, language) for problem in intake.problems for language in ("ru", "en")]


def test_a_sound_folder_has_nothing_left_out(tmp_path: Path) -> None:
    intake = read(tmp_path)
    assert {p.severity for p in intake.problems} == {"note"}
    assert intake.campaign is not None
    assert list(intake.campaign.people) == PEOPLE
    assert intake.campaign.answers.columns.tolist() == list(BATTERY.ordinal_ids)
    assert intake.campaign.answers.dtypes.unique().tolist() == [float]


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    def shuffled(tables: dict[str, Any]) -> None:
        tables["consents"] = all_consents()
        for seed, rows in enumerate(tables.values()):
            random.Random(seed).shuffle(rows)

    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first = read(tmp_path / "a", lambda tables: tables.update(consents=all_consents())).campaign
    second = read(tmp_path / "b", shuffled).campaign
    assert first is not None
    assert second is not None
    for name, table in first.tables().items():
        assert table.equals(second.tables()[name]), name


def test_the_order_of_columns_changes_nothing(tmp_path: Path) -> None:
    def turned(tables: dict[str, Any]) -> None:
        for name, rows in tables.items():
            tables[name] = [dict(reversed(row.items())) for row in rows]

    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, second = read(tmp_path / "a").campaign, read(tmp_path / "b", turned).campaign
    assert first is not None
    assert second is not None
    for name, table in first.tables().items():
        assert table.equals(second.tables()[name][table.columns]), name


def test_a_folder_of_workbooks_gives_the_same_campaign(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    for name, rows in sound_tables().items():
        write_workbook(tmp_path / "b" / f"{name}.xlsx", table_rows(rows))
    text, books = read(tmp_path / "a"), read_folder(tmp_path / "b")
    assert notable(books) == []
    assert text.campaign is not None
    assert books.campaign is not None
    for name, table in text.campaign.tables().items():
        assert table.equals(books.campaign.tables()[name]), name


def test_strictness_turns_every_row_into_a_stop(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda t: t["observations"].append(observation("P999")), strict=True)
    assert one(intake, "person_unknown")[:3] == ("stop", "observations", 10)
    assert intake.campaign is None


def test_strictness_stops_nothing_sound(tmp_path: Path) -> None:
    assert read(tmp_path, strict=True).campaign is not None


def test_problems_stand_in_the_order_of_severity_table_and_row(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        tables["interviews"][1]["person_id"] = "P999"
        tables["observations"] += [observation("P999"), observation("P998")]
        tables["staff"][3]["rate"] = "x"
        tables["attendance"] = [{"person_id": "P001"}]

    problems = read(tmp_path, change).problems
    severities = [SEVERITIES.index(p.severity) for p in problems]
    assert severities == sorted(severities)
    assert [(p.table, p.row) for p in problems if p.severity == "row"] == [
        ("staff", 5), ("observations", 10), ("observations", 11), ("interviews", 3),
    ]  # fmt: skip


def test_faults_of_every_file_are_found_at_once(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        tables["attendance.csv"] = "\0" if tables.pop("attendance") else ""
        tables["tokens"] = [{"link": "T0"}]
        tables["campaign.yaml"] = "teem: 3\n"
        for row in tables["staff"]:
            del row["person_id"], row["personnel_no"]

    intake = read(tmp_path, change)
    assert {p.table for p in intake.problems if p.severity == "stop"} == {
        "attendance",
        "tokens",
        "staff",
        "campaign.yaml",
    }
    assert intake.campaign is None


def test_inputs_are_the_digests_of_every_file_read(tmp_path: Path) -> None:
    (tmp_path / "campaign" / "questionnaires").mkdir(parents=True)
    own = Path(__file__).parents[1] / "questionnaires" / "interview.yaml"
    (tmp_path / "campaign" / "questionnaires" / "interview.yaml").write_bytes(own.read_bytes())
    intake = read(
        tmp_path, lambda tables: tables.update({"campaign.yaml": "team: 3\n", "README.txt": "x", "truth.csv": "x"})
    )
    assert intake.campaign is not None
    inputs = intake.campaign.inputs
    assert list(inputs) == sorted(
        [*(f"{n}.csv" for n in sound_tables()), "campaign.yaml", "questionnaires/interview.yaml"]
    )
    for name, digest in inputs.items():
        assert digest == hashlib.sha256((tmp_path / "campaign" / name).read_bytes()).hexdigest()
    assert intake.campaign.settings.team == 3


def test_another_settings_file_may_be_named(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("team: 4\n")
    intake = read(tmp_path, lambda t: t.update({"campaign.yaml": "team: 3\n"}), settings_file=tmp_path / "other.yaml")
    assert intake.campaign is not None
    assert intake.campaign.settings.team == 4
    assert "other.yaml" in intake.campaign.inputs


def test_a_settings_file_that_is_not_there_stops(tmp_path: Path) -> None:
    intake = read(tmp_path, settings_file=tmp_path / "none.yaml")
    assert one(intake, "settings_missing")[0] == "stop"


def test_a_broken_questionnaire_stops(tmp_path: Path) -> None:
    (tmp_path / "campaign" / "questionnaires").mkdir(parents=True)
    (tmp_path / "campaign" / "questionnaires" / "battery.yaml").write_text("id: [")
    intake = read(tmp_path)
    assert any(p.severity == "stop" and p.table == "battery.yaml" for p in intake.problems)
    assert intake.campaign is None


def test_a_file_in_place_of_the_questionnaires_stops(tmp_path: Path) -> None:
    intake = read(tmp_path, lambda tables: tables.update(questionnaires="x"))
    assert intake.campaign is None
    assert one(intake, "questionnaires_no_folder")[0] == "stop"


def test_a_foreign_questionnaire_needs_no_code(tmp_path: Path) -> None:
    folder = tmp_path / "campaign" / "questionnaires"
    folder.mkdir(parents=True)
    (folder / "battery.yaml").write_text(
        "id: bfi\nversion: '1'\nlanguages: [en]\n"
        "response_formats: {likert: {type: ordinal, values: [0, 1, 2, 3], labels: {en: [Never, Low, High, Always]}}}\n"
        "domains: {mind: {en: Mind}}\nscales: {open: {domain: mind, name: {en: Openness}}}\n"
        "items:\n"
        "  - {id: O_1, scale: open, key: 1, format: likert, en: I like ideas.}\n"
        "  - {id: O_2, scale: open, key: -1, format: likert, en: I avoid books.}\n"
        "  - {id: O_3, scale: open, key: 1, format: likert, en: I enjoy art.}\n"
    )
    rows = [
        {"person_id": p, "o_1": n % 4, "I avoid books": "High", "O3": 4 if n == 2 else "A2"}
        for n, p in enumerate(PEOPLE)
    ]
    tables = {"staff": [{"person_id": p} for p in PEOPLE], "survey_wide": rows}
    intake = read_folder(write_folder(tmp_path / "campaign", tables))
    assert one(intake, "answer_off_scale") == ("row", "survey_wide", 4, "O_3", "4")
    assert intake.campaign is not None
    assert intake.campaign.answers.loc["P002"].tolist() == [1.0, 2.0, 1.0]


def test_every_code_has_its_text_in_both_languages(tmp_path: Path) -> None:
    codes = set()
    for path in (Path(__file__).parents[1] / "assessment" / "intake").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        codes |= set(re.findall(r'(?:Problem|WorkbookFault|counted|note)\(\s*"([a-z0-9_]+)"', text))
    assert len(codes) > 50
    for language in ("ru", "en"):
        assert [code for code in sorted(codes) if not has_text("problem." + code, language)] == []


def test_every_problem_found_here_can_be_said(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        tables["staff"] += [dict(tables["staff"][0]), {**tables["staff"][1], "unit": "U9"}, {"person_id": ""}]
        tables["staff"][4].update(status="Уволен", gender="?", rate="x", hire_date="31.02.2020")
        tables["survey_wide"][0].update(sc1=9, sc2="x", sj1_most="d", lg3="a;b;c;d", submitted_at="?", extra="1")
        tables["survey_wide"].append({**tables["survey_wide"][5], "sc1": 4})
        tables["tokens"] += [{"token": "T5", "person_id": "P001"}, {"token": "T77", "person_id": "P001"}]
        tables["observations"] += [observation("P001", rating=r) for r in (4, 9, "x", "")] + [observation("P999")]
        tables["sociometry"] += [dict(tables["sociometry"][0]), {**tables["sociometry"][0], "chosen_id": "P001"}]
        tables["intervews.csv"] = "a\n"
        tables["decisions.csv"] = ""

    intake = read(tmp_path, change)
    texts = spoken(intake)
    assert len({p.code for p in intake.problems}) > 15
    assert all(texts)
    assert not [text for text in texts if "{" in text]


JUNK = st.sampled_from(
    ["", "-", "x" * 300, "9e99", "NaN", "31.02.2026", "00", "-1", "1e5", "'; DROP", "=1+1", "🙂", "\u202e", "a;b;c",
     "P001", "a,b\n\"c\"", "true"]
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_stands_in_a_cell_nothing_raises(tmp_path: Path, data: st.DataObject) -> None:
    tables = sound_tables()
    tables["consents"] = all_consents()
    for _ in range(data.draw(st.integers(1, 6))):
        rows = tables[data.draw(st.sampled_from(sorted(tables)))]
        row = data.draw(st.sampled_from(rows))
        row[data.draw(st.sampled_from(sorted(row)))] = data.draw(JUNK | st.text(max_size=8))
    files = {f"{name}.csv": csv_text(rows).encode("utf-8", "replace") for name, rows in tables.items()}
    intake = read_folder(write_folder(tmp_path / "campaign", files))
    assert (intake.campaign is None) == any(p.severity == "stop" for p in intake.problems)
    assert all(spoken(intake))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_bytes_are_damaged_nothing_raises(tmp_path: Path, data: st.DataObject) -> None:
    folder = tmp_path / "campaign"
    if not folder.exists():
        write_folder(folder, {k: v for k, v in sound_tables().items() if k in ("survey_wide", "tokens")})
    name = data.draw(st.sampled_from(["staff.csv", "staff.xlsx"]))
    rows = sound_tables()["staff"]
    if name == "staff.csv":
        content = bytearray(csv_text(rows).encode())
    else:
        source = tmp_path / "source.xlsx"
        if not source.exists():
            write_workbook(source, table_rows(rows))
        content = bytearray(source.read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        content = content[: data.draw(st.integers(0, len(content)))]
    for old in folder.glob("staff.*"):
        old.unlink()
    (folder / name).write_bytes(bytes(content))
    intake = read_folder(folder)
    assert (intake.campaign is None) == any(p.severity == "stop" for p in intake.problems)
    assert all(spoken(intake))


def large(people: int) -> dict[str, Any]:
    tables = sound_tables()
    rng = random.Random(1)
    ids = [f"P{n:05d}" for n in range(people)]
    answers = [{**tables["survey_wide"][0], "token": f"T{n}"} for n in range(people)]
    for row in answers:
        row.update({name: rng.choice(BATTERY.format_of(name).values) for name in BATTERY.ordinal_ids})
    staff = [{**tables["staff"][0], "person_id": p, "personnel_no": p, "full_name": p} for p in ids]
    ratings = [
        observation(
            ids[n % people], f"O{n // people}", activity_id=f"A{n // people}", rating=rng.randint(1, 5), evidence="fact"
        )
        for n in range(20_000)
    ]
    tokens = [{"token": f"T{n}", "person_id": p} for n, p in enumerate(ids)]
    return {"staff": staff, "survey_wide": answers, "tokens": tokens, "observations": ratings}


def test_six_hundred_people_and_twenty_thousand_ratings_take_less_than_a_second(tmp_path: Path) -> None:
    write_folder(tmp_path, large(600))
    read_folder(tmp_path)  # libraries and shipped instruments
    times = []
    for _ in range(3):
        start = time.process_time()
        intake = read_folder(tmp_path)
        times.append(time.process_time() - start)
    assert notable(intake) == []
    assert intake.campaign is not None
    assert len(intake.campaign.observations) == 20_000
    assert min(times) < 1.0


@pytest.mark.parametrize("people", [60])
def test_the_invented_municipality_reads_without_a_fault(tmp_path: Path, people: int) -> None:
    from assessment.synthetic.municipality import write_demo

    write_demo(tmp_path / "demo", people=people, seed=3)
    intake = read_folder(tmp_path / "demo")
    assert notable(intake) == []
    assert intake.campaign is not None
    assert found(intake, "file_unknown") == found(intake, "column_unknown") == []
    spoken(intake)
