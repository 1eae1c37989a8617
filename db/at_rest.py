"""Rows that a run moves on where nothing has changed, for every document at once, in a statement each.

Which documents these are is decided in `sync.at_rest`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, func, select, union, update

from db import tables as t
from db.newest import newest


@dataclass(frozen=True, slots=True)
class LastObservation:
    """The last observation of a document, with those before it that say the same."""

    id: int
    snapshot_id: int
    verdict: str
    last_at: datetime
    said: bool
    """Whether a person said something of it."""


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last run for a document, with those before it that ended alike."""

    id: int
    outcome: str
    exit_code: int
    last_at: datetime


@dataclass(slots=True)
class Counts:
    """What there is of a registry now."""

    records: int = 0
    registrations: int = 0
    flagged: list[tuple[int, int]] = field(default_factory=list)
    """The values of the open flags, in order."""


def restless_watches(connection: Connection) -> set[int]:
    """The rows of the watches in whose registry something waits: what is missing, what is held back."""
    r, h = t.registration.c, t.hold.c
    waits = union(
        select(r.watch_id).where(r.missing_since.is_not(None), r.withdrawn_at.is_(None)),
        select(h.watch_id).where(h.closed_at.is_(None)),
    )
    return set(connection.scalars(waits))


def last_observations(connection: Connection) -> dict[int, LastObservation]:
    """By the document's row."""
    o = t.observation.c
    rows = connection.execute(
        select(o.id, o.document_id, o.snapshot_id, o.verdict, o.last_at, o.accept_older, o.accepted).where(
            o.id.in_(newest(t.observation))
        )
    )
    return {
        row.document_id: LastObservation(
            row.id, row.snapshot_id, row.verdict, row.last_at, bool(row.accept_older or row.accepted)
        )
        for row in rows
    }


def last_runs(connection: Connection) -> dict[int, LastRun]:
    """By the document's row."""
    r = t.run.c
    rows = connection.execute(
        select(r.id, r.document_id, r.outcome, r.exit_code, r.last_at).where(r.id.in_(newest(t.run)))
    )
    return {row.document_id: LastRun(row.id, row.outcome, row.exit_code, row.last_at) for row in rows}


def seen_again(
    connection: Connection, observations: Collection[int], runs: Collection[int], at: datetime
) -> None:
    """Count one observation and one run more in each of these rows."""
    for table, rows in ((t.observation, observations), (t.run, runs)):
        connection.execute(
            update(table)
            .where(table.c.id == bindparam("row"))
            .values(last_at=bindparam("at"), count=table.c.count + 1),
            [{"row": row, "at": at} for row in rows],
        )


def counts(connection: Connection) -> Mapping[int, Counts]:
    """By the watch's row."""
    found: dict[int, Counts] = {}
    record, registration, flag = t.record.c, t.registration.c, t.flag.c
    for watch_id, count in connection.execute(_counted(t.record, record.valid_to.is_(None))):
        found.setdefault(watch_id, Counts()).records = count
    for watch_id, count in connection.execute(_counted(t.registration, registration.withdrawn_at.is_(None))):
        found.setdefault(watch_id, Counts()).registrations = count
    flags = (
        select(registration.watch_id, registration.first, registration.last)
        .join(t.flag, flag.registration_id == registration.id)
        .where(flag.closed_at.is_(None))
        .order_by(registration.first)
    )
    for watch_id, first, last in connection.execute(flags):
        found.setdefault(watch_id, Counts()).flagged.append((first, last))
    return found


def _counted(table: Table, there: ColumnElement[bool]) -> Select[int, int]:
    return select(table.c.watch_id, func.count()).where(there).group_by(table.c.watch_id)
