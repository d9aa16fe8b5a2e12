"""Words the invented people are named with, from words.csv, and their spelling in an e-mail address."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

WORDS = Path(__file__).with_name("words.csv")
CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
LATIN = ("a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f",
         "kh", "ts", "ch", "sh", "shch", "", "y", "", "e", "yu", "ya")  # fmt: skip


@cache
def _words() -> pd.DataFrame:
    return pd.read_csv(WORDS, dtype=str, keep_default_na=False)


def surnames(gender: str) -> tuple[str, ...]:
    """Surnames in the form of the gender (f, m)."""
    return _kind("surname", "feminine" if gender == "f" else "word")


def given_names(gender: str) -> tuple[str, ...]:
    """Given names of the gender."""
    return _kind(f"given_{gender}", "word")


def patronymics(gender: str) -> tuple[str, ...]:
    """Names after the father in the form of the gender."""
    return _kind("patronymic", "feminine" if gender == "f" else "word")


def _kind(kind: str, form: str) -> tuple[str, ...]:
    words = _words()
    return tuple(words.loc[words["kind"] == kind, form])


def latin(word: str) -> str:
    """A Russian word in the letters of an e-mail address."""
    letters = dict(zip(CYRILLIC, LATIN, strict=True))
    return "".join(letters.get(letter, letter) for letter in word.lower())
