"""On a PostgreSQL server the same holds as in a file: one writer, one view, the same rows.

The server is the test's own: without PostgreSQL's programs and psycopg these tests are skipped.
"""

from __future__ import annotations

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
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from db import postgresql
from db import tables as t
from db.deliveries import Deliveries
from db.engine import Database
from db.upgrade import HEAD, require_current, upgrade
from sync.errors import DatabaseLocked, DatabaseUnusable
from sync.news.alerts import Audience
from sync.run import Sync, sync_watches
from sync.settings.model import Settings
from sync.watches import CLOSE_CODES

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Said(Exception):
    """What a driver raises: PEP 249 names the classes, psycopg gives a state."""

    sqlstate: str | None = None


class OperationalError(Said):
    """A server that is out of reach."""


@pytest.mark.parametrize(
    ("state", "busy", "advice"),
    [
        ("55P03", True, None),
        ("42501", False, "give the URL's user the rights to it"),
        ("53100", False, "check the server and the URL"),
        ("08006", False, "check the server and the URL"),
        ("57P01", False, "check the server and the URL"),
        ("42P01", False, None),
        ("23505", False, None),
    ],
    ids=["lock", "rights", "disk", "connection", "shut down", "no such table", "twice"],
)
def test_a_state_tells_the_server_from_a_bug(state: str, busy: bool, advice: str | None) -> None:
    error = Said()
    error.sqlstate = state
    assert postgresql.is_busy(error) is busy
    assert postgresql.what_to_do(error) == advice


def test_without_a_state_it_is_the_way_to_the_server_or_a_bug() -> None:
    assert postgresql.what_to_do(OperationalError()) == "check the server and the URL"
    assert postgresql.what_to_do(Said()) is None
    assert postgresql.what_to_do(None) is None


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
        with pytest.raises(DBAPIError, match="read-only"):
            reader.execute(insert(t.document).values(url="b"))


def test_what_is_wrong_with_a_statement_stays_a_bug(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(t.document).values(url="a"))
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(insert(t.document).values(url="a"))
    with pytest.raises(ProgrammingError), database.read() as connection:
        connection.execute(text("SELECT * FROM missing"))


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql+psycopg://ann:secret@/codes?host=/nowhere", "check the server"),
        ("{}nowhere", "does not exist; check the server"),
    ],
    ids=["no server", "no database"],
)
def test_what_is_out_of_reach_is_said_without_the_password(server: str, url: str, says: str) -> None:
    database = Database.open(url.replace("{}nowhere", server.format("nowhere")))
    with pytest.raises(DatabaseUnusable, match=says) as caught:
        require_current(database)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


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
