"""Computed results on the disk: joblib files that are opened only when the database knows their exact bytes."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from assessment.problems import AssessmentError, Problem
from assessment.store.record import now
from assessment.store.schema import results

KEPT = 4  # results of a campaign; one of six hundred people takes some hundred megabytes


@cache
def program_fingerprint() -> str:
    """A fingerprint of our own program and of the libraries that shape a result; another program, another result."""
    from importlib.metadata import version

    root = Path(__file__).parents[2]
    digest = hashlib.sha256()
    for folder in ("assessment", "models"):
        for path in sorted((root / folder).rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    for library in ("numpy", "scipy", "pandas", "scikit-learn"):
        digest.update(f"{library} {version(library)}".encode())
    return digest.hexdigest()[:16]


def as_bytes(value: Any) -> bytes:
    """The value as a joblib file."""
    import joblib

    buffer = io.BytesIO()
    joblib.dump(value, buffer)
    return buffer.getvalue()


def write_file(folder: Path, content: bytes) -> str:
    """Put the bytes on the disk under their SHA-256, complete or not at all; the SHA-256."""
    sha = hashlib.sha256(content).hexdigest()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = folder / f"{sha}.{os.getpid()}.part"
    with open(part, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, folder / f"{sha}.joblib")
    return sha


def note(connection: sa.Connection, campaign_id: str, key: str, sha: str, size: int) -> list[str]:
    """Make the file known under the key and forget all but the newest few; the files nobody needs any more."""
    r = results.c
    ours = sa.select(r.key, r.sha256).where(r.campaign_id == campaign_id).order_by(r.created_at.desc(), r.key)
    before = [(row[0], row[1]) for row in connection.execute(ours)]
    others = [row for row in before if row[0] != key]
    kept = {sha, *(file for _, file in others[: KEPT - 1])}
    gone = [key, *(other for other, _ in others[KEPT - 1 :])]
    connection.execute(results.delete().where(r.campaign_id == campaign_id, r.key.in_(gone)))
    row = {"campaign_id": campaign_id, "key": key, "sha256": sha, "bytes": size, "created_at": now()}
    connection.execute(results.insert().values(**row))
    return sorted({file for _, file in before} - kept)


def known(connection: sa.Connection, campaign_id: str, key: str) -> str | None:
    """SHA-256 of the file under the key."""
    query = sa.select(results.c.sha256).where(results.c.campaign_id == campaign_id, results.c.key == key)
    return connection.scalar(query)


def read_file(folder: Path, sha: str) -> Any | None:
    """The value of a known file; None when the file is gone; a file with other bytes is refused, never opened.

    joblib files can run code when they are opened, so only bytes this store itself wrote are.
    """
    import joblib

    try:
        content = (folder / f"{sha}.joblib").read_bytes()
    except FileNotFoundError:
        return None
    if hashlib.sha256(content).hexdigest() != sha:
        raise AssessmentError(Problem("store_result_altered", params={"file": f"{sha[:12]}.joblib"}))
    return joblib.load(io.BytesIO(content))


def remove_files(folder: Path, files: Iterable[str]) -> None:
    """Remove result files by their SHA-256."""
    for sha in files:
        (folder / f"{sha}.joblib").unlink(missing_ok=True)


def remove_folder(folder: Path) -> None:
    """Remove every result file of a campaign."""
    for path in folder.glob("*.joblib"):
        path.unlink(missing_ok=True)
