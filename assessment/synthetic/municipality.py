"""An invented municipality with known truth: the files an office would send, and what is true of each person."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from assessment.instruments.reading import Instruments, load_instruments
from assessment.problems import AssessmentError, Problem, stops
from assessment.synthetic.answers import ItemTruth, make_survey, make_tokens
from assessment.synthetic.choices import make_sociometry
from assessment.synthetic.consents import make_consents
from assessment.synthetic.interviews import first_cut, make_interviews, number_interviewed
from assessment.synthetic.outcomes import make_outcomes
from assessment.synthetic.people import COLUMNS, make_staff
from assessment.synthetic.processes import make_process_answers
from assessment.synthetic.training import make_observations, plan_training
from assessment.synthetic.units import CITY
from assessment.synthetic.world import Truth, World, make_truth

SMALLEST, LARGEST = 12, 10_000
FEWEST_REVIEWED = 6  # people interviewed, from whom on there is an earlier intake with outcomes
SHORTLIST, TEAM = 90, 30
MARK = "README.txt"


@dataclass(frozen=True)
class Municipality:
    """The tables and everything that is true: for the demo the tables, for a recovery study also the parameters.

    tables : name -> table of the data dictionary, and `truth`
    items : item id -> slope, thresholds and key the answers were drawn with
    observers, interviewers : id -> severity in logits
    processes : person_id, rank, area, process: what each process answer means
    """

    world: World
    tables: dict[str, pd.DataFrame]
    truth: Truth
    items: dict[str, ItemTruth]
    observers: pd.Series
    interviewers: pd.Series
    processes: pd.DataFrame


def build(people: int = 600, seed: int = 1, **worlds: Any) -> Municipality:
    """Invent a municipality; `worlds` are the knobs of `World`. Equal arguments give equal tables.

    Raises AssessmentError demo_size when `people` is below 12 or above 10,000, TypeError for an unknown knob.
    """
    if not SMALLEST <= people <= LARGEST:
        raise AssessmentError(Problem("demo_size", params={"people": people, "smallest": SMALLEST, "largest": LARGEST}))
    world = World(people=people, seed=seed, **worlds)
    instruments = _instruments()
    staff = make_staff(world, instruments)
    truth = make_truth(world, instruments, staff)
    tokens = make_tokens(world, staff)
    wide, items, survey = make_survey(world, instruments, staff, truth, tokens)
    training = plan_training(world, staff)
    observations = make_observations(world, instruments, truth, training)
    sociometry = make_sociometry(world, instruments, staff, truth, training)
    consents = make_consents(world, instruments, staff)
    processes, meant = make_process_answers(world, instruments, staff, survey.index)
    tables = {
        "staff": staff[COLUMNS].copy(),
        "tokens": tokens.sort_values("token", ignore_index=True),
        "survey_wide": wide,
        "observations": observations,
        "sociometry": sociometry,
        "attendance": training.attendance(),
        "consents": consents,
        "process_answers": processes,
    }
    interviewers = pd.Series(dtype=float, name="severity")
    if world.interviews:
        stayed = survey.drop(index=_withdrawn(consents), errors="ignore")
        invited = first_cut(world, instruments, stayed, observations, sociometry)
        tables["interviews"], interviewers = make_interviews(world, instruments, truth, invited)
        if len(invited) >= FEWEST_REVIEWED:
            tables["outcomes"] = make_outcomes(world, truth, invited)
    tables["truth"] = truth.table()
    return Municipality(world, tables, truth, items, training.severity, interviewers, meant)


def make_municipality(people: int = 600, seed: int = 1, **worlds: Any) -> dict[str, pd.DataFrame]:
    """The tables of an invented municipality by name, as an office would send them, and `truth`."""
    return build(people, seed, **worlds).tables


def write_demo(folder: Path | str, people: int = 600, seed: int = 1, **worlds: Any) -> list[Path]:
    """Write an invented municipality as files (CSV in UTF-8, campaign.yaml, truth.csv, README.txt); the paths written.

    Equal arguments give equal bytes. Raises AssessmentError demo_folder_in_use when the folder holds files and no demo:
    nobody's real tables are written over.
    """
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise AssessmentError(Problem("demo_folder_is_file", value=folder.name))
    if folder.is_dir() and any(folder.iterdir()) and not _is_demo(folder):
        raise AssessmentError(Problem("demo_folder_in_use", value=folder.name))
    tables = make_municipality(people, seed, **worlds)
    folder.mkdir(parents=True, exist_ok=True)
    texts = {f"{name}.csv": table.to_csv(index=False, lineterminator="\n") for name, table in tables.items()}
    texts["campaign.yaml"] = campaign_text(people)
    texts[MARK] = readme_text(people, seed)
    for stale in {f"{name}.csv" for name in ("interviews", "outcomes")} - set(texts):
        (folder / stale).unlink(missing_ok=True)
    for name, content in texts.items():
        (folder / name).write_bytes(content.encode("utf-8"))
    return [folder / name for name in texts]


def sizes(people: int) -> tuple[int, int]:
    """How large shortlist and team are: 90 and 30 from 600 people on, in proportion below."""
    shortlist = min(SHORTLIST, number_interviewed(people))
    return shortlist, max(1, min(TEAM, shortlist, round(people * TEAM / 600)))


def campaign_text(people: int) -> str:
    """campaign.yaml; below 600 people the rules of the team are scaled down too, else the shipped ones apply."""
    shortlist, team = sizes(people)
    lines = [f'name: "{CITY} (вымышленный город)"', "invented: true", f"shortlist: {shortlist}", f"team: {team}"]
    if team < TEAM:
        spread = max(1, team * 8 // TEAM)
        lines += ["team_rules:", f"  - {{id: spread, distinct: unit, count: [{spread}, null]}}"]
        if team >= 10:
            lines += ["  - {id: subordinate, where: {org_type: subordinate}, share_of_team: [0.25, 1.0]}"]
    return "\n".join(lines) + "\n"


def readme_text(people: int, seed: int) -> str:
    """What the files are, in Russian and English."""
    return (
        f"ВСЁ ВЫМЫШЛЕНО. Города {CITY} нет; людей, организаций, ответов и оценок из этих файлов нет и не было.\n"
        "Совпадения имён и названий случайны. Файлы нужны, чтобы показать и проверить программу.\n"
        f"Людей: {people}, зерно случайных чисел: {seed}. Те же числа дают те же файлы байт в байт.\n"
        "truth.csv — то, что о вымышленных людях известно точно; программа его не читает, по нему проверяют итог.\n"
        "\n"
        f"EVERYTHING HERE IS INVENTED. There is no city of {CITY}; the people, organisations, answers and ratings in\n"
        "these files never existed. Any likeness of names is chance. The files show and test the program.\n"
        f"People: {people}, seed of the random numbers: {seed}. The same numbers give the same files, byte for byte.\n"
        "truth.csv holds what is true of the invented people; the program never reads it; checks do.\n"
    )


def _instruments() -> Instruments:
    instruments, problems = load_instruments()
    if instruments is None:
        raise AssessmentError(*stops(problems))
    return instruments


def _withdrawn(consents: pd.DataFrame) -> list[str]:
    gone = (consents["purpose"] == "selection") & consents["withdrawn_at"].notna()
    return consents.loc[gone, "person_id"].tolist()


def _is_demo(folder: Path) -> bool:
    mark = folder / MARK
    return mark.is_file() and mark.read_bytes().startswith("ВСЁ ВЫМЫШЛЕНО".encode())
