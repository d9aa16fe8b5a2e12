"""Tables and values come back from bytes and text exactly as they went in, or are refused before anything is kept."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.campaign import Criteria, Settings
from assessment.store.tables import (
    NotStorable,
    pack,
    settings_back,
    settings_text,
    table_back,
    table_bytes,
    unpack,
)

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
    | st.dates() | st.datetimes() | st.times()
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple)
    | st.dictionaries(st.text(max_size=4) | st.integers() | st.just("~"), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


def same_types(one, other):
    if isinstance(one, dict):
        return list(one) == list(other) and all(same_types(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return all(same_types(a, b) for a, b in zip(one, other, strict=True))
    return type(one) is type(other)


@given(values)
def test_a_value_comes_back_equal_and_of_the_same_type(value):
    back = unpack(pack(value))
    assert back == value
    assert same_types(value, back)


def test_a_mapping_keeps_keys_that_are_numbers_and_keys_that_look_like_our_tag():
    value = {88: 1.2, "88": 3, "~": ["date", "x"], None: 0}
    assert unpack(pack(value)) == value
    assert unpack(pack({"~": ["date", "x"]})) == {"~": ["date", "x"]}


def test_missing_values_of_every_kind_come_back_as_their_own_kind():
    back = unpack(pack([None, math.nan, pd.NA, pd.NaT, math.inf, -math.inf, np.float32(0.1), np.int8(3)]))
    assert back[0] is None
    assert math.isnan(back[1]) and isinstance(back[1], float)
    assert back[2] is pd.NA and back[3] is pd.NaT
    assert back[4:6] == [math.inf, -math.inf]
    assert [type(v) for v in back[6:]] == [np.float32, np.int8]
    assert back[6] == np.float32(0.1)


def test_a_moment_with_sub_second_parts_comes_back_in_its_unit():
    moment = pd.Timestamp("2025-11-25 10:00:00.123456").as_unit("ms")
    back = unpack(pack(moment))
    assert back == moment and back.unit == moment.unit


def test_a_value_json_has_no_word_for_is_refused():
    with pytest.raises(NotStorable, match="object"):
        pack(object())


def test_settings_come_back_equal_and_print_the_same():
    given_settings = Settings(
        name="N", criteria=Criteria(weights={"want": 0.5, "can": 0.5}, balance=-1.0), method_variance=0.2,
        shortlist_rules=(), team_rules=({"id": "a", "count": [0, None], "where": {"unit": "U"}},),
        raw={"when": dt.date(2025, 1, 1), "team": 30, "weights": {88: 1}},
    )  # fmt: skip
    back = settings_back(settings_text(given_settings))
    assert back == given_settings
    assert repr(back) == repr(given_settings)


columns = st.sampled_from(["text", "number", "whole", "flag", "moment", "mixed", "nullable", "kind"])


@st.composite
def frames(draw):
    rows = draw(st.integers(0, 5))
    chosen = draw(st.lists(columns, unique=True, max_size=6))
    cells = {
        "text": st.none() | st.text(max_size=5), "number": st.floats(width=64), "whole": st.integers(-(2**62), 2**62),
        "flag": st.booleans(), "moment": st.none() | st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1)),
        "mixed": scalars, "nullable": st.none() | st.integers(0, 9), "kind": st.sampled_from(["a", "b"]),
    }  # fmt: skip
    types = {
        "text": "str", "number": "float64", "whole": "int64", "flag": "bool", "moment": "datetime64[us]",
        "mixed": object, "nullable": "Int64", "kind": "category",
    }  # fmt: skip
    data = {
        name: pd.Series(draw(st.lists(cells[name], min_size=rows, max_size=rows)), dtype=types[name]) for name in chosen
    }
    frame = pd.DataFrame(data, index=pd.RangeIndex(rows))
    if draw(st.booleans()):
        frame.index = pd.Index([f"{n:04d}" for n in range(rows)], dtype="str", name="person_id")
    return frame


@settings(deadline=None)
@given(frames())
def test_a_table_comes_back_with_every_value_type_and_index(frame):
    back = table_back(table_bytes(frame))
    pd.testing.assert_frame_equal(back, frame, check_exact=True, check_column_type=False)
    if "mixed" in frame:
        column = "mixed"
        assert [type(v) for v in back[column]] == [type(v) for v in frame[column]]


def test_an_index_of_mixed_labels_comes_back():
    frame = pd.DataFrame({"a": [1, 2, 3]}, index=pd.Index(["x", 7, None], dtype=object, name="key"))
    pd.testing.assert_frame_equal(table_back(table_bytes(frame)), frame)


@pytest.mark.parametrize("frame", [
    pd.DataFrame([[1, 2]], columns=["a", "a"]), pd.DataFrame({1: [1]}), pd.DataFrame({"a": [object()]}),
    pd.DataFrame({"a": [1]}, index=pd.MultiIndex.from_tuples([(object(), 1)])),
])  # fmt: skip
def test_a_table_that_would_not_come_back_is_refused(frame):
    with pytest.raises(NotStorable):
        table_bytes(frame)


def test_no_pickle_stands_in_the_bytes_of_a_mixed_column():
    content = table_bytes(pd.DataFrame({"a": pd.Series([dt.date(2025, 1, 1), "x", None], dtype=object)}))
    assert content.startswith(b"ARROW1")


def test_six_hundred_people_by_sixty_answers_take_less_than_a_hundred_kilobytes():
    answers = np.random.default_rng(1).integers(1, 6, (600, 60)).astype(float)
    assert len(table_bytes(pd.DataFrame(answers, columns=[f"i{n}" for n in range(60)]))) < 100_000
