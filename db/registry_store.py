"""The known state of documents and watches: read into `sync.state`, written back as what differs.

One store, one transaction: the connection it is given. Versions and observations are `snapshot_store`'s,
documented tables and flags `documented_store`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, RowMapping, Select, bindparam, exists, insert, select, update

from db import tables as t
from db.column_types import NotAsWritten
from db.inserted import insert_all, inserted_id
from db.registry_differences import RegistryDifferences
from db.registry_rows import (
    change_columns,
    document_columns,
    document_of,
    hold_of,
    record_of,
    registration_of,
)
from sync.errors import WrongConfiguration
from sync.fetch.location import as_stored
from sync.state import Change, DocumentState, WatchDecision, WatchState
from sync.watches import Watch

T = TypeVar("T")

# Statements of every run stand here, since to make one takes three times as long as to run it.
_DOCUMENT_ID = select(t.document.c.id).where(t.document.c.url == bindparam("of_url"))
_DOCUMENT = (
    select(t.document, t.snapshot.c.sha256)
    .outerjoin(t.snapshot, t.snapshot.c.id == t.document.c.snapshot_id)
    .where(t.document.c.id == bindparam("of_document"))
)
_APPLIED = select(t.snapshot.c.sha256).where(
    t.snapshot.c.document_url == bindparam("of_url"), t.snapshot.c.applied.is_(True)
)
_SOURCED = exists().where(t.documented_source.c.watch_id == t.watch.c.id).label("sourced")
_WATCHES = (
    select(t.watch, t.snapshot.c.sha256, t.snapshot.c.bundled, _SOURCED)
    .outerjoin(t.snapshot, t.snapshot.c.id == t.watch.c.snapshot_id)
    .where(t.watch.c.document_id == bindparam("of_document"))
)
_REGISTRATIONS = (
    select(t.registration)
    .join(t.watch, t.watch.c.id == t.registration.c.watch_id)
    .where(t.watch.c.document_id == bindparam("of_document"))
    .order_by(t.registration.c.first, t.registration.c.first_seen_at, t.registration.c.key)
)
_REGISTRATION_IDS = select(t.registration.c.key, t.registration.c.id).where(
    t.registration.c.watch_id == bindparam("of_watch")
)
_RECORDS = (
    select(t.record)
    .join(t.watch, t.watch.c.id == t.record.c.watch_id)
    .where(t.watch.c.document_id == bindparam("of_document"), t.record.c.valid_to.is_(None))
    .order_by(t.record.c.first)
)
_HOLDS = (
    select(t.hold, t.snapshot.c.sha256)
    .join(t.watch, t.watch.c.id == t.hold.c.watch_id)
    .join(t.snapshot, t.snapshot.c.id == t.hold.c.snapshot_id)
    .where(t.watch.c.document_id == bindparam("of_document"), t.hold.c.closed_at.is_(None))
    .order_by(t.hold.c.id)
)
_REGISTRIES = select(t.watch.c.name, t.watch.c.document_id, t.watch.c.registry_id).where(
    t.watch.c.name.in_(bindparam("of_names", expanding=True))
)
_SAVED_DOCUMENT = update(t.document).where(t.document.c.id == bindparam("of_document"))
_WATCH = update(t.watch).where(t.watch.c.id == bindparam("of_watch"))


@dataclass(frozen=True, slots=True)
class StoredWatch:
    """A watch's row and what is known of its registry."""

    id: int
    name: str
    state: WatchState
    watched: tuple[int | None, int | None]
    """The watched range of the last run."""
    sourced: bool
    """Whether it was ever compared with a table."""


class RegistryStore:
    """Reads and writes within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # -- documents ------------------------------------------------------------------------------

    def document_id(self, url: str) -> int | None:
        """The document's row id; None when it was never synced."""
        return self._connection.scalar(_DOCUMENT_ID, {"of_url": as_stored(url)})

    def add_document(self, url: str) -> int:
        """The document's row id, made when there is none."""
        known = self.document_id(url)
        if known is not None:
            return known
        return inserted_id(self._connection.execute(insert(t.document), {"url": as_stored(url)}))

    def document(self, document_id: int) -> DocumentState:
        """What is known of a document."""
        row = self._connection.execute(_DOCUMENT, {"of_document": document_id}).mappings().one()
        applied = self._connection.scalars(_APPLIED, {"of_url": row["url"]})
        return document_of(row, frozenset(applied))

    def save_document(self, document_id: int, state: DocumentState, snapshot_ids: Mapping[str, int]) -> None:
        """Write what is known of a document; `snapshot_ids` are the rows of its versions."""
        self._connection.execute(
            _SAVED_DOCUMENT, {"of_document": document_id, **document_columns(state, snapshot_ids)}
        )

    # -- watches --------------------------------------------------------------------------------

    def add_watches(self, document_id: int, watches: Iterable[Watch]) -> None:
        """Make the rows of watches that have none. Raises WrongConfiguration for another registry's watch."""
        wanted = {watch.name: watch for watch in watches}
        known = self._connection.execute(_REGISTRIES, {"of_names": list(wanted)})
        for name, *registry in known:
            if registry != [document_id, wanted.pop(name).registry_id]:
                raise WrongConfiguration(
                    f"watch {name}: it was begun for another registry, and what is stored belongs to that; "
                    "give the new watch another name"
                )
        insert_all(
            self._connection,
            t.watch,
            [
                {
                    "name": watch.name,
                    "document_id": document_id,
                    "registry_id": watch.registry_id,
                    **_watched_columns(watch.watched),
                }
                for watch in wanted.values()
            ],
        )

    def set_watched(self, watch_id: int, watched: tuple[int, int] | None) -> None:
        """Remember the watched range, so that a wider one is noticed."""
        self._connection.execute(
            update(t.watch).where(t.watch.c.id == watch_id).values(_watched_columns(watched))
        )

    def watches(self, document_id: int, there: Iterable[str] = ()) -> dict[str, StoredWatch]:
        """The watches on a document, by name, with what is known of each.

        Raises NotAsWritten when one is not among them that is `there`, as another index has it.
        """
        rows = self._connection.execute(_WATCHES, {"of_document": document_id}).mappings().all()
        registrations = self._by_watch(_REGISTRATIONS, document_id, registration_of)
        records = self._by_watch(_RECORDS, document_id, record_of)
        holds = self._by_watch(_HOLDS, document_id, hold_of)
        if missing := set(there) - {row["name"] for row in rows}:
            raise NotAsWritten(f"the watch {min(missing)} is and is not on its document")
        return {
            row["name"]: StoredWatch(
                id=row["id"],
                name=row["name"],
                state=WatchState(
                    snapshot=row["sha256"],
                    bundled=bool(row["bundled"]),
                    registrations=tuple(registrations.get(row["id"], ())),
                    records=tuple(records.get(row["id"], ())),
                    holds=tuple(holds.get(row["id"], ())),
                ),
                watched=(row["watched_first"], row["watched_last"]),
                sourced=bool(row["sourced"]),
            )
            for row in rows
        }

    def save_watches(
        self,
        decided: Iterable[tuple[int, WatchState, WatchDecision]],
        at: datetime,
        snapshot_ids: Mapping[str, int],
    ) -> None:
        """Write what decisions changed, each with the watch's row and its state before.

        `snapshot_ids` are the rows of the versions that the decisions name.
        """
        differences = RegistryDifferences(at, snapshot_ids)
        applied: dict[int, str | None] = {}
        changes: dict[int, Sequence[Change]] = {}
        for watch_id, before, decision in decided:
            if decision.state.snapshot != before.snapshot:
                applied[watch_id] = decision.state.snapshot
            differences.take(watch_id, before, decision.state, in_place=decision.fills_bundle)
            changes[watch_id] = decision.changes
        self.set_applied(applied, snapshot_ids)
        differences.write(self._connection)
        for watch_id, changed in changes.items():
            self.add_changes(watch_id, changed, snapshot_ids)

    def set_applied(self, applied: Mapping[int, str | None], snapshot_ids: Mapping[str, int]) -> None:
        """Remember the version last applied to each watch."""
        if applied:
            self._connection.execute(
                _WATCH,
                [
                    {"of_watch": watch_id, "snapshot_id": snapshot_ids[snapshot] if snapshot else None}
                    for watch_id, snapshot in applied.items()
                ],
            )

    def registration_ids(self, watch_id: int) -> dict[str, int]:
        """The row of each registration, by its key."""
        rows = self._connection.execute(_REGISTRATION_IDS, {"of_watch": watch_id})
        return {row.key: row.id for row in rows}

    def add_changes(self, watch_id: int, changes: Sequence[Change], snapshot_ids: Mapping[str, int]) -> None:
        """Append to the history."""
        if changes:
            ids = self.registration_ids(watch_id)
            insert_all(
                self._connection, t.change, [change_columns(change, ids, snapshot_ids) for change in changes]
            )

    def _by_watch(
        self, query: Select[Any], document_id: int, read: Callable[[RowMapping], T]
    ) -> dict[int, list[T]]:
        """What the rows of a document's watches say, by watch, in the query's order."""
        found: dict[int, list[T]] = {}
        for row in self._connection.execute(query, {"of_document": document_id}).mappings():
            found.setdefault(row["watch_id"], []).append(read(row))
        return found


def _watched_columns(watched: tuple[int, int] | None) -> dict[str, int | None]:
    first, last = watched or (None, None)
    return {"watched_first": first, "watched_last": last}
