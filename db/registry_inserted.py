"""Inserting what registries hold: registrations, and records with the time they were valid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from db import tables as t
from db.content_columns import ContentColumns
from db.inserted import insert_columns
from db.registry_rows import records_columns, registrations_columns
from sync.records import Record
from sync.state import Registration

if TYPE_CHECKING:
    from sqlalchemy import Connection


def insert_registrations(
    connection: Connection, of_watches: Sequence[tuple[int, Registration]], said: ContentColumns
) -> None:
    """Insert registrations, each with its watch's row; none is fine. `said` has what others say, too."""
    if of_watches:
        watch_ids, registrations = zip(*of_watches, strict=True)
        columns = {"watch_id": watch_ids, **registrations_columns(registrations)}
        insert_columns(connection, t.registration, columns, said.of(r.content for r in registrations))


def insert_records(
    connection: Connection,
    of_watches: Sequence[tuple[int, Record, datetime, datetime | None]],
    said: ContentColumns,
) -> None:
    """Insert records, each with its watch's row, and from when to when it was valid. As above."""
    if of_watches:
        watch_ids, records, starts, ends = zip(*of_watches, strict=True)
        columns = {"watch_id": watch_ids, **records_columns(records), "valid_from": starts, "valid_to": ends}
        insert_columns(connection, t.record, columns, said.of(record.content for record in records))
