"""`ianawatch status`: is all well? For a person, and by its exit code for a monitor."""

from __future__ import annotations

import click

from sync.commands.options import ONE, format_option, watch_option
from sync.errors import Exit
from sync.program import Program


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

    On a terminal the answer fits one screen. For a monitor: ianawatch status --max-age 48h

    Exit codes: 0 all is well, 1 the last successful check is too old, the syncs fail, something is held
    back, or an alert can't be delivered; 74 there is no database that can be read. A flagged code is
    none of these.
    """
    # Imported here: SQLAlchemy would slow down `--help`.
    from dataclasses import replace

    from db.status_facts import status
    from sync.dates import read_duration
    from sync.show import render, terminal
    from sync.show.health import troubles
    from sync.show.people import impersonal_change
    from sync.show.status_sheet import status_json, status_sheet

    oldest = read_duration("--max-age", max_age) if max_age else None
    database = program.open_database()
    with database.read() as connection:
        facts = status(connection, program.watch.name, database.where, database.path)
    if facts.last_change:
        facts = replace(facts, last_change=impersonal_change(facts.last_change))
    now = program.clock()
    wrong = troubles(facts, now, max_age=oldest, failures=program.settings.failures)
    if output == "json":
        terminal.write(render.as_json(status_json(facts, wrong)))
    else:
        terminal.show_sheet(status_sheet(facts, wrong, now), one_screen=True)
    return Exit.MISSING if wrong else Exit.DONE
