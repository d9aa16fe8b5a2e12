"""An invented result of six hundred people made from random numbers alone: what the pages show before anything is scored."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from assessment.campaign import Campaign, Criteria, Settings
from assessment.instruments import load_instruments
from assessment.scenario import domain_shares

UNITS = {
    "Управление имущества": 34, "Отдел кадров": 27, "Отдел цифрового развития": 16, "Управление социальной политики": 47,
    "Отдел архитектуры и разрешений на строительство": 31, "Транспорт": 29, "Культура и спорт": 61, "Водоканал": 47,
    "Правовое управление": 19, "Финансовое управление": 46, "МФЦ": 55, "Управление образования": 92, "Экономика": 38, "ЖКХ": 58,
}  # fmt: skip
SURNAMES = "Орлов Семёнов Кузнецов Виноградов Ковалёв Поляков Ершов Лазарев Тарасов Волков Титов Гусев Ильин Жуков".split()
MALE = "Андрей Сергей Виктор Михаил Алексей Николай Дмитрий Павел".split()
FEMALE = "Анна Ольга Ирина Марина Светлана Надежда Ксения Татьяна".split()
DRAWS = 400


@dataclass(frozen=True)
class Measures:
    """Point values, errors and draws of the domains: people x domains (x draws)."""

    constructs: pd.DataFrame
    construct_errors: pd.DataFrame
    draws: np.ndarray


@dataclass(frozen=True)
class Result:
    """The same fields as the result of the whole funnel."""

    campaign: Campaign
    measures: Measures
    ranking: pd.DataFrame
    shortlist: pd.DataFrame
    team: pd.DataFrame
    certificates: dict[str, Any]
    problems: list[Any]
    facts: dict[str, Any]


def rank_people(measures: Measures, criteria: Criteria, roles: Any, size: int = 90, team: int = 30) -> pd.DataFrame:
    """A ranking with every column the pages read, from draws of the domains."""
    shares = domain_shares(criteria, roles)
    weights = np.array([shares[d] for d in roles.domains])
    level = np.clip(0.5 + measures.draws / 6, 0.02, 0.98)
    b = criteria.balance
    standing = np.exp(np.log(level) @ weights) if b == 0 else ((level**b) @ weights) ** (1 / b)  # draws x people
    place = np.argsort(np.argsort(-standing, axis=1), axis=1)
    ranking = pd.DataFrame(index=measures.constructs.index)
    ranking["standing"], ranking["se"] = standing.mean(0), standing.std(0)
    ranking["low"], ranking["high"] = np.percentile(standing, [5, 95], axis=0)
    ranking["p_shortlist"], ranking["p_team"] = (place < size).mean(0), (place < team).mean(0)
    p = ranking["p_shortlist"]
    ranking["band"] = np.where(p > 0.8, "in", np.where(p < 0.2, "out", "open"))
    for column in measures.constructs:
        ranking[column], ranking[f"{column}_se"] = measures.constructs[column], measures.construct_errors[column]
    ranking["flags"] = ""
    ranking.iloc[3, ranking.columns.get_loc("flags")] = "hidden_ambassador"
    ranking = ranking.sort_values("standing", ascending=False, kind="stable")
    ranking["rank"] = np.arange(1, len(ranking) + 1)
    ranking["plain_rank"] = (ranking["rank"] + np.random.default_rng(3).normal(0, 4, len(ranking))).rank(method="first").astype(int)
    return ranking


@cache
def result(people: int = 600) -> Result:
    """The whole invented result."""
    instruments, _ = load_instruments()
    assert instruments is not None
    rng = np.random.default_rng(1)
    ids = pd.Index([f"P{n:05d}" for n in range(1, people + 1)], name="person_id")
    campaign = _campaign(instruments, ids, rng)
    measures = _measures(instruments, ids, rng)
    ranking = rank_people(measures, campaign.settings.criteria, instruments.roles)
    shortlist = pd.DataFrame({"list": "shortlist", "rank": ranking["rank"], "reason": "rank"}, index=ranking.index)
    shortlist.loc[ranking["rank"] > 90, "list"] = "reserve"
    team = shortlist[ranking["rank"] <= 90].copy()
    seats = [role for role, count in instruments.roles.seats.items() for _ in range(count)]
    team["list"] = ["team"] * 30 + ["reserve"] * 60
    team["role"] = list(rng.permutation(seats)) + [""] * 60
    team["provisional"] = True
    return Result(campaign, measures, ranking, shortlist, team[["list", "role", "reason", "provisional"]], _certificates(ranking), [], _facts())


def _campaign(instruments: Any, ids: pd.Index, rng: np.random.Generator) -> Campaign:
    n = len(ids)
    gender = rng.choice(["f", "m"], n, p=[0.68, 0.32])
    surname = rng.choice(SURNAMES, n)
    given = [rng.choice(FEMALE if g == "f" else MALE) for g in gender]
    names = [f"{s}{'а' if g == 'f' else ''} {v}" for s, g, v in zip(surname, gender, given, strict=True)]
    unit = rng.permutation(np.repeat(list(UNITS), list(UNITS.values())))[:n]
    staff = pd.DataFrame({
        "org_type": np.where(np.isin(unit, ["Водоканал", "МФЦ", "ЖКХ", "Культура и спорт"]), "subordinate", "administration"),
        "unit": unit, "level": rng.choice(["specialist", "lead", "head_of_unit"], n, p=[0.7, 0.2, 0.1]), "gender": gender,
        "function_area": rng.choice(["budget", "hr", "appeals", "roads"], n),
        "hire_date": pd.Timestamp("2026-09-01") - pd.to_timedelta(rng.integers(100, 9000, n), unit="D"),
        "birth_year": rng.integers(1965, 2002, n),
    }, index=ids)  # fmt: skip
    answered = ids[rng.random(n) < np.where(unit == "ЖКХ", 0.6, 0.93)]
    submissions = pd.DataFrame({"submitted_at": pd.Timestamp("2026-10-20")}, index=answered)
    behaviours = list(instruments.observation.behaviours)
    observed = rng.choice(answered, min(500, len(answered)), replace=False)
    sheets = [(p, f"T2026-11-{rng.integers(10, 20)}", f"O{rng.integers(1, 19):02d}") for p in observed for _ in range(2)]
    places = list(instruments.observation.positions)
    observations = pd.DataFrame([
        {"event_id": e, "group_id": "G01", "activity_id": "a", "observer_id": o, "person_id": p, "behaviour_id": b,
         "rating": float(rng.integers(1, 6)), "not_observed": False, "evidence": "Собрала схему и раздала группе" if rng.random() < .2 else None,
         "position_primary": place, "position_secondary": None}
        for p, e, o in sheets for place in [rng.choice(places)] for b in rng.choice(behaviours, 4, replace=False)
    ])  # fmt: skip
    empty = {name: pd.DataFrame(columns=[c.name for c in table.columns]) for name, table in instruments.dictionary.tables.items()}
    consents = pd.DataFrame({
        "person_id": ids, "purpose": "selection", "given": True, "given_at": pd.Timestamp("2026-10-02"),
        "withdrawn_at": pd.NaT, "text_version": "1.0",
    })  # fmt: skip
    blank = pd.DataFrame(index=answered)
    return Campaign(
        settings=Settings(name="Город Приозёрск", invented=True), instruments=instruments, staff=staff,
        names=pd.DataFrame({"full_name": names}, index=ids), answers=pd.DataFrame(3.0, answered, list(instruments.battery.ordinal_ids)),
        situations=blank, conditions=blank, seconds=blank, submissions=submissions, observations=observations,
        sociometry=empty["sociometry"], attendance=empty["attendance"], interviews=empty["interviews"].assign(rating=pd.Series(dtype=float)),
        consents=consents, decisions=empty["decisions"], process_answers=empty["process_answers"], outcomes=empty["outcomes"],
        present=frozenset({"staff", "survey_wide", "observations", "consents"}), inputs={"staff.csv": "0" * 64},
    )  # fmt: skip


def _measures(instruments: Any, ids: pd.Index, rng: np.random.Generator) -> Measures:
    roles = instruments.roles
    general = rng.normal(size=(len(ids), 1))
    domain = 0.6 * general + 0.8 * rng.normal(size=(len(ids), len(roles.domains)))
    values = pd.DataFrame(domain, ids, list(roles.domains))
    errors = pd.DataFrame(rng.uniform(0.25, 0.45, values.shape), ids, list(values))
    draws = values.to_numpy() + errors.to_numpy() * rng.normal(size=(DRAWS, *values.shape))
    for name, constructs in roles.domains.items():
        for construct in constructs:
            values[construct] = 0.75 * values[name] + 0.6 * rng.normal(size=len(ids))
            errors[construct] = rng.uniform(0.35, 0.6, len(ids))
    return Measures(values, errors, draws)


def _certificates(ranking: pd.DataFrame) -> dict[str, Any]:
    first, outside = list(ranking.index[:30]), list(ranking.index[30:40])
    rules = [
        {"id": "size", "text": "", "value": 30, "allowed": [30, 30], "slack": 0, "binding": True, "price": 0.0, "holds": True},
        {"id": "spread", "text": "", "value": 11, "allowed": [8, None], "slack": 3, "binding": False, "price": 0.0, "holds": True},
        {"id": "unit_cap:Водоканал", "text": "", "value": 4, "allowed": [0, 4], "slack": 0, "binding": True, "price": 0.38, "holds": True,
         "without": {"objective": 98.7, "enter": outside[:1], "leave": first[-1:]}},
    ]  # fmt: skip
    team = {
        "status": "optimal", "objective": 98.337, "bound": 98.337, "gap": 0.0, "ties": 1, "seconds": 0.04, "rules": rules,
        "alternatives": [{"objective": 98.337 - 0.01 * k, "enter": [outside[k]], "leave": [first[-k]]} for k in range(1, 6)],
        "inputs": {}, "seed": 1, "versions": {},
    }  # fmt: skip
    return {"shortlist": {**team, "alternatives": []}, "team": team}


def _facts() -> dict[str, Any]:
    observers = {
        f"O{n:02d}": {"severity": 0.6 if n == 7 else 0.05 * (n % 5 - 2), "se": 0.1, "n": 120, "infit": 1.0} for n in range(1, 19)
    }
    return {"seed": 1, "observers": observers, "method_variance": 0.1, "created_at": dt.datetime(2026, 11, 23, 9, 30).isoformat()}
