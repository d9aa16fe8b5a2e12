"""The database underneath: settings that lose nothing, one writer, and a schema other databases understand too."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from assessment.problems import AssessmentError
from assessment.store.schema import CHECKPOINT_EVERY, SCHEMA, Database, facts, metadata

ASSESSMENT = Path(__file__).parents[1] / "assessment"


@pytest.fixture
def database(tmp_path):
    opened = Database(f"sqlite:///{tmp_path}/s.db")
    yield opened
    opened.close()


def pragma(database, name):
    with database.read() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


@pytest.mark.parametrize(("name", "value"), [
    ("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("wal_autocheckpoint", 0), ("secure_delete", 1),
    ("busy_timeout", 30_000),
])  # fmt: skip
def test_every_connection_has_the_settings_that_lose_nothing(database, name, value):
    assert pragma(database, name) == value


def test_a_writer_holds_the_write_lock_from_its_first_moment(database, tmp_path):
    other = sqlite3.connect(tmp_path / "s.db", timeout=0, isolation_level=None)
    with database.write(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.close()


def test_a_reader_takes_no_lock_from_writers(database, tmp_path):
    with database.read() as connection:
        connection.execute(sa.select(facts)).all()
        with database.write() as writing:
            writing.execute(facts.insert().values(key="k", value="v"))
        assert connection.scalar(sa.select(facts.c.value).where(facts.c.key == "k")) is None
    with database.read() as connection:
        assert connection.scalar(sa.select(facts.c.value).where(facts.c.key == "k")) == "v"


def test_what_a_failed_block_wrote_is_gone(database):
    with pytest.raises(RuntimeError), database.write() as connection:
        connection.execute(facts.insert().values(key="k", value="v"))
        raise RuntimeError("our own fault")
    with database.write() as connection:
        assert connection.scalar(sa.select(facts.c.value).where(facts.c.key == "k")) is None


def test_the_log_is_moved_into_the_file_now_and_then(database, tmp_path):
    for number in range(CHECKPOINT_EVERY + 5):
        with database.write() as connection:
            connection.execute(facts.insert().values(key=f"k{number}", value="v" * 500))
    # the log starts anew after the move, so it never grows much beyond what so many commits write
    assert (tmp_path / "s.db-wal").stat().st_size < 2 * CHECKPOINT_EVERY * 4 * 4200
    assert (tmp_path / "s.db").stat().st_size > CHECKPOINT_EVERY * 500


def test_a_full_disk_is_a_problem_in_words_and_nothing_is_half_written(database):
    pages = pragma(database, "page_count")

    @sa.event.listens_for(database.engine, "begin")
    def small(connection):
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")

    with pytest.raises(AssessmentError, match="store_disk_full"), database.write() as connection:
        for number in range(50):
            connection.execute(facts.insert().values(key=f"k{number}", value="v" * 4000))
    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(facts)) == 1


def test_a_broken_statement_of_ours_stays_loud(database):
    with pytest.raises(sa.exc.OperationalError), database.read() as connection:
        connection.exec_driver_sql("SELECT * FROM no_such_table")


def test_a_folder_that_is_not_there_is_a_problem_in_words(tmp_path):
    with pytest.raises(AssessmentError, match="store_cannot_open"):
        Database(f"sqlite:///{tmp_path}/absent/s.db")


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_postgresql_understands_every_table(table):
    text = str(CreateTable(table).compile(dialect=postgresql.dialect()))
    assert f"CREATE TABLE {table.name}" in text and "BLOB" not in text


def test_what_only_sqlite_understands_stands_in_one_file():
    own = re.compile(r"PRAGMA|sqlite|VACUUM|exec_driver_sql|RAISE\(", re.IGNORECASE)
    guilty = {path.name for path in ASSESSMENT.rglob("*.py") if own.search(path.read_text(encoding="utf-8"))}
    assert guilty <= {"schema.py", "store.py"}
    address = own.findall((ASSESSMENT / "store" / "store.py").read_text(encoding="utf-8"))
    assert address == ["sqlite"]  # the URL of a file


def test_a_database_that_lacks_only_newer_tables_is_taken_on_as_it_is(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'store.db'}"
    database = Database(url)
    with database.write() as connection:
        connection.execute(facts.update().where(facts.c.key == "schema").values(value="1"))
        connection.exec_driver_sql("DROP TABLE models")
    database.close()
    again = Database(url)
    with again.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM models").scalar() == 0
        assert connection.scalar(facts.select().with_only_columns(facts.c.value)) == SCHEMA
    again.close()
