"""What a command does with the outbox: channels are sent to, the two streams printed, failures told.

With no channel configured what is printed is the alert. With channels, news is printed only while a delivery
waits: each time that one could not be made, so that cron's mail stands in for the channel.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sync.audience import Audience
from sync.deliver.attempts import Attempt, delivered_lines, failed_lines
from sync.deliver.channels import STDERR, STDOUT, Channel, serving
from sync.deliver.opening import open_channels
from sync.news.alerts import Alert
from sync.news.message import lines
from sync.program import Program
from sync.settings.model import Settings
from sync.state import NoticeKind

if TYPE_CHECKING:
    from db.deliveries import Claim, Message
    from db.engine import Database
    from sync.news.letter import Letter


@dataclass(frozen=True, slots=True)
class Outlets:
    """Where this run's news goes."""

    channels: tuple[Channel, ...]
    settings: Settings

    @classmethod
    def of(cls, settings: Settings) -> Outlets:
        """As the settings have it. Raises WrongConfiguration for a channel that can't be used."""
        return cls(open_channels(settings.channels), settings)

    @property
    def serving(self) -> Mapping[str, Collection[Audience]]:
        """The channels a message goes to, by name, with the audiences each serves; streams among them."""
        return serving(self.channels)

    def send(self, program: Program, database: Database) -> list[Attempt]:
        """Send what is due to the channels, and mark it."""
        # Without any channel there may still be letters to one that was taken out of the settings.
        from sync.deliver.dispatch import deliver

        return deliver(database, self.channels, self._letter, program.clock, self.settings.dead_after)

    def _letter(self, claim: Claim) -> Letter:
        from sync import watched
        from sync.news.letter import write_letter

        message = claim.message
        there = set(watched.names(self.settings))
        named = {alert.watch for alert in message.alerts} & there
        pages = {name: watched.watch_named(self.settings, name).page for name in named}
        return write_letter(message.uid, claim.uid, message.audience, message.at, message.alerts, pages)


def deliver_and_tell(
    program: Program,
    database: Database,
    outlets: Outlets,
    at: datetime,
    *,
    quiet: bool = False,
    readers: Callable[[Sequence[Alert], Sequence[Attempt]], None] | None = None,
) -> list[Attempt]:
    """Deliver everything that waits, to channels and streams, and say what became of it.

    `readers` prints readers' alerts on stdout instead: those that wait for that stream, and those that a
    channel did not take; it is called once, with the attempts too. `quiet` leaves out what went well.
    """
    from sync.show.progress import working

    with working("sending what waits", quiet=quiet):
        attempts = outlets.send(program, database)
    failed = _undelivered(attempts)

    def to_operators(messages: Sequence[Message]) -> None:
        for alert in _alerts([*failed, *messages], Audience.OPERATORS):
            level = "info" if alert.kind == NoticeKind.RECOVERED else "error"
            for line in lines([alert]):
                program.say_error(line, level=level)

    def to_readers(messages: Sequence[Message]) -> None:
        alerts = _alerts([*failed, *messages], Audience.READERS)
        if readers:
            readers(alerts, attempts)
        else:
            program.say(*lines(alerts))

    from sync.deliver.streams import print_waiting

    print_waiting(database, {STDERR: to_operators, STDOUT: to_readers}, at)
    for line in failed_lines(attempts):
        program.say_error(line)
    if not quiet:
        program.say(*delivered_lines(attempts))
    return attempts


def _undelivered(attempts: Iterable[Attempt]) -> list[Message]:
    """The messages that some channel did not take, each once."""
    return list({one.message.uid: one.message for one in attempts if not one.delivered}.values())


def _alerts(messages: Iterable[Message], audience: Audience) -> list[Alert]:
    return [alert for message in messages if message.audience is audience for alert in message.alerts]
