"""`ianawatch diff`: the registry against documented tables, those of the last sync or others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from sync.commands.options import ROWS, format_option, names_of, show_rows, watch_option
from sync.errors import Exit, UsageProblem
from sync.intervals import spelled
from sync.program import Program
from sync.watches import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.records import DocumentedTable
    from sync.show.differences import Difference


@click.command()
@click.option(
    "--documented",
    metavar="SOURCE",
    multiple=True,
    help="Read this page or table now and compare with it instead of those last read: --documented mdn; "
    "may be repeated.",
)
@click.option("--exit-code", is_flag=True, help="Exit with 1 when something is missing or in conflict.")
@watch_option
@format_option(ROWS)
@click.pass_obj
def command(program: Program, *, documented: tuple[str, ...], exit_code: bool, output: str) -> int:
    """Compare the registry with the documented table, code by code, in the watched range.

    What is `missing` is registered and not documented everywhere; what is `unregistered` is documented and
    not registered; what is a `conflict` is registered, and in use by another name (setting `in_use`). Ignored
    codes are listed and count as fine. Nothing is written.

    Exit codes: 0 done, 1 something is missing or in conflict (--exit-code), 65 a page has no usable table,
    75 a page can't be reached.
    """
    # Imported here: SQLAlchemy would slow down `--help`.
    from db import queries
    from sync.show.columns import DIFFERENCES
    from sync.show.differences import Difference, differences

    watch = program.watch
    database = program.open_database()
    tables, failed = _read(program, documented) if documented else ({}, Exit.DONE)
    if failed and not tables:
        return failed
    with database.read() as connection:
        watch_id = queries.seen_watch(connection, watch.name)
        if not documented:
            tables = queries.tables(connection, watch_id)
        registry = queries.registry(connection, watch.name)
        ignored = queries.ignored(connection, watch_id)
        in_use = queries.tables(connection, watch_id, Role.IN_USE)
    if not (tables or in_use or program.watch_with().sources):
        raise UsageProblem(
            f"{watch.name}: it is compared with no page; name one with --documented, or for good in its "
            "[[watch]] table"
        )
    if not tables and not in_use:
        raise UsageProblem(
            f"{watch.name}: no documented table was read yet; `ianawatch sync` reads it, or name a page with "
            "--documented"
        )
    watched = watch.watched or watch.bounds
    rows = differences(registry.registrations, registry.records, tables, watched, ignored, in_use)
    compared = f"{spelled(*watched)} compared with {', '.join([*sorted(tables), *sorted(in_use)])}"
    show_rows(
        rows,
        names_of(Difference),
        DIFFERENCES,
        output,
        closing=f"{watch.name}: {_counted(rows)}; {compared}",
        nothing=f"{watch.name}: no difference; {compared}",
    )
    if failed:
        return failed
    wrong = any(row.is_missing or row.is_conflict for row in rows)
    return Exit.MISSING if exit_code and wrong else Exit.DONE


def _read(program: Program, documented: tuple[str, ...]) -> tuple[dict[str, DocumentedTable], Exit]:
    """The tables of pages read now, by name; what can't be read is told, and is the exit code."""
    from sync.show.progress import working
    from sync.sources import FailedSource, ReadSource, read_sources

    tables, failed = {}, Exit.DONE
    limits = program.settings.limits
    watch = replace(program.watch_with(documented), in_use=())
    with working("reading the documented pages"):
        reads = read_sources(watch, {}, limits, program.clock())
    for read in reads:
        match read:
            case ReadSource(source=source, table=table):
                tables[source.name] = table
            case FailedSource(error=error):
                program.say_error(read.told("try again later"))
                failed = failed or error.exit_code
    return tables, failed


def _counted(rows: Sequence[Difference]) -> str:
    from sync.show.differences import DifferenceKind
    from sync.show.render import counted

    missing = sum(row.is_missing for row in rows)
    ignored = sum(row.ignored is not None for row in rows)
    unregistered = sum(row.difference is DifferenceKind.UNREGISTERED for row in rows)
    conflicts = sum(row.is_conflict for row in rows)
    said = f"{missing} missing, {ignored} ignored, {unregistered} not registered"
    return said + (f", {counted(conflicts, 'conflict', 'conflicts')}" if conflicts else "")
