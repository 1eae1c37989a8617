"""`ianawatch show`: everything about one code."""

from __future__ import annotations

import click

from sync.commands.options import ONE, format_option, watch_option
from sync.program import Program


@click.command()
@click.argument("code")
@click.option("--contacts", is_flag=True, help="Name the people whom the registry names.")
@watch_option
@format_option(ONE)
@click.pass_obj
def command(program: Program, *, code: str, contacts: bool, output: str) -> None:
    """Tell everything about one code, for example: ianawatch show 1006.

    What the registry says of it, where it is documented, its history, and what lies around it. A code
    that has no record of its own is answered with the range it falls in.

    Exit codes: 0 answered, 2 that is no code, 74 there is no database that can be read.
    """
    # Imported here: SQLAlchemy would slow down `--help`.
    from db.code_queries import code_facts
    from sync.codes import read_code
    from sync.show import render, terminal
    from sync.show.code_sheet import code_json, code_sheet
    from sync.show.people import impersonal

    number = read_code(code, program.watch.bounds)
    with program.open_database().read() as connection:
        facts = code_facts(connection, program.watch.name, number)
    if not contacts:
        facts = impersonal(facts)
    if output == "json":
        terminal.write(render.as_json(code_json(facts, contacts=contacts)))
    else:
        watch = program.watch_with()
        compared = bool(watch.documented)
        sheet = code_sheet(facts, program.clock(), watch.bounds, watch.watched, compared=compared)
        terminal.show_sheet(sheet)
