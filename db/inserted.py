"""Inserting rows: one whose id is needed, or many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult, Table, insert


def inserted_id(result: CursorResult[Any]) -> int:
    """The id that the engine gave to the one row a statement inserted."""
    key = result.inserted_primary_key
    if key is None:
        msg = "the statement inserted more than one row"
        raise ValueError(msg)
    return int(key[0])


def insert_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows that have the same columns; none is fine."""
    if rows:
        connection.execute(insert(table), rows)
