"""What is held back for a person to decide: read for `ianawatch quarantine`."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, RowMapping, func, or_, select

from db import tables as t
from sync.answers import HeldBack
from sync.state import HoldKind
from sync.verdict import Verdict

DOCUMENT = "document"
"""The kind of a document that can't be read; the other kinds are those of holds."""


def held_back(connection: Connection, watch_name: str) -> list[HeldBack]:
    """What is held back now for a watch, oldest first."""
    watch = (
        connection.execute(
            select(
                t.watch.c.id,
                t.watch.c.name,
                t.watch.c.document_id,
                t.watch.c.snapshot_id,
                t.document.c.snapshot_id.label("applied_id"),
                t.document.c.quarantined_since,
            )
            .join(t.document, t.document.c.id == t.watch.c.document_id)
            .where(t.watch.c.name == watch_name)
        )
        .mappings()
        .one_or_none()
    )
    if watch is None:
        return []
    found = list(_holds(connection, watch))
    if watch["quarantined_since"] is not None and not any(i.kind == HoldKind.REGISTRY for i in found):
        found += _documents(connection, watch)
    return sorted(found, key=lambda item: item.since)


def _holds(connection: Connection, watch: RowMapping) -> Iterator[HeldBack]:
    holds = connection.execute(
        select(t.hold)
        .where(t.hold.c.watch_id == watch["id"], t.hold.c.closed_at.is_(None))
        .order_by(t.hold.c.id)
    ).mappings()
    for hold in holds.all():
        snapshot_id = watch["snapshot_id"]
        if hold["kind"] == HoldKind.REGISTRY:
            snapshot_id = _without_registry(connection, watch, hold) or hold["snapshot_id"]
        version = connection.execute(
            select(
                t.snapshot.c.sha256, t.snapshot.c.updated, t.snapshot.c.body.is_not(None).label("kept")
            ).where(t.snapshot.c.id == snapshot_id)
        ).one()
        yield HeldBack(
            sha256=version.sha256,
            kind=hold["kind"],
            reason=hold["reason"],
            since=hold["opened_at"],
            accepted_at=hold["accepted_at"],
            document_updated=version.updated,
            kept=bool(version.kept),
            watch=watch["name"],
        )


def _without_registry(connection: Connection, watch: RowMapping, hold: RowMapping) -> int | None:
    """The newest version that lacks the registry."""
    if watch["applied_id"] not in {None, watch["snapshot_id"]}:
        # Other watches of the document could use it, and went on with it.
        return int(watch["applied_id"])
    o, s = t.observation.c, t.snapshot.c
    return connection.scalar(
        select(s.id)
        .join(t.observation, o.snapshot_id == s.id)
        .where(
            o.document_id == watch["document_id"],
            o.verdict == Verdict.QUARANTINED,
            # A document whose date is known could be read: it is the registry that was refused.
            or_(s.id == hold["snapshot_id"], s.updated.is_not(None)),
        )
        .order_by(o.id.desc())
        .limit(1)
    )


def _documents(connection: Connection, watch: RowMapping) -> Iterator[HeldBack]:
    """The versions of this episode that can't be read and are still kept."""
    o, s = t.observation.c, t.snapshot.c
    rows = connection.execute(
        select(s.sha256, func.max(o.reason).label("reason"), func.min(o.first_at).label("since"))
        .join(t.observation, o.snapshot_id == s.id)
        .where(
            o.document_id == watch["document_id"],
            o.verdict == Verdict.QUARANTINED,
            o.last_at >= watch["quarantined_since"],
            s.body.is_not(None),
        )
        .group_by(s.id, s.sha256)
    ).mappings()
    for row in rows:
        yield HeldBack(
            sha256=row["sha256"],
            kind=DOCUMENT,
            reason=row["reason"],
            since=row["since"],
            accepted_at=None,
            document_updated=None,
            kept=True,
            watch=watch["name"],
        )
