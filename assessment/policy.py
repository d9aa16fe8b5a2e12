"""The office's own policy: which weights its decisions follow, who decides otherwise, and whom it would touch."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from assessment.campaign import Campaign, Criteria
from assessment.problems import NOTE, Problem
from assessment.rerank import AFTER, BEFORE, ground
from assessment.scoring.measures import Measures
from assessment.weights import resolve_weights

PULLS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0)  # candidates for alpha, by cross-validation
ONLY_EXPERT = 1e7  # a pull so strong that only the scale is learned
FOLDS = 5
FEWEST, FEWEST_OF_A_KIND = 30, 8  # decisions below which nothing is learned
FEW_OF_A_GROUP = 5
SAYS = "what_was_decided"  # never "valid": a model of past choices copies the choosers
DECISIONS, PAIRS = "decisions", "pairs"


@dataclass(frozen=True)
class Policy:
    """What an office's decisions (or answers to pairwise questions) follow.

    model : the fitted estimator; domains : its features in order; source : "decisions" or "pairs"
    weights : domain -> share, usable as `Criteria.weights`; expert : the same of the experts
    figures : n, chosen, alpha, log_loss and log_loss_expert (cross-validated, mean), agreement (share of decisions that
        the policy, not having seen them, would have taken too)
    out_of_sample : the chance of "chosen" for each row, from the model that had not seen it
    problems : notes, say that the experts' weights foretell the decisions as well
    """

    model: Any
    domains: tuple[str, ...]
    source: str
    weights: dict[str, float]
    expert: dict[str, float]
    figures: dict[str, float]
    out_of_sample: pd.Series
    problems: tuple[Problem, ...]


def decided_table(campaign: Campaign, measures: Measures, stage: str = "shortlist") -> pd.DataFrame:
    """The decisions to learn from: one row a decision with person_id, decided_by, chosen (0/1) and each domain (z).

    The last decision of each person at the stage; shortlist decisions are held against what was known before
    interviews. Decisions for own wish or withdrawal carry no judgement and should be left out by the caller.
    """
    rows = campaign.decisions[campaign.decisions["stage"] == stage]
    rows = rows.sort_values(["person_id", "decided_at"], kind="stable").groupby("person_id").tail(1)
    rows = rows[rows["person_id"].isin(measures.people)]
    points = domain_points(measures, stage)
    table = rows[["person_id", "decided_by"]].reset_index(drop=True)
    table["chosen"] = (rows["decision"] == "in").astype(int).to_numpy()
    return table.join(points.reindex(table["person_id"]).reset_index(drop=True))


def domain_points(measures: Measures, stage: str = "shortlist") -> pd.DataFrame:
    """People x domains: posterior means (z) as they stood when the stage was decided."""
    weights = resolve_weights(Criteria(), measures.campaign.instruments.roles)
    return ground(measures, weights, BEFORE if stage == "shortlist" else AFTER).points


def learn(table: pd.DataFrame, measures: Measures, seed: int = 1) -> tuple[Policy | None, list[Problem]]:
    """The policy behind decisions: a non-negative logistic model drawn to the expert weights.

    How strongly it is drawn is chosen by five-fold cross-validation; where the experts' proportions alone foretell the
    decisions as well, they stay and a note says so. Too few decisions of either kind: no policy and a problem.
    """
    domains, expert = _expert(measures)
    x, y = table[list(domains)].to_numpy(float), table["chosen"].to_numpy(int)
    few = min(int(y.sum()), int(len(y) - y.sum()))
    if len(y) < FEWEST or few < FEWEST_OF_A_KIND:
        params = {"n": len(y), "least": FEWEST, "few": few, "least_few": FEWEST_OF_A_KIND}
        return None, [Problem("policy_too_few", params=params, table=DECISIONS)]
    keys = table[["person_id", "decided_by"]].astype(str)
    order = np.lexsort((y, keys["decided_by"], keys["person_id"]))  # whatever the order of the file
    policy = _learn(x[order], y[order], domains, expert, True, seed)
    held_out = pd.Series(policy.out_of_sample.to_numpy(), index=order).sort_index()
    return replace(policy, out_of_sample=held_out), list(policy.problems)


def learn_from_pairs(
    pairs: pd.DataFrame, measures: Measures, stage: str = "shortlist", seed: int = 1
) -> tuple[Policy | None, list[Problem]]:
    """The policy behind answers to "which of these two would you take?": Bradley-Terry with properties.

    pairs : preferred, other (person ids), optionally decided_by. The log odds of a preference are the weighted
    difference of the domains.
    """
    domains, expert = _expert(measures)
    points = domain_points(measures, stage)
    known = pairs[pairs["preferred"].isin(points.index) & pairs["other"].isin(points.index)]
    if len(known) < FEWEST:
        params = {"n": len(known), "least": FEWEST}
        return None, [Problem("policy_too_few_pairs", params=params, table=PAIRS)]
    away = points.loc[known["preferred"]].to_numpy() - points.loc[known["other"]].to_numpy()
    turned = np.arange(len(away)) % 2 == 1  # a difference has no side of its own: every second is asked the other way
    x, y = np.where(turned[:, None], -away, away), (~turned).astype(int)
    policy = _learn(x, y, domains, expert, False, seed)
    return policy, list(policy.problems)


def _expert(measures: Measures) -> tuple[tuple[str, ...], np.ndarray]:
    weights = resolve_weights(Criteria(), measures.campaign.instruments.roles).domains
    return tuple(weights), np.array(list(weights.values()))


def _learn(
    x: np.ndarray, y: np.ndarray, domains: tuple[str, ...], expert: np.ndarray, intercept: bool, seed: int
) -> Policy:
    from models.policy_classifier import PolicyClassifier

    folds = _folds(y, seed)
    chances = {a: _held_out(x, y, folds, PolicyClassifier(expert, a, intercept)) for a in (*PULLS, ONLY_EXPERT)}
    losses = {a: _loss(y, p) for a, p in chances.items()}
    alpha = min(losses, key=lambda a: (losses[a], -a))
    model = PolicyClassifier(expert, alpha, intercept).fit(x, y)
    problems = []
    if alpha == ONLY_EXPERT:
        problems.append(Problem("policy_is_the_experts", NOTE, {"n": len(y)}, table=DECISIONS))
    figures = {
        "n": len(y), "chosen": int(y.sum()), "alpha": float(alpha), "log_loss": losses[alpha],
        "log_loss_expert": losses[ONLY_EXPERT], "agreement": float(((chances[alpha] > 0.5) == (y == 1)).mean()),
    }  # fmt: skip
    return Policy(
        model, domains, DECISIONS if intercept else PAIRS, dict(zip(domains, map(float, model.shares_), strict=True)),
        dict(zip(domains, map(float, expert), strict=True)), figures, pd.Series(chances[alpha]), tuple(problems),
    )  # fmt: skip


def _folds(y: np.ndarray, seed: int) -> np.ndarray:
    """A fold for each row, both kinds spread evenly."""
    rng = np.random.default_rng(seed)
    fold = np.empty(len(y), dtype=int)
    for kind in (0, 1):
        rows = rng.permutation(np.flatnonzero(y == kind))
        fold[rows] = np.arange(len(rows)) % FOLDS
    return fold


def _held_out(x: np.ndarray, y: np.ndarray, folds: np.ndarray, model: Any) -> np.ndarray:
    found = np.empty(len(y))
    for fold in range(FOLDS):
        out = folds == fold
        found[out] = model.fit(x[~out], y[~out]).predict_proba(x[out])[:, 1]
    return found


def _loss(y: np.ndarray, p: np.ndarray) -> float:
    p = np.clip(p, 1e-9, 1 - 1e-9)
    return float(-np.where(y == 1, np.log(p), np.log(1 - p)).mean())


def consultants(policy: Policy, table: pd.DataFrame) -> pd.DataFrame:
    """How each consultant's decisions go with the policy of all, which had not seen them.

    Returns
    -------
    index decided_by; n, chosen (share taken), expected (share the policy would have taken of the same people), agree
    (share of equal decisions), kappa (agreement beyond chance, Cohen 1960; NaN where all decisions are of one kind),
    few (fewer than five decisions: read nothing into it)
    """
    rows = []
    p = policy.out_of_sample.to_numpy()
    for name, part in table.reset_index(drop=True).groupby("decided_by", sort=True):
        own, chance = part["chosen"].to_numpy(), p[part.index]
        would = (chance > 0.5).astype(int)
        by_chance = own.mean() * would.mean() + (1 - own.mean()) * (1 - would.mean())
        agree = float((own == would).mean())
        kappa = (agree - by_chance) / (1 - by_chance) if by_chance < 1 else np.nan
        rows.append((name, len(part), own.mean(), chance.mean(), agree, kappa, len(part) < FEW_OF_A_GROUP))
    columns = ["decided_by", "n", "chosen", "expected", "agree", "kappa", "few"]
    return pd.DataFrame(rows, columns=columns).set_index("decided_by")


def audit(policy: Policy, measures: Measures, size: int, columns: Iterable[str] = ("gender", "age")) -> pd.DataFrame:
    """Whom the policy would take, by group, beside the experts' weights: to be read before anybody uses it.

    The first `size` by the weighted sum of the domains under either weights. "age" is cut from birth_year at 35 and 50
    (against the latest birth year plus 18 where the year of the campaign is not known).

    Returns
    -------
    rows column, group, n, by_policy, by_expert (numbers taken), ratio_policy, ratio_expert (rate over the highest rate
    among groups that are not few), few (under five people: said, not dropped)
    """
    points = domain_points(measures)
    staff = measures.campaign.staff.reindex(points.index)
    taken = {
        name: _taken(points, weights, size) for name, weights in (("policy", policy.weights), ("expert", policy.expert))
    }
    rows = []
    for column in columns:
        groups = _age(staff) if column == "age" else staff.get(column)
        if groups is None:
            continue
        found = pd.DataFrame({"group": groups.astype(object).where(groups.notna(), "?"), **taken}).groupby("group")
        counts = found.agg(n=("policy", "size"), by_policy=("policy", "sum"), by_expert=("expert", "sum"))
        few = counts["n"] < FEW_OF_A_GROUP
        for name in ("policy", "expert"):
            rate = counts[f"by_{name}"] / counts["n"]
            best = rate[~few].max()
            counts[f"ratio_{name}"] = rate / best if best > 0 else np.nan
        rows.append(counts.assign(few=few, column=column).reset_index())
    order = ["column", "group", "n", "by_policy", "by_expert", "ratio_policy", "ratio_expert", "few"]
    return pd.concat(rows, ignore_index=True)[order] if rows else pd.DataFrame(columns=order)


def _taken(points: pd.DataFrame, weights: dict[str, float], size: int) -> pd.Series:
    value = -(points[list(weights)] * pd.Series(weights)).sum(axis=1).round(9)
    order = pd.DataFrame({"value": value, "id": points.index}, index=points.index).sort_values(["value", "id"])
    return pd.Series(points.index.isin(order.index[:size]), index=points.index)


def _age(staff: pd.DataFrame) -> pd.Series | None:
    if "birth_year" not in staff:
        return None
    years = staff["birth_year"].astype(float)
    age = years.max() + 18 - years
    return pd.cut(age, [-np.inf, 35, 50, np.inf], right=False, labels=["<35", "35-49", "50+"])


def card(policy: Policy, table: pd.DataFrame, measures: Measures, audited: pd.DataFrame) -> dict[str, Any]:
    """What has to be known of a policy before it is used; it is kept and shown with the model.

    It says what was decided, by whom and with which data; it never says that anybody was right.
    """
    import sklearn

    rounded = table.round(6).sort_values(list(table.columns))
    versions = {"python": platform.python_version(), "numpy": np.__version__, "scikit-learn": sklearn.__version__}
    who = table["decided_by"] if "decided_by" in table else pd.Series(dtype=str)
    return {
        "says": SAYS,
        "source": policy.source,
        "weights": {k: round(v, 6) for k, v in policy.weights.items()},
        "expert": {k: round(v, 6) for k, v in policy.expert.items()},
        "figures": {k: round(v, 6) for k, v in policy.figures.items()},
        "consultants": int(who.nunique()),
        "data": hashlib.sha256(rounded.to_csv(index=False).encode()).hexdigest(),
        "revision": measures.campaign.revision,
        "seed": measures.seed,
        "versions": versions,
        "audit": audited.round(6).astype(object).where(audited.notna(), None).to_dict("records"),
        "notes": [p.code for p in policy.problems],
    }
