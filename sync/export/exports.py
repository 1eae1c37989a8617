"""Which public faces the database has, and the way from it to each: to one as bytes, to several as files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sync.answers import CodeRow
from sync.errors import CannotCreateFile
from sync.export.in_place import put_in_place
from sync.watches import Watch

if TYPE_CHECKING:
    from db.engine import Database

DATA = ("csv", "json")
"""Faces that are the rows of `list`."""
FORMATS = ("atom", "html", *DATA)


def export(database: Database, watch: Watch, output: str) -> bytes:
    """What is known of a watch in one of FORMATS.

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

    with database.read() as connection:
        known = gather(connection, watch)
    if output == "atom":
        from sync.export.feed import as_atom  # noqa: PLC0415  # lxml

        return as_atom(watch, known.events, known.since)
    from sync.export.page import as_html  # noqa: PLC0415  # jinja2

    return as_html(known)


def write_exports(database: Database, watch: Watch, paths: Mapping[str, Path]) -> list[Path]:
    """Put faces in place, each in its file; the files that changed.

    `paths` are by format, one of FORMATS. One that can't be written keeps no other from being so. Raises
    CannotCreateFile for the first that can't be written once all were tried, and DatabaseUnusable.
    """
    changed, problems = [], []
    for output, path in paths.items():
        try:
            if put_in_place(path, export(database, watch, output)):
                changed.append(path)
        except CannotCreateFile as e:
            problems.append(e)
    if problems:
        raise problems[0]
    return changed
