"""`ianawatch quarantine`: what is held back for a person to decide."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from sync.escape import json_text, shown, shown_lines
from sync.program import Program

if TYPE_CHECKING:
    from db.quarantine import HeldBack


@click.group(invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List what is held back for a person; look at it; accept it."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@command.command("list")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def list_(program: Program, *, output: str = "text") -> None:
    """List what is held back now."""
    items = _held_back(program)
    if output == "json":
        click.echo(json_text(json.dumps([_facts(item) for item in items], ensure_ascii=False, indent=2)))
        return
    for item in items:
        click.echo(f"{item.sha256[:12]}  {_said(item)}")
    if not items:
        click.echo("nothing is held back")


@command.command()
@click.argument("id_", metavar="ID")
@click.option("--body", is_flag=True, help="Write the version's bytes to stdout, as they were served.")
@click.pass_obj
def show(program: Program, *, id_: str, body: bool) -> None:
    """Tell what is held back of the version ID, and what accepting it would mean."""
    from sync.accept import find  # SQLAlchemy: not for every command

    items = find(_held_back(program), id_)
    if body:
        _write_body(program, items[0].sha256)
        return
    click.echo(items[0].sha256)
    for item in items:
        click.echo(f"{_said(item)}\n{_MEANING[item.kind]}")


@command.command()
@click.argument("id_", metavar="ID")
@click.pass_obj
def accept(program: Program, *, id_: str) -> None:
    """Accept all that is held back of the version ID: the registry is as that version says."""
    from sync.accept import accept as accept_held
    from sync.decide.advance import Patience
    from sync.deliver.channels import STDERR, STDOUT

    at = program.clock()
    database = program.sync_database()
    done = accept_held(
        database,
        program.watch,
        id_,
        Patience(program.settings.older_copies),
        {channel.name: channel.audiences for channel in (STDOUT, STDERR)},
        at,
    )
    program.print_waiting(database, at)
    changes = "1 change" if len(done.changes) == 1 else f"{len(done.changes)} changes"
    click.echo(f"{done.sha256[:12]}: accepted; {changes}")
    if done.missing:
        missing = "1 missing registration" if done.missing == 1 else f"{done.missing} missing registrations"
        click.echo(f"still to come: {missing}, withdrawn after a day of being missing")


_MEANING = {
    "document": "It can't be read, so it can't be accepted: the last good state stands until IANA mends it.",
    "registry": "Accepting says that the registry is really empty: its registrations are withdrawn.",
    "record": "Accepting says that the records set aside hide nothing: withdrawals go on.",
    "missing": "Accepting says that the missing registrations are really gone: they are withdrawn.",
}


def _said(item: HeldBack) -> str:
    accepted = f" (accepted {item.accepted_at:%Y-%m-%d})" if item.accepted_at else ""
    return f"since {item.since:%Y-%m-%d %H:%M}Z  {item.kind}: {shown(item.reason)}{accepted}"


def _write_body(program: Program, sha256: str) -> None:
    from db.snapshot_store import SnapshotStore
    from sync.errors import UnusableInput

    with program.open_database().read() as connection:
        body = SnapshotStore(connection).body(program.watch.document, sha256)
    if body is None:
        raise UnusableInput(
            f"{sha256[:12]}: its bytes are no longer kept; the next sync that sees it keeps them"
        )
    if sys.stdout.isatty():
        # On a terminal a stranger's bytes are text, whatever they are in a file.
        click.echo(shown_lines(body.decode(errors="replace")))
    else:
        sys.stdout.buffer.write(body)


def _held_back(program: Program) -> list[HeldBack]:
    from db.quarantine import held_back

    with program.open_database().read() as connection:
        return held_back(connection, program.watch.name)


def _facts(item: HeldBack) -> dict[str, Any]:
    return {
        "id": item.sha256,
        "kind": item.kind,
        "reason": item.reason,
        "since": f"{item.since:%Y-%m-%dT%H:%M:%SZ}",
        "accepted_at": f"{item.accepted_at:%Y-%m-%dT%H:%M:%SZ}" if item.accepted_at else None,
    }
