"""XLSX read cell by cell as text, after fences against archives that are broken, locked or built to explode.

The file is an archive of XML parts (ECMA-376). It is streamed with expat, so that long numbers keep every digit that
the file holds, a faulty style or drawing cannot stop the reading, and a document type (entities) is refused outright.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from xml.parsers import expat

from assessment.intake.sheet import Record, trim
from assessment.intake.workbook_cells import Cells, Styles, read_shared_texts, read_styles
from assessment.problems import NOTE, Problem

MAX_FILE = 20 * 2**20
MAX_UNPACKED = 200 * 2**20
MAX_RATIO = 200
RATIO_FROM = 2**20  # below a megabyte unpacked no ratio does harm
MAX_ENTRIES = 2000
MAX_CELLS = 5_000_000
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ARCHIVE_FAULTS = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)


class WorkbookFault(Exception):
    """Why a workbook cannot be read: the code of a problem."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def read_workbook(data: bytes, table: str, known: Callable[[list[str]], int]) -> tuple[list[Record], list[Problem]]:
    """The rows that hold anything of the sheet named like the table, else of the first visible sheet with content."""
    try:
        sheets = open_workbook(data)
        cells = _choose(sheets, table, known)
    except WorkbookFault as fault:
        return [], [Problem(fault.code, table=table)]
    except expat.ExpatError:
        return [], [Problem("workbook_damaged", table=table)]
    except ARCHIVE_FAULTS:
        return [], [Problem("workbook_damaged", table=table)]
    if cells is None:
        return [], []
    problems = []
    if cells.uncomputed:
        row, column = cells.uncomputed[0]
        params = {"n": len(cells.uncomputed), "cell": f"{column_letters(column)}{row}"}
        problems.append(Problem("formula_not_computed", NOTE, params, table=table, row=row))
    return cells.records(), problems


class Workbook:
    """The parts of an open workbook: its visible sheets in order, styles and shared texts read once."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        names = {name.lower().lstrip("/").replace("\\", "/"): name for name in archive.namelist()}
        self.names = names
        if "xl/workbook.xml" not in names:
            raise WorkbookFault("workbook_other_format" if "xl/workbook.bin" in names else "workbook_not_workbook")
        self.sheets, self.from_1904 = self._sheets()
        styles = self._part("xl/styles.xml")
        self.styles = read_styles(styles, self.from_1904) if styles else Styles((), self.from_1904)
        texts = self._part("xl/sharedstrings.xml")
        self.texts = read_shared_texts(texts) if texts else []

    def cells(self, path: str, first_only: bool = False) -> Cells:
        """Every cell of a sheet, or only its first rows."""
        part = self._part(path)
        cells = Cells(self.styles, self.texts, MAX_CELLS)
        if part is not None:
            cells.read(part, first_only)
        if cells.too_many:
            raise WorkbookFault("workbook_too_large")
        return cells

    def _part(self, path: str) -> bytes | None:
        name = self.names.get(path.lower())
        if name is None:
            return None
        part = self.archive.read(name)
        _refuse_entities(part)
        return part

    def _sheets(self) -> tuple[list[tuple[str, str]], bool]:
        """(name, path) of every worksheet, visible ones first, and whether dates count from 1904."""
        found: list[tuple[str, str, bool]] = []
        dates_1904: list[bool] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            tag = _local(tag)
            if tag == "workbookPr":
                dates_1904.append(attributes.get("date1904", "0") in ("1", "true"))
            elif tag == "sheet":
                target = next((value for name, value in attributes.items() if _local(name) == "id"), "")
                hidden = attributes.get("state", "visible") != "visible"
                found.append((attributes.get("name", ""), target, hidden))

        parse_xml(self._part("xl/workbook.xml") or b"", start)
        targets = self._targets()
        paths = [(name, targets.get(target, ""), hidden) for name, target, hidden in found]
        ordered = sorted(paths, key=lambda sheet: sheet[2])
        return [(name, path) for name, path, _ in ordered if path.lower() in self.names], any(dates_1904)

    def _targets(self) -> dict[str, str]:
        """Relationship id -> path of a worksheet."""
        found: dict[str, str] = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            if _local(tag) == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
                target = attributes.get("Target", "").replace("\\", "/")
                path = target.lstrip("/") if target.startswith("/") else "xl/" + target
                found[attributes.get("Id", "")] = path.replace("/./", "/")

        parse_xml(self._part("xl/_rels/workbook.xml.rels") or b"", start)
        return found


def open_workbook(data: bytes) -> Workbook:
    """A workbook whose archive has passed every fence; WorkbookFault otherwise."""
    if data.startswith(OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        raise WorkbookFault("workbook_locked" if locked else "workbook_other_format")
    if not data.startswith(b"PK"):
        raise WorkbookFault("workbook_not_workbook")
    if len(data) > MAX_FILE:
        raise WorkbookFault("workbook_too_large")
    archive = zipfile.ZipFile(io.BytesIO(data))
    _check_archive(archive.infolist())
    return Workbook(archive)


def _check_archive(entries: list[zipfile.ZipInfo]) -> None:
    """Refuses what no program that writes tables produces, before a single part is unpacked."""
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise WorkbookFault("workbook_too_large")
    names = [entry.filename.lower() for entry in entries]
    if len(set(names)) < len(names) or any(".." in re.split(r"[/\\]", name) for name in names):
        raise WorkbookFault("workbook_suspicious")
    for entry in entries:
        if entry.flag_bits & 1:
            raise WorkbookFault("workbook_locked")
        if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise WorkbookFault("workbook_suspicious")


def _refuse_entities(part: bytes) -> None:
    for encoding in ("ascii", "utf-16-le", "utf-16-be"):
        if any(word.encode(encoding) in part for word in ("<!DOCTYPE", "<!ENTITY")):
            raise WorkbookFault("workbook_suspicious")


def _choose(workbook: Workbook, table: str, known: Callable[[list[str]], int]) -> Cells | None:
    """The sheet named like the table; else the first whose first rows know a heading; else the first with content."""
    named = [path for name, path in workbook.sheets if trim(name).lower() == table]
    read = [workbook.cells(path) for path in named[:1]]
    if read and read[0].rows:
        return read[0]
    filled = [cells for _, path in workbook.sheets if (cells := workbook.cells(path)).rows]
    for cells in filled:
        if any(known([trim(text) for text in texts]) for _, texts in cells.records()[:10]):
            return cells
    return filled[0] if filled else None


def sheets_begin_with(data: bytes, mark: str) -> bool:
    """Whether the first filled cell of any sheet begins with a mark; false where the file cannot be read."""
    try:
        workbook = open_workbook(data)
        return any(_first_text(workbook.cells(path, first_only=True)).startswith(mark) for _, path in workbook.sheets)
    except (WorkbookFault, expat.ExpatError, *ARCHIVE_FAULTS):
        return False


def _first_text(cells: Cells) -> str:
    if not cells.rows:
        return ""
    _, first = min(cells.rows, key=lambda row: row[0])
    return trim(first[min(first)])


def parse_xml(part: bytes, start: Callable[[str, dict[str, str]], None]) -> None:
    """Calls start(tag, attributes) for every element of a part."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(part, True)


def _local(name: str) -> str:
    return name.rsplit(":", 1)[-1]


def column_letters(place: int) -> str:
    """The letters Excel shows over a column; 0 is A."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
