"""`ianawatch quarantine`: what is held back for a person to decide."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from sync.commands.options import (
    ONE,
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
from sync.program import Program

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.answers import HeldBack


@click.group(cls=ListByDefault)
def command() -> None:
    """List what is held back for a person; look at it; accept it.

    What IANA serves and is not plausible waits here: a document that can't be read, a registry that is gone,
    records that can't be used, many registrations missing at once. Until then the last good state stands.
    """


@command.command("list", short_help="List what is held back or was accepted.")
@watch_option
@format_option(ROWS)
@click.pass_obj
def list_(program: Program, *, output: str) -> None:
    """List what is held back now, and what was accepted and is still served."""
    # Imported here, and below: SQLAlchemy would slow down `--help`.
    from sync.answers import HeldBack
    from sync.show.held_back import HELD_BACK
    from sync.show.render import counted

    items = _held_back(program)
    name = called(program.watches)
    waiting = counted(sum(item.accepted_at is None for item in items), "thing waits", "things wait")
    show_rows(
        items,
        names_of(HeldBack),
        columns_for(program.watches, HELD_BACK),
        output,
        closing=f"{name}: {waiting} for a person",
        nothing=f"{name}: nothing is held back",
    )


@command.command(short_help="Tell what is held back of a version.")
@click.argument("id_", metavar="ID")
@click.option("--body", is_flag=True, help="Write the version's bytes to stdout, as they were served.")
@watch_option
@format_option(ONE)
@click.pass_obj
def show(program: Program, *, id_: str, body: bool, output: str) -> None:
    """Tell what is held back of the version ID, and what accepting it would mean."""
    from sync.accept import find
    from sync.show import render, terminal
    from sync.show.held_back import sheet

    items = find(_held_back(program), id_)
    if body:
        _write_body(program.choose(items[0].watch), items[0].sha256)
    elif output == "json":
        terminal.write(render.as_json(items))
    else:
        terminal.show_sheet(sheet(items))


@command.command(short_help="Accept what is held back of a version.")
@click.argument("id_", metavar="ID")
@watch_option
@click.pass_obj
def accept(program: Program, *, id_: str) -> None:
    """Accept all that is held back of the version ID: the registry is as that version says."""
    from sync.accept import accept as accept_held
    from sync.accept import find
    from sync.commands.delivery import deliver_and_tell
    from sync.commands.outlets import Outlets
    from sync.show.held_back import ID_LENGTH
    from sync.show.render import counted

    at = program.clock()
    items = find(_held_back(program), id_)
    program = _choose(program, items)
    watch = program.watch_with()
    outlets = Outlets.of(program.settings)
    database = program.open_database()
    done = accept_held(database, watch, id_, outlets.serving, at)
    deliver_and_tell(program, database, outlets, at)
    changes = counted(len(done.changes), "change", "changes")
    program.say(f"{watch.name}: {done.sha256[:ID_LENGTH]} is accepted; {changes}")
    if done.missing:
        missing = counted(done.missing, "missing registration is", "missing registrations are")
        program.say(f"{watch.name}: {missing} withdrawn after a day of being missing")


def _choose(program: Program, items: Sequence[HeldBack]) -> Program:
    """The program asked about the watch that the items are of. Raises UsageProblem for several."""
    from sync.show.held_back import ID_LENGTH

    names = list(dict.fromkeys(item.watch for item in items))
    if len(names) > 1:
        raise UsageProblem(
            f"{items[0].sha256[:ID_LENGTH]}: it is held back for {' and '.join(names)}; say with --watch "
            "NAME for which of them it is accepted"
        )
    return program.choose(names[0])


def _write_body(program: Program, sha256: str) -> None:
    from db.snapshot_store import SnapshotStore
    from sync.errors import UnusableInput
    from sync.escape import shown_lines
    from sync.show import terminal
    from sync.show.held_back import ID_LENGTH

    with program.open_database().read() as connection:
        body = SnapshotStore(connection).body(program.watch.document, sha256)
    if body is None:
        raise UnusableInput(
            f"{sha256[:ID_LENGTH]}: its bytes are no longer kept; the next sync that sees it keeps them"
        )
    if sys.stdout.isatty():
        # On a terminal a stranger's bytes are text, whatever they are in a file.
        terminal.write(shown_lines(body.decode(errors="replace")))
    else:
        terminal.write_bytes(body)


def _held_back(program: Program) -> list[HeldBack]:
    from db.quarantine import held_back

    with program.open_database().read() as connection:
        return [item for watch in program.watches for item in held_back(connection, watch.name)]
