"""Planning a selection: what a method buys, what two stages buy, how many interviewers it takes, who is near whom."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache

import numpy as np
import pandas as pd

NODES = 200  # Gauss-Legendre nodes over the tail of the first predictor: twelve correct decimals
FAR = 9.0  # standard deviations; beyond there is nobody


def _between(name: str, value: float, low: float, high: float) -> None:
    if not low < value < high:
        raise ValueError(f"{name} {value!r} does not lie between {low} and {high}")


def success_ratio(validity: float, selection_ratio: float, base_rate: float) -> float:
    """Share of the selected who will do well (Taylor & Russell 1939).

    Bivariate normal of predictor and criterion: the upper `selection_ratio` is taken, the upper `base_rate` does well.
    """
    from scipy.stats import norm

    _between("validity", validity, -1.0, 1.0)
    _between("selection ratio", selection_ratio, 0.0, 1.0)
    _between("base rate", base_rate, 0.0, 1.0)
    points, weights = _tail(float(norm.isf(selection_ratio)))
    needed = float(norm.isf(base_rate))
    well = norm.sf((needed - validity * points) / math.sqrt(1.0 - validity**2))
    return float((weights * well).sum() / selection_ratio)


@cache
def _nodes() -> tuple[np.ndarray, np.ndarray]:
    return np.polynomial.legendre.leggauss(NODES)


def _tail(cut: float) -> tuple[np.ndarray, np.ndarray]:
    """Nodes above a cut of a standard normal and their weights, density included."""
    from scipy.stats import norm

    nodes, weights = _nodes()
    half = (FAR - cut) / 2.0
    points = cut + half * (nodes + 1.0)
    return points, weights * half * norm.pdf(points)


def mean_z(selection_ratio: float) -> float:
    """Mean of the predictor among those selected from the top, in standard deviations: density / ratio."""
    from scipy.stats import norm

    if selection_ratio == 1.0:
        return 0.0
    _between("selection ratio", selection_ratio, 0.0, 1.0)
    return float(norm.pdf(norm.isf(selection_ratio)) / selection_ratio)


def gain_per_person(validity: float, selection_ratio: float, sdy: float) -> float:
    """Brogden-Cronbach-Gleser: what one selected person brings more than one drawn by lot, in units of `sdy` a year.

    sdy : what one standard deviation of the criterion is worth in a year, the office's own figure
    """
    return validity * sdy * mean_z(selection_ratio)


def utility(
    validity: float,
    selection_ratio: float,
    sdy: float,
    selected: int,
    cost_per_applicant: float = 0.0,
    years: float = 1.0,
) -> float:
    """Brogden-Cronbach-Gleser for all selected over some years, less what assessing every applicant costs."""
    applicants = selected / selection_ratio
    return selected * years * gain_per_person(validity, selection_ratio, sdy) - applicants * cost_per_applicant


def unrestricted(validity: float, sd_unrestricted: float, sd_restricted: float) -> float:
    """Validity in everybody from the validity among the preselected (Thorndike 1949, case II: direct selection)."""
    if sd_unrestricted <= 0 or sd_restricted <= 0:
        raise ValueError("standard deviations are positive")
    _between("validity", validity, -1.0, 1.0)
    ratio = sd_unrestricted / sd_restricted
    return validity * ratio / math.sqrt(1.0 - validity**2 + validity**2 * ratio**2)


@dataclass(frozen=True)
class TwoStages:
    """Mean criterion of those selected, in standard deviations of everybody.

    first : after stage one; final : after both; one_stage : the same number taken by the first predictor alone
    """

    first: float
    final: float
    one_stage: float

    @property
    def gain(self) -> float:
        """What the second stage adds for each person of the final group."""
        return self.final - self.one_stage


def two_stages(r1: float, r2: float, r12: float, first_ratio: float, second_ratio: float) -> TwoStages:
    """Selection on one predictor, then on a second among those left; all jointly normal.

    r1, r2 : validities of the predictors in everybody; r12 : their correlation
    first_ratio : share passing stage one; second_ratio : share of these passing stage two
    """
    from scipy.optimize import brentq
    from scipy.stats import norm

    for name, r in (("r1", r1), ("r2", r2), ("r12", r12)):
        _between(name, r, -1.0, 1.0)
    _between("the determinant of the correlations", 1 + 2 * r1 * r2 * r12 - r1**2 - r2**2 - r12**2, 0.0, 1.0 + 1e-12)
    taken = first_ratio * second_ratio
    points, weights = _tail(float(norm.isf(first_ratio)))
    rest = math.sqrt(1.0 - r12**2)

    def passing(cut: float) -> float:
        return float((weights * norm.sf((cut - r12 * points) / rest)).sum()) - taken

    cut = brentq(passing, -FAR, FAR)
    u = (cut - r12 * points) / rest
    first_mean = float((weights * points * norm.sf(u)).sum()) / taken
    second_mean = float((weights * (r12 * points * norm.sf(u) + rest * norm.pdf(u))).sum()) / taken
    b1, b2 = (r1 - r2 * r12) / rest**2, (r2 - r1 * r12) / rest**2
    return TwoStages(r1 * mean_z(first_ratio), b1 * first_mean + b2 * second_mean, r1 * mean_z(taken))


@dataclass(frozen=True)
class Office:
    """The office's own figures for what the interviews buy.

    pool, interviewed, team : people; r_first, r_interview : validities of what is known before and of the interview;
    r_between : their correlation; base_rate : share of everybody who would do well as an ambassador;
    sdy : worth of one standard deviation a year; interview_cost : of one interview, all included; years : of service
    """

    pool: int = 600
    interviewed: int = 90
    team: int = 30
    r_first: float = 0.3
    r_interview: float = 0.4
    r_between: float = 0.3
    base_rate: float = 0.3
    sdy: float = 0.0
    interview_cost: float = 0.0
    years: float = 1.0


def interviews_buy(office: Office) -> dict[str, float]:
    """What interviewing buys against taking the team by the first stage alone.

    z_* : mean criterion of the team; validity_both : one predictor that would give the same team;
    success_* : share of the team who do well; more_successes : people; worth, cost, net : in the units of sdy
    """
    if not 0 < office.team < office.interviewed < office.pool:
        raise ValueError("the team is smaller than those interviewed, and these are fewer than the pool")
    ratio = office.team / office.pool
    means = two_stages(
        office.r_first, office.r_interview, office.r_between,
        office.interviewed / office.pool, office.team / office.interviewed,
    )  # fmt: skip
    both = means.final / mean_z(ratio)
    before = success_ratio(office.r_first, ratio, office.base_rate)
    after = success_ratio(both, ratio, office.base_rate)
    worth = means.gain * office.sdy * office.team * office.years
    cost = office.interview_cost * office.interviewed
    return {
        "z_without": means.one_stage, "z_with": means.final, "z_gain": means.gain, "validity_both": both,
        "success_by_lot": office.base_rate, "success_without": before, "success_with": after,
        "more_successes": office.team * (after - before), "worth": worth, "cost": cost, "net": worth - cost,
    }  # fmt: skip


@dataclass(frozen=True)
class InterviewPlan:
    """How long the interviews take with so many panels.

    a_day : interviews of one panel a day; days : working days until the last; interviewers : people sitting at once;
    hours : of interviewers' time in all, notes and pauses included; spare : interviews that would still fit
    """

    panels: int
    a_day: int
    days: int
    interviewers: int
    hours: float
    spare: int


def interviews_a_day(minutes: float, pause: float, hours_a_day: float) -> int:
    """Interviews that fit into a day of one panel; the pause (notes and rest) follows each but the last."""
    if minutes <= 0 or pause < 0 or hours_a_day <= 0:
        raise ValueError("minutes and hours are positive, a pause is not negative")
    return int((hours_a_day * 60.0 + pause + 1e-9) // (minutes + pause))


def interview_plan(
    people: int, minutes: float = 45, pause: float = 15, hours_a_day: float = 6, panels: int = 3, panel_size: int = 2
) -> InterviewPlan:
    """How many days so many panels need for everybody.

    minutes : of one interview; pause : between two, for notes and rest; panel_size : interviewers sitting together
    """
    if people < 0 or panels < 1 or panel_size < 1:
        raise ValueError("there is at least one panel of at least one interviewer")
    a_day = interviews_a_day(minutes, pause, hours_a_day)
    if a_day == 0:
        raise ValueError("not one interview fits into a day")
    days = math.ceil(people / (a_day * panels))
    hours = people * (minutes + pause) / 60.0 * panel_size
    return InterviewPlan(panels, a_day, days, panels * panel_size, hours, days * a_day * panels - people)


def panels_needed(
    people: int, days: int, minutes: float = 45, pause: float = 15, hours_a_day: float = 6, panel_size: int = 2
) -> InterviewPlan:
    """The fewest panels that see everybody within so many days."""
    if days < 1:
        raise ValueError("there is at least one day")
    a_day = interviews_a_day(minutes, pause, hours_a_day)
    panels = max(1, math.ceil(people / max(a_day * days, 1)))
    return interview_plan(people, minutes, pause, hours_a_day, panels, panel_size)


def plan_table(people: int, days: Mapping[str, int] | None = None, most_panels: int = 6, **plan: float) -> pd.DataFrame:
    """Plans for one panel up to `most_panels`, one row each; with `days` only those within days["most"]."""
    rows = [asdict(interview_plan(people, panels=n, **plan)) for n in range(1, most_panels + 1)]  # type: ignore[arg-type]
    table = pd.DataFrame(rows)
    return table if days is None else table[table["days"] <= days["most"]].reset_index(drop=True)


def ambassadors(staff: pd.DataFrame, team: pd.Index, column: str = "org_id") -> pd.DataFrame:
    """Ambassadors and staff of each organisation (or unit), rows by size.

    Returns index `column` (people without an entry under ""), columns staff, ambassadors, staff_per_ambassador (NaN
    where nobody is an ambassador), fair (ambassadors in proportion to staff), short (how many fewer than that, whole)
    """
    where = staff[column].fillna("").astype(str) if column in staff else pd.Series("", index=staff.index)
    counts = where.value_counts()
    chosen = where[where.index.isin(team)].value_counts().reindex(counts.index, fill_value=0)
    table = pd.DataFrame({"staff": counts, "ambassadors": chosen})
    table["staff_per_ambassador"] = table["staff"] / table["ambassadors"].where(table["ambassadors"] > 0)
    table["fair"] = table["staff"] * table["ambassadors"].sum() / max(len(staff), 1)
    table["short"] = np.floor((table["fair"] - table["ambassadors"]).clip(lower=0.0) + 1e-9).astype(int)
    return table.sort_values(["staff"], ascending=False, kind="stable").rename_axis(column)
