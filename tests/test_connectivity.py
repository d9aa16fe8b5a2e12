"""The graph of observers and persons: its parts, and the ratings that would join them."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.connectivity import DisconnectedDesignWarning, components, describe_parts, linking_advice


def table(pairs) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["person", "observer"])


designs = st.lists(st.tuples(st.integers(0, 12), st.integers(100, 108)), min_size=1, max_size=30).map(table)


def grown_parts(ratings: pd.DataFrame) -> set[frozenset]:
    """Parts by merging sets pair by pair."""
    parts: list[set] = []
    for pair in ratings[["person", "observer"]].itertuples(index=False):
        touched = [part for part in parts if part & set(pair)]
        parts = [part for part in parts if not part & set(pair)] + [set(pair).union(*touched)]
    return {frozenset(part) for part in parts}


@settings(max_examples=60, deadline=None)
@given(designs)
def test_parts_are_those_found_by_merging_pairs(ratings):
    assert {frozenset(persons + observers) for persons, observers in components(ratings)} == grown_parts(ratings)


@settings(max_examples=60, deadline=None)
@given(designs)
def test_the_advice_joins_everything_with_one_rating_for_each_part_but_one(ratings):
    advice = linking_advice(ratings)
    assert len(advice) == len(components(ratings)) - 1
    assert len(components(pd.concat([ratings, advice[["person", "observer"]]]))) == 1


@settings(max_examples=60, deadline=None)
@given(designs, st.randoms())
def test_the_order_of_rows_changes_neither_parts_nor_advice(ratings, random):
    order = list(range(len(ratings)))
    random.shuffle(order)
    assert components(ratings.iloc[order]) == components(ratings)
    pd.testing.assert_frame_equal(linking_advice(ratings.iloc[order]), linking_advice(ratings))


def test_the_largest_part_comes_first_and_lends_its_busiest_observer():
    ratings = table(
        [("p9", "A"), ("p1", "B"), ("p2", "B"), ("p3", "B"), ("p3", "C"), ("q1", "D"), ("q2", "D"), ("q2", "D")]
    )
    assert components(ratings) == [(["p1", "p2", "p3"], ["B", "C"]), (["q1", "q2"], ["D"]), (["p9"], ["A"])]
    assert linking_advice(ratings).to_dict("records") == [
        {"observer": "B", "person": "q2", "part": 1},
        {"observer": "B", "person": "p9", "part": 2},
    ]


def test_a_linked_design_needs_no_advice():
    advice = linking_advice(table([("p1", "A"), ("p2", "A"), ("p2", "B")]))
    assert advice.empty
    assert list(advice.columns) == ["observer", "person", "part"]


def test_an_empty_rating_links_nobody():
    ratings = table([("p1", "A"), ("p2", "B"), ("p1", "B")]).assign(rating=[3, 4, None])
    assert len(components(ratings)) == 2


def test_a_person_and_an_observer_of_the_same_name_are_two():
    assert len(components(table([("x", "y"), ("y", "x")]))) == 2


def test_a_table_without_observers_is_refused():
    with pytest.raises(ValueError, match="observer"):
        components(pd.DataFrame({"person": [1]}))


def test_the_warning_carries_the_parts_and_reads_as_a_sentence():
    parts = components(table([("p1", "A"), ("p2", "B")]))
    warning = DisconnectedDesignWarning("two parts", parts)
    assert str(warning) == "two parts"
    assert warning.components == parts
    assert describe_parts(parts, "persons") == "[1] observers A with persons p1; [2] observers B with persons p2"
