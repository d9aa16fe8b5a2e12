"""A YAML file read with care: every value knows its line, nothing explodes, every fault is a problem."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assessment.problems import Problem

LARGEST_FILE = 1_000_000  # bytes
MOST_VALUES = 200_000  # values after aliases are written out: a few lines of nested aliases can stand for billions
DEEPEST = 40

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_COLLECTIONS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
_MERGE = "tag:yaml.org,2002:merge"


@dataclass(frozen=True)
class Value:
    """A value in a YAML file: a dict of text -> Value, a list of Value, or a scalar with the text it was written as."""

    content: Any
    row: int
    text: str = ""
    size: int = 1

    def plain(self) -> Any:
        """The value as ordinary Python data; keys of maps are texts as written."""
        if isinstance(self.content, dict):
            return {key: value.plain() for key, value in self.content.items()}
        if isinstance(self.content, list):
            return [value.plain() for value in self.content]
        return self.content


def file_bytes(path: Path) -> tuple[bytes, list[Problem]]:
    """The bytes of a file; nothing and a problem where it cannot be opened (a folder, a broken link, no rights)."""
    try:
        return path.read_bytes(), []
    except OSError as error:
        return b"", [Problem("yaml_not_opened", table=path.name, params={"detail": error.strerror or "?"})]


def read_yaml(source: Path | bytes, name: str) -> tuple[Value | None, list[Problem]]:
    """Read one document from a file or from its bytes; None where it cannot be read, with the problems that say why."""
    if isinstance(source, Path):
        data, problems = file_bytes(source)
        return (None, problems) if problems else read_yaml(data, name)
    data = source
    if len(data) > LARGEST_FILE:
        return None, [Problem("yaml_too_large", table=name, params={"limit": LARGEST_FILE // 1_000_000})]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        return None, [Problem("yaml_encoding", table=name, row=row)]
    try:
        if deep := _too_deep(text):
            return None, [Problem("yaml_too_deep", table=name, row=deep)]
        node = _compose(text)
    except (yaml.YAMLError, RecursionError) as error:
        return None, [_unreadable(error, name)]
    if node is None:
        return None, [Problem("yaml_empty", table=name)]
    builder = _Builder(name)
    value = builder.build(node, "")
    return (None if builder.refused else value), builder.problems


def _too_deep(text: str) -> int:
    """The line where values are nested deeper than any instrument needs, 0 if there is none.

    Composing a file nested a hundred thousand times overflows the stack of the reader written in C.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                return getattr(event.start_mark, "line", 0) + 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return 0


def _compose(text: str) -> yaml.Node | None:
    loader = _Loader(text)
    try:
        return loader.get_single_node()
    finally:
        loader.dispose()


def _unreadable(error: Exception, name: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    detail = getattr(error, "problem", None) or getattr(error, "reason", None) or type(error).__name__
    row = None if mark is None else mark.line + 1
    return Problem("yaml_unreadable", table=name, row=row, params={"detail": detail})


class _Builder:
    """Turns composed nodes into values: counts aliases, finds duplicate keys and cycles."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self.refused = False
        self._done: dict[int, Value] = {}
        self._open: set[int] = set()
        self._scalars = yaml.constructor.SafeConstructor()
        self._nodes: list[yaml.Node] = []  # keeps ids of nodes from being used again

    def build(self, node: yaml.Node, path: str, depth: int = 0) -> Value:
        if id(node) in self._done:
            return self._done[id(node)]
        row = node.start_mark.line + 1
        if id(node) in self._open or depth > DEEPEST:
            return self._refuse("yaml_too_deep", path, row)
        self._open.add(id(node))
        self._nodes.append(node)
        value = self._value(node, path, row, depth)
        self._open.discard(id(node))
        self._done[id(node)] = value
        if value.size > MOST_VALUES:
            return self._refuse("yaml_aliases", path, row)
        return value

    def _value(self, node: yaml.Node, path: str, row: int, depth: int) -> Value:
        if isinstance(node, yaml.CollectionNode) and node.tag not in _COLLECTIONS:
            self.problems.append(Problem("yaml_tag", table=self.name, row=row, column=path, value=str(node.tag)))
        if isinstance(node, yaml.MappingNode):
            content = self._map(node, path, depth)
            return Value(content, row, size=1 + sum(value.size for value in content.values()))
        if isinstance(node, yaml.SequenceNode):
            items = [self.build(child, f"{path}[{i}]", depth + 1) for i, child in enumerate(node.value)]
            return Value(items, row, size=1 + sum(value.size for value in items))
        return Value(self._scalar(node, path, row), row, text=str(node.value))

    def _map(self, node: yaml.MappingNode, path: str, depth: int) -> dict[str, Value]:
        found: dict[str, Value] = {}
        merged: dict[str, Value] = {}
        for key_node, child in node.value:
            row = key_node.start_mark.line + 1
            if key_node.tag == _MERGE:
                for key, value in self._merged(child, path, depth):
                    merged.setdefault(key, value)
                continue
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(Problem("yaml_key_kind", table=self.name, row=row, column=path))
                continue
            key = str(key_node.value)
            below = f"{path}.{key}" if path else key
            if key in found:
                self.problems.append(
                    Problem("yaml_duplicate_key", table=self.name, row=row, column=below, value=key)
                )
            found[key] = self.build(child, below, depth + 1)
        return {**{key: value for key, value in merged.items() if key not in found}, **found}

    def _merged(self, node: yaml.Node, path: str, depth: int) -> Iterator[tuple[str, Value]]:
        for part in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            value = self.build(part, path, depth + 1)
            if isinstance(value.content, dict):
                yield from value.content.items()

    def _scalar(self, node: yaml.Node, path: str, row: int) -> Any:
        """Numbers, truth values and texts; whatever would not be written back as it stands (007, a date) stays text."""
        written = str(node.value)
        try:
            found = self._scalars.construct_object(node)
        except yaml.constructor.ConstructorError:
            self.problems.append(Problem("yaml_tag", table=self.name, row=row, column=path, value=str(node.tag)))
            return None
        except (ValueError, OverflowError, LookupError, AttributeError, TypeError):  # a date that is none: 2026-13-45
            return written
        if found is None or isinstance(found, (bool, float, str)):
            return found
        return found if isinstance(found, int) and str(found) == written.removeprefix("+") else written

    def _refuse(self, code: str, path: str, row: int) -> Value:
        if not self.refused:
            self.problems.append(Problem(code, table=self.name, row=row, column=path))
        self.refused = True
        return Value(None, row)
