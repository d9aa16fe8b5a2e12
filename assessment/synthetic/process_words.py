"""Invented municipal processes by catalogue area, in the words an employee would use, with programs and ideas."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

PROCESSES = Path(__file__).with_name("processes.csv")


@cache
def processes() -> dict[str, tuple[tuple[str, str, str], ...]]:
    """Area -> processes; a process is three ways of saying the same, the first as a document would put it."""
    table = pd.read_csv(PROCESSES, dtype=str, keep_default_na=False)
    return {
        str(area): tuple(rows[["formal", "spoken", "loose"]].itertuples(index=False, name=None))
        for area, rows in table.groupby("area", sort=False)
    }


COMMON_AREAS = ("documents", "appeals", "reporting", "meetings")

SYSTEMS: dict[str, tuple[str, ...]] = {
    "documents": ("СЭД; Word", "СЭД", "СЭД; почта"),
    "appeals": ("ПОС; СЭД", "СЭД; Word", "ПОС"),
    "reporting": ("Excel; региональный портал", "Excel", "Excel; почта"),
    "budget": ("АЦК; Excel", "программа бюджета; Excel"),
    "accounting": ("1С; Excel", "1С"),
    "procurement": ("ЕИС; Excel", "ЕИС; Word"),
    "hr": ("1С:ЗУП; Word", "Word; Excel"),
    "land": ("кадастровая карта; СЭД", "реестр земель; Excel"),
    "civildef": ("Система-112; журнал", "Excel; телефон"),
}
USUAL_SYSTEMS = ("Excel; Word", "СЭД; Excel", "Word; почта", "Excel", "бумажный журнал; Excel")

IDEAS: dict[str, tuple[str, ...]] = {
    "approvals": (
        "Оставить две визы вместо шести",
        "Согласовывать параллельно, а не по очереди",
        "Установить срок визы один день",
    ),
    "double_entry": (
        "Вносить данные один раз и передавать между программами",
        "Сделать загрузку из Excel",
        "Отказаться от второй таблицы",
    ),
    "waiting": ("Дать доступ к данным другого отдела напрямую", "Назначить ответственного за ответ в соседнем отделе"),
    "rework": ("Сделать образец и список частых ошибок", "Проверять комплектность при приёме, а не в конце"),
    "unclear_rules": ("Описать порядок на одной странице", "Собрать ответы на частые вопросы"),
    "paper": ("Перейти на электронный вид, бумагу не дублировать", "Подписывать электронной подписью"),
    "software": ("Убрать лишние поля из формы", "Обучить работе с программой", "Добавить поиск по адресу"),
    "urgent": ("Собирать срочные запросы раз в день", "Планировать запросы на неделю вперёд"),
    "reports": ("Отменить отчёты, которые никто не читает", "Брать показатели из базы, а не собирать заново"),
}
