"""A YAML file of rules as it is written: ids keep their leading zeros, nothing is guessed from yes, no or dates."""

from __future__ import annotations

import reprlib
from pathlib import Path
from typing import Any

import yaml

from assessment.problems import Problem


class WrittenInt(int):
    """A whole number that remembers how it was written (007 stays an id)."""

    text: str


class WrittenFloat(float):
    """A number that remembers how it was written (0.15 is exactly fifteen hundredths)."""

    text: str


class _Loader(yaml.SafeLoader):
    """Scalars as in YAML 1.2 (no yes/no, no dates, no octal); a key that stands twice in a map is an error."""


def _map(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    loader.flatten_mapping(node)
    found: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if isinstance(key, (dict, list, set)):
            raise yaml.constructor.ConstructorError(None, None, "a key is no plain word", key_node.start_mark)
        if key in found:
            raise yaml.constructor.ConstructorError(None, None, f"key {key!r} stands twice", key_node.start_mark)
        found[key] = loader.construct_object(value_node, deep=True)
    return found


def _int(loader: _Loader, node: yaml.ScalarNode) -> WrittenInt:
    number = WrittenInt(node.value)
    number.text = node.value
    return number


def _float(loader: _Loader, node: yaml.ScalarNode) -> WrittenFloat:
    special = {".inf": "inf", "+.inf": "inf", "-.inf": "-inf", ".nan": "nan"}
    number = WrittenFloat(special.get(str(node.value).lower(), str(node.value)))
    number.text = node.value
    return number


def _resolvers() -> dict[str, list[tuple[str, Any]]]:
    import re

    patterns = [
        ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
        ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
        ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
        ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
        ("float", r"^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$", "-+."),
        ("merge", r"^(?:<<)$", "<"),
    ]
    table: dict[str, list[tuple[str, Any]]] = {}
    for tag, pattern, firsts in patterns:
        for first in firsts:
            table.setdefault(first, []).append((f"tag:yaml.org,2002:{tag}", re.compile(pattern)))
    return table


_Loader.yaml_implicit_resolvers = _resolvers()
_Loader.add_constructor("tag:yaml.org,2002:map", _map)
_Loader.add_constructor("tag:yaml.org,2002:int", _int)
_Loader.add_constructor("tag:yaml.org,2002:float", _float)


def written(value: Any) -> str:
    """A scalar as the person wrote it; anything else in a short form."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (WrittenInt, WrittenFloat)):
        return value.text
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (str, int, float)):
        return str(value).strip()
    return reprlib.repr(value)


def read_yaml(path: Path) -> tuple[Any, list[Problem]]:
    """The contents of the file, or None with a stop that names the line."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        return None, [
            Problem("rules_unreadable", table=path.name, params={"why": error.strerror or type(error).__name__})
        ]
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return None, [Problem("rules_not_yaml", table=path.name, row=line, params={"why": "UTF-8"})]
    try:
        return yaml.load(text, Loader=_Loader), []  # a SafeLoader: plain values only
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        row = mark.line + 1 if mark else text[: getattr(error, "position", 0)].count("\n") + 1
        why = getattr(error, "problem", None) or getattr(error, "reason", None) or "YAML"
        return None, [Problem("rules_not_yaml", table=path.name, row=row, params={"why": why})]
    except (RecursionError, ValueError) as error:
        return None, [Problem("rules_not_yaml", table=path.name, row=1, params={"why": type(error).__name__})]
