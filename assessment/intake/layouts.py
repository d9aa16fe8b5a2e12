"""Which survey program wrote a file, and which of its columns is which question of the battery."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assessment.instruments.types import Battery, Dictionary, Instruments, Table
from assessment.intake.answers import code_book, condition_options, fold_code, question_names
from assessment.intake.headers import fold, is_personal, names_of
from assessment.intake.sheet import Sheet

LIMESURVEY, GOOGLE, YANDEX, OWN = "LimeSurvey", "Google Forms", "Yandex Forms", ""
# Heading -> column of the dictionary, "" = of no use, None = personal, dropped with a note.
SYSTEM: dict[str, dict[str, str | None]] = {
    LIMESURVEY: {
        "id": "", "response id": "", "id ответа": "", "submitdate": "submitted_at", "date submitted": "submitted_at",
        "дата отправки": "submitted_at", "lastpage": "", "last page": "", "последняя страница": "",
        "startlanguage": "language", "start language": "language", "начальный язык": "language", "seed": "",
        "начальное число": "", "token": "token", "access code": "token", "код доступа": "token",
        "startdate": "started_at", "date started": "started_at", "дата начала": "started_at", "datestamp": "",
        "date last action": "", "дата последнего действия": "", "interviewtime": "duration_s",
        "total time": "duration_s", "общее время": "duration_s",
        "ipaddr": None, "ip address": None, "ip-адрес": None, "refurl": None, "referrer url": None, "firstname": None,
        "lastname": None, "email": None,
    },
    GOOGLE: {
        "timestamp": "submitted_at", "отметка времени": "submitted_at", "email address": None, "username": None,
        "адрес электронной почты": None, "имя пользователя": None, "score": "", "баллы": "",
    },
    YANDEX: {
        "id": "", "время создания": "submitted_at", "время изменения": "", "created": "submitted_at", "updated": "",
        "логин": None, "email": None,
    },
}  # fmt: skip
SIGNS = {
    LIMESURVEY: (
        "submitdate", "lastpage", "startlanguage", "seed", "refurl", "ipaddr", "datestamp", "startdate",
        "interviewtime",
        "date submitted", "last page", "start language", "дата отправки", "последняя страница", "начальный язык",
    ),
    YANDEX: ("время создания", "время изменения"),
    GOOGLE: ("timestamp", "отметка времени"),
}  # fmt: skip
SIGNS_NEEDED = {LIMESURVEY: 2, YANDEX: 1, GOOGLE: 1}
TOKEN_WORDS = frozenset(("токен", "код ссылки", "личный код", "код приглашения", "personal code", "invitation code"))
ARRAY = re.compile(r"(.*?)\s*\[\s*(.*?)\s*\]\s*", re.DOTALL)
ORDINAL_CODE = re.compile(r"(?:sq|y|q)?0*([0-9]{1,3})", re.IGNORECASE)
LEADING = re.compile(r"\s*(?:№\s*)?\w{1,8}\s*[.):]\s+(.+)", re.DOTALL)
TAGS = re.compile(r"<[^>]*>")
PLACE = re.compile(r"\{[^{}]*\}")
LEAST = re.compile(r"наименее|менее всего|меньше всего|least|маловероятн")
MOST = re.compile(r"наиболее|вероятнее всего|скорее всего|больше всего|most|вероятн")


@dataclass
class Arrangement:
    """What each column of a survey is.

    layout : the program recognised, "" for our own columns
    columns : name (dictionary column, question, <item>_t) -> places in the sheet
    boxes : condition -> {place: option id}, one column an option (ticked or not)
    grids : situation -> {place: option id}, one column an option (most, least or nothing)
    dropped, unknown : places of personal columns and of columns that mean nothing
    """

    layout: str
    columns: dict[str, list[int]] = field(default_factory=dict)
    boxes: dict[str, dict[int, str]] = field(default_factory=dict)
    grids: dict[str, dict[int, str]] = field(default_factory=dict)
    dropped: list[int] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)


def squash(text: str) -> str:
    """A question as it is compared: letters and digits only, lower case, yo as e, no mark-up."""
    folded = TAGS.sub(" ", text).casefold().replace("ё", "е")
    return "".join(character for character in folded if character.isalnum())


def layout_of(headings: Sequence[str]) -> str:
    """The survey program whose own columns stand among the headings."""
    folded = {fold(heading) for heading in headings}
    for layout, signs in SIGNS.items():
        if len(folded.intersection(signs)) >= SIGNS_NEEDED[layout]:
            return layout
    return OWN


class Questions:
    """Finds the question a heading stands for: by its code, else by its full text in any language."""

    def __init__(self, instruments: Instruments) -> None:
        battery = instruments.battery
        self.battery = battery
        self.codes = code_book([*question_names(battery), *battery.situations])
        self.scales = {fold_code(name): name for name in battery.scales}
        self.texts, self.patterns = _texts(battery)
        self.openings = [(text, name) for text, name in self.texts.items() if name in battery.situations]
        self.options = {
            name: {squash(text): o.id for o in s.options for text in (o.id, *o.text.values())}
            for name, s in battery.situations.items()
        }
        self.wishes = {
            c.id: [
                (o.id, {squash(text) for text in (o.id, *o.text.values())}) for o in condition_options(c, instruments)
            ]
            for c in battery.conditions.values()
        }
        self.ignored = _ignored(battery)

    def knows(self, heading: str) -> bool:
        """Whether a heading is a question."""
        return bool(self.find(heading)[0])

    def find(self, heading: str) -> tuple[str, str]:
        """(question, what stands in brackets or behind it); empty texts where the heading is no question."""
        code = heading.strip()
        if code in self.codes or fold_code(code) in self.codes:
            return self.codes.get(code) or self.codes[fold_code(code)], ""
        array = ARRAY.fullmatch(heading)
        if array:
            found = self._in_array(array[1], array[2])
            if found[0]:
                return found
        return self._by_text(heading)

    def _in_array(self, code: str, row: str) -> tuple[str, str]:
        """CODE[SUB] of LimeSurvey, Question [Row] of forms."""
        for part in (row, code):
            name = self.codes.get(part) or self.codes.get(fold_code(part), "")
            if name in self.battery.ordinal_ids:
                return name, ""
        name = self.codes.get(fold_code(code), "")
        if name:
            return name, row
        place = ORDINAL_CODE.fullmatch(row)
        if fold_code(code) in self.scales and place:
            items = self.battery.scale_items(self.scales[fold_code(code)])
            if 1 <= int(place[1]) <= len(items):
                return items[int(place[1]) - 1].id, ""
        name, _ = self._by_text(row)
        if name in self.battery.ordinal_ids:
            return name, ""
        name, rest = self._by_text(code)
        return (name, row or rest) if name else ("", "")

    def _by_text(self, heading: str) -> tuple[str, str]:
        leading = LEADING.fullmatch(heading)
        if leading:
            code = self.codes.get(fold_code(heading.split(leading[1])[0].strip(" .):")), "")
            if code in self.battery.ordinal_ids:
                return code, ""
        for text in (heading, leading[1] if leading else ""):
            squashed = squash(text)
            if not squashed:
                continue
            if squashed in self.texts:
                return self.texts[squashed], ""
            for pattern, name in self.patterns:
                if pattern.fullmatch(squashed):
                    return name, ""
            for known, name in self.openings:
                if squashed.startswith(known):
                    return name, squashed[len(known) :]
        return "", ""


def _texts(battery: Battery) -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]]]:
    """Squashed text -> question, and patterns for texts with a place in them; texts two questions share are out."""
    owners: dict[str, set[str]] = {}
    patterns = []
    groups = (battery.items, battery.quality_items, battery.biodata, battery.situations, battery.conditions)
    for name, asked in ((name, asked) for group in groups for name, asked in group.items()):
        for language, text in asked.text.items():
            for forms in (*battery.substitutions.values(), {}):
                filled = text
                for place, form in forms.get(language, {}).items():
                    filled = filled.replace("{" + place + "}", form)
                owners.setdefault(squash(filled), set()).add(name)
            if PLACE.search(text):
                parts = [re.escape(squash(part)) for part in PLACE.split(text)]
                patterns.append((re.compile(r"\w{1,60}".join(parts)), name))
    return {text: next(iter(names)) for text, names in owners.items() if len(names) == 1 and text}, patterns


def _ignored(battery: Battery) -> frozenset[str]:
    """The request for an example: a free text no score uses."""
    facts = battery.raw.get("biodata")
    asked = facts.get("elaboration") if isinstance(facts, Mapping) else None
    return (
        frozenset(map(squash, (v for v in asked.values() if isinstance(v, str))))
        if isinstance(asked, Mapping)
        else frozenset()
    )


def arrange(sheet: Sheet, table: Table, instruments: Instruments, questions: Questions) -> Arrangement:
    """Says of every column of a wide survey what it is."""
    found = Arrangement(layout_of(sheet.heading))
    known = _dictionary_names(table, instruments.dictionary, found.layout)
    system = SYSTEM.get(found.layout, {})
    for place, heading in enumerate(sheet.heading):
        folded = fold(heading)
        if not heading:
            if any(sheet.columns[place]):
                found.unknown.append(place)
        elif folded in system:
            target = system[folded]
            if target is None:
                found.dropped.append(place)
            elif target:
                found.columns.setdefault(target, []).append(place)
        elif folded in known:
            found.columns.setdefault(known[folded], []).append(place)
        else:
            _place_question(found, place, heading, questions, instruments)
    _settle_situations(found, questions.battery)
    return found


def _dictionary_names(table: Table, dictionary: Dictionary, layout: str) -> dict[str, str]:
    names = {folded: c.name for c in table.columns if "<" not in c.name for folded in names_of(c, dictionary)}
    people = ["person_id", *dictionary.aliases_common.get("person_id", ())]
    for name in people:
        names.setdefault(fold(name), "person_id")
    staff = dictionary.tables.get("staff")
    for column in staff.columns if staff else ():
        if column.name in ("personnel_no", "org_id"):
            for name in names_of(column, dictionary):
                names.setdefault(name, column.name)
    return {**names, **{fold(word): "token" for word in TOKEN_WORDS}}


def _place_question(
    found: Arrangement, place: int, heading: str, questions: Questions, instruments: Instruments
) -> None:
    seconds = _seconds(heading, questions, found.layout)
    if seconds is not None:
        if seconds:
            found.columns.setdefault(seconds, []).append(place)
        return
    name, rest = questions.find(heading)
    battery = questions.battery
    if name in battery.situations:
        _place_choice(found, place, name, rest, questions)
    elif name in battery.conditions and rest:
        _place_box(found, place, name, rest, questions)
    elif name:
        found.columns.setdefault(name, []).append(place)
    elif is_personal(heading, instruments.dictionary):
        found.dropped.append(place)
    elif squash(heading) not in questions.ignored:
        found.unknown.append(place)


def _seconds(heading: str, questions: Questions, layout: str) -> str | None:
    """<item>_t, or <CODE>Time of LimeSurvey; "" for times of no use, None for a heading that is no time."""
    code = heading.strip()
    if code in questions.codes:
        return None
    if code.endswith("_t"):
        name = questions.codes.get(fold_code(code[:-2]), "")
        return f"{name}_t" if name in questions.battery.ordinal_ids else None
    if layout == LIMESURVEY and code.casefold().endswith("time"):
        name = questions.codes.get(fold_code(code[:-4]), "")
        return f"{name}_t" if name in questions.battery.ordinal_ids else ""
    return "" if layout == LIMESURVEY and re.fullmatch(r"(?i)group ?time:?.*", code) else None


def _place_choice(found: Arrangement, place: int, name: str, rest: str, questions: Questions) -> None:
    """A column of a situation: the most likely action, the least likely one, or one column an action."""
    words = rest.casefold().replace("ё", "е")
    number = ORDINAL_CODE.fullmatch(rest)
    option = questions.options[name].get(squash(rest))
    if option and not re.fullmatch(r"(?i)most|least", rest):
        found.grids.setdefault(name, {})[place] = option
    elif LEAST.search(words) or (number and int(number[1]) == 2):
        found.columns.setdefault(f"{name}_least", []).append(place)
    elif MOST.search(words) or (number and int(number[1]) == 1):
        found.columns.setdefault(f"{name}_most", []).append(place)
    elif rest:
        found.unknown.append(place)
    else:
        found.columns.setdefault(name, []).append(place)


def _place_box(found: Arrangement, place: int, name: str, rest: str, questions: Questions) -> None:
    wishes = questions.wishes[name]
    number = ORDINAL_CODE.fullmatch(rest)
    option = next((option for option, texts in wishes if squash(rest) in texts), "")
    if not option and number and 1 <= int(number[1]) <= len(wishes):
        option = wishes[int(number[1]) - 1][0]
    if option:
        found.boxes.setdefault(name, {})[place] = option
    else:
        found.unknown.append(place)


def _settle_situations(found: Arrangement, battery: Battery) -> None:
    """Two columns under a situation's bare text are the most and the least likely action, in this order."""
    for name in battery.situations:
        places = found.columns.pop(name, [])
        if len(places) == 2:
            for which, place in zip(("most", "least"), places, strict=True):
                found.columns.setdefault(f"{name}_{which}", []).append(place)
        else:
            found.unknown += places
