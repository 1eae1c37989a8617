"""Opening a database: which engine, with which transactions, and what is refused.

    Database.open(where)        for what must exist
    Database.create(where)      for a sync: made when it is missing, refused when damaged
    Database.rehearse(where)    a copy in memory, for --dry-run

`read()` and `write()` are the only transactions there are; `migrate()` is `upgrade`'s alone.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import Enum
from json import JSONDecodeError
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError, NoSuchModuleError
from sqlalchemy.pool import NullPool, StaticPool

from db import postgresql, sqlite, sqlite_files
from db.column_types import NotAsWritten, json_text
from db.locations import location, shown
from sync.errors import DatabaseLocked, DatabaseUnusable, UsageProblem, WrongConfiguration


class _Purpose(Enum):
    """What a transaction is for."""

    READ = "read"
    WRITE = "write"
    MIGRATE = "migrate"


@dataclass(frozen=True, slots=True)
class Database:
    """A database that may be used, whatever its schema."""

    engine: Engine
    where: str
    """A file path or a URL without its password, for messages."""
    path: Path | None = None
    """The SQLite file; None for another engine or a database in memory."""

    @classmethod
    def open(cls, where: str, *, damaged_too: bool = False) -> Database:
        """Open an existing database. Raises DatabaseUnusable when there is none, or another program's.

        `damaged_too` looks through the whole file, and refuses one in which there is damage.
        """
        named = location(where)
        if isinstance(named, URL):
            return cls._at_server(named)
        if not sqlite_files.is_there(named):
            raise DatabaseUnusable(f"{named}: there is no database yet; `ianawatch sync` makes it")
        return cls._of_file(named, damaged_too=damaged_too)

    @classmethod
    def create(cls, where: str) -> Database:
        """Open a database for writing; an SQLite file is made when it is missing, and checked when it is not.

        Raises CannotCreateDatabase, and DatabaseUnusable for a file that is foreign or damaged.
        """
        named = location(where)
        if isinstance(named, URL):
            return cls._at_server(named)
        if not sqlite_files.is_there(named):
            sqlite_files.create_file(named)
        database = cls._of_file(named, damaged_too=True)
        with explained(str(named)), closing(sqlite.connect(named)) as connection:
            # Somebody may have left the file in WAL mode, which keeps a part of the data beside it.
            connection.patiently("PRAGMA journal_mode = DELETE")
        return database

    @classmethod
    def rehearse(cls, where: str) -> Database:
        """Open a copy in memory: what is written there is forgotten, and the file is not touched."""
        named = location(where)
        if isinstance(named, URL):
            raise UsageProblem(
                f"{shown(named)}: --dry-run works on a copy of an SQLite file, and this is a server; "
                "name a file with --database, even one that is not there"
            )
        with explained(str(named)):
            memory = sqlite_files.copy_in_memory(named)
        engine = _engine("sqlite://", creator=lambda: memory, poolclass=StaticPool)
        return cls(engine, f"a copy of {named} in memory")

    @classmethod
    def _of_file(cls, path: Path, *, damaged_too: bool) -> Database:
        with explained(str(path)), closing(sqlite.connect(path)) as connection:
            connection.begin(write=False)
            sqlite_files.refuse_foreign(connection, path)
            if damaged_too:
                sqlite_files.refuse_damaged(connection, path)
        engine = _engine("sqlite://", creator=lambda: sqlite.connect(path), poolclass=NullPool)
        return cls(engine, str(path), path)

    @classmethod
    def _at_server(cls, url: URL) -> Database:
        try:
            engine = _engine(postgresql.url_with_options(url), poolclass=NullPool)
        except (ImportError, NoSuchModuleError) as e:
            raise WrongConfiguration(
                f"{shown(url)}: the database's driver is not installed: {in_words(e)}; "
                "give a file path, or postgresql+psycopg://... with ianawatch[postgresql]"
            ) from e
        return cls(engine, shown(url))

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view of the data; nothing is written."""
        with self._transaction(_Purpose.READ) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, all or nothing; the lock is taken at its beginning.

        Raises DatabaseLocked when the lock is not free in time, DatabaseUnusable when it can't be written.
        """
        with self._transaction(_Purpose.WRITE) as connection:
            yield connection

    @contextmanager
    def migrate(self) -> Iterator[Connection]:
        """As `write()`, for changes of the schema: a table that others point to may be rebuilt.

        Raises DatabaseUnusable, too, when that leaves something pointing to what is not there.
        """
        with self._transaction(_Purpose.MIGRATE) as connection:
            yield connection
            on_sqlite = connection.dialect.name == "sqlite"
            if on_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise DatabaseUnusable(
                    f"{self.where}: rows point to rows that are not there; nothing was changed: "
                    "put a backup in its place (docs/operating.md)"
                )

    def backup(self, target: Path) -> None:
        """Copy the database to a file that must not exist, while others use it.

        Raises CannotCreateDatabase, and UsageProblem for what is not a file.
        """
        if self.path is None:
            raise UsageProblem(
                f"{self.where}: only a file is backed up; use the server's own means, such as pg_dump"
            )
        with explained(self.where):
            sqlite_files.backup(self.path, target)

    @contextmanager
    def _transaction(self, purpose: _Purpose) -> Iterator[Connection]:
        try:
            with (
                explained(self.where),
                self.engine.connect().execution_options(ianawatch=purpose) as connection,
                connection.begin(),
            ):
                yield connection
        except IntegrityError as e:
            # A row that fits none of the others: a bug, unless they do not fit each other either.
            with explained(self.where):
                damaged = self.path is not None and sqlite_files.contradicts_itself(self.path)
            if not damaged:
                raise
            raise DatabaseUnusable(
                f"{self.where}: the database is damaged (its rows contradict each other); nothing was "
                "written: put a backup in its place (docs/operating.md)"
            ) from e


def _engine(url: str | URL, **options: Any) -> Engine:  # noqa: ANN401  # whatever SQLAlchemy takes
    """An engine that writes JSON as `column_types` does, and whose transactions we begin ourselves.

    The driver would begin them late, and let two writers read the same state.
    """
    engine = sqlalchemy.create_engine(url, json_serializer=json_text, **options)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        purpose = connection.get_execution_options()["ianawatch"]
        driver = connection.connection.driver_connection
        if isinstance(driver, sqlite.PatientConnection):
            driver.begin(write=purpose is not _Purpose.READ, keep_references=purpose is not _Purpose.MIGRATE)
        elif connection.dialect.name == "postgresql":
            postgresql.begin(connection, write=purpose is not _Purpose.READ)

    return engine


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Turn what lies with the file, the disk or the server into an error that a person can act on.

    What lies with a statement is a bug, and passes through.
    """
    try:
        yield
    except (sqlite3.Error, DBAPIError) as e:
        cause = e.orig if isinstance(e, DBAPIError) else e
        if isinstance(cause, sqlite3.Error):
            busy, advice = sqlite.is_busy(cause), sqlite.what_to_do(cause)
        else:
            connecting = isinstance(e, DBAPIError) and e.statement is None
            busy, advice = postgresql.is_busy(cause), postgresql.what_to_do(cause, connecting=connecting)
        if busy:
            raise DatabaseLocked(
                f"{where}: another program holds the database's lock; the next run tries again"
            ) from e
        if advice is None:
            raise
        raise DatabaseUnusable(f"{where}: the database can't be used: {in_words(cause)}; {advice}") from e
    except (NotAsWritten, UnicodeDecodeError, JSONDecodeError, zlib.error) as e:
        # What was stored is no longer what it was; SQLite's own message may cite such bytes.
        raise DatabaseUnusable(
            f"{where}: the database is damaged ({e}); put a backup in its place (docs/operating.md)"
        ) from e


def in_words(error: BaseException | None) -> str:
    """What an engine or its driver says, on one line."""
    return " ".join((postgresql.message(error) or str(error)).split())
