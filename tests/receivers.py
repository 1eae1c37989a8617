"""Servers that do not accept what is posted to them, each in another way, and an ear for secrets.

    with RawServer(RESETS) as server: ...

`Overheard` keeps whatever anything logs, at any level.
"""

from __future__ import annotations

import logging
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from loopback import read_head

from sync.deliver.channels import Sender
from sync.errors import NotDelivered
from sync.news.letter import Letter

IMPATIENT = 0.3
"""Seconds for a server that never answers."""
PATIENT = 20.0
"""Seconds for one that answers at once."""


def resets(connection: socket.socket) -> None:
    """Reads the request's head and resets the connection."""
    read_head(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def accepts_and_dies(connection: socket.socket) -> None:
    """Reads the whole request and ends without an answer."""
    _read_request(connection)


def hangs(connection: socket.socket) -> None:
    """Reads the whole request, and waits until the client has had enough."""
    _read_request(connection)
    connection.recv(1)


def trickles(connection: socket.socket) -> None:
    """Sends headers for as long as anybody reads them."""
    _read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    connection.settimeout(0.05)
    while True:
        connection.sendall(b"X: y\r\n")
        try:
            if not connection.recv(1):
                return
        except TimeoutError:
            continue


def _read_request(connection: socket.socket) -> None:
    head = read_head(connection).decode("latin-1").lower()
    wanted = int(head.partition("content-length:")[2].split("\r\n")[0])
    while wanted > 0 and (piece := connection.recv(wanted)):
        wanted -= len(piece)


FAULTS: dict[str, tuple[Callable[[socket.socket], None], float]] = {
    "resets": (resets, PATIENT),
    "accepts and dies": (accepts_and_dies, PATIENT),
    "hangs": (hangs, IMPATIENT),
    "trickles": (trickles, IMPATIENT),
}
"""What a server may do instead of an answer, and how long it is waited for."""


class Overheard(logging.Handler):
    """Every record that is logged while it listens at the root."""

    def __init__(self) -> None:
        super().__init__(level=logging.NOTSET)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Called by logging."""
        self.text += f"{record.name} {record.getMessage()}\n"


@contextmanager
def overhearing() -> Iterator[Overheard]:
    """Listens at the root logger, whose level lets everything through."""
    ear, root = Overheard(), logging.getLogger()
    level = root.level
    root.addHandler(ear)
    root.setLevel(logging.NOTSET + 1)
    try:
        yield ear
    finally:
        root.setLevel(level)
        root.removeHandler(ear)


def refusal(send: Sender, letter: Letter, timeout: float = PATIENT) -> str:
    """The reason with which a sender, in a thread that is not the main one, does not deliver."""
    raised: list[BaseException] = []

    def attempt() -> None:
        try:
            send(letter, timeout=timeout)
        except BaseException as e:  # noqa: BLE001 - looked at below, in the test's thread
            raised.append(e)

    thread = Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(PATIENT * 2)
    assert not thread.is_alive()
    if not raised:
        pytest.fail("it was accepted")
    (error,) = raised
    if not isinstance(error, NotDelivered):
        raise error
    assert str(error) == error.reason
    assert error.reason.isprintable()
    return error.reason
