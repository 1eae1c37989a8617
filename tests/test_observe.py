"""One look at a document: what was served and what it says, or that it is still the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import document, row
from loopback import LoopbackServer, forget_surroundings

from sync.errors import FetchFailed, NotADocument
from sync.fetched import FetchLimits, Validators
from sync.observe import Served, StillServed, bundled, kept, observe
from sync.watches import CLOSE_CODES

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LIMITS = FetchLimits(connect_timeout=5, read_timeout=5, deadline=10, retries=0)
BODY = document([row("1000", "Normal Closure")], updated="2026-01-01")
SHA256 = hashlib.sha256(BODY).hexdigest()
LAST_MODIFIED = "Thu, 01 Jan 2026 00:00:00 GMT"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackServer]:
    forget_surroundings(monkeypatch)
    with LoopbackServer() as server:
        yield server


def test_what_is_served_is_read_and_kept_as_it_came(server: LoopbackServer) -> None:
    server.put("/codes.xml", BODY, last_modified=LAST_MODIFIED, etag='"a"')
    url = server.url("/codes.xml")
    seen = observe(url, None, None, LIMITS, NOON)
    assert isinstance(seen, Served)
    assert (seen.location, seen.body, seen.sha256, seen.bundled) == (url, BODY, SHA256, False)
    assert seen.validators == Validators(url, LAST_MODIFIED, '"a"')
    assert not isinstance(seen.document, str)
    assert seen.document.updated == "2026-01-01"


def test_a_304_speaks_of_the_version_that_was_asked_about(server: LoopbackServer) -> None:
    server.put("/codes.xml", BODY, last_modified=LAST_MODIFIED)
    url = server.url("/codes.xml")
    assert observe(url, Validators(url, LAST_MODIFIED), SHA256, LIMITS, NOON) == StillServed(url, SHA256)


def test_validators_from_elsewhere_are_not_sent(server: LoopbackServer) -> None:
    server.put("/codes.xml", BODY, last_modified=LAST_MODIFIED)
    elsewhere = Validators("https://example.org/codes.xml", LAST_MODIFIED)
    seen = observe(server.url("/codes.xml"), elsewhere, SHA256, LIMITS, NOON)
    assert isinstance(seen, Served)
    assert "If-Modified-Since" not in server.requests[0].headers


@pytest.mark.parametrize("body", [BODY[:-20], BODY.replace(b"<registry", b"<!DOCTYPE a><registry", 1)])
def test_a_document_that_can_not_be_read_is_kept_with_the_reason(body: bytes, tmp_path: Path) -> None:
    path = tmp_path / "codes.xml"
    path.write_bytes(body)
    seen = observe(str(path), None, None, LIMITS, NOON)
    assert isinstance(seen, Served)
    assert (seen.body, seen.sha256) == (body, hashlib.sha256(body).hexdigest())
    assert isinstance(seen.document, str)
    assert seen.document


def test_what_is_no_document_is_a_failed_fetch(tmp_path: Path) -> None:
    path = tmp_path / "login.html"
    path.write_text("<!DOCTYPE html><html><title>Log in</title></html>", "utf-8")
    with pytest.raises(NotADocument, match=r"login.html: the answer is an HTML page"):
        observe(str(path), None, None, LIMITS, NOON)
    with pytest.raises(FetchFailed, match="No such file"):
        observe(str(tmp_path / "absent.xml"), None, None, LIMITS, NOON)


def test_no_secret_of_a_url_is_told_of_an_answer_that_is_no_document(server: LoopbackServer) -> None:
    server.put("/codes.xml?token=s3cret", b"<!DOCTYPE html>")
    url = server.url("/codes.xml?token=s3cret").replace("://", "://me:s3cret@")
    with pytest.raises(NotADocument, match=r"^http://\*\*\*@127\.0\.0\.1:\d+/codes\.xml\?\*\*\*: ") as caught:
        observe(url, None, None, LIMITS, NOON)
    assert "s3cret" not in str(caught.value)


def test_what_ships_and_what_was_kept_read_like_what_is_served() -> None:
    assert CLOSE_CODES.bundle is not None
    ships = bundled(CLOSE_CODES.bundle)
    assert ships.bundled
    assert ships.validators is None
    assert not isinstance(ships.document, str)
    assert ships.document.registry(CLOSE_CODES.registry_id, CLOSE_CODES.bounds).records
    again = kept(CLOSE_CODES.document, ships.body)
    assert (again.sha256, again.location, again.bundled) == (ships.sha256, CLOSE_CODES.document, False)
