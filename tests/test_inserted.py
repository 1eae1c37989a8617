"""Rows that are handed to the driver are those that SQLAlchemy would have written one by one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from databases import counted, maybe_times, texts
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    null,
    select,
)

from db.column_types import Utc, json_text
from db.engine import Database
from db.inserted import insert_all, insert_columns, inserted_id
from sync.records import Assignment

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def _table(name: str) -> Table:
    """One with every type of column that the program has, under names that SQL and Python know, too."""
    return Table(
        name,
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("first", BigInteger),
        Column("key", Text),
        Column("count", Boolean),
        Column("at", Utc),
        Column("before", JSON),
        Column("body", LargeBinary),
        prefixes=["TEMPORARY"],
    )


AT_ONCE, ONE_BY_ONE = _table("at_once"), _table("one_by_one")

documents = st.recursive(
    st.booleans() | st.integers(0, 2**53) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
rows = st.fixed_dictionaries(
    {
        "first": st.none() | st.integers(-(2**63), 2**63 - 1),
        "key": st.none() | texts | st.sampled_from(Assignment),
        "count": st.none() | st.booleans(),
        "at": maybe_times | st.just(NOON),
        "before": st.none() | documents | st.just([]) | st.just(()),
        "body": st.none() | st.binary(max_size=5),
    }
)


def written(connection: Connection, table: Table) -> list[Any]:
    """The rows of a table, in the order in which they were written, and where they have nothing at all."""
    nothing = [column.is_(null()).label(f"no_{column.name}") for column in table.c]
    return list(connection.execute(select(*table.c, *nothing).order_by(table.c.id)))


NOTHING = {"first": None, "key": None, "count": None, "at": None, "before": None, "body": None}
EQUAL_TO_PYTHON = [{**NOTHING, "before": value} for value in ([1], [True], [0], [False])]


@given(given_rows=st.lists(rows, max_size=6))
@example(given_rows=EQUAL_TO_PYTHON)
@example(given_rows=[NOTHING, NOTHING])
def test_rows_at_once_are_rows_one_by_one(database: Database, given_rows: list[dict[str, object]]) -> None:
    with database.write() as connection:
        for table in (AT_ONCE, ONE_BY_ONE):
            table.create(connection)
        insert_all(connection, AT_ONCE, given_rows)
        for row in given_rows:
            connection.execute(ONE_BY_ONE.insert(), row)
        # As text, since to Python 1 and True are equal.
        assert str(written(connection, AT_ONCE)) == str(written(connection, ONE_BY_ONE))
        connection.rollback()


def test_made_columns_are_taken_as_they_are(database: Database) -> None:
    with database.write() as connection:
        AT_ONCE.create(connection)
        names = ["Ash", "Birch", "Ash"]
        made = {"before": [json_text([name]) for name in names]}
        insert_columns(connection, AT_ONCE, {"at": iter([NOON] * 3), "key": map(str.upper, names)}, made)
        read = [(row.key, row.at, row.before) for row in written(connection, AT_ONCE)]
        assert read == [(name.upper(), NOON, [name]) for name in names]
        connection.rollback()


def test_columns_are_of_one_length(database: Database) -> None:
    with database.write() as connection:
        with pytest.raises(ValueError, match="zip"):
            insert_columns(connection, AT_ONCE, {"first": [1, 2], "key": ["a"]})
        connection.rollback()


def test_no_row_is_no_statement(database: Database) -> None:
    with database.write() as connection, counted(connection) as statements:
        insert_all(connection, AT_ONCE, [])
    assert statements == []


def test_the_id_of_a_row_is_known(database: Database) -> None:
    with database.write() as connection:
        ONE_BY_ONE.create(connection)
        one = inserted_id(connection.execute(ONE_BY_ONE.insert(), {"key": "a"}))
        assert [row.id for row in written(connection, ONE_BY_ONE)] == [one]
        connection.rollback()
