"""Documented tables are loaded as they were read; flags open and close; what a person decided stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from databases import counted, emptied, texts, watch_on
from hypothesis import given
from hypothesis import strategies as st
from served import registration
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from db import tables as t
from db.documented_store import DocumentedStore, StoredSource
from db.engine import Database
from db.registry_rows import registration_columns
from db.registry_store import RegistryStore
from sync.records import DocumentedTable, DocumentedValue
from sync.state import Flag
from sync.watches import DocumentedSource, Role

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
SHA256 = "a" * 64
MDN = (Role.DOCUMENTED, "mdn")
PAGE = DocumentedTable((DocumentedValue(1000, 1000, "Normal", 7), DocumentedValue(3000, 3999, "", 8)))


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as connection:
        emptied(connection)
        yield connection


def source(name: str, location: str, role: Role = Role.DOCUMENTED) -> DocumentedSource:
    return DocumentedSource(name, location, role)


# -- sources ----------------------------------------------------------------------------------------


def test_a_source_that_was_never_read_takes_no_part(connection: Connection) -> None:
    store, watch = DocumentedStore(connection), watch_on(connection)
    added = store.add(watch, source("mdn", "https://mdn.example/close"))
    assert store.sources(watch) == {
        MDN: StoredSource(added, *MDN, "https://mdn.example/close", sha256=None, problem=None)
    }
    assert store.tables(watch) == {}


@given(
    values=st.lists(
        st.builds(
            DocumentedValue,
            st.integers(0, 2**63 - 1),
            st.integers(0, 2**63 - 1),
            texts,
            st.none() | st.integers(1, 9999),
        ),
        max_size=5,
    )
)
def test_a_table_is_loaded_as_it_was_read(database: Database, values: list[DocumentedValue]) -> None:
    table = DocumentedTable(tuple(values))
    with database.write() as connection:
        emptied(connection)
        store, watch = DocumentedStore(connection), watch_on(connection)
        store.save_table(store.add(watch, source("mdn", "page")), "page", SHA256, table, NOON)
        assert store.tables(watch) == {"mdn": table}


def test_what_is_read_replaces_what_was_read(connection: Connection) -> None:
    store, watch = DocumentedStore(connection), watch_on(connection)
    id_ = store.add(watch, source("mdn", "old page"))
    store.set_problem(id_, "no answer")
    store.save_table(id_, "old page", SHA256, PAGE, NOON)
    less = DocumentedTable(PAGE.values[:1])
    store.save_table(id_, "new page", "b" * 64, less, LATER)
    assert store.tables(watch) == {"mdn": less}
    assert store.sources(watch)[MDN] == StoredSource(id_, *MDN, "new page", "b" * 64, problem=None)
    s = t.documented_source.c
    assert connection.execute(select(s.first_read_at, s.read_at)).one() == (NOON, LATER)


def test_a_source_that_cannot_be_read_keeps_its_last_table(connection: Connection) -> None:
    store, watch = DocumentedStore(connection), watch_on(connection)
    id_ = store.add(watch, source("mdn", "page"))
    store.save_table(id_, "page", SHA256, PAGE, NOON)
    for problem in ("no table", None):
        store.set_problem(id_, problem)
        assert store.sources(watch)[MDN].problem == problem
        assert store.tables(watch) == {"mdn": PAGE}


def test_the_sources_of_a_run_take_part_and_no_others(connection: Connection) -> None:
    store, watch = DocumentedStore(connection), watch_on(connection)
    of_another = watch_on(connection, name="another")
    for watch_id, name in ((watch, "a"), (watch, "b"), (watch, "c"), (of_another, "c")):
        store.save_table(store.add(watch_id, source(name, "page")), "page", SHA256, PAGE, NOON)
    for names in (["a", "b"], ["b"], [], ["c", "never seen"], ["a", "b", "c"]):
        store.set_active(watch, [source(name, "page") for name in names])
        assert sorted(store.tables(watch)) == [name for name in names if name != "never seen"]
        assert sorted(store.tables(of_another)) == ["c"]
    assert [name for _, name in store.sources(watch)] == ["a", "b", "c"]


def test_the_tables_of_many_sources_are_one_question(connection: Connection) -> None:
    store, watch = DocumentedStore(connection), watch_on(connection)
    for name in ("a", "b", "c"):
        store.save_table(store.add(watch, source(name, "page")), "page", SHA256, PAGE, NOON)
    with counted(connection) as statements:
        assert store.tables(watch) == dict.fromkeys("abc", PAGE)
    assert len(statements) == 1


def test_a_watch_has_a_source_of_a_name_once(connection: Connection) -> None:
    store, watch = DocumentedStore(connection), watch_on(connection)
    store.add(watch, source("mdn", "page"))
    with pytest.raises(IntegrityError):
        store.add(watch, source("mdn", "another page"))


def test_what_documents_codes_and_what_lists_those_in_use_are_kept_apart(connection: Connection) -> None:
    store, watch = DocumentedStore(connection), watch_on(connection)
    documents, lists = (source("codes.csv", "codes.csv", role) for role in Role)
    less = DocumentedTable(PAGE.values[:1])
    store.save_table(store.add(watch, documents), "codes.csv", SHA256, PAGE, NOON)
    store.save_table(store.add(watch, lists), "codes.csv", SHA256, less, NOON)
    assert store.tables(watch) == {"codes.csv": PAGE}
    assert store.tables(watch, Role.IN_USE) == {"codes.csv": less}
    store.set_active(watch, [documents])
    assert (len(store.tables(watch)), store.tables(watch, Role.IN_USE)) == (1, {})
    store.set_active(watch, [lists])
    assert (store.tables(watch), len(store.tables(watch, Role.IN_USE))) == ({}, 1)


def test_no_secret_of_a_location_is_stored(connection: Connection) -> None:
    store, watch = DocumentedStore(connection), watch_on(connection)
    url = "https://me:secret@example.org/page.csv?token=secret"
    store.save_table(store.add(watch, source("page", url)), url, SHA256, PAGE, NOON)
    assert [row.location for row in store.sources(watch).values()] == ["https://***@example.org/page.csv?***"]


# -- flags ------------------------------------------------------------------------------------------


@pytest.fixture
def ids(connection: Connection) -> dict[str, int]:
    """The rows of three registrations, by key."""
    watch = watch_on(connection)
    for value, key in enumerate("klm", start=3000):
        columns = registration_columns(registration(value, "Ash")) | {"key": key}
        connection.execute(insert(t.registration).values(watch_id=watch, **columns))
    return RegistryStore(connection).registration_ids(watch)


def flags(**lacking: str) -> dict[str, Flag]:
    """Flags by key, each with the names of the sources that lack it."""
    return {key: Flag(key, tuple(names.split())) for key, names in lacking.items()}


def test_flags_open_change_close_and_open_again(connection: Connection, ids: dict[str, int]) -> None:
    store, watch = DocumentedStore(connection), watch_on(connection)
    before: dict[str, Flag] = {}
    for hours, after in enumerate(
        (
            flags(k="mdn", l="mdn"),
            flags(k="mdn page", m="page"),
            flags(m="page"),
            flags(k="mdn", m="page"),
            flags(m="page"),
        )
    ):
        store.save_flags(ids, before, after, NOON + timedelta(hours=hours))
        assert store.open_flags(watch) == after
        before = after
    f = t.flag.c
    found = connection.execute(
        select(f.registration_id, f.missing_from, f.opened_at, f.closed_at).order_by(f.id)
    )
    assert [(row[0], row[1], row[2].hour, row[3] and row[3].hour) for row in found] == [
        (ids["k"], ["mdn", "page"], 12, 14),
        (ids["l"], ["mdn"], 12, 13),
        (ids["m"], ["page"], 13, None),
        (ids["k"], ["mdn"], 15, 16),
    ]


def test_flags_that_stay_as_they_are_are_not_written(connection: Connection, ids: dict[str, int]) -> None:
    store = DocumentedStore(connection)
    store.save_flags(ids, {}, flags(k="mdn"), NOON)
    with counted(connection) as statements:
        store.save_flags(ids, flags(k="mdn"), flags(k="mdn"), LATER)
    assert statements == []


def test_a_registration_has_one_open_flag(connection: Connection, ids: dict[str, int]) -> None:
    store = DocumentedStore(connection)
    store.save_flags(ids, {}, flags(k="mdn"), NOON)
    with pytest.raises(IntegrityError):
        store.save_flags(ids, {}, flags(k="mdn"), LATER)


def test_a_watch_has_its_own_flags(connection: Connection, ids: dict[str, int]) -> None:
    store = DocumentedStore(connection)
    store.save_flags(ids, {}, flags(k="mdn"), NOON)
    assert store.open_flags(watch_on(connection, name="another")) == {}


# -- what a person decided --------------------------------------------------------------------------


def ignored(connection: Connection) -> list[tuple[object, ...]]:
    i = t.ignored.c
    query = select(i.first, i.last, i.reason, i.at).order_by(i.first, i.last)
    return [tuple(row) for row in connection.execute(query)]


def test_a_code_is_ignored_until_that_is_taken_back(connection: Connection) -> None:
    store, watch = DocumentedStore(connection), watch_on(connection)
    store.ignore(watch, 3000, 3000, "ours", NOON)
    store.ignore(watch, 3000, 3999, "a block", NOON)
    store.ignore(watch, 3000, 3000, "theirs", LATER)
    assert ignored(connection) == [(3000, 3000, "theirs", LATER), (3000, 3999, "a block", NOON)]
    assert store.unignore(watch, 3000, 3000)
    assert not store.unignore(watch, 3000, 3000)
    assert not store.unignore(watch_on(connection, name="another"), 3000, 3999)
    assert ignored(connection) == [(3000, 3999, "a block", NOON)]
