"""A long survey: one row an answer."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assessment.intake.about import Context, read_about
from assessment.intake.answers import AnswerReader, code_book, fold_code, question_names
from assessment.intake.layouts import Questions
from assessment.intake.sheet import Sheet
from assessment.intake.survey import Collected, Survey, build_survey, check_situations, collect, note
from assessment.intake.tables import Demands, counted, drop_doubles, show
from assessment.problems import ROW, Problem, nearest

TABLE = "survey_long"


def read_long(
    sheet: Sheet, context: Context, elsewhere: frozenset[str] = frozenset()
) -> tuple[Survey | None, list[Problem]]:
    """Answers by person and item; of several waves of a person the latest counts, of equal rows the first.

    elsewhere : people whose answers came with the wide survey; their rows here are left out
    """
    reader = AnswerReader(context.instruments, context.reader)
    frame, _, problems = read_about(sheet, context, Demands(limits={"seconds": (0.0, 86_400.0)}))
    if frame is None:
        return None, problems
    frame, trouble = _known_items(frame, reader, Questions(context.instruments))
    problems += trouble
    frame, trouble = _not_elsewhere(frame, elsewhere)
    problems += trouble
    version = context.instruments.battery.version
    others = int((frame["battery_version"].notna() & (frame["battery_version"] != version)).sum())
    problems += counted("battery_version_differs", others, TABLE, "battery_version", version=version)
    frame, trouble = _latest_wave(frame)
    problems += trouble
    frame, doubles = drop_doubles(frame, ["person_id", "item_id"], TABLE, "item_id")
    problems += doubles
    found, people = _answers(frame, reader)
    asked = [name for name in reader.battery.ordinal_ids if name in found.values]
    lacking = [name for name in reader.battery.ordinal_ids if name not in found.values]
    if lacking and asked:
        problems.append(note("items_without_column", TABLE, None, "item_id", n=len(lacking), items=", ".join(lacking)))
    survey = build_survey(found, people, reader, pd.DataFrame(index=range(len(people))))
    return survey, problems + found.problems


def _known_items(frame: pd.DataFrame, reader: AnswerReader, questions: Questions) -> tuple[pd.DataFrame, list[Problem]]:
    names = question_names(reader.battery)
    book = code_book(names)
    codes, texts = pd.factorize(frame["item_id"].to_numpy(dtype=object))
    found = [book.get(text) or book.get(fold_code(text)) or questions.find(text)[0] for text in texts]
    found = [name if name in names else "" for name in found]
    known = np.array(found, dtype=object)[codes] if len(texts) else np.empty(0, dtype=object)
    unknown = known == ""
    problems = []
    near = {text: nearest(text, names) for text, name in zip(texts, found, strict=True) if not name}
    for row, text in frame.loc[unknown, "item_id"].items():
        code = "value_not_listed" if near[text] else "value_not_listed_far"
        params = {"nearest": near[text], "expected": ""}
        problems.append(Problem(code, ROW, params, TABLE, int(str(row)), "item_id", show(text)))
    return frame.assign(item_id=known)[~unknown], problems


def _not_elsewhere(frame: pd.DataFrame, elsewhere: frozenset[str]) -> tuple[pd.DataFrame, list[Problem]]:
    """Somebody in both surveys: the wide one counts."""
    double = frame["person_id"].isin(list(elsewhere))
    problems = [
        Problem("answers_in_both_surveys", ROW, {"n": len(rows), "person": str(person)}, TABLE, int(rows.index[0]),
                "person_id", str(person))
        for person, rows in frame[double].groupby("person_id", sort=False)
    ]  # fmt: skip
    return frame[~double], problems


def _latest_wave(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    if not frame["wave"].notna().any():
        return frame, []
    wave = frame["wave"].fillna(-np.inf)
    latest = wave == wave.groupby(frame["person_id"]).transform("max")
    waves = ", ".join(f"{value:g}" for value in sorted(frame["wave"].dropna().unique()))
    return frame[latest], counted("earlier_waves", int((~latest).sum()), TABLE, "wave", waves=waves)


def _answers(frame: pd.DataFrame, reader: AnswerReader) -> tuple[Collected, list[str]]:
    """One value a person and question; the problems name the row each answer stands in."""
    people = sorted(set(frame["person_id"]))
    place_of = {person: place for place, person in enumerate(people)}
    places = frame["person_id"].map(place_of).to_numpy(dtype=int)
    values = frame["value"].fillna("").to_numpy(dtype=object)
    rows, items = frame.index.to_numpy(), frame["item_id"].to_numpy(dtype=object)
    seconds = frame["seconds"].to_numpy(dtype=float)
    found = Collected(np.zeros(len(people), dtype=np.int64))
    ordered = np.argsort(items.astype(str), kind="stable") if len(items) else np.empty(0, dtype=int)
    cuts = np.flatnonzero(items[ordered][1:] != items[ordered][:-1]) + 1
    for block in np.split(ordered, cuts) if len(items) else ():
        name = items[block[0]]
        part = Collected(rows[block])
        collect(part, name, values[block], reader, TABLE, "value")
        found.problems += part.problems
        found.values[name] = np.full(len(people), None, dtype=object)
        found.values[name][places[block]] = part.values[name]
        if not np.isnan(seconds[block]).all():
            found.seconds[name] = np.full(len(people), None, dtype=object)
            found.seconds[name][places[block]] = seconds[block]
    _situation_rows(found, frame, reader)
    return found, people


def _situation_rows(found: Collected, frame: pd.DataFrame, reader: AnswerReader) -> None:
    """The row of a situation's most likely action stands for the pair."""
    people = sorted(set(frame["person_id"]))
    for name in reader.battery.situations:
        rows = frame[frame["item_id"] == f"{name}_most"]
        first = pd.Series(rows.index, index=rows["person_id"]).reindex(people).fillna(0).to_numpy(dtype=np.int64)
        part = Collected(first, {k: found.values[k] for k in (f"{name}_most", f"{name}_least") if k in found.values})
        check_situations(part, reader.battery, TABLE)
        found.values |= part.values
        found.problems += part.problems
