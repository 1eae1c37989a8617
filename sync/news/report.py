"""What one sync tells whoever started it."""

from __future__ import annotations

from dataclasses import dataclass

from sync.audience import Audience
from sync.decide.conflicts import Conflict
from sync.errors import Exit
from sync.news.alerts import Alert
from sync.news.trouble import Problem
from sync.state import Change, Flag, Registration
from sync.verdict import Verdict


@dataclass(frozen=True, slots=True)
class SyncReport:
    """The outcome of a run for one watch."""

    watch: str
    location: str
    verdict: Verdict | None
    """None when no answer came."""
    document_updated: str | None
    """The date of the version that counts now, as served."""
    from_bundle: bool
    """The registry that ships with the program stands in: the source had no usable answer."""
    first_sight: bool
    records: int
    registrations: int
    """Live ones."""
    changes: tuple[Change, ...]
    flags: tuple[tuple[Registration, Flag], ...]
    """The open ones, by value."""
    documented_now: tuple[Registration, ...]
    """Those whose flag closed in this run."""
    sources: tuple[str, ...]
    alerts: tuple[Alert, ...]
    problems: tuple[Problem, ...]
    held_back: int = 0
    """How many things of its registry wait for a person's decision."""
    conflicts: tuple[Conflict, ...] = ()
    """All there are, told before or not."""

    @property
    def news(self) -> bool:
        """Whether there is something for readers: an alert, or a code that has come to be documented."""
        return bool(self.documented_now) or any(alert.audience is Audience.READERS for alert in self.alerts)

    @property
    def exit_code(self) -> Exit:
        """That of the first problem that has one."""
        return next((problem.exit_code for problem in self.problems if problem.exit_code), Exit.DONE)
