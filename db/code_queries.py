"""Everything that is known of one value of a watch, for `show`."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, FromClause, RowMapping, and_, select

from db import queries
from db import tables as t
from db.content_columns import reference_text
from sync.answers import Citation, CodeFacts, CodeRow, Neighbour, OnPage, Withdrawn
from sync.records import Assignment, DocumentedValue, Reference
from sync.state import Use
from sync.watches import Role

NEAR = 2
"""Records before and after one that are its neighbours."""


def code_facts(connection: Connection, watch: str, code: int) -> CodeFacts:
    """What is known of a value that the registry can hold. Raises DatabaseUnusable for a watch never read."""
    watch_id = queries.seen_watch(connection, watch)
    entry = _entry(queries.codes(connection, watch, within=(code, code)))
    live, withdrawn = None, []
    for row in _registrations(connection, watch_id, code):
        if row["withdrawn_at"] is None:
            live = row
        else:
            withdrawn.append(row)
    said = live or _record(connection, watch_id, code)
    return CodeFacts(
        code=code,
        entry=entry,
        citations=tuple(_citation(Reference(*xref)) for xref in said["xrefs"]) if said else (),
        contacts=tuple(said["contacts"]) if said else (),
        extra=tuple((name, text) for name, text in said["extra"]) if said else (),
        baseline=live is not None and live["baseline"],
        missing_since=live["missing_since"] if live else None,
        formerly=tuple((name, day) for name, day in live["formerly"]) if live else (),
        pages=_pages(connection, watch_id, code, Role.DOCUMENTED),
        uses=tuple(
            Use(page.source.name, code, page.row.name, page.row.line)
            for page in _pages(connection, watch_id, code, Role.IN_USE)
            if page.row
        ),
        flag=next(iter(queries.open_flags(connection, watch, within=(code, code))), None),
        ignored=next(iter(queries.ignored(connection, watch_id, within=(code, code))), None),
        withdrawn=tuple(
            Withdrawn(
                row["first"],
                row["last"],
                row["description"],
                row["registered_on"],
                row["first_seen_at"],
                row["withdrawn_at"],
            )
            for row in withdrawn
        ),
        history=tuple(queries.history(connection, watch, code=code)),
        neighbours=_neighbours(connection, watch_id, code),
    )


def _entry(rows: list[CodeRow]) -> CodeRow | None:
    """What covers the value: its registration, even while it is missing and the registry says otherwise."""
    return min(rows, key=lambda row: row.assignment != Assignment.ASSIGNED, default=None)


def _citation(reference: Reference) -> Citation:
    return Citation(reference_text(reference), reference)


def _covers(table: FromClause, code: int) -> ColumnElement[bool]:
    return and_(table.c.first <= code, table.c.last >= code)


def _registrations(connection: Connection, watch_id: int, code: int) -> list[RowMapping]:
    r = t.registration
    return list(
        connection.execute(
            select(r).where(r.c.watch_id == watch_id, _covers(r, code)).order_by(r.c.first_seen_at, r.c.id)
        ).mappings()
    )


def _record(connection: Connection, watch_id: int, code: int) -> RowMapping | None:
    r = t.record
    query = select(r).where(r.c.watch_id == watch_id, r.c.valid_to.is_(None), _covers(r, code))
    return connection.execute(query).mappings().first()


def _neighbours(connection: Connection, watch_id: int, code: int) -> tuple[Neighbour, ...]:
    r = t.record
    there = select(r.c.first, r.c.last, r.c.description).where(
        r.c.watch_id == watch_id, r.c.valid_to.is_(None)
    )
    before = there.where(r.c.last < code).order_by(r.c.last.desc()).limit(NEAR)
    after = there.where(r.c.first > code).order_by(r.c.first).limit(NEAR)
    rows = [
        row
        for query in (before, there.where(_covers(r, code)), after)
        for row in connection.execute(query).mappings()
    ]
    return tuple(Neighbour(**row) for row in sorted(rows, key=lambda row: (row["first"], row["last"])))


def _pages(connection: Connection, watch_id: int, code: int, role: Role) -> tuple[OnPage, ...]:
    s, v = t.documented_source, t.documented_value
    found: dict[str, list[DocumentedValue]] = {}
    for row in connection.execute(
        select(s.c.name.label("source"), v.c.first, v.c.last, v.c.name, v.c.line)
        .join(s, s.c.id == v.c.documented_source_id)
        .where(s.c.watch_id == watch_id, s.c.role == role, _covers(v, code))
        .order_by(v.c.id)
    ).mappings():
        value = DocumentedValue(row["first"], row["last"], row["name"], row["line"])
        found.setdefault(row["source"], []).append(value)
    return tuple(
        OnPage(
            source,
            row=next((value for value in found.get(source.name, ()) if value.is_single), None),
            block=min(
                (value for value in found.get(source.name, ()) if not value.is_single),
                key=lambda value: value.last - value.first,
                default=None,
            ),
        )
        for source in queries.sources(connection, watch_id, role)
        if source.read_at is not None
    )
