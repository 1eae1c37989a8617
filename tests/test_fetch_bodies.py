"""What a fetch makes of bodies: broken, compressed, endless and hostile ones."""

from __future__ import annotations

import gzip
import socket
import struct
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count

import pytest
from loopback import LoopbackServer, RawServer, TlsLoopbackServer, forget_surroundings, read_head

from sync.errors import FetchFailed
from sync.fetch.document import fetch
from sync.fetched import FetchedDocument, FetchLimits

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
BODY = b"<registry/>"
MIB = 1024 * 1024
ONCE = FetchLimits(retries=0, deadline=10.0, max_bytes=MIB)
GZIP = {"Content-Encoding": "gzip"}

Script = Callable[[socket.socket], None]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    forget_surroundings(monkeypatch)
    return monkeypatch


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as running:
        yield running


def body_of(location: str, limits: FetchLimits = ONCE) -> bytes:
    document = fetch(location, limits=limits, now=NOW)
    assert isinstance(document, FetchedDocument)
    return document.body


def failure(location: str, limits: FetchLimits = ONCE) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        fetch(location, limits=limits, now=NOW)
    assert str(caught.value).isprintable()
    return caught.value


def failure_with(script: Script, limits: FetchLimits = ONCE) -> FetchFailed:
    with RawServer(script) as raw:
        return failure(raw.url(), limits)


def sending(*parts: bytes) -> Script:
    """A script that answers any request with these bytes and closes the connection."""

    def script(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(b"".join(parts))

    return script


def sending_for_ever(head: bytes, part: bytes) -> Script:
    """A script that never ends its answer."""

    def script(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(head)
        while True:
            connection.sendall(part)

    return script


# -- bodies that break off -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<registry>", "broke off after 10 bytes"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n<registry>", "broke off after 10 bytes"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n<registry>",
            "broke off after 10 bytes",
        ),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "broke off after 0 bytes"),
        (b"", "Remote end closed connection without response"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "no usable HTTP answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n<r", "no usable HTTP answer"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000, "no usable HTTP answer"),
    ],
)
def test_an_answer_that_breaks_off_or_is_none_is_a_failure(answer: bytes, reason: str) -> None:
    assert failure_with(sending(answer)).reason == reason


def test_a_reset_is_a_failure() -> None:
    def script(connection: socket.socket) -> None:
        sending(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<registry>")(connection)
        # Closed without lingering, a connection is reset.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    assert failure_with(script).reason in {"broke off after 10 bytes", "connection reset by peer"}


def test_a_body_that_broke_off_is_read_whole_by_the_next_try() -> None:
    connections = count()
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    def script(connection: socket.socket) -> None:
        rest = b"0\r\n\r\n" if next(connections) == 2 else b""
        sending(head, b"b\r\n", BODY, b"\r\n", rest)(connection)

    with RawServer(script) as raw:
        assert body_of(raw.url(), FetchLimits(retries=2, backoff=0.0)) == BODY
    assert next(connections) == 3


def test_tries_for_broken_bodies_and_for_statuses_are_counted_together() -> None:
    connections = count()

    def script(connection: socket.socket) -> None:
        broken = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
        sending(broken if next(connections) % 2 else b"HTTP/1.1 503 \r\n\r\n")(connection)

    assert failure_with(script, FetchLimits(retries=3, backoff=0.0)).reason == "broke off after 0 bytes"
    assert next(connections) == 4


def test_a_body_without_a_length_ends_with_the_connection() -> None:
    with RawServer(sending(b"HTTP/1.1 200 OK\r\n\r\n", BODY)) as raw:
        assert body_of(raw.url()) == BODY


# -- content codings -------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 131_072, MIB])
@pytest.mark.parametrize("members", [1, 2])
def test_gzip_is_undone(server: LoopbackServer, size: int, members: int) -> None:
    text = (BODY * (size // len(BODY) + 1))[:size]
    half = size // members
    body = b"".join(
        gzip.compress(part, mtime=0) for part in ((text[:half], text[half:]) if members == 2 else (text,))
    )
    server.answer("/", status=200, headers={"Content-Encoding": "GZIP"}, body=body)
    assert body_of(server.url()) == text
    assert server.requests[0].headers["Accept-Encoding"] == "gzip"


@pytest.mark.parametrize("kept", [0, 5, 20, -1, -8, -9])
def test_a_gzip_stream_that_ends_early_is_a_failure(server: LoopbackServer, kept: int) -> None:
    server.answer("/", status=200, headers=GZIP, body=gzip.compress(BODY, mtime=0)[:kept])
    assert failure(server.url()).reason.startswith("the gzip coding broke off after")


@pytest.mark.parametrize(
    "body",
    [
        BODY,
        gzip.compress(BODY, mtime=0) + b"more",
        gzip.compress(BODY, mtime=0)[:-8] + bytes(8),
        zlib.compress(BODY),
    ],
)
def test_a_damaged_gzip_stream_is_a_failure(server: LoopbackServer, body: bytes) -> None:
    server.answer("/", status=200, headers=GZIP, body=body)
    assert failure(server.url()).reason == "the body's gzip coding is damaged"


def test_a_damaged_gzip_stream_is_tried_again(server: LoopbackServer) -> None:
    server.answer("/", status=200, headers=GZIP, body=gzip.compress(BODY, mtime=0)[:-8] + bytes(8), times=1)
    server.answer("/", status=200, headers=GZIP, body=gzip.compress(BODY, mtime=0)[:-8], times=1)
    server.answer("/", status=200, headers=GZIP, body=gzip.compress(BODY, mtime=0))
    assert body_of(server.url(), FetchLimits(retries=2, backoff=0.0)) == BODY


def test_a_coding_that_was_not_asked_for_is_a_failure(server: LoopbackServer) -> None:
    for coding in ("br", "deflate", "gzip, gzip"):
        server.answer("/", status=200, headers={"Content-Encoding": coding}, body=BODY, times=1)
        assert "a content coding that was not asked for" in failure(server.url()).reason


# -- answers without measure -----------------------------------------------------------------------


def test_a_body_is_limited_in_bytes(server: LoopbackServer) -> None:
    server.put("/", bytes(1000))
    assert len(body_of(server.url(), FetchLimits(max_bytes=1000))) == 1000
    error = failure(server.url(), FetchLimits(max_bytes=999, backoff=0.0))
    assert (error.reason, error.status) == ("larger than 999 bytes", 200)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("head", "part"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", bytes(65_536)),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + bytes(65_536) + b"\r\n"),
    ],
)
def test_an_endless_body_ends_at_the_limit(head: bytes, part: bytes) -> None:
    assert failure_with(sending_for_ever(head, part)).reason == "larger than 1 MiB"


def test_the_body_of_a_refusal_is_not_read() -> None:
    script = sending_for_ever(b"HTTP/1.1 503 \r\n\r\n", bytes(65_536))
    assert failure_with(script, FetchLimits(retries=2, backoff=0.0, deadline=10.0)).status == 503


def test_the_body_of_a_redirect_is_not_read() -> None:
    script = sending_for_ever(b"HTTP/1.1 302 \r\nLocation: https://login.example/\r\n\r\n", bytes(65_536))
    assert "https://login.example/" in failure_with(script).reason


@pytest.fixture
def bomb() -> bytes:
    """64 MiB in 64 KiB."""
    return gzip.compress(bytes(64 * MIB), compresslevel=1)


@pytest.mark.parametrize("nested", [False, True])
def test_a_gzip_bomb_takes_no_memory(server: LoopbackServer, bomb: bytes, nested: bool) -> None:
    server.answer("/", status=200, headers=GZIP, body=bomb * 2 if nested else bomb)
    tracemalloc.start()
    try:
        assert failure(server.url()).reason == "larger than 1 MiB"
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 * MIB


def test_a_bomb_in_the_body_of_a_redirect_that_is_followed_takes_no_memory(
    environment: pytest.MonkeyPatch, bomb: bytes
) -> None:
    with TlsLoopbackServer() as tls:
        environment.setenv("REQUESTS_CA_BUNDLE", str(tls.ca_file))
        tls.answer("/", status=302, headers={"Location": "/websocket.xml", **GZIP}, body=bomb)
        tls.put("/websocket.xml", BODY)
        tracemalloc.start()
        try:
            assert body_of(tls.url()) == BODY
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 3 * MIB
