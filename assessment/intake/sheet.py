"""One sheet of a file as text: its heading and its rows, each with the number Excel shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from assessment.problems import NOTE, ROW, Problem

HEADING_SEARCH = 10  # a title or two above the heading is usual in exports of HR programs
BLANKS = " \t\r\n\v\f\u00a0\u2007\u202f\u200b\u2060\ufeff"
Record = tuple[int, list[str]]
"""Row number as Excel counts, cells as text."""


@dataclass(frozen=True)
class Sheet:
    """The cells of one table before anything is understood.

    table : name of the table; file : name of the file it came from
    heading : one text a column; heading_row : where it stands
    columns : for each heading an object array of texts ("" = empty cell)
    rows : row number of every record, as Excel counts
    """

    table: str
    file: str
    heading: tuple[str, ...]
    heading_row: int
    columns: tuple[np.ndarray, ...]
    rows: np.ndarray

    def take(self, keep: np.ndarray) -> Sheet:
        """The sheet with only the rows where keep is true."""
        if keep.all():
            return self
        columns = tuple(column[keep] for column in self.columns)
        return Sheet(self.table, self.file, self.heading, self.heading_row, columns, self.rows[keep])

    def select(self, places: Sequence[int]) -> Sheet:
        """The sheet with only the columns at these places."""
        heading = tuple(self.heading[i] for i in places)
        columns = tuple(self.columns[i] for i in places)
        return Sheet(self.table, self.file, heading, self.heading_row, columns, self.rows)

    def rename(self, heading: Sequence[str]) -> Sheet:
        """The sheet under another heading."""
        return Sheet(self.table, self.file, tuple(heading), self.heading_row, self.columns, self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def trim(text: str) -> str:
    """A text without blanks, non-breaking blanks and invisible marks at its ends."""
    return text.strip(BLANKS)


def build_sheet(
    table: str, file: str, records: list[Record], known: Callable[[list[str]], int], ragged: bool
) -> tuple[Sheet, list[Problem]]:
    """A sheet from the records that hold anything.

    Parameters
    ----------
    known : how many of these headings the table knows; finds the heading below a title
    ragged : whether a cell beyond the heading means a shifted row (CSV) or a column without a heading (workbook)
    """
    at = _heading_place(records, known)
    problems = []
    if at:
        params = {"title_rows": at}
        problems.append(Problem("heading_below_title", NOTE, params, table=table, row=records[at][0]))
    heading_row, heading = records[at][0], [trim(cell) for cell in records[at][1]]
    body = records[at + 1 :]
    while ragged and heading and not heading[-1] and not any(len(r) >= len(heading) and trim(r[-1]) for _, r in body):
        heading.pop()
    width = len(heading) if ragged else max([len(heading), *(len(cells) for _, cells in body)])
    heading += [""] * (width - len(heading))
    rows, texts = [], []
    for number, cells in body:
        if len(cells) < width:
            cells = cells + [""] * (width - len(cells))
        elif len(cells) > width:
            if any(trim(cell) for cell in cells[width:]):
                params = {"cells": len(cells), "columns": width}
                problems.append(Problem("row_too_long", ROW, params, table=table, row=number))
                continue
            cells = cells[:width]
        rows.append(number)
        texts.append(cells)
    columns = _columns(texts, width)
    return Sheet(table, file, tuple(heading), heading_row, columns, np.array(rows, dtype=np.int64)), problems


def _heading_place(records: list[Record], known: Callable[[list[str]], int]) -> int:
    """The first record, unless it knows nothing and one of the next is clearly the heading."""
    if known([trim(cell) for cell in records[0][1]]):
        return 0
    scores = [known([trim(cell) for cell in cells]) for _, cells in records[:HEADING_SEARCH]]
    best = max(range(len(scores)), key=lambda i: (scores[i], -i))
    return best if scores[best] >= 2 else 0


def _columns(texts: list[list[str]], width: int) -> tuple[np.ndarray, ...]:
    if not texts:
        return tuple(np.empty(0, dtype=object) for _ in range(width))
    block = np.empty((width, len(texts)), dtype=object)
    for i, column in enumerate(zip(*texts, strict=True)):
        block[i, :] = column
    return tuple(block)
