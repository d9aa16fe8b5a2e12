"""The command line: wrong calls, the demo, the templates, any pool under any rules."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from assessment.__main__ import main

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    "call",
    [[], ["dance"], ["run"], ["run", "x"], ["run", "x", "--out", "y", "--seed", "-1"],
     ["demo", "x", "--people", "none"], ["run", "x", "--out", ""],
     ["compose", "pool.csv", "--out", "y"], ["check", "x", "--lang", "de"]],
)  # fmt: skip
def test_a_wrong_call_is_exit_two(call: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(call)
    assert stopped.value.code == 2 and "usage" in capsys.readouterr().err


def test_results_cannot_go_into_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out").write_text("mine")
    assert main(["run", str(tmp_path), "--out", str(tmp_path / "out"), "--lang", "en"]) == 2
    assert "is a file" in capsys.readouterr().err and (tmp_path / "out").read_text() == "mine"


def test_a_demo_too_small_or_into_a_used_folder_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", str(tmp_path / "a"), "--people", "3", "--lang", "en"]) == 1
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "mine.txt").write_text("mine")
    assert main(["demo", str(tmp_path / "b"), "--people", "40", "--lang", "ru"]) == 1
    assert "Traceback" not in capsys.readouterr().err and (tmp_path / "b" / "mine.txt").read_text() == "mine"


def test_the_demo_may_be_written_again_over_itself(tmp_path: Path) -> None:
    for seed in ("1", "2"):
        assert main(["demo", str(tmp_path / "d"), "--people", "40", "--seed", seed]) == 0
    assert "merit" in (tmp_path / "d" / "truth.csv").read_text(encoding="utf-8").splitlines()[0]


def test_templates_can_be_read_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["templates", str(tmp_path / "t"), "--lang", "ru"]) == 0
    assert {"staff.xlsx", "survey_wide.xlsx", "observations.xlsx"} <= {p.name for p in (tmp_path / "t").iterdir()}
    assert main(["check", str(tmp_path / "t"), "--lang", "ru"]) == 0


def test_compose_takes_any_pool_and_any_rules(tmp_path: Path) -> None:
    pool = pd.DataFrame({"person_id": ["007", "008", "009"], "score": [1.0, 3.0, 2.0], "unit": ["a", "a", "b"]})
    pool.to_csv(tmp_path / "POOL.csv", index=False)
    (tmp_path / "RULES.yaml").write_text(
        "size: 2\nrules:\n  - {id: one, each: unit, count: [0, 1]}\n", encoding="utf-8"
    )
    call = [
        "compose",
        str(tmp_path / "POOL.csv"),
        "--rules",
        str(tmp_path / "RULES.yaml"),
        "--out",
        str(tmp_path / "o"),
    ]
    assert main([*call, "--lang", "en"]) == 0
    assert pd.read_csv(tmp_path / "o" / "team.csv", dtype=str)["person_id"].tolist() == ["008", "009"]
    assert json.loads((tmp_path / "o" / "certificate.json").read_text(encoding="utf-8"))["status"] == "optimal"


def test_help_waits_for_no_heavy_library() -> None:
    script = "\n".join(
        [
            "import runpy, sys",
            "sys.argv = ['assessment', '--help']",
            "try:",
            "    runpy.run_module('assessment', run_name='__main__')",
            "except SystemExit:",
            "    pass",
            "heavy = ('pandas', 'numpy', 'sklearn', 'scipy', 'streamlit', 'sqlalchemy')",
            "print([m for m in heavy if m in sys.modules])",
        ]
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"
