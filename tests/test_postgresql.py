"""On a PostgreSQL server the same holds as in a file: one writer, one view, the same rows.

The server is the test's own: without PostgreSQL's programs and psycopg these tests are skipped.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import postgresql_server
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from builders import document, row
from databases import migrated
from program import Program
from sqlalchemy import create_engine, exc, insert, make_url, select, text
from sqlalchemy.pool import NullPool

from db import postgresql
from db import tables as t
from db.deliveries import Deliveries
from db.engine import Database
from db.upgrade import HEAD, require_current, upgrade
from sync.audience import Audience
from sync.errors import DatabaseLocked, DatabaseUnusable, Exit
from sync.run import Sync, sync_watches
from sync.settings.model import Settings
from sync.watches import CLOSE_CODES

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Said(Exception):
    """What a driver raises: PEP 249 names the classes, psycopg gives a state."""

    sqlstate: str | None = None


class OperationalError(Said):
    """A server that is out of reach."""


class ProgrammingError(Said):
    """A statement that is wrong, or an option of the connection."""


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """For what a person sees."""
    return Program(tmp_path)


@pytest.mark.parametrize(
    ("state", "busy", "advice"),
    [
        ("55P03", True, None),
        ("40P01", True, None),
        ("42501", False, "give the URL's user the rights"),
        ("53100", False, "make room on the server"),
        ("08006", False, "check that the server runs"),
        ("57P01", False, "the next run tries again"),
        ("25P03", False, "the next run tries again"),
        ("25006", False, "name the primary server"),
        ("25001", False, None),
        ("42P01", False, None),
        ("23505", False, None),
    ],
    ids=[
        "lock",
        "deadlock",
        "rights",
        "disk",
        "connection",
        "shut down",
        "idle for too long",
        "standby",
        "transaction within a transaction",
        "no such table",
        "twice",
    ],
)
def test_a_state_tells_the_server_from_a_bug(state: str, busy: bool, advice: str | None) -> None:
    error = Said()
    error.sqlstate = state
    assert postgresql.is_busy(error) is busy
    assert (postgresql.what_to_do(error) or "").startswith(advice or "")
    assert (postgresql.what_to_do(error) is None) is (advice is None)


def test_without_a_state_it_is_the_way_to_the_server_or_a_bug() -> None:
    assert "check that the server runs" in str(postgresql.what_to_do(OperationalError()))
    assert "check that the server runs" in str(postgresql.what_to_do(ProgrammingError(), connecting=True))
    assert postgresql.what_to_do(ProgrammingError()) is None
    assert postgresql.what_to_do(Said()) is None
    assert postgresql.what_to_do(None) is None


def test_the_url_has_its_own_options_and_those_that_it_left_out() -> None:
    url = make_url("postgresql+psycopg://ann@/codes?host=/run&application_name=mine")
    query = postgresql.url_with_options(url).query
    assert (query["host"], query["application_name"]) == ("/run", "mine")
    assert (query["client_encoding"], query["keepalives_idle"]) == ("utf8", "30")
    other = make_url("mysql+pymysql://ann@/codes")
    assert postgresql.url_with_options(other) == other


@pytest.mark.parametrize(
    ("psycopg", "says"),
    [
        ("raise ModuleNotFoundError('No module named psycopg')", "No module named psycopg; give a file"),
        (
            "raise ImportError('no pq wrapper available.\\nAttempts made:\\n- none')",
            "Attempts made: - none; give",
        ),
    ],
    ids=["no psycopg", "no libpq"],
)
def test_a_driver_that_is_missing_is_named_on_one_line(
    psycopg: str, says: str, program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "psycopg.py").write_text(psycopg, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "psycopg", raising=False)
    answer = program.here("--database", "postgresql+psycopg://ann:secret@/codes", "status")
    assert (answer.exit_code, answer.err.count("\n")) == (Exit.CONFIGURATION, 1)
    assert says in answer.err
    assert "ianawatch[postgresql]" in answer.err
    assert "secret" not in answer.err


# -- with a server ----------------------------------------------------------------------------------


@pytest.fixture
def database(server: str) -> Iterator[Database]:
    """A database at the newest schema."""
    with postgresql_server.migrated(server) as database:
        yield database


def test_the_schema_is_the_one_the_tables_describe(database: Database) -> None:
    require_current(database)
    with database.read() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, t.metadata) == []
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == HEAD


def test_writers_exclude_one_another(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "LOCK_WAIT", 1)
    with ExitStack() as writers:
        writers.enter_context(database.write()).execute(insert(t.document).values(url="a"))
        with database.read() as reader:
            assert reader.execute(select(t.document)).all() == []
        with pytest.raises(DatabaseLocked, match="another program holds the database's lock"):
            writers.enter_context(database.write())


def test_a_reader_has_one_view_and_writes_nothing(database: Database) -> None:
    with database.read() as reader:
        assert reader.execute(select(t.document)).all() == []
        with database.write() as writer:
            writer.execute(insert(t.document).values(url="a"))
        assert reader.execute(select(t.document)).all() == []
        with pytest.raises(exc.DBAPIError, match="read-only"):
            reader.execute(insert(t.document).values(url="b"))


def test_what_is_wrong_with_a_statement_stays_a_bug(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(t.document).values(url="a"))
    with pytest.raises(exc.IntegrityError), database.write() as connection:
        connection.execute(insert(t.document).values(url="a"))
    with pytest.raises(exc.ProgrammingError), database.read() as connection:
        connection.execute(text("SELECT * FROM missing"))


def test_a_writer_that_says_nothing_for_too_long_makes_way(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its host went away or sleeps: the server ends its transaction, and the next writer has its turn."""
    monkeypatch.setattr(postgresql, "LONGEST_PAUSE", 0.1)
    with ExitStack() as asleep:
        connection = asleep.enter_context(database.write())
        connection.execute(insert(t.document).values(url="a"))
        with database.write() as next_one:
            assert next_one.execute(select(t.document)).all() == []
        with pytest.raises(DatabaseUnusable, match="the next run tries again"):
            asleep.close()


# -- what a person is told ----------------------------------------------------------------------------------


@pytest.fixture
def url(server: str) -> Iterator[str]:
    """An empty database, in which `ann` may do everything and `eve`, who has a password, nothing."""
    with postgresql_server.new_database(server) as url:
        engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as administrator:
            administrator.exec_driver_sql("CREATE ROLE eve LOGIN PASSWORD 'secret'")
            yield url
        with engine.connect() as administrator:
            administrator.exec_driver_sql("DROP ROLE eve")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("host=", "host=/nowhere", "No such file or directory"),
        ("/codes", "/nowhere", 'database "nowhere" does not exist; check that the server runs'),
        ("ann@", "eve:wrong@", 'password authentication failed for user "eve"; check that the server runs'),
        ("ann@", "eve@", "no password supplied; check that the server runs"),
        ("ann@", "eve:secret@", "permission denied for schema public; give the URL's user the rights"),
        ("?", "?colour=red&", 'invalid connection option "colour"; check that the server runs'),
        ("?", "?options=-csearch_path%3Dnone&", "make the schema that the user's search_path names"),
        ("?", "?options=-cdefault_transaction_read_only%3Don&", "name the primary server"),
        ("@/codes?host=", "@nowhere.invalid/codes?unix=", "failed to resolve host"),
        ("@/codes?host=", "@127.0.0.1:9/codes?unix=", "check that the server runs"),
    ],
    ids=[
        "no server",
        "no database",
        "wrong password",
        "no password",
        "no rights",
        "unknown option",
        "no schema",
        "read only",
        "no host",
        "no port",
    ],
)
def test_what_can_not_be_used_is_named_on_one_line(
    old: str, new: str, says: str, url: str, program: Program
) -> None:
    program.serve([row("1000", "Normal Closure")])
    answer = program.here("--database", url.replace(old, new, 1), "sync", *program.sources())
    assert (answer.exit_code, answer.out, answer.err.count("\n")) == (Exit.DATABASE, "", 1)
    assert says in answer.err
    assert "secret" not in answer.err


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_an_encoding_that_can_not_hold_every_name_is_refused(
    encoding: str, server: str, program: Program
) -> None:
    program.serve([row("1000", "Normal Closure")])
    with postgresql_server.new_database(server, options=f"ENCODING '{encoding}' LOCALE 'C'") as url:
        answer = program.here("--database", url, "sync", *program.sources())
    assert (answer.exit_code, answer.err.count("\n")) == (Exit.DATABASE, 1)
    assert f"the database's encoding is {encoding}, which can't hold every name; make one with" in answer.err


def test_commands_that_make_no_sense_here_name_what_does(url: str, program: Program) -> None:
    program.serve([row("1000", "Normal Closure")])
    at = ["--database", url]
    assert program.here(*at, "sync", *program.sources()).exit_code == Exit.DONE
    for command, says in {
        ("database", "backup", "copy.db"): "pg_dump",
        ("database", "metadata"): "Datasette shows SQLite files only",
        ("sync", "--dry-run"): "name a file with --database",
    }.items():
        answer = program.here(*at, *command)
        assert (answer.exit_code, answer.out, answer.err.count("\n")) == (Exit.USAGE, "", 1)
        assert says in answer.err
    answer = program.here(*at, "database", "check")
    assert (answer.exit_code, "the schema is 0002" in answer.out, "pg_amcheck" in answer.out) == (
        0,
        True,
        True,
    )


def test_a_schema_that_is_not_whole_is_refused(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("DROP TABLE message_alert"))
    with pytest.raises(DatabaseUnusable, match="tables are missing: message_alert"):
        upgrade(database)


def test_syncs_leave_the_rows_that_they_leave_in_a_file(database: Database, tmp_path: Path) -> None:
    source = tmp_path / "codes.xml"
    of_both = [database, migrated(tmp_path)]
    sync = Sync(
        watches=[replace(CLOSE_CODES, mirror=str(source))],
        settings=Settings(),
        channels={"stdout": {Audience.READERS}, "stderr": {Audience.OPERATORS}},
    )
    for days, records in enumerate(
        (
            [row("1000", "Normal Closure"), row("1001-3999", "Unassigned")],
            [row("1000", "Normal Closure"), row("3000", "Ünauthorized", date="2021-09-06")],
            [row("1000", "Normal"), row("3000", "Unauthorized", date="2021-09-06"), row("3o", "?")],
            [row("1000", "Normal"), row("3001", "Forbidden", date="2022-01-01")],
        )
    ):
        source.write_bytes(document(records, updated=f"2021-09-{days + 1:02}"))
        for one in of_both:
            sync_watches(one, sync, NOON + timedelta(days=2 * days))
    for one in of_both:
        with one.write() as connection:
            assert Deliveries(connection).claim("stdout", NOON + timedelta(days=9))
    assert contents(of_both[0]) == contents(of_both[1])


def contents(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with database.read() as connection:
        return {
            table.name: [tuple(found) for found in connection.execute(select(table).order_by(table.c.id))]
            for table in t.metadata.sorted_tables
        }
