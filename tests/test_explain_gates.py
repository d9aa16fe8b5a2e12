"""Gates, patterns and doubts have words in both languages, and the words carry the person's own figures."""

from __future__ import annotations

import numpy as np
import pytest

from assessment.campaign import Criteria
from assessment.explain.gates import Reason, reason_text, reasons
from assessment.flags import EVIDENCE_FLAGS
from assessment.messages import LANGUAGES, catalogue, has_text
from assessment.scoring.answer_quality import ANSWER_FLAGS
from assessment.standing import rank_people
from tests.small_measures import PEOPLE, UNWILLING, measures

CAMPAIGN = measures().campaign
RANKING = rank_people(measures(), Criteria())


def found(person: str) -> dict[str, Reason]:
    return {r.code: r for r in reasons(measures(), RANKING, person)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_flag_of_everybody_has_a_sentence(language: str) -> None:
    seen = set()
    for person in PEOPLE:
        for reason in reasons(measures(), RANKING, person):
            told = reason_text(reason, CAMPAIGN, language)
            assert told and told != reason.code and "{" not in told
            seen.add(reason.kind)
    assert {"gate", "unanswered", "answers"} <= seen


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_the_engine_can_give_has_words(language: str) -> None:
    for code in (*ANSWER_FLAGS, *EVIDENCE_FLAGS):
        assert has_text(f"flag.{code}", language) and has_text(f"flag_more.{code}", language), code
    for pattern in CAMPAIGN.instruments.roles.patterns:
        told = reason_text(Reason(pattern.id, "pattern", conditions=pattern.conditions), CAMPAIGN, language)
        assert told.startswith(pattern.name[language]) and "{" not in told
    for gate in CAMPAIGN.instruments.roles.gates:
        told = reason_text(Reason(gate.id, "gate", gate.effect, gate.target, 40.0, 45.0), CAMPAIGN, language)
        assert "{" not in told and len(told) > 40


def test_both_languages_have_the_same_keys() -> None:
    keys = [{k for k in catalogue(lang) if k.startswith(("reason.", "effect."))} for lang in LANGUAGES]
    assert keys[0] == keys[1] and len(keys[0]) > 15


def test_who_does_not_want_to_reads_the_question_and_the_answers_that_would_do() -> None:
    reason = found(UNWILLING[0])["gate_will"]
    told = reason_text(reason, CAMPAIGN, "en")
    assert reason.effect == "exclude_now" and np.isnan(reason.line)
    assert "Would you like to join the change team?" in told and "Yes, as my main work" in told


def test_who_is_below_a_line_reads_both_figures() -> None:
    below = next(p for p in PEOPLE if "gate_want" in RANKING.loc[p, "flags"].split(";"))
    reason = found(below)["gate_want"]
    assert reason.value == pytest.approx(50 + 10 * RANKING.loc[below, "want"]) and reason.value < reason.line
    assert reason.line == pytest.approx(50 + 10 * np.percentile(RANKING["want"], 30))
    assert f"{reason.value:.1f}".replace(".", ",") in reason_text(reason, CAMPAIGN, "ru")


def test_who_has_not_said_is_to_be_asked() -> None:
    reason = found(PEOPLE[6])["gate_will_unanswered"]
    assert reason.kind == "unanswered" and "ask the person" in reason_text(reason, CAMPAIGN, "en")
