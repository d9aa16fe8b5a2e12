"""Every known answer of REFERENCES.md sections 1 to 4 is a line of the printed table, and ours is within tolerance."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import references
from benchmarks.references import DATA, SUBJECTS, Row, known


def rows_of(subject: str) -> list[Row]:
    """The rows of a subject; the test is skipped where its data are absent."""
    try:
        return list(SUBJECTS[subject]())
    except FileNotFoundError as missing:
        pytest.skip(f"test data {missing.filename} are not beside the project")


def numbers(tree, leave=()) -> list[float]:
    """All numbers of a JSON tree but those under the keys left out."""
    if isinstance(tree, dict):
        return [n for key, branch in tree.items() if key not in leave for n in numbers(branch, leave)]
    if isinstance(tree, list):
        return [n for branch in tree for n in numbers(branch, leave)]
    return [tree] if isinstance(tree, (int, float)) else []


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_line_is_within_tolerance(subject):
    outside = [references.shown(row) for row in rows_of(subject) if not row.within]
    assert not outside, "\n".join(outside)


@pytest.mark.parametrize(
    ("subject", "printed"),
    [
        ("graded response model", known("graded_response")["cases"]),
        ("item fit", known("references")["science"]),
        ("alpha and omega", known("references")["classical"]),
        ("many-facet ratings", [known("many_facet")[name] for name in ("ratings2", "ptam4")]),
        ("careless answering", known("references")["careless"]),
        ("person fit", known("references")["person_fit"]),
    ],
)
def test_every_printed_value_is_a_line(subject, printed):
    """Numbers that say how to compute (columns, the line of lz, the chance of chi-square) are no answers."""
    values = numbers(printed, leave=("columns", "below", "mahalanobis_chance"))
    assert sorted(row.reference for row in rows_of(subject)) == sorted(values)


def test_a_line_is_within_up_to_its_tolerance_and_never_without_a_number():
    assert Row("a", "paper", 1.0, 1.01, 0.01).within
    assert not Row("a", "paper", 1.0, 1.0101, 0.01).within
    assert not Row("a", "paper", 1.0, np.nan, 0.01).within
    assert Row("a", "paper", 23, 23, 0).within
    assert not Row("a", "paper", 23, 24, 0).within


@pytest.mark.parametrize(("ours", "code"), [(1.0, 0), (2.0, 1), (np.nan, 1)])
def test_the_command_says_how_many_lines_hold_and_fails_where_one_does_not(monkeypatch, capsys, ours, code):
    lines = [Row("slope", "a paper", 1.0, 1.0, 0.1), Row("error", "a paper", 1.0, ours, 0.1)]
    monkeypatch.setattr(references, "SUBJECTS", {"invented": lambda: iter(lines)})
    monkeypatch.setattr("sys.argv", ["references"])
    with pytest.raises(SystemExit) as end:
        references.main()
    assert end.value.code == code
    assert f"{2 - code} of 2 lines within tolerance" in capsys.readouterr().out


def test_the_command_says_when_the_data_are_not_there(monkeypatch, capsys):
    monkeypatch.setattr(references, "DATA", DATA / "absent")
    monkeypatch.setattr("sys.argv", ["references"])
    with pytest.raises(SystemExit) as end:
        references.main()
    assert end.value.code == 2
    assert "not beside the project" in capsys.readouterr().out
