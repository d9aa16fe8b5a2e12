"""Rules of good wording that every item obeys: a breach in a campaign's own questionnaire is worth a note, no more."""

from __future__ import annotations

import re

from assessment.instruments.types import Battery
from assessment.problems import NOTE, Problem

MOST_WORDS = 14  # in Russian; longer items are read twice or not at all
WORD = re.compile(r"[\w-]*\w[\w-]*")
NEGATION = re.compile(r"\bне\b", re.IGNORECASE)


def style_notes(battery: Battery, file: str) -> list[Problem]:
    """Notes on items too long, on reversed items with a "not" in them, and on scales that run one way only."""
    notes = []
    for i, item in enumerate(battery.items.values()):
        if "ru" not in battery.languages:
            break
        text = battery.fill(item.text["ru"], "ru")
        place = (file, None, f"items[{i}].ru", item.id)
        if (words := len(WORD.findall(text))) > MOST_WORDS:
            params = {"item": item.id, "words": words, "most": MOST_WORDS}
            notes.append(Problem("style_item_long", NOTE, params, *place))
        if item.key == -1 and NEGATION.search(text):
            notes.append(Problem("style_reversed_negated", NOTE, {"item": item.id}, *place))
    for name in battery.person_scales:
        if not battery.scales[name].gate_only and all(item.key == 1 for item in battery.scale_items(name)):
            notes.append(Problem("style_scale_one_way", NOTE, {"scale": name}, table=file, column=f"scales.{name}"))
    return notes
