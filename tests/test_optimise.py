"""The solver finds the best list, and always the same one."""

import numpy as np
import pandas as pd
import pytest

from assessment.choosing.compose import choose
from assessment.rules.check import check
from assessment.rules.language import read_rules
from tests.choice_oracle import every_list, small_pool, small_rules
from tests.team_instances import quota_instance, team90


def chosen(pool, raw, seed=1, detail="bare"):
    ruleset, problems = read_rules(raw, pool)
    assert ruleset is not None, problems
    return choose(pool, ruleset, seed, detail=detail, language="en")


@pytest.mark.parametrize("name", ["loose", "tight"])
def test_instances_proven_by_two_solvers_have_the_same_optimum_and_team(name):
    pool, raw, proven = team90(name)
    choice = chosen(pool, raw)
    assert choice.status == "optimal"
    assert choice.certificate["objective"] == pytest.approx(proven["objective"], abs=1e-6)
    assert choice.certificate["bound"] == choice.certificate["objective"] and choice.certificate["gap"] == 0.0
    assert list(choice.people) == proven["team"]


def test_quota_instance_of_150_people_has_a_list_of_22():
    files = ("sel_sortition_scotland22_candidates.csv", "sel_sortition_scotland22_features.csv")
    pool, raw = quota_instance(*files, 22, ("feature", "value"))
    assert len(raw["rules"]) == 18  # of 20 quota rows two name values that nobody has
    assert len(chosen(pool, raw).people) == 22


def test_quota_instance_of_200_people_has_a_list_of_20():
    files = ("sel_example_small20_respondents.csv", "sel_example_small20_categories.csv")
    pool, raw = quota_instance(*files, 20, ("category", "feature"))
    choice = chosen(pool, raw)
    values = {row["id"]: row["value"] for row in choice.certificate["rules"]}
    assert len(choice.people) == 20 and all(values[f"q{i}"] >= 9 for i in range(4))


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_small_instances_equal_trying_every_list(first):
    unmet = 0
    for seed in range(first, first + 50):
        random = np.random.default_rng(seed)
        pool = small_pool(random, int(random.integers(6, 9)))
        raw = small_rules(random, pool)
        truth = every_list(pool, raw)
        choice = chosen(pool, raw)
        if not truth:
            unmet += 1
            assert choice.status == "infeasible" and not choice.people, seed
            continue
        assert choice.status == "optimal", seed
        assert choice.certificate["objective"] == pytest.approx(max(truth.values()), abs=1e-5), seed
        assert truth[choice.people] == pytest.approx(max(truth.values()), abs=1e-5), seed
    assert 0 < unmet < 25  # both kinds of answers are met


def tied_pool(n=40, seed=3):
    random = np.random.default_rng(seed)
    ids = [f"P{i:02d}" for i in range(n)]
    return pd.DataFrame(
        {
            "score": random.integers(0, 4, n) / 10,
            "unit": random.choice(["A", "B", "C"], n),
            "roles": random.choice(["lead", "lead;clerk", "clerk", ""], n),
        },
        index=pd.Index(ids, name="person_id"),
    )


TIED_RULES = {
    "size": 12,
    "rules": [
        {"id": "units", "each": "unit", "count": [3, 5]},
        {"id": "roles", "assign": "roles", "min": {"lead": 3, "clerk": 3}},
    ],
}


def test_order_of_rows_and_of_rules_changes_neither_team_nor_roles():
    pool = tied_pool()
    first = chosen(pool, TIED_RULES)
    for seed in range(3):
        shuffled = pool.sample(frac=1, random_state=seed)
        again = chosen(shuffled, {**TIED_RULES, "rules": TIED_RULES["rules"][::-1]})
        assert again.people == first.people and again.roles == first.roles


def test_the_seed_settles_ties_and_never_the_total():
    pool = tied_pool()
    found = [chosen(pool, TIED_RULES, seed) for seed in range(4)]
    assert len({c.people for c in found}) > 1
    assert len({c.certificate["objective"] for c in found}) == 1


def test_a_further_hard_rule_never_raises_the_optimum():
    pool = tied_pool()
    free = chosen(pool, {"size": 12, "rules": []}).certificate["objective"]
    some = chosen(pool, {"size": 12, "rules": TIED_RULES["rules"][:1]}).certificate["objective"]
    both = chosen(pool, TIED_RULES).certificate["objective"]
    assert free >= some >= both


def test_raising_a_members_score_keeps_the_member():
    pool = tied_pool()
    for person in chosen(pool, TIED_RULES).people[:4]:
        raised = pool.copy()
        raised.loc[person, "score"] += 0.05
        assert person in chosen(raised, TIED_RULES).people


def test_anybody_may_fill_a_seat_and_fit_adds_its_weight():
    pool = pd.DataFrame(
        {"score": [1.0, 1.0, 0.0], "fit_a": [0.0, 2.0, 9.0], "fit_b": [4.0, 4.0, 0.0]},
        index=pd.Index(["x", "y", "z"], name="person_id"),
    )
    rule = {
        "id": "seats",
        "assign": "anybody",
        "min": {"a": 1, "b": 1},
        "fit": {"a": "fit_a", "b": "fit_b"},
        "weight": 0.25,
    }
    choice = chosen(pool, {"size": 2, "rules": [rule]})
    # x as b and z as a: 1 + 0 + .25 * (4 + 9) = 4.25; x and y bring 2 + .25 * (4 + 2) = 3.5
    assert choice.certificate["objective"] == 4.25
    assert choice.people in {("x", "z"), ("y", "z")} and choice.roles["z"] == "a"


def test_no_seat_is_filled_that_neither_a_rule_nor_fit_asks_for():
    choice = chosen(tied_pool(), TIED_RULES)
    assert sorted(r for r in choice.roles.values() if r) == ["clerk"] * 3 + ["lead"] * 3


def test_a_person_fills_only_a_role_that_the_column_lists():
    pool = tied_pool()
    choice = chosen(pool, TIED_RULES)
    for person, role in choice.roles.items():
        assert not role or role in pool.loc[person, "roles"].split(";")


def test_a_pool_smaller_than_the_size_is_taken_whole_with_a_note():
    choice = chosen(
        tied_pool(n=8), {"size": 12, "rules": [{"id": "a", "where": {"unit": "A"}, "share_of_team": [0, 1]}]}
    )
    assert len(choice.people) == 8
    assert [p.code for p in choice.problems] == ["pool_smaller_than_size"]
    size = next(row for row in choice.certificate["rules"] if row["id"] == "size")
    assert size["allowed"] == [8, 8] and size["holds"]


def test_time_that_runs_out_is_told_as_a_gap_or_a_stop():
    from assessment.problems import AssessmentError

    pool, raw, _ = team90("tight")
    ruleset, _ = read_rules(raw, pool)
    try:
        choice = choose(pool, ruleset, seconds=0.005, detail="bare")
    except AssessmentError as error:
        assert error.problems[0].code == "no_list_in_time"
    else:
        assert choice.certificate["gap"] >= 0 and choice.status in ("optimal", "feasible")
        assert all(c.short == 0 for c in check(pool, ruleset, choice.people, choice.roles))
