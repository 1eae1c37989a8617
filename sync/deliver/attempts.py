"""What became of letters in one pass, and how that is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sync.dates import minute, stamp
from sync.show.render import counted

if TYPE_CHECKING:
    from db.deliveries import Message


@dataclass(frozen=True, slots=True)
class Attempt:
    """One letter to one channel."""

    channel: str
    message: Message
    problem: str | None = None
    """Why it was not delivered; None: it was."""
    next_at: datetime | None = None
    """From when on it is tried again; None: it is delivered, or given up."""

    @property
    def delivered(self) -> bool:
        """Whether the channel has accepted it."""
        return self.problem is None


def delivered_lines(attempts: Iterable[Attempt]) -> Iterator[str]:
    """A line for each channel that has accepted something."""
    letters: dict[str, int] = {}
    for attempt in attempts:
        if attempt.delivered:
            letters[attempt.channel] = letters.get(attempt.channel, 0) + 1
    for channel, count in letters.items():
        yield f"{channel}: {counted(count, 'message', 'messages')} delivered"


def failed_lines(attempts: Iterable[Attempt]) -> Iterator[str]:
    """A line for each letter that was not delivered: to whom, why, and what comes of it."""
    for attempt in attempts:
        if attempt.delivered:
            continue
        if attempt.next_at:
            then = f"it waits, and is tried again after {minute(attempt.next_at)} UTC"
        else:
            then = "given up; `ianawatch alerts retry` tries again"
        yield f"{attempt.channel}: not delivered: {attempt.problem}; {then}"


def attempt_facts(attempt: Attempt) -> dict[str, object]:
    """An attempt as JSON."""
    return {
        "channel": attempt.channel,
        "message": attempt.message.uid,
        "delivered": attempt.delivered,
        "problem": attempt.problem,
        "next_at": stamp(attempt.next_at) if attempt.next_at else None,
    }
