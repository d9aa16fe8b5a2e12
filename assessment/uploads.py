"""Files somebody brings through the browser: put in a folder, read and checked as on the command line."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from assessment.campaign import Intake
from assessment.instruments.reading import FILES

QUESTIONNAIRES = "questionnaires"
KINDS = ("csv", "xlsx", "yaml", "yml")


@dataclass(frozen=True)
class Arrival:
    """What came in: the reading with every problem, and the bytes of the campaign's own questionnaires."""

    intake: Intake
    questionnaires: Mapping[str, bytes]


def place(name: str) -> PurePath:
    """Where a file of that name belongs in the folder; only its last part counts, whatever path a browser sends."""
    bare = PurePath(name.replace("\\", "/")).name
    return PurePath(QUESTIONNAIRES, bare) if bare in FILES.values() else PurePath(bare)


def read_uploads(files: Mapping[str, bytes]) -> Arrival:
    """Read files by name; nothing is stored."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in files.items():
            target = folder / place(file)
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(content)
        return _read(folder)


def invent(people: int, seed: int, progress: Callable[[str, float], None]) -> Arrival:
    """An invented municipality, through the same files and checks as real data."""
    from assessment.synthetic.municipality import write_demo

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        progress("invent", 0.1)
        write_demo(folder, people, seed)
        progress("intake", 0.6)
        return _read(folder)


def _read(folder: Path) -> Arrival:
    from assessment.intake.folder import read_folder

    intake = read_folder(folder)
    own = folder / QUESTIONNAIRES
    brought = {f.name: f.read_bytes() for f in sorted(own.iterdir())} if own.is_dir() else {}
    return Arrival(intake, brought)
