"""The file that says which tables are taken in, under which headings, with which values."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from assessment.instruments.checks import Part, unique
from assessment.instruments.types import Column, Dictionary, Table
from assessment.problems import NOTE

TYPES = ("str", "int", "float", "bool", "date", "datetime", "enum", "list")
OPTIONAL = (
    "id", "version", "title", "aliases_common", "bool_values", "keys", "missing_values", "number_formats",
    "date_formats", "notes", "source", "drop_on_import",
)  # fmt: skip
COLUMN_KEYS = ("type", "required", "example", "values", "value_aliases", "aliases", "note", "pii")


def read_dictionary(part: Part, languages: Collection[str]) -> Dictionary:
    """The dictionary a file describes."""
    parts = part.shape(("tables",), OPTIONAL)
    entries = parts["tables"].map() if "tables" in parts else {}
    drops = [words for entry in entries.values() for words in _words(_optional(entry, "drop_on_import"))]
    return Dictionary(
        tables={name: _table(name, entry, languages) for name, entry in entries.items()},
        aliases_common=_word_lists(parts.get("aliases_common")),
        bool_values=_word_lists(parts.get("bool_values")),
        missing_values=_words(parts.get("missing_values"), empty=True),
        drop_on_import=tuple(dict.fromkeys((*drops, *_words(parts.get("drop_on_import"))))),
        raw=part.plain() if part.is_map() else {},
    )


def complete_dictionary(own: Dictionary, shipped: Dictionary, part: Part) -> Dictionary:
    """A campaign's dictionary with the tables and columns it does not mention taken from the shipped one, and noted."""
    taken = [name for name in shipped.tables if name not in own.tables]
    tables = dict(own.tables)
    for name, table in shipped.tables.items():
        given = own.tables.get(name, table)
        names = {column.name for column in given.columns}
        missing = tuple(column for column in table.columns if column.name not in names)
        taken.extend(f"{name}.{column.name}" for column in missing)
        tables[name] = replace(given, columns=(*given.columns, *missing))
    if taken:
        part.report("dictionary_completed", NOTE, names=", ".join(taken))
    return replace(
        own,
        tables=tables,
        aliases_common=own.aliases_common or shipped.aliases_common,
        bool_values=own.bool_values or shipped.bool_values,
        missing_values=own.missing_values or shipped.missing_values,
        drop_on_import=own.drop_on_import or shipped.drop_on_import,
    )


def _optional(part: Part, key: str) -> Part | None:
    return part.map().get(key) if part.is_map() else None


def _words(part: Part | None, empty: bool = False) -> tuple[str, ...]:
    if part is None:
        return ()
    return tuple("" if empty and not entry.value.text else entry.text() for entry in part)


def _word_lists(part: Part | None) -> dict[str, tuple[str, ...]]:
    return {name: _words(entry) for name, entry in (part.map() if part else {}).items()}


def _table(name: str, part: Part, languages: Collection[str]) -> Table:
    parts = part.shape(("columns",), ("title", "one_row", "drop_on_import", "sources", "paper_form", "notes"))
    columns: list[Column] = []
    taken: dict[str, str] = {}
    for entry in parts["columns"].list() if "columns" in parts else []:
        column = _column(entry, taken)
        if column is not None:
            columns.append(column)
    title = parts["title"].texts(languages) if "title" in parts else dict.fromkeys((*languages, "ru", "en"), name)
    return Table(
        name=name,
        title=title,
        one_row=parts["one_row"].text() if "one_row" in parts else "",
        columns=tuple(columns),
        raw=part.plain() if part.is_map() else {},
    )


def _column(part: Part, taken: dict[str, str]) -> Column | None:
    parts = part.shape(("name",), COLUMN_KEYS)
    if "name" not in parts:
        return None
    name = parts["name"].text()
    unique([(name, parts["name"])], taken)
    kind = parts["type"].choice(TYPES) if "type" in parts else "str"
    listed = parts["values"].list() if "values" in parts else []
    values = tuple(entry.whole() if kind == "int" else entry.id() for entry in listed)
    if kind == "enum" and not values:
        part.missing("values")
    return Column(
        name=name,
        type=kind,
        required=parts["required"].truth() if "required" in parts else False,
        example=parts["example"].plain() if "example" in parts else None,
        values=values,
        value_aliases=_value_aliases(parts.get("value_aliases"), values),
        aliases=_words(parts.get("aliases")),
        note=parts["note"].text() if "note" in parts else "",
        pii=parts["pii"].truth() if "pii" in parts else False,
    )


def _value_aliases(part: Part | None, values: tuple[object, ...]) -> dict[str, tuple[str, ...]]:
    found = {}
    for name, entry in (part.map() if part else {}).items():
        if values and name not in map(str, values):
            entry.unknown_name(name, [str(value) for value in values])
        found[name] = _words(entry)
    return found
