"""What a command does with the outbox: channels are sent to, the two streams printed, failures told.

With no channel configured what is printed is the alert. With channels, news is printed only while a delivery
waits: each time that one could not be made, so that cron's mail stands in for the channel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sync.audience import Audience
from sync.deliver.attempts import Attempt, delivered_lines, failed_lines
from sync.deliver.channels import STDERR, STDOUT
from sync.news.alerts import Alert
from sync.news.message import lines
from sync.program import Program
from sync.state import NoticeKind

if TYPE_CHECKING:
    from db.deliveries import Message
    from db.engine import Database
    from sync.commands.outlets import Outlets


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
