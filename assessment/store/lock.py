"""A lock that only one holder in all processes of this machine has, released by the system when its holder dies."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


class FileLock:
    """Waits at a lock file; not re-entrant, so the caller keeps its threads apart."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def __enter__(self) -> FileLock:
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        if fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_EX)
        else:
            _lock_on_windows(handle)
        self._handle = handle
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._handle is not None
        os.close(self._handle)  # closing lets the lock go
        self._handle = None


def _lock_on_windows(handle: int) -> None:
    import msvcrt

    while True:  # LK_LOCK gives up after ten seconds; a queue of writers may be longer
        try:
            msvcrt.locking(handle, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined]
            return
        except OSError:
            continue
