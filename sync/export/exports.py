"""Which public faces the database has, and the way from it to each: to one as bytes, to several as files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from sync.answers import CodeRow
from sync.errors import CannotCreateFile
from sync.export.in_place import put_in_place
from sync.watches import Watch

if TYPE_CHECKING:
    from db.engine import Database

DATA = ("csv", "json")
"""Faces that are the rows of `list`."""
FORMATS = ("atom", "html", *DATA)


def export(database: Database, watch: Watch, output: str, feed: str | None = None) -> bytes:
    """What is known of a watch in one of FORMATS; `feed` is where a page finds the feed, if there is one.

    Raises DatabaseUnusable for a registry that was never read.
    """
    # Imported here, and below: each face pays for its own libraries only.
    if output in DATA:
        from db import queries  # noqa: PLC0415
        from sync.show.render import as_data  # noqa: PLC0415

        with database.read() as connection:
            rows = queries.codes(connection, watch.name)
        return f"{as_data(tuple(CodeRow.__dataclass_fields__), rows, output)}\n".encode()
    from sync.export.gather import gather  # noqa: PLC0415

    known = gather(database, watch)
    if output == "atom":
        from sync.export.feed import as_atom  # noqa: PLC0415  # lxml

        return as_atom(watch, known.events, known.since)
    from sync.export.page import as_html  # noqa: PLC0415  # jinja2

    return as_html(known, feed)


def write_exports(database: Database, watch: Watch, paths: Mapping[str, Path]) -> list[Path]:
    """Put faces in place, each in its file; the files that changed.

    `paths` are by format, one of FORMATS. A page links to a feed beside or below it. A face that can't
    be written keeps no other from being so. Raises CannotCreateFile for the first that can't once all were
    tried, and DatabaseUnusable.
    """
    changed, problems = [], []
    feed = _link(paths["html"], paths["atom"]) if {"html", "atom"} <= paths.keys() else None
    for output, path in paths.items():
        try:
            if put_in_place(path, export(database, watch, output, feed)):
                changed.append(path)
        except CannotCreateFile as e:
            problems.append(e)
    if problems:
        raise problems[0]
    return changed


def _link(page: Path, feed: Path) -> str | None:
    """Where the feed is from the page; None where only this machine's folders would say."""
    folder, target = page.absolute().parent, feed.absolute()
    return quote(f"./{target.relative_to(folder)}") if target.is_relative_to(folder) else None
