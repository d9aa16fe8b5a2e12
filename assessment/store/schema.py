"""The database: its tables, and reading and writing in transactions that lose nothing."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from assessment.problems import AssessmentError, Problem
from assessment.store.lock import FileLock

SCHEMA = "2"
EARLIER = {"1"}  # schemas that lack tables only: what is missing is made, and nothing there is touched
BUSY_SECONDS = 30
CHECKPOINT_EVERY = 200  # commits of one process between two moves of the log into the database file

metadata = sa.MetaData()


def _campaign_key() -> sa.ForeignKey:
    return sa.ForeignKey("campaigns.id", ondelete="CASCADE")


def _revision_key() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["campaign_id", "revision"], ["revisions.campaign_id", "revisions.number"], ondelete="CASCADE"
    )


facts = sa.Table("facts", metadata, sa.Column("key", sa.String, primary_key=True), sa.Column("value", sa.Text))

campaigns = sa.Table(
    "campaigns", metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("created_at", sa.String, nullable=False),
    sa.Column("invented", sa.Boolean, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("entries", sa.Integer, nullable=False, default=0),
    sa.Column("head", sa.String, nullable=False),
    sa.Column("erased_at", sa.String),
)  # fmt: skip

revisions = sa.Table(
    "revisions", metadata,
    sa.Column("campaign_id", _campaign_key(), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("fingerprint", sa.String, nullable=False),
    sa.Column("created_at", sa.String, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("people", sa.Integer, nullable=False),
    sa.Column("settings", sa.Text, nullable=False),
    sa.Column("present", sa.Text, nullable=False),
    sa.Column("inputs", sa.Text, nullable=False),
    sa.Column("names_layout", sa.Text, nullable=False),
)  # fmt: skip

tables = sa.Table(
    "tables", metadata,
    sa.Column("campaign_id", sa.String, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    _revision_key(),
)  # fmt: skip

names = sa.Table(
    "names", metadata,
    sa.Column("campaign_id", sa.String, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("person_id", sa.String, primary_key=True),
    sa.Column("full_name", sa.Text),
    sa.Column("personnel_no", sa.Text),
    sa.Column("work_email", sa.Text),
    sa.Column("manager_personnel_no", sa.Text),
    _revision_key(),
)  # fmt: skip

questionnaires = sa.Table(
    "questionnaires", metadata,
    sa.Column("campaign_id", sa.String, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("file", sa.String, primary_key=True),
    sa.Column("origin", sa.String, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    _revision_key(),
)  # fmt: skip

problems = sa.Table(
    "problems", metadata,
    sa.Column("campaign_id", sa.String, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("severity", sa.String, nullable=False),
    sa.Column("table", sa.Text, nullable=False),
    sa.Column("row", sa.Integer),
    sa.Column("column", sa.Text, nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("code", sa.String, nullable=False),
    sa.Column("params", sa.Text, nullable=False),
    _revision_key(),
)  # fmt: skip

scenarios = sa.Table(
    "scenarios", metadata,
    sa.Column("campaign_id", _campaign_key(), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("criteria", sa.Text, nullable=False),
    sa.Column("rules", sa.Text, nullable=False),
    sa.Column("seed", sa.Integer, nullable=False),
    sa.Column("input_hash", sa.String, nullable=False),
    sa.Column("created_at", sa.String, nullable=False),
)  # fmt: skip

rules = sa.Table(
    "rules", metadata,
    sa.Column("campaign_id", _campaign_key(), primary_key=True),
    sa.Column("list", sa.String, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("created_at", sa.String, nullable=False),
)  # fmt: skip

record = sa.Table(
    "record", metadata,
    sa.Column("campaign_id", sa.ForeignKey("campaigns.id"), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True),
    sa.Column("time", sa.String, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("person_id", sa.String, nullable=False),
    sa.Column("stage", sa.String, nullable=False),
    sa.Column("decision", sa.String, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("code", sa.String, nullable=False),
    sa.Column("proposed_by_model", sa.Boolean, nullable=False),
    sa.Column("role", sa.String, nullable=False),
    sa.Column("undoes", sa.Integer),
    sa.Column("details", sa.Text, nullable=False),
    sa.Column("previous", sa.String, nullable=False),
    sa.Column("hash", sa.String, nullable=False),
)  # fmt: skip

results = sa.Table(
    "results", metadata,
    sa.Column("campaign_id", _campaign_key(), primary_key=True),
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("sha256", sa.String, nullable=False),
    sa.Column("bytes", sa.Integer, nullable=False),
    sa.Column("created_at", sa.String, nullable=False),
)  # fmt: skip

models = sa.Table(
    "models", metadata,
    sa.Column("campaign_id", _campaign_key(), primary_key=True),
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("sha256", sa.String, nullable=False),
    sa.Column("card", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("created_at", sa.String, nullable=False),
)  # fmt: skip

preferences = sa.Table(
    "preferences", metadata,
    sa.Column("owner", sa.String, primary_key=True),
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)  # fmt: skip


class Database:
    """One database behind one URL; `read` and `write` are the only doors to it.

    SQLite: one file with a write-ahead log, every commit synchronised to the disk before it is acknowledged. Writers of
    all processes queue at a lock file, and the log is moved into the database file under that lock only: in SQLite
    before 3.51.3 a commit of one connection during the checkpoint of another can damage the file ("WAL-reset bug",
    sqlite.org/wal.html), and Python brings older ones.
    """

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self.embedded = self.url.get_backend_name() == "sqlite"
        self._thread_lock = threading.Lock()
        self._commits = 0
        self._lock: FileLock | None = None
        if self.embedded:
            self.engine = _embedded_engine(self.url)
            self._lock = FileLock(Path(str(self.url.database) + ".lock"))
        else:
            self.engine = sa.create_engine(self.url, pool_pre_ping=True)
        self._open()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A transaction that only reads: everything in it is one moment's state."""
        with _said_in_words(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that writes; committed and on the disk when the block is left without an exception."""
        with _said_in_words(), self._one_writer(), self.engine.connect() as connection:
            with connection.execution_options(writes=True).begin():
                yield connection
            self._commits += 1
            if self.embedded and self._commits % CHECKPOINT_EVERY == 0:
                self._checkpoint()

    def close(self) -> None:
        """Move the log into the database file and let go of it."""
        if self.embedded:
            with self._one_writer():
                self._checkpoint()
                self.engine.dispose()
        self.engine.dispose()

    def backup(self, target: Path) -> None:
        """A consistent copy of the embedded database while it is in use; the target must not exist."""
        if not self.embedded:
            raise ValueError("only the embedded database is copied here; a server has its own back-up")
        if target.exists():
            raise AssessmentError(Problem("store_backup_exists", params={"file": target.name}))
        with self._one_writer(), self.engine.connect() as connection:
            connection.execution_options(autocommit_statement=True)
            connection.exec_driver_sql("VACUUM INTO ?", (str(target),))
        os.chmod(target, 0o600)

    @contextmanager
    def _one_writer(self) -> Iterator[None]:
        with self._thread_lock:
            if self._lock is None:
                yield
                return
            with self._lock:
                yield

    def _checkpoint(self) -> None:
        """Passive: waits for nobody who reads."""
        with self.engine.connect() as connection:
            connection.execution_options(autocommit_statement=True)
            connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")

    def _open(self) -> None:
        with self.write() as connection:
            metadata.create_all(connection)
            if self.embedded:
                _forbid_changes(connection)
            found = connection.scalar(sa.select(facts.c.value).where(facts.c.key == "schema"))
            if found is None:
                connection.execute(facts.insert().values(key="schema", value=SCHEMA))
            elif found in EARLIER:
                connection.execute(facts.update().where(facts.c.key == "schema").values(value=SCHEMA))
            elif found != SCHEMA:
                raise AssessmentError(Problem("store_other_version", params={"found": found, "known": SCHEMA}))


# Everything that is SQLite's own stands below this line.


def _embedded_engine(url: sa.URL) -> sa.Engine:
    try:  # answers and names are nobody else's business on this machine
        os.close(os.open(str(url.database), os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise AssessmentError(Problem("store_cannot_open", params={"detail": error.strerror})) from error
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS})

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own transactions begin too late and lose updates; see `begin`
        for setting in (
            "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "wal_autocheckpoint=0", "secure_delete=ON",
        ):  # fmt: skip
            connection.execute(f"PRAGMA {setting}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("autocommit_statement"):
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")

    return engine


def _forbid_changes(connection: sa.Connection) -> None:
    """The database itself refuses to alter or remove an entry of the record."""
    for act in ("UPDATE", "DELETE"):
        connection.exec_driver_sql(
            f"CREATE TRIGGER IF NOT EXISTS record_no_{act.lower()} BEFORE {act} ON record "
            "BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END"
        )


_WORDS = {
    "disk is full": "store_disk_full",
    "readonly": "store_read_only",
    "unable to open": "store_cannot_open",
    "is locked": "store_busy",
    "not a database": "store_damaged",
    "malformed": "store_damaged",
}


@contextmanager
def _said_in_words() -> Iterator[None]:
    """What a machine does to us is a problem a person can act on; everything else stays our own loud fault."""
    try:
        yield
    except sa.exc.DatabaseError as error:
        code = next((code for words, code in _WORDS.items() if words in str(error.orig)), None)
        if code is None:
            raise
        raise AssessmentError(Problem(code, params={"detail": str(error.orig)})) from error
