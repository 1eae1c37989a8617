"""Inserting rows: one whose id is needed, or many at once.

Many go to the driver as they are. SQLAlchemy makes the statement, and its column types make the values; the
way it prepares the parameters of a statement takes five times as long as SQLite takes for the row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect, Table, insert

_Bind = Callable[[Any], object]


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
        insert_columns(connection, table, {name: [row[name] for row in rows] for name in rows[0]})


def insert_columns(
    connection: Connection,
    table: Table,
    columns: Mapping[str, Iterable[object]],
    made: Mapping[str, Sequence[object]] | None = None,
) -> None:
    """Insert rows that are given column by column, each as long as the others.

    `made` are further columns whose values are as the driver takes them.
    """
    made = made or {}
    into = _into(table, (*columns, *made), connection.dialect)
    values = [
        made[name] if name in made else _bound(bind, columns[name]) if bind else columns[name]
        for name, bind in into.binds
    ]
    connection.exec_driver_sql(into.statement, into.parameters(list(zip(*values, strict=True))))


def _bound(bind: _Bind, values: Iterable[object]) -> Iterator[object]:
    """The driver's value of each; made once of what stands in many rows in a row: one time, no time, `()`."""
    last, bound = None, bind(None)
    for value in values:
        if value is not last:
            last, bound = value, bind(value)
        yield bound


@dataclass(frozen=True, slots=True)
class _Into:
    """An INSERT of some columns, as one driver takes it."""

    statement: str
    binds: tuple[tuple[str, _Bind | None], ...]
    """The columns in the statement's order, with what makes the driver's value of one of ours."""
    by_position: bool

    def parameters(self, rows: list[tuple[object, ...]]) -> Any:  # noqa: ANN401  # the driver's
        """The rows as the driver takes them."""
        if self.by_position:
            return rows
        names = [name for name, _ in self.binds]
        return [dict(zip(names, row, strict=True)) for row in rows]


@lru_cache(maxsize=64)
def _into(table: Table, names: tuple[str, ...], dialect: Dialect) -> _Into:
    # For many: a statement for one row would have PostgreSQL send back the id of each.
    compiled = insert(table).compile(dialect=dialect, column_keys=list(names), for_executemany=True)
    ordered = compiled.positiontup or names
    types = {name: table.c[name].type.dialect_impl(dialect) for name in ordered}
    return _Into(
        statement=str(compiled),
        binds=tuple((name, types[name].bind_processor(dialect)) for name in ordered),
        by_position=compiled.positional,
    )
