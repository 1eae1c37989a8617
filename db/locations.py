"""What a person names as the database: a file, or the URL of a server."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy
from sqlalchemy import URL
from sqlalchemy.exc import ArgumentError

from sync.errors import WrongConfiguration


def location(where: str) -> Path | URL:
    """The SQLite file that a path or an `sqlite:///` URL names; another engine's URL as it is.

    A leading `~` is the user's home. Raises WrongConfiguration for what names neither.
    """
    if "://" not in where:
        return _path(where)
    try:
        url = sqlalchemy.make_url(where)
    except (ArgumentError, ValueError) as e:
        # The text is not shown: a password may be in it.
        raise WrongConfiguration(
            "the database's URL can't be read; name a file or a URL with --database"
        ) from e
    if url.get_backend_name() != "sqlite":
        return url
    # An option that says nothing is dropped on the way: `what?.db` would be the file `what`.
    if url.host or "?" in where:
        raise WrongConfiguration(
            f"{shown(url)}: an SQLite URL has three slashes, a path, and nothing else; "
            "name the file by its path with --database"
        )
    if not url.database or url.database == ":memory:":
        raise WrongConfiguration("a database in memory would forget everything; name a file with --database")
    return _path(url.database)


def shown(url: URL) -> str:
    """A URL for messages: without its password, and without options, which may hold one."""
    return url.set(query={}).render_as_string(hide_password=True)


def named(where: str) -> str:
    """What a person named, for that person: the file's path, or the URL as `shown`."""
    found = location(where)
    return shown(found) if isinstance(found, URL) else str(found)


def _path(name: str) -> Path:
    try:
        return Path(name).expanduser()
    except RuntimeError as e:
        raise WrongConfiguration(f"{name}: there is no such home folder; name a file with --database") from e
