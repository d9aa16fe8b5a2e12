"""A folder in, files out: the whole way at the command line, on the invented municipality and on odd folders."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import yaml

from assessment.__main__ import main
from assessment.synthetic.municipality import write_demo

FILES = {"ranking.csv", "shortlist.csv", "team.csv", "problems.csv", "run.json", "certificate.json", "report.xlsx"}
TABLES = ("staff", "survey_wide", "tokens", "observations", "sociometry", "attendance", "interviews", "consents")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("municipality") / "demo"
    write_demo(folder, 100, 3)
    return folder


@pytest.fixture(scope="module")
def done(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("done")
    assert main(["run", str(demo), "--out", str(out), "--lang", "en"]) == 0
    return out


def tables(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.glob("*.csv")}


def problems(out: Path) -> list[dict[str, str]]:
    with (out / "problems.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_run_writes_every_file(done: Path) -> None:
    assert {p.name for p in done.iterdir()} == FILES
    facts = json.loads((done / "run.json").read_text(encoding="utf-8"))
    keys = {"settings", "seed", "versions", "inputs", "seconds", "scales", "observers", "interviewers"}
    assert keys | {"method_variance", "sensitivity"} <= set(facts)
    assert {"n", "alpha", "omega", "reliability"} <= set(facts["scales"]["initiative"])
    assert {"severity", "se", "n", "infit"} <= set(next(iter(facts["observers"].values())))
    assert "staff.csv" in facts["inputs"] and len(facts["inputs"]["staff.csv"]) == 64
    certificate = json.loads((done / "certificate.json").read_text(encoding="utf-8"))
    assert set(certificate) == {"shortlist", "team"} and certificate["team"]["status"] == "optimal"


def test_the_lists_have_the_agreed_columns_and_sizes(demo: Path, done: Path) -> None:
    settings = yaml.safe_load((demo / "campaign.yaml").read_text(encoding="utf-8"))
    short, team = (
        pd.read_csv(done / f"{name}.csv", dtype=str, keep_default_na=False) for name in ("shortlist", "team")
    )
    assert list(short.columns) == ["person_id", "list", "rank", "reason"]
    assert list(team.columns) == ["person_id", "list", "role", "reason", "provisional"]
    assert (team["list"] == "team").sum() == settings["team"]
    assert (short["list"] == "shortlist").sum() == pd.read_csv(demo / "interviews.csv")["person_id"].nunique()
    assert set(team.loc[team["list"] == "team", "person_id"]) <= set(
        short.loc[short["list"] == "shortlist", "person_id"]
    )


def test_the_same_folder_settings_and_seed_give_the_same_bytes(demo: Path, done: Path, tmp_path: Path) -> None:
    assert main(["run", str(demo), "--out", str(tmp_path), "--lang", "en"]) == 0
    assert tables(tmp_path) == tables(done)


def test_shuffled_rows_give_the_same_lists(demo: Path, done: Path, tmp_path: Path) -> None:
    folder = tmp_path / "shuffled"
    shutil.copytree(demo, folder)
    for name in TABLES:
        table = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
        table.sample(frac=1, random_state=7).to_csv(folder / f"{name}.csv", index=False)
    assert main(["run", str(folder), "--out", str(tmp_path / "out"), "--lang", "en"]) == 0
    for name in ("ranking.csv", "shortlist.csv", "team.csv"):
        assert (tmp_path / "out" / name).read_bytes() == (done / name).read_bytes()


def test_nobody_without_consent_is_anywhere(demo: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    shutil.copytree(demo, folder)
    table = pd.read_csv(folder / "consents.csv", dtype=str, keep_default_na=False)
    person = table.loc[table["purpose"] == "selection", "person_id"].iloc[0]
    mine = (table["person_id"] == person) & (table["purpose"] == "selection")
    table.loc[mine, "withdrawn_at"] = "2026-11-01 10:00:00"
    table.to_csv(folder / "consents.csv", index=False)
    assert main(["run", str(folder), "--out", str(tmp_path / "out"), "--lang", "en"]) == 0
    for path in (tmp_path / "out").iterdir():
        assert person not in (path.read_text(encoding="utf-8") if path.suffix != ".xlsx" else _workbook(path)), (
            path.name
        )


def _workbook(path: Path) -> str:
    from openpyxl import load_workbook

    return " ".join(
        str(c) for s in load_workbook(path).worksheets for row in s.iter_rows(values_only=True) for c in row
    )


def test_without_interviews_a_shortlist_is_proposed_and_the_team_is_provisional(demo: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    shutil.copytree(demo, folder)
    (folder / "interviews.csv").unlink()
    assert main(["run", str(folder), "--out", str(tmp_path / "out"), "--lang", "en"]) == 0
    team = pd.read_csv(tmp_path / "out" / "team.csv")
    assert team["provisional"].all()
    certificate = json.loads((tmp_path / "out" / "certificate.json").read_text(encoding="utf-8"))
    assert certificate["shortlist"]["status"] == "optimal" and certificate["shortlist"]["gap"] == 0


def test_rules_that_cannot_be_met_exit_three_with_conflict_and_repairs(demo: Path, tmp_path: Path) -> None:
    settings = yaml.safe_load((demo / "campaign.yaml").read_text(encoding="utf-8"))
    rules = [
        {"id": "none", "where": {"gender": "f"}, "count": [0, 0]},
        {"id": "few", "where": {"gender": "m"}, "count": [0, 1]},
    ]
    settings["team_rules"] = rules
    (tmp_path / "campaign.yaml").write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    out = tmp_path / "out"
    call = ["run", str(demo), "--out", str(out), "--settings", str(tmp_path / "campaign.yaml"), "--lang", "en"]
    assert main(call) == 3
    assert (out / "ranking.csv").exists() and (out / "shortlist.csv").exists() and not (out / "team.csv").exists()
    team = json.loads((out / "certificate.json").read_text(encoding="utf-8"))["team"]
    assert team["status"] == "infeasible" and {"none", "few"} <= set(team["conflict"]["rules"])
    assert len(team["repairs"]) >= 1 and team["repairs"][0]["changes"]


def edit(name: str, change: Callable[[pd.DataFrame], object]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        table = pd.read_csv(folder / name, dtype=str, keep_default_na=False)
        changed = change(table)
        (changed if isinstance(changed, pd.DataFrame) else table).to_csv(folder / name, index=False)

    return spoil


def write(name: str, content: str | bytes) -> Callable[[Path], None]:
    return lambda folder: (
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content) and None
    )


def put(column: str, row: int, value: str) -> Callable[[pd.DataFrame], None]:
    def change(table: pd.DataFrame) -> None:
        table.loc[row, column] = value

    return change


def settings(**changes: object) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        path = folder / "campaign.yaml"
        found = yaml.safe_load(path.read_text(encoding="utf-8")) | changes
        path.write_text(yaml.safe_dump(found, allow_unicode=True), encoding="utf-8")

    return spoil


RULE = {"id": "r", "where": {"unitt": "U1"}, "count": [0, 1]}
ODD: list[tuple[str, Callable[[Path], None], int, dict[str, str]]] = [
    ("no staff", lambda f: (f / "staff.csv").unlink(), 1, {"severity": "stop", "table": "staff"}),
    ("no survey", lambda f: (f / "survey_wide.csv").unlink(), 1, {"severity": "stop"}),
    ("no tokens", lambda f: (f / "tokens.csv").unlink(), 1, {"severity": "stop", "table": "tokens"}),
    ("staff is binary", write("staff.csv", bytes(range(256)) * 40), 1, {"severity": "stop", "table": "staff"}),
    ("staff is empty", write("staff.csv", b""), 1, {"severity": "stop", "table": "staff"}),
    ("a workbook that is none", lambda f: (f / "staff.csv").rename(f / "staff.xlsx") and None, 1,
     {"severity": "stop", "table": "staff"}),
    ("staff without ids", edit("staff.csv", lambda t: t.drop(columns=["person_id", "personnel_no"])), 1,
     {"severity": "stop", "table": "staff"}),
    ("observations without ratings' persons", edit("observations.csv", lambda t: t.drop(columns="person_id")), 1,
     {"severity": "stop", "table": "observations", "column": "person_id"}),
    ("settings are no YAML", write("campaign.yaml", "name: [unclosed"), 1,
     {"severity": "stop", "table": "campaign.yaml"}),
    ("an unknown setting", settings(shortlst=90), 1, {"severity": "stop", "table": "campaign.yaml"}),
    ("a size in words", settings(shortlist="many"), 1, {"severity": "stop", "column": "shortlist"}),
    ("a balance above one", settings(criteria={"balance": 3}), 1, {"severity": "stop", "column": "criteria.balance"}),
    ("weights of nothing known", settings(criteria={"weights": {"wnat": 1}}), 1, {"severity": "stop"}),
    ("a reading unheard of", settings(criteria={"reading": "magic"}), 1, {"severity": "stop"}),
    ("a rule on no column", settings(team_rules=[RULE]), 1,
     {"severity": "stop", "table": "campaign.yaml", "column": "team_rules.r.where.unitt", "value": "unitt"}),
    ("a rule on nobody", settings(team_rules=[{"id": "r", "lock_in": ["P99999"]}]), 1,
     {"severity": "stop", "code": "rule_person_unknown"}),
    ("a rule that is no rule", settings(shortlist_rules=[{"id": "r", "lock_inn": ["P1"]}]), 1, {"severity": "stop"}),
    ("a battery without items", lambda f: (f / "questionnaires").mkdir() or write("questionnaires/battery.yaml",
     "id: x\nversion: '1'\n")(f), 1, {"severity": "stop", "table": "battery.yaml"}),
    ("an answer off its scale", edit("survey_wide.csv", put("sc1", 4, "9")), 0,
     {"severity": "row", "table": "survey_wide", "row": "6", "column": "sc1", "value": "9"}),
    ("a rating off its scale", edit("observations.csv", put("rating", 10, "7")), 0,
     {"severity": "row", "table": "observations", "row": "12", "column": "rating", "value": "7"}),
    ("a rating of a stranger", edit("observations.csv", put("person_id", 3, "P77777")), 0,
     {"severity": "row", "table": "observations", "row": "5", "column": "person_id"}),
    ("an unknown behaviour", edit("observations.csv", put("behaviour_id", 300, "ob_dance")), 0,
     {"severity": "row", "table": "observations", "row": "302", "value": "ob_dance"}),
    ("the same rating twice", edit("observations.csv", lambda t: pd.concat([t, t.iloc[[300]]])), 0,
     {"severity": "row", "table": "observations"}),
    ("somebody names himself", edit("sociometry.csv", lambda t: put("chosen_id", 50, t["chooser_id"][50])(t)),
     0, {"severity": "row", "table": "sociometry", "row": "52"}),
    ("an unknown column", edit("tokens.csv", lambda t: t.assign(colour="blue")), 0,
     {"severity": "note", "table": "tokens"}),
    ("a file of another name", write("staf.csv", "a,b\n1,2\n"), 0, {"severity": "note"}),
    ("observers who share nobody", edit("observations.csv", lambda t: t.assign(
        observer_id=["O" + str(half(p)) for p in t["person_id"]])), 0,
     {"severity": "source", "table": "observations"}),
]  # fmt: skip


def half(person: str) -> int:
    return int(person.strip("P")) % 2


@pytest.mark.parametrize(("name", "spoil", "code", "line"), ODD, ids=[o[0] for o in ODD])
def test_an_odd_folder_has_its_exit_code_and_its_line(
    demo: Path, tmp_path: Path, name: str, spoil: Callable[[Path], None], code: int, line: dict[str, str]
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    shutil.copytree(demo, folder)
    spoil(folder)
    assert main(["run", str(folder), "--out", str(out), "--lang", "en"]) == code
    found = problems(out)
    assert any(all(row[k] == v for k, v in line.items()) for row in found), found[:5]
    assert (out / "ranking.csv").exists() == (code != 1)
    if code == 1:
        assert {p.name for p in out.iterdir()} == {"problems.csv"}


def test_strict_makes_every_row_a_stop(demo: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    shutil.copytree(demo, folder)
    edit("survey_wide.csv", put("sc1", 4, "9"))(folder)
    assert main(["run", str(folder), "--out", str(tmp_path / "out"), "--strict", "--lang", "en"]) == 1
    assert main(["check", str(folder), "--strict", "--lang", "en"]) == 1
    assert main(["check", str(folder), "--lang", "en"]) == 0


def test_check_finds_faults_of_rules_too(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "in"
    shutil.copytree(demo, folder)
    settings(team_rules=[RULE])(folder)
    assert main(["check", str(folder), "--lang", "en"]) == 1
    assert "unitt" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_a_problem_and_no_traceback(tmp_path: Path) -> None:
    assert main(["run", str(tmp_path / "nowhere"), "--out", str(tmp_path / "out"), "--lang", "en"]) == 1
    assert problems(tmp_path / "out")[0]["severity"] == "stop"


def test_faults_of_rules_settings_and_tables_are_told_together(demo: Path, tmp_path: Path) -> None:
    folder = tmp_path / "c"
    shutil.copytree(demo, folder)
    rules = [{"id": "a", "where": {"uint": "x"}, "count": [0, 1]}, {"id": "b", "lock_in": ["P99999"]}, {"id": "b"}]
    settings = {"shortlist": 20, "team": "ten", "team_rules": rules}
    (folder / "campaign.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    table = pd.read_csv(folder / "interviews.csv", dtype=str).drop(columns="competency_id")
    table.to_csv(folder / "interviews.csv", index=False)
    for name in ("survey_wide.csv", None):
        assert main(["run", str(folder), "--out", str(tmp_path / "out"), "--lang", "en"]) == 1
        stopped = {(p["table"], p["column"], p["value"]) for p in problems(tmp_path / "out") if p["severity"] == "stop"}
        assert {
            ("campaign.yaml", "team", "ten"), ("campaign.yaml", "team_rules[2].id", "b"),
            ("campaign.yaml", "team_rules.a.where.uint", "uint"), ("campaign.yaml", "team_rules.b.lock_in", "P99999"),
            ("interviews", "competency_id", ""),
        } <= stopped  # fmt: skip
        if name:
            (folder / name).unlink()
    assert ("survey_wide", "", "") in stopped


def test_a_check_knows_the_fits_of_roles(demo: Path, tmp_path: Path) -> None:
    rule = {"id": "f", "assign": None, "min": {"change_leader": 2}, "fit": {"change_leader": "fit_change_leader"}}
    (tmp_path / "s.yaml").write_text(yaml.safe_dump({"shortlist": 20, "team": 8, "team_rules": [rule]}))
    assert main(["check", str(demo), "--settings", str(tmp_path / "s.yaml")]) == 0
