"""Facts about the wording of items."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.instruments.reading import load_instruments
from assessment.instruments.style import MOST_WORDS, WORD, style_notes
from tests.fixture_questionnaires import FOREIGN, load


def test_the_shipped_items_obey_every_rule_of_wording() -> None:
    instruments, _ = load_instruments()
    assert instruments is not None
    assert style_notes(instruments.battery, "battery.yaml") == []


def test_a_dash_is_no_word_and_a_hyphen_joins_one() -> None:
    assert len(WORD.findall("Для меня кто-то — просто человек.")) == 5


@pytest.mark.parametrize(
    ("text", "key", "code"),
    [
        (" ".join(["слово"] * (MOST_WORDS + 1)), 1, "style_item_long"),
        (" ".join(["слово"] * MOST_WORDS), 1, ""),
        ("Я этого не вижу", -1, "style_reversed_negated"),
        ("Я этого не вижу", 1, ""),
        ("Некогда думать о небе", -1, ""),
    ],
)
def test_long_and_doubly_negated_items_are_noted(tmp_path: Path, text: str, key: int, code: str) -> None:
    content = FOREIGN.replace("[en]", "[ru]").replace("en:", "ru:")
    first = 'key: -1, format: six, ru: "I hardly care how others feel."'
    content = content.replace(first, f"key: {key}, format: six, ru: {text}")
    instruments, problems = load(tmp_path, battery=content)
    assert instruments is not None, problems
    wording = [p.code for p in problems if p.code in ("style_item_long", "style_reversed_negated")]
    assert wording == ([code] if code else [])


def test_a_scale_without_a_reversed_item_is_noted_unless_it_is_a_threshold_only(tmp_path: Path) -> None:
    one_way = FOREIGN.replace("key: -1, format: six, en: \"I hardly", "format: six, en: \"I hardly")
    _, problems = load(tmp_path / "a", battery=one_way)
    assert [p.column for p in problems if p.code == "style_scale_one_way"] == ["scales.warmth"]
    _, problems = load(tmp_path / "b", battery=one_way.replace("{domain: kind}", "{domain: kind, gate_only: true}"))
    assert "style_scale_one_way" not in [p.code for p in problems]
