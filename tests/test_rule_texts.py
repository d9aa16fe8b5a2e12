"""Rules in words: every kind has its words in both languages."""

import pytest

from assessment.choosing.conflict import Change
from assessment.choosing.rule_texts import change_text, limits_text, part_text, repair_text
from assessment.messages import LANGUAGES, catalogue
from assessment.rules.language import read_rules
from tests.test_compose import POOL, RULES


@pytest.fixture
def ruleset(tmp_path):
    from assessment.rules.pool import read_pool

    (tmp_path / "POOL.csv").write_text(POOL, encoding="utf-8")
    (tmp_path / "RULES.yaml").write_text(RULES, encoding="utf-8")
    pool, _ = read_pool(tmp_path / "POOL.csv")
    return read_rules(tmp_path / "RULES.yaml", pool)[0]


def test_limits_read_as_people_say_them():
    cases = {(1, 5): "from 1 to 5", (2, None): "at least 2", (0, 3): "at most 3", (None, 3): "at most 3"}
    assert {k: limits_text(k, "en") for k in cases} == cases
    assert limits_text((4, 4), "ru") == "ровно 4" and limits_text((0, 0), "ru") == "ровно 0"


def test_every_kind_has_words_in_both_languages(ruleset):
    parts = [
        "size",
        "u01",
        "units",
        "units:U02",
        "women",
        "roles:lead",
        "know:88",
        "apart",
        "keep:0006",
        "out:0004",
        "spread",
        "floor",
    ]
    for language in LANGUAGES:
        words = [part_text(ruleset, part, (0, 1), language) for part in parts]
        assert len(set(words)) == len(parts) and not any("{" in w for w in words)
    assert part_text(ruleset, "units:U02", (0, 2), "en") == "unit = U02: at most 2"
    assert part_text(ruleset, "floor", (0, 0), "ru") == "для каждого верно 0.3 ≤ want"


def test_a_rules_own_text_comes_first(ruleset):
    assert part_text(ruleset, "young", (1, None), "en") == "At least one of the young: 1990 ≤ birth_year: at least 1"


def test_a_repair_says_what_to_change(ruleset):
    release, widen = Change("keep:0006", (1, 1), (0, 1)), Change("u01", (0, 1), (0, 2))
    assert "0006" in change_text(ruleset, release, "ru") and "keep" in change_text(ruleset, release, "ru")
    words = repair_text(ruleset, [release, widen], ["0001", "0002"], 0.5, "en")
    assert "“at most 2” in place of “at most 1”" in words and "2 people" in words and "0.5" in words


def test_problem_and_rule_texts_have_the_same_keys_and_params_in_both_languages():
    from string import Formatter

    ours = {k: v for k, v in catalogue("ru").items() if k.startswith(("rules.", "problem.rule", "problem.pool"))}
    assert len(ours) > 40
    for key, ru in ours.items():
        en = catalogue("en")[key]
        fields = [
            {name for _, name, _, _ in Formatter().parse(form) if name}
            for form in (*([ru] if isinstance(ru, str) else ru), *([en] if isinstance(en, str) else en))
        ]
        assert all(f == fields[0] for f in fields), key
