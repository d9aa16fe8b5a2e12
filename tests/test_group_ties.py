"""Brokerage against worked examples, and what a picture of ties may and may not show."""

from __future__ import annotations

import numpy as np
import pytest

from assessment.group.ties import SOCIOGRAM_LIMIT, brokerage, burt_constraint, ties
from tests.invented_run import invented
from tests.small_campaign import small_campaign
from tests.test_group_dynamics import TEN, choosing


def test_constraint_of_stars_and_triangles_is_known():
    star = np.zeros((5, 5), int)
    star[0, 1:] = star[1:, 0] = 1
    assert burt_constraint(star) == pytest.approx([0.25, 1, 1, 1, 1])  # Burt 1992: n contacts without links, 1 / n
    triangle = np.ones((3, 3), int) - np.eye(3, dtype=int)
    assert burt_constraint(triangle) == pytest.approx([1.125] * 3)
    assert np.isnan(burt_constraint(np.zeros((2, 2), int))).all()


def test_who_links_two_circles_brokers_most():
    pairs = ["0>1", "1>2", "2>0", "3>4", "4>5", "5>3", "6>0", "6>3", "7>6", "8>7"]
    found = brokerage(choosing(*pairs))
    assert found.drop("P8").idxmax() in ("P6", "P7") and np.isnan(found["P9"])
    assert found["P6"] > found["P1"]


def two_questions(*pairs: tuple[str, str, str]):
    rows = [{"event_id": "T", "group_id": "G", "question_id": q, "chooser_id": a, "chosen_id": b} for q, a, b in pairs]
    rows += [{"event_id": "T", "group_id": "G", "question_id": "so_team", "chooser_id": p, "chosen_id": "P9"}
             for p in TEN[:8]]  # fmt: skip
    return small_campaign(TEN, sociometry=rows)


def test_ties_have_no_direction_and_stop_where_more_would_tell_who_chose():
    both = two_questions(("so_change", "P0", "P1"), ("so_team", "P0", "P1"), ("so_change", "P1", "P0"),
                         ("so_team", "P1", "P0"), ("so_change", "P2", "P3"), ("so_team", "P3", "P2"))  # fmt: skip
    turned = two_questions(("so_change", "P1", "P0"), ("so_team", "P1", "P0"), ("so_change", "P3", "P2"),
                           ("so_team", "P2", "P3"))  # fmt: skip
    expected = [("P0", "P1", 2), ("P2", "P3", 2)]
    for campaign in (both, turned):
        found = ties(campaign, TEN, "choices").edges
        assert list(found.itertuples(index=False, name=None)) == expected


def test_single_choices_and_people_who_did_not_answer_give_no_tie():
    campaign = two_questions(("so_change", "P0", "P9"), ("so_change", "P4", "P5"))  # P9 is named twice and never chose
    assert ties(campaign, TEN, "choices").edges.empty
    one_question = choosing(*[f"{i}>{(i + 1) % 10}" for i in range(10)], "1>0")
    assert ties(one_question, TEN, "choices").edges.empty


def test_named_together_needs_three_colleagues():
    pairs = [f"{i}>{j}" for i in (2, 3, 4) for j in (0, 1)] + [f"{i}>{j}" for i in (5, 6) for j in (7, 8)]
    found = ties(choosing(*pairs, "7>9", "8>9"), TEN)
    assert list(found.edges.itertuples(index=False, name=None)) == [("P0", "P1", 3)]
    assert found.nodes["ties"].sum() == 2 and found.nodes[["x", "y"]].abs().to_numpy().max() == pytest.approx(1.0)


def test_nothing_is_drawn_below_sixty_percent_response():
    few = choosing("0>1", "1>0", "2>1")
    assert ties(few, TEN) is None and brokerage(few) is None


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError):
        ties(choosing(*[f"{i}>0" for i in range(1, 10)]), TEN, "arrows")


def test_more_than_sixty_people_are_a_matrix_not_a_picture():
    campaign = invented().campaign
    many = ties(campaign, list(campaign.people[: SOCIOGRAM_LIMIT + 1]))
    assert many.nodes.empty and many.edges.empty and many.matrix.shape == (61, 61)
    assert (many.matrix.to_numpy() == many.matrix.to_numpy().T).all()
    few = ties(campaign, list(campaign.people[:60]))
    assert len(few.nodes) == 60 and few.matrix.empty


def test_the_same_ties_give_the_same_picture():
    campaign = invented().campaign
    one, other = ties(campaign, list(campaign.people[:30])), ties(campaign, list(campaign.people[:30])[::-1])
    np.testing.assert_array_equal(one.nodes.to_numpy(), other.nodes.to_numpy())
