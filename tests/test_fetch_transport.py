"""How a fetch connects, whom it trusts, and what it takes from the environment."""

from __future__ import annotations

import socket
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loopback import LoopbackServer, RawServer, TlsLoopbackServer, forget_surroundings, read_head

from sync.errors import FetchFailed
from sync.fetch.document import fetch
from sync.fetched import FetchedDocument, FetchLimits

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
BODY = b"<registry/>"
ONCE = FetchLimits(retries=0, deadline=10.0)

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


# -- connections -----------------------------------------------------------------------------------


@pytest.fixture
def closed_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


def test_a_refused_connection_is_named(closed_port: int) -> None:
    error = failure(f"http://user:secret@127.0.0.1:{closed_port}/?key=secret")
    assert str(error) == f"http://***@127.0.0.1:{closed_port}/?***: connection refused; try again later"
    assert error.status is None


def test_a_name_that_does_not_resolve_is_named() -> None:
    # Longer than a name may be: the resolver says no without asking anybody.
    host = ".".join(["nonexistent"] * 22 + ["invalid"])
    error = failure(f"http://{host}/")
    assert error.reason == "the host's name could not be resolved"
    assert error.remedy == "check the address and the network"


@pytest.mark.parametrize("host", ["a" * 64 + ".invalid", "a..b"])
def test_a_name_that_no_host_can_have_is_named(environment: pytest.MonkeyPatch, host: str) -> None:
    reason = "the URL, or the URL of its proxy, can't be used"
    error = failure(f"http://{host}/")
    assert (error.reason, error.remedy) == (reason, "check the address, HTTP_PROXY and HTTPS_PROXY")
    environment.setenv("http_proxy", f"http://{host}/")
    assert failure("http://iana.example/").reason == reason


def test_silence_is_a_timeout() -> None:
    def script(connection: socket.socket) -> None:
        read_head(connection)
        connection.recv(1)

    limits = FetchLimits(retries=0, read_timeout=0.2)
    error = failure_with(script, limits)
    assert error.reason == "timed out after 0.2 s without a byte"
    assert error.remedy == "raise read_timeout if the server is that slow"


def test_silence_in_the_body_is_a_timeout() -> None:
    def script(connection: socket.socket) -> None:
        sending(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<registry>")(connection)
        connection.recv(1)

    limits = FetchLimits(retries=0, read_timeout=0.2)
    assert failure_with(script, limits).reason == "timed out after 0.2 s without a byte"


def test_a_handshake_that_stalls_is_a_timeout_of_the_connection() -> None:
    def script(connection: socket.socket) -> None:
        while connection.recv(4096):
            pass

    with RawServer(script) as raw:
        url = raw.url().replace("http:", "https:")
        error = failure(url, FetchLimits(retries=0, connect_timeout=0.2))
    assert error.reason == "timed out after 0.2 s without a connection"
    assert error.remedy == "raise connect_timeout if the server is that slow"


# -- TLS -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_the_environments_ca_bundle_is_trusted(environment: pytest.MonkeyPatch, variable: str) -> None:
    with TlsLoopbackServer() as tls:
        tls.put("/", BODY)
        environment.setenv(variable, str(tls.ca_file))
        assert body_of(tls.url()) == BODY


def test_an_untrusted_certificate_is_named_and_not_tried_again() -> None:
    with TlsLoopbackServer() as tls:
        began = monotonic()
        error = failure(tls.url(), FetchLimits(backoff=5.0))
        assert monotonic() - began < 2.0
    assert error.reason == "the certificate is not trusted: unable to get local issuer certificate"
    assert error.remedy == "name its CA's file in SSL_CERT_FILE if you trust it"


def test_a_server_without_tls_is_named(server: LoopbackServer) -> None:
    error = failure(server.url().replace("http:", "https:"))
    assert error.reason.startswith("TLS failed: ")
    assert error.remedy == "check the address and its port"


def test_a_ca_bundle_that_is_not_there_is_named(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "absent.pem"))
    with TlsLoopbackServer() as tls:
        error = failure(tls.url())
    assert str(tmp_path / "absent.pem") in error.reason
    assert error.remedy == "check REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE and SSL_CERT_FILE"


# -- the environment -------------------------------------------------------------------------------


def test_a_proxy_of_the_environment_is_used(environment: pytest.MonkeyPatch, server: LoopbackServer) -> None:
    environment.setenv("http_proxy", server.url("").replace("://", "://user:secret@"))
    server.put("http://iana.example/websocket.xml", BODY)
    assert body_of("http://iana.example/websocket.xml") == BODY
    assert "Proxy-Authorization" in server.requests[0].headers


def test_a_host_that_needs_no_proxy_is_asked_itself(
    environment: pytest.MonkeyPatch, server: LoopbackServer, closed_port: int
) -> None:
    environment.setenv("http_proxy", f"http://127.0.0.1:{closed_port}")
    environment.setenv("no_proxy", "127.0.0.1")
    server.put("/", BODY)
    assert body_of(server.url()) == BODY


def test_a_proxy_that_refuses_is_named_without_its_password(
    environment: pytest.MonkeyPatch, closed_port: int
) -> None:
    environment.setenv("http_proxy", f"http://user:secret@127.0.0.1:{closed_port}")
    error = failure("http://iana.example/")
    assert error.reason == "the proxy: connection refused"
    assert error.remedy == "check the proxy that HTTP_PROXY or HTTPS_PROXY names"
    with RawServer(sending(b"HTTP/1.1 407 Who are you\r\n\r\n")) as raw:
        environment.setenv("https_proxy", raw.url("").replace("://", "://user:secret@"))
        reason = failure("https://iana.example/").reason
    assert reason == "the proxy: Tunnel connection failed: 407 Who are you"


def test_netrc_is_not_read(environment: pytest.MonkeyPatch, server: LoopbackServer, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password secret\n")
    netrc.chmod(0o600)
    environment.setenv("NETRC", str(netrc))
    server.put("/", BODY)
    body_of(server.url())
    assert "Authorization" not in server.requests[0].headers


@pytest.mark.parametrize(
    ("credentials", "sent"),
    [("user:secret@", "user:secret"), ("us%20er:%40@", "us er:@"), ("%D0%BA:%E2%82%AC@", "\u043a:\u20ac")],
)
def test_credentials_in_the_url_are_sent(server: LoopbackServer, credentials: str, sent: str) -> None:
    server.put("/", BODY)
    body_of(server.url().replace("://", f"://{credentials}"))
    expected = b64encode(sent.encode()).decode()
    assert server.requests[0].headers["Authorization"] == f"Basic {expected}"


def test_a_proxys_password_that_cannot_be_sent_is_a_failure(
    environment: pytest.MonkeyPatch, closed_port: int
) -> None:
    environment.setenv("http_proxy", f"http://user:%E2%82%AC@127.0.0.1:{closed_port}")
    assert failure("http://iana.example/").reason == "the URL, or the URL of its proxy, can't be used"


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1) | st.text(alphabet="[]:/@%?#.0a\\", min_size=1))
def test_any_url_at_all_is_a_failure_and_no_crash(
    environment: pytest.MonkeyPatch, closed_port: int, rest: str
) -> None:
    for name in ("http_proxy", "https_proxy"):
        environment.setenv(name, f"http://127.0.0.1:{closed_port}")
    for scheme in ("http", "https"):
        assert failure(f"{scheme}://{rest}").status is None
