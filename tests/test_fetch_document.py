"""What a fetch asks for, which answers count, and when it tries again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from time import monotonic

import pytest
from loopback import LoopbackServer, forget_surroundings

from sync.errors import FetchFailed
from sync.fetch.document import fetch
from sync.fetched import FetchedDocument, FetchLimits, NotModified, Validators

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
BODY = b"<registry/>"
MODIFIED = "Wed, 10 Jun 2026 00:00:00 GMT"
ETAG = 'W/"5f-62a1"'
IMPATIENT = FetchLimits(backoff=0.0)
"""Retries as by default, without the pauses."""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    forget_surroundings(monkeypatch)
    return monkeypatch


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as running:
        yield running


def failure(
    location: str, validators: Validators | None = None, limits: FetchLimits = IMPATIENT
) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        fetch(location, validators, limits, now=NOW)
    assert str(caught.value).isprintable()
    return caught.value


# -- what is asked, what is answered ---------------------------------------------------------------


def test_a_document_comes_with_its_validators_exactly_as_served(server: LoopbackServer) -> None:
    server.put("/websocket.xml", BODY, last_modified=MODIFIED, etag=ETAG, content_type="text/xml; charset=x")
    url = server.url("/websocket.xml")
    assert fetch(url, now=NOW) == FetchedDocument(
        location=url,
        body=BODY,
        validators=Validators(url, last_modified=MODIFIED, etag=ETAG),
    )


@pytest.mark.parametrize(
    ("last_modified", "etag"), [(MODIFIED, None), (None, ETAG), ("yesterday", None), (None, "unquoted")]
)
def test_what_the_server_sent_is_sent_back_and_304_is_not_modified(
    server: LoopbackServer, last_modified: str | None, etag: str | None
) -> None:
    server.put("/websocket.xml", BODY, last_modified=last_modified, etag=etag)
    url = server.url("/websocket.xml")
    first = fetch(url, now=NOW)
    assert isinstance(first, FetchedDocument)
    assert fetch(url, first.validators, now=NOW) == NotModified(url)
    assert server.requests[-1].headers.get("If-Modified-Since") == last_modified
    assert server.requests[-1].headers.get("If-None-Match") == etag


@pytest.mark.parametrize("header", [{}, {"ETag": ""}, {"ETag": "\xa0x"}, {"Last-Modified": "\x0cWed"}])
def test_a_validator_that_is_absent_or_cannot_be_sent_back_is_none(
    server: LoopbackServer, header: dict[str, str]
) -> None:
    server.answer("/websocket.xml", status=200, headers=header, body=BODY)
    document = fetch(server.url("/websocket.xml"), now=NOW)
    assert isinstance(document, FetchedDocument)
    assert document.validators is None


def test_validators_of_another_url_are_not_sent(server: LoopbackServer) -> None:
    server.put("/websocket.xml", BODY, last_modified=MODIFIED)
    other = Validators(server.url("/other.xml"), last_modified=MODIFIED)
    assert isinstance(fetch(server.url("/websocket.xml"), other, now=NOW), FetchedDocument)
    assert "If-Modified-Since" not in server.requests[0].headers


@pytest.mark.parametrize("empty", [True, False])
def test_a_304_that_was_not_asked_for_is_a_failure(server: LoopbackServer, empty: bool) -> None:
    server.answer("/websocket.xml", status=304)
    url = server.url("/websocket.xml")
    error = failure(url, Validators(url) if empty else None)
    assert (error.status, error.retry_at) == (304, None)


def test_the_request_says_who_asks_and_takes_the_path_as_it_is(server: LoopbackServer) -> None:
    server.put("/websocket.xml", BODY)
    fetch(server.url("/websocket.xml"), now=NOW)
    seen = server.requests[0]
    agent = f"ianawatch/{version('ianawatch')} (+https://github.com/ianawatch/ianawatch)"
    assert (seen.method, seen.path, seen.headers["User-Agent"]) == ("GET", "/websocket.xml", agent)


# -- other statuses, and further tries -------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "named"),
    [
        (203, "203 Non-Authoritative Information"),
        (204, "204 No Content"),
        (206, "206 Partial Content"),
        (300, "300 Multiple Choices"),
        (302, "302 Found"),
        (403, "403 Forbidden"),
        (404, "404 Not Found"),
        (299, "status 299"),
    ],
)
def test_any_other_status_fails_at_once(server: LoopbackServer, status: int, named: str) -> None:
    server.answer("/websocket.xml", status=status, body=BODY if status != 204 else b"")
    error = failure(server.url("/websocket.xml"))
    assert (error.status, error.reason, error.retry_at) == (status, f"answered {named}", None)
    assert error.location == server.url("/websocket.xml")
    assert error.remedy
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 599])
def test_a_passing_status_is_tried_again(server: LoopbackServer, status: int) -> None:
    server.put("/websocket.xml", BODY)
    server.answer("/websocket.xml", status=status, times=3)
    assert isinstance(fetch(server.url("/websocket.xml"), limits=IMPATIENT, now=NOW), FetchedDocument)
    assert [seen.status for seen in server.requests] == [status] * 3 + [200]


def test_the_conditions_are_repeated_with_every_try(server: LoopbackServer) -> None:
    server.put("/websocket.xml", BODY, last_modified=MODIFIED)
    server.answer("/websocket.xml", status=503, times=1)
    url = server.url("/websocket.xml")
    assert fetch(url, Validators(url, last_modified=MODIFIED), IMPATIENT, now=NOW) == NotModified(url)


@pytest.mark.parametrize("retries", [0, 2])
def test_tries_are_numbered(server: LoopbackServer, retries: int) -> None:
    server.answer("/websocket.xml", status=503)
    error = failure(server.url("/websocket.xml"), limits=FetchLimits(retries=retries, backoff=0.0))
    assert (error.status, error.retry_at) == (503, None)
    assert len(server.requests) == 1 + retries


def test_the_second_try_comes_at_once_and_the_pauses_before_the_others_double(server: LoopbackServer) -> None:
    server.answer("/websocket.xml", status=503)
    began = monotonic()
    failure(server.url("/websocket.xml"), limits=FetchLimits(retries=2, backoff=0.1))
    assert monotonic() - began >= 0.2
    assert len(server.requests) == 3


def test_a_try_that_would_come_after_the_deadline_is_not_waited_for(server: LoopbackServer) -> None:
    server.answer("/websocket.xml", status=503)
    error = failure(server.url("/websocket.xml"), limits=FetchLimits(deadline=2.0, backoff=5.0))
    assert (error.status, len(server.requests)) == (503, 2)


# -- Retry-After -----------------------------------------------------------------------------------


def test_a_short_retry_after_is_waited_for(server: LoopbackServer) -> None:
    server.put("/websocket.xml", BODY)
    server.answer("/websocket.xml", status=429, headers={"Retry-After": "1"}, times=1)
    began = monotonic()
    assert isinstance(fetch(server.url("/websocket.xml"), limits=IMPATIENT, now=NOW), FetchedDocument)
    assert monotonic() - began >= 1.0


@pytest.mark.parametrize("status", [404, 429, 503])
@pytest.mark.parametrize(
    ("asked", "until"),
    [
        ("11", NOW + timedelta(seconds=11)),
        ("120", NOW + timedelta(minutes=2)),
        ("Wed, 10 Jun 2026 14:00:00 GMT", NOW + timedelta(hours=2)),
        ("999999999", NOW + timedelta(days=1)),
    ],
)
def test_a_long_retry_after_ends_the_fetch_and_is_handed_on(
    server: LoopbackServer, status: int, asked: str, until: datetime
) -> None:
    server.answer("/websocket.xml", status=status, headers={"Retry-After": asked})
    began = monotonic()
    error = failure(server.url("/websocket.xml"))
    assert (error.status, error.retry_at) == (status, until)
    assert len(server.requests) == 1
    assert monotonic() - began < 1.0


def test_a_short_retry_after_of_the_last_try_is_handed_on(server: LoopbackServer) -> None:
    server.answer("/websocket.xml", status=503, headers={"Retry-After": "5"})
    error = failure(server.url("/websocket.xml"), limits=FetchLimits(retries=0))
    assert error.retry_at == NOW + timedelta(seconds=5)
    assert str(error).endswith("answered 503 Service Unavailable; try again after 2026-06-10 12:00 UTC")


@pytest.mark.parametrize("asked", ["soon", "", "-1", "0", "Tue, 09 Jun 2026 12:00:00 GMT"])
def test_a_retry_after_that_says_nothing_is_as_none(server: LoopbackServer, asked: str) -> None:
    server.answer("/websocket.xml", status=503, headers={"Retry-After": asked})
    assert failure(server.url("/websocket.xml")).retry_at is None
    assert len(server.requests) == 1 + IMPATIENT.retries


# -- files -----------------------------------------------------------------------------------------


def test_a_file_is_read_whole_and_has_no_validators(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.joinpath("websocket.xml").write_bytes(BODY)
    monkeypatch.chdir(tmp_path)
    expected = FetchedDocument(location=str(tmp_path / "websocket.xml"), body=BODY)
    assert fetch("websocket.xml", now=NOW) == expected
    assert fetch(str(tmp_path / "websocket.xml"), now=NOW) == expected


def test_a_file_that_cannot_be_read_is_a_failure_that_says_why(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for path, why in [
        (tmp_path / "absent.xml", "No such file or directory"),
        (tmp_path, "Is a directory"),
        (loop, "Too many levels of symbolic links"),
        (Path("a\0b"), "no file can have this name"),
    ]:
        error = failure(str(path))
        assert why in error.reason
        assert error.status is None


def test_a_file_has_the_same_limit_as_a_body(tmp_path: Path) -> None:
    path = tmp_path / "websocket.xml"
    path.write_bytes(bytes(1000))
    assert isinstance(fetch(str(path), limits=FetchLimits(max_bytes=1000), now=NOW), FetchedDocument)
    assert failure(str(path), limits=FetchLimits(max_bytes=999)).reason == "larger than 999 bytes"


@pytest.mark.parametrize("location", ["file:///etc/hostname", "ftp://127.0.0.1/", "http://", "https://[::1"])
def test_a_source_of_another_kind_is_a_failure_that_says_what_is_right(location: str) -> None:
    error = failure(location)
    assert error.reason == "not a usable source"
    assert error.remedy == "give an http or https URL, or the path of a file"
