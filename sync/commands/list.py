"""`ianawatch list`: the registry's codes, now or on a day in the past."""

from __future__ import annotations

import click

from sync.commands.options import ROWS, format_option, names_of, show_rows, watch_option
from sync.program import Program
from sync.records import Assignment


@click.command()
@click.option(
    "--range", "within", metavar="FIRST-LAST", help="Only what has a value in this range: --range 1000-1015."
)
@click.option(
    "--assignment",
    "assignments",
    type=click.Choice([assignment.value for assignment in Assignment]),
    multiple=True,
    help="Only values with this assignment: --assignment assigned; may be repeated.",
)
@click.option(
    "--flagged", is_flag=True, help="Only what is registered and not documented: --flagged --at 2024-12-31."
)
@click.option(
    "--at",
    metavar="DATE",
    help="The registry as it stood at the end of this day (UTC): --at 2024-12-31; a day to come shows it as "
    "it is.",
)
@watch_option
@format_option(ROWS)
@click.pass_obj
def command(
    program: Program,
    *,
    within: str | None,
    assignments: tuple[str, ...],
    flagged: bool,
    at: str | None,
    output: str,
) -> None:
    """List the registry's codes, now or at a date.

    A narrow terminal shows the columns that matter most; a pipe and the other formats have them all.

    Exit codes: 0 listed, 2 wrong usage, 74 there is no database that can be read.
    """
    # Imported here: SQLAlchemy would slow down `--help`.
    from db import queries
    from db.registry_at import codes_at
    from sync.answers import CodeRow
    from sync.codes import read_range
    from sync.dates import ago, read_day
    from sync.show.columns import CODES
    from sync.show.render import counted

    values = read_range("--range", within, program.watch.bounds) if within else None
    day = read_day("--at", at) if at else None
    wanted = [Assignment(assignment) for assignment in assignments]
    name = program.watch.name
    with program.open_database().read() as connection:
        if day:
            rows = codes_at(connection, name, day, within=values, assignments=wanted, flagged=flagged)
        else:
            rows = queries.codes(connection, name, within=values, assignments=wanted, flagged=flagged)
        updated, seen_at = queries.as_of(connection, name)
    if day:
        standing = f"as it stood at the end of {day} (UTC)"
    else:
        standing = (f"as of {updated}" if updated else "without a date") + (
            f", last seen {ago(seen_at, program.clock())}" if seen_at else ""
        )
    show_rows(
        rows,
        names_of(CodeRow),
        CODES,
        output,
        closing=f"{name}: {counted(len(rows), 'row', 'rows')}; the registry {standing}",
        nothing=f"{name}: nothing in the registry fits",
    )
