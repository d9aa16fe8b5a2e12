"""Fixing what the relaxation rules out changes no answer."""

import numpy as np
import pytest

from assessment.choosing.model import build
from assessment.choosing.solver import INFEASIBLE, membership, solve
from assessment.narrow import best, narrowed, relax
from assessment.rules.language import read_rules
from assessment.rules.parts import take_apart
from assessment.rules.pool import Columns
from tests.choice_oracle import small_pool, small_rules
from tests.team_instances import team90


def model_of(pool, raw):
    ruleset, problems = read_rules(raw, pool)
    assert ruleset is not None, problems
    columns = Columns(pool)
    return build(columns, ruleset, take_apart(columns, ruleset)[0])


@pytest.mark.parametrize("name", ["loose", "tight"])
def test_the_relaxation_bounds_the_optimum_and_fixes_nobody_wrongly(name):
    pool, raw, proven = team90(name)
    model = model_of(pool, raw)
    relaxation = relax(model)
    optimum = round(proven["objective"] * 1e6)
    assert relaxation.bound >= optimum
    small = narrowed(model, relaxation, optimum)
    chosen = np.isin(model.ids, proven["team"])
    n = len(model.ids)
    assert (small.table.high[:n] >= chosen).all() and (small.table.low[:n] <= chosen).all()
    assert (small.table.high[:n] == small.table.low[:n]).sum() > 10


def test_few_columns_and_all_columns_give_the_same_total():
    compared = 0
    for seed in range(60):
        random = np.random.default_rng(700 + seed)
        pool = small_pool(random, 8)
        model = model_of(pool, small_rules(random, pool))
        full, few = solve(model), best(model)
        assert (few.status, few.total) == (full.status, full.total)
        compared += full.columns is not None
    assert compared > 30


def test_a_total_out_of_reach_is_infeasible_and_one_within_reach_is_found():
    pool, raw, proven = team90("loose")
    model = model_of(pool, raw)
    optimum = round(proven["objective"] * 1e6)
    assert best(model, least=optimum + 10**7).status == INFEASIBLE
    answer = best(model, least=optimum)
    assert answer.total == optimum
    assert [model.ids[i] for i in np.flatnonzero(membership(model, answer))] == proven["team"]
