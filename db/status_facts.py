"""The facts that say how the syncs go, for `status`. `sync.show.health` says what of them is trouble."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, RowMapping, Table, func, select

from db import queries
from db import tables as t
from db.quarantine import DOCUMENT, held_back
from db.run_log import Outcome, RunLog
from sync.answers import HeldBack
from sync.intervals import spelled
from sync.show.health import Deliveries, Held, Status
from sync.verdict import Verdict
from sync.watches import Role


def status(connection: Connection, watch: str, where: str, path: Path | None) -> Status:
    """How the syncs of a watch go; `where` and `path` are those of the database."""
    size = path.stat().st_size if path else None
    row = _watch(connection, watch)
    if row is None:
        return Status(where, size, watch, deliveries=_deliveries(connection))
    log = RunLog(connection, [row["document_id"]])
    last = log.last(row["document_id"])
    seen = row["snapshot_id"] is not None
    flags = queries.open_flags(connection, watch) if seen else []
    return Status(
        database=where,
        size=size,
        watch=watch,
        run_at=last.last_at if last else None,
        outcome=last.outcome if last else None,
        detail=last.detail if last else "",
        checked_at=_checked_at(connection, row["document_id"]),
        verdict=_verdict(connection, row["document_id"]),
        failures=log.failures_in_a_row(row["document_id"]),
        document_updated=row["updated"],
        from_bundle=bool(row["bundled"]),
        older_since=row["older_since"],
        last_change=queries.last_change(connection, row["id"]),
        records=_count(connection, t.record, row["id"], t.record.c.valid_to),
        registrations=_count(connection, t.registration, row["id"], t.registration.c.withdrawn_at),
        flagged=len(flags),
        ignored=sum(flag.ignored is not None for flag in flags),
        to_document=tuple(spelled(flag.first, flag.last) for flag in flags if flag.ignored is None),
        deliveries=_deliveries(connection),
        held=tuple(_held(held_back(connection, watch))),
        sources=tuple(queries.sources(connection, row["id"])),
        in_use=tuple(queries.sources(connection, row["id"], Role.IN_USE)),
    )


def _watch(connection: Connection, watch: str) -> RowMapping | None:
    w, s, d = t.watch.c, t.snapshot.c, t.document.c
    query = (
        select(w.id, w.document_id, w.snapshot_id, s.updated, s.bundled, d.older_since)
        .join(t.document, d.id == w.document_id)
        .outerjoin(t.snapshot, s.id == w.snapshot_id)
        .where(w.name == watch)
    )
    return connection.execute(query).mappings().one_or_none()


def _checked_at(connection: Connection, document_id: int) -> datetime | None:
    r = t.run.c
    # The last by id, not by time: a clock that ran ahead once must not make every later check look older.
    return connection.scalar(
        select(r.last_at)
        .where(r.document_id == document_id, r.outcome == Outcome.DONE)
        .order_by(r.id.desc())
        .limit(1)
    )


def _verdict(connection: Connection, document_id: int) -> Verdict | None:
    o = t.observation.c
    query = select(o.verdict, o.count).where(o.document_id == document_id).order_by(o.id.desc()).limit(1)
    row = connection.execute(query).first()
    if row is None:
        return None
    # Later observations of a version that was applied are folded into the row of the first.
    seen_again = row[0] in {Verdict.APPLIED, Verdict.OVERDUE} and row[1] > 1
    return Verdict.UNCHANGED if seen_again else Verdict(row[0])


def _count(connection: Connection, table: Table, watch_id: int, ended: Column[Any]) -> int:
    """How many rows of a watch have not ended."""
    query = select(func.count()).select_from(table).where(table.c.watch_id == watch_id, ended.is_(None))
    return connection.execute(query).scalar_one()


def _deliveries(connection: Connection) -> Deliveries:
    d, m = t.delivery.c, t.message.c
    query = (
        select(d.state, func.count(), func.min(m.at))
        .join(t.message, m.id == d.message_id)
        .where(d.state.in_(("waiting", "dead")))
        .group_by(d.state)
    )
    found = {state: (count, oldest_at) for state, count, oldest_at in connection.execute(query)}
    waiting, oldest_at = found.get("waiting", (0, None))
    problem = connection.scalar(
        select(d.problem).where(d.state.in_(found), d.problem.is_not(None)).order_by(d.id.desc()).limit(1)
    )
    return Deliveries(waiting, found.get("dead", (0, None))[0], oldest_at, problem)


def _held(items: Iterable[HeldBack]) -> Iterator[Held]:
    """What nobody has decided on; a document that can't be read is one thing, however many versions came."""
    undecided = [item for item in items if item.accepted_at is None]
    documents = [item for item in undecided if item.kind == DOCUMENT]
    yield from (
        Held(item.sha256, item.kind, item.reason, item.since) for item in undecided if item.kind != DOCUMENT
    )
    if documents:
        last = documents[-1]
        yield Held(last.sha256, last.kind, last.reason, documents[0].since)
