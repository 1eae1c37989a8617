"""Copies of a document as a server may serve them, written as tables of what they assign.

    copy("2021-09-08", {1000: ("Normal Closure", None), 3000: ("Unauthorized", "2021-09-06")})

These are what a parser makes of bytes: no XML here (that is `builders`' business).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from sync.intervals import without
from sync.records import Assignment, Content, Record, RegistrySnapshot, SetAside
from sync.state import Registration, Version

BOUNDS = (0, 9999)
"""Every value of these that a table does not have is unassigned."""
CODES = "codes"
"""The watch of a copy that names no others."""

NOON = datetime(2021, 9, 1, 12, tzinfo=UTC)
"""When all begins."""

Pair = tuple[str, str | None]
"""A name and a registration date."""
Table = Mapping[int | tuple[int, int], Pair]
"""What a registry assigns: a value, or the first and last of a range, to a name and a date."""


def content(name: str, date: str | None = None, revised_on: str | None = None) -> Content:
    """What a record says: `Reserved ...` and `Unassigned` are no registrations, all else is."""
    assignment = {"Reserved": Assignment.RESERVED, "Unassigned": Assignment.UNASSIGNED}
    return Content(
        name,
        assignment.get(name.split(maxsplit=1)[0], Assignment.ASSIGNED),
        registered_on=date,
        revised_on=revised_on,
    )


def registry(table: Table, aside: Mapping[str, int | None] | None = None) -> RegistrySnapshot:
    """A registry that assigns what the table says, the rest of BOUNDS being unassigned.

    `aside` are the records that can't be used: the text of each, and its value where that can be read.
    """
    records = [
        Record(*((values, values) if isinstance(values, int) else values), content(*pair))
        for values, pair in table.items()
    ]
    taken = [(record.first, record.last) for record in records]
    records += [Record(first, last, content("Unassigned")) for first, last in without(*BOUNDS, taken)]
    return RegistrySnapshot(
        "codes",
        "Codes",
        tuple(sorted(records, key=lambda record: record.first)),
        tuple(SetAside("it can't be read", text, value, value) for text, value in (aside or {}).items()),
    )


def document(updated: str | None, *, bundled: bool = False, **registries: RegistrySnapshot | str) -> Version:
    """A version of a document, with each watch's registry or why it can't be used."""
    digest = hashlib.sha256(repr((updated, bundled, sorted(registries.items()))).encode()).hexdigest()
    return Version(digest, updated, registries, bundled)


def copy(
    updated: str | None, table: Table, *, aside: Mapping[str, int | None] | None = None, bundled: bool = False
) -> Version:
    """A version of a document with one registry."""
    return document(updated, bundled=bundled, **{CODES: registry(table, aside)})


def registration(
    value: int,
    name: str,
    date: str | None = None,
    *,
    last: int | None = None,
    formerly: tuple[Pair, ...] = (),
    missing_since: datetime | None = None,
    withdrawn_at: datetime | None = None,
) -> Registration:
    """A registration of one value, or of those up to `last`, first seen at NOON."""
    return Registration(
        key=f"{value}-{name}",
        first=value,
        last=value if last is None else last,
        content=content(name, date),
        origin=formerly[0] if formerly else (name, date),
        first_seen_at=NOON,
        baseline=True,
        formerly=formerly,
        missing_since=missing_since,
        withdrawn_at=withdrawn_at,
        endings=1 if withdrawn_at else 0,
    )


def assigned(registry: RegistrySnapshot) -> Table:
    """What a registry assigns, as a table."""
    records = [r for r in registry.records if r.content.assignment is Assignment.ASSIGNED]
    return {_values(r): (r.content.description, r.content.registered_on) for r in records}


def table_of(registrations: Iterable[Registration]) -> Table:
    """The live registrations, missing or not, as a table."""
    return {_values(r): r.pair for r in registrations if r.live}


def _values(thing: Record | Registration) -> int | tuple[int, int]:
    return thing.first if thing.first == thing.last else (thing.first, thing.last)


CLOSED = ("Normal Closure", None)
UNAUTHORIZED = ("Unauthorized", "2021-09-06")
FORBIDDEN = ("Forbidden", "2023-02-22")
TIMEOUT = ("Timeout", "2024-02-01")
FIVE: Table = {
    1000: CLOSED,
    3000: UNAUTHORIZED,
    3003: FORBIDDEN,
    3008: TIMEOUT,
    3009: ("Conflict", "2024-03-01"),
}
BEFORE = copy("2021-09-01", {1000: CLOSED})
WITH_3000 = copy("2021-09-08", {1000: CLOSED, 3000: UNAUTHORIZED})
