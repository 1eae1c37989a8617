"""Databases with the real schema, and what gets in the way of one: another program's lock, a user's rights.

    database = migrated(tmp_path)              a file, as a sync finds it
    database = rehearsed()                     in memory, for what no file is needed for
    with held_by_another(path, "BEGIN IMMEDIATE"): ...

The schema is made by the migrations, once in a run of the tests; each test has a copy.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from hypothesis import strategies as st
from sqlalchemy import event, insert, select

from db import tables as t
from db.engine import Database
from db.registry_store import RegistryStore
from db.snapshot_store import KeptVersion, SnapshotStore
from db.sqlite import APPLICATION_ID
from db.upgrade import upgrade
from sync.records import Assignment, Content, Reference
from sync.watches import Watch

if TYPE_CHECKING:
    from sqlalchemy import Connection

MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"
DOCUMENT = "https://example.org/codes.xml"
WATCH = Watch("codes", DOCUMENT, "codes", bounds=(0, 9999), watched=(3000, 3999))
NOBODY = 65534
"""The user that owns nothing."""

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
"""Whatever text a document may hold."""
maybe_texts = st.none() | texts
times = st.datetimes(
    datetime(2015, 1, 1),  # noqa: DTZ001  # the zone is there
    datetime(2035, 1, 1),  # noqa: DTZ001  # as above
    timezones=st.just(UTC),
).map(lambda at: at.replace(microsecond=0))
"""Whatever time a clock may show."""
maybe_times = st.none() | times
contents = st.builds(
    Content,
    description=texts,
    assignment=st.just(Assignment.ASSIGNED),
    registered_on=maybe_texts,
    revised_on=maybe_texts,
    references=st.lists(st.builds(Reference, texts, texts, texts), max_size=2).map(tuple),
    contacts=st.lists(texts, max_size=2).map(tuple),
    extra=st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
)
"""Whatever a registration may say."""


def migrated(folder: Path) -> Database:
    """A database file without a row, at the newest schema."""
    path = folder / "ianawatch.db"
    path.write_bytes(_newest().read_bytes())
    return Database.open(str(path))


def rehearsed() -> Database:
    """A database in memory without a row, at the newest schema."""
    return Database.rehearse(str(_newest()))


def emptied(connection: Connection) -> None:
    """Begin anew: the tests of a module share a database in memory."""
    for table in reversed(t.metadata.sorted_tables):
        connection.execute(table.delete())


def watch_on(connection: Connection, url: str = DOCUMENT, name: str = WATCH.name) -> int:
    """The row of a watch on a document; both are made when they are not there."""
    store = RegistryStore(connection)
    (document_id,) = store.add_documents([url])
    store.add_watches([(document_id, replace(WATCH, name=name, document=url))])
    watch_id = connection.scalar(select(t.watch.c.id).where(t.watch.c.name == name))
    assert isinstance(watch_id, int)
    return watch_id


def versions(connection: Connection, *digests: str, url: str = DOCUMENT) -> dict[str, int]:
    """The rows of a document's versions, by SHA-256; those that are not there are made."""
    snapshots = SnapshotStore(connection)
    snapshots.keep(KeptVersion(url, digest, digest.encode(), None) for digest in digests)
    return snapshots.ids(url)


def at_revision(path: Path, revision: str) -> Database:
    """A database file at an earlier revision, without a row."""
    database = Database.create(str(path))
    with database.migrate() as connection:
        migrate_to(connection, revision)
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    return database


def migrate_to(connection: Connection, revision: str) -> None:
    """Run the migrations up to a revision."""
    config = scripts_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def scripts() -> ScriptDirectory:
    """The migrations."""
    return ScriptDirectory.from_config(scripts_config())


def scripts_config() -> Config:
    """Where the migrations are, for Alembic."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


@contextmanager
def held_by_another(path: Path, *statements: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that has run the statements, and keeps what they locked until the block ends.

    It ends, and commits what it began, when it is given a line, too.
    """
    program = (
        "import sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "for statement in sys.argv[2:]:\n"
        "    connection.execute(statement).fetchall()\n"
        "print('held', flush=True)\n"
        "sys.stdin.readline()\n"
        "connection.commit()\n"
    )
    arguments = [sys.executable, "-c", program, str(path), *statements]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process


def break_off(path: Path) -> None:
    """Have a program die within a transaction that has reached the file: its journal stays beside it."""
    program = (
        "import os, sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "connection.execute('PRAGMA cache_size = 1')\n"
        "connection.execute('BEGIN')\n"
        "urls = [(str(n) * 1000,) for n in range(100)]\n"
        "connection.executemany('INSERT INTO document (url) VALUES (?)', urls)\n"
        "os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(path)], check=True)
    assert path.with_name(f"{path.name}-journal").exists()


@contextmanager
def plain_user() -> Iterator[Path]:
    """A folder, and the rights of a user to whom permissions apply: root's tests go on as nobody."""
    with tempfile.TemporaryDirectory() as name:
        folder, user = Path(name), os.geteuid()
        if user == 0:
            os.chown(folder, NOBODY, -1)
            try:
                os.seteuid(NOBODY)
            except OSError:
                pytest.skip("root, and no other user to be: permissions apply to nobody here")
        try:
            if not os.access(MIGRATIONS / "env.py", os.R_OK, effective_ids=True):
                pytest.skip("this checkout lies where no other user may read it")
            yield folder
        finally:
            folder.chmod(0o700)
            os.seteuid(user)


@contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    """The statements that are executed."""
    statements: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(connection, "before_cursor_execute", count)
    try:
        yield statements
    finally:
        event.remove(connection, "before_cursor_execute", count)


def add_document(database: Database, url: str) -> None:
    """The least that a transaction may write."""
    with database.write() as connection:
        connection.execute(insert(t.document).values(url=url))


def documents(database: Database) -> list[str]:
    """The documents' URLs, sorted."""
    with database.read() as connection:
        return list(connection.scalars(select(t.document.c.url).order_by(t.document.c.url)))


def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    """What a person with the `sqlite3` shell sees."""
    with database.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@cache
def _newest() -> Path:
    path = Path(_folder().name) / "newest.db"
    upgrade(Database.create(str(path)))
    return path


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Deleted when the run of the tests ends."""
    return tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
