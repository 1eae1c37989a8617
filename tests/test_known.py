"""What is known of every document at once: the versions last applied, to it and to each watch on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from databases import DOCUMENT, WATCH, emptied, versions, watch_on

from db.engine import Database
from db.known import known_documents
from db.registry_store import RegistryStore
from sync.state import DocumentState

if TYPE_CHECKING:
    from sqlalchemy import Connection

A, B = "a" * 64, "b" * 64
OTHER = "https://example.org/other.xml"


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as connection:
        emptied(connection)
        yield connection


def applied(connection: Connection, url: str) -> tuple[str | None, dict[str, str | None]]:
    document = known_documents(connection)[url]
    return document.sha256, {name: watch.sha256 for name, watch in document.watches.items()}


def test_what_was_last_applied_to_a_document_and_to_a_watch_on_it(connection: Connection) -> None:
    store = RegistryStore(connection)
    watch_id = watch_on(connection)
    assert applied(connection, DOCUMENT) == (None, {WATCH.name: None})
    store.add_documents([OTHER])
    assert applied(connection, OTHER) == (None, {})
    assert "https://example.org/none.xml" not in known_documents(connection)
    ids = versions(connection, A, B)
    (document_id,) = store.add_documents([DOCUMENT])
    store.save_documents([(document_id, DocumentState(B), ids)])
    store.set_applied([(watch_id, A, ids)])
    assert applied(connection, DOCUMENT) == (B, {WATCH.name: A})
