"""A folder of files in, the files of a run out."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path

from assessment.campaign import Campaign, Intake
from assessment.funnel import Progress, Result, run
from assessment.intake.folder import read_folder
from assessment.messages import problem_text, text
from assessment.problems import SEVERITIES, STOP, Problem, stops
from assessment.report.files import write_json, write_problems, write_table

DONE, STOPPED, CONFLICT = 0, 1, 3
SHOWN = 12  # problems of one severity printed; all of them stand in problems.csv


def run_folder(
    folder: Path,
    out: Path,
    settings: Path | None = None,
    seed: int = 1,
    language: str = "en",
    strict: bool = False,
    progress: Progress | None = None,
) -> int:
    """The whole funnel on a folder; writes the files of DESIGN.md 4.1 and gives the exit code.

    `out` exists. Where anything stops the run only problems.csv is written.
    """
    if progress:
        progress("intake", 0.0)
    intake = read_folder(folder, settings, strict=strict)
    problems = _all_problems(intake)
    if intake.campaign is None or stops(problems):
        return _stopped(out, problems, language)
    result = run(intake.campaign, seed, progress, intake.withheld, language=language)
    problems = [*intake.problems, *result.problems]
    if stops(problems):
        return _stopped(out, problems, language)
    write_result(out, result, problems, language)
    print_problems(problems, language)
    key = "cli.conflict" if result.status == "conflict" else "cli.done"
    print(text(key, language, out=str(out)))
    return CONFLICT if result.status == "conflict" else DONE


def _stopped(out: Path, problems: Iterable[Problem], language: str) -> int:
    problems = list(problems)
    write_problems(out / "problems.csv", problems, language)
    print_problems(problems, language)
    print(text("cli.stopped", language, out=str(out)))
    return STOPPED


def write_result(out: Path, result: Result, problems: Iterable[Problem], language: str) -> None:
    """Every file of a run that was not stopped; a list that could not be chosen is not written."""
    from assessment.report.xlsx import write_report

    write_problems(out / "problems.csv", problems, language)
    write_table(out / "ranking.csv", result.ranking)
    for name, table in (("shortlist", result.shortlist), ("team", result.team)):
        path = out / f"{name}.csv"
        if len(table):
            write_table(path, table)
        else:
            path.unlink(missing_ok=True)  # an older run's list would be taken for this one's
    write_json(out / "certificate.json", result.certificates)
    write_json(out / "run.json", result.facts)
    write_report(out / "report.xlsx", result, language)


def check_folder(folder: Path, settings: Path | None, language: str, strict: bool = False) -> int:
    """Print the import report; 1 if anything stops the run."""
    intake = read_folder(folder, settings, strict=strict)
    problems = _all_problems(intake)
    print_problems(problems, language, everything=True)
    stopped = bool(stops(problems))
    print(text("cli.check_stopped" if stopped else "cli.check_passed", language))
    return STOPPED if stopped else DONE


def _all_problems(intake: Intake) -> list[Problem]:
    """Faults of the files, and those of the rules as far as the files let them be seen: all of them at once."""
    campaign = intake.campaign or intake.draft
    found = [] if campaign is None else stops(rule_problems(campaign, intake.withheld))
    return [*intake.problems, *found]


def rule_problems(campaign: Campaign, withheld: Collection[str]) -> list[Problem]:
    """Faults of the rules that show before anything is measured."""
    from assessment.listing import FIT, rule_vocabulary, settings_rules, unmeasured

    settings = campaign.settings
    given = {"shortlist_rules": settings.shortlist_rules, "team_rules": settings.team_rules}
    words, found = rule_vocabulary(campaign), []
    tables = {"shortlist_rules": unmeasured(campaign)}
    tables["team_rules"] = tables["shortlist_rules"].assign(**{FIT + r: 0.0 for r in campaign.instruments.roles.roles})
    for key, rules in given.items():
        found += settings_rules(key, 1, rules or (), tables[key], words, withheld)[1]
    return found


def print_problems(problems: Iterable[Problem], language: str, everything: bool = False) -> None:
    """Problems in words on standard output (stops on standard error), the gravest first, long lists cut."""
    problems = list(problems)
    counts = Counter(p.severity for p in problems)
    for severity in SEVERITIES:
        part = [p for p in problems if p.severity == severity]
        stream = sys.stderr if severity == STOP else sys.stdout
        limit = len(part) if everything or severity == STOP else SHOWN
        for problem in part[:limit]:
            words = problem_text(problem, language)
            words = words if problem.table and words.startswith(problem.table) else place(problem) + words
            print(f"{text('severity.' + severity, language)}: {words}", file=stream)
        if counts[severity] > limit:
            print(text("cli.more_problems", language, n=counts[severity] - limit), file=stream)


def place(problem: Problem) -> str:
    """Table, row and column in front of a message that does not begin with them."""
    parts = [problem.table, "" if problem.row is None else str(problem.row), problem.column]
    shown = ":".join(p for p in parts if p)
    return f"[{shown}] " if shown else ""
