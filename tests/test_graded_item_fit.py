"""Item fit points at the item that does not belong, and only at that one; known answers in test_references.py."""
from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models import GradedResponse
from models.graded_item_fit import item_fit
from tests.graded_people import invented_answers


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
