"""CSV as Excel, LimeSurvey and HR programs write it: encodings, separators, quoting, row numbers."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable

from assessment.intake.sheet import Record, trim
from assessment.problems import Problem

SEPARATORS = (",", ";", "\t", "|")
SAMPLE_RECORDS = 30
MAX_CELL = 1_000_000
UTF8_LETTERS = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
END = "\ue000end of file\ue000"


def decode(data: bytes, table: str) -> str | Problem:
    """The text of a file: UTF-8 with or without mark, UTF-16 with mark, else cp1251; a stop where it is none."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return _decoded(data, name, table)
    if b"\0" in data:
        row = data[: data.index(b"\0")].count(b"\n") + 1
        return Problem("file_binary", table=table, row=row)
    try:
        return _checked(data.decode("utf-8"), table)
    except UnicodeDecodeError as error:
        if _mostly_utf8(data):
            return Problem("file_encoding_broken", table=table, row=data[: error.start].count(b"\n") + 1)
    return _decoded(data, "cp1251", table)


def _decoded(data: bytes, encoding: str, table: str) -> str | Problem:
    try:
        return _checked(data.decode(encoding), table)
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        return Problem("file_encoding_broken", table=table, row=row)


def _checked(text: str, table: str) -> str | Problem:
    """Control characters never stand in a table: such a file is a picture, an archive or damaged."""
    found = CONTROL.search(text)
    if found:
        return Problem("file_binary", table=table, row=text[: found.start()].count("\n") + 1)
    return text


def _mostly_utf8(data: bytes) -> bool:
    """Whether more bytes above 127 form letters of UTF-8 than do not: then cp1251 would be the wrong guess."""
    inside = sum(len(found) for found in UTF8_LETTERS.findall(data))
    above = len(data) - len(data.translate(None, bytes(range(128, 256))))
    return inside * 2 > above


def read_csv(data: bytes, table: str, known: Callable[[list[str]], int]) -> tuple[list[Record], list[Problem]]:
    """The records that hold anything, each with its row number (a record is a row, a blank line counts as one)."""
    text = decode(data, table)
    if isinstance(text, Problem):
        return [], [text]
    declared = re.match(r'\s*"?sep=(.)"?[^\S\n]*\r?\n', text, re.IGNORECASE)
    if declared:  # Excel takes this line for itself and counts rows from the next
        text = text[declared.end() :]
    separator = declared.group(1) if declared else _separator(text, known)
    try:
        records = _records(text, separator)
    except csv.Error as error:
        return [], [Problem("file_not_csv", params={"why": str(error)}, table=table)]
    if records and records[-1][1] != [END]:
        return [], [Problem("file_quote_open", table=table, row=records[-1][0])]
    return [(number, cells) for number, cells in records[:-1] if any(map(trim, cells))], []


def _records(text: str, separator: str) -> list[Record]:
    """All records; the mark put behind the text comes out whole unless a quotation was never closed."""
    csv.field_size_limit(MAX_CELL)
    if text and not text.endswith(("\n", "\r")):
        text += "\n"
    reader = csv.reader(io.StringIO(text + END, newline=""), delimiter=separator)
    return list(enumerate(reader, start=1))


def _separator(text: str, known: Callable[[list[str]], int]) -> str:
    """The separator under which most headings are known, then the one that cuts most rows alike, then most cells."""
    sample = _sample(text)

    def merit(separator: str) -> tuple[int, float, int]:
        try:
            rows = [cells for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=separator) if any(cells)]
        except csv.Error:
            return (-1, 0.0, 0)
        if not rows:
            return (0, 0.0, 0)
        width = len(rows[0])
        alike = sum(len(cells) == width for cells in rows) / len(rows) if width > 1 else 0.0
        heading = known([trim(cell) for cell in rows[0]]) or max(known([trim(c) for c in cells]) for cells in rows[:10])
        return (heading, alike, width)

    return max(SEPARATORS, key=merit)


def _sample(text: str) -> str:
    """The first lines of a text, enough to tell how it is separated."""
    place = 0
    for _ in range(SAMPLE_RECORDS):
        found = text.find("\n", place)
        if found < 0:
            return text
        place = found + 1
    return text[:place]
