"""`ianawatch watch`: what is watched, and one less of it; one more is `watch_add`'s business."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from sync.commands.config_file import change, editable
from sync.commands.options import ONE, ROWS, ListByDefault, format_option, names_of, show_rows
from sync.commands.watch_add import add
from sync.program import Program

if TYPE_CHECKING:
    from collections.abc import Mapping

    from db.engine import Database
    from sync.answers import WatchCounts
    from sync.watches import Watch


@click.group(cls=ListByDefault)
def command() -> None:
    """List what is watched; add one of IANA's registries of numbers, look at it, remove it.

    The WebSocket close codes are watched from the beginning. Any other registry is a table [[watch]] in the
    configuration file, which `add` and `remove` edit for you. Without a command it is `list`.
    """


command.add_command(add)


@command.command("list")
@format_option(ROWS)
@click.pass_obj
def list_(program: Program, *, output: str) -> None:
    """List the watches, and what the database knows of each."""
    from sync import watched
    from sync.show.render import counted
    from sync.show.watch_list import WATCHES, WatchRow, watch_row

    known = _known(program)
    rows = [watch_row(_shown(watch), known) for watch in watched.watches(program.settings)]
    show_rows(
        rows,
        names_of(WatchRow),
        WATCHES,
        output,
        closing=counted(len(rows), "watch", "watches"),
        nothing="nothing is watched; `ianawatch watch add NAME` adds a registry",
    )


@command.command(short_help="Tell everything about one watch.")
@click.argument("name")
@format_option(ONE)
@click.pass_obj
def show(program: Program, *, name: str, output: str) -> None:
    """Tell what a watch is, where it is defined, and what the database knows of it."""
    from sync import watched
    from sync.show import render, terminal
    from sync.show.watch_list import WatchFacts, watch_json, watch_sheet

    watch = program.choose(name).watch_with()
    settings = program.settings
    table = watched.table_of(settings, name)
    facts = WatchFacts(
        _shown(watch),
        settings.origins[f"watch.{name}.name"] if table else None,
        atom=(table or settings).atom,
        html=(table or settings).html,
    )
    if counts := _known(program).get(name):
        facts = replace(facts, counts=counts)
    if output == "json":
        terminal.write(render.as_json(watch_json(facts)))
    else:
        terminal.show_sheet(watch_sheet(facts, program.clock()))


@command.command(short_help="Watch a registry no more.")
@click.argument("name")
@click.pass_obj
def remove(program: Program, *, name: str) -> None:
    """Watch a registry no more; what is stored of it stays.

    The table in the configuration file goes, whatever else stands there stays as it is.
    """
    from sync.settings.edit import with_close_codes, without_watch
    from sync.watches import SHIPPED

    program.choose(name)
    if name in SHIPPED:
        path = editable(program, "close_codes")
        change(path, lambda text, origin: with_close_codes(text, origin, on=False))
        program.say(
            f"{name}: switched off in {path}; what is stored stays in the database, and "
            f"`ianawatch watch add {name}` switches it on again"
        )
    else:
        path = editable(program, "watch")
        change(path, lambda text, origin: without_watch(text, name, origin))
        program.say(
            f"{name}: removed from {path}; what is stored stays in the database, and a watch of this name on "
            "the same registry goes on from there"
        )


def _known(program: Program) -> Mapping[str, WatchCounts]:
    """The figures by the watch's name; none where there is no database yet."""
    from db.watch_counts import watch_counts

    database = _database(program)
    if database is None:
        return {}
    with database.read() as connection:
        return watch_counts(connection)


def _database(program: Program) -> Database | None:
    from pathlib import Path

    from db.locations import location
    from db.sqlite_files import is_there

    named = location(program.where)
    if isinstance(named, Path) and not is_there(named):
        return None
    return program.open_database()


def _shown(watch: Watch) -> Watch:
    """The watch without the secrets of its addresses."""
    from sync.fetch.location import shown

    return replace(
        watch,
        document=shown(watch.document),
        mirror=shown(watch.mirror) if watch.mirror else None,
        documented=tuple(replace(source, location=shown(source.location)) for source in watch.documented),
        in_use=tuple(replace(source, location=shown(source.location)) for source in watch.in_use),
    )
