"""Names and texts of screens in one language."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from assessment import messages, wording
from assessment.wording import Names, Words, said
from tests.small_campaign import small_campaign


def test_both_languages_have_the_same_keys_with_the_same_fields():
    import string

    def fields(text) -> set[str]:
        forms = text if isinstance(text, tuple) else (text,)
        return {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name}

    ru, en = messages.catalogue("ru"), messages.catalogue("en")
    assert set(ru) == set(en)
    assert [key for key in ru if fields(ru[key]) != fields(en[key])] == []


def test_numbers_in_texts_are_written_as_the_language_writes_them():
    assert Words("ru")("question.severe", observer="O07", points=0.62).endswith("0,6 балла")
    assert Words("ru")("stage.of", part=1234, whole=5000) == "1\u202f234 из 5\u202f000"


def test_several_numbers_stand_side_by_side():
    text = Words("ru")("question.presentation_more", shares=(0.0, 0.1), changes=(9, 5))
    assert "0,0 / 0,1" in text and "9 / 5" in text


def test_a_kept_text_takes_the_plural_form_that_fits():
    words = Words("ru")
    assert words.say(said("app.people", n=1)) == "1 участник"
    assert words.say(said("app.people", n=4)) == "4 участника"
    assert words.say(said("app.people", n=11)) == "11 участников"


def test_a_long_list_ends_with_how_many_more():
    assert Words("ru").list(["а", "б", "в", "г", "д"]) == "а, б, в и ещё 2"
    assert Words("en").list(["a", "b"]) == "a, b"


@pytest.fixture
def names():
    made = small_campaign(["P1", "P2"], staff={"unit": ["Отдел кадров", None]})
    made = replace(made, names=pd.DataFrame({"full_name": ["Орлова Татьяна Павловна", None]}, index=made.people))
    return Names(made, Words("ru"))


def test_a_person_without_a_name_is_shown_by_id(names):
    assert (names.person("P1"), names.brief("P1")) == ("Орлова Татьяна", "Орлова Т.")
    assert (names.person("P2"), names.brief("P2"), names.unit("P2")) == ("P2", "P2", "")


def test_codes_of_a_campaign_that_have_no_text_are_shown_as_they_are(names):
    assert names.value("unit", "Отдел кадров") == "Отдел кадров"
    assert names.value("org_type", "subordinate") == "подведомственная"
    assert names.domain("grit") == "grit" and names.construct("x1") == "x1" and names.role("cook") == "cook"
    assert names.value("function_area", "hr") == "Кадры и муниципальная служба"


def test_flags_are_words_for_gates_patterns_and_what_was_not_answered(names):
    assert names.flag("hidden_ambassador").startswith("Скрытый амбассадор")
    assert names.flag("gate_will_unanswered") == "Не ответил, готов ли участвовать"
    assert names.flag("straightline") == "Один и тот же ответ много раз подряд"


def test_every_flag_of_the_engine_has_words_in_both_languages():
    from assessment.scoring.answer_quality import INDEPENDENT

    codes = {
        *INDEPENDENT,
        "careless",
        "not_enough_evidence",
        "provisional_observation",
        "one_attention",
        "fail_attention",
    }
    for language in messages.LANGUAGES:
        assert [code for code in codes if not messages.has_text(f"flag.{code}", language)] == []


def test_a_long_name_is_cut_between_words_with_no_letter_left_hanging():
    assert wording.short("Отдел архитектуры и разрешений на строительство", 22) == "Отдел архитектуры…"
    assert wording.short("Отдел кадров") == "Отдел кадров"
    assert len(wording.short("Ы" * 90)) <= 30


def test_signs_that_mean_something_in_markdown_are_escaped():
    assert wording.markdown_safe(":red[*x*] $y$") == r"\:red\[\*x\*\] \$y\$"
