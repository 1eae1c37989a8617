"""The schema's version: is it current, and how does it become so?

Alembic is imported only when there is something to do: a sync whose schema is current never pays for it.
"""

from __future__ import annotations

import glob
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from db import postgresql
from db.engine import in_words
from db.sqlite import APPLICATION_ID
from db.sqlite_files import PART
from db.tables import metadata
from sync.errors import DatabaseUnusable

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

    from db.engine import Database

BACKUP = ".backup"
"""How the name of a backup before an upgrade ends."""
HEAD = "0002"
"""The newest revision in `migrations/versions`; a test holds the two together."""


def require_current(database: Database) -> None:
    """Raise DatabaseUnusable unless the schema is this program's; for commands that only read."""
    revision = _stored_revision(database)
    if revision is None:
        raise DatabaseUnusable(f"{database.where}: the database is empty; `ianawatch sync` fills it")
    if revision != HEAD:
        _refuse_newer(database.where, revision)
        raise DatabaseUnusable(
            f"{database.where}: the schema is of an earlier version; run `ianawatch database upgrade`"
        )


def upgrade(database: Database) -> Path | None:
    """Bring the schema up to date, all or nothing; the backup of an old one, made beside the file, or None.

    Of two at once one does it, and the other waits and finds it done. Raises DatabaseUnusable for a schema
    that is newer than this program, not whole, or in the way of its upgrade.
    """
    revision = _stored_revision(database)
    if revision == HEAD:
        return None
    if revision is not None:
        _refuse_newer(database.where, revision)
    saved = None
    try:
        with database.migrate() as connection:
            revision = _revision(connection, database.where)
            if revision is None:
                _refuse_encoding(connection, database.where)
            if revision != HEAD:
                saved = _backup(database, revision)
                _migrate(connection)
    except BaseException as e:
        # The database is as it was: one that can't be upgraded is not copied anew by every run.
        if saved is not None:
            saved.unlink()
        if isinstance(e, DBAPIError):
            raise DatabaseUnusable(
                f"{database.where}: the schema can't be upgraded: {in_words(e.orig)}; "
                "nothing was changed: take out what is not ianawatch's, or use the ianawatch that wrote it"
            ) from e
        raise
    return saved


def _stored_revision(database: Database) -> str | None:
    with database.read() as connection:
        return _revision(connection, database.where)


def _revision(connection: Connection, where: str) -> str | None:
    """The schema's revision; None for a database in which there is nothing of ours."""
    there = set(inspect(connection).get_table_names())
    revision: str | None = None
    if "alembic_version" in there:
        revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    ours = set(metadata.tables)
    if revision is None and ours & there:
        problem = "it has tables of ianawatch's, and no version of the schema"
    elif revision == HEAD and ours - there:
        problem = f"tables are missing: {', '.join(sorted(ours - there))}"
    else:
        return revision
    raise DatabaseUnusable(
        f"{where}: the database is damaged ({problem}); nothing was written: "
        "put a backup in its place (docs/operating.md)"
    )


def _refuse_encoding(connection: Connection, where: str) -> None:
    """Raise DatabaseUnusable where not every text could be stored."""
    if connection.dialect.name == "postgresql" and (found := postgresql.encoding(connection)) != "UTF8":
        raise DatabaseUnusable(
            f"{where}: the database's encoding is {found}, which can't hold every name; "
            "make one with `createdb --encoding=UTF8 --template=template0`"
        )


def _backup(database: Database, revision: str | None) -> Path | None:
    if revision is None or database.path is None:
        return None
    # Those of an upgrade that was killed: nobody else upgrades now.
    for part in database.path.parent.glob(f"{glob.escape(database.path.name)}.*{BACKUP}.*{PART}"):
        part.unlink()
    # To the microsecond: an upgrade that was killed may be tried again within the second.
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    saved = database.path.with_name(f"{database.path.name}.{revision}-{stamp}{BACKUP}")
    database.backup(saved)
    return saved


def _migrate(connection: Connection) -> None:
    config = _config()
    from alembic import command  # noqa: PLC0415  # 80 ms that only an upgrade pays

    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")


def _refuse_newer(where: str, revision: str) -> None:
    config = _config()
    from alembic.script import ScriptDirectory  # noqa: PLC0415  # as above

    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision not in known:
        raise DatabaseUnusable(
            f"{where}: the database was written by a newer ianawatch (schema {revision}); upgrade the program"
        )


def _config() -> Config:
    """Where the migrations are. What is first to load Alembic."""
    # In half the time: Mako, which it writes new migrations with, colours its error pages with Pygments, and
    # goes without where that is not installed.
    sys.modules.setdefault("mako.ext.pygmentplugin", None)  # type: ignore[arg-type]  # as importlib says
    from alembic.config import Config  # noqa: PLC0415  # as above

    config = Config()
    # Beside this package in a wheel, an editable install and a checkout alike. A `%` would be interpolated.
    migrations = Path(__file__).resolve().parents[1] / "migrations"
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    return config
