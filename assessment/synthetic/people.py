"""The invented staff list: who works where, in which post, since when, under which name."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assessment.instruments.reading import Instruments
from assessment.synthetic import words
from assessment.synthetic.units import MAIL_DOMAIN, MONTHLY_COST, OFFICE_POSTS, Unit, choose_units
from assessment.synthetic.world import World

YEAR = 2026
RANK = {"specialist": 0, "lead": 1, "head_of_unit": 2, "deputy_head": 3, "head": 4}
COLUMNS = [
    "person_id", "personnel_no", "full_name", "org_id", "org_type", "unit", "unit_parent", "position", "level",
    "category", "function_area", "hire_date", "birth_year", "gender", "employment", "rate", "status",
    "manager_personnel_no", "work_email", "monthly_cost",
]  # fmt: skip


def make_staff(world: World, instruments: Instruments) -> pd.DataFrame:
    """One row a person: the columns of the staff table and what the truth leans on: age, years (of service), rank."""
    rng = world.stream("staff")
    seats = _seats(world, rng)
    n = len(seats)
    staff = pd.DataFrame(seats)
    staff["gender"] = np.where(rng.random(n) < np.where(staff["org_type"] == "administration", 0.70, 0.58), "f", "m")
    staff["rank"] = staff["level"].map(RANK)
    staff["age"] = np.clip(np.round(rng.normal(39 + 2.5 * staff["rank"], 9.5)), 21, 66).astype(int)
    staff["birth_year"] = YEAR - staff["age"]
    career = np.maximum(staff["age"].to_numpy() - 21.0, 0.3)
    staff["years"] = np.clip(career * rng.beta(1.3, 1.9, n), 0.25, 35).round(2)
    first_day = pd.Timestamp(f"{YEAR}-02-02")
    hired = first_day - pd.to_timedelta((staff["years"] * 365.25).astype(int), unit="D")
    staff["hire_date"] = hired.dt.strftime("%Y-%m-%d")
    staff["employment"] = rng.choice(["main", "main", "part_time", "temporary"], n, p=[0.5, 0.45, 0.03, 0.02])
    staff["rate"] = np.where(staff["employment"] == "part_time", 0.5, 1.0)
    staff["status"] = np.where(rng.random(n) < 0.975, "Работа", "Отпуск")
    cost = staff["level"].map(MONTHLY_COST).to_numpy() * np.where(staff["org_type"] == "administration", 1.06, 0.9)
    staff["monthly_cost"] = np.round(cost * np.exp(0.07 * rng.standard_normal(n)) * 10) * 100
    staff["full_name"] = full_names(world.stream("names"), staff["gender"].to_numpy())
    staff["work_email"] = _addresses(staff["full_name"])
    staff["person_id"] = [f"P{k:05d}" for k in rng.permutation(n) + 1]
    staff = _number(staff, rng)
    areas = {area["id"]: area["ru"] for area in instruments.catalogue["areas"]}
    staff["area"] = staff["function_area"]
    staff["function_area"] = staff["area"].map(areas)
    return staff.sort_values("person_id", ignore_index=True)


def _seats(world: World, rng: np.random.Generator) -> list[dict[str, str]]:
    administration, subordinate = choose_units(world.people)
    n_administration = round(world.people * 2 / 3)
    rows: list[dict[str, str]] = []
    for units, places in ((administration, n_administration), (subordinate, world.people - n_administration)):
        for unit, size in zip(units, _sizes([u.weight for u in units], places), strict=True):
            rows += [_seat(unit, place, size, rng) for place in range(size)]
    return rows


def _sizes(weights: list[float], places: int) -> list[int]:
    """Whole numbers in proportion to the weights that add up to the places, largest remainders first."""
    exact = np.array(weights) / sum(weights) * places
    sizes = np.floor(exact).astype(int)
    for k in np.argsort(sizes - exact, kind="stable")[: places - int(sizes.sum())]:
        sizes[k] += 1
    return [int(size) for size in sizes]


def _seat(unit: Unit, place: int, size: int, rng: np.random.Generator) -> dict[str, str]:
    office = unit.org_id == "ADM"
    if place == 0:
        post, level = ("Начальник отдела", "head_of_unit") if office else ("Директор", "head")
    elif place == 1 and size >= 6:
        post, level = (
            ("Заместитель начальника отдела", "deputy_head") if office else ("Заместитель директора", "deputy_head")
        )
    else:
        pick = (
            int(rng.choice(5, p=[0.12, 0.28, 0.3, 0.2, 0.1]))
            if office
            else int(rng.choice(len(unit.posts), p=_post_shares(unit)))
        )
        post = OFFICE_POSTS[pick] if office else unit.posts[pick]
        leading = pick >= 3 if office else post.startswith(("Началь", "Ведущ", "Завед", "Старш", "Худож"))
        level = "lead" if leading else "specialist"
        if not office and post.startswith(("Начальник", "Заведующий отделом")):
            level = "head_of_unit"
    if unit.name.endswith("управление"):
        post = post.replace("отдела", "управления")
    return {
        "org_id": unit.org_id,
        "org_type": "administration" if office else "subordinate",
        "unit": unit.name,
        "unit_parent": unit.parent,
        "position": post,
        "level": level,
        "category": "муниципальный служащий" if office else "работник муниципального учреждения",
        "function_area": unit.areas[min(int(rng.geometric(0.6)) - 1, len(unit.areas) - 1)],
    }


def _post_shares(unit: Unit) -> np.ndarray:
    """How often each post of a subordinate organisation is held: posts that lead others are rarer."""
    shares = np.array([0.4 if post.startswith(("Началь", "Завед", "Худож")) else 1.0 for post in unit.posts])
    return shares / shares.sum()


def full_names(rng: np.random.Generator, gender: np.ndarray) -> list[str]:
    """Surname, given name and patronymic in the right gender; all different but a pair of namesakes in every 300."""
    names: list[str] = []
    taken: set[str] = set()
    parts = {g: (words.surnames(g), words.given_names(g), words.patronymics(g)) for g in ("f", "m")}
    for g in gender:
        while True:
            name = " ".join(part[int(rng.integers(len(part)))] for part in parts[g])
            if name not in taken:
                break
        taken.add(name)
        names.append(name)
    for _ in range(len(names) // 300):
        first = int(rng.integers(len(names)))
        alike = np.flatnonzero((gender == gender[first]) & (np.arange(len(names)) != first))
        names[int(rng.choice(alike))] = names[first]
    return names


def _addresses(names: pd.Series) -> list[str]:
    used: dict[str, int] = {}
    addresses = []
    for name in names:
        surname, given, patronymic = name.split()
        box = f"{words.latin(surname)}.{words.latin(given)[0]}{words.latin(patronymic)[0]}"
        used[box] = used.get(box, 0) + 1
        addresses.append(f"{box}{used[box] if used[box] > 1 else ''}@{MAIL_DOMAIN}")
    return addresses


def _number(staff: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Give personnel numbers, text with leading zeros and unique inside one organisation, and the manager's."""
    staff = staff.copy()
    staff["personnel_no"] = ""
    for _, rows in staff.groupby("org_id").groups.items():
        steps = np.cumsum(rng.integers(1, 5, len(rows)))
        staff.loc[rows, "personnel_no"] = [f"0000-{k:05d}" for k in rng.permutation(steps)]
    first = staff.groupby("unit", sort=False)["personnel_no"].transform("first")
    is_first = ~staff.duplicated("unit")
    staff["manager_personnel_no"] = first.where(~is_first, None)
    return staff
