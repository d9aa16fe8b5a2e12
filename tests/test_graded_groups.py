"""Items that mean something else to a group are found; a group that is merely higher is not blamed."""
from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.graded_groups import differential_functioning
from tests.graded_people import invented_answers


@pytest.fixture
def people():
    answers, _ = invented_answers(1600, 6, seed=5)
    return pd.DataFrame(answers, columns=list("abcdef")), pd.Series(np.repeat(["x", "y"], 800))


def test_groups_that_answer_alike_are_alike(people):
    found = differential_functioning(*people)
    assert found.converged
    assert found.items["p"].min() > 0.005
    assert found.items["effect"].abs().max() < 0.15
    assert found.groups.loc["y", "mean"] == pytest.approx(0.0, abs=0.12)


def test_a_biased_item_is_found_with_its_direction(people):
    answers, group = people
    answers.loc[group == "y", "c"] = np.minimum(answers.loc[group == "y", "c"] + 1, 4)
    found = differential_functioning(answers, group)
    assert found.items["p"].idxmin() == "c"
    assert found.items.loc["c", "p"] < 1e-10
    assert found.items.loc["c", "effect"] > 0.4
    turned = differential_functioning(answers, group, reference="y")
    assert turned.items.loc["c", "effect"] < -0.4
    assert turned.groups.index[0] == "y"


def test_a_higher_group_is_higher_and_not_blamed():
    low, _ = invented_answers(3000, 6, seed=6)
    answers = pd.DataFrame(low)
    level = answers.mean(axis=1)
    # Keeping the upper ones more often makes a group that is higher on the same items.
    luck = np.random.default_rng(0).random(3000)
    group = pd.Series(np.where(luck < 1 / (1 + np.exp(-1.5 * (level - level.mean()))), "high", "low"))
    found = differential_functioning(answers, group, reference="low")
    assert found.groups.loc["high", "mean"] > 0.5
    assert found.items["effect"].abs().max() < 0.2


def test_people_without_a_group_are_left_out_and_one_group_is_a_fault(people):
    answers, group = people
    wider = pd.concat([answers, answers.head(50).set_axis(range(2000, 2050))])
    pd.testing.assert_frame_equal(
        differential_functioning(wider, group).items, differential_functioning(answers, group).items
    )
    with pytest.raises(ValueError, match="found 1"):
        differential_functioning(answers, group.where(group == "x"))
