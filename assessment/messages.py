"""Texts for codes, in the reader's language, from gettext catalogues keyed by code."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from assessment.problems import Problem

LANGUAGES = ("ru", "en")
LOCALES = Path(__file__).parent / "locales"


@cache
def catalogue(language: str) -> dict[str, str | tuple[str, ...]]:
    """All texts of one language: key -> text, or the plural forms as a tuple."""
    from babel.messages.pofile import read_po

    texts: dict[str, str | tuple[str, ...]] = {}
    for path in sorted((LOCALES / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if not message.id:
                    continue
                key = str(message.id if isinstance(message.id, str) else message.id[0])
                if key in texts:
                    raise KeyError(f"{path.name}: text {key!r} stands in two catalogues")
                found: Any = message.string  # plural forms come as a tuple
                texts[key] = tuple(found) if isinstance(found, tuple) else found
    return texts


def text(key: str, language: str, **params: Any) -> str:
    """The text of a key with its parameters filled in; an unknown key is a fault of ours and raises KeyError."""
    found = catalogue(language)[key]
    if isinstance(found, tuple):
        raise KeyError(f"{key!r} has plural forms: call plural()")
    return found.format(**params) if params else found.replace("{{", "{").replace("}}", "}")


def plural(key: str, n: int, language: str, **params: Any) -> str:
    """The text of a key in the plural form that fits n; {n} is filled with n."""
    forms = catalogue(language)[key]
    if not isinstance(forms, tuple):
        raise KeyError(f"{key!r} has no plural forms: call text()")
    return forms[_form(abs(n), language)].format(n=n, **params)


def _form(n: int, language: str) -> int:
    if language == "ru":
        if n % 10 == 1 and n % 100 != 11:
            return 0
        return 1 if 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14 else 2
    return 0 if n == 1 else 1


def has_text(key: str, language: str) -> bool:
    """Whether the catalogue of the language holds the key."""
    return key in catalogue(language)


def problem_text(problem: Problem, language: str) -> str:
    """What was found, where, and what to do next, for one problem."""
    row = "" if problem.row is None else problem.row
    place = {"table": problem.table, "row": row, "column": problem.column, "value": problem.value}
    return text("problem." + problem.code, language, **{**place, **problem.params})
