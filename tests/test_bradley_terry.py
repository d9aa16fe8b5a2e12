"""Strengths from pairs: known answers, and what must always hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from models.bradley_terry import BradleyTerry

# Citations between four journals of statistics, Stigler 1994 (Statistical Science 9, table 2): cited over citing.
NAMES = ("Biometrika", "Comm Statist", "JASA", "JRSS-B")
CITATIONS = [[0, 730, 498, 221], [33, 0, 68, 17], [320, 813, 0, 142], [284, 276, 325, 0]]


def rows(wins: list[list[int]], names: tuple[str, ...]) -> pd.DataFrame:
    found = [(a, b, wins[i][j]) for i, a in enumerate(names) for j, b in enumerate(names) if i != j]
    return pd.DataFrame(found, columns=["preferred", "other", "count"])


def test_citations_of_journals_have_the_printed_strengths_and_errors() -> None:
    """Turner & Firth 2012, Journal of Statistical Software 48(9), section 2: the R package BradleyTerry2."""
    model = BradleyTerry().fit(rows(CITATIONS, NAMES))
    against = model.strengths_ - model.strengths_["Biometrika"]
    assert against[["Comm Statist", "JASA", "JRSS-B"]].tolist() == pytest.approx([-2.9491, -0.4796, 0.2690], abs=6e-5)
    c = model.covariance_
    errors = [np.sqrt(c.loc[n, n] + c.loc["Biometrika", "Biometrika"] - 2 * c.loc[n, "Biometrika"]) for n in NAMES[1:]]
    assert errors == pytest.approx([0.10255, 0.06059, 0.07083], abs=2e-5)


def test_two_items_have_the_log_odds_of_their_wins() -> None:
    model = BradleyTerry().fit(rows([[0, 30], [10, 0]], ("a", "b")))
    assert model.strengths_["a"] - model.strengths_["b"] == pytest.approx(np.log(3))
    assert model.predict_proba(rows([[0, 1], [0, 0]], ("a", "b")))[0] == pytest.approx(0.75)


counts = st.lists(st.lists(st.integers(1, 30), min_size=4, max_size=4), min_size=4, max_size=4)


@given(counts)
@settings(deadline=None, max_examples=40)
def test_expected_wins_are_the_wins(wins: list[list[int]]) -> None:
    names = ("a", "b", "c", "d")
    pairs = rows(wins, names)
    model = BradleyTerry().fit(pairs)
    assert model.converged_ and model.strengths_.sum() == pytest.approx(0, abs=1e-9)
    both = pd.concat([pairs, pairs.rename(columns={"preferred": "other", "other": "preferred"})])
    expected = both.assign(p=model.predict_proba(both) * both["count"]).groupby("preferred")["p"].sum()
    won = pairs.groupby("preferred")["count"].sum()
    assert expected.to_numpy() == pytest.approx(won.to_numpy(), abs=1e-6)


def test_strengths_come_back_from_invented_pairs() -> None:
    rng = np.random.default_rng(5)
    truth = pd.Series(np.linspace(-1.5, 1.5, 8), list("abcdefgh"))
    a, b = rng.choice(list("abcdefgh"), (2, 4000))
    keep = a != b
    a, b = a[keep], b[keep]
    won = rng.random(len(a)) < 1 / (1 + np.exp(truth[b].to_numpy() - truth[a].to_numpy()))
    pairs = pd.DataFrame({"preferred": np.where(won, a, b), "other": np.where(won, b, a)})
    model = BradleyTerry().fit(pairs)
    off = (model.strengths_ - truth) / model.errors_
    assert off.abs().max() < 3.5


def test_who_never_lost_has_no_plain_strength_and_is_named() -> None:
    pairs = rows([[0, 3, 2], [0, 0, 4], [0, 5, 0]], ("best", "b", "c"))
    pairs = pairs[pairs["count"] > 0]
    with pytest.raises(ValueError, match="best"):
        BradleyTerry().fit(pairs)
    model = BradleyTerry(alpha=1.0).fit(pairs)
    assert model.converged_ and model.strengths_.idxmax() == "best" and model.strengths_["best"] < 5


def test_a_pair_with_oneself_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        BradleyTerry().fit(pd.DataFrame({"preferred": ["a"], "other": ["a"]}))


def test_it_is_an_estimator() -> None:
    model = BradleyTerry(alpha=0.5)
    assert clone(model).get_params() == {"alpha": 0.5}
    with pytest.raises(NotFittedError):
        model.predict_proba(rows([[0, 1], [0, 0]], ("a", "b")))
    first = model.fit(rows(CITATIONS, NAMES)).strengths_.copy()
    assert model.fit(rows(CITATIONS, NAMES)).strengths_.equals(first)
