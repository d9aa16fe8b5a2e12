"""A list from any pool under any rules, with its certificate."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from assessment.choosing import certificate as certificates
from assessment.choosing.conflict import repairs, smallest_conflict
from assessment.choosing.model import SCALE, build
from assessment.choosing.optimise import Team, best_team
from assessment.choosing.rule_texts import conflict_text, part_text, repair_text
from assessment.choosing.solver import INFEASIBLE, OPTIMAL, SECONDS
from assessment.messages import problem_text
from assessment.problems import AssessmentError, Problem, stops
from assessment.rules.check import verify
from assessment.rules.language import RuleSet, read_rules
from assessment.rules.parts import Part, take_apart
from assessment.rules.pool import Columns, read_pool

TEAM_FILE, CERTIFICATE_FILE, PROBLEMS_FILE = "team.csv", "certificate.json", "problems.csv"
PROBLEM_COLUMNS = ("severity", "table", "row", "column", "value", "code", "text")
DONE, STOPPED, UNMET = 0, 1, 3


@dataclass(frozen=True)
class Choice:
    """What was chosen: the people sorted by id, the role of each (empty = none), the certificate, and notes
    on the choice itself (those on reading the rules stand in `RuleSet.notes`; the certificate shows both).

    status : "optimal", "feasible" (time ran out: the gap is in the certificate) or "infeasible" (nobody is chosen)
    """

    status: str
    people: tuple[str, ...]
    roles: Mapping[str, str]
    certificate: dict[str, Any]
    problems: tuple[Problem, ...] = field(default=())

    @property
    def team(self) -> pd.DataFrame:
        """The list as a table: index person_id, column role."""
        index = pd.Index(self.people, name="person_id", dtype=object)
        return pd.DataFrame({"role": [self.roles[p] for p in self.people]}, index=index, dtype=object)


def choose(
    pool: pd.DataFrame,
    ruleset: RuleSet,
    seed: int = 1,
    alternatives: bool = True,
    *,
    detail: str | None = None,
    language: str = "ru",
    seconds: float = SECONDS,
    inputs: Mapping[str, str] | None = None,
) -> Choice:
    """The best list under the rules, checked again without the solver, with its certificate (DESIGN 4.3).

    Parameters
    ----------
    pool : index person_id (unique text), the score column and every column the rules name
    detail : "full" = prices of rules, next best and clearly different lists; "prices" = prices only; "bare" = neither,
        for a quick what-if. None: "full" with alternatives, else "prices"
    seconds : limit of one call of the solver; when it runs out the status is "feasible" and the gap is told
    """
    detail = detail or ("full" if alternatives else "prices")
    if detail not in certificates.DETAILS:
        raise ValueError(f"detail {detail!r} is none of {certificates.DETAILS}")
    started = time.monotonic()
    columns = Columns(pool)
    if len(columns.place) != len(columns.ids):
        raise ValueError("the pool names a person twice")
    pool = columns.frame.set_axis(pd.Index(columns.ids, name="person_id"))
    parts, notes = take_apart(columns, ruleset)
    model = build(columns, ruleset, parts)
    team = best_team(model, seed, seconds=seconds)
    if team.status == INFEASIBLE or not team.members:
        found = _unmet(pool, columns, ruleset, parts, seed, seconds, team, language, detail)
        people: tuple[str, ...] = ()
        roles: dict[str, str] = {}
    else:
        people = tuple(columns.ids[i] for i in team.members)
        roles = {columns.ids[i]: team.roles.get(i, "") for i in team.members}
        checked, total = verify(pool, ruleset, people, roles, team.total / SCALE)
        found = certificates.of_team(model, team, checked, total, detail, seconds)
        for row in found["rules"]:
            row["text"] = part_text(ruleset, row["id"], row["allowed"], language)
    found["notes"] = [problem_text(note, language) for note in (*ruleset.notes, *notes)]
    return Choice(
        found["status"], people, roles, certificates.stamped(found, seed, started, inputs or {}), tuple(notes)
    )


def _unmet(
    pool: pd.DataFrame,
    columns: Columns,
    ruleset: RuleSet,
    parts: list[Part],
    seed: int,
    seconds: float,
    team: Team,
    language: str,
    detail: str,
) -> dict[str, Any]:
    """The certificate where nobody can be chosen, in words too."""
    if team.status != INFEASIBLE:
        raise AssessmentError(Problem("no_list_in_time", params={"seconds": round(seconds)}))
    conflict = smallest_conflict(columns, ruleset, parts, seconds)
    mended = repairs(pool, columns, ruleset, parts, seed, seconds) if detail != "bare" else []
    found = certificates.of_conflict(parts, conflict, mended)
    for row in found["rules"]:
        row["text"] = part_text(ruleset, row["id"], row["allowed"], language)
    named = [row for row in found["rules"] if row["id"] in conflict]
    found["conflict"]["text"] = conflict_text(ruleset, named, language)
    for shown, repair in zip(found["repairs"], mended, strict=True):
        shown["text"] = repair_text(ruleset, repair.changes, repair.people, shown["cost"], language)
    return found


def compose_files(
    pool_path: Path | str,
    rules_path: Path | str,
    out_dir: Path | str,
    seed: int = 1,
    language: str = "ru",
    *,
    seconds: float = SECONDS,
    withheld: Collection[str] = (),
) -> tuple[int, list[Problem]]:
    """The command `compose`: POOL.csv and RULES.yaml to team.csv and certificate.json.

    Returns the exit code and every problem: 0 done; 3 the rules cannot be met (the certificate alone is written);
    1 the data stop it (problems.csv alone is written). Files of an earlier run are removed first.
    """
    pool_path, rules_path, out = Path(pool_path), Path(rules_path), Path(out_dir)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name in (TEAM_FILE, CERTIFICATE_FILE, PROBLEMS_FILE):
            (out / name).unlink(missing_ok=True)
    except OSError as error:
        return STOPPED, [
            Problem("out_unwritable", table=out.name, params={"why": error.strerror or type(error).__name__})
        ]
    pool, problems = read_pool(pool_path)
    ruleset = None
    if pool is not None:
        ruleset, found = read_rules(rules_path, pool, withheld=withheld)
        problems = [*problems, *found]
    if pool is None or ruleset is None or stops(problems):
        return _stopped(out, problems, language)
    inputs = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (pool_path, rules_path)}
    try:
        choice = choose(pool, ruleset, seed, language=language, seconds=seconds, inputs=inputs)
    except AssessmentError as error:
        return _stopped(out, [*problems, *error.problems], language)
    text = json.dumps(choice.certificate, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    (out / CERTIFICATE_FILE).write_text(text, encoding="utf-8", newline="")
    if choice.status == INFEASIBLE:
        return UNMET, [*problems, *choice.problems]
    (out / TEAM_FILE).write_text(team_csv(choice), encoding="utf-8", newline="")
    return DONE, [*problems, *choice.problems]


def _stopped(out: Path, problems: list[Problem], language: str) -> tuple[int, list[Problem]]:
    (out / PROBLEMS_FILE).write_text(problems_csv(problems, language), encoding="utf-8", newline="")
    return STOPPED, problems


def team_csv(choice: Choice) -> str:
    """The list as CSV: person_id, role; sorted by id."""
    return _csv(("person_id", "role"), [(p, choice.roles[p]) for p in choice.people])


def problems_csv(problems: Collection[Problem], language: str) -> str:
    """Problems as CSV, one line each, with the text in the reader's language."""
    lines = [
        (p.severity, p.table, "" if p.row is None else p.row, p.column, p.value, p.code, problem_text(p, language))
        for p in problems
    ]
    return _csv(PROBLEM_COLUMNS, lines)


def _csv(headings: Collection[str], lines: Collection[Collection[Any]]) -> str:
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows(lines)
    return file.getvalue()


__all__ = ["Choice", "OPTIMAL", "choose", "compose_files", "problems_csv", "team_csv"]
