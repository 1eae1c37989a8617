"""The registry on a day in the past: what had been applied by the end of it (docs/rules.md, rule 5)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from db import tables as t
from db.queries import narrowed, seen_watch
from sync.answers import CodeRow
from sync.dates import end_of
from sync.errors import UsageProblem
from sync.intervals import Interval
from sync.records import Assignment


def codes_at(
    connection: Connection,
    watch: str,
    day: date,
    *,
    within: Interval | None = None,
    assignments: Collection[Assignment] = (),
    flagged: bool = False,
) -> list[CodeRow]:
    """The registry as it had been applied by the end of a day in UTC; a day to come shows it as it is.

    Raises UsageProblem for a day before the registry was first seen.
    """
    watch_id = seen_watch(connection, watch)
    r, owner = t.record.c, t.registration.c
    end = end_of(day)
    first_at = connection.scalar(select(func.min(r.valid_from)).where(r.watch_id == watch_id))
    if first_at is not None and first_at >= end:
        raise UsageProblem(
            f"--at {day}: the registry is known from {first_at.date()} on; name that day or a later one"
        )
    query = (
        select(
            r.id,
            r.first,
            r.last,
            r.description,
            r.assignment,
            r.registered_on,
            r.revised_on,
            r.reference,
            r.valid_from,
            owner.first_seen_at,
            exists()
            .where(t.flag.c.registration_id == owner.id, _held(t.flag.c.opened_at, t.flag.c.closed_at, end))
            .label("flagged"),
        )
        .outerjoin(
            t.registration,
            and_(
                r.assignment == Assignment.ASSIGNED,
                owner.watch_id == r.watch_id,
                owner.first <= r.first,
                owner.last >= r.first,
                _held(owner.first_seen_at, owner.withdrawn_at, end),
            ),
        )
        .where(r.watch_id == watch_id, _held(r.valid_from, r.valid_to, end))
        .order_by(r.first, r.last, owner.first_seen_at, owner.id)
    )
    rows = connection.execute(narrowed(query, t.record, within, assignments)).mappings()
    # One that returned covers the time it was withdrawn for too: whoever came later had the value then.
    latest = {row["id"]: row for row in rows}
    return [
        CodeRow(
            first=row["first"],
            last=row["last"],
            description=row["description"],
            assignment=row["assignment"],
            registered_on=row["registered_on"],
            revised_on=row["revised_on"],
            reference=row["reference"],
            documented=None,
            flagged=row["flagged"],
            first_seen_at=row["first_seen_at"] or row["valid_from"],
        )
        for row in latest.values()
        if row["flagged"] or not flagged
    ]


def _held(since: ColumnElement[Any], until: ColumnElement[Any], end: datetime) -> ColumnElement[bool]:
    """Whether something had begun by a moment and not ended."""
    return and_(since < end, or_(until.is_(None), until >= end))
