"""Two states of registries: what differs between them is written, and nothing else.

It is gathered for all watches of many documents, and then written in a few statements. Their order matters:
at any moment a value has one live registration and one record in force.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Update, bindparam, update

from db import tables as t
from db.content_columns import Columns, ContentColumns
from db.inserted import insert_all
from db.registry_inserted import insert_records, insert_registrations
from db.registry_rows import (
    hold_columns,
    record_columns,
    registration_columns,
)
from sync.records import Record
from sync.state import Hold, Registration, WatchState

_REGISTRATION = update(t.registration).where(
    t.registration.c.watch_id == bindparam("of_watch"), t.registration.c.key == bindparam("of_key")
)
_RECORD_IN_FORCE = update(t.record).where(
    t.record.c.watch_id == bindparam("of_watch"),
    t.record.c.valid_to.is_(None),
    t.record.c.first == bindparam("of_first"),
    t.record.c.last == bindparam("of_last"),
)
_OPEN_HOLD = update(t.hold).where(
    t.hold.c.watch_id == bindparam("of_watch"),
    t.hold.c.closed_at.is_(None),
    t.hold.c.kind == bindparam("of_kind"),
    t.hold.c.fingerprint == bindparam("of_fingerprint"),
)


class RegistryDifferences:
    """What observations at the time `at` changed."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._ending: list[Columns] = []
        self._going_on: list[Columns] = []
        self._returning: list[Columns] = []
        self._registrations: list[tuple[int, Registration]] = []
        self._filled: list[Columns] = []
        self._ended: list[Columns] = []
        self._records: list[tuple[int, Record]] = []
        self._closed: list[Columns] = []
        self._accepted: list[Columns] = []
        self._holds: list[Columns] = []

    def take(
        self,
        watch_id: int,
        before: WatchState,
        after: WatchState,
        snapshot_ids: Mapping[str, int],
        *,
        in_place: bool,
    ) -> None:
        """Gather what differs between two states of a watch.

        `snapshot_ids` are the rows of the versions that its holds name. `in_place`: a new record of the same
        values fills in what the known one lacks, without history.
        """
        if after.registrations != before.registrations:
            self._take_registrations(watch_id, before.registrations, after.registrations)
        if after.records != before.records:
            self._take_records(watch_id, before.records, after.records, in_place=in_place)
        if after.holds != before.holds:
            self._take_holds(watch_id, before.holds, after.holds, snapshot_ids)

    def write(self, connection: Connection) -> None:
        """Write all of it."""
        said = ContentColumns()
        # First those that end, then those that go on, then those that return to values the others had.
        for changed in (self._ending, self._going_on, self._returning):
            _update_all(connection, _REGISTRATION, changed)
        insert_registrations(connection, self._registrations, said)
        _update_all(connection, _RECORD_IN_FORCE, self._filled)
        _update_all(connection, _RECORD_IN_FORCE, self._ended)
        valid = [(watch_id, record, self._at, None) for watch_id, record in self._records]
        insert_records(connection, valid, said)
        _update_all(connection, _OPEN_HOLD, self._closed)
        _update_all(connection, _OPEN_HOLD, self._accepted)
        insert_all(connection, t.hold, self._holds)

    def _take_registrations(
        self, watch_id: int, before: Sequence[Registration], after: Sequence[Registration]
    ) -> None:
        """Amend and add registrations; none is ever deleted."""
        known = {r.key: r for r in before}
        for r in after:
            old = known.get(r.key)
            if old is None:
                self._registrations.append((watch_id, r))
            elif r != old:
                changed = self._returning if not old.live else self._going_on if r.live else self._ending
                changed.append({"of_watch": watch_id, "of_key": r.key, **registration_columns(r)})

    def _take_records(
        self, watch_id: int, before: Sequence[Record], after: Sequence[Record], *, in_place: bool
    ) -> None:
        """End the records that are no longer, and begin the new ones."""
        known = {(r.first, r.last): r for r in before}
        now = {(r.first, r.last): r for r in after}
        for values, record in known.items():
            if now.get(values) != record:
                where = {"of_watch": watch_id, "of_first": record.first, "of_last": record.last}
                if in_place and values in now:
                    self._filled.append({**where, **record_columns(now[values])})
                else:
                    self._ended.append({**where, "valid_to": self._at})
        self._records += (
            (watch_id, record)
            for values, record in now.items()
            if known.get(values) != record and not (in_place and values in known)
        )

    def _take_holds(
        self,
        watch_id: int,
        before: Sequence[Hold],
        after: Sequence[Hold],
        snapshot_ids: Mapping[str, int],
    ) -> None:
        """Close the holds that are over, mark the accepted ones, open the new ones."""
        known = {(h.kind, h.fingerprint): h for h in before}
        now = {(h.kind, h.fingerprint): h for h in after}
        for identity, hold in known.items():
            where = {"of_watch": watch_id, "of_kind": hold.kind, "of_fingerprint": hold.fingerprint}
            kept = now.get(identity)
            if kept is None:
                self._closed.append({**where, "closed_at": self._at})
            elif kept != hold:
                self._accepted.append({**where, "accepted_at": kept.accepted_at})
        self._holds += (
            {"watch_id": watch_id, **hold_columns(hold, snapshot_ids)}
            for identity, hold in now.items()
            if identity not in known
        )


def _update_all(connection: Connection, statement: Update, rows: Sequence[Columns]) -> None:
    """Set, for each row, the columns it has where the statement finds what it names; none is fine."""
    if rows:
        connection.execute(statement, rows)
