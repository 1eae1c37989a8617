"""A real SMTP server on 127.0.0.1 that keeps what it accepts.

with Mailbox() as mailbox:
    mailbox.refuse("ops@example.org", "450 4.2.0 greylisted")
    ... mailbox.url("ops@example.org") ...
    assert mailbox.letters[0]["Subject"] == "..."
    assert mailbox.receive(within=60)["Subject"] == "..."
"""

from __future__ import annotations

import socket
from email import message_from_bytes, policy
from email.message import EmailMessage
from queue import SimpleQueue
from typing import TYPE_CHECKING, Self

from aiosmtpd.controller import Controller

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """Listens inside its `with`."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.letters: list[EmailMessage] = []
        """What was accepted, in order."""
        self._not_received: SimpleQueue[EmailMessage] = SimpleQueue()
        self._refused: dict[str, str] = {}
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def url(self, *recipients: str, query: str = "", password: str = "") -> str:
        """An Apprise URL that mails to these here, from ianawatch@example.org."""
        credentials = f"us3r:{password}@" if password else ""
        options = f"smtp=127.0.0.1&from=ianawatch@example.org&mode=insecure{query}"
        return f"mailto://{credentials}127.0.0.1:{self.port}/{'/'.join(recipients)}?{options}"

    def receive(self, within: float) -> EmailMessage:
        """The first letter not received yet, as soon as it is here; queue.Empty after so many seconds."""
        return self._not_received.get(timeout=within)

    def refuse(self, recipient: str, answer: str) -> None:
        """Answer this to a RCPT with the recipient, from now on."""
        self._refused[recipient] = answer

    def accept(self, recipient: str) -> None:
        """Refuse the recipient no more."""
        del self._refused[recipient]

    def __enter__(self) -> Self:
        """Begins to listen."""
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stops."""
        self._controller.stop()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd looks for this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Called by aiosmtpd."""
        if address in self._refused:
            return self._refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd looks for this name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Called by aiosmtpd."""
        content = envelope.original_content or b""
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.letters.append(message)
        self._not_received.put(message)
        return "250 OK"
