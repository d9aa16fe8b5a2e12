"""What a table's columns may hold, in words, and rows of invented examples that the import accepts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from assessment.instruments.reading import Battery, Column, Instruments, ResponseFormat, Table
from assessment.messages import text

PERSON, COLLEAGUE = "P00123", "P00124"
CONSENTED = ("selection", "peer_data")
EXAMPLES: dict[str, Any] = {
    "person_id": PERSON,
    "chooser_id": PERSON,
    "chosen_id": COLLEAGUE,
    "token": "k7Q2mX",
    "event_id": "T2026-03-12",
    "group_id": "G07",
    "hire_date": date(2015, 9, 1),
    "birth_year": 1985,
    "monthly_cost": 60000,
    "started_at": datetime(2026, 3, 2, 9, 0),
    "submitted_at": datetime(2026, 3, 2, 9, 14),
    "duration_s": 840,
    "value": "4",
    "seconds": 6.5,
    "rating": 4,
    "evidence": "",
    "interview_date": date(2026, 4, 6),
    "given_at": datetime(2026, 3, 2, 8, 55),
    "decided_at": datetime(2026, 4, 20, 16, 0),
    "decided_by": "HR01",
    "reason": "Факты подтверждены на собеседовании",
    "given": 1,
    "proposed_by_model": 1,
    "text_version": "1.0",
    "still_in_team": 1,
}
LEFT_EMPTY = ("withdrawn_at", "rating_final", "change_reason", "knock_outs", "evidence", "note", "manager_personnel_no")


def survey_columns(table: Table, instruments: Instruments, language: str) -> tuple[Column, ...]:
    """The columns of the wide questionnaire: the fixed ones, then one for everything that is asked, by its id."""
    battery = instruments.battery
    fixed = tuple(column for column in table.columns if not column.name.startswith("<"))
    asked = [
        Column(name, "int", required=name in battery.items, note=text("template.note.survey_wide.item", language))
        for name in battery.ordinal_ids
    ]
    chosen = [Column(f"{name}_{end}", "str") for name in battery.situations for end in ("most", "least")]
    wishes = [
        Column(name, "list" if condition.type == "multi" else "str") for name, condition in battery.conditions.items()
    ]
    return (*fixed, *asked, *chosen, *wishes)


def allowed_values(table: Table, column: Column, instruments: Instruments, language: str) -> str:
    """The values a column may have, with their meaning; an empty text where anything goes."""
    if table.name == "survey_wide" and (words := _asked_values(column.name, instruments.battery, language)):
        return words
    named = _named_values(table.name, column.name, instruments, language)
    if named:
        return _listed(named.items())
    if column.name in ("rating", "rating_initial", "rating_final"):
        guide = instruments.observation if table.name == "observations" else instruments.interview
        return text("template.range", language, lowest=guide.lowest, highest=guide.highest)
    spellings = ((str(value), ", ".join(column.value_aliases.get(str(value), ()))) for value in column.values)
    return _listed(spellings)


def _listed(pairs: Iterable[tuple[str, str]]) -> str:
    return "; ".join(f"{code} = {words}" if words else code for code, words in pairs)


def _asked_values(name: str, battery: Battery, language: str) -> str:
    if name in battery.ordinal_ids:
        return _listed(_format_values(battery.format_of(name), language))
    situation = battery.situations.get(name.rpartition("_")[0])
    if situation is not None:
        return _listed((option.id, option.text[language]) for option in situation.options)
    if name not in battery.conditions:
        return ""
    condition = battery.conditions[name]
    listed = _listed((option.id, option.text[language]) for option in condition.options)
    several = text("template.several", language, max=condition.max) if condition.max else ""
    return f"{listed} ({several})" if several else listed


def _format_values(answers: ResponseFormat, language: str) -> list[tuple[str, str]]:
    labels = answers.labels.get(language, ("",) * len(answers.values))
    pairs = [(str(value), label) for value, label in zip(answers.values, labels, strict=False)]
    return [*pairs, ("", answers.na_label.get(language, ""))] if answers.na_allowed else pairs


def _named_values(table: str, column: str, instruments: Instruments, language: str) -> Mapping[str, str]:
    """Code -> name for the columns that hold ids of an instrument."""
    observation, interview, roles = instruments.observation, instruments.interview, instruments.roles.roles
    positions = {place.id: place.name[language] for place in observation.positions.values()}
    role_names = {role.id: role.name[language] for role in roles.values()}
    named = {
        "behaviour_id": {seen.id: seen.name[language] for seen in observation.behaviours.values()},
        "position_primary": positions,
        "position_secondary": positions,
        "question_id": {asked.id: asked.text[language] for asked in observation.questions.values()},
        "competency_id": {asked.id: asked.name[language] for asked in interview.competencies.values()},
        "knock_outs": {block.id: block.text[language] for block in interview.conditions_block},
        "role_fit": role_names,
        "role": role_names,
    }
    if table == "process_answers" and column == "cause":
        return _causes(instruments.processes, language)
    return named.get(column, {})


def _causes(processes: Mapping[str, Any], language: str) -> dict[str, str]:
    fields = [entry for entry in processes.get("fields", []) if isinstance(entry, dict) and entry.get("id") == "cause"]
    options = [option for entry in fields for option in entry.get("options", []) if isinstance(option, dict)]
    return {str(option.get("v")): str(option.get(language, "")) for option in options}


def example_rows(table: Table, columns: tuple[Column, ...], instruments: Instruments) -> list[dict[str, Any]]:
    """Invented rows that the import accepts: one, but two people in the staff list (the first chooses the second) and a
    consent of each to each purpose without which nothing about them is used."""
    first = {column.name: _example(table, column, instruments) for column in columns}
    if table.name == "staff":
        other = {"person_id": COLLEAGUE, "personnel_no": "0000-00124", "full_name": "Петров Сергей Иванович"}
        return [first, {**first, **{name: value for name, value in other.items() if name in first}}]
    if table.name == "consents" and {"person_id", "purpose"} <= set(first):
        return [{**first, "person_id": who, "purpose": to} for who in (PERSON, COLLEAGUE) for to in CONSENTED]
    return [first]


def _example(table: Table, column: Column, instruments: Instruments) -> Any:
    if column.name in LEFT_EMPTY:
        return None
    if table.name == "survey_wide" and (answer := _example_answer(column.name, instruments.battery)) is not None:
        return answer
    if table.name == "survey_long" and column.name in ("item_id", "value"):
        item = next(iter(instruments.battery.items))
        return item if column.name == "item_id" else str(_example_answer(item, instruments.battery))
    named = _named_values(table.name, column.name, instruments, "ru")
    if named:
        example = str(column.example)
        return example if set(example.split(";")) <= set(named) else next(iter(named))
    if column.name in EXAMPLES:
        return EXAMPLES[column.name]
    if column.example is not None:
        return column.example
    if column.values:
        return column.values[0]
    return {"int": 1, "float": 1, "bool": 1}.get(column.type)


def _example_answer(name: str, battery: Battery) -> Any:
    if name in battery.quality_items and battery.quality_items[name].expect is not None:
        return battery.quality_items[name].expect
    if name in battery.ordinal_ids:
        values = battery.format_of(name).values
        return values[len(values) // 2]
    situation, _, end = name.rpartition("_")
    if situation in battery.situations and end in ("most", "least"):
        return battery.situations[situation].options[0 if end == "most" else -1].id
    if name in battery.conditions and battery.conditions[name].options:
        return battery.conditions[name].options[0].id
    return None
