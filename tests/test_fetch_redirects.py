"""Which redirects a fetch follows, and which it only names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loopback import LoopbackServer, TlsLoopbackServer, forget_surroundings

from sync.errors import FetchFailed
from sync.fetch.document import fetch
from sync.fetched import FetchedDocument, FetchLimits, NotModified, Validators

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
BODY = b"<registry/>"
MODIFIED = "Wed, 10 Jun 2026 00:00:00 GMT"
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


@pytest.fixture
def tls_server(environment: pytest.MonkeyPatch) -> Iterator[TlsLoopbackServer]:
    with TlsLoopbackServer() as running:
        environment.setenv("REQUESTS_CA_BUNDLE", str(running.ca_file))
        yield running


def failure(location: str) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        fetch(location, limits=IMPATIENT, now=NOW)
    assert str(caught.value).isprintable()
    return caught.value


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("absolute", [True, False])
def test_redirects_on_one_https_server_are_followed(
    tls_server: TlsLoopbackServer, status: int, absolute: bool
) -> None:
    target = "/assignments/websocket.xml"
    location = tls_server.url(target) if absolute else target
    tls_server.answer("/websocket.xml", status=status, headers={"Location": location})
    tls_server.put(target, BODY, last_modified=MODIFIED)
    url = tls_server.url("/websocket.xml")
    assert fetch(url, now=NOW) == FetchedDocument(url, BODY, Validators(url, last_modified=MODIFIED))
    assert fetch(url, Validators(url, last_modified=MODIFIED), now=NOW) == NotModified(url)


def test_three_redirects_are_followed_and_a_fourth_is_not(tls_server: TlsLoopbackServer) -> None:
    for number in range(1, 5):
        tls_server.answer(f"/{number}", status=302, headers={"Location": f"/{number - 1}"})
    tls_server.put("/0", BODY)
    assert isinstance(fetch(tls_server.url("/3"), now=NOW), FetchedDocument)
    error = failure(tls_server.url("/4"))
    assert tls_server.url("/0") in error.reason
    assert error.status == 302


def test_a_loop_of_redirects_ends(tls_server: TlsLoopbackServer) -> None:
    tls_server.answer("/websocket.xml", status=302, headers={"Location": "/websocket.xml"})
    assert "more than 3 redirects" in failure(tls_server.url("/websocket.xml")).reason
    assert len(tls_server.requests) == 4


def test_a_redirect_to_another_server_is_named_and_never_asked(
    tls_server: TlsLoopbackServer, server: LoopbackServer
) -> None:
    with TlsLoopbackServer() as other:
        port = tls_server.server_address[1]
        for target in (
            server.url("/login"),
            other.url("/login"),
            f"https://localhost:{port}/login",
            f"http://127.0.0.1:{port}/login",
            "file:///etc/passwd",
            "https://[::1/",
            "//localhost/login",
        ):
            tls_server.answer("/websocket.xml", status=302, headers={"Location": target}, times=1)
            error = failure(tls_server.url("/websocket.xml"))
            assert error.status == 302
            assert "redirected to" in error.reason
            assert "login" in error.reason or "***" in error.reason or "passwd" in error.reason
        assert server.requests == other.requests == []


def test_a_redirect_between_http_urls_is_not_followed(server: LoopbackServer) -> None:
    server.put("/assignments/websocket.xml", BODY)
    server.answer("/websocket.xml", status=302, headers={"Location": "/assignments/websocket.xml"})
    assert server.url("/assignments/websocket.xml") in failure(server.url("/websocket.xml")).reason


def test_secrets_of_a_redirect_are_masked(server: LoopbackServer) -> None:
    target = "https://user:secret@login.example/sso?ticket=secret"
    server.answer("/websocket.xml", status=302, headers={"Location": target})
    reason = failure(server.url("/websocket.xml")).reason
    assert "https://***@login.example/sso?***" in reason
    assert "secret" not in reason


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(max_codepoint=255, exclude_characters="\r\n"), min_size=1))
def test_a_redirect_to_anything_fails_in_one_line(server: LoopbackServer, target: str) -> None:
    server.answer("/websocket.xml", status=302, headers={"Location": target}, times=1)
    assert failure(server.url("/websocket.xml")).status == 302
