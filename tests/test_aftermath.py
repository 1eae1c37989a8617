"""What servers said is kept with the document it belongs to: validators, by rule 6."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from builders import document, row
from databases import emptied

from db.engine import Database
from db.resource_store import ResourceStore
from sync.aftermath import keep_what_servers_said
from sync.fetched import Validators
from sync.look import Look, WatchedDocument
from sync.observe import Served, bundled, kept
from sync.records import DocumentedTable
from sync.sights import Sight
from sync.sources import ReadSource
from sync.store import settle
from sync.watches import CLOSE_CODES, DocumentedSource, Role

if TYPE_CHECKING:
    from sqlalchemy import Connection

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
URL = CLOSE_CODES.document
OTHER = "https://example.org/other.xml"
NORMAL, UNAUTHORIZED = row("1000", "Normal Closure"), row("3000", "Unauthorized", date="2021-09-06")
FIRST = document([NORMAL, row("1001-3999", "Unassigned")], updated="2026-01-01")
SECOND = document([NORMAL, UNAUTHORIZED, row("3001-3999", "Unassigned")], updated="2026-01-02")
CUT = FIRST[:-30]
EMPTY = document([], updated="2026-01-02")
IN_PART = document([NORMAL, row("3x00", "Unauthorized")], updated="2026-01-02")


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as connection:
        emptied(connection)
        yield connection


def served(body: bytes, *, last_modified: str | None = None, url: str = URL) -> Served:
    seen = kept(url, body)
    return replace(seen, validators=Validators(url, last_modified) if last_modified else None)


def seen(connection: Connection, what: Served, at: datetime = NOON) -> None:
    """A look at the close codes' document, settled, and what its server said kept."""
    keep(connection, [Look(WatchedDocument(URL, (CLOSE_CODES,)), what, None, {})], at)


def keep(connection: Connection, looks: list[Look], at: datetime) -> None:
    sights = [Sight(one.document.url, one.document.watches, one.seen) for one in looks if one.seen]
    resources = ResourceStore(connection)
    for look, stored in zip(looks, settle(connection, sights, at), strict=True):
        keep_what_servers_said(resources, look, stored.decision)
    resources.write()


def validators(connection: Connection, body: bytes, url: str = URL) -> Validators | None:
    resource = ResourceStore(connection).known().get(url)
    return resource.validators(url, hashlib.sha256(body).hexdigest()) if resource else None


def test_validators_are_kept_with_the_version_and_the_url_they_came_with(connection: Connection) -> None:
    elsewhere = "https://mirror.example/codes.xml"
    seen(connection, served(FIRST, last_modified="Thu, 01 Jan 2026 00:00:00 GMT"))
    assert validators(connection, FIRST) == Validators(URL, "Thu, 01 Jan 2026 00:00:00 GMT")
    assert validators(connection, SECOND) is None
    seen(connection, served(FIRST, last_modified="other", url=elsewhere), NOON + DAY)
    assert validators(connection, FIRST) == Validators(URL, "Thu, 01 Jan 2026 00:00:00 GMT")
    assert validators(connection, FIRST, elsewhere) == Validators(elsewhere, "other")


def test_a_server_that_sends_none_any_more_is_not_asked_conditionally(connection: Connection) -> None:
    seen(connection, served(FIRST, last_modified="a"))
    seen(connection, served(FIRST), NOON + DAY)
    assert validators(connection, FIRST) is None


def test_validators_of_an_older_copy_are_not_kept(connection: Connection) -> None:
    seen(connection, served(SECOND, last_modified="b"))
    seen(connection, served(FIRST, last_modified="a"), NOON + DAY)
    assert validators(connection, FIRST) is None
    assert validators(connection, SECOND) == Validators(URL, "b")


def test_validators_of_a_version_that_is_held_back_in_part_are_not_kept(connection: Connection) -> None:
    seen(connection, served(FIRST, last_modified="a"))
    seen(connection, served(IN_PART, last_modified="b"), NOON + DAY)
    assert validators(connection, IN_PART) is None
    mended = document([NORMAL, UNAUTHORIZED], updated="2026-01-02")
    seen(connection, served(mended, last_modified="c"), NOON + DAY)
    assert validators(connection, mended) == Validators(URL, "c")


@pytest.mark.parametrize("body", [CUT, EMPTY], ids=["cut", "empty"])
def test_validators_of_what_can_not_be_used_are_not_kept(body: bytes, connection: Connection) -> None:
    seen(connection, served(FIRST, last_modified="a"))
    seen(connection, served(body, last_modified="b"), NOON + DAY)
    assert validators(connection, body) is None
    assert validators(connection, FIRST) == Validators(URL, "a")


def test_what_ships_came_from_no_server(connection: Connection) -> None:
    assert CLOSE_CODES.bundle
    seen(connection, bundled(CLOSE_CODES.bundle))
    assert ResourceStore(connection).known() == {}


def test_a_page_that_is_a_later_document_too_has_the_documents_word(connection: Connection) -> None:
    ours = replace(CLOSE_CODES, name="ours", document=OTHER, bundle=None)
    held_back = served(IN_PART, last_modified="b", url=OTHER)
    page = DocumentedSource("page", OTHER, Role.DOCUMENTED)
    read = ReadSource(page, held_back.sha256, DocumentedTable(), held_back.validators)
    first, later = WatchedDocument(URL, (CLOSE_CODES,)), WatchedDocument(OTHER, (ours,))
    keep(connection, [Look(later, served(FIRST, last_modified="a", url=OTHER), None, {})], NOON)
    looks = [
        Look(first, served(FIRST), None, {CLOSE_CODES.name: [read]}),
        Look(later, held_back, None, {}),
    ]
    keep(connection, looks, NOON + DAY)
    assert validators(connection, IN_PART, OTHER) is None
