"""Names and texts of screens in one language: what a code, a person, a unit or a domain is called there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from assessment import messages, numbers
from assessment.campaign import Campaign
from assessment.records import cell

ELLIPSIS = "…"


@dataclass(frozen=True)
class Said:
    """A text to come: its key and parameters; with `n` among them the plural form that fits is taken."""

    key: str
    params: Mapping[str, Any]


def said(key: str, **params: Any) -> Said:
    """A text to come, from its key and parameters."""
    return Said(key, params)


@dataclass(frozen=True)
class Words:
    """The texts of one language; call it with a key."""

    language: str

    def __call__(self, key: str, **params: Any) -> str:
        """The text of a key; numbers among the parameters are written as the language writes them."""
        return messages.text(key, self.language, **{name: self._written(v) for name, v in params.items()})

    def n(self, key: str, n: int, **params: Any) -> str:
        """The text of a key in the plural form for n."""
        return messages.plural(key, n, self.language, **{name: self._written(v) for name, v in params.items()})

    def _written(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return " / ".join(str(self._written(part)) for part in value)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return value
        return self.whole(value) if isinstance(value, int) else self.num(value)

    def say(self, text: Said) -> str:
        """A text that was kept as key and parameters; parameters may be such texts themselves."""
        params: dict[str, Any] = {name: self.say(v) if isinstance(v, Said) else v for name, v in text.params.items()}
        if "n" in params:
            return self.n(text.key, **params)
        return self(text.key, **params)

    def or_code(self, key: str, code: str) -> str:
        """The text of a key, or the code itself where it comes from a campaign's own files and has none."""
        return messages.text(key, self.language) if messages.has_text(key, self.language) else code

    def name(self, texts: Mapping[str, str] | None, code: str) -> str:
        """What an instrument calls something in this language, else in any, else its code."""
        if not texts:
            return code
        return texts.get(self.language) or next(iter(texts.values()), code)

    def list(self, parts: Sequence[str], most: int = 3) -> str:
        """Parts with commas, and how many more where there are more than `most`."""
        if len(parts) <= most:
            return ", ".join(parts)
        return self.n("app.and_more", len(parts) - most, listed=", ".join(parts[:most]))

    def whole(self, n: float) -> str:
        return numbers.num(n, self.language, 0)

    def num(self, value: float | None, digits: int = 1, *, sign: bool = False) -> str:
        return numbers.num(value, self.language, digits, sign=sign)

    def pct(self, share: float | None) -> str:
        return numbers.pct(share, self.language)

    def points(self, standing: float | None, *, sign: bool = False) -> str:
        return numbers.points(standing, self.language, sign=sign)

    def day(self, date: Any, *, year: bool = False) -> str:
        return numbers.day(date, self.language, year=year)


class Names:
    """What people, units and codes of one campaign are called in one language."""

    def __init__(self, campaign: Campaign, words: Words) -> None:
        self.campaign, self.words = campaign, words
        self._battery, self._roles = campaign.instruments.battery, campaign.instruments.roles
        known = campaign.names["full_name"] if "full_name" in campaign.names else pd.Series(dtype=object)
        self._people = known.dropna().astype(str).to_dict()

    def person(self, person_id: str) -> str:
        """Surname and given name; the id where no name was delivered."""
        return " ".join(self._people.get(person_id, person_id).split()[:2])

    def brief(self, person_id: str) -> str:
        """Surname and initial: "Орлова Т."; the id where no name was delivered."""
        parts = self._people.get(person_id, person_id).split()
        return f"{parts[0]} {parts[1][0]}." if len(parts) > 1 else parts[0]

    def unit(self, person_id: str) -> str:
        """The unit of a person, or an empty text."""
        if "unit" not in self.campaign.staff:
            return ""
        value = cell(self.campaign.staff, person_id, "unit")
        return "" if pd.isna(value) else str(value)

    def short_unit(self, person_id: str) -> str:
        """The unit cut to a few words."""
        return short(self.unit(person_id), 18)

    def domain(self, domain: str) -> str:
        return self.words.name(self._battery.domains.get(domain), domain)

    def construct(self, construct: str) -> str:
        scale = self._battery.scales.get(construct)
        return self.words.name(scale.name if scale else None, construct)

    def role(self, role: str) -> str:
        found = self._roles.roles.get(role)
        return self.words.name(found.name if found else None, role)

    def position(self, position: str) -> str:
        found = self.campaign.instruments.observation.positions.get(position)
        return self.words.name(found.name if found else None, position)

    def behaviour(self, behaviour: str) -> str:
        found = self.campaign.instruments.observation.behaviours.get(behaviour)
        return self.words.name(found.name if found else None, behaviour)

    def column(self, column: str) -> str:
        """What a column of the listing is called: a domain, a column of staff, or the column itself."""
        if column in self._battery.domains:
            return self.domain(column)
        return self.words.or_code(f"column.{column}", column)

    def value(self, column: str, code: str) -> str:
        """What a value of a staff column is called: a code of the dictionary, a function area, or the text itself."""
        if column == "function_area":
            areas = {area["id"]: area for area in self.campaign.instruments.catalogue.get("areas", [])}
            return self.words.name(areas.get(code), code)
        return self.words.or_code(f"staff.{column}.{code}", str(code))

    def flag(self, code: str) -> str:
        """A flag in words: a pattern's own name, or the text of a gate or of an answering flag."""
        for pattern in self._roles.patterns:
            if pattern.id == code:
                return self.words.name(pattern.name, code)
        for gate in self._roles.gates:
            if code == f"{gate.id}_unanswered":
                return self.words("flag.unanswered")
            if code == gate.id and not messages.has_text(f"flag.{code}", self.words.language):
                target = self.domain(gate.target) if gate.kind == "domain" else self.construct(gate.target)
                return self.words(f"flag_of.{gate.kind}", target=target)
        return self.words.or_code(f"flag.{code}", code)


def short(text: str, limit: int = 30) -> str:
    """A long name cut at a word, with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1].rsplit(" ", 1)[0]
    words = (cut if len(cut) > limit // 2 else text[: limit - 1]).split(" ")
    while len(words) > 1 and len(words[-1]) < 3:  # no "and" left hanging before the ellipsis
        words.pop()
    return " ".join(words).rstrip(" ,") + ELLIPSIS


def markdown_safe(text: str) -> str:
    """Data for a label that is read as Markdown: every sign that could mean something is escaped."""
    return re.sub(r"([\\`*_{}\[\]()#+.!|~:$<>-])", r"\\\1", text)
