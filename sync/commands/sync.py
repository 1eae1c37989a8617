"""`ianawatch sync`: one run, from the network to what is printed."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from sync.errors import Exit, UsageProblem
from sync.program import Program

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from db.alert_outbox import Message
    from db.engine import Database
    from sync.news.alerts import Alert
    from sync.news.report import SyncReport


@dataclass(frozen=True, slots=True)
class _Told:
    """How a run is told to whoever started it."""

    json: bool
    quiet: bool
    verbose: bool
    dry_run: bool


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
    "--exit-code", is_flag=True, help="Exit with 1 when there is news, with 69 when a delivery waits."
)
@click.option("--accept-older", is_flag=True, help="Apply the document even if it is an older copy.")
@click.option(
    "--splay",
    type=click.IntRange(min=0),
    default=0,
    metavar="SECONDS",
    help="Wait a random time, at most this long, before asking.",
)
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

    Exit codes: 0 done, 65 the document or a table can't be used, 73 or 74 the database, 75 a passing failure.
    """
    # Imported here: SQLAlchemy and lxml would slow down every other command.
    from sync.deliver.channels import STREAMS
    from sync.run import Sync, sync_watch

    if quiet and verbose:
        raise UsageProblem("--quiet and --verbose exclude each other")
    for location in filter(None, (source, *documented)):
        if not _is_text(location):
            raise UsageProblem(f"{location}: its name is no text in this terminal's encoding; rename it")
    settings = program.settings.typed(source=source, documented=documented)
    watch = program.watch_with(settings.documented)
    if splay:
        time.sleep(random.uniform(0, splay))  # noqa: S311  # spreads load, guards nothing
    at = program.clock()
    database = program.rehearsal() if dry_run else program.sync_database(quiet=quiet)
    report = sync_watch(database, Sync(watch, settings, STREAMS, accept_older), at)
    told = _Told(output == "json", quiet, verbose, dry_run)
    if dry_run or no_deliver:
        _print_undelivered(program, report, told)
        news = report.news
    else:
        news = _deliver(program, database, report, told, at)
    if report.exit_code or not exit_code:
        return report.exit_code
    if not dry_run and _waiting(database):
        return Exit.UNDELIVERED
    return Exit.MISSING if news else Exit.DONE


def _deliver(program: Program, database: Database, report: SyncReport, told: _Told, at: datetime) -> bool:
    """Print what waits, and the report; whether there was something for readers."""
    from sync.news.alerts import Audience
    from sync.news.message import lines

    news: list[Alert] = []

    def to_readers(messages: Sequence[Message]) -> None:
        news.extend(alert for message in messages for alert in message.alerts)
        if told.json:
            # What waited from earlier runs is part of the one document; what others have taken is not.
            operators = [alert for alert in report.alerts if alert.audience is Audience.OPERATORS]
            _print_json(program, report, [*news, *operators], told)
        else:
            program.say(*lines(news))

    program.print_waiting(database, at, to_readers)
    _print_report(program, report, told, delivered=report.alerts)
    return bool(news) or report.news


def _print_undelivered(program: Program, report: SyncReport, told: _Told) -> None:
    """Print the report; a dry run says what would be sent."""
    from sync.news.alerts import Audience
    from sync.news.message import lines

    if told.json:
        _print_json(program, report, report.alerts, told)
    elif told.dry_run:
        for line in lines(alert for alert in report.alerts if alert.audience is Audience.OPERATORS):
            program.say_error(line)
        program.say(*lines(alert for alert in report.alerts if alert.audience is Audience.READERS))
    _print_report(program, report, told, delivered=report.alerts if told.dry_run and not told.json else ())


def _print_report(program: Program, report: SyncReport, told: _Told, delivered: Iterable[Alert]) -> None:
    """Print what is no alert: flags that closed, problems, and unless `quiet` the summary."""
    from sync.news.summary import change_lines, documented_lines, summary

    if not told.json:
        program.say(*documented_lines(report))
    if told.quiet:
        return
    if told.verbose and not told.json:
        program.say(*change_lines(report))
    said = {(alert.kind, alert.about) for alert in delivered}
    for problem in report.problems:
        # The summary tells of a problem that stopped nothing.
        if problem.exit_code and problem.told_by not in said:
            program.say_error(problem.text)
    if not told.json:
        program.say(summary(report))
    if told.dry_run and not told.json:
        program.say("dry run: nothing was written or sent")


def _print_json(program: Program, report: SyncReport, alerts: Iterable[Alert], told: _Told) -> None:
    from sync.news.summary import report_facts

    facts = {**report_facts(report, alerts), "dry_run": told.dry_run}
    if not told.quiet or facts["alerts"] or report.documented_now:
        program.say_json(facts)


def _waiting(database: Database) -> int:
    from db.alert_outbox import AlertOutbox

    with database.read() as connection:
        return AlertOutbox(connection).waiting()


def _is_text(location: str) -> bool:
    """Whether a path can be stored: one with bytes that are no text reaches us as surrogates."""
    try:
        location.encode()
    except UnicodeEncodeError:
        return False
    return True
