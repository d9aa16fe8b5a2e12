"""The invented organisation: units of the administration, subordinate organisations, posts, and what each unit does."""

from __future__ import annotations

from dataclasses import dataclass

CITY = "Тихоозёрск"
ADMINISTRATION = "Администрация города Тихоозёрска"
MAIL_DOMAIN = "tihoozersk.example"


@dataclass(frozen=True)
class Unit:
    """A unit of the tree: who it belongs to, how large it is beside the others, the catalogue areas it works in."""

    name: str
    parent: str
    org_id: str
    weight: float
    areas: tuple[str, ...]
    posts: tuple[str, ...] = ()


_OFFICE = "Управление делами"
_MONEY = "Финансовое управление"
_ECONOMY = "Департамент экономического развития"
_PROPERTY = "Департамент имущественных и земельных отношений"
_BUILD = "Департамент градостроительства"
_CITY = "Департамент городского хозяйства"
_SCHOOL = "Управление образования"
_SOCIAL = "Управление социального развития"

# Ordered so that the first few already make a small municipality of several lines of work.
ADMINISTRATION_UNITS = (
    Unit("Отдел документооборота и контроля", _OFFICE, "ADM", 1.1, ("documents", "meetings", "archive", "reporting")),
    Unit("Отдел дорог и благоустройства", _CITY, "ADM", 1.3, ("roads", "greening", "lighting", "contracts", "appeals")),
    Unit("Бюджетный отдел", _MONEY, "ADM", 1.1, ("budget", "programs", "reporting")),
    Unit("Отдел земельных отношений", _PROPERTY, "ADM", 1.2, ("land", "control", "appeals", "legal")),
    Unit(
        "Отдел общего и дошкольного образования", _SCHOOL, "ADM", 1.2, ("school", "camps", "subordinate", "reporting")
    ),
    Unit("Отдел по работе с обращениями граждан", _OFFICE, "ADM", 0.9, ("appeals", "documents", "pr")),
    Unit(
        "Отдел архитектуры и разрешений на строительство", _BUILD, "ADM", 1.2, ("building", "urban", "address", "ads")
    ),
    Unit("Отдел муниципальных закупок", _ECONOMY, "ADM", 0.9, ("procurement", "contracts", "documents")),
    Unit("Отдел кадров и муниципальной службы", _OFFICE, "ADM", 0.8, ("hr", "anticorruption", "documents")),
    Unit("Отдел жилищного хозяйства", _CITY, "ADM", 1.2, ("housing", "mkd", "utilities", "appeals")),
    Unit("Правовое управление", ADMINISTRATION, "ADM", 0.9, ("legal", "documents", "admcom")),
    Unit("Отдел культуры и молодёжной политики", _SOCIAL, "ADM", 0.9, ("culture", "youth", "community", "subordinate")),
    Unit("Отдел учёта и отчётности", _MONEY, "ADM", 1.0, ("accounting", "budget", "fincontrol")),
    Unit("Отдел цифрового развития", ADMINISTRATION, "ADM", 0.7, ("it", "documents", "procurement")),
    Unit("Отдел муниципального имущества", _PROPERTY, "ADM", 1.0, ("property", "contracts", "legal")),
    Unit("Отдел опеки и попечительства", _SOCIAL, "ADM", 1.0, ("guardianship", "kdn", "social", "legal")),
    Unit("Отдел предпринимательства и торговли", _ECONOMY, "ADM", 0.9, ("business", "trade", "programs", "reporting")),
    Unit("Отдел гражданской защиты", ADMINISTRATION, "ADM", 0.7, ("civildef", "fire", "order", "safety")),
)

_CULTURE = ("Художественный руководитель", "Методист", "Заведующий отделом", "Администратор")
SUBORDINATE_UNITS = (
    Unit(
        "МКУ «Служба городского хозяйства»",
        _CITY,
        "S01",
        1.5,
        ("roads", "greening", "waste", "contracts"),
        ("Начальник участка", "Инженер", "Ведущий инженер", "Диспетчер"),
    ),
    Unit(
        "МБУ «Центр библиотек»",
        _SOCIAL,
        "S02",
        1.0,
        ("culture", "reporting", "facilities"),
        ("Заведующий библиотекой", "Методист", "Библиотекарь", "Администратор"),
    ),
    Unit(
        "МКУ «Централизованная бухгалтерия»",
        _MONEY,
        "S03",
        1.3,
        ("accounting", "budget", "reporting"),
        ("Ведущий бухгалтер", "Бухгалтер", "Экономист", "Старший бухгалтер"),
    ),
    Unit(
        "МУП «Тихоозёрский водоканал»",
        _CITY,
        "S04",
        1.2,
        ("utilities", "contracts", "appeals"),
        ("Начальник цеха", "Инженер", "Экономист", "Инженер по ремонту"),
    ),
    Unit(
        "МБУ ДО «Дом детского творчества»",
        _SCHOOL,
        "S05",
        0.9,
        ("camps", "school", "reporting"),
        ("Методист", "Педагог-организатор", "Заведующий отделом", "Администратор"),
    ),
    Unit(
        "МКУ «Управление капитального строительства»",
        _BUILD,
        "S06",
        1.1,
        ("contracts", "building", "procurement"),
        ("Ведущий инженер", "Инженер строительного контроля", "Сметчик", "Юрист"),
    ),
    Unit(
        "МБУ «Спортивная школа «Волна»",
        _SOCIAL,
        "S07",
        0.9,
        ("sport", "reporting", "facilities"),
        ("Старший тренер", "Инструктор-методист", "Администратор", "Заведующий хозяйством"),
    ),
    Unit(
        "МКУ «Единая дежурно-диспетчерская служба»",
        ADMINISTRATION,
        "S08",
        0.9,
        ("civildef", "appeals", "reporting"),
        ("Старший диспетчер", "Оперативный дежурный", "Инженер связи", "Аналитик"),
    ),
    Unit("МБУ «Дворец культуры «Маяк»", _SOCIAL, "S09", 1.0, ("culture", "procurement", "facilities"), _CULTURE),
    Unit(
        "МКУ «Хозяйственная служба»",
        _OFFICE,
        "S10",
        1.0,
        ("facilities", "safety", "procurement"),
        ("Заведующий складом", "Инженер", "Механик", "Специалист по охране труда"),
    ),
    Unit(
        "МУП «Городской транспорт»",
        _CITY,
        "S11",
        1.1,
        ("transport", "facilities", "appeals"),
        ("Начальник смены", "Диспетчер", "Инженер", "Экономист"),
    ),
    Unit(
        "МБУ «Молодёжный центр «Старт»",
        _SOCIAL,
        "S12",
        0.7,
        ("youth", "community", "pr"),
        ("Специалист по работе с молодёжью", "Методист", "Редактор", "Администратор"),
    ),
    Unit(
        "МКУ «Информационно-методический центр»",
        _SCHOOL,
        "S13",
        0.8,
        ("school", "hr", "it"),
        ("Методист", "Ведущий методист", "Системный администратор", "Аналитик"),
    ),
    Unit(
        "МАУ «Городские парки»",
        _CITY,
        "S14",
        0.9,
        ("greening", "contracts", "culture"),
        ("Инженер по озеленению", "Ландшафтный архитектор", "Администратор", "Экономист"),
    ),
)

OFFICE_POSTS = (
    "Специалист 1 категории",
    "Ведущий специалист",
    "Главный специалист",
    "Консультант",
    "Главный консультант",
)

# a month of one post, all allowances included, thousand roubles
MONTHLY_COST = {"specialist": 58.0, "lead": 74.0, "head_of_unit": 101.0, "deputy_head": 118.0, "head": 142.0}


def choose_units(people: int) -> tuple[list[Unit], list[Unit]]:
    """The units that a municipality of this many people has: all 32 from 600 people on, fewer in a smaller one."""
    n_administration = max(2, min(len(ADMINISTRATION_UNITS), round(people / 20)))
    n_subordinate = max(1, min(len(SUBORDINATE_UNITS), round(people / 30)))
    return list(ADMINISTRATION_UNITS[:n_administration]), list(SUBORDINATE_UNITS[:n_subordinate])
