"""A problem is a code with parameters; the words come later, in the reader's language."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

STOP, SOURCE, ROW, NOTE = "stop", "source", "row", "note"
SEVERITIES = (STOP, SOURCE, ROW, NOTE)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong or worth knowing, and where it stands.

    Parameters
    ----------
    code : name of the text in the catalogues, without the prefix "problem."
    severity : stop (nothing is computed), source (a method is left out of the model reading),
        row (a row or cell is left out) or note (nothing is left out)
    params : what the text needs beyond the place; ids only, never names of people
    table : the table, or the file's name for YAML
    row : as Excel counts, the heading is row 1; None where no single row is meant
    column : the column, or the path of the key in YAML
    value : what was found there, as text
    """

    code: str
    severity: str = STOP
    params: Mapping[str, Any] = field(default_factory=dict)
    table: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""

    def __post_init__(self) -> None:
        if self.severity not in SEVERITIES:
            raise ValueError(f"severity {self.severity!r} is none of {SEVERITIES}")


class AssessmentError(Exception):
    """Carries every problem that stopped a step, all at once."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.code} {dict(p.params)}" for p in problems))


def stops(problems: Iterable[Problem]) -> list[Problem]:
    """The problems that stop the run."""
    return [problem for problem in problems if problem.severity == STOP]


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like the one given, or an empty text when none is near."""
    names = [str(k) for k in known]
    folded = {k.lower(): k for k in names}
    found = difflib.get_close_matches(str(name).lower(), list(folded), n=1, cutoff=0.5)
    return folded[found[0]] if found else ""
