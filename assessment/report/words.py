"""Codes of the lists in words: headings, bands, flags, roles and reasons for people who read the workbook."""

from __future__ import annotations

import pandas as pd

from assessment.campaign import Campaign
from assessment.messages import has_text, text


def headings(campaign: Campaign, language: str) -> dict[str, str]:
    """Column -> heading: domains and scales by their names, errors with a sign, everything else from the catalogue."""
    battery = campaign.instruments.battery
    named = {scale.id: scale.name for scale in battery.scales.values()} | dict(battery.domains)
    found = {}
    for column, names in named.items():
        found[column] = names.get(language, column)
        found[f"{column}_se"] = f"± {found[column]}"
    return found


def heading(column: str, known: dict[str, str], language: str) -> str:
    """The heading of one column."""
    key = f"report.column_{column}"
    return known.get(column) or (text(key, language) if has_text(key, language) else column)


def in_words(table: pd.DataFrame, campaign: Campaign, language: str) -> pd.DataFrame:
    """The same table with the codes of band, list, flags, role and reason told in words."""
    shown = table.copy()
    for column, tell in {"band": _band, "list": _list, "flags": _flags, "role": _role, "reason": _reason}.items():
        if column in shown:
            shown[column] = [tell(str(code), campaign, language) for code in shown[column].fillna("")]
    return shown


def _of(prefix: str, code: str, language: str) -> str:
    return text(prefix + code, language) if has_text(prefix + code, language) else code


def _band(code: str, campaign: Campaign, language: str) -> str:
    return _of("report.band_", code, language)


def _list(code: str, campaign: Campaign, language: str) -> str:
    return _of("report.list_", code, language)


def _role(code: str, campaign: Campaign, language: str) -> str:
    role = campaign.instruments.roles.roles.get(code)
    return role.name.get(language, code) if role else code


def _reason(code: str, campaign: Campaign, language: str) -> str:
    kind, _, name = code.partition(":")
    told = _of("report.reason_", kind, language)
    return f"{told}: {_role(name, campaign, language)}" if name else told


def _flags(codes: str, campaign: Campaign, language: str) -> str:
    patterns = {p.id: p.name.get(language, p.id) for p in campaign.instruments.roles.patterns}
    told = [patterns.get(code) or _flag(code, language) for code in codes.split(";") if code]
    return "; ".join(told)


def _flag(code: str, language: str) -> str:
    if code.endswith("_unanswered"):
        return text("flag.unanswered", language)
    return _of("flag.", code, language)
