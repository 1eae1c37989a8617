"""`ianawatch export`: the registry for others to see, as a page, a feed, or data."""

from __future__ import annotations

from pathlib import Path

import click

from sync.commands.options import watch_option
from sync.export.exports import FORMATS
from sync.program import Program


@click.command()
@click.argument("output", type=click.Choice(FORMATS), metavar="|".join(FORMATS))
@click.option(
    "-o",
    "--output",
    "path",
    type=click.Path(path_type=Path),
    help="The file to put it in, instead of standard output; one that has it already is left alone.",
)
@watch_option
@click.pass_obj
def command(program: Program, *, output: str, path: Path | None) -> None:
    """Publish what the database knows, without the names of people.

    \b
    html  one web page that needs nothing else: what is flagged, a map, the history, every code
    atom  a feed of what was registered, amended and withdrawn, the newest 100
    csv   the registry as `ianawatch list --format csv` has it
    json  the same as JSON

    A file is replaced as a whole, so that a web server never serves half of one.
    """  # noqa: D301  # click's mark for lines to leave as they are
    from sync.export.exports import export, write_exports
    from sync.show.terminal import write_bytes

    database = program.open_database()
    if path is None:
        write_bytes(export(database, program.watch, output))
    else:
        write_exports(database, program.watch, {output: path})
