"""What is known of a registry as rows, and back. No statement here, and no decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from db.column_types import word
from db.content_columns import content_columns, content_of
from sync.records import Assignment, Record
from sync.state import Change, DocumentState, Hold, HoldKind, Registration

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

Columns = dict[str, Any]
"""A row to be, by the names of its columns."""


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
        mark=date.fromisoformat(row["mark"]) if row["mark"] else None,
        older_since=row["older_since"],
        replaced=applied - {row["sha256"]},
        quarantined_since=row["quarantined_since"],
    )


def registration_columns(r: Registration) -> Columns:
    """A registration as columns, without its watch."""
    return {
        "key": r.key,
        "first": r.first,
        "last": r.last,
        **content_columns(r.content),
        "origin_name": r.origin[0],
        "origin_date": r.origin[1],
        "formerly": r.formerly,
        "first_seen_at": r.first_seen_at,
        "baseline": r.baseline,
        "missing_since": r.missing_since,
        "removal_accepted": r.removal_accepted,
        "withdrawn_at": r.withdrawn_at,
        "endings": r.endings,
    }


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
    return {
        "first": record.first,
        "last": record.last,
        "assignment": record.content.assignment,
        **content_columns(record.content),
    }


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
