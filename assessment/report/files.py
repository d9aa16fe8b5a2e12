"""The files of a run: ranking, lists, problems, figures and certificates."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from assessment.messages import problem_text
from assessment.problems import SEVERITIES, Problem

PROBLEM_COLUMNS = ["severity", "table", "row", "column", "value", "code", "text"]
DECIMALS = 6


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8", newline="")
    os.replace(part, path)


def table_text(table: pd.DataFrame) -> str:
    """A table as CSV, numbers rounded to six decimals, truth values as true/false."""
    shown = table.reset_index()
    for column in shown.columns:
        if pd.api.types.is_bool_dtype(shown[column]):
            shown[column] = shown[column].map({True: "true", False: "false"})
        elif pd.api.types.is_float_dtype(shown[column]):
            shown[column] = shown[column].round(DECIMALS) + 0.0
    return shown.to_csv(index=False, lineterminator="\n")


def write_table(path: Path, table: pd.DataFrame) -> None:
    """One table as a CSV file."""
    write_text(path, table_text(table))


def problem_table(problems: Iterable[Problem], language: str) -> pd.DataFrame:
    """Problems as rows: the gravest first, then by table, row and column."""
    rows = [
        (p.severity, p.table, p.row, p.column, p.value, p.code, problem_text(p, language)) for p in problems
    ]
    rows.sort(key=lambda r: (SEVERITIES.index(r[0]), r[1], r[2] if r[2] is not None else -1, r[3], r[4], r[5], r[6]))
    table = pd.DataFrame(rows, columns=PROBLEM_COLUMNS)
    table["row"] = table["row"].astype("Int64")
    return table


def write_problems(path: Path, problems: Iterable[Problem], language: str) -> None:
    """problems.csv."""
    write_text(path, problem_table(problems, language).to_csv(index=False, lineterminator="\n"))


def write_json(path: Path, content: Any) -> None:
    """A JSON file; numbers that do not exist become null."""
    write_text(path, json.dumps(plain_json(content), ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def plain_json(value: Any) -> Any:
    """Only what JSON knows: text keys, finite numbers, lists."""
    if isinstance(value, dict):
        return {str(k): plain_json(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain_json(v) for v in (sorted(value, key=str) if isinstance(value, (set, frozenset)) else value)]
    if hasattr(value, "item") and not isinstance(value, str):
        return plain_json(value.item())
    if isinstance(value, float):
        return round(value, DECIMALS) if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return str(value)
