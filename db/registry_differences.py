"""Two states of a watch's registry: what differs between them is written, and nothing else.

The order of the statements matters: at any moment a value has one live registration and one record in force.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, bindparam, update

from db import tables as t
from db.inserted import insert_all
from db.registry_rows import hold_columns, record_columns, registration_columns
from sync.records import Record
from sync.state import Hold, Registration


class RegistryDifferences:
    """Writes what is new of one watch, within one transaction."""

    def __init__(self, connection: Connection, watch_id: int) -> None:
        self._connection = connection
        self._watch_id = watch_id

    def save_registrations(self, before: Sequence[Registration], after: Sequence[Registration]) -> None:
        """Amend and add registrations; none is ever deleted."""
        known = {r.key: r for r in before}
        changed = [r for r in after if r.key in known and r != known[r.key]]
        # First those that end, then those that go on, then those that return to values the others had.
        changed.sort(key=lambda r: (r.live, not known[r.key].live))
        if changed:
            table = t.registration
            self._connection.execute(
                update(table).where(
                    table.c.watch_id == self._watch_id, table.c.key == bindparam("known_key")
                ),
                [{"known_key": r.key, **registration_columns(r)} for r in changed],
            )
        new = [r for r in after if r.key not in known]
        insert_all(
            self._connection,
            t.registration,
            [{"watch_id": self._watch_id, **registration_columns(r)} for r in new],
        )

    def save_records(
        self, before: Sequence[Record], after: Sequence[Record], at: datetime, *, in_place: bool
    ) -> None:
        """End the records that are no longer, and begin the new ones at the time `at`.

        `in_place`: a new record of the same values fills in what the known one lacks, without history.
        """
        known, now = set(before), set(after)
        gone = {(r.first, r.last): r for r in before if r not in now}
        new = {(r.first, r.last): r for r in after if r not in known}
        if in_place:
            for values in gone.keys() & new.keys():
                del gone[values]
                filled = new.pop(values)
                self._connection.execute(
                    update(t.record).where(self._in_force(filled)).values(record_columns(filled))
                )
        for record in gone.values():
            self._connection.execute(update(t.record).where(self._in_force(record)).values(valid_to=at))
        insert_all(
            self._connection,
            t.record,
            [{"watch_id": self._watch_id, **record_columns(r), "valid_from": at} for r in new.values()],
        )

    def save_holds(
        self, before: Sequence[Hold], after: Sequence[Hold], at: datetime, snapshot_ids: Mapping[str, int]
    ) -> None:
        """Close the holds that are over, mark the accepted ones, open the new ones."""
        known = {(h.kind, h.fingerprint): h for h in before}
        now = {(h.kind, h.fingerprint): h for h in after}
        for identity, hold in known.items():
            kept = now.get(identity)
            if kept == hold:
                continue
            self._connection.execute(
                update(t.hold)
                .where(
                    t.hold.c.watch_id == self._watch_id,
                    t.hold.c.closed_at.is_(None),
                    t.hold.c.kind == hold.kind,
                    t.hold.c.fingerprint == hold.fingerprint,
                )
                .values({"closed_at": at} if kept is None else {"accepted_at": kept.accepted_at})
            )
        insert_all(
            self._connection,
            t.hold,
            [
                {"watch_id": self._watch_id, **hold_columns(hold, snapshot_ids)}
                for identity, hold in now.items()
                if identity not in known
            ],
        )

    def _in_force(self, record: Record) -> ColumnElement[bool]:
        """The row of a record's values that is valid now."""
        return and_(
            t.record.c.watch_id == self._watch_id,
            t.record.c.valid_to.is_(None),
            t.record.c.first == record.first,
            t.record.c.last == record.last,
        )
