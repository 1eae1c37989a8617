"""What is known of every watch at once, in figures: one query, however many there are."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from db import tables as t
from db.newest import newest
from db.run_log import Outcome
from sync.answers import WatchCounts


def watch_counts(connection: Connection) -> dict[str, WatchCounts]:
    """The figures by the watch's name; of a watch that the database does not know there are none."""
    w, r, f = t.watch.c, t.registration.c, t.flag.c
    live = (
        select(r.watch_id, func.count().label("count"))
        .where(r.withdrawn_at.is_(None))
        .group_by(r.watch_id)
        .subquery()
    )
    flagged = (
        select(r.watch_id, func.count().label("count"))
        .join(t.flag, f.registration_id == r.id)
        .where(f.closed_at.is_(None))
        .group_by(r.watch_id)
        .subquery()
    )
    last = newest(t.run, t.run.c.outcome == Outcome.DONE)
    checked = select(t.run.c.document_id, t.run.c.last_at).where(t.run.c.id.in_(last)).subquery()
    query = (
        select(w.name, w.snapshot_id, live.c.count, flagged.c.count, checked.c.last_at)
        .outerjoin(live, live.c.watch_id == w.id)
        .outerjoin(flagged, flagged.c.watch_id == w.id)
        .outerjoin(checked, checked.c.document_id == w.document_id)
    )
    return {
        name: WatchCounts(registrations or 0, flags or 0, checked_at)
        if snapshot_id is not None
        else WatchCounts(None, None, checked_at)
        for name, snapshot_id, registrations, flags, checked_at in connection.execute(query)
    }
