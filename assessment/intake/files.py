"""Which files of a folder are which tables, and what is in them."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assessment.intake.csv import read_csv
from assessment.intake.sheet import Record, Sheet, build_sheet
from assessment.intake.workbook import read_workbook, sheets_begin_with
from assessment.problems import NOTE, STOP, Problem, nearest

SUFFIXES = (".csv", ".xlsx")
SETTINGS, QUESTIONNAIRES = "campaign.yaml", "questionnaires"
FORM_MARK = "observation_form"
MAX_CSV = 200 * 2**20
# Written by the program itself or meant for people: no data of the campaign.
OURS = frozenset((
    "truth.csv", "ranking.csv", "shortlist.csv", "team.csv", "problems.csv", "run.json", "certificate.json",
    "report.xlsx", "report.pdf",
))  # fmt: skip
FOR_PEOPLE = frozenset((".txt", ".md", ".rst", ".pdf", ".docx", ".doc", ".html", ".log", ".png", ".jpg", ".svg"))
OF_THE_SYSTEM = frozenset(("thumbs.db", "desktop.ini"))
LOOKS_LIKE_SETTINGS = 0.7


@dataclass(frozen=True)
class Folder:
    """The files of a campaign by what they are; problems: what is no table and what cannot be listed."""

    path: Path
    tables: Mapping[str, Path] = field(default_factory=dict)
    forms: tuple[Path, ...] = ()
    settings: Path | None = None
    questionnaires: Path | None = None
    unknown: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def list_folder(path: Path, tables: Collection[str]) -> Folder:
    """Sorts the files of a folder by name, whatever the case; stops where the folder cannot be read."""
    if not path.exists():
        return Folder(path, problems=(Problem("folder_missing", STOP, value=path.name),))
    if not path.is_dir():
        return Folder(path, problems=(Problem("folder_is_file", STOP, value=path.name),))
    try:
        entries = sorted(path.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        why = error.strerror or type(error).__name__
        return Folder(path, problems=(Problem("folder_unreadable", STOP, {"why": why}, value=path.name),))
    return _sort(path, entries, tables)


def _sort(path: Path, entries: list[Path], tables: Collection[str]) -> Folder:
    found: dict[str, list[Path]] = {}
    unknown: list[str] = []
    problems: list[Problem] = []
    special: dict[str, Path] = {}
    forms: list[Path] = []
    for entry in entries:
        name = entry.name.lower()
        stem, suffix = name.removesuffix(entry.suffix.lower()).strip(), entry.suffix.lower()
        if name in (SETTINGS, QUESTIONNAIRES):
            if name in special:
                problems.append(Problem("table_twice", STOP, {"files": f"{special[name].name}, {entry.name}"}, name))
            special[name] = entry
        elif stem in tables and suffix in SUFFIXES:
            found.setdefault(stem, []).append(entry)
        elif not _is_silent(entry, name):
            if suffix == ".xlsx" and _is_form(entry):
                forms.append(entry)
                continue
            unknown.append(entry.name)
            problems += _unknown(entry, stem, tables)
    for table, files in found.items():
        if len(files) > 1:
            names = ", ".join(file.name for file in files)
            problems.append(Problem("table_twice", STOP, {"files": names}, table, value=names))
    single = {table: files[0] for table, files in found.items()}
    if (
        "observations" in single
        and single["observations"].suffix.lower() == ".xlsx"
        and _is_form(single["observations"])
    ):
        forms.append(single.pop("observations"))
    return Folder(
        path,
        single,
        tuple(sorted(forms)),
        special.get(SETTINGS),
        special.get(QUESTIONNAIRES),
        tuple(unknown),
        tuple(problems),
    )


def _is_silent(entry: Path, name: str) -> bool:
    """Files that are nobody's mistake: hidden ones, locks of open files, notes for people, what the program wrote."""
    if name.startswith((".", "~$", "__")) or name in OURS or name in OF_THE_SYSTEM:
        return True
    if entry.is_dir():
        return nearest(name, [QUESTIONNAIRES]) == "" or name[:4] != QUESTIONNAIRES[:4]
    return name.startswith("readme") or entry.suffix.lower() in FOR_PEOPLE


def _unknown(entry: Path, stem: str, tables: Collection[str]) -> list[Problem]:
    """A note on a file that is no table, with the name it may have been meant to have."""
    near = nearest(stem, tables)
    if entry.is_dir():
        near = QUESTIONNAIRES
    elif entry.suffix.lower() in (".yaml", ".yml"):
        near = SETTINGS if nearest(stem, ["campaign"]) else f"{QUESTIONNAIRES}/{entry.name}"
    code = "file_unknown_near" if near else "file_unknown"
    if stem in tables:
        code = "file_other_format"
    return [Problem(code, NOTE, {"nearest": near}, entry.name, value=entry.name)]


def _is_form(path: Path) -> bool:
    data = read_bytes(path, path.name)
    return isinstance(data, bytes) and sheets_begin_with(data, FORM_MARK)


def read_bytes(path: Path, table: str) -> bytes | Problem:
    """The bytes of a plain file, or the stop that says why there are none."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return Problem("file_unreadable", STOP, {"why": "no file"}, table, value=path.name)
        if status.st_size > MAX_CSV:
            return Problem("file_too_large", STOP, {"most": MAX_CSV // 2**20}, table, value=path.name)
        return path.read_bytes()
    except OSError as error:
        return Problem("file_unreadable", STOP, {"why": error.strerror or type(error).__name__}, table, value=path.name)


def digest(data: bytes) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def read_sheet(
    data: bytes, path: Path, table: str, known: Callable[[list[str]], int], compulsory: bool
) -> tuple[Sheet | None, list[Problem]]:
    """The sheet of a table; None where the file cannot be read or holds nothing."""
    workbook = path.suffix.lower() == ".xlsx"
    records: list[Record] = []
    problems: list[Problem] = []
    if not data.strip():
        return None, [Problem("file_empty", STOP if compulsory else NOTE, {}, table, value=path.name)]
    if workbook:
        records, problems = read_workbook(data, table, known)
    elif data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        problems = [Problem("csv_is_workbook", STOP, {}, table, value=path.name)]
    else:
        records, problems = read_csv(data, table, known)
    if any(problem.severity == STOP for problem in problems):
        return None, problems
    if not records:
        return None, [*problems, Problem("file_empty", STOP if compulsory else NOTE, {}, table, value=path.name)]
    sheet, trouble = build_sheet(table, path.name, records, known, ragged=not workbook)
    return sheet, problems + trouble
