"""What an answer means: codes, labels in every language, positions such as A1 or AO01, options and wishes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from assessment.instruments.types import Battery, Condition, Instruments, Option, ResponseFormat
from assessment.intake.sheet import trim
from assessment.intake.values import EXCEL_FAULTS, MISSING, NOT_ALLOWED, OK, UNREADABLE, CellReader, fold_value, number

POSITION = re.compile(r"[aа][oо]?0*([0-9]{1,3})")
CODE_AND_LABEL = re.compile(r"([+-]?[0-9]+|[a-zа-я])\s*[-.:)=]\s*(.+)", re.DOTALL)
LABEL_AND_CODE = re.compile(r"(.+?)\s*[(\[]([+-]?[0-9]+)[)\]]", re.DOTALL)
Read = tuple[object, int]


class FormatReader:
    """Understands answers of one response format."""

    def __init__(self, answers: ResponseFormat, reader: CellReader) -> None:
        self.values = answers.values
        self.reader = reader
        self.words = {str(value): value for value in answers.values}
        for labels in answers.labels.values():
            for value, label in zip(answers.values, labels, strict=False):
                self.words.setdefault(fold_value(label), value)
        self.nothing = {fold_value(label) for label in answers.na_label.values()}
        self._memory: dict[str, Read] = {}

    def __call__(self, text: str) -> Read:
        if text not in self._memory:
            self._memory[text] = self._understand(fold_value(trim(text)))
        return self._memory[text]

    def _understand(self, text: str) -> Read:
        if text in self.words:
            return float(self.words[text]), OK
        if text in self.nothing or self.reader.is_missing(text):
            return None, MISSING
        value = number(text)
        if value is not None:
            return (value, OK) if value in self.values else (None, NOT_ALLOWED)
        position = POSITION.fullmatch(text)
        if position:
            place = int(position[1])
            return (float(self.values[place - 1]), OK) if 1 <= place <= len(self.values) else (None, NOT_ALLOWED)
        for pattern, code, label in ((CODE_AND_LABEL, 1, 2), (LABEL_AND_CODE, 2, 1)):
            found = pattern.fullmatch(text)
            if found and self.words.get(fold_value(found[label])) == self.words.get(found[code], object()):
                return float(self.words[found[code]]), OK
        return None, UNREADABLE


class OptionReader:
    """Understands the choice of one or several options."""

    def __init__(self, options: Sequence[Option], reader: CellReader, most: int | None = None) -> None:
        self.ids = [option.id for option in options]
        self.reader, self.most = reader, most
        self.words = {fold_value(option.id): option.id for option in options}
        for option in options:
            self.words.setdefault(fold_value(option.id).replace("_", ""), option.id)
            for text in option.text.values():
                self.words.setdefault(fold_value(text), option.id)

    def one(self, text: str) -> Read:
        """The id of a single option."""
        folded = fold_value(trim(text))
        found = self._option(folded)
        if found:
            return found, OK
        if self.reader.is_missing(folded):
            return None, MISSING
        return None, UNREADABLE if folded in EXCEL_FAULTS else NOT_ALLOWED

    def several(self, text: str) -> Read:
        """The ids of several options joined by ";" in the order given; commas separate where semicolons do not."""
        if not self.words:
            return (None, MISSING) if self.reader.is_missing(trim(text)) else (trim(text), OK)
        whole, state = self.one(text)
        if state in (OK, MISSING):
            return whole, state
        found: list[str] = []
        for part in filter(None, map(trim, text.split(";"))):
            options = self._by_commas(part)
            if options is None:
                return None, NOT_ALLOWED
            found += options
        return ";".join(dict.fromkeys(found)), OK

    def _by_commas(self, text: str) -> list[str] | None:
        """Options separated by commas; an option may hold commas itself, so the longest that fits is taken."""
        parts = text.split(",")
        found, place = [], 0
        while place < len(parts):
            for end in range(len(parts), place, -1):
                option = self._option(fold_value(trim(",".join(parts[place:end]))))
                if option:
                    found.append(option)
                    place = end
                    break
            else:
                return None
        return found

    def _option(self, folded: str) -> str:
        if folded in self.words:
            return self.words[folded]
        position = POSITION.fullmatch(folded)
        if position and 1 <= int(position[1]) <= len(self.ids):
            return self.ids[int(position[1]) - 1]
        found = CODE_AND_LABEL.fullmatch(folded)
        if found and self.words.get(fold_value(found[2])) == self.words.get(found[1], object()):
            return self.words[found[1]]
        return ""


class AnswerReader:
    """Understands everything a battery asks.

    ordinal : id -> reader of its format ; situations : id -> reader of its options ; conditions likewise
    """

    def __init__(self, instruments: Instruments, reader: CellReader) -> None:
        battery = instruments.battery
        formats = {name: FormatReader(answers, reader) for name, answers in battery.formats.items()}
        self.battery = battery
        self.ordinal = {name: formats[battery.ordinal(name).format] for name in battery.ordinal_ids}
        self.situations = {s.id: OptionReader(s.options, reader) for s in battery.situations.values()}
        self.conditions = {
            c.id: OptionReader(condition_options(c, instruments), reader, c.max if c.type == "multi" else 1)
            for c in battery.conditions.values()
        }

    def expected(self, name: str) -> str:
        """What would have been right for a question, as a list of codes."""
        if name in self.ordinal:
            return ", ".join(str(value) for value in self.ordinal[name].values)
        options = self.situations.get(situation_of(name, self.battery)) or self.conditions.get(name)
        return ", ".join(options.ids) if options else ""

    def read(self, name: str, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Values and states of the answers to one question (an item, <situation>_most, a condition)."""
        codes, texts = pd.factorize(cells)
        read = [self._one(name, text) for text in texts]
        values, states = np.empty(len(texts), dtype=object), np.zeros(len(texts), dtype=np.int8)
        for place, (value, state) in enumerate(read):
            values[place], states[place] = value, state
        return values[codes], states[codes]

    def _one(self, name: str, text: str) -> Read:
        if name in self.ordinal:
            return self.ordinal[name](text)
        situation = situation_of(name, self.battery)
        if situation:
            return self.situations[situation].one(text)
        options = self.conditions[name]
        return options.several(text) if options.most != 1 or not options.words else options.one(text)

    def beyond_most(self, name: str, value: object) -> str:
        """The options of a wish that are allowed, "" where none is too many."""
        most = self.conditions[name].most
        parts = str(value).split(";")
        return ";".join(parts[:most]) if most and len(parts) > most else ""


def condition_options(condition: Condition, instruments: Instruments) -> tuple[Option, ...]:
    """The options of a wish; where the battery takes them from the roles, the roles."""
    if condition.options:
        return condition.options
    return tuple(Option(role.id, None, role.name) for role in instruments.roles.roles.values())


def situation_of(name: str, battery: Battery) -> str:
    """The situation a column <situation>_most or <situation>_least belongs to, else an empty text."""
    situation, _, which = name.rpartition("_")
    return situation if which in ("most", "least") and situation in battery.situations else ""


def question_names(battery: Battery) -> list[str]:
    """Every question a survey may bring: items, <situation>_most and _least, conditions."""
    chosen = [f"{name}_{which}" for name in battery.situations for which in ("most", "least")]
    return [*battery.ordinal_ids, *chosen, *battery.conditions]


def fold_code(code: str) -> str:
    """A question's code as it is compared: LimeSurvey allows no underscores in codes."""
    return re.sub(r"[\s_.\-]", "", code).casefold()


def code_book(names: Sequence[str]) -> Mapping[str, str]:
    """Folded code -> name; a code two names share is found only when written exactly."""
    folded: dict[str, list[str]] = {}
    for name in names:
        folded.setdefault(fold_code(name), []).append(name)
    book = {code: owners[0] for code, owners in folded.items() if len(owners) == 1}
    return {**book, **{name: name for name in names}}
