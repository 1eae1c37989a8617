"""Sources of tables, what was last read from them, the flags, and what a person decided to ignore."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, delete, insert, or_, select, update

from db import tables as t
from db.column_types import word
from db.inserted import insert_all, inserted_id
from sync.fetch.location import shown
from sync.records import DocumentedTable, DocumentedValue
from sync.state import Flag
from sync.watches import DocumentedSource, Role

_SOURCE, _VALUE = t.documented_source.c, t.documented_value.c

# Statements of every run stand here, since to make one takes three times as long as to run it.
_SOURCES = (
    select(t.documented_source)
    .where(_SOURCE.watch_id == bindparam("of_watch"))
    .order_by(_SOURCE.role, _SOURCE.name)
)
_TABLES = (
    select(_SOURCE.name.label("source"), _VALUE.first, _VALUE.last, _VALUE.name, _VALUE.line)
    .outerjoin(t.documented_value, _VALUE.documented_source_id == _SOURCE.id)
    .where(
        _SOURCE.watch_id == bindparam("of_watch"),
        _SOURCE.role == bindparam("of_role"),
        _SOURCE.active.is_(True),
        _SOURCE.sha256.is_not(None),
    )
    .order_by(_SOURCE.name, _VALUE.id)
)
_WANTED = or_(
    *(and_(_SOURCE.role == role, _SOURCE.name.in_(bindparam(role.name, expanding=True))) for role in Role)
)
_SET_ACTIVE = (
    update(t.documented_source)
    .where(_SOURCE.watch_id == bindparam("of_watch"), _SOURCE.active != _WANTED)
    .values(active=_WANTED)
)
_OPEN_FLAGS = (
    select(t.registration.c.key, t.flag.c.missing_from)
    .join(t.registration, t.registration.c.id == t.flag.c.registration_id)
    .where(t.registration.c.watch_id == bindparam("of_watch"), t.flag.c.closed_at.is_(None))
)


@dataclass(frozen=True, slots=True)
class StoredSource:
    """A source's row."""

    id: int
    role: Role
    name: str
    location: str
    """With what may be a secret masked."""
    sha256: str | None
    """Of the body last read; None when it was never read, and takes no part."""
    problem: str | None
    """Why it could not be read at the last try; its last good table stands."""


class DocumentedStore:
    """Reads and writes within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def sources(self, watch_id: int) -> dict[tuple[Role, str], StoredSource]:
        """Every source of a watch, by role and name."""
        rows = self._connection.execute(_SOURCES, {"of_watch": watch_id}).mappings()
        return {
            (word(Role, row["role"]), row["name"]): StoredSource(
                id=row["id"],
                role=word(Role, row["role"]),
                name=row["name"],
                location=row["location"],
                sha256=row["sha256"],
                problem=row["problem"],
            )
            for row in rows
        }

    def tables(self, watch_id: int, role: Role = Role.DOCUMENTED) -> dict[str, DocumentedTable]:
        """What the sources of a role that take part list, by source name."""
        rows = self._connection.execute(_TABLES, {"of_watch": watch_id, "of_role": role})
        found: dict[str, list[DocumentedValue]] = {}
        for row in rows:
            values = found.setdefault(row.source, [])
            # A source without values gives a row without one.
            if row.first is not None:
                values.append(DocumentedValue(row.first, row.last, row.name, row.line))
        return {name: DocumentedTable(tuple(values)) for name, values in found.items()}

    def add(self, watch_id: int, source: DocumentedSource) -> int:
        """Make a source's row; it takes part once it is read."""
        result = self._connection.execute(
            insert(t.documented_source).values(
                watch_id=watch_id,
                role=source.role,
                name=source.name,
                location=shown(source.location),
                active=True,
            )
        )
        return inserted_id(result)

    def set_active(self, watch_id: int, sources: Iterable[DocumentedSource]) -> None:
        """Let these sources of the watch, and no others, take part."""
        names: dict[str, list[str]] = {role.name: [] for role in Role}
        for active in sources:
            names[active.role.name].append(active.name)
        self._connection.execute(_SET_ACTIVE, {"of_watch": watch_id, **names})

    def save_table(
        self, source_id: int, location: str, sha256: str, table: DocumentedTable, at: datetime
    ) -> None:
        """Replace a source's table by one that was just read."""
        first_read_at = self._connection.scalar(
            select(t.documented_source.c.first_read_at).where(t.documented_source.c.id == source_id)
        )
        self._connection.execute(
            update(t.documented_source)
            .where(t.documented_source.c.id == source_id)
            .values(
                location=shown(location),
                sha256=sha256,
                first_read_at=first_read_at or at,
                read_at=at,
                problem=None,
            )
        )
        self._connection.execute(
            delete(t.documented_value).where(t.documented_value.c.documented_source_id == source_id)
        )
        insert_all(
            self._connection,
            t.documented_value,
            [
                {
                    "documented_source_id": source_id,
                    "first": value.first,
                    "last": value.last,
                    "name": value.name,
                    "line": value.line,
                }
                for value in table.values
            ],
        )

    def set_problem(self, source_id: int, problem: str | None) -> None:
        """Say why a source could not be read, or that it could; its last good table stands."""
        self._connection.execute(
            update(t.documented_source).where(t.documented_source.c.id == source_id).values(problem=problem)
        )

    # -- flags ----------------------------------------------------------------------------------

    def open_flags(self, watch_id: int) -> dict[str, Flag]:
        """The open flags of a watch, by registration key."""
        rows = self._connection.execute(_OPEN_FLAGS, {"of_watch": watch_id})
        return {key: Flag(key, tuple(missing_from)) for key, missing_from in rows}

    def save_flags(
        self,
        registration_ids: Mapping[str, int],
        before: Mapping[str, Flag],
        after: Mapping[str, Flag],
        at: datetime,
    ) -> None:
        """Close flags that are no longer, open new ones, and say anew which sources lack the others."""
        for key, flag in before.items():
            kept = after.get(key)
            if kept == flag:
                continue
            values = {"closed_at": at} if kept is None else {"missing_from": list(kept.lacking)}
            self._connection.execute(
                update(t.flag)
                .where(t.flag.c.registration_id == registration_ids[key], t.flag.c.closed_at.is_(None))
                .values(**values)
            )
        insert_all(
            self._connection,
            t.flag,
            [
                {
                    "registration_id": registration_ids[key],
                    "missing_from": list(flag.lacking),
                    "opened_at": at,
                }
                for key, flag in after.items()
                if key not in before
            ],
        )

    # -- what a person decided --------------------------------------------------------------------

    def ignore(self, watch_id: int, first: int, last: int, reason: str, at: datetime) -> None:
        """Remember that these values need not be documented."""
        self.unignore(watch_id, first, last)
        self._connection.execute(
            insert(t.ignored).values(watch_id=watch_id, first=first, last=last, reason=reason, at=at)
        )

    def unignore(self, watch_id: int, first: int, last: int) -> bool:
        """Take that back; whether there was something to take back."""
        result = self._connection.execute(
            delete(t.ignored).where(
                t.ignored.c.watch_id == watch_id, t.ignored.c.first == first, t.ignored.c.last == last
            )
        )
        return result.rowcount > 0
