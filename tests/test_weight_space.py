"""Weights that are not settled: drawn evenly from what the ranges and the order leave."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.messages import LANGUAGES, problem_text
from assessment.scenario.weight_space import WeightSpace, weight_space
from tests.small_measures import measures

ROLES = measures().campaign.instruments.roles


def space(**given_: object) -> WeightSpace:
    found, problems = weight_space(given_, ROLES)
    assert found is not None, problems
    return found


def test_a_full_order_has_rank_order_centroid_weights_on_average() -> None:
    """Barron & Barrett 1996, Management Science 42: of four, .5208 .2708 .1458 .0625."""
    drawn = space(order="want >= endure >= can >= lead").sample(40000, 3).mean(0)
    assert drawn[[0, 2, 1, 3]] == pytest.approx([0.5208, 0.2708, 0.1458, 0.0625], abs=0.004)


def test_walks_and_rejection_draw_from_the_same_space() -> None:
    whole = space(order="want >= can", ranges={"lead": [0.05, 0.35]})
    kept = whole.sample(6000, 1)
    walked = whole._walks(6000, np.random.default_rng(2))
    assert whole.holds(walked).all() and walked.mean(0) == pytest.approx(kept.mean(0), abs=0.012)
    assert np.cov(walked.T) == pytest.approx(np.cov(kept.T), abs=0.002)


def test_a_construct_alone_in_its_domain_stands_for_the_domain() -> None:
    whole = space(order="want >= can >= influence")
    assert whole.names == ("want", "can", "endure", "lead") and whole.order == ((0, 1), (1, 3))
    drawn = whole.sample(500)
    assert (drawn[:, 0] >= drawn[:, 1]).all() and (drawn[:, 1] >= drawn[:, 3]).all()


def test_a_construct_among_several_opens_the_weights_of_all_constructs() -> None:
    whole = space(order=[["initiative", "persever"]], ranges={"digital_lit": [0, 0.02]})
    assert len(whole.names) == 11
    drawn = whole.sample(300)
    assert whole.holds(drawn).all() and drawn[:, whole.names.index("digital_lit")].max() <= 0.02 + 1e-9


cuts = st.lists(st.tuples(st.floats(0, 0.24), st.floats(0.26, 1)), min_size=4, max_size=4)
orders = st.permutations(["want", "can", "endure", "lead"]).map(lambda p: [p[:3]])


@given(cuts, orders, st.integers(0, 99))
@settings(deadline=None, max_examples=25)
def test_every_draw_keeps_to_ranges_and_order_and_adds_up(cut: list, order: list, seed: int) -> None:
    whole = space(ranges=dict(zip(("want", "can", "endure", "lead"), map(list, cut), strict=True)), order=order)
    drawn = whole.sample(200, seed)
    assert drawn.shape == (200, 4) and drawn.sum(1) == pytest.approx(1)
    assert whole.holds(np.where(np.abs(drawn) < 1e-7, 0, drawn)).all() or _nearly(whole, drawn)
    assert (drawn == whole.sample(200, seed)).all()


def _nearly(whole: WeightSpace, drawn: np.ndarray) -> bool:
    over = np.maximum(whole.low - drawn, drawn - whole.high).max()
    return bool(max([over, *((drawn[:, b] - drawn[:, a]).max() for a, b in whole.order)]) < 1e-6)


def test_weights_that_are_fixed_stay_fixed() -> None:
    drawn = space(ranges={"want": [0.4, 0.4], "can": [0.3, 0.3]}).sample(100)
    assert drawn[:, 0] == pytest.approx(0.4, abs=1e-6) and drawn[:, 2].std() > 0.05
    one = space(ranges={"want": [0.4, 0.4], "can": [0.3, 0.3], "endure": [0.2, 0.2], "lead": [0.1, 0.1]})
    assert one.sample(10) == pytest.approx(np.tile([0.4, 0.3, 0.2, 0.1], (10, 1)), abs=1e-6)


@pytest.mark.parametrize(
    ("given_", "codes"),
    [
        ({"ranges": {"wnt": [0, 1]}}, ["weights_unknown_name"]),
        ({"order": "want > can"}, ["weights_bad_order"]),
        ({"order": ["want >= want"]}, ["weights_bad_order"]),
        ({"ranges": {"want": [0.5, 0.2]}}, ["weights_bad_range"]),
        ({"ranges": {"want": [30, 50]}}, ["weights_bad_range"]),
        ({"ranges": {"want": "much"}, "odrer": []}, ["weights_unknown_key", "weights_bad_range"]),
        ({"ranges": {"want": [0, 0.1], "can": [0, 0.1], "endure": [0, 0.1], "lead": [0, 0.1]}}, ["weights_none_left"]),
        ({"ranges": {"want": [0, 0.2], "can": [0.5, 1]}, "order": "want >= can"}, ["weights_none_left"]),
        ({"order": ["initiative >= can"]}, ["weights_mixed_levels"]),
    ],
)
def test_every_fault_is_named(given_: dict, codes: list[str]) -> None:
    found, problems = weight_space(given_, ROLES)
    assert found is None and [p.code for p in problems] == codes
    for language in LANGUAGES:
        assert all("{" not in problem_text(p, language) for p in problems)


def test_an_open_end_is_no_limit() -> None:
    whole = space(ranges={"want": [None, 0.5], "can": [0.1, None]})
    assert (whole.low[0], whole.high[0], whole.low[1], whole.high[1]) == (0.0, 0.5, 0.1, 1.0)
