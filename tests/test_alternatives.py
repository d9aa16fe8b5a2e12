"""Next best lists, ties and prices are those that trying every list finds."""

import numpy as np
import pytest

from assessment.choosing.compose import choose
from assessment.rules.language import read_rules
from tests.choice_oracle import every_list, small_pool, small_rules
from tests.team_instances import team90


def instances(first, last):
    """Small instances that can be met, with the certificate in full and every list that meets the rules."""
    for seed in range(first, last):
        random = np.random.default_rng(1000 + seed)
        pool = small_pool(random, int(random.integers(6, 9)))
        raw = small_rules(random, pool)
        truth = every_list(pool, raw)
        if truth:
            ruleset, problems = read_rules(raw, pool)
            assert ruleset is not None, problems
            yield pool, raw, truth, choose(pool, ruleset, 1, language="en")


@pytest.fixture(scope="module")
def met():
    return list(instances(0, 40))


def test_the_ten_next_best_lists_come_in_order_and_are_real(met):
    for _, _, truth, choice in met:
        best = sorted(truth.values(), reverse=True)[1:11]
        found = choice.certificate["alternatives"]
        assert [a["objective"] for a in found] == pytest.approx(best, abs=1e-5)
        for other in found:
            people = tuple(sorted((set(choice.people) - set(other["leave"])) | set(other["enter"])))
            assert truth[people] == pytest.approx(other["objective"], abs=1e-5)


def test_ties_count_equally_good_sets_of_people_up_to_twenty(met):
    counts = set()
    for _, _, truth, choice in met:
        ties = sum(abs(v - max(truth.values())) < 1e-5 for v in truth.values())
        assert choice.certificate["ties"] == min(20, ties)
        counts.add(choice.certificate["ties"])
    assert {1, 2} <= counts


def test_twenty_is_the_end_of_counting():
    pool, raw, _ = team90("loose")
    ruleset, _ = read_rules({"size": 5, "objective": {"score": "zero"}}, pool.assign(zero=0.0))
    assert choose(pool.assign(zero=0.0), ruleset).certificate["ties"] == 20


def test_the_price_of_a_rule_is_what_the_list_gains_without_it(met):
    priced = 0
    for pool, raw, truth, choice in met:
        for i, rule in enumerate(raw["rules"]):
            row = next(r for r in choice.certificate["rules"] if r["id"] == rule["id"])
            without = every_list(pool, {**raw, "rules": [r for k, r in enumerate(raw["rules"]) if k != i]})
            if rule.get("fit"):  # dropping the limits keeps the seats, dropping the rule loses their fit
                continue
            gain = max(without.values()) - max(truth.values())
            assert row["price"] == pytest.approx(gain, abs=1e-5), (raw, rule)
            assert not gain > 1e-5 or row["binding"]
            priced += gain > 1e-5
            if row["price"]:
                people = (set(choice.people) - set(row["without"]["leave"])) | set(row["without"]["enter"])
                assert without[tuple(sorted(people))] == pytest.approx(row["without"]["objective"], abs=1e-5)
    assert priced > 20


def test_clearly_different_lists_differ_in_a_fifth_of_the_seats():
    pool, raw, _ = team90("loose")
    ruleset, _ = read_rules(raw, pool)
    choice = choose(pool, ruleset)
    lists = [set(choice.people)]
    for other in choice.certificate["different"]:
        lists.append((lists[0] - set(other["leave"])) | set(other["enter"]))
    assert len(lists) == 6
    assert all(len(a - b) >= 6 for i, a in enumerate(lists) for b in lists[i + 1 :])
