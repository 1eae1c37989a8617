"""Where letters go. A channel takes a letter or says why it can't; it knows nothing of the outbox."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sync.news.alerts import Audience

if TYPE_CHECKING:
    from db.alert_outbox import Message
    from sync.news.letter import Letter


class Sender(Protocol):
    """Hands a letter to one channel."""

    def __call__(self, letter: Letter, *, timeout: float) -> None:
        """Return when the channel has accepted the letter, within about `timeout` seconds.

        Raises NotDelivered with a reason that has no secret in it.
        """


@dataclass(frozen=True, slots=True)
class Channel:
    """A named place for messages."""

    name: str
    audiences: Collection[Audience]


STDOUT = Channel("stdout", frozenset({Audience.READERS}))
"""With no channel configured, what a run prints is the alert: cron mails it."""
STDERR = Channel("stderr", frozenset({Audience.OPERATORS}))

STREAMS: Mapping[str, Collection[Audience]] = {
    channel.name: channel.audiences for channel in (STDERR, STDOUT)
}
"""The channels there always are, by name, with the audiences each serves."""

Printer = Callable[[Sequence["Message"]], None]
"""Puts messages on a stream, and returns when it has taken all of them."""
