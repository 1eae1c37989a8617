"""What `ianawatch sync` prints of a run: news on stdout, trouble on stderr, or one JSON document."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.deliver.attempts import attempt_facts
from sync.news.alerts import Alert, Audience
from sync.news.message import lines
from sync.news.summary import change_lines, documented_lines, report_facts, summary
from sync.show.next_steps import next_steps

if TYPE_CHECKING:
    from sync.deliver.attempts import Attempt
    from sync.news.report import SyncReport
    from sync.program import Program


@dataclass(frozen=True, slots=True)
class Output:
    """How a run is told to whoever started it."""

    program: Program
    report: SyncReport
    json: bool
    quiet: bool
    verbose: bool
    dry_run: bool

    def undelivered(self) -> None:
        """A run that delivers nothing; a dry run says what would be sent."""
        if self.json:
            self.document(self.report.alerts, [])
        elif self.dry_run:
            for line in lines(alert for alert in self.report.alerts if alert.audience is Audience.OPERATORS):
                self.program.say_error(line)
            readers = [alert for alert in self.report.alerts if alert.audience is Audience.READERS]
            self.program.say(*lines(readers))
        self.rest(delivered=self.report.alerts if self.dry_run and not self.json else ())

    def rest(self, *, delivered: Iterable[Alert]) -> None:
        """What is no alert: flags that closed, problems, and unless `quiet` the summary.

        `delivered` are the alerts that were told, so that a problem is not told twice.
        """
        if not self.json:
            self.program.say(*documented_lines(self.report))
        if self.quiet:
            return
        if self.verbose and not self.json:
            self.program.say(*change_lines(self.report))
        said = {(alert.kind, alert.about) for alert in delivered}
        for problem in self.report.problems:
            # The summary tells of a problem that stopped nothing.
            if problem.exit_code and problem.told_by not in said:
                self.program.say_error(problem.text)
        if not self.json:
            self.program.say(summary(self.report))
            at_terminal = sys.stdout.isatty() and not self.dry_run
            self.program.say(
                *next_steps(first_sight=self.report.first_sight, terminal=at_terminal, quiet=self.quiet)
            )
        if self.dry_run and not self.json:
            self.program.say("dry run: nothing was written or sent")

    def document(self, alerts: Iterable[Alert], attempts: Sequence[Attempt]) -> None:
        """The run as JSON. What waited from earlier runs is among the alerts."""
        facts = {
            **report_facts(self.report, alerts),
            "deliveries": list(map(attempt_facts, attempts)),
            "dry_run": self.dry_run,
        }
        if not self.quiet or facts["alerts"] or self.report.documented_now:
            self.program.say_json(facts)
