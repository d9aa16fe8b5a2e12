"""What others saw and said on training days and in interviews: ratings, choices, attendance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from assessment.instruments.types import Observation
from assessment.intake.about import Context, everyone, read_about, words_of
from assessment.intake.headers import column_missing, names_of
from assessment.intake.people import leave_out_unknown
from assessment.intake.sheet import Sheet, trim
from assessment.intake.tables import Demands, counted, drop_doubles, drop_where, row_problems, sort_rows
from assessment.intake.values import fold_value, number
from assessment.problems import NOTE, Problem

Found = tuple[pd.DataFrame | None, list[Problem]]
RATING_KEYS = ["event_id", "group_id", "activity_id", "observer_id", "person_id", "behaviour_id"]
INTERVIEW_KEYS = ["person_id", "interviewer_id", "competency_id", "question"]
PERCENT_FROM = 10  # a column of shares without a value above is no column of per cents
NOT_SEEN = ("н/н", "не наблюдалось", "not observed", "n/o", "no", "нн")


def read_observations(sheet: Sheet, context: Context) -> Found:
    """Ratings of behaviours; a rating and "not observed" in one row contradict each other, so the row is left out."""
    observation = context.instruments.observation
    limits = {"rating": (float(observation.lowest), float(observation.highest))}
    words = {"behaviour_id": words_of({b.id: b.name for b in observation.behaviours.values()})}
    places = words_of({p.id: p.name for p in observation.positions.values()})
    words |= {"position_primary": places, "position_secondary": places}
    demands = Demands(limits, words, decisive=frozenset(("rating", "not_observed")))
    sheet = _not_seen_apart(sheet, context)
    frame, located, problems = read_about(sheet, context, demands, by=["observer_id"])
    if "rating" not in located.headings.places:
        column = context.tables["observations"].column("rating")
        names = names_of(column, context.instruments.dictionary)
        return None, [*problems, column_missing(located.sheet, "rating", names, located.headings.rest)]
    if frame is None:
        return None, problems
    frame, trouble = _rated_or_not_seen(frame, "not_observed" in located.headings.places)
    problems += trouble
    frame, hidden = _without_peer_data(frame, context, "person_id", "observations")
    frame, doubles = drop_doubles(frame, RATING_KEYS, "observations")
    extremes = frame["rating"].isin([observation.lowest, observation.highest])
    bare = int((extremes & frame["evidence"].isna()).sum())
    problems += hidden + doubles + counted("evidence_missing", bare, "observations", "evidence")
    return sort_rows(frame, RATING_KEYS), problems


def _not_seen_apart(sheet: Sheet, context: Context) -> Sheet:
    """A word for "not observed" in the column of ratings moves to the column that says so."""
    located, _ = context.locate(sheet)
    cells = located.cells("rating")
    if cells is None:
        return sheet
    codes = {fold_value(code) for code in _codes(context.instruments.observation)}
    unseen = np.array([fold_value(trim(text)) in codes for text in cells], dtype=bool)
    if not unseen.any():
        return sheet
    marks = located.cells("not_observed")
    marks = np.full(len(cells), "", dtype=object) if marks is None else marks.copy()
    cells = cells.copy()
    cells[unseen], marks[unseen] = "", "1"
    return located.put("rating", cells).put("not_observed", marks).sheet


def _codes(observation: Observation) -> list[str]:
    written = observation.raw.get("rating_codes")
    return [*NOT_SEEN, *(str(code) for code in written)] if isinstance(written, dict) else list(NOT_SEEN)


def _rated_or_not_seen(frame: pd.DataFrame, marked: bool) -> tuple[pd.DataFrame, list[Problem]]:
    seen_not = frame["not_observed"].fillna(False).astype(bool)
    frame = frame.assign(not_observed=seen_not)
    frame, both = drop_where(
        frame, seen_not & frame["rating"].notna(), "rating_and_not_observed", "observations", "rating"
    )
    empty = frame["rating"].isna() & ~frame["not_observed"]
    if marked:
        frame, lacking = drop_where(frame, empty, "value_missing", "observations", "rating")
        return frame, both + lacking
    note = counted("rating_empty", int(empty.sum()), "observations", "rating")
    return frame.assign(not_observed=frame["not_observed"] | empty), both + note


def _without_peer_data(
    frame: pd.DataFrame, context: Context, about: str, table: str
) -> tuple[pd.DataFrame, list[Problem]]:
    """Nothing others say about people who did not agree to that is used."""
    unused = frame[about].isin(list(context.consents.no_peer_data))
    return frame[~unused], counted("peer_data_unused", int(unused.sum()), table, about)


def read_attendance(sheet: Sheet, context: Context) -> Found:
    """Who was there for which share of an event; a column of per cents is understood."""
    sheet, notes = _shares(sheet, context)
    frame, _, problems = read_about(sheet, context, Demands({"present_share": (0.0, 1.0)}))
    if frame is None:
        return None, problems
    frame, doubles = drop_doubles(frame, ["event_id", "group_id", "person_id"], "attendance")
    return sort_rows(frame, ["event_id", "group_id", "person_id"]), notes + problems + doubles


def _shares(sheet: Sheet, context: Context) -> tuple[Sheet, list[Problem]]:
    """Whole per cents (all but the zeros above 1, some above 10) get their sign."""
    located, _ = context.locate(sheet)
    cells = located.cells("present_share")
    if cells is None:
        return sheet, []
    read = [number(trim(text)) for text in cells]
    filled = [value for value in read if value]
    if not filled or min(filled) <= 1 or not PERCENT_FROM <= max(filled) <= 100:
        return sheet, []
    signed = [text if value is None else f"{trim(text)}%" for text, value in zip(cells, read, strict=True)]
    note = Problem("shares_in_percent", NOTE, {"n": len(filled)}, "attendance", None, "present_share")
    return located.put("present_share", np.array(signed, dtype=object)).sheet, [note]


def read_sociometry(sheet: Sheet, context: Context, attendance: pd.DataFrame) -> Found:
    """Choices: none of oneself, none of strangers, no more than the question asks for."""
    questions = context.instruments.observation.questions
    demands = Demands(words={"question_id": words_of({q.id: q.text for q in questions.values()})})
    frame, _, problems = read_about(sheet, context, demands, about="chosen_id", by=["chooser_id"])
    if frame is None:
        return None, problems
    frame, strangers = leave_out_unknown(frame, "sociometry", "chooser_id", everyone(context))
    frame, oneself = drop_where(
        frame, frame["chooser_id"] == frame["chosen_id"], "choice_of_oneself", "sociometry", "chosen_id"
    )
    frame = _fill_groups(frame, attendance)
    grouped = frame["question_id"].map(lambda q: questions[q].scope == "group").astype(bool)
    frame, no_group = drop_where(frame, grouped & frame["group_id"].isna(), "value_missing", "sociometry", "group_id")
    frame, doubles = drop_doubles(frame, ["event_id", "question_id", "chooser_id", "chosen_id"], "sociometry")
    frame, beyond = _within_maximum(frame, context)
    frame, hidden = _without_peer_data(frame, context, "chosen_id", "sociometry")
    problems += strangers + oneself + no_group + doubles + beyond + hidden
    return sort_rows(frame, ["event_id", "question_id", "chooser_id", "chosen_id"]), problems


def _fill_groups(frame: pd.DataFrame, attendance: pd.DataFrame) -> pd.DataFrame:
    """The group of a choice, where it is not given, is the one the chooser attended that event in."""
    lacking = frame["group_id"].isna()
    if not lacking.any() or attendance.empty:
        return frame
    groups = attendance.drop_duplicates(["event_id", "person_id"], keep=False).set_index(["event_id", "person_id"])[
        "group_id"
    ]
    keys = pd.MultiIndex.from_frame(frame.loc[lacking, ["event_id", "chooser_id"]])
    frame = frame.copy()
    frame.loc[lacking, "group_id"] = groups.reindex(keys).to_numpy()
    return frame


def _within_maximum(frame: pd.DataFrame, context: Context) -> tuple[pd.DataFrame, list[Problem]]:
    """Of more choices than a question allows the first by `order`, then by the file, count."""
    if frame.empty:
        return frame, []
    ordered = frame.sort_values("order", kind="stable", na_position="last")
    place = ordered.groupby(["event_id", "question_id", "chooser_id"], sort=False).cumcount().reindex(frame.index)
    most = {q.id: q.max for q in context.instruments.observation.questions.values()}
    allowed = frame["question_id"].map(most).astype(int)
    problems = []
    for question, highest in most.items():
        lost = frame[(place >= allowed) & (frame["question_id"] == question)]
        problems += row_problems(
            "choice_beyond_maximum", "sociometry", "chosen_id", lost.index, lost["chosen_id"], max=highest
        )
    return frame[place < allowed], problems


def read_interviews(sheet: Sheet, context: Context) -> Found:
    """Ratings of competencies; `rating` is the final one where it is given, else the first."""
    interview, roles = context.instruments.interview, context.instruments.roles.roles
    limits = {name: (float(interview.lowest), float(interview.highest)) for name in ("rating_initial", "rating_final")}
    words = {"competency_id": words_of({c.id: c.name for c in interview.competencies.values()})}
    if roles:
        words["role_fit"] = words_of({role.id: role.name for role in roles.values()})
    if interview.conditions_block:
        words["knock_outs"] = words_of({c.id: c.text for c in interview.conditions_block})
    demands = Demands(limits, words, decisive=frozenset(["rating_final"]), may_lack=frozenset(["rating_initial"]))
    frame, located, problems = read_about(sheet, context, demands, by=["interviewer_id"])
    if frame is None:
        return None, problems
    frame = frame.assign(rating=frame["rating_final"].fillna(frame["rating_initial"]))
    empty = frame["rating"].isna()
    problems, explained = _decisive_first_ratings(problems, set(frame.index[empty]))
    silent = frame.index[empty].difference(pd.Index(sorted(explained), dtype=frame.index.dtype))
    problems += row_problems("value_missing", "interviews", "rating_initial", silent)
    frame, doubles = drop_doubles(frame[~empty], INTERVIEW_KEYS, "interviews")
    return sort_rows(frame, INTERVIEW_KEYS), problems + doubles


def _decisive_first_ratings(problems: list[Problem], empty: set[int]) -> tuple[list[Problem], set[int]]:
    """Without a final rating an unusable first one costs the row, not only the cell."""
    explained = set()
    found = []
    for problem in problems:
        if problem.column == "rating_initial" and problem.row in empty and problem.code.startswith("cell_"):
            explained.add(int(problem.row))
            problem = replace(problem, code="value_" + problem.code.removeprefix("cell_"))
        found.append(problem)
    return found, explained


def empty_interviews(frame: pd.DataFrame) -> pd.DataFrame:
    """No interviews: the column of ratings that count is there all the same."""
    return frame.assign(rating=pd.Series(dtype=float))
