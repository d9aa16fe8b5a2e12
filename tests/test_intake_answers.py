"""What an answer means: codes, labels, positions, options."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fixture_folder import INSTRUMENTS

from assessment.intake.answers import AnswerReader
from assessment.intake.values import MISSING, NOT_ALLOWED, OK, UNREADABLE, CellReader

READER = AnswerReader(INSTRUMENTS, CellReader(INSTRUMENTS.dictionary))


def answer(name: str, text: str) -> tuple[Any, int]:
    values, states = READER.read(name, np.array([text], dtype=object))
    return values[0], int(states[0])


@pytest.mark.parametrize(
    "text",
    [
        "4", "4.0", "4,0", " 4 ", "Скорее про меня", "скорее  про меня.", "Rather like me", "A4", "a4", "А4", "AO04",
        "AO4",
        "A04", "4 - Скорее про меня", "4. Rather like me", "4) скорее про меня", "Скорее про меня (4)",
        "Rather like me [4]",
    ],
)  # fmt: skip
def test_an_answer_is_known_in_every_form(text: str) -> None:
    assert answer("sc1", text) == (4.0, OK)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("bd1", "4 и больше", 3.0),
        ("bd1", "2–3", 2.0),
        ("bd1", "2-3", 2.0),
        ("bd1", "A1", 0.0),
        ("bd1", "0", 0.0),
        ("dl1", "Not yet", 1.0),
    ],
)
def test_positions_and_labels_follow_the_format(name: str, text: str, value: float) -> None:
    assert answer(name, text) == (value, OK)


@pytest.mark.parametrize("text", ["", "-", "н/д", "Не могу оценить", "Cannot judge", "N/A"])
def test_no_answer_is_missing(text: str) -> None:
    assert answer("ov1", text) == (None, MISSING)


@pytest.mark.parametrize(
    ("name", "text", "state"),
    [("sc1", "6", NOT_ALLOWED), ("sc1", "0", NOT_ALLOWED), ("sc1", "3,5", NOT_ALLOWED), ("sc1", "A6", NOT_ALLOWED),
     ("bd1", "4", NOT_ALLOWED), ("sc1", "Часто", UNREADABLE), ("sc1", "4 - Часто", UNREADABLE),
     ("sc1", "#REF!", UNREADABLE)],
)  # fmt: skip
def test_what_is_off_the_scale_or_unknown(name: str, text: str, state: int) -> None:
    assert answer(name, text) == (None, state)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("sj1_most", "a", "a"), ("sj1_most", "A", "a"), ("sj1_least", "A2", "b"),
        ("sj1_least", "Отложить проект до спокойного времени.", "b"),
        ("sj1_least", "b) Put the project off until a quiet time.", "b"), ("lg1", "Да, часть времени", "yes_part"),
        ("lg1", "yespart", "yes_part"), ("lg1", "Нет", "no"), ("lg2", "1-2", "h1_2"),
        ("lg3", "Коммуникатор; change_leader", "communicator;change_leader"),
        ("lg3", "Communicator, Change leader", "communicator;change_leader"),
        ("lg3", "Process analyst", "process_analyst"),
        ("lg1", "Да, основной работой", "yes_full"),
    ],
)  # fmt: skip
def test_options_are_known_by_id_text_and_position(name: str, text: str, value: str) -> None:
    assert answer(name, text) == (value, OK)


@pytest.mark.parametrize(
    ("name", "text"), [("sj1_most", "e"), ("sj1_most", "a;b"), ("lg1", "Да"), ("lg1", "yes_full;no"), ("lg3", "boss")]
)
def test_unknown_options_are_not_allowed(name: str, text: str) -> None:
    assert answer(name, text) == (None, NOT_ALLOWED)
