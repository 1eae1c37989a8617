"""Real servers on 127.0.0.1, for every test that needs one; no test leaves this machine.

    with LoopbackServer() as server:
        server.put("/websocket.xml", body, last_modified="Wed, 10 Jun 2026 00:00:00 GMT")
        server.answer("/websocket.xml", status=503, headers={"Retry-After": "1"}, times=1)
        ... server.url("/websocket.xml") ...
        assert [seen.status for seen in server.requests] == [503, 200]

`TlsLoopbackServer` is the same over TLS: let the client trust its `ca_file`. `RawServer` runs a script on
each connection, for answers that no HTTP server would give. A client that has one of these as its proxy asks
for whole URLs: put or answer those instead of paths.

Each connection has a thread of its own and one request. Leaving the `with` closes the connections that are
still open and joins the threads; a bug in a script is raised there, while a client that goes away early is
nothing special. Nothing is printed.
"""

from __future__ import annotations

import socket
import ssl
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import BaseRequestHandler, TCPServer
from tempfile import TemporaryDirectory
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, ClassVar, Self

import trustme
from requests.structures import CaseInsensitiveDict

if TYPE_CHECKING:
    import pytest

_POLL = 0.02
"""Seconds in which a server notices that it should stop."""
_GRACE = 5.0
"""Seconds that a thread gets to end once its connection is closed."""


def forget_surroundings(environment: pytest.MonkeyPatch) -> None:
    """Takes away the proxies and the trusted certificates of whoever runs the tests."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        environment.delenv(name, raising=False)
        environment.delenv(name.lower(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        environment.delenv(name, raising=False)


class _Server(TCPServer, ABC):
    """Listens inside its `with`, on a port that the system chooses; one thread a connection."""

    scheme: ClassVar[str] = "http"
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), BaseRequestHandler)
        self._accepting = Thread(target=self.serve_forever, args=(_POLL,), daemon=True)
        self._conversations: list[tuple[Thread, socket.socket]] = []
        self._bugs: list[Exception] = []

    @abstractmethod
    def converse(self, connection: socket.socket) -> None:
        """Talks with one client; the connection is closed afterwards."""

    def url(self, path: str = "/") -> str:
        """The URL of `path` on this server."""
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}{path}"

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._accepting.join()
        self.server_close()
        for thread, connection in self._conversations:
            with suppress(OSError):
                # Not the method of a TLS socket, which takes the TLS away under a thread that still reads.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
            thread.join(_GRACE)
            if thread.is_alive():
                self._bugs.append(AssertionError("a script went on after its connection was closed"))
        if self._bugs:
            raise self._bugs[0]

    def process_request(self, request: Any, _address: Any) -> None:  # noqa: ANN401 - as in socketserver
        """Starts a conversation; called by socketserver."""
        thread = Thread(target=self._converse, args=(request,), daemon=True)
        self._conversations.append((thread, request))
        thread.start()

    def _converse(self, connection: socket.socket) -> None:
        try:
            self.converse(connection)
        except OSError:
            pass  # The client went away, or does not trust the certificate; or the test is over.
        except Exception as e:  # noqa: BLE001 - raised again where the `with` ends
            self._bugs.append(e)
        finally:
            self.shutdown_request(connection)


class RawServer(_Server):
    """Runs `script` on each accepted connection, in a thread of its own."""

    def __init__(self, script: Callable[[socket.socket], None]) -> None:
        super().__init__()
        self._script = script

    def converse(self, connection: socket.socket) -> None:
        """Runs the script."""
        self._script(connection)


def read_head(connection: socket.socket) -> bytes:
    """A request up to its empty line, for the scripts of a RawServer.

    One that answers must read it first: what is unread when a connection is closed resets it.
    """
    head = b""
    while not head.endswith(b"\r\n\r\n") and (byte := connection.recv(1)):
        head += byte
    return head


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """One request as it came, and the status it was answered with."""

    method: str
    path: str
    headers: Mapping[str, str]
    """By name, in any case."""
    body: bytes
    status: int


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class LoopbackServer(_Server):
    """An HTTP server of what was `put`, which answers otherwise where it was told to."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[SeenRequest] = []
        """Every request so far, in order; each is here before its client has the answer."""
        self._put: dict[str, _Answer] = {}
        self._scripted: dict[str, list[tuple[_Answer, int | None]]] = {}
        self._lock = Lock()

    def put(
        self,
        path: str,
        body: bytes,
        *,
        last_modified: str | None = None,
        etag: str | None = None,
        content_type: str | None = "text/xml",
    ) -> None:
        """Serves `body` at `path` from now on.

        304 is answered to a request whose If-None-Match, or failing that If-Modified-Since, is exactly the
        validator given here.
        """
        headers = {"Last-Modified": last_modified, "ETag": etag, "Content-Type": content_type}
        present = {name: value for name, value in headers.items() if value is not None}
        self._put[path] = _Answer(HTTPStatus.OK, present, body)

    def answer(
        self,
        path: str,
        *,
        status: int,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        times: int | None = None,
    ) -> None:
        """Gives this answer as it stands, whatever is asked; a Content-Length that lies is left alone.

        After `times` requests the next scripted answer for the path has its turn, and in the end what was
        put there. None is for ever.
        """
        self._scripted.setdefault(path, []).append((_Answer(status, headers or {}, body), times))

    def converse(self, connection: socket.socket) -> None:
        """Answers one request."""
        _Handler(connection, connection.getpeername(), self)

    def respond(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> _Answer:
        """Chooses the answer to a request, and remembers both."""
        with self._lock:
            answer = self._next_scripted(path) or self._conditional(path, headers)
            self.requests.append(SeenRequest(method, path, headers, body, answer.status))
        return answer

    def _next_scripted(self, path: str) -> _Answer | None:
        match self._scripted.get(path):
            case [(answer, None), *_]:
                return answer
            case [(answer, times), *later] if times is not None:
                self._scripted[path] = [(answer, times - 1), *later] if times > 1 else later
                return answer
            case _:
                return None

    def _conditional(self, path: str, headers: Mapping[str, str]) -> _Answer:
        put = self._put.get(path, _Answer(HTTPStatus.NOT_FOUND, {}, b""))
        condition, validator = "If-Modified-Since", "Last-Modified"
        if "If-None-Match" in headers:
            condition, validator = "If-None-Match", "ETag"
        if validator in put.headers and headers.get(condition) == put.headers[validator]:
            return _Answer(HTTPStatus.NOT_MODIFIED, put.headers, b"")
        return put


class TlsLoopbackServer(LoopbackServer):
    """The same over TLS, with a certificate for 127.0.0.1 from an authority of its own."""

    scheme: ClassVar[str] = "https"

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        authority = trustme.CA()
        self.ca_file = Path(self._folder.name, "ca.pem")
        """The authority's certificate, inside the `with`."""
        authority.cert_pem.write_to_path(self.ca_file)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(self._tls)

    def __exit__(self, *_: object) -> None:
        """Stops as every server does; the authority's file goes too."""
        with self._folder:
            super().__exit__()

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accepts a connection; its handshake may stall, and is left to the connection's own thread."""
        accepted, address = super().get_request()
        return self._tls.wrap_socket(accepted, server_side=True, do_handshake_on_connect=False), address

    def converse(self, connection: socket.socket) -> None:
        """Answers one request after the handshake."""
        assert isinstance(connection, ssl.SSLSocket)
        connection.do_handshake()
        super().converse(connection)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: LoopbackServer

    def _respond(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        answer = self.server.respond(self.command, self.path, CaseInsensitiveDict(self.headers.items()), sent)
        self.send_response(answer.status)
        headers = CaseInsensitiveDict(answer.headers)
        if answer.status not in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}:
            headers.setdefault("Content-Length", str(len(answer.body)))
        headers["Connection"] = "close"
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_GET = do_HEAD = do_POST = do_PUT = _respond  # noqa: N815 - http.server looks for these names

    def log_message(self, *_: object) -> None:
        """Prints nothing."""
