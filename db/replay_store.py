"""Writing a replay: what follows from the observations is replaced as a whole, identities are kept.

A registration that the replay gives another key (since its first name came to light) keeps its row, and with
it its flags and the alerts that named it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, bindparam, delete, select, update

from db import tables as t
from db.content_columns import ContentColumns
from db.inserted import insert_all
from db.registry_inserted import insert_records, insert_registrations
from db.registry_rows import hold_columns, registration_columns
from db.registry_store import RegistryStore
from sync.decide.replay import Replay, WatchReplay
from sync.state import Pair, Registration


class ReplayStore:
    """Writes within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._said = ContentColumns()

    def rewrite_document(self, document_id: int, replay: Replay, snapshot_ids: Mapping[str, int]) -> None:
        """Write what is known of the document, and which versions were applied."""
        RegistryStore(self._connection).save_documents([(document_id, replay.document, snapshot_ids)])
        for applied in (True, False):
            wanted = [id_ for sha256, id_ in snapshot_ids.items() if (sha256 in replay.applied) is applied]
            self._connection.execute(
                update(t.snapshot)
                .where(t.snapshot.c.id.in_(wanted), t.snapshot.c.applied.is_(not applied))
                .values(applied=applied)
            )

    def rewrite_watch(
        self,
        watch_id: int,
        before: Sequence[Registration],
        replayed: WatchReplay,
        snapshot_ids: Mapping[str, int],
    ) -> None:
        """Write a watch's registry and its whole history; `before` are its registrations as stored."""
        registry = RegistryStore(self._connection)
        registry.set_applied([(watch_id, replayed.state.snapshot, snapshot_ids)])
        for table in (t.record, t.hold):
            self._connection.execute(delete(table).where(table.c.watch_id == watch_id))
        records = [(watch_id, record, start, end) for record, start, end in replayed.records]
        insert_records(self._connection, records, self._said)
        insert_all(
            self._connection,
            t.hold,
            [
                {"watch_id": watch_id, **hold_columns(hold, snapshot_ids), "closed_at": end}
                for hold, end in replayed.holds
            ],
        )
        self._rewrite_registrations(
            watch_id, registry.registration_ids(watch_id), before, replayed.state.registrations
        )
        registry.add_changes(watch_id, replayed.changes, snapshot_ids)

    def _rewrite_registrations(
        self,
        watch_id: int,
        rows: Mapping[str, int],
        before: Sequence[Registration],
        after: Sequence[Registration],
    ) -> None:
        table = t.registration
        self._connection.execute(delete(t.change).where(t.change.c.registration_id.in_(rows.values())))
        kept = same_registrations(before, after)
        same = set(kept.values())
        gone = [rows[r.key] for r in before if r.key not in same]
        self._connection.execute(delete(table).where(table.c.id.in_(gone)))
        if kept:
            # Set apart first: while they are rewritten one by one, no two may have one value.
            self._connection.execute(
                update(table).where(table.c.watch_id == watch_id).values(withdrawn_at=table.c.first_seen_at)
            )
            self._connection.execute(
                update(table).where(table.c.id == bindparam("row")),
                [{"row": rows[kept[r.key]], **registration_columns(r)} for r in after if r.key in kept],
            )
        new = [(watch_id, r) for r in after if r.key not in kept]
        insert_registrations(self._connection, new, self._said)

    def backdate_flags(self, watch_id: int) -> None:
        """Let a flag begin no later than its registration came to be known by what was added."""
        first_seen = (
            select(t.registration.c.first_seen_at)
            .where(t.registration.c.id == t.flag.c.registration_id)
            .scalar_subquery()
        )
        of_watch = select(t.registration.c.id).where(t.registration.c.watch_id == watch_id)
        self._connection.execute(
            update(t.flag)
            .where(
                t.flag.c.registration_id.in_(of_watch),
                t.flag.c.closed_at.is_(None),
                t.flag.c.opened_at > first_seen,
            )
            .values(opened_at=first_seen)
        )


def same_registrations(before: Iterable[Registration], after: Sequence[Registration]) -> dict[str, str]:
    """By the key after the replay, the key before it of what is the same registration.

    They are the same when the key is, or when their values overlap and they went by one name and date.
    """
    old = {r.key: r for r in before}
    kept = {r.key: r.key for r in after if r.key in old}
    free = {key: r for key, r in old.items() if key not in kept}
    for r in after:
        if r.key not in kept:
            key = next((key for key, other in free.items() if _are_same(r, other)), None)
            if key is not None:
                kept[r.key] = key
                del free[key]
    return kept


def _are_same(a: Registration, b: Registration) -> bool:
    return a.first <= b.last and b.first <= a.last and not _pairs(a).isdisjoint(_pairs(b))


def _pairs(r: Registration) -> set[Pair]:
    return {r.origin, *r.formerly, r.pair}
