"""`ianawatch history`: what happened to registrations."""

from __future__ import annotations

import click

from sync.commands.options import ROWS, format_option, names_of, show_rows, watch_option
from sync.errors import UsageProblem
from sync.program import Program


@click.command()
@click.argument("code", required=False)
@click.option("--since", metavar="DATE", help="Only what was seen on this day (UTC) or later: 2024-01-01.")
@click.option("--until", metavar="DATE", help="Only what was seen on this day (UTC) or earlier: 2024-12-31.")
@watch_option
@format_option(ROWS)
@click.pass_obj
def command(program: Program, *, code: str | None, since: str | None, until: str | None, output: str) -> None:
    """Tell what happened to registrations, or to those of one CODE, oldest first.

    For example: ianawatch history 1006, ianawatch history --since 2024-01-01

    What was registered at the first look is where history begins, and no part of it; `ianawatch backfill`
    adds what was before.
    """
    # Imported here: SQLAlchemy would slow down `--help`.
    from db import queries
    from sync.answers import ChangeRow
    from sync.codes import read_code
    from sync.dates import read_day
    from sync.show.columns import CHANGES
    from sync.show.people import impersonal_change
    from sync.show.render import counted

    number = read_code(code, program.watch.bounds) if code else None
    first = read_day("--since", since) if since else None
    last = read_day("--until", until) if until else None
    if first and last and first > last:
        raise UsageProblem(f"--since {since} --until {until}: the first day is after the last; swap them")
    name = program.watch.name
    with program.open_database().read() as connection:
        changes = queries.history(connection, name, code=number, since=first, until=last)
    asked = " and ".join(
        text
        for text, given in ((f"to {code}", code), (f"since {since}", since), (f"until {until}", until))
        if given
    )
    show_rows(
        [impersonal_change(change) for change in changes],
        names_of(ChangeRow),
        CHANGES,
        output,
        closing=f"{name}: {counted(len(changes), 'change', 'changes')}{f' {asked}' if asked else ''}",
        nothing=f"{name}: nothing has happened{f' {asked}' if asked else ''}, as far as the database knows",
    )
