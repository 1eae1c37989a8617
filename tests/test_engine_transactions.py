"""A transaction is whole or nothing, excludes the others it must, and says what went wrong."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from databases import add_document, documents, files, held_by_another, migrated, rows, watch_on
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import OperationalError as StatementFailed

from db import tables as t
from db.engine import Database, explained
from db.sqlite import PatientConnection
from db.upgrade import upgrade
from sync.errors import DatabaseLocked, DatabaseUnusable


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for longer than a moment."""
    monkeypatch.setattr(PatientConnection, "wait", 0.05)


def break_off_after_adding(database: Database, url: str) -> None:
    with database.write() as connection:
        connection.execute(insert(t.document).values(url=url))
        raise KeyboardInterrupt


# -- transactions -----------------------------------------------------------------------------------


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    database = migrated(tmp_path)
    add_document(database, "a")
    with pytest.raises(KeyboardInterrupt):
        break_off_after_adding(database, "b")
    assert documents(database) == ["a"]


@pytest.mark.usefixtures("impatient")
def test_writers_exclude_one_another_from_the_beginning(tmp_path: Path) -> None:
    database = migrated(tmp_path)
    with ExitStack() as writers:
        writers.enter_context(database.write())
        with pytest.raises(DatabaseLocked):
            writers.enter_context(database.write())


def test_readers_go_on_while_a_writer_works(tmp_path: Path) -> None:
    database = migrated(tmp_path)
    add_document(database, "a")
    with database.write() as connection:
        connection.execute(insert(t.document).values(url="b"))
        assert documents(database) == ["a"]


def test_a_reader_has_one_view(tmp_path: Path) -> None:
    path = migrated(tmp_path).path
    assert path
    with Database.open(str(path)).read() as connection, closing(sqlite3.connect(path, timeout=0)) as other:
        assert connection.execute(select(t.document)).all() == []
        other.execute("INSERT INTO document (url) VALUES ('a')")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.commit()


def test_what_is_wrong_with_a_statement_stays_a_bug(tmp_path: Path) -> None:
    database = migrated(tmp_path)
    with pytest.raises(StatementFailed, match="no such table"):
        rows(database, "SELECT * FROM missing")
    add_document(database, "a")
    with pytest.raises(IntegrityError):
        add_document(database, "a")
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(insert(t.observation).values(document_id=99))


@pytest.mark.usefixtures("impatient")
def test_a_lock_that_is_met_in_the_middle_is_a_lock(tmp_path: Path) -> None:
    path = migrated(tmp_path).path
    assert path
    with (
        held_by_another(path, "BEGIN EXCLUSIVE"),
        pytest.raises(DatabaseLocked, match="another program"),
        explained("codes"),
        closing(sqlite3.connect(path, timeout=0)) as connection,
    ):
        connection.execute("SELECT * FROM document")


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE document SET url = CAST(x'61c162' AS TEXT)", "put a backup in its place"),
        (
            "UPDATE document SET older_since = 'yesterday'",
            r"damaged \('yesterday' is no time\); put a backup",
        ),
    ],
    ids=["no text", "no time"],
)
def test_what_was_never_written_is_a_damage(tmp_path: Path, statement: str, says: str) -> None:
    database = migrated(tmp_path)
    assert database.path
    add_document(database, "a")
    with closing(sqlite3.connect(database.path)) as shell, shell:
        shell.execute(statement)
    with pytest.raises(DatabaseUnusable, match=says), database.read() as connection:
        connection.execute(select(t.document)).all()


FILL_THE_DISK = """
import resource, sys
from sqlalchemy import insert, select
from db import tables as t
from db.engine import Database
from db.upgrade import upgrade
from sync.errors import DatabaseUnusable
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
try:
    database = Database.create(sys.argv[1])
    upgrade(database)
    with database.write() as connection:
        connection.execute(insert(t.document).values(url="b"))
        connection.execute(insert(t.document).values(url="c" * 500_000))
except DatabaseUnusable as e:
    print(e)
"""


def on_a_full_disk(path: Path, size: int) -> str:
    """What a writer says who may make no file longer than `size` bytes."""
    arguments = [sys.executable, "-c", FILL_THE_DISK, str(path), str(size)]
    run = subprocess.run(arguments, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
    return run.stdout


def test_a_full_disk_leaves_nothing_half_done(tmp_path: Path) -> None:
    database = migrated(tmp_path)
    assert database.path
    add_document(database, "a")
    before = files(tmp_path)
    said = on_a_full_disk(database.path, len(before[database.path.name]) + 10_000)
    assert said.startswith(f"{database.path}: the database can't be used: ")
    assert "room on" in said
    assert files(tmp_path) == before
    add_document(database, "b")
    assert documents(database) == ["a", "b"]


def test_a_disk_too_full_for_the_schema_leaves_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "codes.db"
    assert "room on" in on_a_full_disk(path, 20_000)
    assert files(tmp_path) == {"codes.db": b""}
    upgrade(Database.create(str(path)))
    assert documents(Database.open(str(path))) == []


# -- changes of the schema ----------------------------------------------------------------------------


def test_a_table_is_rebuilt_without_losing_what_points_to_it(tmp_path: Path) -> None:
    database = migrated(tmp_path)
    with database.write() as connection:
        watch_on(connection)
    with database.migrate() as connection:
        operations = Operations(MigrationContext.configure(connection))
        for view in (
            "close_codes",
            "flagged_codes",
            "registration_history",
            "registrations",
            "flags",
            "history",
        ):
            operations.execute(f"DROP VIEW {view}")
        with operations.batch_alter_table("document", recreate="always") as table:
            table.drop_column("older_since")
    assert rows(database, "SELECT document.url FROM watch JOIN document ON document.id = document_id") != []


def test_a_migration_that_leaves_something_pointing_nowhere_is_refused(tmp_path: Path) -> None:
    database = migrated(tmp_path)
    with database.write() as connection:
        watch_on(connection)
    with pytest.raises(DatabaseUnusable, match="nothing was changed"), database.migrate() as connection:
        connection.exec_driver_sql("DELETE FROM document")
    assert len(documents(database)) == 1
