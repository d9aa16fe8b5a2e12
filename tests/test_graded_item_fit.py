"""Item fit points at the item that does not belong, and only at that one."""
from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models import GradedResponse
from models.graded_item_fit import item_fit
from tests.graded_people import invented_answers, shared_table


def test_science_meets_r_mirt():
    answers = shared_table("psy_science.csv")
    found = item_fit(GradedResponse(prior=None).fit(answers), answers)
    assert found["df"].tolist() == [6, 9, 8, 11]
    assert found["s_x2"].to_numpy() == pytest.approx([4.786, 8.757, 7.553, 9.926], abs=0.005)


def test_answers_by_the_model_fit_the_model():
    values = []
    for seed in range(8):
        answers = pd.DataFrame(invented_answers(800, 8, seed=seed)[0])
        values.append(item_fit(GradedResponse().fit(answers), answers)["p"])
    p = pd.concat(values)
    assert np.mean(p < 0.05) < 0.15
    assert 0.35 < p.mean() < 0.65


def test_an_item_that_the_model_cannot_describe_stands_out():
    answers, truth = invented_answers(1500, 8, seed=1)
    answers[:, 3] = np.where(np.abs(truth.theta) < 0.7, 3, 1)  # chosen in the middle, shunned at both ends
    table = pd.DataFrame(answers)
    found = item_fit(GradedResponse().fit(table), table)
    assert found["p"].idxmin() == 3
    assert found.loc[3, "p"] < 1e-6


def test_expected_tables_count_the_people_who_answered_all_items():
    answers, _ = invented_answers(500, 6, missing=0.02)
    table = pd.DataFrame(answers)
    complete = table.dropna()
    model = GradedResponse().fit(table)
    pd.testing.assert_frame_equal(item_fit(model, table), item_fit(model, complete))
    with pytest.raises(ValueError, match="found 5"):
        item_fit(model, complete.head(5))
