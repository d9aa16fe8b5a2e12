"""Every fault of a set of rules is named at once, with the rule and the nearest known name."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.messages import LANGUAGES, problem_text
from assessment.problems import STOP, stops
from assessment.rules.language import read_rules
from assessment.rules.parts import take_apart, whole
from assessment.rules.pool import Columns


def pool(n=6):
    return pd.DataFrame(
        {
            "score": np.arange(n) / 10,
            "unit": ["U01", "U01", "U02", "U02", "U03", "007"][:n],
            "birth_year": [1980.0, 1990.0, 1991.0, None, 1970.0, 1985.0][:n],
            "head": [True, False, False, False, False, False][:n],
            "roles": ["lead;analyst", "lead", "", "analyst", "clerk", "lead"][:n],
            "processes": ["88;94", "88", "94", "1", "", "2"][:n],
        },
        index=pd.Index(["P001", "P002", "P003", "P004", "P005", "0012"][:n], name="person_id"),
    )


def problems_of(*rules, **top):
    return read_rules({"size": 3, "rules": list(rules), **top}, pool())[1]


def only(*rules, **top):
    found = stops(problems_of(*rules, **top))
    assert len(found) == 1, found
    return found[0]


RANGE, NUMBER, KEY, VALUE = "rule_range_bad", "rule_number_bad", "rule_key_unknown", "rule_value_unknown"


@pytest.mark.parametrize(
    ("rule", "code", "params"),
    [
        (
            {"id": "r", "wher": {"unit": "U01"}, "count": [0, 1]},
            "rule_kind_unknown",
            {"name": "wher", "nearest": "where"},
        ),
        (
            {"id": "r", "where": {"unit": "U01"}, "cuont": [0, 1], "share": [0, 1]},
            KEY,
            {"name": "cuont", "nearest": "count"},
        ),
        (
            {"id": "r", "where": {"unti": "U01"}, "count": [0, 1]},
            "rule_column_unknown",
            {"name": "unti", "nearest": "unit"},
        ),
        ({"id": "r", "where": {"unit": "U04"}, "count": [0, 1]}, VALUE, {"name": "U04", "nearest": "U03"}),
        ({"id": "r", "where": {"unit": ["U01", "U2"]}, "count": [0, 1]}, VALUE, {"name": "U2", "nearest": "U02"}),
        ({"id": "r", "where": {"unit": {"min": 3}}, "count": [0, 1]}, "rule_column_no_numbers", {"name": "unit"}),
        ({"id": "r", "where": {"birth_year": {"mni": 3}}, "count": [0, 1]}, KEY, {"name": "mni", "nearest": "min"}),
        ({"id": "r", "where": {"birth_year": {"min": 9, "max": 3}}, "count": [0, 1]}, RANGE, {}),
        ({"id": "r", "where": {"birth_year": {"min": "x"}}, "count": [0, 1]}, NUMBER, {}),
        ({"id": "r", "where": {}, "count": [0, 1]}, "rule_where_bad", {}),
        ({"id": "r", "where": {"unit": None}, "count": [0, 1]}, "rule_value_bad", {}),
        ({"id": "r", "where": {"unit": "U01"}, "count": [2, 1]}, RANGE, {}),
        ({"id": "r", "where": {"unit": "U01"}, "count": [-1, 1]}, RANGE, {}),
        ({"id": "r", "where": {"unit": "U01"}, "count": ["one", 2]}, RANGE, {}),
        ({"id": "r", "where": {"unit": "U01"}, "count": [0.5, 2]}, RANGE, {}),
        ({"id": "r", "where": {"unit": "U01"}, "count": [1]}, RANGE, {}),
        ({"id": "r", "where": {"unit": "U01"}, "count": 1}, RANGE, {}),
        ({"id": "r", "where": {"unit": "U01"}, "count": [True, 2]}, RANGE, {}),
        ({"id": "r", "where": {"unit": "U01"}, "count": [0, float("nan")]}, RANGE, {}),
        ({"id": "r", "where": {"unit": "U01"}, "share_of_team": [0, 40]}, RANGE, {}),
        ({"id": "r", "where": {"unit": "U01"}}, "rule_limits_missing", {}),
        ({"id": "r", "where": {"unit": "U01"}, "count": [0, 1], "share": [0, 1]}, "rule_limits_many", {}),
        ({"id": "r", "where": {"unit": "U01"}, "count": [0, 1], "soft": "dear"}, NUMBER, {}),
        ({"id": "r", "where": {"unit": "U01"}, "count": [0, 1], "soft": -1}, NUMBER, {}),
        ({"id": "r", "where": {"unit": "U01"}, "count": [0, 1], "hard": False}, "rule_hard_bad", {}),
        ({"id": "r", "each": "units", "count": [0, 1]}, "rule_column_unknown", {"nearest": "unit"}),
        ({"id": "r", "each": "unit", "lock_in": ["P001"]}, "rule_kinds_many", {}),
        ({"id": "r", "distinct": "unit", "share": [0, 1]}, KEY, {"name": "share"}),
        ({"id": "r", "assign": "roles", "min": {"leda": 1}}, VALUE, {"name": "leda", "nearest": "lead"}),
        ({"id": "r", "assign": "roles", "min": {"lead": 1.5}}, NUMBER, {}),
        ({"id": "r", "assign": "roles", "min": {"lead": 3}, "max": {"lead": 2}}, RANGE, {}),
        ({"id": "r", "assign": "roles", "min": {"lead": 1}, "fit": {"lead": "unit"}}, "rule_column_no_numbers", {}),
        ({"id": "r", "assign": "rolse", "min": {"lead": 1}}, "rule_column_unknown", {"nearest": "roles"}),
        ({"id": "r", "assign": "roles"}, "rule_limits_missing", {}),
        ({"id": "r", "cover": "processes", "ids": ["89"]}, VALUE, {"name": "89", "nearest": "88"}),
        ({"id": "r", "cover": "processes", "ids": ["88"], "by_at_least": 0}, NUMBER, {}),
        ({"id": "r", "cover": "processes"}, "rule_ids_missing", {}),
        ({"id": "r", "not_together": ["P001", "P02"]}, "rule_person_unknown", {"name": "P02", "nearest": "P002"}),
        ({"id": "r", "lock_in": ["p001"]}, "rule_person_unknown", {"nearest": "P001"}),
        ({"id": "r", "every_member": {"brith_year": {"min": 1}}}, "rule_column_unknown", {"nearest": "birth_year"}),
        ({"id": "size", "lock_in": ["P001"]}, "rule_id_reserved", {"rule": "size"}),
    ],
)
def test_each_fault_is_a_stop_that_names_the_rule_and_the_nearest_known_name(rule, code, params):
    if rule.get("distinct") and "share" in rule:
        rule = {**rule, "count": [1, None]}
    found = only(rule)
    assert found.code == code
    assert {k: found.params.get(k) for k in params} == params
    assert found.params["rule"] == rule["id"] and found.column.startswith(f"rules.{rule['id']}")
    for language in LANGUAGES:
        assert rule["id"] in problem_text(found, language)


@pytest.mark.parametrize(
    ("top", "code"),
    [
        ({"size": 0}, "rules_size_bad"),
        ({"size": 2.5}, "rules_size_bad"),
        ({"size": None}, "rules_size_bad"),
        ({"size": "many"}, "rules_size_bad"),
        ({"szie": 3}, "rules_key_unknown"),
        ({"rules": {"id": "r"}}, "rules_no_list"),
        ({"rules": ["r"]}, "rule_no_map"),
        ({"rules": [{"lock_in": ["P001"]}]}, "rule_id_missing"),
        ({"rules": [{"id": "r", "lock_in": ["P001"]}, {"id": "r", "lock_out": ["P002"]}]}, "rule_id_twice"),
        ({"objective": {"score": "socre"}}, "rule_column_unknown"),
        ({"objective": {"scroe": "score"}}, "rule_key_unknown"),
        ({"objective": {"score": "unit"}}, "pool_score_no_number"),
        ({"objective": {"coverage": {"column": "process"}}}, "rule_column_unknown"),
        ({"objective": {"coverage": {"column": "processes", "weights": {"88": "much"}}}}, "rule_number_bad"),
        ({"objective": {"coverage": {"column": "processes", "first": -1}}}, "rule_number_bad"),
    ],
)
def test_faults_around_the_rules_are_stops_too(top, code):
    ruleset, problems = read_rules({"size": 3, "rules": [], **top}, pool())
    assert ruleset is None and code in {p.code for p in stops(problems)}
    for problem in problems:
        assert all(problem_text(problem, language) for language in LANGUAGES)


def test_all_faults_come_at_once():
    problems = problems_of(
        {"id": "a", "where": {"unti": "x", "unit": "U9"}, "count": [3, 1], "soft": "x"},
        {"lock_in": ["nobody"]},
        {"id": "b"},
        sizes=3,
    )
    codes = sorted(p.code for p in stops(problems))
    assert codes == sorted(
        [
            "rules_key_unknown",
            "rule_column_unknown",
            VALUE,
            RANGE,
            NUMBER,
            "rule_id_missing",
            "rule_person_unknown",
            "rule_kind_unknown",
        ]
    )


def test_a_person_without_consent_is_never_named():
    rule = {"id": "keep", "lock_in": ["P001", "S3CRET"]}
    ruleset, problems = read_rules({"size": 2, "rules": [rule]}, pool(), withheld={"S3CRET"})
    assert ruleset is None and [p.code for p in problems] == ["rule_person_withheld"]
    assert "S3CRET" not in str(problems) + "".join(problem_text(problems[0], language) for language in LANGUAGES)


def test_the_size_may_come_from_outside():
    assert read_rules({"rules": []}, pool(), 4)[0].size == 4
    assert read_rules({"size": 2}, pool(), 4)[0].size == 2


def parts(rule, table=None, size=3):
    table = pool() if table is None else table
    ruleset, problems = read_rules({"size": size, "rules": [{"id": "r", **rule}]}, table)
    assert ruleset is not None, problems
    columns = Columns(table)
    found, notes = take_apart(columns, ruleset)
    return {p.id: ([columns.ids[i] for i in p.people], p.lowest, p.highest) for p in found[1:]}, notes


def test_values_match_as_text_first_then_as_truth_or_number():
    assert parts({"where": {"unit": "007"}, "count": [0, 1]})[0]["r"][0] == ["0012"]
    assert parts({"where": {"head": True}, "count": [0, 1]})[0]["r"][0] == ["P001"]
    assert parts({"where": {"birth_year": 1990}, "count": [0, 1]})[0]["r"][0] == ["P002"]
    assert parts({"where": {"unit": ["U01", "U03"]}, "count": [0, 1]})[0]["r"][0] == ["P001", "P002", "P005"]
    assert parts({"where": {"roles": "analyst"}, "count": [0, 1]})[0]["r"][0] == ["P001", "P004"]
    assert parts({"where": {"roles": "lead", "unit": "U01", "birth_year": {"min": 1985}}, "count": [0, 1]})[0]["r"][
        0
    ] == ["P002"]


def test_seven_is_not_007():
    assert only({"id": "r", "where": {"unit": 7}, "count": [0, 1]}).code == VALUE


def test_a_missing_value_fulfils_no_condition():
    inside = parts({"where": {"birth_year": {"min": 1900}}, "count": [0, 1]})[0]["r"][0]
    assert "P004" not in inside and len(inside) == 5
    assert parts({"every_member": {"birth_year": {"min": 1900}}})[0]["r"][0] == ["P004"]


def test_a_false_that_nobody_has_is_still_a_truth_value():
    table = pool().assign(head="true")
    assert parts({"where": {"head": False}, "count": [0, 1]}, table)[0]["r"][0] == []


def test_each_has_a_part_for_every_value_and_a_list_one_for_every_person_or_id():
    assert sorted(parts({"each": "unit", "count": [0, 1]})[0]) == ["r:007", "r:U01", "r:U02", "r:U03"]
    assert sorted(parts({"each": "processes", "count": [0, 1]})[0]) == ["r:1", "r:2", "r:88", "r:94"]
    assert sorted(parts({"lock_in": ["P001", "P002"]})[0]) == ["r:P001", "r:P002"]
    assert sorted(parts({"cover": "processes", "ids": ["88", 94]})[0]) == ["r:88", "r:94"]


def test_shares_are_rounded_inwards_without_noise():
    table = pd.DataFrame(
        {"score": 0.0, "unit": ["A"] * 8 + ["B"] * 12},
        index=pd.Index([f"{i:02d}" for i in range(20)], name="person_id"),
    )
    assert parts({"where": {"unit": "A"}, "share_of_team": [0.15, 0.15]}, table, 20)[0]["r"][1:] == (3, 3)
    assert parts({"where": {"unit": "A"}, "share_of_team": [0.21, 0.69]}, table, 10)[0]["r"][1:] == (3, 6)
    assert parts({"each": "unit", "share": [0.6, 1.6]}, table, 10)[0]["r:A"][1:] == (
        3,
        6,
    )  # 4 * .6 = 2.4, 4 * 1.6 = 6.4
    assert parts({"where": {"unit": "B"}, "share": [0.1 + 0.2, None]}, table, 10)[0]["r"][1:] == (2, None)


def test_where_no_whole_number_lies_between_the_nearest_ones_are_taken_with_a_note():
    found, notes = parts({"where": {"unit": "U01"}, "share_of_team": [0.4, 0.6]}, size=3)  # 1.2 to 1.8
    assert found["r"][1:] == (1, 2)
    assert [(n.code, n.severity, n.params["rule"]) for n in notes] == [("rule_rounded_outwards", "note", "r")]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 100), st.integers(0, 100), st.integers(1, 600))
def test_rounded_limits_are_whole_and_never_beyond_the_next_whole_number(low, more, base):
    from fractions import Fraction

    low, high = Fraction(low, 100), Fraction(low + more, 100)
    lowest, highest, empty = whole(low, high, Fraction(base))
    assert lowest <= highest
    assert abs(lowest - low * base) < 1 and abs(highest - high * base) < 1
    if not empty:
        assert lowest >= low * base and highest <= high * base


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 9), st.floats(), st.sampled_from(["unit", "U01", "P001", "", "x"])
)
KEYS = (
    "id where each distinct assign cover not_together together lock_in lock_out every_member count share share_of_team",
    "soft hard text by reason min max fit weight ids by_at_least unit roles birth_year lead nonsense",
)
WORDS = st.sampled_from(" ".join(KEYS).split())
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=4))
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(WORDS, ANYTHING, max_size=6), st.one_of(st.none(), ANYTHING))
def test_whatever_stands_in_a_rule_is_read_or_named_never_a_crash(rule, objective):
    ruleset, problems = read_rules({"size": 2, "objective": objective, "rules": [rule]}, pool())
    assert (ruleset is None) == any(p.severity == STOP for p in problems)
    for problem in problems:
        assert problem_text(problem, "en") and problem_text(problem, "ru")


def test_a_misspelt_limit_is_one_fault() -> None:
    pool = pd.DataFrame({"score": [1.0, 2.0], "unit": ["a", "b"]}, index=pd.Index(["P1", "P2"], name="person_id"))
    found = read_rules({"size": 1, "rules": [{"id": "n", "each": "unit", "cuont": [1, 2]}]}, pool)[1]
    assert [(p.code, p.params["nearest"]) for p in found] == [("rule_key_unknown", "count")]
