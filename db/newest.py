"""The last row that each document has in a table: a subquery for whoever wants these rows."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, Table, func, select


def newest(table: Table, *conditions: ColumnElement[bool]) -> Select[int]:
    """The ids of the last rows that meet the conditions.

    The last by id, not by time: a clock that ran ahead once must not make every later row look older.
    """
    return select(func.max(table.c.id)).where(*conditions).group_by(table.c.document_id)
