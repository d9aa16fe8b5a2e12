"""Invented questionnaires: links, answers, past facts, situations, wishes, seconds; some careless, some incomplete."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from assessment.instruments.reading import Battery, Instruments, Situation
from assessment.synthetic.world import Truth, World, graded

LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
FIRST_DAY = pd.Timestamp("2026-02-09 08:30:00")
SECONDS_SITUATION, SECONDS_PROCESS, SECONDS_CONSENT = 35.0, 75.0, 60.0


@dataclass(frozen=True)
class ItemTruth:
    """How the invented people answer one item: slope, rising thresholds (in SD of the truth) and direction."""

    slope: float
    thresholds: np.ndarray
    key: int


def make_item_truths(world: World, battery: Battery) -> dict[str, ItemTruth]:
    """Slopes .9-2.2 and thresholds that lean to agreement, one for every item about a person."""
    rng = world.stream("items")
    truths = {}
    for item in battery.items.values():
        steps = len(battery.formats[item.format].values) - 1
        spread = np.linspace(-2.1, 1.2, steps) * rng.uniform(0.85, 1.15)
        thresholds = np.sort(spread + rng.normal(-0.1, 0.35) + 0.12 * rng.standard_normal(steps))
        truths[item.id] = ItemTruth(float(rng.uniform(0.9, 2.2)), thresholds, item.key)
    return truths


def given_items(world: World, battery: Battery) -> list[str]:
    """Ids of the items asked: all, or at most `items_per_scale` of each scale, those of the short form first."""
    given: list[str] = []
    for scale in battery.scales:
        items = sorted(battery.scale_items(scale), key=lambda item: not item.short)
        given += [item.id for item in items[: world.items_per_scale]]
    return [item for item in battery.items if item in set(given)]


def make_tokens(world: World, staff: pd.DataFrame) -> pd.DataFrame:
    """One personal link a person: token, person_id."""
    rng = world.stream("tokens")
    tokens: dict[str, None] = {}
    while len(tokens) < len(staff):
        letters = [LETTERS[k] for k in rng.integers(len(LETTERS), size=6)]
        if letters[0].isalpha():  # so that no office program takes it for a number
            tokens["".join(letters)] = None
    return pd.DataFrame({"token": list(tokens), "person_id": staff["person_id"].to_numpy()})


def make_survey(
    world: World, instruments: Instruments, staff: pd.DataFrame, truth: Truth, tokens: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, ItemTruth], pd.DataFrame]:
    """survey_wide with `token`, the items' truth, and the answers with index person_id for what follows."""
    battery = instruments.battery
    truths = make_item_truths(world, battery)
    items = given_items(world, battery)
    answers = pd.concat(
        [
            _item_answers(world, battery, items, truths, staff, truth),
            _quality_answers(world, battery, truth),
            _fact_answers(world, battery, truth),
        ],
        axis=1,
    )
    seconds = _seconds(world, battery, answers, truth)
    answers = _careless(world, battery, answers, truth)
    answers = _leave_out(world, battery, answers)
    situations = _situations(world, battery, truth)
    conditions = make_conditions(world, instruments, staff, truth)
    survey = pd.concat([answers.astype("Int64"), situations, conditions, seconds.add_suffix("_t")], axis=1)
    survey = survey.loc[world.stream("nonresponse").random(len(survey)) >= world.nonresponse_share]
    wide = _submissions(world, survey, seconds.loc[survey.index], battery)
    wide.insert(0, "token", tokens.set_index("person_id")["token"].reindex(survey.index).to_numpy())
    return wide.sort_values(["started_at", "token"], ignore_index=True), truths, survey


def self_views(world: World, truth: Truth) -> pd.DataFrame:
    """How people see their own constructs: the truth, an error of their own, and the lift of self-presentation."""
    rng = world.stream("self views")
    overall = rng.standard_normal((len(truth.constructs), 1))
    own = rng.standard_normal(truth.constructs.shape)
    lift = truth.self_presentation.to_numpy()[:, None]
    return truth.constructs + world.self_view_sd * (0.8 * own + 0.6 * overall) + lift


def unit_conditions(world: World, battery: Battery, staff: pd.DataFrame) -> pd.DataFrame:
    """What the conditions of each person's unit are: one column a unit scale, around 0, alike for all of a unit."""
    rng = world.stream("units")
    scales = [scale.id for scale in battery.scales.values() if scale.level == "unit"]
    units = sorted(staff["unit"].unique())
    usual = [0.25, -0.1, 0.3, 0.35, 0.2, 0.4]
    level = rng.normal(0, 0.75, (len(units), len(scales))) + np.resize(usual, len(scales))
    table = pd.DataFrame(level, index=units, columns=scales).reindex(staff["unit"])
    return table.set_axis(pd.Index(staff["person_id"], name="person_id"))


def _item_answers(
    world: World, battery: Battery, items: list[str], truths: dict[str, ItemTruth], staff: pd.DataFrame, truth: Truth
) -> pd.DataFrame:
    rng = world.stream("answers")
    views = self_views(world, truth)
    units = unit_conditions(world, battery, staff)
    own_view = 0.6 * rng.standard_normal((len(staff), units.shape[1]))
    levels = pd.concat([views, units + own_view], axis=1)
    columns = {}
    for item in battery.items.values():  # also the items not given, so that fewer items leave the others' answers alike
        t = truths[item.id]
        level = t.slope * levels[item.scale].to_numpy() if item.scale in levels else np.zeros(len(staff))
        agreed = graded(rng, level, t.slope * t.thresholds)
        low, high = battery.value_range(item.id)
        columns[item.id] = low + agreed if item.key == 1 else high - agreed
    return pd.DataFrame(columns, index=views.index)[items].astype(float)


def _quality_answers(world: World, battery: Battery, truth: Truth) -> pd.DataFrame:
    rng = world.stream("quality")
    lift = truth.self_presentation.to_numpy()
    spread = max(float(np.std(lift)), 1e-9)
    columns = {}
    for item in battery.quality_items.values():
        low, high = battery.value_range(item.id)
        if item.expect is not None:
            other = rng.integers(low, high + 1, len(lift))
            columns[item.id] = np.where(rng.random(len(lift)) < 0.97, item.expect, other)
        else:
            columns[item.id] = low + graded(rng, 1.3 * lift / spread, np.array([-2.2, -0.6, 0.8, 2.6])[: high - low])
    return pd.DataFrame(columns, index=truth.domains.index).astype(float)


def _fact_answers(world: World, battery: Battery, truth: Truth) -> pd.DataFrame:
    rng = world.stream("facts")
    lift = truth.self_presentation.to_numpy()
    columns = {}
    for fact in battery.biodata.values():
        low, high = battery.value_range(fact.id)
        level = 1.15 * truth.constructs[fact.scale].to_numpy() + 0.4 * lift
        thresholds = np.linspace(-0.6, 2.4, high - low) + rng.normal(0, 0.3)
        columns[fact.id] = low + graded(rng, level, thresholds)
    return pd.DataFrame(columns, index=truth.domains.index).astype(float)


def _situations(world: World, battery: Battery, truth: Truth) -> pd.DataFrame:
    rng = world.stream("situations")
    columns: dict[str, np.ndarray] = {}
    for situation in battery.situations.values():
        most, least = _most_and_least(rng, situation, truth)
        columns[f"{situation.id}_most"], columns[f"{situation.id}_least"] = most, least
    table = pd.DataFrame(columns, index=truth.domains.index)
    empty = world.stream("situations left out").random((len(table), len(battery.situations))) < world.missing_share / 2
    return table.mask(np.repeat(empty, 2, axis=1))


def _most_and_least(rng: np.random.Generator, situation: Situation, truth: Truth) -> tuple[np.ndarray, np.ndarray]:
    """The better the person, the more the expert rating of an action speaks for it; careless people pick at random."""
    ids = np.array([option.id for option in situation.options])
    rates = np.array([float(option.rate or 0) for option in situation.options])
    level = truth.constructs[list(situation.scales)].mean(axis=1).to_numpy()
    pull = np.clip(0.45 + 0.45 * level, -0.3, None) * ~truth.careless.to_numpy()
    appeal = pull[:, None] * (rates - rates.mean())
    most = (appeal + rng.gumbel(size=appeal.shape)).argmax(axis=1)
    away = -appeal + rng.gumbel(size=appeal.shape)
    away[np.arange(len(most)), most] = -np.inf
    return ids[most], ids[away.argmax(axis=1)]


def make_conditions(world: World, instruments: Instruments, staff: pd.DataFrame, truth: Truth) -> pd.DataFrame:
    """Wishes: whether, how many hours, which roles, what the manager would say; about 72 % say yes."""
    rng = world.stream("conditions")
    n = len(staff)
    wish = 0.75 * truth.constructs["change_will"] + 0.3 * truth.domains["want"] + 0.75 * rng.standard_normal(n)
    order = wish.rank(pct=True, method="first").to_numpy()
    will = np.select([order > 0.81, order > 0.28, order > 0.09], ["yes_full", "yes_part", "later"], "no")
    units = unit_conditions(world, instruments.battery, staff)
    hours = 1.1 + 0.7 * wish.to_numpy() - 0.5 * units["ctx_overload"].to_numpy() + 0.7 * rng.standard_normal(n)
    hours = np.where(will == "no", -9.0, hours)
    ladder = np.array(["h0", "h1_2", "h3_5", "h6_10", "h_more"])
    manager = 0.9 * units["ctx_manager"].to_numpy() + rng.standard_normal(n)
    support = np.select([manager > 0.5, manager > -0.6], ["support", "neutral"], "against")
    table = pd.DataFrame(index=truth.domains.index)
    table["lg1"] = will
    table["lg2"] = ladder[np.digitize(hours, [-0.6, 0.5, 1.7, 2.6])]
    table["lg3"] = _wished_roles(rng, instruments, truth, will)
    table["lg4"] = np.where(rng.random(n) < 0.24, "unknown", support)
    return table.mask(rng.random((n, 4)) < world.missing_share / 6)


def _wished_roles(
    rng: np.random.Generator, instruments: Instruments, truth: Truth, will: np.ndarray
) -> list[str | None]:
    """Up to three roles, nearer to what a person is good at; most who say no name none."""
    roles = instruments.roles.roles
    fits = np.column_stack([sum(w / 100 * truth.constructs[c] for c, w in r.weights.items()) for r in roles.values()])
    fits = fits - fits.mean(axis=1, keepdims=True)
    appeal = 4.0 * fits + rng.gumbel(size=fits.shape)
    ranked = np.argsort(-appeal, axis=1)
    counts = rng.choice([1, 2, 3], len(will), p=[0.3, 0.4, 0.3])
    silent = (will == "no") & (rng.random(len(will)) < 0.8)
    ids = list(roles)
    return [None if s else ";".join(ids[k] for k in row[:c]) for s, row, c in zip(silent, ranked, counts, strict=True)]


def _careless(world: World, battery: Battery, answers: pd.DataFrame, truth: Truth) -> pd.DataFrame:
    """From some point on: at random, the same answer again and again, or a zigzag."""
    rng = world.stream("careless")
    values = answers.to_numpy(copy=True)
    ranges = np.array([battery.value_range(item) for item in answers.columns], dtype=float)
    places = np.arange(values.shape[1])
    zigzag = np.array([1, 2, 3, 4, 5, 4, 3, 2])
    for row in range(len(values)):
        way, start, same = (
            rng.choice(3, p=[0.45, 0.35, 0.2]),
            rng.integers(0, max(1, len(places) // 3)),
            rng.integers(3, 6),
        )
        wild = ranges[:, 0] + np.floor(rng.random(len(places)) * (ranges[:, 1] - ranges[:, 0] + 1))
        if truth.careless.iloc[row]:
            answered = (wild, np.full(len(places), float(same)), zigzag[places % 8].astype(float))[way]
            values[row, start:] = np.clip(answered, ranges[:, 0], ranges[:, 1])[start:]
    return pd.DataFrame(values, index=answers.index, columns=answers.columns)


def _leave_out(world: World, battery: Battery, answers: pd.DataFrame) -> pd.DataFrame:
    """Single answers left out, by some people more than by others; "cannot judge" where the format allows it."""
    rng = world.stream("left out")
    habit = rng.gamma(2.0, 0.5, (len(answers), 1)) * world.missing_share
    chance = np.broadcast_to(habit, answers.shape).copy()
    for j, item in enumerate(answers.columns):
        if battery.format_of(item).na_allowed:
            chance[:, j] += 0.04
        elif item in battery.quality_items:
            chance[:, j] /= 4
    return answers.mask(rng.random(answers.shape) < chance)


def _seconds(world: World, battery: Battery, answers: pd.DataFrame, truth: Truth) -> pd.DataFrame:
    """Seconds on each closed item: longer for longer texts and for disagreement, short for careless people."""
    rng = world.stream("seconds")
    words = np.array([len(battery.text(item, "ru").split()) for item in answers.columns])
    pace = 0.28 * rng.standard_normal((len(answers), 1))
    hurry = np.where(truth.careless.to_numpy(), rng.uniform(-1.6, -0.9, len(answers)), 0.0)[:, None]
    disagree = 0.12 * (answers.to_numpy() <= 2)
    log_seconds = np.log(3.3 + 0.33 * words) + disagree + pace + hurry + 0.38 * rng.standard_normal(answers.shape)
    return pd.DataFrame(np.exp(log_seconds), index=answers.index, columns=answers.columns).clip(lower=0.5).round(1)


def _submissions(world: World, survey: pd.DataFrame, seconds: pd.DataFrame, battery: Battery) -> pd.DataFrame:
    """When each questionnaire was begun and sent, and how long it took."""
    rng = world.stream("submissions")
    n = len(survey)
    days = np.floor(10 * rng.beta(1.0, 1.6, n)).astype(int)
    days = np.where(days < 5, days, days + 2)  # two working weeks
    begin = FIRST_DAY + pd.to_timedelta(days, unit="D") + pd.to_timedelta(rng.integers(0, 9 * 3600, n), unit="s")
    pace = seconds.median(axis=1).to_numpy() / 6.5
    other = SECONDS_CONSENT + 2 * SECONDS_PROCESS + SECONDS_SITUATION * len(battery.situations)
    took = seconds.sum(axis=1).to_numpy() + other * np.clip(pace, 0.25, 2.5) * np.exp(0.2 * rng.standard_normal(n))
    head = pd.DataFrame(index=survey.index)
    head["started_at"] = begin.strftime("%Y-%m-%d %H:%M:%S")
    head["submitted_at"] = (begin + pd.to_timedelta(took.round(), unit="s")).strftime("%Y-%m-%d %H:%M:%S")
    head["language"] = "ru"
    head["duration_s"] = took.round(0)
    return pd.concat([head, survey], axis=1).reset_index(drop=True)
