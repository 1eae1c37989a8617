"""`ianawatch flags`: what is registered and not documented, and what a person decided not to document."""

from __future__ import annotations

import click

from sync.commands.options import (
    ROWS,
    ListByDefault,
    called,
    columns_for,
    format_option,
    names_of,
    show_rows,
    watch_option,
)
from sync.errors import UsageProblem
from sync.intervals import spelled, without
from sync.program import Program


@click.group(cls=ListByDefault)
def command() -> None:
    """List the undocumented codes; ignore one, with a reason.

    A code in the watched range is flagged while a documented table lacks it. One that you decided not to
    document stays in the list, marked as ignored. Without a command it is `list`.
    """


@command.command("list")
@watch_option
@format_option(ROWS)
@click.pass_obj
def list_(program: Program, *, output: str) -> None:
    """List what is registered and not documented, the ignored too."""
    # Imported here, and below: SQLAlchemy would slow down `--help`.
    from db import queries
    from sync.answers import FlagRow
    from sync.show.columns import FLAGS

    watches = program.watches
    with program.open_database().read() as connection:
        if len(watches) > 1:
            seen = queries.seen_watches(connection)
            watches = tuple(watch for watch in watches if watch.name in seen) or watches
        flags = [flag for watch in watches for flag in queries.open_flags(connection, watch.name)]
    name = called(watches)
    ignored = sum(flag.ignored is not None for flag in flags)
    show_rows(
        flags,
        names_of(FlagRow),
        columns_for(watches, FLAGS),
        output,
        closing=f"{name}: {len(flags)} flagged" + (f", {ignored} of them ignored" if ignored else ""),
        nothing=f"{name}: nothing is flagged",
    )


@command.command(short_help="Remember that CODE need not be documented.")
@click.argument("code")
@click.option("--reason", required=True, help="Why that is fine: --reason 'not in browsers'.")
@watch_option
@click.pass_obj
def ignore(program: Program, *, code: str, reason: str) -> None:
    """Remember that CODE need not be documented, or may stay in use although it is registered.

    A further time gives it another reason.
    """
    from db import queries
    from db.documented_store import DocumentedStore
    from sync.codes import read_code
    from sync.decide.flags import is_watched

    watch = program.watch
    number = read_code(code, watch.bounds)
    folded = _folded(reason)
    at = program.clock()
    with program.open_database().write() as connection:
        watch_id = queries.seen_watch(connection, watch.name)
        found = [r for r in queries.registry(connection, watch.name).registrations if r.live]
        registration = next((r for r in found if r.first <= number <= r.last), None)
        if registration is None or not is_watched(number, number, watch.watched):
            watched = spelled(*watch.watched or watch.bounds)
            raise UsageProblem(
                f"{number} is not registered in {watched}, so there is nothing to ignore; "
                f"`ianawatch list --range {watched} --assignment assigned` shows what is"
            )
        first, last = registration.first, registration.last
        store = DocumentedStore(connection)
        # What is ignored never overlaps, so that a registration is ignored for one reason.
        for row in queries.ignored(connection, watch_id, within=(first, last)):
            store.unignore(watch_id, row.first, row.last)
            for piece in without(row.first, row.last, [(first, last)]):
                store.ignore(watch_id, *piece, row.reason, row.at)
        store.ignore(watch_id, first, last, folded, at)
    name = registration.content.description
    _say(f"{watch.name}: {spelled(first, last)} {name} is ignored: {folded}")


@command.command()
@click.argument("code")
@watch_option
@click.pass_obj
def unignore(program: Program, *, code: str) -> None:
    """Take back that CODE is ignored."""
    from db import queries
    from db.documented_store import DocumentedStore
    from sync.codes import read_code

    number = read_code(code, program.watch.bounds)
    with program.open_database().write() as connection:
        watch_id = queries.seen_watch(connection, program.watch.name)
        rows = queries.ignored(connection, watch_id, within=(number, number))
        if not rows:
            raise UsageProblem(f"{number} is not ignored; `ianawatch flags list` shows what is")
        for row in rows:
            DocumentedStore(connection).unignore(watch_id, row.first, row.last)
    values = ", ".join(spelled(row.first, row.last) for row in rows)
    _say(f"{program.watch.name}: {values} is no longer ignored")


def _folded(reason: str) -> str:
    """The reason on one line. Raises UsageProblem for one that says nothing or is no text."""
    folded = " ".join(reason.split())
    try:
        folded.encode()
    except UnicodeEncodeError as e:
        raise UsageProblem("--reason: that is no text in this terminal's encoding; type it in that") from e
    if not folded:
        raise UsageProblem("--reason: say in a few words why it need not be documented")
    return folded


def _say(line: str) -> None:
    from sync.escape import shown
    from sync.show import terminal

    terminal.write(shown(line))
