"""The known state of documents and watches: read into `sync.state`, written back as what differs.

One store, one transaction: the connection it is given. Versions and observations are `snapshot_store`'s,
documented tables and flags `documented_store`'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, insert, select, update

from db import tables as t
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
from sync.records import Record
from sync.state import Change, DocumentState, Hold, Registration, WatchDecision, WatchState
from sync.watches import Watch


@dataclass(frozen=True, slots=True)
class StoredWatch:
    """A watch's row and what is known of its registry."""

    id: int
    name: str
    state: WatchState
    watched: tuple[int | None, int | None]
    """The watched range of the last run."""


class RegistryStore:
    """Reads and writes within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # -- documents ------------------------------------------------------------------------------

    def document_id(self, url: str) -> int | None:
        """The document's row id; None when it was never synced."""
        return self._connection.scalar(select(t.document.c.id).where(t.document.c.url == as_stored(url)))

    def add_document(self, url: str) -> int:
        """The document's row id, made when there is none."""
        known = self.document_id(url)
        if known is not None:
            return known
        return inserted_id(self._connection.execute(insert(t.document).values(url=as_stored(url))))

    def document(self, document_id: int) -> DocumentState:
        """What is known of a document."""
        row = (
            self._connection.execute(
                select(t.document, t.snapshot.c.sha256)
                .outerjoin(t.snapshot, t.snapshot.c.id == t.document.c.snapshot_id)
                .where(t.document.c.id == document_id)
            )
            .mappings()
            .one()
        )
        applied = self._connection.scalars(
            select(t.snapshot.c.sha256).where(
                t.snapshot.c.document_url == row["url"], t.snapshot.c.applied.is_(True)
            )
        )
        return document_of(row, frozenset(applied))

    def save_document(self, document_id: int, state: DocumentState, snapshot_ids: Mapping[str, int]) -> None:
        """Write what is known of a document; `snapshot_ids` are the rows of its versions."""
        self._connection.execute(
            update(t.document)
            .where(t.document.c.id == document_id)
            .values(document_columns(state, snapshot_ids))
        )

    def applied(self, url: str, watch_name: str) -> tuple[str | None, str | None]:
        """SHA-256 of the version last applied to a document, and of that last applied to a watch on it."""
        of_document, of_watch = t.snapshot.alias(), t.snapshot.alias()
        row = self._connection.execute(
            select(of_document.c.sha256, of_watch.c.sha256)
            .select_from(t.document)
            .outerjoin(t.watch, and_(t.watch.c.document_id == t.document.c.id, t.watch.c.name == watch_name))
            .outerjoin(of_document, of_document.c.id == t.document.c.snapshot_id)
            .outerjoin(of_watch, of_watch.c.id == t.watch.c.snapshot_id)
            .where(t.document.c.url == as_stored(url))
        ).one_or_none()
        return (row[0], row[1]) if row else (None, None)

    # -- watches --------------------------------------------------------------------------------

    def watch_id(self, name: str) -> int | None:
        """The watch's row id; None when it was never synced."""
        return self._connection.scalar(select(t.watch.c.id).where(t.watch.c.name == name))

    def add_watch(self, document_id: int, watch: Watch) -> None:
        """Make the watch's row when there is none. Raises WrongConfiguration for another registry's watch."""
        known = self._connection.execute(
            select(t.watch.c.document_id, t.watch.c.registry_id).where(t.watch.c.name == watch.name)
        ).one_or_none()
        if known is None:
            self._connection.execute(
                insert(t.watch).values(
                    name=watch.name,
                    document_id=document_id,
                    registry_id=watch.registry_id,
                    **_watched_columns(watch.watched),
                )
            )
        elif tuple(known) != (document_id, watch.registry_id):
            raise WrongConfiguration(
                f"watch {watch.name}: it was begun for another registry, and what is stored belongs to that; "
                "give the new watch another name"
            )

    def set_watched(self, watch_id: int, watched: tuple[int, int] | None) -> None:
        """Remember the watched range, so that a wider one is noticed."""
        self._connection.execute(
            update(t.watch).where(t.watch.c.id == watch_id).values(_watched_columns(watched))
        )

    def watches(self, document_id: int) -> dict[str, StoredWatch]:
        """The watches on a document, by name, with what is known of each."""
        rows = self._connection.execute(
            select(t.watch, t.snapshot.c.sha256, t.snapshot.c.bundled)
            .outerjoin(t.snapshot, t.snapshot.c.id == t.watch.c.snapshot_id)
            .where(t.watch.c.document_id == document_id)
        ).mappings()
        return {
            row["name"]: StoredWatch(
                id=row["id"],
                name=row["name"],
                state=WatchState(
                    snapshot=row["sha256"],
                    bundled=bool(row["bundled"]),
                    registrations=self._registrations(row["id"]),
                    records=self._records(row["id"]),
                    holds=self._holds(row["id"]),
                ),
                watched=(row["watched_first"], row["watched_last"]),
            )
            for row in rows.all()
        }

    def save_watch(
        self,
        watch_id: int,
        before: WatchState,
        decision: WatchDecision,
        at: datetime,
        snapshot_ids: Mapping[str, int],
    ) -> None:
        """Write what a decision changed; `snapshot_ids` are the rows of the versions it names."""
        after = decision.state
        if after.snapshot != before.snapshot:
            self.set_applied(watch_id, after.snapshot, snapshot_ids)
        differences = RegistryDifferences(self._connection, watch_id)
        differences.save_registrations(before.registrations, after.registrations)
        differences.save_records(before.records, after.records, at, in_place=decision.fills_bundle)
        differences.save_holds(before.holds, after.holds, at, snapshot_ids)
        self.add_changes(watch_id, decision.changes, snapshot_ids)

    def set_applied(self, watch_id: int, snapshot: str | None, snapshot_ids: Mapping[str, int]) -> None:
        """Remember the version last applied to a watch."""
        self._connection.execute(
            update(t.watch)
            .where(t.watch.c.id == watch_id)
            .values(snapshot_id=snapshot_ids[snapshot] if snapshot else None)
        )

    def registration_ids(self, watch_id: int) -> dict[str, int]:
        """The row of each registration, by its key."""
        rows = self._connection.execute(
            select(t.registration.c.key, t.registration.c.id).where(t.registration.c.watch_id == watch_id)
        )
        return {row.key: row.id for row in rows}

    def add_changes(self, watch_id: int, changes: Sequence[Change], snapshot_ids: Mapping[str, int]) -> None:
        """Append to the history."""
        if changes:
            ids = self.registration_ids(watch_id)
            insert_all(
                self._connection, t.change, [change_columns(change, ids, snapshot_ids) for change in changes]
            )

    def _registrations(self, watch_id: int) -> tuple[Registration, ...]:
        rows = self._connection.execute(
            select(t.registration)
            .where(t.registration.c.watch_id == watch_id)
            .order_by(t.registration.c.first, t.registration.c.first_seen_at, t.registration.c.key)
        ).mappings()
        return tuple(map(registration_of, rows))

    def _records(self, watch_id: int) -> tuple[Record, ...]:
        rows = self._connection.execute(
            select(t.record)
            .where(t.record.c.watch_id == watch_id, t.record.c.valid_to.is_(None))
            .order_by(t.record.c.first)
        ).mappings()
        return tuple(map(record_of, rows))

    def _holds(self, watch_id: int) -> tuple[Hold, ...]:
        rows = self._connection.execute(
            select(t.hold, t.snapshot.c.sha256)
            .join(t.snapshot, t.snapshot.c.id == t.hold.c.snapshot_id)
            .where(t.hold.c.watch_id == watch_id, t.hold.c.closed_at.is_(None))
            .order_by(t.hold.c.id)
        ).mappings()
        return tuple(map(hold_of, rows))


def _watched_columns(watched: tuple[int, int] | None) -> dict[str, int | None]:
    first, last = watched or (None, None)
    return {"watched_first": first, "watched_last": last}
