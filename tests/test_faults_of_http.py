"""Whatever a server does, a run says so in one line, nothing is forgotten, and the next good answer heals it.

One row for each fault. How the fetch tells them apart is the business of `test_fetch_...`.
"""

from __future__ import annotations

import gzip
import socket
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import pytest
from faults import (
    AFTER,
    BEFORE,
    MODIFIED,
    NEWS,
    Knowing,
    Script,
    Web,
    answered,
    answering,
    served,
)
from loopback import LoopbackServer, TlsLoopbackServer
from program import UNREACHABLE
from sampling import share

from sync.errors import Exit

MIB = 1024 * 1024
HTML = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Network login</body></html>\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
SMALL = {"IANAWATCH_MAX_BYTES": str(MIB)}
SHORT = {"IANAWATCH_DEADLINE": "0.3"}
STILL = {"IANAWATCH_READ_TIMEOUT": "0.2"}
ONLY = "; only redirects on the same https server are followed"
BYTE = "timed out after 0.2 s without a byte"
NEXT = "the next run tries again"
ADDRESS = "check the address"
PORT = "check the address and its port"
BETWEEN = "see what proxy or cache stands in between"
ADMISSION = "see whether a browser on this machine is let in"
MOVED = "name that address if it is right"
PROXY = "check the proxy that HTTP_PROXY or HTTPS_PROXY names"
OTHER_PAGE = "name the registry's XML, or see whether a login page stands in between"
OTHER_FILE = "name the registry's XML"
SLOW = "raise {} if the server is that slow"
LARGE = "raise max_bytes if it is the right one"
LATER = "Fri, 02 Jan 2026 00:00:00 GMT"


def for_ever(head: bytes, part: bytes, pause: float = 0) -> Script:
    """A script that begins an answer and never ends it; with a pause of so many seconds between two parts."""

    def script(connection: socket.socket) -> None:
        connection.sendall(head)
        connection.settimeout(pause or None)
        while True:
            connection.sendall(part)
            if pause:
                try:
                    if not connection.recv(1):
                        return
                except TimeoutError:
                    continue

    return script


def silent(head: bytes) -> Script:
    """A script that begins an answer and waits until the client has had enough."""

    def script(connection: socket.socket) -> None:
        connection.sendall(head)
        connection.recv(1)

    return script


def bomb(size: int) -> bytes:
    """So many bytes of zeros, compressed a thousandfold."""
    coder = zlib.compressobj(9, wbits=31)
    return b"".join([*(coder.compress(bytes(MIB)) for _ in range(size // MIB)), coder.flush()])


@dataclass(frozen=True)
class Fault:
    """One thing that a server does, and how a run of the program ends that meets it."""

    name: str
    script: Script
    says: str
    """A regular expression, of what follows the URL."""
    exit_code: Exit = Exit.PASSING_FAILURE
    env: dict[str, str] = field(default_factory=dict)
    remedy: str = NEXT
    """What the line says is to be done."""

    @property
    def told(self) -> str:
        """A regular expression, of all that follows the URL."""
        return f"{self.says}; {self.remedy}"


FAULTS = [
    # -- statuses: one of each class, and those with a meaning of their own
    *(
        Fault(
            f"status {status.value}",
            answered(f"{status.value} X"),
            f"answered {status.value} {status.phrase}",
            remedy=remedy,
        )
        for status, remedy in {
            HTTPStatus.CREATED: ADDRESS,
            HTTPStatus.NO_CONTENT: ADDRESS,
            HTTPStatus.PARTIAL_CONTENT: ADDRESS,
            HTTPStatus.MULTIPLE_CHOICES: ADDRESS,
            HTTPStatus.UNAUTHORIZED: "check the user and the password in the address",
            HTTPStatus.FORBIDDEN: ADMISSION,
            HTTPStatus.NOT_FOUND: ADDRESS,
            HTTPStatus.GONE: ADDRESS,
            HTTPStatus.TOO_MANY_REQUESTS: NEXT,
            HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS: ADMISSION,
            HTTPStatus.INTERNAL_SERVER_ERROR: NEXT,
            HTTPStatus.SERVICE_UNAVAILABLE: NEXT,
        }.items()
    ),
    Fault(
        "a part of the document",
        answered("206 X", BEFORE[:500]),
        "answered 206 Partial Content",
        remedy=ADDRESS,
    ),
    Fault(
        "a whole document that is an error", answered("500 X", AFTER), "answered 500 Internal Server Error"
    ),
    Fault("status 999", answered("999 X"), "answered status 999"),
    Fault("status 101", answered("101 X"), "answered 101 Switching Protocols", remedy=ADDRESS),
    Fault("status 1000", answered("1000 X"), "no usable HTTP answer", remedy=PORT),
    Fault(
        "status 100, and nothing after it", answered("100 X"), "Remote end closed connection without response"
    ),
    # -- answers that are no registry
    Fault(
        "a login page",
        answered("200 OK", HTML, Content_Type="text/html"),
        "the answer is an HTML page, not a registry",
        remedy=OTHER_PAGE,
    ),
    Fault(
        "a login page said to be XML",
        served(HTML),
        "the answer is an HTML page, not a registry",
        remedy=OTHER_PAGE,
    ),
    Fault(
        "JSON",
        answered("200 OK", b'{"error": 1}', Content_Type="application/json"),
        "the answer is not XML",
        remedy=OTHER_FILE,
    ),
    Fault("an empty answer", answered("200 OK"), "the answer is empty"),
    Fault("white space", served(b"\r\n \r\n"), "the answer is empty"),
    # -- bodies that break off
    Fault(
        "a body shorter than its length",
        answered("200 OK", BEFORE[:500], Content_Length=str(len(BEFORE))),
        "broke off after 500 bytes",
    ),
    Fault("a chunk that breaks off", answering(CHUNKED, b"fff\r\n", BEFORE[:90]), "broke off after 90 bytes"),
    Fault("no last chunk", answering(CHUNKED, b"5a\r\n", BEFORE[:90]), "broke off after 90 bytes"),
    Fault("no chunks", answering(CHUNKED, BEFORE), "broke off after 0 bytes"),
    Fault("no answer", answering(b""), "Remote end closed connection without response"),
    Fault("another protocol", answering(b"SSH-2.0-OpenSSH_9.2\r\n"), "no usable HTTP answer", remedy=PORT),
    Fault(
        "a body without a length that breaks off",
        answering(HEAD + b"Connection: close\r\n\r\n", BEFORE[:500]),
        "close-codes: not well-formed: .*",
        Exit.UNUSABLE_INPUT,
    ),
    # -- time
    Fault("no header for ever", silent(b""), BYTE, env=STILL, remedy=SLOW.format("read_timeout")),
    Fault(
        "half a header",
        silent(b"HTTP/1.1 200 OK\r\nContent-"),
        BYTE,
        env=STILL,
        remedy=SLOW.format("read_timeout"),
    ),
    Fault(
        "half a body", silent(HEAD + b"\r\n<registry"), BYTE, env=STILL, remedy=SLOW.format("read_timeout")
    ),
    Fault(
        "headers for ever",
        for_ever(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", 0.05),
        "timed out after 0.3 s",
        env=SHORT,
        remedy=SLOW.format("deadline"),
    ),
    Fault(
        "a header a byte at a time",
        for_ever(b"HTTP/1.1 200 OK\r\nX: ", b"y", 0.05),
        "timed out after 0.3 s",
        env=SHORT,
        remedy=SLOW.format("deadline"),
    ),
    Fault(
        "a body a byte at a time",
        for_ever(HEAD + b"\r\n<!--", b" ", 0.05),
        "timed out after 0.3 s",
        env=SHORT,
        remedy=SLOW.format("deadline"),
    ),
    # -- size
    Fault(
        "an endless body", for_ever(HEAD + b"\r\n", b" " * 4096), "larger than 1 MiB", env=SMALL, remedy=LARGE
    ),
    Fault(
        "an endless body in chunks",
        for_ever(CHUNKED, b"1000\r\n" + b" " * 4096 + b"\r\n"),
        "larger than 1 MiB",
        env=SMALL,
        remedy=LARGE,
    ),
    Fault(
        "an endless header",
        for_ever(b"HTTP/1.1 200 OK\r\nX: ", b"y" * 4096),
        "no usable HTTP answer",
        remedy=PORT,
    ),
    Fault(
        "a gzip bomb",
        answered("200 OK", bomb(64 * MIB), Content_Encoding="gzip"),
        "larger than 1 MiB",
        env=SMALL,
        remedy=LARGE,
    ),
    # -- codings
    Fault(
        "gzip that is none",
        answered("200 OK", BEFORE, Content_Encoding="gzip"),
        "the body's gzip coding is damaged",
    ),
    Fault(
        "gzip that breaks off",
        answered("200 OK", gzip.compress(BEFORE)[:-9], Content_Encoding="gzip"),
        r"the gzip coding broke off after \d+ bytes",
    ),
    Fault(
        "gzip without its trailer",
        answered("200 OK", gzip.compress(BEFORE)[:-8], Content_Encoding="gzip"),
        r"the gzip coding broke off after \d+ bytes",
    ),
    Fault(
        "a coding that was not asked for",
        answered("200 OK", zlib.compress(BEFORE), Content_Encoding="deflate"),
        "the body came in a content coding that was not asked for",
        remedy=BETWEEN,
    ),
    Fault("gzip that is not said", served(gzip.compress(BEFORE)), "the answer is not XML", remedy=OTHER_FILE),
    # -- redirects
    Fault(
        "a redirect over plain HTTP",
        answered("301 X", Location="/elsewhere.xml"),
        r"redirected to http://127\.0\.0\.1:\d+/elsewhere\.xml" + ONLY,
        remedy=MOVED,
    ),
    Fault(
        "a redirect to another host, with a bomb for a body",
        answered("302 X", bomb(64 * MIB), Location="https://example.org/", Content_Encoding="gzip"),
        "redirected to https://example.org/" + ONLY,
        remedy=MOVED,
    ),
    Fault("a redirect to nowhere", answered("302 X"), "answered 302 Found", remedy=ADDRESS),
    Fault(
        "a redirect to a file",
        answered("302 X", Location="file:///etc/passwd"),
        "redirected to file:///etc/passwd" + ONLY,
        remedy=MOVED,
    ),
    Fault(
        "a redirect with escape sequences",
        answered("302 X", Location="https://example.org/\x1b[2J\u202e".encode().decode("latin-1")),
        r"redirected to https://example\.org/\\x1b\[2J.*" + ONLY,
        remedy=MOVED,
    ),
]


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with Web(served(BEFORE)) as web:
        yield web


@pytest.fixture(scope="module")
def begun(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Knowing:
    """After a first good answer, which had a Last-Modified."""
    knowing = Knowing(tmp_path_factory.mktemp("begun"), web.location)
    web.script = served(BEFORE)
    knowing.begins()
    return knowing


@pytest.fixture
def knowing(begun: Knowing, tmp_path: Path, web: Web) -> Knowing:
    """A copy of that; and nothing was asked yet."""
    web.heads.clear()
    return begun.copied(tmp_path)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_of_the_server(fault: Fault, knowing: Knowing, web: Web) -> None:
    web.script = fault.script
    # A quarantine is told to operators and names the watch; a failed fetch names the URL.
    quarantined = fault.exit_code is Exit.UNUSABLE_INPUT
    knowing.meets(
        fault.exit_code, fault.says if quarantined else f"{web.location}: {fault.told}", env=fault.env
    )
    web.script = served(AFTER, LATER)
    knowing.heals()
    # Asked with what came with the version that is known, before the fault and after it.
    assert [MODIFIED in head for head in web.heads] == [True, True]


@pytest.mark.matrix
@pytest.mark.parametrize("status", share([code for code in range(101, 1000) if code not in {200, 304}]))
def test_any_other_status(status: int, knowing: Knowing, web: Web) -> None:
    web.script = answered(f"{status} X")
    knowing.meets(Exit.PASSING_FAILURE, f"{web.location}: answered (status )?{status}( [A-Z].*)?; .+")
    web.script = served(AFTER, LATER)
    knowing.heals()


def test_304_that_was_not_asked_for(tmp_path: Path) -> None:
    with Web(served(BEFORE, None)) as web:
        knowing = Knowing(tmp_path, web.location)
        knowing.begins()
        web.script = answered("304 Not Modified")
        not_asked = "answered 304 Not Modified, and was not asked for changes only"
        knowing.meets(Exit.PASSING_FAILURE, f"{web.location}: {not_asked}; {BETWEEN}")
        web.script = served(AFTER, None)
        knowing.heals()


@pytest.mark.parametrize(
    "said", ["text/html", "application/octet-stream", "text/xml; charset=utf-16", "x" * 999, ""]
)
def test_a_content_type_says_nothing_about_a_document(said: str, knowing: Knowing, web: Web) -> None:
    web.script = answered("200 OK", AFTER, **({"Content_Type": said} if said else {}))
    knowing.heals()


def test_a_fault_for_half_a_day_is_told_once_and_so_is_its_end(knowing: Knowing, web: Web) -> None:
    web.script = answered("503 Service Unavailable")
    runs = [knowing.sync("--quiet") for _ in range(12)]
    assert {(run.exit_code, run.out) for run in runs} == {(Exit.PASSING_FAILURE, "")}
    told = [(number, run.err) for number, run in enumerate(runs, 1) if run.err]
    failing = "answered 503 Service Unavailable; 3 runs in a row have failed, and the next ones try again"
    assert told == [(3, f"ianawatch: close-codes: {web.location}: {failing}\n")]
    web.script = served(AFTER, LATER)
    over = knowing.sync("--quiet")
    assert (over.exit_code, over.out) == (Exit.DONE, NEWS)
    assert over.err == f"ianawatch: close-codes: {web.location}: reached again after 12 failed runs\n"
    knowing.is_well()


def test_a_server_that_asks_for_patience_is_left_alone(knowing: Knowing, web: Web) -> None:
    web.script = answered("503 Service Unavailable", Retry_After="7200")
    after = "a run after 2026-01-02 04:00 UTC tries again"
    knowing.meets(Exit.PASSING_FAILURE, f"{web.location}: answered 503 Service Unavailable; {after}")
    web.script = served(AFTER, LATER)
    patience = (
        "the server asked for patience until 2026-01-02 04:00 UTC; no request was made; "
        "a run after that asks again"
    )
    knowing.meets(Exit.PASSING_FAILURE, f"{web.location}: {patience}")
    assert len(web.heads) == 1
    knowing.heals()


# -- the way to the server -----------------------------------------------------------------------------


def test_nobody_listens(knowing: Knowing, web: Web) -> None:
    # A copy that asks where nobody listens: the state is the watch's, whatever was asked.
    lost = Knowing(knowing.program.folder, f"{UNREACHABLE}/registry.xml")
    lost.meets(Exit.PASSING_FAILURE, f"{UNREACHABLE}/registry.xml: connection refused; {NEXT}")
    web.script = served(AFTER, LATER)
    knowing.heals()


def test_a_name_that_is_none(knowing: Knowing, web: Web) -> None:
    lost = Knowing(knowing.program.folder, "http://registry.invalid/registry.xml")
    lost.meets(
        Exit.PASSING_FAILURE,
        r"http://registry\.invalid/registry\.xml: the host's name could not be resolved; "
        "check the address and the network",
    )
    web.script = served(AFTER, LATER)
    knowing.heals()


def test_a_dead_proxy_of_the_environment(knowing: Knowing, web: Web) -> None:
    proxy = {"HTTP_PROXY": UNREACHABLE.replace("//", "//user:s3cret@")}
    knowing.meets(Exit.PASSING_FAILURE, f"{web.location}: the proxy: connection refused; {PROXY}", env=proxy)
    web.script = served(AFTER, LATER)
    knowing.heals()


def test_a_proxy_that_wants_a_password(knowing: Knowing, web: Web) -> None:
    with Web(answered("407 X", HTML, Proxy_Authenticate="Basic")) as proxy:
        env = {"HTTP_PROXY": proxy.location}
        says = "answered 407 Proxy Authentication Required; put the proxy's user and password into .*"
        knowing.meets(Exit.PASSING_FAILURE, f"{web.location}: {says}", env=env)
    web.script = served(AFTER, LATER)
    knowing.heals()


# -- TLS, and the redirects that are followed there ----------------------------------------------------


@dataclass(frozen=True)
class Redirect:
    """Where a server sends the program, and what that makes of it."""

    name: str
    to: str
    says: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


REFUSED = f"{ONLY}; {MOVED}"
REDIRECTS = [
    Redirect("a loop", "/registry.xml", "more than 3 redirects, the last to {url}; check the address"),
    Redirect(
        "plain HTTP", "http://127.0.0.1/registry.xml", "redirected to http://127.0.0.1/registry.xml" + REFUSED
    ),
    Redirect("another host", "https://example.org/", "redirected to https://example.org/" + REFUSED),
    Redirect("another port", "https://127.0.0.1:9/", "redirected to https://127.0.0.1:9/" + REFUSED),
    Redirect(
        "a host with a secret",
        "https://a:b@[::1]/?t=1",
        r"redirected to https://\*\*\*@\[::1\]/\?\*\*\*" + REFUSED,
    ),
    Redirect("no URL", "https://[", r"redirected to https://\*\*\*" + REFUSED),
]


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[tuple[Knowing, TlsLoopbackServer]]:
    """After a first good answer over TLS."""
    with TlsLoopbackServer() as server:
        server.put("/registry.xml", BEFORE, last_modified=MODIFIED)
        trusted = {"REQUESTS_CA_BUNDLE": str(server.ca_file), "HTTPS_PROXY": ""}
        knowing = Knowing(tmp_path, server.url("/registry.xml"), trusted)
        knowing.begins()
        yield knowing, server


@pytest.mark.parametrize("redirect", REDIRECTS, ids=lambda redirect: redirect.name)
def test_a_redirect_that_is_not_followed(redirect: Redirect, tls: tuple[Knowing, TlsLoopbackServer]) -> None:
    knowing, server = tls
    server.answer("/registry.xml", status=302, headers={"Location": redirect.to}, times=4)
    knowing.meets(Exit.PASSING_FAILURE, f"{knowing.location}: {redirect.says.format(url=knowing.location)}")
    # What is left of the four is not what heals.
    while knowing.sync().exit_code:
        continue
    server.put("/registry.xml", AFTER, last_modified=LATER)
    knowing.heals()


def test_a_bomb_in_the_body_of_a_redirect_that_is_followed(tls: tuple[Knowing, TlsLoopbackServer]) -> None:
    knowing, server = tls
    there = {"Location": "/there.xml", "Content-Encoding": "gzip"}
    server.answer("/registry.xml", status=302, headers=there, body=bomb(256 * MIB))
    server.put("/there.xml", AFTER)
    knowing.heals()
    knowing.is_well()


def test_a_certificate_that_is_not_trusted(tls: tuple[Knowing, TlsLoopbackServer]) -> None:
    knowing, server = tls
    says = "the certificate is not trusted: .*; name its CA's file in SSL_CERT_FILE if you trust it"
    knowing.meets(Exit.PASSING_FAILURE, f"{knowing.location}: {says}", env={"REQUESTS_CA_BUNDLE": ""})
    server.put("/registry.xml", AFTER, last_modified=LATER)
    knowing.heals()


def test_a_server_without_tls(tls: tuple[Knowing, TlsLoopbackServer]) -> None:
    knowing, server = tls
    with LoopbackServer() as plain:
        url = plain.url("/").replace("http:", "https:")
        lost = Knowing(knowing.program.folder, url, {"HTTPS_PROXY": ""})
        lost.meets(Exit.PASSING_FAILURE, f"{url}: TLS failed: .*; {PORT}")
    server.put("/registry.xml", AFTER, last_modified=LATER)
    knowing.heals()


# -- as cron has it ------------------------------------------------------------------------------------


def test_a_process_of_its_own_ends_as_one_here_does(knowing: Knowing, web: Web) -> None:
    (fault,) = (fault for fault in FAULTS if fault.name == "half a body")
    web.script = fault.script
    answer = knowing.process(env=fault.env)
    assert (answer.exit_code, answer.err) == (fault.exit_code, f"ianawatch: {web.location}: {fault.told}\n")
    web.script = served(AFTER, LATER)
    assert knowing.process("--quiet").out == NEWS
