"""What is known before anything is asked: small rows of every document at once, in a statement each.

A run of thousands of watches in which nothing has changed reads these and little else; the registries
themselves are the business of `registry_store`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from db import tables as t


@dataclass(frozen=True, slots=True)
class KnownWatch:
    """A watch on a document."""

    id: int
    sha256: str | None
    """The version last applied to it; None before its first sight."""
    registry_id: str
    watched: tuple[int | None, int | None]
    """The watched range of the last run."""


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """A document."""

    id: int
    sha256: str | None
    """The version last applied."""
    snapshot_id: int | None
    """Its row."""
    updated: str | None
    """Its date as served."""
    in_doubt: bool
    """Whether nothing but older copies, or nothing usable, came of late."""
    watches: dict[str, KnownWatch] = field(default_factory=dict)
    """By name."""


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A documented table, or a list of codes in use."""

    location: str
    """With what may be a secret masked."""
    active: bool
    sha256: str | None
    """Of the body last read; None when it was never read."""
    problem: str | None
    """Why it could not be read at the last try."""


def known_documents(connection: Connection) -> dict[str, KnownDocument]:
    """Every document with its watches, by its URL as stored."""
    d, w = t.document.c, t.watch.c
    applied, taken = t.snapshot.alias(), t.snapshot.alias()
    rows = connection.execute(
        select(
            d.id,
            d.url,
            d.snapshot_id,
            applied.c.sha256,
            applied.c.updated,
            d.older_since,
            d.quarantined_since,
            w.id.label("watch_id"),
            w.name,
            w.registry_id,
            w.watched_first,
            w.watched_last,
            taken.c.sha256.label("taken"),
        )
        .select_from(t.document)
        .outerjoin(t.watch, w.document_id == d.id)
        .outerjoin(applied, applied.c.id == d.snapshot_id)
        .outerjoin(taken, taken.c.id == w.snapshot_id)
    )
    found: dict[str, KnownDocument] = {}
    for row in rows:
        document = found.get(row.url)
        if document is None:
            in_doubt = row.older_since is not None or row.quarantined_since is not None
            document = KnownDocument(row.id, row.sha256, row.snapshot_id, row.updated, in_doubt)
            found[row.url] = document
        if row.watch_id is not None:
            watched = (row.watched_first, row.watched_last)
            document.watches[row.name] = KnownWatch(row.watch_id, row.taken, row.registry_id, watched)
    return found


def known_sources(connection: Connection) -> dict[int, dict[tuple[str, str], KnownSource]]:
    """The sources of every watch: by the watch's row, then by role and name."""
    s = t.documented_source.c
    found: dict[int, dict[tuple[str, str], KnownSource]] = {}
    for row in connection.execute(
        select(s.watch_id, s.role, s.name, s.location, s.active, s.sha256, s.problem)
    ):
        of_watch = found.setdefault(row.watch_id, {})
        of_watch[row.role, row.name] = KnownSource(row.location, row.active, row.sha256, row.problem)
    return found
