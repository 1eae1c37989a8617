"""`ianawatch database`: where it is, and what an administrator does with it."""

from __future__ import annotations

from pathlib import Path

import click

from sync.errors import UsageProblem
from sync.program import Program


@click.group()
def command() -> None:
    """Find, upgrade, back up and check the database; let Datasette show it."""


@command.command()
@click.pass_obj
def path(program: Program) -> None:
    """Print where the database is."""
    click.echo(_where(program))


@command.command(short_help="Bring the schema up to date, after a backup.")
@click.pass_obj
def upgrade(program: Program) -> None:
    """Bring the schema up to date, after a backup beside the file; `sync` does it by itself."""
    # Imported here, and below: SQLAlchemy would slow down `--help`.
    from db.engine import Database
    from db.upgrade import HEAD
    from db.upgrade import upgrade as upgrade_schema

    database = Database.open(program.where, damaged_too=True)
    saved = upgrade_schema(database)
    click.echo(f"{database.where}: the schema is {HEAD}")
    if saved is not None:
        click.echo(f"the database before the upgrade: {saved}")


@command.command()
@click.argument("target", type=click.Path(path_type=Path), metavar="FILE")
@click.pass_obj
def backup(program: Program, target: Path) -> None:
    """Copy the database to FILE, while others may use it."""
    from db.engine import Database

    database = Database.open(program.where, damaged_too=True)
    database.backup(target)
    click.echo(f"{target}: a copy of {database.where}")


@command.command(short_help="Check that the database is ours and whole.")
@click.pass_obj
def check(program: Program) -> None:
    """Check that the database is ours, whole, and of this program's version."""
    from db.engine import Database
    from db.upgrade import HEAD, require_current

    database = Database.open(program.where, damaged_too=True)
    require_current(database)
    if database.path is None:
        click.echo(f"{database.where}: the schema is {HEAD}; whether its files are whole, pg_amcheck tells")
        return
    click.echo(f"{database.where}: no damage found; the schema is {HEAD}")


@command.command(short_help="Print what Datasette needs to show it well.")
@click.pass_obj
def metadata(program: Program) -> None:
    """Print what Datasette needs to show the database well: titles, columns, facets, queries.

    Keep it in a file: `datasette DATABASE --metadata metadata.json`.
    """
    from db.datasette import metadata as metadata_of

    where = _where(program)
    if "://" in where:
        raise UsageProblem(f"{where}: Datasette shows SQLite files only; name one with --database")
    program.say_json(metadata_of(Path(where).stem))


def _where(program: Program) -> str:
    """The file's path, or the server's URL without its password."""
    if "://" not in program.where:
        return program.where
    from db.locations import named

    return named(program.where)
