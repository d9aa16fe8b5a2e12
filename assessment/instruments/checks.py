"""Reading a checked value out of a YAML file: what is missing or of the wrong kind becomes a problem with its place."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from assessment.problems import NOTE, STOP, Problem, nearest
from assessment.yaml_file import Value

TYPO = 0.74  # how alike an unknown key must be to a known one to be taken for a slip of the pen
ID_BREAKERS = frozenset(";\n\r\t")  # lists in a cell are separated by ";"


@dataclass(frozen=True)
class Part:
    """One place in a YAML file: its value, its path, and the list its problems go to.

    Readers give a usable value in any case, so that one pass finds every fault of the file.
    """

    value: Value
    path: str
    file: str
    problems: list[Problem]

    def report(self, code: str, severity: str = STOP, **params: Any) -> None:
        """Add a problem at this place."""
        value = _shown(self.value)
        self.problems.append(Problem(code, severity, params, self.file, self.value.row, self.path, value))

    def shape(
        self, required: Collection[str] = (), optional: Collection[str] = (), strict: bool = False
    ) -> dict[str, Part]:
        """The parts of a map with declared keys: missing and unknown keys are reported, unknown ones left out.

        strict : an unknown key always stops; else one that looks like no known key is left aside with a note
        """
        parts = self.map()
        if not isinstance(self.value.content, dict):
            return {}
        known = [*required, *optional]
        free = [key for key in known if key not in parts]
        meant = {part.unknown_key(key, free, strict) for key, part in parts.items() if key not in known}
        for key in required:
            if key not in parts and key not in meant:
                self.missing(key)
        return {key: part for key, part in parts.items() if key in known}

    def missing(self, key: str) -> None:
        """Report a key that must stand in this map and does not."""
        place = (self.file, self.value.row, _join(self.path, key))
        self.problems.append(Problem("yaml_key_missing", STOP, {"name": key}, *place))

    def unknown_key(self, key: str, known: Collection[str], strict: bool = False) -> str:
        """A key like a known one that is not there is a slip and stops; any other is left aside with a note.

        The known key it was taken for is given back, an empty text where there is none.
        """
        near = nearest(key, known)
        if near and alike(key, near) >= TYPO:
            self.report("yaml_key_misspelt", name=key, nearest=near)
            return near
        if strict:
            self.report("yaml_key_not_allowed", name=key, nearest=near, known=", ".join(known))
        else:
            self.report("yaml_key_unknown", NOTE, name=key)
        return ""

    def map(self) -> dict[str, Part]:
        """The parts of a map by key, empty (with a problem) where there is no map."""
        if not isinstance(self.value.content, dict):
            self.report("yaml_not_map" if self.path else "yaml_file_not_map")
            return {}
        return {key: self._below(value, _join(self.path, key)) for key, value in self.value.content.items()}

    def list(self) -> list[Part]:
        """The parts of a list, empty (with a problem) where there is no list."""
        if not isinstance(self.value.content, list):
            self.report("yaml_not_list")
            return []
        return [self._below(value, f"{self.path}[{i}]") for i, value in enumerate(self.value.content)]

    def __iter__(self) -> Iterator[Part]:
        return iter(self.list())

    def is_map(self) -> bool:
        return isinstance(self.value.content, dict)

    def is_list(self) -> bool:
        return isinstance(self.value.content, list)

    def text(self) -> str:
        """A text as it was written (007 stays 007); empty with a problem where there is none."""
        content = self.value.content
        if isinstance(content, (dict, list)) or content is None or not self.value.text.strip():
            self.report("yaml_not_text")
            return ""
        return self.value.text.strip()

    def id(self) -> str:
        """An id: text as written; a word that YAML reads as true or false is kept and noted."""
        if isinstance(self.value.content, bool):
            self.report("yaml_boolean_id", NOTE)
        name = self.text()
        if ID_BREAKERS & set(name):
            self.report("yaml_id_character")
        return name

    def ids(self) -> tuple[str, ...]:
        """A list of ids; a single id counts as a list of one."""
        return tuple(part.id() for part in self) if self.is_list() else (self.id(),)

    def whole(self, lowest: int | None = None, highest: int | None = None) -> int:
        """A whole number in a range; `lowest` or 0 with a problem where there is none."""
        content = self.value.content
        if isinstance(content, float) and content.is_integer():
            content = int(content)
        if not isinstance(content, int) or isinstance(content, bool):
            self.report("yaml_not_whole")
            return lowest or 0
        return int(self._in_range(content, lowest, highest))

    def number(self, lowest: float | None = None, highest: float | None = None) -> float:
        """A finite number in a range; `lowest` or 0 with a problem where there is none."""
        content = self.value.content
        if isinstance(content, bool) or not isinstance(content, (int, float)) or not _finite(content):
            self.report("yaml_not_number")
            return lowest or 0.0
        return float(self._in_range(content, lowest, highest))

    def _in_range(self, number: float, lowest: float | None, highest: float | None) -> float:
        low, high = (-math.inf if lowest is None else lowest), (math.inf if highest is None else highest)
        if low <= number <= high:
            return number
        if highest is None:
            self.report("yaml_too_low", lowest=lowest)
        else:
            self.report("yaml_out_of_range", lowest=lowest, highest=highest)
        return low if number < low else high

    def truth(self) -> bool:
        """true or false."""
        if not isinstance(self.value.content, bool):
            self.report("yaml_not_bool")
            return False
        return self.value.content

    def choice(self, known: Collection[str], code: str = "yaml_choice_unknown") -> str:
        """One of the known names; anything else is a problem that names the nearest."""
        name = self.id()
        if name and name not in known:
            self.unknown_name(name, known, code)
        return name

    def unknown_name(self, name: str, known: Collection[str], code: str = "yaml_choice_unknown") -> None:
        """Report a name nobody knows, with the nearest known one where there is one."""
        near = nearest(name, known)
        if near:
            self.report(f"{code}_near", name=name, nearest=near)
        else:
            self.report(code, name=name, known=", ".join(sorted(map(str, known))[:12]))

    def texts(self, languages: Collection[str]) -> dict[str, str]:
        """A text in every language: a map of languages, or one plain text for all of them."""
        if not self.is_map():
            plain = self.text()
            return dict.fromkeys((*languages, "ru", "en"), plain)
        return self.languages(languages)

    def languages(self, languages: Collection[str]) -> dict[str, str]:
        """The texts that stand under the language keys of this map; ru and en are filled from the first language."""
        parts = self.map()
        found: dict[str, str] = {}
        for language in dict.fromkeys((*languages, "ru", "en")):
            if language in parts:
                found[language] = parts[language].text()
            elif language in languages:
                self.report("yaml_text_missing", missing=language)
        first = next((text for text in found.values() if text), "")
        return {language: found.get(language, first) for language in dict.fromkeys((*languages, "ru", "en"))}

    def plain(self) -> Any:
        """The value as ordinary Python data."""
        return self.value.plain()

    def _below(self, value: Value, path: str) -> Part:
        return Part(value, path, self.file, self.problems)


def unique(parts: Iterable[tuple[str, Part]], taken: dict[str, str]) -> None:
    """Report ids that were taken before; `taken` holds id -> path and is added to."""
    for name, part in parts:
        if name and name in taken:
            part.report("yaml_id_duplicate", first=taken[name])
        taken.setdefault(name, part.path)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def alike(left: str, right: str) -> float:
    """How alike two names are, 0 to 1."""
    import difflib

    return difflib.SequenceMatcher(None, left.lower(), right.lower()).ratio()


def _finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # a whole number of hundreds of digits
        return False


def _shown(value: Value) -> str:
    if isinstance(value.content, (dict, list)):
        return ""
    return value.text[:80]
