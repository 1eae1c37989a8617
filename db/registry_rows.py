"""What is known of a registry as rows, and back. No statement here, and no decision."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

from db.column_types import NotAsWritten, word
from db.content_columns import Columns, content_columns, content_of
from sync.records import Assignment, Record
from sync.state import Change, DocumentState, Hold, HoldKind, Registration

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

T = TypeVar("T")
_Fields = Mapping[str, Callable[[T], object]]
"""How the columns of a table are read off a thing, by their names."""

_REGISTRATION: _Fields[Registration] = {
    "key": attrgetter("key"),
    "first": attrgetter("first"),
    "last": attrgetter("last"),
    "origin_name": lambda r: r.origin[0],
    "origin_date": lambda r: r.origin[1],
    "formerly": attrgetter("formerly"),
    "first_seen_at": attrgetter("first_seen_at"),
    "baseline": attrgetter("baseline"),
    "missing_since": attrgetter("missing_since"),
    "removal_accepted": attrgetter("removal_accepted"),
    "withdrawn_at": attrgetter("withdrawn_at"),
    "endings": attrgetter("endings"),
}
"""A registration without its watch, and without what is said of it."""
_RECORD: _Fields[Record] = {
    "first": attrgetter("first"),
    "last": attrgetter("last"),
    "assignment": attrgetter("content.assignment"),
}
"""A record without its watch, the time it was valid, and what else is said of it."""


def document_columns(state: DocumentState, snapshot_ids: Mapping[str, int]) -> Columns:
    """A document's state as columns; `snapshot_ids` are the rows of its versions, by SHA-256."""
    return {
        "snapshot_id": snapshot_ids[state.snapshot] if state.snapshot else None,
        "mark": state.mark.isoformat() if state.mark else None,
        "older_since": state.older_since,
        "quarantined_since": state.quarantined_since,
    }


def document_of(row: RowMapping, applied: frozenset[str]) -> DocumentState:
    """A document's state from its row, with the `sha256` of the version last applied.

    `applied` are the SHA-256 of every version that was ever applied.
    """
    return DocumentState(
        snapshot=row["sha256"],
        mark=_date(row["mark"]) if row["mark"] else None,
        older_since=row["older_since"],
        replaced=applied - {row["sha256"]},
        quarantined_since=row["quarantined_since"],
    )


def _date(stored: str) -> date:
    try:
        return date.fromisoformat(stored)
    except ValueError as e:
        raise NotAsWritten(f"{stored!r} is no date") from e


def registration_columns(registration: Registration) -> Columns:
    """A registration as columns, without its watch."""
    return {**_row(_REGISTRATION, registration), **content_columns(registration.content)}


def registrations_columns(registrations: Sequence[Registration]) -> dict[str, Iterable[object]]:
    """The same of many, column by column, without what is said of them (`content_columns.ContentColumns`)."""
    return _rows(_REGISTRATION, registrations)


def registration_of(row: RowMapping) -> Registration:
    """A registration from its row."""
    return Registration(
        key=row["key"],
        first=row["first"],
        last=row["last"],
        content=content_of(row, Assignment.ASSIGNED),
        origin=(row["origin_name"], row["origin_date"]),
        first_seen_at=row["first_seen_at"],
        baseline=row["baseline"],
        formerly=tuple((name, day) for name, day in row["formerly"]),
        missing_since=row["missing_since"],
        removal_accepted=row["removal_accepted"],
        withdrawn_at=row["withdrawn_at"],
        endings=row["endings"],
    )


def record_columns(record: Record) -> Columns:
    """A record as columns, without its watch and the time it was valid."""
    return {**_row(_RECORD, record), **content_columns(record.content)}


def records_columns(records: Sequence[Record]) -> dict[str, Iterable[object]]:
    """The same of many, column by column, without what they say (`content_columns.ContentColumns`)."""
    return _rows(_RECORD, records)


def record_of(row: RowMapping) -> Record:
    """A record from its row."""
    return Record(row["first"], row["last"], content_of(row, word(Assignment, row["assignment"])))


def hold_columns(hold: Hold, snapshot_ids: Mapping[str, int]) -> Columns:
    """A hold as columns, without its watch and its end."""
    return {
        "snapshot_id": snapshot_ids[hold.snapshot],
        "kind": hold.kind,
        "fingerprint": hold.fingerprint,
        "reason": hold.reason,
        "opened_at": hold.opened_at,
        "accepted_at": hold.accepted_at,
    }


def hold_of(row: RowMapping) -> Hold:
    """A hold from its row, with the `sha256` of the version it was first seen in."""
    return Hold(
        kind=word(HoldKind, row["kind"]),
        fingerprint=row["fingerprint"],
        reason=row["reason"],
        snapshot=row["sha256"],
        opened_at=row["opened_at"],
        accepted_at=row["accepted_at"],
    )


def change_columns(
    change: Change, registration_ids: Mapping[str, int], snapshot_ids: Mapping[str, int]
) -> Columns:
    """A change as columns; `registration_ids` are the rows of the watch's registrations, by key."""
    return {
        "registration_id": registration_ids[change.key],
        "snapshot_id": snapshot_ids[change.snapshot],
        "at": change.at,
        "kind": change.kind,
        "first": change.first,
        "last": change.last,
        "field": change.field,
        "before": change.before,
        "after": change.after,
    }


def _row(fields: _Fields[T], thing: T) -> Columns:
    return {name: read(thing) for name, read in fields.items()}


def _rows(fields: _Fields[T], things: Sequence[T]) -> dict[str, Iterable[object]]:
    return {name: map(read, things) for name, read in fields.items()}
