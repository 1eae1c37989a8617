"""What the commands ask about a whole watch: its codes, its flags, its history.

Every question is a select inside the caller's `Database.read()`. The registry of a day in the past is
`registry_at`'s, everything about one code `known_code`'s, whether all is well `status_facts`'.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, RowMapping, Select, and_, func, select

from db import tables as t
from db import views
from db.documented_store import DocumentedStore
from db.registry_store import RegistryStore
from sync.answers import ChangeRow, CodeRow, FlagRow, IgnoredRow, Life, SourceRow
from sync.dates import end_of, start_of
from sync.errors import DatabaseUnusable
from sync.intervals import Interval
from sync.records import Assignment, DocumentedTable
from sync.state import WatchState
from sync.watches import Role


def seen_watch(connection: Connection, name: str) -> int:
    """The row id of a watch whose registry was read at least once. Raises DatabaseUnusable."""
    watch_id: int | None = connection.scalar(
        select(t.watch.c.id).where(t.watch.c.name == name, t.watch.c.snapshot_id.is_not(None))
    )
    if watch_id is None:
        raise DatabaseUnusable(f"{name}: the registry was never read; `ianawatch sync` reads it")
    return watch_id


def seen_watches(connection: Connection) -> frozenset[str]:
    """The names of the watches whose registry was read at least once."""
    return frozenset(connection.scalars(select(t.watch.c.name).where(t.watch.c.snapshot_id.is_not(None))))


def as_of(connection: Connection, watch: str) -> tuple[str | None, datetime | None]:
    """The date of the version that counts, as served, and when the document was last seen."""
    o = t.observation.c
    seen_at = select(func.max(o.last_at)).where(o.document_id == t.watch.c.document_id).scalar_subquery()
    query = (
        select(t.snapshot.c.updated, seen_at)
        .join(t.watch, t.watch.c.snapshot_id == t.snapshot.c.id)
        .where(t.watch.c.name == watch)
    )
    row = connection.execute(query).one_or_none()
    return (row[0], row[1]) if row else (None, None)


def codes(
    connection: Connection,
    watch: str,
    *,
    within: Interval | None = None,
    assignments: Collection[Assignment] = (),
    flagged: bool = False,
) -> list[CodeRow]:
    """The codes of a watch that are in force, by value: all, or those that each of the conditions fits.

    `within` takes a row that has one of the values; no `assignments` are all of them.
    """
    seen_watch(connection, watch)
    v = views.registrations.c
    query = select(views.registrations).where(v.watch == watch, v.withdrawn_at.is_(None))
    query = narrowed(query, views.registrations, within, assignments)
    if flagged:
        query = query.where(v.flagged == 1)
    return [_code_row(row) for row in connection.execute(query.order_by(v.first, v.last)).mappings()]


def open_flags(connection: Connection, watch: str, within: Interval | None = None) -> list[FlagRow]:
    """The registrations that documented sources lack now, by value; the ignored ones too.

    `within` takes what has one of the values.
    """
    seen_watch(connection, watch)
    v = views.flags.c
    query = select(views.flags).where(v.watch == watch, v.closed_at.is_(None)).order_by(v.first, v.last)
    if within is not None:
        query = query.where(_overlaps(views.flags, within))
    rows = connection.execute(query).mappings()
    return [
        FlagRow(
            first=row["first"],
            last=row["last"],
            description=row["description"],
            registered_on=row["registered_on"],
            missing_from=tuple(row["missing_from"]),
            opened_at=row["opened_at"],
            ignored=row["ignored"],
            watch=watch,
        )
        for row in rows
    ]


def history(
    connection: Connection,
    watch: str,
    *,
    code: int | None = None,
    since: date | None = None,
    until: date | None = None,
) -> list[ChangeRow]:
    """What happened to registrations, oldest first; of one code, from and until a day (UTC, inclusive)."""
    c = t.change.c
    # The tables, not the view: of what one version brought, the order it was decided in is in the id.
    query = _changes(seen_watch(connection, watch)).order_by(c.at, c.id)
    if code is not None:
        query = query.where(c.first <= code, c.last >= code)
    if since is not None:
        query = query.where(c.at >= start_of(since))
    if until is not None:
        query = query.where(c.at < end_of(until))
    return [ChangeRow(*row) for row in connection.execute(query).all()]


def lives(connection: Connection, watch: str) -> list[Life]:
    """Every registration there ever was, with what happened to it, in the order they were first seen."""
    watch_id = seen_watch(connection, watch)
    r = t.registration.c
    happened: dict[str, list[ChangeRow]] = {}
    changes = _changes(watch_id).add_columns(r.key).order_by(t.change.c.at, t.change.c.id)
    for *change, key in connection.execute(changes).all():
        happened.setdefault(key, []).append(ChangeRow(*change))
    begun = (
        select(r.key, r.first, r.last, r.origin_name, r.origin_date, r.first_seen_at, r.baseline)
        .where(r.watch_id == watch_id)
        .order_by(r.first_seen_at, r.first, r.key)
    )
    return [
        Life(
            row.key,
            row.first,
            row.last,
            (row.origin_name, row.origin_date),
            row.first_seen_at,
            row.baseline,
            tuple(happened.get(row.key, ())),
        )
        for row in connection.execute(begun)
    ]


def last_change(connection: Connection, watch_id: int) -> ChangeRow | None:
    """What happened last."""
    query = _changes(watch_id).order_by(t.change.c.at.desc(), t.change.c.id.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else ChangeRow(*row)


def ignored(connection: Connection, watch_id: int, within: Interval | None = None) -> list[IgnoredRow]:
    """What a person decided not to document, by value; `within` takes what has one of the values."""
    i = t.ignored.c
    query = select(i.first, i.last, i.reason, i.at).where(i.watch_id == watch_id).order_by(i.first, i.last)
    if within is not None:
        query = query.where(_overlaps(t.ignored, within))
    return [IgnoredRow(**row) for row in connection.execute(query).mappings()]


def sources(connection: Connection, watch_id: int, role: Role = Role.DOCUMENTED) -> list[SourceRow]:
    """The sources of a role that a watch is compared with now, by name; those never read too."""
    s = t.documented_source.c
    rows = connection.execute(
        select(s.name, s.location, s.read_at, s.problem)
        .where(s.watch_id == watch_id, s.role == role, s.active.is_(True))
        .order_by(s.name)
    ).mappings()
    return [SourceRow(**row) for row in rows]


def tables(connection: Connection, watch_id: int, role: Role = Role.DOCUMENTED) -> dict[str, DocumentedTable]:
    """The tables last read from the sources a watch is compared with now, by the source's name."""
    return DocumentedStore(connection).tables(watch_id, role)


def registry(connection: Connection, watch: str) -> WatchState:
    """What is known of a watch's registry. Raises DatabaseUnusable for one that was never read."""
    watch_id = seen_watch(connection, watch)
    document_id: int = connection.execute(
        select(t.watch.c.document_id).where(t.watch.c.id == watch_id)
    ).scalar_one()
    return RegistryStore(connection).watches([document_id], {watch: document_id})[watch].state


def narrowed(
    query: Select[Any], of: FromClause, within: Interval | None, assignments: Collection[Assignment]
) -> Select[Any]:
    """The query for rows of `of` that have one of the values, and one of the assignments if any are named."""
    if within is not None:
        query = query.where(_overlaps(of, within))
    if assignments:
        query = query.where(of.c.assignment.in_(assignments))
    return query


def _changes(watch_id: int) -> Select[Any]:
    """The fields of `ChangeRow`, in its order: by their names, a row would take twice as long to make."""
    c = t.change.c
    return (
        select(
            c.first,
            c.last,
            c.at,
            c.kind.label("change"),
            c.field,
            c.before,
            c.after,
            t.snapshot.c.updated.label("document_updated"),
        )
        .join(t.registration, t.registration.c.id == c.registration_id)
        .join(t.snapshot, t.snapshot.c.id == c.snapshot_id)
        .where(t.registration.c.watch_id == watch_id)
    )


def _code_row(row: RowMapping) -> CodeRow:
    """A row of the view `registrations`."""
    return CodeRow(
        first=row["first"],
        last=row["last"],
        description=row["description"],
        assignment=row["assignment"],
        registered_on=row["registered_on"],
        revised_on=row["revised_on"],
        reference=row["reference"],
        documented=None if row["documented"] is None else bool(row["documented"]),
        flagged=bool(row["flagged"]),
        first_seen_at=row["first_seen_at"],
        withdrawn_at=row["withdrawn_at"],
    )


def _overlaps(of: FromClause, values: Interval) -> ColumnElement[bool]:
    return and_(of.c.first <= values[1], of.c.last >= values[0])
