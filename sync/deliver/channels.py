"""Where letters go. A channel takes a letter or says why it can't; it knows nothing of the outbox."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sync.audience import Audience

if TYPE_CHECKING:
    from db.deliveries import Message
    from sync.news.letter import Letter


class Sender(Protocol):
    """Hands a letter to one channel."""

    def __call__(self, letter: Letter, *, timeout: float) -> None:
        """Return when the channel has accepted the letter, within about `timeout` seconds.

        Raises NotDelivered with a reason that has no secret in it.
        """


@dataclass(frozen=True, slots=True)
class Channel:
    """A named place for letters."""

    name: str
    audiences: Collection[Audience]
    sender: Sender
    deadline: float
    """Seconds for one letter."""


STDOUT, STDERR = "stdout", "stderr"
"""The channels there always are: what a run prints is the alert, and cron mails it."""
STREAMS: Mapping[str, Collection[Audience]] = {
    STDERR: frozenset({Audience.OPERATORS}),
    STDOUT: frozenset({Audience.READERS}),
}
"""The audience that each of the two serves when no channel does."""

Printer = Callable[[Sequence["Message"]], None]
"""Puts messages on a stream, and returns when it has taken all of them."""


def serving(channels: Iterable[Channel]) -> Mapping[str, Collection[Audience]]:
    """The channels that a message is delivered to, by name, with the audiences each serves.

    An audience that none of them serves has its stream.
    """
    named = {channel.name: channel.audiences for channel in channels}
    served = {audience for audiences in named.values() for audience in audiences}
    streams = {name: audiences for name, audiences in STREAMS.items() if not served & set(audiences)}
    return {**streams, **named}
