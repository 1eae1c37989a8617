"""Validators belong to one URL and one version; a server's patience is remembered beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from databases import DOCUMENT, emptied
from sqlalchemy import Connection, select

from db import tables as t
from db.engine import Database
from db.resource_store import ResourceStore
from sync.fetch.location import as_stored
from sync.fetched import Validators

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
A, B = "a" * 64, "b" * 64
MIRROR = "https://mirror.example/codes.xml"
PRIVATE = "https://me:secret@mirror.example/codes.xml?key=secret"
VALIDATORS = Validators(DOCUMENT, "Wed, 08 Sep 2021 00:00:00 GMT", '"5f3-a"')


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as connection:
        emptied(connection)
        yield connection


def validators_of(store: ResourceStore, url: str, sha256: str | None) -> Validators | None:
    resource = store.known().get(as_stored(url))
    return resource.validators(url, sha256) if resource else None


def patience(store: ResourceStore, url: str) -> datetime | None:
    resource = store.known().get(as_stored(url))
    return resource.retry_at if resource else None


def test_validators_count_for_their_url_and_the_version_they_came_with(connection: Connection) -> None:
    store = ResourceStore(connection)
    store.keep_validators(DOCUMENT, VALIDATORS, A)
    store.write()
    assert validators_of(store, DOCUMENT, A) == VALIDATORS
    assert validators_of(store, DOCUMENT, B) is None
    assert validators_of(store, DOCUMENT, None) is None
    assert validators_of(store, MIRROR, A) is None


@pytest.mark.parametrize("validators", [None, Validators(DOCUMENT)], ids=["forgotten", "without a header"])
def test_what_cannot_be_asked_with_is_no_validator(
    connection: Connection, validators: Validators | None
) -> None:
    store = ResourceStore(connection)
    store.keep_validators(DOCUMENT, VALIDATORS, A)
    store.write()
    store.keep_validators(DOCUMENT, validators, A)
    store.write()
    assert validators_of(store, DOCUMENT, A) is None


@pytest.mark.parametrize("one_of", [replace(VALIDATORS, etag=None), replace(VALIDATORS, last_modified=None)])
def test_one_validator_is_enough(connection: Connection, one_of: Validators) -> None:
    store = ResourceStore(connection)
    store.keep_validators(DOCUMENT, one_of, A)
    store.write()
    assert validators_of(store, DOCUMENT, A) == one_of


def test_patience_is_remembered_beside_the_validators(connection: Connection) -> None:
    store = ResourceStore(connection)
    assert patience(store, DOCUMENT) is None
    store.keep_validators(DOCUMENT, VALIDATORS, A)
    store.write()
    for until in (NOON, NOON + HOUR, None):
        store.keep_retry_at(DOCUMENT, until)
        store.write()
        assert patience(store, DOCUMENT) == until
    assert (patience(store, MIRROR), validators_of(store, DOCUMENT, A)) == (None, VALIDATORS)


def test_of_a_url_that_said_nothing_nothing_is_remembered(connection: Connection) -> None:
    ResourceStore(connection).keep_retry_at(DOCUMENT, None)
    ResourceStore(connection).write()
    ResourceStore(connection).keep_validators(DOCUMENT, None, A)
    ResourceStore(connection).write()
    assert connection.execute(select(t.resource)).all() == []


def test_a_secret_in_the_url_is_not_stored_and_the_validators_count_for_it(connection: Connection) -> None:
    store = ResourceStore(connection)
    store.keep_validators(PRIVATE, replace(VALIDATORS, url=PRIVATE), A)
    store.write()
    assert validators_of(store, PRIVATE, A) == replace(VALIDATORS, url=PRIVATE)
    assert "secret" not in str(connection.execute(select(t.resource)).all())
