"""Receivers on 127.0.0.1 that keep an account of what they took, by the deliveries' ids, and may not say so.

    with UnreliableHook("hook", HOOK_FAULTS) as hook, UnreliableMailbox("mail") as honest:
        ... hook.url("/"), honest.url("ops@example.org") ...
        assert honest.account.taken == honest.account.answered == {uid: 1}

What becomes of each letter is drawn from the faults that a receiver is given, by its seed; without any it is
honest.
"""

from __future__ import annotations

import asyncio
import json
import shlex
import socket
import struct
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from loopback import RawServer, read_head
from post_office import Mailbox

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session

HOOK_FAULTS = ("status 500", "status 302", "status 307", "resets", "dies")
"""`dies`: the letter is taken, and the connection ends before any answer."""
HANGS = "hangs"
MAIL_FAULTS = ("451", "dies")


class Receiver(Protocol):
    """Whatever keeps an account."""

    @property
    def account(self) -> Account:
        """What it took so far."""


@dataclass
class Account:
    """What one receiver took."""

    taken: Counter[str] = field(default_factory=Counter)
    """How often a letter came through, whatever was answered."""
    answered: Counter[str] = field(default_factory=Counter)
    """How often that was said."""
    tries: int = 0

    def took(self, uid: str, *, answered: bool) -> None:
        """A letter came through."""
        self.taken[uid] += 1
        self.answered[uid] += answered

    def copy(self) -> Account:
        """As it is now."""
        return Account(self.taken.copy(), self.answered.copy(), self.tries)

    @property
    def repeats(self) -> int:
        """How many letters came more than they should."""
        return self.taken.total() - len(self.taken)


class UnreliableHook(RawServer):
    """A webhook that answers half of the letters with 204, and does one of the faults to the others."""

    def __init__(self, seed: str, faults: Sequence[str] = ()) -> None:
        super().__init__(self._receive)
        self.account = Account()
        self._random = Random(seed)  # noqa: S311  # which letter is refused guards nothing
        self._faults = faults
        self._turn = Lock()

    def _receive(self, connection: socket.socket) -> None:
        head = read_head(connection).decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head)}
        wanted = int(headers.get("content-length", "0"))
        body = b""
        while len(body) < wanted and (piece := connection.recv(wanted - len(body))):
            body += piece
        if not wanted or len(body) < wanted:
            # Whoever sent it was killed.
            return
        uid = json.loads(body)["delivery"]
        assert headers["webhook-id"] == headers["idempotency-key"] == uid
        with self._turn:
            self.account.tries += 1
            fault = _fault(self._random, self._faults)
            if fault in {None, "dies"}:
                self.account.took(uid, answered=fault is None)
        match fault:
            case None:
                connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            case "hangs":
                connection.recv(1)
            case "resets":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()
            case _ if fault.startswith("status"):
                status = fault.partition(" ")[2]
                rest = "Location: /\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                connection.sendall(f"HTTP/1.1 {status} No\r\n{rest}".encode())


class UnreliableMailbox(Mailbox):
    """An SMTP server that accepts half of the letters, and does one of the faults to the others."""

    def __init__(self, seed: str, faults: Sequence[str] = ()) -> None:
        super().__init__()
        self.account = Account()
        self._random = Random(seed)  # noqa: S311  # as above
        self._faults = faults

    async def handle_DATA(  # noqa: N802 - aiosmtpd looks for this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Called by aiosmtpd."""
        self.account.tries += 1
        fault = _fault(self._random, self._faults)
        if fault not in {None, "dies"}:
            return f"{fault} try again later"
        answer = await super().handle_DATA(server, session, envelope)
        self.account.took(self.letters[-1]["X-Ianawatch-Delivery"], answered=fault is None)
        if fault == "dies":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            await asyncio.Event().wait()  # until the lost connection ends this
        return answer


class Command:
    """A command for an exec channel that appends what it takes to a file.

    An unreliable one refuses every fourth letter, and is killed after it has taken another fourth.
    """

    def __init__(self, folder: Path, name: str, *, unreliable: bool = False) -> None:
        self._letters = folder / f"{name}.letters"
        self._tries = folder / f"{name}.tries"
        self._script = folder / f"{name}.sh"
        # One write for the whole line: who was killed, and who came after, write side by side.
        take = f"printf '%s\\n' \"$(cat)\" >> {self._letters}"
        count = f"echo >> {self._tries}; n=$(($(wc -l < {self._tries}) % 4))"
        refuse, die = "echo mailbox full >&2; exit 1", f"{take}; kill -9 $$"
        choose = f"case $n in\n1) {refuse};;\n2) {die};;\n*) {take};;\nesac" if unreliable else take
        self._script.write_text(f"{count}\n{choose}\n", "utf-8")

    @property
    def line(self) -> str:
        """As an exec channel has it."""
        return shlex.join(["sh", str(self._script)])

    @property
    def letters(self) -> list[dict[str, object]]:
        """What it took so far, in order."""
        return [json.loads(line) for line in _lines(self._letters)]

    @property
    def account(self) -> Account:
        """The same as an account. Which letters it was killed over it can't tell."""
        taken = Counter(str(letter["delivery"]) for letter in self.letters)
        return Account(taken, tries=len(_lines(self._tries)))


def _lines(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines() if file.exists() else []


def _fault(random: Random, faults: Sequence[str]) -> str | None:
    return random.choice(faults) if faults and random.random() < 0.5 else None
