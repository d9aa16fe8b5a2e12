"""Ratings as codes: order, categories, cells."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.facet_data import build_cells, category_sets, group_of_sets, read_ratings, scores


def table(rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["person", "observer", "criterion", "rating"])


ratings = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from("AB"), st.sampled_from("xyz"), st.integers(1, 4)),
    min_size=1,
    max_size=40,
).map(table)


@settings(max_examples=50, deadline=None)
@given(ratings)
def test_codes_lead_back_to_the_rows_they_came_from(given_table):
    read = read_ratings(given_table)
    back = table(
        zip(
            read.persons[read.person],
            read.observers[read.observer],
            read.criteria[read.criterion],
            read.value,
            strict=True,
        )
    )
    expected = given_table.iloc[read.kept].reset_index(drop=True)
    pd.testing.assert_frame_equal(back, expected, check_dtype=False)


@settings(max_examples=50, deadline=None)
@given(ratings)
def test_cells_count_every_rating_once(given_table):
    read = read_ratings(given_table)
    cells = build_cells(read, len(read.persons), 4)
    assert cells.counts.sum() == len(given_table)
    assert cells.total.sum() == given_table["rating"].sum()
    assert cells.reached.sum() == given_table["rating"].sum()
    assert (np.diff(cells.reached, axis=1) <= 0).all()


def test_rows_without_a_rating_keep_their_place_in_the_table():
    read = read_ratings(table([(2, "A", "x", np.nan), (1, "A", "x", 3), (0, "A", "x", 2)]))
    assert read.kept.tolist() == [2, 1]
    assert read.persons.tolist() == [0, 1]


def test_sets_differ_only_where_chance_does_not_explain_the_gap():
    many = [(i, "A", "x", i % 4) for i in range(80)] + [(i, "A", "y", i % 3) for i in range(80)]
    few = [(i, "A", "z", i % 2 + 1) for i in range(6)]
    sets = category_sets(read_ratings(table(many + few)))
    assert [codes.tolist() for codes in sets] == [[0, 1, 2, 3], [0, 1, 2], [0, 1, 2, 3]]
    group, steps = group_of_sets(sets)
    assert group.tolist() == [0, 1, 0]
    assert steps == [3, 2]


def test_a_code_not_in_the_set_is_refused_and_the_others_become_neighbours():
    sets = [np.array([1, 2, 5])]
    assert scores(np.zeros(3, dtype=int), np.array([5, 1, 2]), sets, ["x"]).tolist() == [2, 0, 1]
    with pytest.raises(ValueError, match="rating 3 on x"):
        scores(np.zeros(1, dtype=int), np.array([3]), sets, ["x"])
    with pytest.raises(ValueError, match="rating 9 on x"):
        scores(np.zeros(1, dtype=int), np.array([9]), sets, ["x"])
