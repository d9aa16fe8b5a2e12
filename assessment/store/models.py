"""Learned models and their cards: kept under their SHA-256, opened only when the database knows their exact bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from assessment.store.record import now
from assessment.store.results import read_file, remove_files
from assessment.store.schema import models
from assessment.store.tables import pack, unpack

FOLDER = "models"  # beside the results, so that forgetting old results forgets no model


@dataclass(frozen=True)
class KeptModel:
    """A learned model with its card: what it was learned from, its figures, the versions it was made with."""

    name: str
    card: Mapping[str, Any]
    author: str
    created_at: str
    sha256: str
    model: Any = None


def note(connection: sa.Connection, campaign_id: str, kept: KeptModel) -> tuple[KeptModel, list[str]]:
    """Make a model's file known under its name; the entry, and the files that nothing names any more."""
    m = models.c
    of_campaign = sa.select(m.name, m.sha256).where(m.campaign_id == campaign_id)
    before = {str(row[0]): str(row[1]) for row in connection.execute(of_campaign)}
    connection.execute(models.delete().where(m.campaign_id == campaign_id, m.name == kept.name))
    entry = KeptModel(kept.name, kept.card, kept.author, now(), kept.sha256)
    row = {"campaign_id": campaign_id, "name": entry.name, "sha256": entry.sha256, "card": pack(dict(entry.card))}
    connection.execute(models.insert().values(**row, author=entry.author, created_at=entry.created_at))
    after = {**before, kept.name: kept.sha256}
    return entry, sorted(set(before.values()) - set(after.values()))


def listed(connection: sa.Connection, campaign_id: str) -> list[KeptModel]:
    """Every model of a campaign without its contents, by name."""
    m = models.c
    query = sa.select(m.name, m.card, m.author, m.created_at, m.sha256).where(m.campaign_id == campaign_id)
    rows = connection.execute(query.order_by(m.name))
    return [KeptModel(r[0], unpack(r[1]), r[2], r[3], r[4]) for r in rows]


def opened(folder: Path, kept: KeptModel) -> KeptModel | None:
    """The same with the model itself; None when its file is gone; other bytes than those known are refused."""
    model = read_file(folder / FOLDER, kept.sha256)
    return None if model is None else KeptModel(**{**vars(kept), "model": model})


def forget(folder: Path, files: list[str]) -> None:
    """Remove files that no entry names."""
    remove_files(folder / FOLDER, files)
