"""`ianawatch alerts`: what was decided and whether it arrived; send again, let go, try the channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sync.commands.options import ROWS, ListByDefault, format_option, names_of, show_rows
from sync.errors import Exit, UsageProblem
from sync.program import Program

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.deliver.channels import Channel


@click.group(cls=ListByDefault)
def command() -> None:
    """List alerts and whether they arrived; send again, let go, try the channels.

    Without a command it is `list`. What a channel does not accept waits in the outbox and is tried again
    by later syncs, ever more rarely; after 30 days (`dead_after_days`) it is dead, until you revive it.
    """


@command.command("list")
@click.option("--waiting", is_flag=True, help="Only what has not arrived: it waits, or is dead.")
@click.option("--channel", metavar="NAME", help="Only what goes to this channel: --channel mail.")
@format_option(ROWS)
@click.pass_obj
def list_(program: Program, *, waiting: bool, channel: str | None, output: str) -> None:
    """List every alert with each of its deliveries, the oldest first."""
    # Imported here, and below: SQLAlchemy would slow down `--help`.
    from db import alert_queries
    from db.delivery_state import UNDELIVERED
    from sync.answers import AlertRow
    from sync.show.alert_list import ALERTS
    from sync.show.render import counted

    with program.open_database().read() as connection:
        _refuse_unseen(channel, program, alert_queries.channels(connection))
        rows = alert_queries.alerts(connection, states=UNDELIVERED if waiting else (), channel=channel)
    undelivered = sum(row.state in UNDELIVERED for row in rows)
    show_rows(
        rows,
        names_of(AlertRow),
        ALERTS,
        output,
        closing=f"{counted(undelivered, 'delivery has', 'deliveries have')} not arrived",
        nothing="everything has arrived" if waiting else "nothing was alerted yet",
    )


@command.command(short_help="Send again, now, what has not arrived.")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--channel", metavar="NAME", help="Only what goes to this channel.")
@click.option(
    "--to", metavar="NAME", help="Send the alerts ID... to this channel too, which may be a new one."
)
@click.pass_obj
def retry(program: Program, *, ids: tuple[str, ...], channel: str | None, to: str | None) -> int:
    """Send again, now, what has not arrived: all of it, or of the alerts ID... what did not.

    A channel does not get what was decided before it was configured, unless `--to` says so.

    Exit codes: 0 everything has arrived, 69 something still waits.
    """
    from db import alert_queries
    from db.deliveries import Deliveries
    from db.delivery_state import UNDELIVERED, count_waiting
    from sync.commands.delivery import deliver_and_tell
    from sync.commands.outlets import Outlets
    from sync.show.render import counted

    if to and channel:
        raise UsageProblem("--to and --channel exclude each other; give one")
    if to and not ids:
        raise UsageProblem("--to: say which alerts; `ianawatch alerts list` shows their ids")
    outlets = Outlets.of(program.settings)
    _refuse_unknown(to, outlets.channels)
    at = program.clock()
    database = program.open_database()
    with database.write() as connection:
        _refuse_unseen(channel, program, alert_queries.channels(connection))
        messages = alert_queries.messages_of(connection, ids) if ids else None
        waiting: list[int] = []
        if to and messages:
            more = Deliveries(connection).send_also(messages, to, at)
        else:
            waiting = alert_queries.delivery_ids(
                connection, states=UNDELIVERED, messages=messages, channel=channel
            )
            more = Deliveries(connection).revive(waiting, at)
    attempts = deliver_and_tell(program, database, outlets, at)
    if not attempts:
        if more:
            program.say(f"{counted(more, 'delivery', 'deliveries')} to be made")
        else:
            program.say("what waits is being sent by another run" if waiting else "nothing waits")
    with database.read() as connection:
        return Exit.UNDELIVERED if count_waiting(connection) else Exit.DONE


@command.command(short_help="Let go of what has not arrived.")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--channel", metavar="NAME", help="Only what goes to this channel.")
@click.pass_obj
def drop(program: Program, *, ids: tuple[str, ...], channel: str | None) -> None:
    """Let go of what has not arrived: of the alerts ID..., or all that goes to a channel.

    It stays in the list, as dropped.
    """
    from db import alert_queries
    from db.deliveries import Deliveries
    from db.delivery_state import UNDELIVERED
    from sync.show.render import counted

    if not ids and channel is None:
        raise UsageProblem("say which: the alerts ID..., or all that goes to --channel NAME")
    with program.open_database().write() as connection:
        _refuse_unseen(channel, program, alert_queries.channels(connection))
        messages = alert_queries.messages_of(connection, ids) if ids else None
        found = alert_queries.delivery_ids(connection, states=UNDELIVERED, messages=messages, channel=channel)
        Deliveries(connection).drop(found)
    program.say(f"{counted(len(found), 'delivery', 'deliveries')} dropped")


@command.command(short_help="Send a test to each channel.")
@click.argument("channels", metavar="[CHANNEL]...", nargs=-1)
@click.pass_obj
def test(program: Program, *, channels: tuple[str, ...]) -> int:
    """Send a message marked as a test to each channel, and say which took it. It needs no database.

    Exit codes: 0 all have taken it, 69 one has not.
    """
    from sync.commands.outlets import Outlets
    from sync.deliver.trial import try_channels

    there = Outlets.of(program.settings).channels
    for name in channels:
        _refuse_unknown(name, there)
    chosen = [channel for channel in there if not channels or channel.name in channels]
    if not chosen:
        program.say("no channel is configured: what a sync prints is the alert, and cron mails it")
        return Exit.DONE
    failed = False
    for name, problem in try_channels(chosen, program.clock()):
        failed = failed or problem is not None
        if problem is None:
            program.say(f"{name}: a test was delivered")
        else:
            program.say_error(f"{name}: not delivered: {problem}")
    return Exit.UNDELIVERED if failed else Exit.DONE


def _refuse_unseen(channel: str | None, program: Program, seen: Sequence[str]) -> None:
    """Refuse a channel that is neither configured nor was ever sent anything."""
    there = sorted({*seen, *program.settings.channels})
    if channel is not None and channel not in there:
        known = f"there is {', '.join(there)}" if there else "none is configured"
        raise UsageProblem(f"--channel {channel}: there is no such channel; {known}")


def _refuse_unknown(name: str | None, channels: Sequence[Channel]) -> None:
    names = [channel.name for channel in channels]
    if name is not None and name not in names:
        there = f"there is {', '.join(names)}" if names else "none is configured"
        raise UsageProblem(f"{name}: there is no such channel; {there}")
