"""A fetch ends at its deadline, whatever it waits for, and hears a signal at once."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from time import monotonic
from types import FrameType
from typing import NoReturn

import pytest
from loopback import RawServer, forget_surroundings, read_head

from sync.errors import FetchFailed
from sync.fetch.deadline import DeadlinePassed, within
from sync.fetch.document import fetch
from sync.fetched import FetchLimits

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
SHORT = FetchLimits(deadline=0.5, backoff=0.0)
AT_ONCE = 1.0
"""Seconds in which a signal must have been heard; also what a deadline may be missed by."""

Script = Callable[[socket.socket], None]


class Heard(BaseException):
    """What this module's signal handler raises, as SIGINT's and SIGTERM's handlers do."""


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No proxies, and a handler for the signal. Afterwards, with its server gone, no fetch is left."""
    forget_surroundings(monkeypatch)

    def handler(_number: int, _frame: FrameType | None) -> NoReturn:
        raise Heard

    before = signal.signal(signal.SIGUSR1, handler)
    yield
    all_fetches_end()
    signal.signal(signal.SIGUSR1, before)


def all_fetches_end() -> None:
    for thread in threading.enumerate():
        if thread.name == "fetch":
            thread.join(5.0)
            assert not thread.is_alive()


@contextmanager
def unresponsive_resolver(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], None]) -> Iterator[None]:
    """A name lookup that ends only with the `with`, as with a name server that is gone."""
    released = Event()

    def getaddrinfo(*_: object, **__: object) -> NoReturn:
        meanwhile()
        released.wait()
        raise socket.gaierror(socket.EAI_AGAIN, "released")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    try:
        yield
    finally:
        released.set()


def nothing() -> None:
    """What happens meanwhile, where nothing does."""


class Interrupt:
    """Sends this process the signal that `Heard` is for."""

    def __init__(self) -> None:
        self._sent_at = 0.0

    def __call__(self) -> None:
        """Sends it."""
        self._sent_at = monotonic()
        os.kill(os.getpid(), signal.SIGUSR1)

    def seconds_ago(self) -> float:
        """How long ago it was sent."""
        return monotonic() - self._sent_at


def trickling(head: bytes, byte: bytes, meanwhile: Callable[[], None] = nothing) -> Script:
    """A script that answers with `head`, then with one byte every 50 ms."""

    def script(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(head)
        meanwhile()
        connection.settimeout(0.05)
        while True:
            connection.sendall(byte)
            try:
                if not connection.recv(1):
                    return
            except TimeoutError:
                pass

    return script


TIMED_OUT = r"timed out after 0\.5 s; raise deadline if the server is that slow"
TRICKLES = [
    pytest.param(b"HTTP/1.1 200 OK\r\nX: ", b"x", id="header"),
    pytest.param(b"HTTP/1.1 200 OK\r\n\r\n", b"x", id="body"),
    pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x", id="body with a length"),
    pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0", id="chunk size"),
]


@pytest.mark.parametrize(("head", "byte"), TRICKLES)
def test_a_byte_at_a_time_ends_at_the_deadline(head: bytes, byte: bytes) -> None:
    with RawServer(trickling(head, byte)) as raw:
        began = monotonic()
        with pytest.raises(FetchFailed, match=f"{TIMED_OUT}$") as caught:
            fetch(raw.url(), limits=SHORT, now=NOW)
        assert 0.5 <= monotonic() - began < 0.5 + AT_ONCE
    assert caught.value.location == raw.url()


def test_endless_informational_answers_end_at_the_deadline() -> None:
    with RawServer(trickling(b"", b"HTTP/1.1 100 Continue\r\n\r\n")) as raw:
        began = monotonic()
        with pytest.raises(FetchFailed, match=f"{TIMED_OUT}$"):
            fetch(raw.url(), limits=SHORT, now=NOW)
        assert monotonic() - began < 0.5 + AT_ONCE


def test_a_body_that_nobody_waits_for_is_not_read_on() -> None:
    with RawServer(trickling(b"HTTP/1.1 200 OK\r\n\r\n", b"x")) as raw:
        with pytest.raises(FetchFailed):
            fetch(raw.url(), limits=SHORT, now=NOW)
        all_fetches_end()


def test_a_name_lookup_ends_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    with unresponsive_resolver(monkeypatch, nothing):
        began = monotonic()
        with pytest.raises(FetchFailed, match=f"{TIMED_OUT}$"):
            fetch("https://iana.example/", limits=SHORT, now=NOW)
        assert monotonic() - began < 0.5 + AT_ONCE


def test_all_tries_share_one_deadline() -> None:
    def script(connection: socket.socket) -> None:
        read_head(connection)
        connection.recv(1)

    with RawServer(script) as raw:
        began = monotonic()
        with pytest.raises(FetchFailed, match="timed out"):
            fetch(raw.url(), limits=FetchLimits(deadline=0.5, read_timeout=0.2, retries=99), now=NOW)
        assert monotonic() - began < 0.5 + AT_ONCE


@pytest.mark.parametrize(("head", "byte"), TRICKLES)
def test_a_signal_is_heard_while_an_answer_trickles_in(head: bytes, byte: bytes) -> None:
    interrupt = Interrupt()
    with RawServer(trickling(head, byte, meanwhile=interrupt)) as raw:
        with pytest.raises(Heard):
            fetch(raw.url(), now=NOW)
        assert interrupt.seconds_ago() < AT_ONCE


def test_a_signal_is_heard_while_a_name_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    interrupt = Interrupt()
    with unresponsive_resolver(monkeypatch, interrupt):
        with pytest.raises(Heard):
            fetch("https://iana.example/", now=NOW)
        assert interrupt.seconds_ago() < AT_ONCE


def test_a_signal_is_heard_between_two_tries() -> None:
    interrupt = Interrupt()

    def script(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(b"HTTP/1.1 503 \r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n")
        # The client closes the connection before it waits.
        connection.recv(1)
        interrupt()

    with RawServer(script) as raw:
        with pytest.raises(Heard):
            fetch(raw.url(), now=NOW)
        assert interrupt.seconds_ago() < AT_ONCE


def test_what_is_left_behind_does_not_keep_the_program_from_ending() -> None:
    program = """
import datetime, socket, sys, time
from sync.errors import FetchFailed
from sync.fetch.document import fetch
from sync.fetched import FetchLimits
socket.getaddrinfo = lambda *_, **__: time.sleep(60)
try:
    fetch("https://iana.example/", limits=FetchLimits(deadline=0.1), now=datetime.datetime.now(datetime.UTC))
except FetchFailed as e:
    sys.exit(str(e))
"""
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (
        run.stderr
        == "https://iana.example/: timed out after 0.1 s; raise deadline if the server is that slow\n"
    )
    assert run.returncode == 1


def test_what_the_work_returns_or_raises_reaches_the_caller() -> None:
    assert within(5.0, lambda _: "done") == "done"
    with pytest.raises(ZeroDivisionError):
        within(5.0, lambda _: 1 // 0)


def test_work_that_is_left_behind_is_told_so() -> None:
    told: list[Event] = []

    def work(abandoned: Event) -> None:
        told.append(abandoned)
        abandoned.wait()

    with pytest.raises(DeadlinePassed):
        within(0.05, work)
    assert told[0].is_set()
