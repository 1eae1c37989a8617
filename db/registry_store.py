"""The known state of documents and watches: read into `sync.state`, written back as what differs.

One store, one transaction: the connection it is given. Versions and observations are `snapshot_store`'s,
documented tables and flags `documented_store`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Connection, RowMapping, Select, bindparam, exists, select, update

from db import tables as t
from db.column_types import NotAsWritten
from db.inserted import insert_all
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
_OF_DOCUMENTS: BindParameter[int] = bindparam("of_documents", expanding=True)
_DOCUMENT_IDS = select(t.document.c.url, t.document.c.id).where(
    t.document.c.url.in_(bindparam("of_urls", expanding=True))
)
_DOCUMENTS = (
    select(t.document, t.snapshot.c.sha256)
    .outerjoin(t.snapshot, t.snapshot.c.id == t.document.c.snapshot_id)
    .where(t.document.c.id.in_(_OF_DOCUMENTS))
)
_APPLIED = (
    select(t.document.c.id, t.snapshot.c.sha256)
    .join(t.snapshot, t.snapshot.c.document_url == t.document.c.url)
    .where(t.document.c.id.in_(_OF_DOCUMENTS), t.snapshot.c.applied.is_(True))
)
_SOURCED = exists().where(t.documented_source.c.watch_id == t.watch.c.id).label("sourced")
_WATCHES = (
    select(t.watch, t.snapshot.c.sha256, t.snapshot.c.bundled, _SOURCED)
    .outerjoin(t.snapshot, t.snapshot.c.id == t.watch.c.snapshot_id)
    .where(t.watch.c.document_id.in_(_OF_DOCUMENTS))
)
_REGISTRATIONS = (
    select(t.registration)
    .join(t.watch, t.watch.c.id == t.registration.c.watch_id)
    .where(t.watch.c.document_id.in_(_OF_DOCUMENTS))
    .order_by(t.registration.c.first, t.registration.c.first_seen_at, t.registration.c.key)
)
_REGISTRATION_IDS = select(t.registration.c.key, t.registration.c.id).where(
    t.registration.c.watch_id == bindparam("of_watch")
)
_RECORDS = (
    select(t.record)
    .join(t.watch, t.watch.c.id == t.record.c.watch_id)
    .where(t.watch.c.document_id.in_(_OF_DOCUMENTS), t.record.c.valid_to.is_(None))
    .order_by(t.record.c.first)
)
_HOLDS = (
    select(t.hold, t.snapshot.c.sha256)
    .join(t.watch, t.watch.c.id == t.hold.c.watch_id)
    .join(t.snapshot, t.snapshot.c.id == t.hold.c.snapshot_id)
    .where(t.watch.c.document_id.in_(_OF_DOCUMENTS), t.hold.c.closed_at.is_(None))
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


@dataclass(frozen=True, slots=True)
class DecidedWatch:
    """What was decided of a watch, to be written."""

    watch_id: int
    """Its row."""
    before: WatchState
    decision: WatchDecision
    snapshot_ids: Mapping[str, int]
    """The rows of its document's versions, by SHA-256."""


class RegistryStore:
    """Reads and writes within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # -- documents ------------------------------------------------------------------------------

    def add_documents(self, urls: Iterable[str]) -> list[int]:
        """The row ids of documents in the order given; a row is made where there is none."""
        stored = list(map(as_stored, urls))
        known = self._document_ids(stored)
        new = [{"url": url} for url in dict.fromkeys(stored) if url not in known]
        if new:
            insert_all(self._connection, t.document, new)
            known = self._document_ids(stored)
        if missing := set(stored) - known.keys():
            raise NotAsWritten(f"the document {min(missing)} is and is not there")
        return [known[url] for url in stored]

    def _document_ids(self, urls: Sequence[str]) -> dict[str, int]:
        rows = self._connection.execute(_DOCUMENT_IDS, {"of_urls": urls})
        return {row.url: row.id for row in rows}

    def documents(self, document_ids: Collection[int]) -> dict[int, DocumentState]:
        """What is known of documents, by their rows."""
        wanted = {"of_documents": list(document_ids)}
        applied: dict[int, set[str]] = {}
        for document_id, sha256 in self._connection.execute(_APPLIED, wanted):
            applied.setdefault(document_id, set()).add(sha256)
        found = {
            row["id"]: document_of(row, frozenset(applied.get(row["id"], ())))
            for row in self._connection.execute(_DOCUMENTS, wanted).mappings()
        }
        if missing := set(document_ids) - found.keys():
            raise NotAsWritten(f"the document of row {min(missing)} is and is not there")
        return found

    def save_documents(self, decided: Iterable[tuple[int, DocumentState, Mapping[str, int]]]) -> None:
        """Write what is known of documents, each with its row and the rows of its versions."""
        rows = [
            {"of_document": document_id, **document_columns(state, snapshot_ids)}
            for document_id, state, snapshot_ids in decided
        ]
        if rows:
            self._connection.execute(_SAVED_DOCUMENT, rows)

    # -- watches --------------------------------------------------------------------------------

    def add_watches(self, watches: Iterable[tuple[int, Watch]]) -> None:
        """Make the rows of watches that have none, each with its document's row.

        Raises WrongConfiguration for another registry's watch.
        """
        watches = list(watches)
        names = [watch.name for _, watch in watches]
        rows = self._connection.execute(_REGISTRIES, {"of_names": names})
        known = {row.name: (row.document_id, row.registry_id) for row in rows}
        for document_id, watch in watches:
            if known.get(watch.name, (document_id, watch.registry_id)) != (document_id, watch.registry_id):
                raise WrongConfiguration(
                    f"watch {watch.name}: it was begun for another registry, and what is stored belongs to "
                    "that; give the new watch another name"
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
                for document_id, watch in watches
                if watch.name not in known
            ],
        )

    def set_watched(self, watch_id: int, watched: tuple[int, int] | None) -> None:
        """Remember the watched range, so that a wider one is noticed."""
        self._connection.execute(
            update(t.watch).where(t.watch.c.id == watch_id).values(_watched_columns(watched))
        )

    def watches(
        self, document_ids: Collection[int], there: Mapping[str, int] | None = None
    ) -> dict[str, StoredWatch]:
        """The watches on documents, by name, with what is known of each.

        `there` are the documents of some watches, as another index has it. Raises NotAsWritten for one that
        is not on its document.
        """
        wanted = {"of_documents": list(document_ids)}
        rows = self._connection.execute(_WATCHES, wanted).mappings().all()
        registrations = self._by_watch(_REGISTRATIONS, wanted, registration_of)
        records = self._by_watch(_RECORDS, wanted, record_of)
        holds = self._by_watch(_HOLDS, wanted, hold_of)
        on = {row["name"]: row["document_id"] for row in rows}
        missing = [name for name, document_id in (there or {}).items() if on.get(name) != document_id]
        if missing:
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

    def save_watches(self, decided: Iterable[DecidedWatch], at: datetime) -> None:
        """Write what decisions at the time `at` changed."""
        decided = list(decided)
        differences = RegistryDifferences(at)
        for one in decided:
            differences.take(
                one.watch_id,
                one.before,
                one.decision.state,
                one.snapshot_ids,
                in_place=one.decision.fills_bundle,
            )
        moved = [one for one in decided if one.decision.state.snapshot != one.before.snapshot]
        self.set_applied((one.watch_id, one.decision.state.snapshot, one.snapshot_ids) for one in moved)
        differences.write(self._connection)
        for one in decided:
            self.add_changes(one.watch_id, one.decision.changes, one.snapshot_ids)

    def set_applied(self, applied: Iterable[tuple[int, str | None, Mapping[str, int]]]) -> None:
        """Remember the version last applied to each watch, given with the rows of its document's versions."""
        rows = [
            {"of_watch": watch_id, "snapshot_id": snapshot_ids[snapshot] if snapshot else None}
            for watch_id, snapshot, snapshot_ids in applied
        ]
        if rows:
            self._connection.execute(_WATCH, rows)

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
        self, query: Select[Any], wanted: Mapping[str, object], read: Callable[[RowMapping], T]
    ) -> dict[int, list[T]]:
        """What the rows of watches say, by watch, in the query's order."""
        found: dict[int, list[T]] = {}
        for row in self._connection.execute(query, wanted).mappings():
            found.setdefault(row["watch_id"], []).append(read(row))
        return found


def _watched_columns(watched: tuple[int, int] | None) -> dict[str, int | None]:
    first, last = watched or (None, None)
    return {"watched_first": first, "watched_last": last}
