"""The certificate's rows: value, limits, room, whether a rule binds and what it costs."""

import numpy as np
import pandas as pd
import pytest

from assessment.choosing.compose import choose
from assessment.rules.language import read_rules


def pool():
    random = np.random.default_rng(5)
    ids = [f"P{i:02d}" for i in range(20)]
    table = pd.DataFrame(
        {"score": np.round(np.linspace(2, 0.1, 20), 2), "unit": ["A"] * 8 + ["B"] * 8 + ["C"] * 4}, index=ids
    )
    table["knows"] = [";".join(random.choice(["1", "2", "3"], 2, replace=False)) for _ in ids]
    return table.rename_axis("person_id")


def rows_of(*rules, size=6, detail="prices"):
    ruleset, problems = read_rules({"size": size, "rules": list(rules)}, pool())
    assert ruleset is not None, problems
    certificate = choose(pool(), ruleset, detail=detail, language="en").certificate
    return {row["id"]: row for row in certificate["rules"]}, certificate


def test_a_rule_at_its_limit_binds_and_costs_what_it_keeps_out():
    # the six best are all of A (2.0, 1.9 ... 1.5); with two of A at most, four of B (1.2 ... .9) come in
    rows, certificate = rows_of({"id": "a", "where": {"unit": "A"}, "count": [0, 2]})
    assert certificate["objective"] == pytest.approx(2.0 + 1.9 + 1.2 + 1.1 + 1.0 + 0.9)
    row = rows["a"]
    assert (row["value"], row["allowed"], row["slack"], row["binding"], row["holds"]) == (2, [0, 2], 0, True, True)
    assert row["price"] == pytest.approx(1.8 + 1.7 + 1.6 + 1.5 - 1.2 - 1.1 - 1.0 - 0.9)
    assert row["without"]["enter"] == ["P02", "P03", "P04", "P05"]
    assert row["without"]["leave"] == ["P08", "P09", "P10", "P11"]


def test_a_rule_with_room_does_not_bind_and_costs_nothing():
    rows, _ = rows_of({"id": "a", "where": {"unit": "A"}, "count": [1, 8]})
    assert (rows["a"]["slack"], rows["a"]["binding"], rows["a"]["price"]) == (2, False, 0.0)
    assert "without" not in rows["a"]


def test_the_size_is_a_rule_like_the_others():
    rows, _ = rows_of()
    assert rows["size"]["allowed"] == [6, 6] and rows["size"]["binding"]
    assert rows["size"]["price"] == pytest.approx(pool().score.iloc[6:].sum())


def test_a_rule_with_parts_shows_the_whole_and_its_tightest_part():
    rows, _ = rows_of({"id": "units", "each": "unit", "count": [1, 3]})
    assert rows["units"]["tightest"] == "units:A" and rows["units"]["parts"] == 3
    assert (rows["units"]["value"], rows["units"]["allowed"]) == (3, [1, 3])
    # without the whole rule the six best of A; without the limit of A alone still one of B and of C are needed
    assert rows["units"]["price"] == pytest.approx(1.7 + 1.6 + 1.5 - 1.2 - 1.1 - 0.4)
    assert rows["units:A"]["price"] == pytest.approx(1.7 - 1.1)
    assert rows["units:C"]["price"] == pytest.approx(1.0 - 0.4)


def test_a_soft_rule_left_short_says_by_how_much_and_lowers_the_objective():
    rows, certificate = rows_of({"id": "c", "where": {"unit": "C"}, "count": [2, None], "soft": 0.25})
    assert (rows["c"]["value"], rows["c"]["short"], rows["c"]["slack"], rows["c"]["holds"]) == (0, 2, -2, False)
    assert rows["c"]["price"] == pytest.approx(0.5)
    assert certificate["objective"] == pytest.approx(pool().score.iloc[:6].sum() - 0.5)


def test_a_soft_price_above_the_loss_keeps_the_rule():
    rows, _ = rows_of({"id": "c", "where": {"unit": "C"}, "count": [1, None], "soft": 2.0})
    assert rows["c"]["value"] == 1 and rows["c"]["holds"]


def test_bare_leaves_prices_ties_and_other_lists_out():
    rows, certificate = rows_of({"id": "a", "where": {"unit": "A"}, "count": [0, 2]}, detail="bare")
    assert rows["a"]["price"] is None and certificate["ties"] is None and certificate["alternatives"] == []


def test_bound_and_gap_prove_the_optimum():
    _, certificate = rows_of()
    assert certificate["bound"] == certificate["objective"] and certificate["gap"] == 0.0


def test_an_unknown_detail_is_our_own_fault():
    ruleset, _ = read_rules({"size": 2}, pool())
    with pytest.raises(ValueError, match="detail"):
        choose(pool(), ruleset, detail="everything")
