"""A dead-man's switch watches over a run: it is told that the run went well, or why it did not.

A person hears from the switch when nothing was told for too long, which no program can say of itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from sync.errors import IanawatchError, NotDelivered

if TYPE_CHECKING:
    from db.engine import Database
    from sync.news.report import SyncReport
    from sync.program import Program

TIMEOUT = 10.0
"""Seconds for one ping."""


@dataclass(slots=True)
class Run:
    """How a run went, as far as is known."""

    watched: bool
    """Whether there is a switch to tell."""
    bad: list[str] = field(default_factory=list)
    """What was not well, a line each."""

    def ended(self, database: Database, reports: Iterable[SyncReport], at: datetime) -> None:
        """Take in what a run reports of its watches, and what it left undelivered for too long."""
        if not self.watched:
            return
        # A server that asks for patience is no failure.
        problems = [problem for report in reports for problem in report.problems]
        said = [problem.text for problem in problems if problem.exit_code and problem.told_by]
        self.bad += dict.fromkeys(said)
        from db.deliveries import Deliveries  # SQLAlchemy: not for every command
        from sync.show.health import OVERDUE

        with database.read() as connection:
            overdue = Deliveries(connection).overdue(at - OVERDUE)
        if overdue:
            self.bad.append(f"undelivered for too long, or given up: {overdue}; see `ianawatch alerts list`")


@contextmanager
def watched_over(program: Program, *, quiet: bool, silent: bool) -> Iterator[Run]:
    """Tell the switch that the settings name, if they do, how the run within ended; nothing when `silent`.

    Raises WrongConfiguration. That the switch can't be reached is a line on stderr, unless `quiet`: the
    switch itself will say that it heard nothing. A run that is interrupted tells nothing.
    """
    url = _url(program)
    run = Run(watched=url is not None and not silent)
    if url is None or silent:
        yield run
        return
    try:
        yield run
    except Exception as e:
        run.bad.append(str(e) if isinstance(e, IanawatchError) else f"a bug, {type(e).__name__}")
        _tell(program, url, run, quiet=quiet)
        raise
    _tell(program, url, run, quiet=quiet)


def _url(program: Program) -> str | None:
    settings = program.settings
    if not (settings.ping or settings.ping_file):
        return None
    from sync.deliver.http_post import check_url  # requests: only where there is a switch
    from sync.deliver.opening import secret  # as above

    url = secret(settings.ping, settings.ping_file, "ping")
    if url:
        check_url(url, "ping")
    return url


def _tell(program: Program, url: str, run: Run, *, quiet: bool) -> None:
    from sync.deliver.ping import ping  # as above

    try:
        ping(url, failed=bool(run.bad), text="\n".join(run.bad) or "all is well", timeout=TIMEOUT)
    except NotDelivered as e:
        if not quiet:
            program.say_error(f"the dead-man's switch was not told: {e}")
