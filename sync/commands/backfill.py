"""`ianawatch backfill`: add past versions of the document, oldest first."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sync.commands.options import watch_option
from sync.program import Program

if TYPE_CHECKING:
    from sync.past.backfill import Backfilled
    from sync.past.folder import PastVersion


@click.command()
@click.argument(
    "origin", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="FOLDER|REPOSITORY"
)
@click.option(
    "--path", metavar="PATH", help="The document's path inside a git repository, if it must be named."
)
@watch_option
@click.option("--alerts", is_flag=True, help="Alert what no alert has named yet.")
@click.pass_obj
def command(program: Program, *, origin: Path, path: str | None, alerts: bool) -> None:
    """Add past versions of the document: from a folder with an index.csv or with files named by time, or
    from the history of a git repository that mirrors IANA's documents. A file that was moved there has a
    history under each of its paths: run once for each.

    Everything is decided anew as if it had been seen in order. Stopped at any point it has done nothing; run
    twice it adds nothing.
    """  # noqa: D205  # click shows the text as it stands
    from sync import watched
    from sync.commands.delivery import deliver_and_tell
    from sync.commands.outlets import Outlets
    from sync.past.backfill import backfill, read_past  # SQLAlchemy and lxml: not for every command
    from sync.show.progress import working

    at = program.clock()
    outlets = Outlets.of(program.settings)
    watch = program.watch_with()
    beside = [
        one
        for one in watched.watches(program.settings)
        if one.document == watch.document and one.name != watch.name
    ]
    past = read_past(_with_progress(_versions(origin, path, watch.document)), [watch, *beside], at)
    database = program.sync_database()
    with working("deciding everything anew"):
        done = backfill(
            database, watch, past, program.settings, outlets.serving, at, alerts=alerts, beside=beside
        )
    deliver_and_tell(program, database, outlets, at)
    click.echo(f"{watch.name}: {_summary(done)}")
    if done.held_back:
        click.echo(f"held back for a person: {len(done.held_back)}; `ianawatch quarantine` lists it")


def _versions(origin: Path, path: str | None, url: str) -> Iterator[PastVersion]:
    from sync.errors import UsageProblem
    from sync.past.folder import has_index, read_folder
    from sync.past.git_history import is_repository, read_repository

    repository = is_repository(origin)
    if path and not repository:
        raise UsageProblem(
            f"{origin}: --path names a file in a git repository, and this is none; leave it out"
        )
    # An index says what the versions are, also in a folder that is kept in git.
    if repository and (path or not has_index(origin)):
        return read_repository(origin, path, url)
    return read_folder(origin)


def _summary(done: Backfilled) -> str:
    left_out = f", {done.no_document} of them no registry at all and left out" if done.no_document else ""
    return (
        f"{done.read} past versions read{left_out}; {done.added} observations added; "
        f"the history has {done.changes} changes"
    )


def _with_progress(versions: Iterable[PastVersion]) -> Iterator[PastVersion]:
    """Count on a terminal: a long history takes a while."""
    if not sys.stderr.isatty():
        yield from versions
        return
    with click.progressbar(
        versions,
        label="reading past versions",
        file=sys.stderr,
        show_pos=True,
        # How many there are is known when the last was read: there is nothing to draw a bar of.
        bar_template="%(label)s: %(info)s",
    ) as bar:
        yield from bar
