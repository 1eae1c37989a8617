"""`ianawatch sync`: one run, from the network to what is printed."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sync.commands.options import watch_option
from sync.errors import CannotCreateFile, Exit, UsageProblem
from sync.program import Program
from sync.signals import sleep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from db.engine import Database
    from sync.run import Synced
    from sync.watches import Watch


@click.command()
@click.option("--source", metavar="URL|FILE", help="Read this instead of IANA's document.")
@click.option(
    "--documented",
    metavar="SOURCE",
    multiple=True,
    help="Compare with this page or table instead of the configured ones; may be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Create, upgrade, write and send nothing; say what would be.")
@click.option("--no-deliver", is_flag=True, help="Leave what is new in the outbox.")
@click.option(
    "--exit-code",
    is_flag=True,
    help="Exit with 69 when a delivery waits, with 1 when there is news; a failure wins over both.",
)
@click.option("--accept-older", is_flag=True, help="Apply the document even if it is an older copy.")
@click.option(
    "--splay",
    type=click.IntRange(min=0),
    default=0,
    metavar="SECONDS",
    help="Wait a random time, at most this long, before asking.",
)
@watch_option
@click.option("--quiet", "-q", is_flag=True, help="Print nothing unless something is new or wrong.")
@click.option("--verbose", "-v", is_flag=True, help="Print every change, in the watched range or not.")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def command(
    program: Program,
    *,
    source: str | None,
    documented: tuple[str, ...],
    dry_run: bool,
    no_deliver: bool,
    exit_code: bool,
    accept_older: bool,
    splay: int,
    quiet: bool,
    verbose: bool,
    output: str,
) -> int:
    """Fetch the registry, store it, compare it with the documented table, and send what is new.

    With several watches, all of them; a document that several are of is fetched once.

    Exit codes: 0 done, 65 the document or a table can't be used, 73 or 74 the database, 75 a passing failure.
    """
    # Imported here: SQLAlchemy would slow down every other command.
    from sync.commands.dead_mans_switch import watched_over
    from sync.commands.outlets import Outlets
    from sync.news.standing import lines
    from sync.run import Detail, Sync, sync_watches
    from sync.show.progress import working

    if quiet and verbose:
        raise UsageProblem("--quiet and --verbose exclude each other")
    watches = _watches(program, source, documented)
    outlets = Outlets.of(program.settings)
    brief = Detail.NAMES if quiet else Detail.COUNTS
    detail = Detail.FULL if output == "json" or dry_run else brief
    if splay:
        sleep(random.uniform(0, splay))  # noqa: S311  # spreads load, guards nothing
    with watched_over(program, quiet=quiet, silent=dry_run) as run:
        at = program.clock()
        database = program.rehearsal() if dry_run else program.sync_database(quiet=quiet)
        with working(f"syncing with {_named(watches)}", quiet=quiet):
            sync = Sync(watches, program.settings, outlets.serving, accept_older, detail)
            synced = sync_watches(database, sync, at)
        news = False
        if not synced.reports and not _waiting(database):
            if not quiet:
                program.say(*lines(synced.unchanged))
        else:
            # What tells of news takes its time to load, and most runs have none.
            from sync.commands.sync_output import Output

            told = Output(
                program, synced, json=output == "json", quiet=quiet, verbose=verbose, dry_run=dry_run
            )
            news = told.undelivered() if dry_run or no_deliver else told.delivered(database, outlets, at)
        run.ended(database, synced.reports, at)
        if not dry_run:
            _write_exports(program, database, watches, synced)
    failed = next((report.exit_code for report in synced.reports if report.exit_code), Exit.DONE)
    if failed or not exit_code:
        return failed
    if not dry_run and _waiting(database):
        return Exit.UNDELIVERED
    return Exit.MISSING if news else Exit.DONE


def _watches(program: Program, source: str | None, documented: tuple[str, ...]) -> tuple[Watch, ...]:
    """What is synced; what was typed holds for this run. Raises UsageProblem."""
    for location in filter(None, (source, *documented)):
        if not _is_text(location):
            raise UsageProblem(f"{location}: its name is no text in this terminal's encoding; rename it")
    if not (source or documented):
        return program.watches
    from sync import watched

    names = watched.names(program.settings)
    if program.chosen is None and len(names) > 1:
        option = "--source" if source else "--documented"
        raise UsageProblem(
            f"{option}: there are {len(names)} watches; say with --watch NAME which of them it is for"
        )
    watch = program.watch_with(documented)
    return (replace(watch, mirror=source) if source else watch,)


def _named(watches: Sequence[Watch]) -> str:
    from sync.fetch.location import shown

    locations = dict.fromkeys(watch.location for watch in watches)
    return shown(next(iter(locations))) if len(locations) == 1 else f"{len(locations)} documents"


def _write_exports(program: Program, database: Database, watches: Sequence[Watch], synced: Synced) -> None:
    """Write the public faces that the settings name a file for.

    Raises CannotCreateFile when the others were written.
    """
    unknown = {report.watch for report in synced.reports if not report.records}
    tables = {table.name: table for table in program.settings.watches}
    failures: list[CannotCreateFile] = []
    for watch in watches:
        named = tables.get(watch.name, program.settings)
        paths = {
            output: Path(path).expanduser()
            for output, path in (("atom", named.atom), ("html", named.html))
            if path
        }
        if paths and watch.name not in unknown:
            from sync.export.exports import write_exports

            try:
                write_exports(database, watch, paths)
            except CannotCreateFile as e:
                failures.append(e)
    for failure in failures[1:]:
        program.say_error(str(failure))
    if failures:
        raise failures[0]


def _waiting(database: Database) -> int:
    from db.delivery_state import count_waiting

    with database.read() as connection:
        return count_waiting(connection)


def _is_text(location: str) -> bool:
    """Whether a path can be stored: one with bytes that are no text reaches us as surrogates."""
    try:
        location.encode()
    except UnicodeEncodeError:
        return False
    return True
