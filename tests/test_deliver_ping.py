"""The dead man's switch: where a ping goes, and what it takes for an answer."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from loopback import LoopbackServer, RawServer, forget_surroundings
from receivers import FAULTS, PATIENT, overhearing

from sync.deliver.ping import ping
from sync.errors import NotDelivered, WrongConfiguration

CHECK = "/0e5ac3a7-t0ken"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_surroundings(monkeypatch)


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as running:
        yield running


@pytest.mark.parametrize(
    ("url", "failed", "asked"),
    [
        (CHECK, False, CHECK),
        (CHECK, True, f"{CHECK}/fail"),
        (f"{CHECK}/", True, f"{CHECK}/fail"),
        (f"{CHECK}?rid=1&create=1", False, f"{CHECK}?rid=1&create=1"),
        (f"{CHECK}?rid=1&create=1", True, f"{CHECK}/fail?rid=1&create=1"),
        (f"{CHECK}#top", True, f"{CHECK}/fail"),
    ],
)
def test_a_run_that_failed_has_its_own_path(
    server: LoopbackServer, url: str, failed: bool, asked: str
) -> None:
    server.answer(asked, status=200, body=b"OK")
    ping(server.url(url), failed=failed, text="close-codes: unchanged", timeout=PATIENT)
    (seen,) = server.requests
    assert (seen.method, seen.path, seen.body) == ("POST", asked, b"close-codes: unchanged")
    assert seen.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_a_long_log_is_cut_to_what_is_kept(server: LoopbackServer) -> None:
    server.answer(CHECK, status=200)
    ping(server.url(CHECK), failed=False, text="é\udc80" * 100_000, timeout=PATIENT)
    assert len(server.requests[0].body) == 100_000


@pytest.mark.parametrize("status", [302, 404, 409, 500])
def test_anything_but_2xx_is_no_ping(server: LoopbackServer, status: int) -> None:
    server.answer(CHECK, status=status, headers={"Location": "/fine"})
    server.answer("/fine", status=200)
    with pytest.raises(NotDelivered, match=rf"^http://127\.0\.0\.1:\d+: .*status {status}") as caught:
        ping(server.url(CHECK), failed=False, text="", timeout=PATIENT)
    assert "t0ken" not in caught.value.reason
    assert len(server.requests) == 1


@pytest.mark.parametrize("fault", FAULTS)
def test_no_answer_is_no_ping_and_no_secret_gets_out(fault: str, capfd: pytest.CaptureFixture[str]) -> None:
    script, timeout = FAULTS[fault]
    with RawServer(script) as server, overhearing() as ear, pytest.raises(NotDelivered) as caught:
        ping(server.url(CHECK), failed=True, text="", timeout=timeout)
    assert "t0ken" not in "".join([caught.value.reason, ear.text, *capfd.readouterr()])


def test_what_is_no_web_address_is_refused() -> None:
    with pytest.raises(WrongConfiguration, match="http or https") as caught:
        partial(ping, "hc-ping.com/t0ken", failed=False, text="", timeout=PATIENT)()
    assert "t0ken" not in str(caught.value)
