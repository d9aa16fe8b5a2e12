"""How well the true ninety and thirty are found, in worlds with known truth: plain, model, and a scorer that knows all.

    python -m benchmarks.recovery --replications 40 [--worlds clean severe ...] [--people 600]

Each world differs from the demo in every constant. The oracle knows item parameters, severities, steps, the covariance
of the traits, the share of self-presentation and who answers at random; it integrates over a grid.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from assessment.campaign import Campaign, Criteria, Settings
from assessment.instruments.reading import Instruments, load_instruments
from assessment.scoring.measures import score
from assessment.standing import rank_people

TRAITS = ("heart", "skill", "grit")
WEIGHTS = {"heart": 0.5, "skill": 0.2, "grit": 0.3}
CORRELATION = np.array([[1.0, 0.35, 0.5], [0.35, 1.0, 0.45], [0.5, 0.45, 1.0]])
INTERVIEWED, TEAM = 90, 30
GRID = np.linspace(-3.6, 3.6, 19)
SHIFTS = np.linspace(-2.4, 2.4, 9)


@dataclass(frozen=True)
class World:
    """What one world is like; severities and self-presentation are standard deviations in logits and trait SD."""

    people: int = 600
    items: int = 6
    severity: float = 0.5
    observers: int = 20
    seen_by: int = 2
    crossed: bool = False
    missing: float = 0.03
    careless: float = 0.0
    presentation: float = 0.0


WORLDS = {
    "clean": World(),
    "severe": World(severity=1.2),
    "crossed": World(observers=6, seen_by=6, severity=1.2),
    "missing25": World(missing=0.25),
    "four_items": World(items=4),
    "careless10": World(careless=0.10),
    "presentation": World(presentation=0.5),
    "presentation_severe": World(presentation=0.5, severity=1.2),
}


def instruments(world: World, folder: Path) -> Instruments:
    """A questionnaire, observation and interview of this study alone: two scales a trait."""
    scales = {f"{t}{k}": {"domain": t} for t in TRAITS for k in (1, 2)}
    items = [
        {"id": f"{s}_{i}", "scale": s, "key": -1 if i == 2 else 1, "format": "f", "en": f"{s} {i}"}
        for s in scales
        for i in range(1, world.items + 1)
    ]
    battery = {"id": "study", "version": "1", "languages": ["en"], "items": items, "scales": scales}
    battery |= {"domains": {t: {"en": t} for t in TRAITS}}
    battery |= {"response_formats": {"f": {"type": "ordinal", "values": [1, 2, 3, 4, 5]}}}
    anchors = {n: {"en": "a", "ru": "a"} for n in (1, 3, 5)}
    text = {"en": "x", "ru": "x"}
    feeds = [[f"{t}1", f"{t}2"] for t in TRAITS]
    behaviours = [
        {"id": f"ob_{t}{k}", "feeds": f, "name": text, "anchors": anchors}
        for t, f in zip(TRAITS, feeds, strict=True)
        for k in (1, 2)
    ]
    competencies = [
        {"id": f"iv_{t}", "feeds": f, "name": text, "past": text, "situational": text, "anchors": anchors}
        for t, f in zip(TRAITS, feeds, strict=True)
    ]
    shipped = Path(__file__).parents[1] / "questionnaires"
    observation = yaml.safe_load((shipped / "observation.yaml").read_text(encoding="utf-8")) | {
        "behaviours": behaviours
    }
    interview = yaml.safe_load((shipped / "interview.yaml").read_text(encoding="utf-8")) | {
        "competencies": competencies
    }
    constructs = {f"{t}{k}": 50 * WEIGHTS[t] for t in TRAITS for k in (1, 2)}
    files = {
        "battery": battery,
        "observation": observation,
        "interview": interview,
        "roles": {"constructs": constructs},
    }
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    found, problems = load_instruments(folder)
    if found is None:
        raise SystemExit(str(problems))
    return found


@dataclass
class Truth:
    """Traits, merit, and every parameter the data were drawn with."""

    traits: np.ndarray
    merit: np.ndarray
    slopes: dict[str, float]
    cuts: dict[str, np.ndarray]
    severity: dict[str, float]
    steps: np.ndarray
    careless: np.ndarray


def graded(level: np.ndarray, slope: float, cuts: np.ndarray) -> np.ndarray:
    """Chances of the categories 1..K: people (or nodes) x K; P(x >= k) = logistic(slope * level + cut)."""
    above = 1 / (1 + np.exp(-(slope * level[..., None] + cuts)))
    edge = np.ones_like(above[..., :1])
    return np.concatenate([edge, above], -1) - np.concatenate([above, 0 * edge], -1)


def rated(level: np.ndarray, severity: float, steps: np.ndarray) -> np.ndarray:
    """Chances of the categories 1..K of a rating: log odds of neighbours = level - severity - step."""
    terms = np.concatenate([np.zeros_like(level[..., None]), np.cumsum(level[..., None] - severity - steps, -1)], -1)
    chance = np.exp(terms - terms.max(-1, keepdims=True))
    return chance / chance.sum(-1, keepdims=True)


def pick(rng: np.random.Generator, chance: np.ndarray) -> np.ndarray:
    """One category 1..K for each row of chances."""
    return 1 + (rng.random(len(chance))[:, None] > np.cumsum(chance, -1)).sum(-1).clip(max=chance.shape[-1] - 1)


def invent(world: World, tools: Instruments, seed: int) -> tuple[Campaign, Truth]:
    """One campaign of the world and its truth; the ninety interviewed are the first by the plain reading."""
    rng = np.random.default_rng(seed)
    n = world.people
    people = pd.Index([f"P{i:04d}" for i in range(n)], name="person_id")
    traits = rng.multivariate_normal(np.zeros(3), CORRELATION, n)
    shift = world.presentation * rng.standard_normal(n)
    careless = rng.random(n) < world.careless
    truth = Truth(traits, traits @ list(WEIGHTS.values()), {}, {}, {}, np.array([-1.9, -0.6, 0.5, 2.0]), careless)
    answers = {}
    for item in tools.battery.items.values():
        truth.slopes[item.id] = float(rng.lognormal(0.35, 0.3))
        truth.cuts[item.id] = np.sort(
            rng.normal(0.3, 1.0, 1) + np.array([3.0, 1.3, -0.4, -2.2]) + rng.normal(0, 0.3, 4)
        )[::-1]
        t = TRAITS.index(item.scale[:-1])
        value = pick(rng, graded(traits[:, t] + shift, truth.slopes[item.id], truth.cuts[item.id])).astype(float)
        value[careless] = rng.integers(1, 6, careless.sum())
        value = 6 - value if item.key < 0 else value
        answers[item.id] = np.where(rng.random(n) < world.missing, np.nan, value)
    tables = {"observations": _observations(rng, world, tools, people, truth)}
    campaign = _campaign(tools, people, pd.DataFrame(answers, index=people), tables)
    from assessment.scoring.plain import plain_reading

    first = plain_reading(campaign).rank().sort_values().index[:INTERVIEWED]
    return replace(campaign, interviews=_interviews(rng, tools, people, first, truth)), truth


def _observations(
    rng: np.random.Generator, world: World, tools: Instruments, people: pd.Index, truth: Truth
) -> pd.DataFrame:
    names = [f"O{i:02d}" for i in range(world.observers)]
    truth.severity |= dict(zip(names, rng.normal(0, world.severity, len(names)), strict=True))
    seers = np.array([rng.permutation(len(names))[: world.seen_by] for _ in people])
    rows = []
    for k in range(world.seen_by):
        severity = np.array([truth.severity[names[s]] for s in seers[:, k]])
        for behaviour in tools.observation.behaviours.values():
            t = TRAITS.index(behaviour.feeds[0][:-1])
            level = 1.1 * truth.traits[:, t] - severity
            value = pick(rng, rated(level, 0.0, truth.steps))
            table = {"person_id": people, "observer_id": [names[s] for s in seers[:, k]], "behaviour_id": behaviour.id}
            rows.append(pd.DataFrame(table | {"rating": value.astype(float)}))
    whole = pd.concat(rows, ignore_index=True).assign(event_id="T1", group_id="G1", activity_id="a")
    return whole.assign(position_primary=None, position_secondary=None, evidence=None, not_observed=False)


def _interviews(
    rng: np.random.Generator, tools: Instruments, people: pd.Index, first: pd.Index, truth: Truth
) -> pd.DataFrame:
    names = [f"I{i}" for i in range(6)]
    truth.severity |= dict(zip(names, rng.normal(0, 0.5, 6), strict=True))
    rows = []
    for person in first:
        i = people.get_loc(person)
        for interviewer in rng.permutation(names)[:2]:
            for competency in tools.interview.competencies.values():
                t = TRAITS.index(competency.feeds[0][:-1])
                for question in ("past", "situational"):
                    level = np.array([1.3 * truth.traits[i, t]])
                    value = pick(rng, rated(level, truth.severity[interviewer], truth.steps))[0]
                    rows.append((person, interviewer, competency.id, question, float(value)))
    columns = ["person_id", "interviewer_id", "competency_id", "question", "rating"]
    return pd.DataFrame(rows, columns=columns)


def _campaign(
    tools: Instruments, people: pd.Index, answers: pd.DataFrame, tables: Mapping[str, pd.DataFrame]
) -> Campaign:
    columns = {
        "sociometry": ["event_id", "group_id", "question_id", "chooser_id", "chosen_id"],
        "attendance": ["event_id", "group_id", "person_id", "present_share"],
        "interviews": ["person_id", "interviewer_id", "competency_id", "question", "rating"],
        "decisions": ["person_id", "stage", "decision", "decided_at"],
        "process_answers": ["person_id", "text"],
    }
    empty = {name: pd.DataFrame(columns=names) for name, names in columns.items()}
    empty |= {name: pd.DataFrame() for name in ("consents", "outcomes")}
    bare: dict[str, Any] = {
        n: pd.DataFrame(index=people) for n in ("staff", "names", "situations", "conditions", "seconds", "submissions")
    }
    settings = Settings(shortlist=INTERVIEWED, team=TEAM, criteria=Criteria(balance=1.0))
    parts: dict[str, Any] = {"answers": answers, **bare, **empty, **tables}
    return Campaign(settings=settings, instruments=tools, **parts)


def oracle(campaign: Campaign, truth: Truth, world: World, interviews: bool = True) -> np.ndarray:
    """Posterior mean of merit by a scorer that knows every parameter, integrated over a grid of traits and shifts."""
    shifts = SHIFTS * world.presentation if world.presentation else np.zeros(1)
    share = np.exp(-0.5 * SHIFTS**2) if world.presentation else np.ones(1)
    n = world.people
    own = np.zeros((3, n, len(GRID), len(shifts)))
    for item in campaign.instruments.battery.items.values():
        t = TRAITS.index(item.scale[:-1])
        level = GRID[:, None] + shifts[None, :]
        table = np.log(graded(level, truth.slopes[item.id], truth.cuts[item.id]) + 1e-12)
        value = campaign.answers[item.id].to_numpy()
        value = 6 - value if item.key < 0 else value
        known = ~np.isnan(value) & ~truth.careless
        own[t, known] += np.moveaxis(table, -1, 0)[value[known].astype(int) - 1]
    other = np.zeros((3, n, len(GRID)))
    place = {p: i for i, p in enumerate(campaign.people)}
    seen = campaign.observations.rename(columns={"observer_id": "rater", "behaviour_id": "criterion"}).assign(slope=1.1)
    asked = campaign.interviews.rename(columns={"interviewer_id": "rater", "competency_id": "criterion"}).assign(
        slope=1.3
    )
    for rows in (seen, asked) if interviews else (seen,):
        for (rater, criterion), part in rows.groupby(["rater", "criterion"]):
            slope, t = float(part["slope"].iloc[0]), TRAITS.index(str(criterion)[3:].rstrip("12"))
            table = np.log(rated(GRID * slope, truth.severity[str(rater)], truth.steps))
            np.add.at(other[t], [place[p] for p in part["person_id"]], table[:, part["rating"].astype(int) - 1].T)
    return _expected_merit(own, other, share)


def _expected_merit(own: np.ndarray, other: np.ndarray, share: np.ndarray) -> np.ndarray:
    mesh = np.stack(np.meshgrid(GRID, GRID, GRID, indexing="ij"), -1).reshape(-1, 3)
    prior = -0.5 * np.einsum("ki,ij,kj->k", mesh, np.linalg.inv(CORRELATION), mesh)
    merit = mesh @ list(WEIGHTS.values())
    result = np.empty(own.shape[1])
    for i in range(own.shape[1]):
        weight = np.zeros(len(mesh))
        for s, chance in enumerate(share):
            a, b, c = (own[t, i, :, s] + other[t, i] for t in range(3))
            log = (a[:, None, None] + b[None, :, None] + c[None, None, :]).ravel() + prior
            weight = weight + chance * np.exp(log)  # hundreds of answers are still far from underflow
        result[i] = weight @ merit / weight.sum()
    return result


def recall(order: np.ndarray, merit: np.ndarray, size: int) -> float:
    """Share of the truly first `size` people among the first `size` of the order (descending values)."""
    return len(set(np.argsort(-order, kind="stable")[:size]) & set(np.argsort(-merit, kind="stable")[:size])) / size


def replicate(world: World, tools: Instruments, seed: int) -> dict[str, float]:
    """Recall of each scorer, what chances above .8 said and what came true, coverage of 95 % intervals."""
    campaign, truth = invent(world, tools, seed)
    measures = score(campaign, seed)
    table = rank_people(measures, campaign.settings.criteria).loc[campaign.people]
    plain = -table["plain_rank"].to_numpy(float)
    early_plain = measures.plain.totals["stage_one"].to_numpy()
    best = oracle(campaign, truth, world)
    early = oracle(campaign, truth, world, interviews=False)
    top = {k: set(np.argsort(-truth.merit)[:k]) for k in (INTERVIEWED, TEAM)}
    row = {
        "plain30": recall(plain, truth.merit, TEAM),
        "model30": recall(table["standing"].to_numpy(), truth.merit, TEAM),
        "oracle30": recall(best, truth.merit, TEAM),
        "plain90": recall(early_plain, truth.merit, INTERVIEWED),
        "model90": recall(table["p_shortlist"].to_numpy(), truth.merit, INTERVIEWED),
        "oracle90": recall(early, truth.merit, INTERVIEWED),
        "method_variance": measures.facts["method_variance"]["share"],
    }
    for column, size in (("p_shortlist", INTERVIEWED), ("p_team", TEAM)):
        sure = np.flatnonzero(table[column].to_numpy() > 0.8)
        row[f"said_{column}"] = float(table[column].to_numpy()[sure].sum())
        row[f"true_{column}"] = float(sum(i in top[size] for i in sure))
        row[f"n_{column}"] = float(len(sure))
    for k, t in enumerate(TRAITS):
        z = (truth.traits[:, k] - table[t]) / table[f"{t}_se"]
        row[f"cover_{t}"] = float((np.abs(z) < 1.96).mean())
    return row


def study(name: str, replications: int, people: int) -> dict[str, float]:
    """Means over replications of one world."""
    world = replace(WORLDS[name], people=people)
    with tempfile.TemporaryDirectory() as folder:
        tools = instruments(world, Path(folder))
        rows = pd.DataFrame([replicate(world, tools, 1000 + r) for r in range(replications)])
    out = {str(name): float(value) for name, value in rows.mean().items()}
    for column in ("p_shortlist", "p_team"):
        n = rows[f"n_{column}"].sum()
        out[f"said_{column}"], out[f"true_{column}"] = (
            rows[f"said_{column}"].sum() / n,
            rows[f"true_{column}"].sum() / n,
        )
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=40)
    parser.add_argument("--people", type=int, default=600)
    parser.add_argument("--worlds", nargs="*", default=list(WORLDS), choices=list(WORLDS))
    options = parser.parse_args()
    heads = "recall of 30: plain model oracle ratio | of 90: the same | above .8 said true (90), (30) | cover | mv"
    print(f"{'world':20s} {heads}")
    for name in options.worlds:
        s = study(name, options.replications, options.people)
        cover = np.mean([s[f"cover_{t}"] for t in TRAITS])
        found = [
            " ".join(f"{s[f'{who}{k}']:.3f}" for who in ("plain", "model", "oracle"))
            + f" {s[f'model{k}'] / s[f'oracle{k}']:.3f}"
            for k in (TEAM, INTERVIEWED)
        ]
        print(
            f"{name:20s} {found[0]} | {found[1]} | "
            f"{s['said_p_shortlist']:.3f} {s['true_p_shortlist']:.3f} {s['said_p_team']:.3f} {s['true_p_team']:.3f} | "
            f"{cover:.3f} | {s['method_variance']:.3f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
