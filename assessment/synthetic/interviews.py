"""Invented interviews: who is invited by a first plain cut, and what a panel of two rates."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assessment.instruments.reading import Instruments
from assessment.synthetic.world import Truth, World, adjacent

FIRST_DAY = pd.Timestamp("2026-04-06")
STEPS = np.array([-3.0, -1.2, 0.7, 2.6])
POINTS_PER_SD = 1.4  # logits of a rating for one SD of what the competency asks about
QUESTIONS = ("past", "situational")
SHARE_INTERVIEWED, MOST_INTERVIEWED = 0.15, 90
DISCUSS_GAP = 2
CHANGE_REASONS = (
    "Учтён уточняющий ответ о результате",
    "После обсуждения принят довод коллеги о личном вкладе",
    "Пример относится к работе всей группы, не к личной",
    "Названа проверяемая цифра, не услышанная сразу",
)
NOTES = (
    "Пример с цифрами, кто подтвердит — назван",
    "Говорит о трудностях прямо, без жалоб",
    "Примеры общие, личный вклад неясен",
    "Хорошо раскладывает по шагам",
    "Просит время на подготовку, задаёт точные вопросы",
)


def number_interviewed(people: int) -> int:
    """How many are interviewed: 15 % of the people, at least 2, at most 90."""
    return max(2, min(MOST_INTERVIEWED, round(SHARE_INTERVIEWED * people)))


def first_cut(
    world: World, instruments: Instruments, survey: pd.DataFrame, observations: pd.DataFrame, sociometry: pd.DataFrame
) -> list[str]:
    """Ids of the people invited: the best by a plain index of what is known so far, among those who said yes.

    The index uses the data alone, never the truth: people without an interview are missing at random given the data.
    """
    battery = instruments.battery
    items = [
        i for i in survey.columns if i in battery.items and battery.scales[battery.items[i].scale].level == "person"
    ]
    signs = np.array([battery.items[i].key for i in items])
    answers = survey[items].astype(float)
    parts = {
        "self_report": (_z(answers) * signs).mean(axis=1),
        "biodata_sjt": _z(survey[[b for b in battery.biodata if b in survey]].astype(float)).mean(axis=1),
        "observation": observations.groupby("person_id")["rating"].mean().astype(float),
        "sociometry": np.log1p(sociometry.groupby("chosen_id")["chooser_id"].count()),
    }
    index = pd.DataFrame(parts).reindex(survey.index)
    index["sociometry"] = index["sociometry"].fillna(0.0)
    shares = pd.Series(instruments.roles.stage_one).reindex(index.columns).fillna(0.0)
    total = (_z(index) * shares).sum(axis=1) / index.notna().mul(shares).sum(axis=1).clip(lower=0.2)
    willing = survey["lg1"].isin(["yes_full", "yes_part"])
    ranked = total.where(willing, total - 100).rename_axis("person_id").reset_index(name="total")
    ranked = ranked.sort_values(["total", "person_id"], ascending=[False, True])
    return ranked["person_id"].head(number_interviewed(world.people)).tolist()


def make_interviews(
    world: World, instruments: Instruments, truth: Truth, invited: list[str]
) -> tuple[pd.DataFrame, pd.Series]:
    """interviews (one row a person, interviewer, competency and question) and the true severities."""
    rng = world.stream("interviews")
    people = rng.permutation(np.array(invited))
    n_interviewers = int(np.clip(round(len(people) / 11), 2 if len(people) < 6 else 3, 8))
    names = np.array([f"I{k + 1:02d}" for k in range(n_interviewers)])
    severity = pd.Series(world.interviewer_sd * rng.standard_normal(n_interviewers), index=names, name="severity")
    pairs = np.array(_pairs(n_interviewers))
    panel = pairs[np.arange(len(people)) % len(pairs)]
    against = 0.5 * rng.standard_normal((len(people), 2)) - severity.to_numpy()[panel]
    seen = _levels(world, instruments, truth, people)[..., None] + against[:, None, None, :]
    ratings = instruments.interview.lowest + adjacent(rng, seen, STEPS)
    final = _discussed(rng, ratings)
    table = _long(rng, instruments, ratings, final)
    row, seat = table.pop("row").to_numpy(), table.pop("seat").to_numpy()
    day = FIRST_DAY + pd.to_timedelta(_workdays(np.arange(len(people)) // 8), unit="D")
    table.insert(0, "person_id", people[row])
    table.insert(1, "interviewer_id", names[panel[row, seat]])
    table.insert(2, "interview_date", day.strftime("%Y-%m-%d").to_numpy()[row])
    verdicts = _verdicts(rng, instruments, truth, people, final).iloc[row].reset_index(drop=True)
    table = pd.concat([table, verdicts], axis=1)
    order = ["interview_date", "person_id", "interviewer_id"]
    return table.sort_values(order, kind="stable", ignore_index=True), severity


def _long(rng: np.random.Generator, instruments: Instruments, ratings: np.ndarray, final: np.ndarray) -> pd.DataFrame:
    """Ratings (people x competencies x questions x seats) one a row, with the numbers of person and seat."""
    axes = [range(len(ratings)), list(instruments.interview.competencies), QUESTIONS, range(ratings.shape[-1])]
    table = pd.MultiIndex.from_product(axes, names=["row", "competency_id", "question", "seat"]).to_frame(index=False)
    changed = pd.Series(final.ravel() != ratings.ravel())
    table["rating_initial"] = ratings.ravel()
    table["rating_final"] = pd.Series(final.ravel(), dtype="Int64").where(changed)
    table["change_reason"] = pd.Series(rng.choice(CHANGE_REASONS, len(table)), dtype=object).where(changed)
    noted = rng.random(len(table)) < 0.1
    table["note"] = pd.Series(rng.choice(NOTES, len(table)), dtype=object).where(noted)
    return table


def _levels(world: World, instruments: Instruments, truth: Truth, people: np.ndarray) -> np.ndarray:
    """Logits of how well each person answers: people x competencies x questions."""
    rng = world.stream("interview levels")
    feeds = [
        truth.constructs.loc[people, list(c.feeds)].mean(axis=1) for c in instruments.interview.competencies.values()
    ]
    base = POINTS_PER_SD * (np.column_stack(feeds) - 0.6)  # the panel compares with a good candidate
    hour = world.interview_noise * rng.standard_normal((len(people), 1))
    hour = hour + 0.3 * truth.self_presentation.loc[people].to_numpy()[:, None]
    own = 0.35 * rng.standard_normal((*base.shape, len(QUESTIONS)))
    return (base + hour)[:, :, None] + own


def _discussed(rng: np.random.Generator, ratings: np.ndarray) -> np.ndarray:
    """Gaps of two and more are discussed; mostly one of the two moves a point or two towards the other."""
    final = ratings.copy()
    gap = ratings[..., 1] - ratings[..., 0]
    moves = (np.abs(gap) >= DISCUSS_GAP) & (rng.random(gap.shape) < 0.75)
    second = rng.random(gap.shape) < 0.5
    step = np.sign(gap) * np.maximum(1, np.abs(gap) - 1)
    final[..., 0] += np.where(moves & ~second, step, 0)
    final[..., 1] -= np.where(moves & second, step, 0)
    return final


def _verdicts(
    rng: np.random.Generator, instruments: Instruments, truth: Truth, people: np.ndarray, final: np.ndarray
) -> pd.DataFrame:
    """One row a person: recommendation, the role that suits, knock-outs (none for most)."""
    mean = final.mean(axis=(1, 2, 3)) + 0.15 * rng.standard_normal(len(people))
    codes = [c.id for c in instruments.interview.conditions_block]
    chances = {"kc_will": 0.02, "kc_manager": 0.06, "kc_leave": 0.02, "kc_conflict_of_interest": 0.01, "kc_fact": 0.04}
    ticked = rng.random((len(people), len(codes))) < [chances.get(code, 0.0) for code in codes]
    hard = np.array([c.knock_out for c in instruments.interview.conditions_block])
    recommendation = np.select(
        [(ticked & hard).any(axis=1), mean >= np.quantile(mean, 0.62), mean >= 2.6],
        ["not_now", "team", "reserve"],
        "not_now",
    )
    roles = instruments.roles.roles
    fits = np.column_stack(
        [sum(w / 100 * truth.constructs.loc[people, c] for c, w in r.weights.items()) for r in roles.values()]
    )
    fits = fits - fits.mean(axis=1, keepdims=True) + 0.12 * rng.standard_normal(fits.shape)
    table = pd.DataFrame(
        {"recommendation": recommendation, "role_fit": np.array(list(roles))[fits.argmax(axis=1)]}, index=people
    )
    table["knock_outs"] = [";".join(c for c, t in zip(codes, row, strict=True) if t) or None for row in ticked]
    return table


def _pairs(n: int) -> list[tuple[int, int]]:
    """Every pair of interviewers, so ordered that all of them work before a pair comes again."""
    return [(k, (k + step) % n) for step in range(1, n // 2 + 1) for k in range(n) if step * 2 < n or k < n // 2]


def _workdays(days: np.ndarray) -> np.ndarray:
    return days + 2 * (days // 5)


def _z(table: pd.DataFrame) -> pd.DataFrame:
    return (table - table.mean()) / table.std(ddof=0).replace(0.0, 1.0)
