"""Tables, settings and parameters as bytes and text, and back without any difference."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any

import numpy as np
import pandas as pd

from assessment.campaign import Criteria, Settings

TAG = "~"  # a JSON object with this single key stands for something JSON has no word for


class NotStorable(TypeError):
    """A value or table that would not come back as it went in: said before anything is written."""


def pack(value: Any) -> str:
    """A value as JSON text: numbers with NaN, text, lists, tuples, sets, mappings with any plain keys, dates, None."""
    return json.dumps(_plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def unpack(text: str) -> Any:
    """The value that `pack` was given."""
    return json.loads(text, object_hook=_tagged)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, str, int)) and not isinstance(value, np.generic):
        return value
    if value is pd.NA or value is pd.NaT:
        return {TAG: ["NA" if value is pd.NA else "NaT"]}
    if isinstance(value, np.generic):
        return {TAG: ["numpy", value.dtype.str, base64.b64encode(value.tobytes()).decode()]}
    if isinstance(value, float):
        return value if np.isfinite(value) else {TAG: ["float", str(value)]}
    if isinstance(value, (datetime, date, time)):
        return _plain_time(value)
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, (tuple, frozenset, set)):
        parts = [_plain(part) for part in (value if isinstance(value, tuple) else sorted(value, key=repr))]
        return {TAG: [type(value).__name__, *parts]}
    if isinstance(value, Mapping):
        if all(type(key) is str for key in value) and list(value) != [TAG]:
            return {key: _plain(part) for key, part in value.items()}
        return {TAG: ["map", *([_plain(key), _plain(part)] for key, part in value.items())]}
    raise NotStorable(f"{type(value).__name__} cannot be stored")


def _plain_time(value: datetime | date | time) -> dict[str, Any]:
    if isinstance(value, pd.Timestamp):
        if value.tz is not None:
            raise NotStorable("a single Timestamp with a time zone cannot be stored; use a column of its own type")
        return {TAG: ["Timestamp", value.unit, int(value.asm8.astype(np.int64))]}
    return {TAG: [type(value).__name__, value.isoformat()]}


_BACK: dict[str, Any] = {
    "NA": lambda: pd.NA,
    "NaT": lambda: pd.NaT,
    "float": float,
    "numpy": lambda kind, data: np.frombuffer(base64.b64decode(data), np.dtype(kind))[0],
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "Timestamp": lambda unit, count: pd.Timestamp(np.datetime64(count, unit)),
    "tuple": lambda *parts: tuple(parts),
    "set": lambda *parts: set(parts),
    "frozenset": lambda *parts: frozenset(parts),
    "map": lambda *pairs: dict(pairs),
}


def _tagged(found: dict[str, Any]) -> Any:
    if list(found) != [TAG]:
        return found
    kind, *parts = found[TAG]
    return _BACK[kind](*parts)


def settings_text(settings: Settings) -> str:
    """Settings as JSON text."""
    return pack({**vars(settings), "criteria": asdict(settings.criteria)})


def settings_back(text: str) -> Settings:
    """Settings from JSON text."""
    found = unpack(text)
    return Settings(**(found | {"criteria": Criteria(**found["criteria"])}))


def table_bytes(table: pd.DataFrame) -> bytes:
    """A table as compressed Arrow bytes; NotStorable when it would not come back exactly as it is."""
    import pyarrow as pa

    frame = table.copy(deep=False)
    columns = [str(column) for column in table.columns]
    layout: dict[str, Any] = {"columns": columns, "mixed": [], "index": _index_layout(table.index)}
    if layout["columns"] != list(table.columns) or not table.columns.is_unique:
        raise NotStorable("column names must be texts and differ from each other")
    for column in table.columns:
        if table[column].dtype == object:
            layout["mixed"].append(column)
            frame[column] = pd.Series([pack(value) for value in table[column]], index=table.index, dtype="str")
    if layout["index"]["mixed"]:
        frame.index = pd.Index([pack(value) for value in table.index], dtype="str", name=table.index.name)
    try:
        arrow = pa.Table.from_pandas(frame)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        raise NotStorable(f"the table cannot be stored: {error}") from error
    arrow = arrow.replace_schema_metadata({**(arrow.schema.metadata or {}), b"layout": pack(layout).encode()})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, arrow.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(arrow)
    content = bytes(sink.getvalue())
    _same(table_back(content), table)
    return content


def table_back(content: bytes) -> pd.DataFrame:
    """The table that `table_bytes` was given."""
    import pyarrow as pa

    with pa.ipc.open_file(pa.BufferReader(content)) as reader:
        arrow = reader.read_all()
    layout = unpack(arrow.schema.metadata[b"layout"].decode())
    frame = arrow.to_pandas()
    if layout["index"]["range"]:  # a table without columns has forgotten how long it is
        first, last, step = layout["index"]["range"]
        index = pd.RangeIndex(first, last, step, name=layout["index"]["name"])
        frame = frame.set_axis(index) if layout["columns"] else pd.DataFrame(index=index)
    for column in layout["mixed"]:
        frame[column] = pd.Series([unpack(text) for text in frame[column]], index=frame.index, dtype=object)
    if layout["index"]["mixed"]:
        frame.index = pd.Index([unpack(text) for text in frame.index], dtype=object, name=layout["index"]["name"])
    elif layout["index"]["dtype"] == "str" and frame.index.dtype != "str":
        frame.index = frame.index.astype("str")  # Arrow forgets the type of an empty index
    frame.columns = pd.Index(layout["columns"], dtype="str")
    return frame


def _index_layout(index: pd.Index) -> dict[str, Any]:
    span = [index.start, index.stop, index.step] if isinstance(index, pd.RangeIndex) else None
    return {"mixed": index.dtype == object, "name": index.name, "dtype": str(index.dtype), "range": span}


def _same(back: pd.DataFrame, table: pd.DataFrame) -> None:
    """Refuse a table that comes back different; an index of columns may change its type, not its texts."""
    try:
        pd.testing.assert_frame_equal(back, table, check_exact=True, check_column_type=False, check_freq=False)
    except AssertionError as error:
        raise NotStorable(f"the table would not come back as it is: {error}") from error
