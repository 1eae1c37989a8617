"""What `ianawatch sync` prints of a run: news on stdout, trouble on stderr, or one JSON document."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.audience import Audience
from sync.deliver.attempts import attempt_facts
from sync.news.alert_facts import alert_facts
from sync.news.alerts import Alert
from sync.news.message import lines
from sync.news.summary import change_lines, documented_lines, report_facts, summaries
from sync.show.next_steps import next_steps

if TYPE_CHECKING:
    from sync.deliver.attempts import Attempt
    from sync.news.report import SyncReport
    from sync.program import Program


@dataclass(frozen=True, slots=True)
class Output:
    """How a run is told to whoever started it."""

    program: Program
    reports: Sequence[SyncReport]
    """One for each watch."""
    json: bool
    quiet: bool
    verbose: bool
    dry_run: bool

    @property
    def alerts(self) -> list[Alert]:
        """What this run decided that somebody must hear."""
        return [alert for report in self.reports for alert in report.alerts]

    def undelivered(self) -> None:
        """A run that delivers nothing; a dry run says what would be sent."""
        if self.json:
            self.document(self.alerts, [])
        elif self.dry_run:
            for line in lines(alert for alert in self.alerts if alert.audience is Audience.OPERATORS):
                self.program.say_error(line)
            readers = [alert for alert in self.alerts if alert.audience is Audience.READERS]
            self.program.say(*lines(readers))
        self.rest(delivered=self.alerts if self.dry_run and not self.json else ())

    def rest(self, *, delivered: Iterable[Alert]) -> None:
        """What is no alert: flags that closed, problems, and unless `quiet` the summary.

        `delivered` are the alerts that were told, so that a problem is not told twice.
        """
        if not self.json:
            self.program.say(*(line for report in self.reports for line in documented_lines(report)))
        if self.quiet:
            return
        if self.verbose and not self.json:
            self.program.say(*(line for report in self.reports for line in change_lines(report)))
        self._problems({(alert.kind, alert.about) for alert in delivered})
        if not self.json:
            self.program.say(*summaries(self.reports))
            first_sight = any(report.first_sight for report in self.reports)
            at_terminal = sys.stdout.isatty() and not self.dry_run
            self.program.say(*next_steps(first_sight=first_sight, terminal=at_terminal, quiet=self.quiet))
        if self.dry_run and not self.json:
            self.program.say("dry run: nothing was written or sent")

    def _problems(self, said: Collection[tuple[str, str]]) -> None:
        """Each problem once, although several watches of a document may have it."""
        found = {
            problem.text: problem
            for report in self.reports
            for problem in report.problems
            # The summary tells of a problem that stopped nothing.
            if problem.exit_code and problem.told_by not in said
        }
        for text, problem in found.items():
            if not problem.follows:
                self.program.say_error(text)

    def document(self, alerts: Iterable[Alert], attempts: Sequence[Attempt]) -> None:
        """The run as JSON. What waited from earlier runs is among the alerts.

        One watch is an object of its own; several are a list of such objects, without what is told of all.
        """
        alerts = list(alerts)
        rest = {"deliveries": list(map(attempt_facts, attempts)), "dry_run": self.dry_run}
        if len(self.reports) == 1:
            facts = {**report_facts(self.reports[0]), "alerts": list(map(alert_facts, alerts)), **rest}
        else:
            watches = list(map(report_facts, self.reports))
            facts = {"watches": watches, "alerts": list(map(alert_facts, alerts)), **rest}
        if not self.quiet or alerts or any(report.documented_now for report in self.reports):
            self.program.say_json(facts)
