"""What is known of a watch, for everybody to see: one look at the database, in one transaction.

No names of people (docs/rules.md, rule 9).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from db import queries
from db.snapshot_store import SnapshotStore
from db.status_facts import status
from sync.answers import CodeRow, FlagRow, SourceRow
from sync.errors import DocumentUnusable, RegistryUnusable
from sync.export.events import Event, events
from sync.records import Assignment, Reference
from sync.watches import Watch

if TYPE_CHECKING:
    from db.engine import Database
    from sync.state import WatchState


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a watch."""

    watch: Watch
    title: str
    """What IANA calls the registry."""
    document_updated: str | None
    """The date of the version that counts, as served."""
    from_bundle: bool
    """That version shipped with the program: IANA was not asked yet."""
    checked_at: datetime | None
    """When the last run was that could check the registry; None where there was none."""
    since: datetime
    """When the registry was first seen."""
    older_since: datetime | None
    """Since when IANA has served nothing but older copies."""
    held_since: datetime | None
    """Since when something that IANA serves waits for a person."""
    codes: tuple[CodeRow, ...]
    """What is in force, by value."""
    references: tuple[tuple[Reference, ...], ...]
    """Those of each row of `codes`."""
    flags: tuple[FlagRow, ...]
    """What documented sources lack, the ignored too."""
    sources: tuple[SourceRow, ...]
    events: tuple[Event, ...]
    """What happened to registrations, the oldest first."""


def gather(database: Database, watch: Watch) -> Known:
    """What is known now. Raises DatabaseUnusable for a registry that was never read."""
    with database.read() as connection:
        registry = queries.registry(connection, watch.name)
        codes = queries.codes(connection, watch.name)
        flags = queries.open_flags(connection, watch.name)
        lives = queries.lives(connection, watch.name)
        how = status(connection, watch.name, database.where, None)
        version = registry.snapshot
        body = SnapshotStore(connection).body(watch.document, version) if version else None
        _, seen_at = queries.as_of(connection, watch.name)
    since = [code.first_seen_at for code in codes] + [life.first_seen_at for life in lives]
    if not since:
        # Nothing was ever registered or reserved: the only time that is known.
        assert seen_at is not None  # noqa: S101  # what was read was seen
        since = [seen_at]
    return Known(
        watch=watch,
        title=_title(body, watch) or watch.name,
        document_updated=how.document_updated,
        from_bundle=how.from_bundle,
        checked_at=how.checked_at,
        since=min(since),
        older_since=how.older_since,
        held_since=min((held.since for held in how.held), default=None),
        codes=tuple(codes),
        references=tuple(_references(registry, codes)),
        flags=tuple(flags),
        sources=how.sources,
        events=tuple(events(lives)),
    )


def _references(registry: WatchState, codes: list[CodeRow]) -> list[tuple[Reference, ...]]:
    live = {r.first: r.content for r in registry.registrations if r.live}
    records = {r.first: r.content for r in registry.records}
    of = (live if code.assignment == Assignment.ASSIGNED else records for code in codes)
    contents = (where.get(code.first) for where, code in zip(of, codes, strict=True))
    return [content.references if content else () for content in contents]


def _title(body: bytes | None, watch: Watch) -> str:
    """The registry's title in a version; empty where it has none, or the version is not kept."""
    from sync.parse_registry.document import parse_document  # noqa: PLC0415  # lxml: not for every command

    if body is None:
        return ""
    try:
        return parse_document(body).registry(watch.registry_id, watch.bounds).title
    except (DocumentUnusable, RegistryUnusable):
        return ""
