"""Rows of a table as objects: a column is a field. A cell's type is known to the reader, not to the type checker."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd


def records(table: pd.DataFrame) -> Iterator[Any]:
    """The rows in order; columns that are names can be read as fields, the index as `Index`."""
    yield from table.itertuples()


def record(table: pd.DataFrame, key: str) -> Any:
    """The one row of that label, with columns as keys."""
    return table.loc[key]


def cell(table: pd.DataFrame, key: str, column: str) -> Any:
    """One value."""
    return table.loc[key, column]
