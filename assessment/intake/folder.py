"""A folder of files becomes a campaign, or a list of everything that is wrong with it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from assessment.campaign import Campaign, Intake, Settings
from assessment.instruments.reading import Instruments, load_instruments
from assessment.intake.about import Context, empty_table
from assessment.intake.consent import Consents, everybody_agreed, read_consents
from assessment.intake.files import SETTINGS, Folder, digest, list_folder, read_bytes, read_sheet
from assessment.intake.headers import fold, known_headings
from assessment.intake.layouts import SIGNS, Questions
from assessment.intake.people import Staff, locate_staff, read_staff
from assessment.intake.ratings import (
    empty_interviews,
    read_attendance,
    read_interviews,
    read_observations,
    read_sociometry,
)
from assessment.intake.records import read_decisions, read_outcomes, read_process_answers
from assessment.intake.sheet import Sheet
from assessment.intake.survey import Survey, join_surveys, no_survey
from assessment.intake.survey_long import read_long
from assessment.intake.survey_wide import read_wide
from assessment.intake.tables import counted
from assessment.intake.tokens import Tokens, read_tokens
from assessment.intake.values import CellReader
from assessment.problems import NOTE, ROW, SEVERITIES, STOP, Problem, nearest, stops
from assessment.settings import draft_settings

# What openpyxl raises on a workbook that is damaged inside though its archive is sound.
FORM_FAULTS = (KeyError, ValueError, TypeError, IndexError, AttributeError, SyntaxError, OSError, zipfile.BadZipFile)
SURVEYS = ("survey_wide", "survey_long")
LONG_TABLES = (
    "observations", "sociometry", "attendance", "interviews", "consents", "decisions", "process_answers", "outcomes",
)  # fmt: skip


def read_folder(folder: Path, settings_file: Path | None = None, strict: bool = False) -> Intake:
    """Reads everything a folder holds; nothing a person can do to a file raises.

    Parameters
    ----------
    folder : tables by the names of the data dictionary, as .csv or .xlsx; campaign.yaml; questionnaires/
    settings_file : read in place of the folder's campaign.yaml
    strict : every problem of severity row becomes a stop

    Returns
    -------
    campaign, None where a problem stops; every problem found, in the order stop, source, row, note, then table, row;
    the ids of the people who appear in no output (in memory only: no problem names them)
    """
    reading = _Reading(Path(folder))
    campaign = reading.campaign(None if settings_file is None else Path(settings_file))
    problems = reading.sorted_problems()
    if strict:
        problems = [replace(p, severity=STOP) if p.severity == ROW else p for p in problems]
    stopped = bool(stops(problems))
    withheld = reading.consents.withheld
    return Intake(None if stopped else campaign, tuple(problems), withheld, reading.draft if stopped else None)


@cache
def _shipped() -> tuple[Instruments | None, list[Problem]]:
    """The shipped instruments; they do not change while the program runs."""
    return load_instruments()


@dataclass
class _Reading:
    """The steps of one reading and what they have found so far."""

    path: Path
    problems: list[Problem] = field(default_factory=list)
    inputs: dict[str, str] = field(default_factory=dict)
    sheets: dict[str, Sheet] = field(default_factory=dict)
    delivered: set[str] = field(default_factory=set)
    consents: Consents = field(default_factory=Consents)
    order: tuple[str, ...] = ()
    draft: Campaign | None = None

    def campaign(self, settings_file: Path | None) -> Campaign | None:
        """Everything read and checked; None where something stops before a campaign can be built."""
        shipped, _ = _shipped()
        assert shipped is not None  # our own files; a test loads them
        folder = list_folder(self.path, tuple(shipped.dictionary.tables))
        self.problems += folder.problems
        if any(problem.code.startswith("folder_") for problem in folder.problems):
            return None
        instruments = self._instruments(folder)
        settings = self._settings(settings_file or folder.settings, settings_file is not None, instruments or shipped)
        self._open(folder, instruments or shipped)
        if instruments is None or not self.sheets.keys() >= {"staff"}:
            return None
        return self._understand(instruments, settings)

    def _instruments(self, folder: Folder) -> Instruments | None:
        if folder.questionnaires is not None and not folder.questionnaires.is_dir():
            self.problems.append(Problem("questionnaires_no_folder", STOP, {}, folder.questionnaires.name))
            return None
        try:
            instruments, problems = load_instruments(folder.questionnaires) if folder.questionnaires else _shipped()
        except OSError as error:
            why = error.strerror or type(error).__name__
            self.problems.append(
                Problem("file_unreadable", STOP, {"why": why}, "questionnaires", value="questionnaires")
            )
            return None
        self.problems += problems
        if instruments is not None:
            self.inputs |= {f"questionnaires/{name}": value for name, value in instruments.sha256.items()}
        return instruments

    def _settings(self, path: Path | None, asked_for: bool, instruments: Instruments) -> Settings | None:
        if path is None:
            return Settings()
        data = read_bytes(path, SETTINGS)
        if isinstance(data, Problem):
            self.problems.append(data if path.exists() or not asked_for else replace(data, code="settings_missing"))
            return None
        self.inputs[path.name] = digest(data)
        settings, problems = draft_settings(path, instruments)
        self.problems += problems
        return settings

    def _open(self, folder: Folder, instruments: Instruments) -> None:
        """Reads the sheet of every table that is there, and says which compulsory ones are not."""
        tables = instruments.dictionary.tables
        self.order = tuple(tables)
        surveys = [name for name in SURVEYS if name in folder.tables]
        for name in tables:
            if name in folder.tables:
                path = folder.tables[name]
                data = read_bytes(path, name)
                if isinstance(data, Problem):
                    self.problems.append(data)
                    continue
                self.inputs[path.name] = digest(data)
                compulsory = name == "staff" or surveys == [name]
                sheet, problems = read_sheet(data, path, name, _knows(name, instruments), compulsory)
                self.problems += problems
                if sheet is not None:
                    self._take(sheet, compulsory)
        self._open_forms(folder, instruments)
        lacking = [] if "staff" in folder.tables else ["staff"]
        lacking += [] if surveys else ["survey_wide"]
        for name in lacking:
            near = nearest(name, [Path(file).stem for file in folder.unknown])
            file = next((file for file in folder.unknown if Path(file).stem == near), "") if near else ""
            code = {"staff": "staff_missing"}.get(name, "survey_missing") + ("_near" if file else "")
            self.problems.append(Problem(code, STOP, {"nearest": file}, name))

    def _take(self, sheet: Sheet, compulsory: bool) -> None:
        if len(sheet) or compulsory or sheet.table == "consents":
            self.sheets[sheet.table] = sheet
            self.delivered.add(sheet.table)
        if not len(sheet):
            severity = STOP if compulsory else NOTE
            self.problems.append(Problem("table_without_rows", severity, {}, sheet.table, sheet.heading_row))

    def _open_forms(self, folder: Folder, instruments: Instruments) -> None:
        """Paper forms of observation are melted into ratings, below those of the table itself."""
        from assessment.templates.form import read_observation_form

        for path in folder.forms:
            data = read_bytes(path, "observations")
            if isinstance(data, Problem):
                self.problems.append(data)
                continue
            self.inputs[path.name] = digest(data)
            try:
                frame = read_observation_form(path, instruments)
            except FORM_FAULTS:
                self.problems.append(Problem("workbook_damaged", STOP, {}, "observations", value=path.name))
                continue
            self.problems.append(Problem("form_read", NOTE, {"n": len(frame)}, "observations", value=path.name))
            if len(frame):
                sheet = _sheet_of(frame, path)
                self.sheets["observations"] = (
                    _below(self.sheets["observations"], sheet) if "observations" in self.sheets else sheet
                )
                self.delivered.add("observations")

    def _understand(self, instruments: Instruments, settings: Settings | None) -> Campaign | None:
        tables = instruments.dictionary.tables
        reader = CellReader(instruments.dictionary)
        found = locate_staff(self.sheets["staff"], tables["staff"], instruments.dictionary, reader)
        known = not stops(found.problems)
        context = Context(instruments, tables, reader, found.people if known else None, Consents())
        context = self._apply_consents(context)
        self.problems += self.consents.hide(found.problems)
        staff = None
        if known:
            located, _ = self.consents.without(found.located, "person_id")
            staff = read_staff(replace(found, located=located), tables["staff"], reader)
            self.problems += staff.problems
            people = replace(found.people, ids=frozenset(staff.staff.index))
            context = replace(context, people=people, staff=staff.staff)
            if not len(staff.staff) and len(self.sheets["staff"]):
                self.problems.append(Problem("nobody_left", STOP, {}, "staff"))
        survey = self._survey(context)
        frames = self._long_tables(context)
        if staff is None or settings is None:
            return None
        self.draft = self._build(settings, instruments, staff, survey or no_survey(instruments), frames)
        if survey is None:
            return None
        self._who_answered(staff, survey)
        return self.draft

    def _apply_consents(self, context: Context) -> Context:
        if "consents" not in self.delivered:
            self.consents, problems = everybody_agreed()
            self.problems += problems
            return context
        located, problems = context.locate(self.sheets["consents"])
        self.problems += problems
        if not stops(problems):
            self.consents, problems = read_consents(located, context.tables["consents"], context.reader, context.people)
            self.problems += problems
        return replace(context, consents=self.consents)

    def _survey(self, context: Context) -> Survey | None:
        tokens = Tokens()
        if "tokens" in self.sheets:
            tokens, problems = read_tokens(self.sheets["tokens"], context)
            self.problems += problems
        wide = long = None
        if "survey_wide" in self.sheets:
            wide, problems = read_wide(self.sheets["survey_wide"], context, tokens)
            self.problems += problems
        if "survey_long" in self.sheets:
            elsewhere = frozenset(wide.answers.index) if wide is not None else frozenset[str]()
            long, problems = read_long(self.sheets["survey_long"], context, elsewhere)
            self.problems += problems
        if wide is not None and long is not None:
            return join_surveys(wide, long)
        return wide if wide is not None else long

    def _long_tables(self, context: Context) -> dict[str, pd.DataFrame]:
        frames = {name: empty_table(context.tables[name]) for name in LONG_TABLES}
        frames["interviews"] = empty_interviews(frames["interviews"])
        if self.consents.table is not None:
            frames["consents"] = self.consents.table
        readers: dict[str, Callable[[Sheet, Context], tuple[pd.DataFrame | None, list[Problem]]]] = {
            "attendance": read_attendance, "observations": read_observations, "interviews": read_interviews,
            "decisions": read_decisions, "process_answers": read_process_answers, "outcomes": read_outcomes,
            "sociometry": lambda sheet, known: read_sociometry(sheet, known, frames["attendance"]),
        }  # fmt: skip
        for name, read in readers.items():
            if name in self.sheets:
                frame, problems = read(self.sheets[name], context)
                self.problems += problems
                if frame is not None:
                    frames[name] = frame
        return frames

    def _who_answered(self, staff: Staff, survey: Survey) -> None:
        silent = len(staff.staff.index.difference(survey.answers.index))
        self.problems += counted("people_without_answers", silent, "staff")
        if len(staff.staff) and not len(survey.answers):
            self.problems.append(
                Problem(
                    "survey_without_people", STOP, {}, "survey_wide" if "survey_wide" in self.sheets else "survey_long"
                )
            )

    def _build(
        self,
        settings: Settings,
        instruments: Instruments,
        staff: Staff,
        survey: Survey,
        frames: dict[str, pd.DataFrame],
    ) -> Campaign:
        return Campaign(
            settings=settings, instruments=instruments, staff=staff.staff, names=staff.names, answers=survey.answers,
            situations=survey.situations, conditions=survey.conditions, seconds=survey.seconds,
            submissions=survey.submissions, **frames, present=frozenset(self.delivered),
            inputs=dict(sorted(self.inputs.items())),
        )  # fmt: skip

    def sorted_problems(self) -> list[Problem]:
        """Stops first, then by table, row and column; equal ones once; no id of a withheld person in any."""
        places = {name: place for place, name in enumerate(self.order)}

        def key(problem: Problem) -> tuple[int, int, str, int, str, str]:
            place = places.get(problem.table, -1)
            return (
                SEVERITIES.index(problem.severity),
                place,
                problem.table,
                problem.row or 0,
                problem.column,
                problem.code,
            )

        return sorted(self.consents.hide(self.problems), key=key)


def _knows(table: str, instruments: Instruments) -> Callable[[list[str]], int]:
    """Counts the headings a table knows; a wide survey also knows questions and the columns of survey programs."""
    dictionary = instruments.dictionary
    names = known_headings(dictionary.tables[table], dictionary)
    if table != "survey_wide":
        return lambda cells: sum(fold(cell) in names for cell in cells if cell)
    questions = Questions(instruments)
    names |= frozenset(sign for signs in SIGNS.values() for sign in signs)
    return lambda cells: sum(fold(cell) in names or questions.knows(cell) for cell in cells if cell)


def _sheet_of(frame: pd.DataFrame, path: Path) -> Sheet:
    names = [name for name in frame.columns if not name.startswith("source_")]
    columns = tuple(frame[name].to_numpy(dtype=object) for name in names)
    return Sheet("observations", path.name, tuple(names), 1, columns, frame["source_row"].to_numpy(dtype=np.int64))


def _below(first: Sheet, second: Sheet) -> Sheet:
    """One sheet under another; columns are joined by their headings."""
    heading = [*first.heading, *(name for name in second.heading if name not in first.heading)]

    def column(sheet: Sheet, name: str) -> np.ndarray:
        if name in sheet.heading:
            return sheet.columns[sheet.heading.index(name)]
        return np.full(len(sheet), "", dtype=object)

    columns = tuple(np.concatenate([column(first, name), column(second, name)]) for name in heading)
    return Sheet(
        first.table, first.file, tuple(heading), first.heading_row, columns, np.concatenate([first.rows, second.rows])
    )
