"""Files that are shown rather than computed with: process questions, consent, feedback, the process catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assessment.instruments.checks import Part, unique

LISTS_WITH_IDS = ("questions", "fields", "checks", "separate_choices", "areas")
FREE_KEYS = ("languages", "language", "notes", "source", "title")


def read_plain(part: Part, outline: Mapping[str, Any]) -> dict[str, Any]:
    """The file as plain data; its main keys must be those of the shipped file and of the same kind.

    Parameters
    ----------
    part : the whole file
    outline : the shipped file as plain data
    """
    parts = part.shape(tuple(key for key in outline if key not in FREE_KEYS), FREE_KEYS)
    for key, entry in parts.items():
        if key in outline:
            _same_kind(entry, outline[key])
    for key in LISTS_WITH_IDS:
        if key in parts and parts[key].is_list():
            _ids(parts[key])
    if "groups" in parts and "areas" in parts:
        _areas(parts["areas"], parts["groups"].map() if parts["groups"].is_map() else {})
    return part.plain() if part.is_map() else {}


def _same_kind(part: Part, model: Any) -> None:
    if isinstance(model, dict):
        part.map()
    elif isinstance(model, list):
        part.list()
    elif isinstance(model, (int, float)) and not isinstance(model, bool):
        part.number()
    else:
        part.text()


def _ids(part: Part) -> None:
    taken: dict[str, str] = {}
    for entry in part:
        parts = entry.map()
        if "id" in parts:
            unique([(parts["id"].id(), parts["id"])], taken)
        elif entry.is_map():
            entry.missing("id")


def _areas(part: Part, groups: Mapping[str, Part]) -> None:
    for entry in part.list() if part.is_list() else []:
        parts = entry.map() if entry.is_map() else {}
        if "group" in parts:
            parts["group"].choice(groups)
        if "kw" in parts:
            for word in parts["kw"]:
                word.text()
