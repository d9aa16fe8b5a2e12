"""compose: a pool and rules in, a list and its certificate out, or every problem and nothing else."""

import csv
import hashlib
import json
from pathlib import Path

import pytest

from assessment.choosing.compose import compose_files
from assessment.messages import LANGUAGES

POOL = """person_id,score,unit,gender,birth_year,roles,processes,fit_lead,want
0001,0.9,U01,f,1980,lead;analyst,88;94,0.4,0.9
0002,0.8,U01,m,1992,analyst,88,,0.8
0003,0.7,U02,f,1985,,94,,0.2
0004,0.6,U02,m,1991,lead,1,-0.2,0.7
0005,0.5,U03,f,1970,analyst;lead,,0.1,0.6
0006,0.4,U03,m,1999,lead,88,0.9,0.5
"""
RULES = """
size: 3
objective: {score: score, coverage: {column: processes, weights: {"88": 1.2}, first: 1.0, second: 0.4, factor: 0.5}}
rules:
  - {id: u01,    where: {unit: U01}, count: [0, 1]}
  - {id: units,  each: unit, count: [0, 2]}
  - {id: women,  where: {gender: f}, share_of_team: [0.4, 0.7], soft: 1.0}
  - {id: young,  where: {birth_year: {min: 1990}}, count: [1, null], text: "At least one of the young"}
  - {id: roles,  assign: roles, min: {lead: 1, analyst: 1}, fit: {lead: fit_lead}}
  - {id: know,   cover: processes, ids: ["88", 94], by_at_least: 1}
  - {id: apart,  not_together: [0002, 0003], reason: "worked badly together"}
  - {id: keep,   lock_in: [0006], by: "office", reason: "knows the archive"}
  - {id: out,    lock_out: [0004], by: "office"}
  - {id: spread, distinct: unit, count: [2, null]}
  - {id: floor,  every_member: {want: {min: 0.3}}}
"""


def run(folder: Path, pool=POOL, rules=RULES, **options):
    folder.mkdir(exist_ok=True)
    (folder / "POOL.csv").write_text(pool, encoding="utf-8")
    (folder / "RULES.yaml").write_text(rules, encoding="utf-8")
    code, problems = compose_files(folder / "POOL.csv", folder / "RULES.yaml", folder / "out", **options)
    return code, problems, {p.name: p.read_text(encoding="utf-8") for p in (folder / "out").iterdir()}


def test_every_kind_of_rule_in_one_file_gives_the_team_worked_out_by_hand(tmp_path):
    # 0006 is kept, 0003 and 0004 are out; somebody must know 94: only 0001 does, so 0002 would be a second of U01.
    # 0005 is left: scores 0.9 + 0.4 + 0.5; 88 by two: .5 * 1.2 * 1.4, 94 by one: .5; 0006 leads (+.9) and so does
    # 0005 (+.1) or 0001 (+.4); an analyst is needed: 0005, so 0001 leads too.
    code, problems, files = run(tmp_path)
    assert code == 0 and not problems and sorted(files) == ["certificate.json", "team.csv"]
    rows = list(csv.DictReader(files["team.csv"].splitlines()))
    assert rows == [
        {"person_id": "0001", "role": "lead"},
        {"person_id": "0005", "role": "analyst"},
        {"person_id": "0006", "role": "lead"},
    ]
    certificate = json.loads(files["certificate.json"])
    assert certificate["status"] == "optimal"
    assert certificate["objective"] == pytest.approx(1.8 + 0.84 + 0.5 + 0.9 + 0.4)
    ids = {row["id"] for row in certificate["rules"]}
    assert {
        "size",
        "u01",
        "units",
        "units:U01",
        "women",
        "roles:lead",
        "know:88",
        "keep:0006",
        "out:0004",
        "spread",
    } <= ids
    assert all(row["holds"] and row["text"] for row in certificate["rules"])


def test_the_certificate_says_where_it_comes_from(tmp_path):
    _, _, files = run(tmp_path, seed=7)
    certificate = json.loads(files["certificate.json"])
    assert certificate["seed"] == 7 and certificate["inputs"] == {
        "POOL.csv": hashlib.sha256(POOL.encode()).hexdigest(),
        "RULES.yaml": hashlib.sha256(RULES.encode()).hexdigest(),
    }
    assert {"python", "scipy"} <= set(certificate["versions"])
    known = {"status", "objective", "bound", "gap", "ties", "seconds", "rules", "alternatives", "conflict", "repairs"}
    assert known <= set(certificate)


def test_rules_that_cannot_be_met_leave_the_certificate_alone(tmp_path):
    code, _, files = run(tmp_path, rules=RULES.replace("count: [2, null]", "count: [4, null]"), language="en")
    assert code == 3 and list(files) == ["certificate.json"]
    certificate = json.loads(files["certificate.json"])
    assert certificate["status"] == "infeasible" and "spread" in certificate["conflict"]["rules"]
    assert certificate["repairs"] and "spread" in certificate["conflict"]["text"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_problems_stand_alone_and_all_at_once(tmp_path, language):
    rules = (
        RULES.replace("unit: U01}", "unit: U1}").replace("[0006]", "[0007]").replace("assign: roles", "assign: role")
    )
    code, problems, files = run(tmp_path, rules=rules, language=language)
    assert code == 1 and list(files) == ["problems.csv"]
    rows = list(csv.DictReader(files["problems.csv"].splitlines()))
    assert list(rows[0]) == ["severity", "table", "row", "column", "value", "code", "text"]
    stops = {(r["column"], r["code"]) for r in rows if r["severity"] == "stop"}
    assert stops == {
        ("rules.u01.where.unit", "rule_value_unknown"),
        ("rules.keep.lock_in", "rule_person_unknown"),
        ("rules.roles.assign", "rule_column_unknown"),
    }
    assert len(rows) == len(problems) and all(r["table"] == "RULES.yaml" and r["text"] for r in rows)


def test_a_score_that_is_no_number_is_named_with_its_row(tmp_path):
    code, _, files = run(tmp_path, pool=POOL.replace("0003,0.7", "0003,good").replace("0005,0.5", "0005,"))
    rows = list(csv.DictReader(files["problems.csv"].splitlines()))
    assert code == 1
    assert [(r["table"], r["row"], r["column"], r["value"]) for r in rows] == [
        ("POOL.csv", "4", "score", "good"),
        ("POOL.csv", "6", "score", ""),
    ]


def test_files_of_an_earlier_run_do_not_stay(tmp_path):
    assert sorted(run(tmp_path)[2]) == ["certificate.json", "team.csv"]
    assert list(run(tmp_path, rules="size: none")[2]) == ["problems.csv"]
    assert sorted(run(tmp_path)[2]) == ["certificate.json", "team.csv"]


def test_the_same_input_gives_the_same_bytes_and_shuffled_rows_the_same_team(tmp_path):
    first, again = run(tmp_path / "a")[2], run(tmp_path / "b")[2]
    head, *lines = POOL.splitlines()
    shuffled = run(tmp_path / "c", pool="\n".join([head, *reversed(lines)]))[2]
    assert first["team.csv"] == again["team.csv"] == shuffled["team.csv"]


def test_a_pool_smaller_than_the_size_is_chosen_whole_and_said(tmp_path):
    code, problems, files = run(tmp_path, rules="size: 30\n")
    assert code == 0 and [p.code for p in problems] == ["pool_smaller_than_size"]
    assert len(files["team.csv"].splitlines()) == 7
    assert len(json.loads(files["certificate.json"])["notes"]) == 1


def test_a_person_without_consent_is_in_no_file(tmp_path):
    code, _, files = run(tmp_path, rules=RULES.replace("[0006]", "[S3CRET]"), withheld={"S3CRET"})
    assert code == 1 and "S3CRET" not in "".join(files.values())


def test_missing_files_and_a_folder_that_cannot_be_are_problems(tmp_path):
    code, problems = compose_files(tmp_path / "no.csv", tmp_path / "no.yaml", tmp_path / "out")
    assert code == 1 and [p.code for p in problems] == ["pool_unreadable"]
    (tmp_path / "file").write_text("")
    code, problems = compose_files(tmp_path / "no.csv", tmp_path / "no.yaml", tmp_path / "file")
    assert code == 1 and [p.code for p in problems] == ["out_unwritable"]
