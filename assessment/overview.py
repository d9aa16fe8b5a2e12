"""Where a campaign stands: path, stages, what to do now, what people have to decide; codes, no words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from assessment.campaign import Campaign
from assessment.problems import SOURCE, Problem
from assessment.wording import Said, said

RESPONSE_TARGET = 0.85
RATINGS_WANTED = 2  # fewer than two ratings sheets of a person are provisional (INSTRUMENTS.md section 6)
SEVERE = 0.3  # an observer this far from the others, clear of the error, is named (points of the rating scale)
TIE = 0.001  # of a standing of 0..1: nearer than the last digit shown
CERTAIN = 1.96
NOT_ELIGIBLE = "exclude_now"


class Computed(Protocol):
    """The parts of the funnel's result that are read here."""

    campaign: Campaign
    ranking: pd.DataFrame
    shortlist: pd.DataFrame
    team: pd.DataFrame
    certificates: Mapping[str, Any]
    problems: Sequence[Problem]
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Stage:
    """One stage: the share done, what is there, what is missing, what to do."""

    code: str
    share: float
    there: Said
    missing: Said
    act: Said


@dataclass(frozen=True)
class ToDo:
    """So many wait for an act; urgent where a person must decide before anything can be signed."""

    count: int
    what: Said
    detail: Said
    people: tuple[str, ...] = ()
    urgent: bool = False


@dataclass(frozen=True)
class Question:
    """What people decide and the program only shows; `who` is the code of the one who decides."""

    what: Said
    detail: Said
    who: str


def answered(campaign: Campaign) -> pd.Index:
    """Ids of the people in the selection whose answers are there."""
    return campaign.people.intersection(campaign.answers.index)


def observed(campaign: Campaign) -> pd.Series:
    """How many sheets (observer at one activity) there are of each person who was rated at all."""
    seen = campaign.observations
    seen = seen[seen["rating"].notna()]
    sheet = [c for c in ("event_id", "group_id", "activity_id", "observer_id") if c in seen]
    return seen.drop_duplicates(["person_id", *sheet]).groupby("person_id").size()


def interviewed(campaign: Campaign) -> pd.Index:
    """Ids of the people with at least one interview rating."""
    return pd.Index(campaign.interviews["person_id"].dropna().unique())


def listed(result: Computed) -> pd.Index:
    """Ids of the people on the shortlist: proposed, or interviewed where there were interviews."""
    return result.shortlist.index[result.shortlist["list"] != "reserve"]


def line(campaign: Campaign) -> tuple[str, int]:
    """The list whose line is open now and its size: "shortlist" until there are interviews, "team" after."""
    settings = campaign.settings
    return ("team", settings.team) if len(campaign.interviews) else ("shortlist", settings.shortlist)


def gated(result: Computed) -> pd.Series:
    """Who misses a gate that keeps people off the list (bool per person)."""
    codes = {g.id for g in result.campaign.instruments.roles.gates if g.effect in (NOT_ELIGIBLE, "below_line", "hold")}
    return result.ranking["flags"].fillna("").map(lambda text: bool(codes & set(str(text).split(";"))))


def path(result: Computed) -> list[tuple[str, int]]:
    """People at each step, from those invited to the team."""
    campaign = result.campaign
    there = answered(campaign)
    flags = result.ranking["flags"].fillna("").reindex(there)
    enough = int((~flags.str.contains("not_enough_evidence", regex=False)).sum())
    eligible = int(
        (
            ~gated(result).reindex(there, fill_value=False) & ~flags.str.contains("not_enough_evidence", regex=False)
        ).sum()
    )
    team = int((result.team["list"] == "team").sum()) if len(result.team) else 0
    return [
        ("invited", len(campaign.people)),
        ("answered", len(there)),
        ("enough", enough),
        ("eligible", eligible),
        ("shortlist", len(listed(result))),
        ("team", team),
    ]


def response(campaign: Campaign) -> pd.DataFrame:
    """Answered of invited by unit: columns name, part, whole; no rows where units were not delivered."""
    if "unit" not in campaign.staff:
        return pd.DataFrame(columns=["name", "part", "whole"])
    unit = campaign.staff["unit"].dropna()
    there = unit[unit.index.isin(answered(campaign))]
    table = pd.DataFrame({"part": there.value_counts(), "whole": unit.value_counts()}).fillna(0).astype(int)
    return table.rename_axis("name").reset_index()


def ties(ranking: pd.DataFrame, size: int) -> tuple[str, ...]:
    """Ids of the people whose standing is the same as that of the last one on the list, the line between them."""
    if len(ranking) <= size:
        return ()
    ordered = ranking.sort_values("rank")
    line = ordered["standing"].iloc[size - 1]
    same = ordered[(ordered["standing"] - line).abs() < TIE]
    return tuple(same.index) if (same["rank"] > size).any() else ()


def severe_observers(facts: Mapping[str, Any]) -> list[tuple[str, float]]:
    """Observers clear of the others by more than the tolerance, most severe first: (id, points; positive = severe)."""
    found = []
    for observer, figures in dict(facts.get("observers") or {}).items():
        severity, error, points = (float(figures[key]) for key in ("severity", "se", "points"))
        if abs(severity) - CERTAIN * error > 0 and abs(points) > SEVERE:
            found.append((str(observer), points))
    return sorted(found, key=lambda pair: -abs(pair[1]))


def to_do(result: Computed, signed: Collection[str] = ()) -> list[ToDo]:
    """What to do now, what must be decided first; `signed` are the people whose place in the team was decided."""
    campaign, (kind, size) = result.campaign, line(result.campaign)
    rows = []
    if (result.certificates.get("team") or {}).get("conflict"):
        rows.append(ToDo(1, said("overview.do.conflict"), said("overview.do.conflict_more"), urgent=True))
    tied = ties(result.ranking, size)
    if tied:
        rows.append(
            ToDo(
                len(tied),
                said(f"overview.do.ties_{kind}", place=size),
                said("overview.do.ties_more"),
                tied,
                urgent=True,
            )
        )
    left_out = [p for p in result.problems if p.severity == SOURCE]
    if left_out:
        rows.append(ToDo(len(left_out), said("overview.do.sources"), said("overview.do.sources_more"), urgent=True))
    people = listed(result)
    waiting = people.difference(interviewed(campaign), sort=False)
    if len(waiting):
        rows.append(ToDo(len(waiting), said("overview.do.interviews"), said("overview.do.people"), tuple(waiting)))
    sheets = observed(campaign)
    few = people[sheets.reindex(people, fill_value=0).to_numpy() < RATINGS_WANTED]
    if len(sheets) and len(few):
        rows.append(ToDo(len(few), said("overview.do.ratings"), said("overview.do.people"), tuple(few)))
    if kind == "team":
        rows += _to_sign(result, signed)
    units = response(campaign)
    low = units[units["part"] < RESPONSE_TARGET * units["whole"]]
    if len(low):
        silent = int((low["whole"] - low["part"]).sum())
        rows.append(ToDo(silent, said("overview.do.remind"), said("overview.do.remind_more", n=len(low))))
    return rows


def _to_sign(result: Computed, signed: Collection[str]) -> list[ToDo]:
    """After the interviews: members proposed whose place is open, and members about whom nothing is signed."""
    members = result.team.index[result.team["list"] == "team"]
    left = members[~members.isin(list(signed))]
    unsure = left[(result.ranking["band"].reindex(left) == "open").to_numpy()]
    rows = []
    if len(unsure):
        rows.append(ToDo(len(unsure), said("overview.do.open_seats"), said("overview.do.people"), tuple(unsure)))
    if len(left):
        rows.append(ToDo(len(left), said("overview.do.sign"), said("overview.do.sign_more")))
    return rows


def stages(result: Computed, signed: int = 0) -> list[Stage]:
    """The stages in order; `signed` is the number of decisions on the team that stand."""
    campaign, settings = result.campaign, result.campaign.settings
    people, there = len(campaign.people), len(answered(campaign))
    rows = [
        _consents(campaign, people),
        Stage(
            "survey",
            there / max(people, 1),
            said("stage.of", part=there, whole=people),
            said("stage.survey.missing", n=people - there) if people > there else said("stage.nothing_missing"),
            said("stage.survey.act") if people > there else said("stage.nothing_to_do"),
        ),
    ]
    rows.append(_training(campaign, people))
    size = len(listed(result))
    held = len(interviewed(campaign).intersection(listed(result)))
    rows.append(
        Stage(
            "interviews",
            min(held / max(size, 1), 1.0),
            said("stage.of", part=held, whole=size),
            said("stage.interviews.missing", n=size - held) if held < size else said("stage.nothing_missing"),
            said("stage.interviews.act") if held < size else said("stage.nothing_to_do"),
        )
    )
    rows += [
        _team(result),
        Stage(
            "protocol",
            min(signed / max(settings.team, 1), 1.0),
            said("stage.of", part=signed, whole=settings.team),
            said("stage.protocol.missing", n=max(settings.team - signed, 0)),
            said("stage.protocol.act"),
        ),
    ]
    return rows


def _consents(campaign: Campaign, people: int) -> Stage:
    if "consents" not in campaign.present:
        return Stage(
            "staff",
            1.0,
            said("stage.staff.no_consents", people=people),
            said("stage.nothing_missing"),
            said("stage.nothing_to_do"),
        )
    given = campaign.consents
    agreed = given[(given["purpose"] == "selection") & (given["given"] == True)]["person_id"].nunique()  # noqa: E712
    share = min(agreed / max(people, 1), 1.0)
    done = share >= 1
    return Stage(
        "staff",
        share,
        said("stage.staff.there", people=people, agreed=min(agreed, people)),
        said("stage.nothing_missing") if done else said("stage.staff.missing", n=people - agreed),
        said("stage.nothing_to_do") if done else said("stage.staff.act"),
    )


def _training(campaign: Campaign, people: int) -> Stage:
    sheets = observed(campaign)
    sheets = sheets[sheets.index.isin(campaign.people)]
    if not len(sheets):
        return Stage(
            "training", 0.0, said("stage.not_started"), said("stage.training.none"), said("stage.training.start")
        )
    few = int((sheets < RATINGS_WANTED).sum())
    ratings = int(campaign.observations["rating"].notna().sum())
    observers = campaign.observations["observer_id"].nunique()
    return Stage(
        "training",
        len(sheets) / max(people, 1),
        said("stage.training.there", n=len(sheets), ratings=ratings, observers=observers),
        said("stage.training.missing", n=few) if few else said("stage.nothing_missing"),
        said("stage.training.act") if few else said("stage.nothing_to_do"),
    )


def _team(result: Computed) -> Stage:
    size, certificate = result.campaign.settings.team, result.certificates.get("team") or {}
    chosen = int((result.team["list"] == "team").sum()) if len(result.team) else 0
    if certificate.get("conflict"):
        return Stage(
            "team",
            0.5,
            said("stage.team.conflict"),
            said("stage.team.conflict_missing"),
            said("stage.team.conflict_act"),
        )
    provisional = bool(len(result.team)) and bool(result.team["provisional"].any())
    return Stage(
        "team",
        chosen / max(size, 1),
        said("stage.team.there", part=chosen, whole=size),
        said("stage.team.provisional") if provisional else said("stage.nothing_missing"),
        said("stage.team.act"),
    )


def questions(result: Computed) -> list[Question]:
    """Open questions with who decides, each only where the data raise it."""
    rows = []
    units = response(result.campaign)
    low = (
        units[units["part"] < 0.75 * units["whole"]].assign(share=lambda u: u["part"] / u["whole"]).sort_values("share")
    )
    if len(low):
        unit = low.iloc[0]
        rows.append(
            Question(
                said("question.unit", unit=unit["name"], part=int(unit["part"]), whole=int(unit["whole"])),
                said("question.unit_more", n=len(low)),
                "office",
            )
        )
    for observer, severity in severe_observers(result.facts)[:2]:
        key = "question.severe" if severity > 0 else "question.lenient"
        rows.append(
            Question(said(key, observer=observer, points=abs(severity)), said("question.severe_more"), "consultant")
        )
    changed = _changed_by_self_presentation(result.facts)
    if changed:
        rows.append(Question(said("question.presentation"), said("question.presentation_more", **changed), "panel"))
    size = result.campaign.settings.shortlist
    ranking = result.ranking
    differ = int(((ranking["rank"] <= size) & (ranking["plain_rank"] > size)).sum())
    if differ:
        rows.append(Question(said("question.readings", n=differ, size=size), said("question.readings_more"), "panel"))
    return rows


def _changed_by_self_presentation(facts: Mapping[str, Any]) -> dict[str, tuple[float, ...]]:
    """How many of the list change at each assumed share of self-presentation, side by side; empty when not computed."""
    counts = {float(share): int(found["shortlist"]) for share, found in dict(facts.get("sensitivity") or {}).items()}
    return {"shares": tuple(counts), "changes": tuple(counts.values())} if any(counts.values()) else {}
