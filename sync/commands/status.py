"""`ianawatch status`: is all well? For a person, and by its exit code for a monitor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sync.commands.options import ONE, format_option, watch_option
from sync.errors import Exit
from sync.program import Program

if TYPE_CHECKING:
    from sync.show.health import Status


@click.command()
@click.option(
    "--max-age",
    metavar="DURATION",
    help="Exit with 1 when the last successful check is older: 90m, 48h, 2d, 1w.",
)
@watch_option
@format_option(ONE)
@click.pass_obj
def command(program: Program, *, max_age: str | None, output: str) -> int:
    """Say whether all is well, for a person or a monitor, and what to do next.

    Of several watches it tells of all together, with --watch of one. On a terminal the answer fits one
    screen. For a monitor: ianawatch status --max-age 48h

    Exit codes: 0 all is well, 1 the last successful check is too old, the syncs fail, something is held
    back, or an alert can't be delivered; 74 there is no database that can be read. A flagged code is
    none of these.
    """
    # Imported here: SQLAlchemy would slow down `--help`.
    from sync.dates import read_duration
    from sync.show import render, terminal
    from sync.show.health import troubles
    from sync.show.overview import overview, overview_json
    from sync.show.status_sheet import status_json, status_sheet

    oldest = read_duration("--max-age", max_age) if max_age else None
    statuses = _statuses(program)
    now, failures = program.clock(), program.settings.failures
    wrong = {facts.watch: troubles(facts, now, max_age=oldest, failures=failures) for facts in statuses}
    match statuses:
        case [facts] if output == "json":
            terminal.write(render.as_json(status_json(facts, wrong[facts.watch])))
        case [facts]:
            terminal.show_sheet(status_sheet(facts, wrong[facts.watch], now), one_screen=True)
        case _ if output == "json":
            terminal.write(render.as_json(overview_json(statuses, wrong)))
        case _:
            terminal.show_sheet(overview(statuses, wrong, now), one_screen=True)
    return Exit.MISSING if any(wrong.values()) else Exit.DONE


def _statuses(program: Program) -> list[Status]:
    """How the syncs of the watch that was chosen, or of all, go."""
    from dataclasses import replace

    from db.status_facts import status
    from sync.show.people import impersonal_change

    database = program.open_database()
    with database.read() as connection:
        found = [status(connection, watch.name, database.where, database.path) for watch in program.watches]
    return [
        replace(facts, last_change=impersonal_change(facts.last_change)) if facts.last_change else facts
        for facts in found
    ]
