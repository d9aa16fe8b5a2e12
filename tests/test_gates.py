"""Gates: facts exclude or hold, measures lower the chance, silence asks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from assessment.gates import check_gates
from assessment.instruments.reading import Gate
from assessment.scoring.answer_quality import answer_quality
from tests.small_campaign import shipped, small_campaign

PEOPLE = [f"P{i:02d}" for i in range(20)]
DOMAINS = pd.DataFrame({d: np.linspace(-2, 2, 20) for d in ("want", "can", "endure", "lead")}, index=PEOPLE)
KNOWN = pd.DataFrame(True, index=PEOPLE, columns=DOMAINS.columns)


def with_gates(*gates: Gate, **tables: object):  # type: ignore[no-untyped-def]
    instruments = shipped()
    instruments = replace(instruments, roles=replace(instruments.roles, gates=gates))
    return small_campaign(PEOPLE, instruments=instruments, **tables)


def test_a_percentile_is_the_point_below_which_that_share_of_measured_people_lies() -> None:
    campaign = with_gates(Gate("g", "below_line", "domain", "want", percentile_min=30))
    found = check_gates(campaign, answer_quality(campaign), DOMAINS, KNOWN)
    assert found.lines["want"] == pytest.approx(np.percentile(DOMAINS["want"], 30))
    assert found.missed["g"].sum() == 6 and not found.excluded.any()


def test_people_without_a_measure_do_not_shift_the_line() -> None:
    campaign = with_gates(Gate("g", "below_line", "domain", "want", percentile_min=50))
    known = KNOWN.copy()
    known.iloc[:10] = False
    found = check_gates(campaign, answer_quality(campaign), DOMAINS, known)
    assert found.lines["want"] == pytest.approx(DOMAINS["want"].iloc[10:].median())


def test_a_wish_given_in_several_words_passes_with_one_of_them() -> None:
    gate = Gate("g", "exclude_now", "item", "lg1", values=("yes_full", "yes_part"))
    campaign = with_gates(gate, conditions={"lg1": ["yes_part;later", "no", None] + ["yes_full"] * 17})
    found = check_gates(campaign, answer_quality(campaign), DOMAINS, KNOWN)
    assert found.excluded.tolist() == [False, True, False] + [False] * 17
    assert found.missed["g_unanswered"].tolist() == [False, False, True] + [False] * 17


def test_a_question_nobody_was_asked_excludes_nobody() -> None:
    campaign = with_gates(Gate("g", "exclude_now", "item", "lg1", values=("yes_full",)))
    found = check_gates(campaign, answer_quality(campaign), DOMAINS, KNOWN)
    assert not found.excluded.any() and "g_unanswered" not in found.missed


def test_a_scale_gate_reads_the_mean_of_raw_answers_and_may_only_label() -> None:
    gate = Gate("g", "needs_training", "scale", "digital_lit", mean_min=2.5)
    answers = {i: [2] * 10 + [3] * 9 + [np.nan] for i in ("dl1", "dl2", "dl3", "dl4")}
    campaign = with_gates(gate, answers=answers)
    found = check_gates(campaign, answer_quality(campaign), DOMAINS, KNOWN)
    assert found.missed["g"].tolist() == [True] * 10 + [False] * 10
    assert not found.excluded.any() and not found.held.any()


def test_failed_attention_holds_and_does_not_exclude() -> None:
    gate = Gate("g", "hold", "flags", "", flags=("fail_attention", "too_fast"))
    campaign = with_gates(gate, answers={"ac1": [5] + [2] * 19, "ac2": [1] + [4] * 19})
    found = check_gates(campaign, answer_quality(campaign), DOMAINS, KNOWN)
    assert found.held.tolist() == [True] + [False] * 19 and not found.excluded.any()


def test_every_effect_means_the_same_for_a_domain() -> None:
    """roles.yaml, gate_effects: excluded now is ranked last, held is open at best, a label is a label."""
    expected = (DOMAINS["want"] < np.percentile(DOMAINS["want"], 30)).tolist()
    for effect, where in (("exclude_now", "excluded"), ("hold", "held"), ("needs_training", "")):
        campaign = with_gates(Gate("g", effect, "domain", "want", percentile_min=30))
        found = check_gates(campaign, answer_quality(campaign), DOMAINS, KNOWN)
        assert found.missed["g"].tolist() == expected and found.lines == {}
        for name in ("excluded", "held"):
            assert getattr(found, name).tolist() == (expected if name == where else [False] * 20)


def test_a_fact_below_its_line_has_no_chance_but_keeps_its_rank() -> None:
    gate = Gate("g", "below_line", "scale", "digital_lit", mean_min=2.5)
    campaign = with_gates(gate, answers={i: [2] * 10 + [3] * 10 for i in ("dl1", "dl2", "dl3", "dl4")})
    found = check_gates(campaign, answer_quality(campaign), DOMAINS, KNOWN)
    assert found.barred.tolist() == [True] * 10 + [False] * 10 and not found.excluded.any()


def test_of_two_lines_on_a_domain_the_higher_counts() -> None:
    gates = [Gate(f"g{p}", "below_line", "domain", "want", percentile_min=p) for p in (60, 30)]
    campaign = with_gates(*gates)
    found = check_gates(campaign, answer_quality(campaign), DOMAINS, KNOWN)
    assert found.lines["want"] == pytest.approx(np.percentile(DOMAINS["want"], 60))


def test_a_gate_may_ask_for_answers_on_a_scale() -> None:
    gate = Gate("g", "exclude_now", "item", "sc1", values=("4", "5"))
    campaign = with_gates(gate, answers={"sc1": [1, 4, np.nan, 5] + [3] * 16})
    found = check_gates(campaign, answer_quality(campaign), DOMAINS, KNOWN)
    assert found.excluded.tolist() == [True, False, False, False] + [True] * 16
    assert found.missed["g_unanswered"].sum() == 1
