"""Codes in words: what a reader of the workbook sees in place of them."""

from __future__ import annotations

import pandas as pd
import pytest

from assessment.report.words import heading, headings, in_words
from tests.small_campaign import small_campaign

TABLE = pd.DataFrame(
    {
        "band": ["in", "open"],
        "list": ["team", "reserve"],
        "flags": ["gate_will_unanswered;digital_not_ready", ""],
        "role": ["communicator", ""],
        "reason": ["role:communicator", "locked:keep"],
    }
)


def test_bands_lists_roles_and_reasons_are_words() -> None:
    shown = in_words(TABLE, small_campaign(["P1"]), "ru")
    assert shown["band"].tolist() == ["проходит", "открыто"]
    assert shown["role"].tolist() == ["Коммуникатор", ""]
    assert shown["reason"].tolist() == ["место по роли: Коммуникатор", "закрепление правилом: keep"]
    assert shown["flags"][0].endswith("Цифра сильная, готовности к изменениям нет") and "gate_" not in shown["flags"][0]
    assert TABLE["band"].tolist() == ["in", "open"]


@pytest.mark.parametrize(("language", "name"), [("ru", "Хочет"), ("en", "Wants to")])
def test_domains_and_scales_are_headed_by_their_names(language: str, name: str) -> None:
    known = headings(small_campaign(["P1"]), language)
    assert heading("want", known, language) == name and heading("want_se", known, language) == f"± {name}"
    assert heading("rank", known, language) in ("Место", "Rank")
    assert heading("strange", known, language) == "strange"


def test_what_has_no_words_stays_as_it_is() -> None:
    odd = pd.DataFrame({"band": ["odd"], "reason": ["odd:x"], "flags": ["odd"], "role": ["odd"], "list": ["odd"]})
    assert in_words(odd, small_campaign(["P1"]), "en").iloc[0].tolist() == ["odd", "odd: x", "odd", "odd", "odd"]
