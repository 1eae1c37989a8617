"""What `ianawatch sync` prints of a run: news on stdout, trouble on stderr, or one JSON document."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.audience import Audience
from sync.commands.delivery import deliver_and_tell
from sync.deliver.attempts import attempt_facts
from sync.deliver.channels import STDOUT
from sync.news import standing
from sync.news.alert_facts import alert_facts
from sync.news.alerts import Alert
from sync.news.message import lines
from sync.news.summary import change_lines, documented_lines, report_facts, standing_of
from sync.show.next_steps import next_steps

if TYPE_CHECKING:
    from datetime import datetime

    from db.engine import Database
    from sync.commands.outlets import Outlets
    from sync.deliver.attempts import Attempt
    from sync.news.report import SyncReport
    from sync.program import Program
    from sync.run import Synced


@dataclass(frozen=True, slots=True)
class Output:
    """How a run is told to whoever started it."""

    program: Program
    synced: Synced
    json: bool
    quiet: bool
    verbose: bool
    dry_run: bool

    @property
    def alerts(self) -> list[Alert]:
        """What this run decided that somebody must hear."""
        return [alert for report in self.reports for alert in report.alerts]

    @property
    def reports(self) -> Sequence[SyncReport]:
        """Of the watches of which there is something to say."""
        return self.synced.reports

    @property
    def news(self) -> bool:
        """Whether this run decided something for readers."""
        return any(report.news for report in self.reports)

    def delivered(self, database: Database, outlets: Outlets, at: datetime) -> bool:
        """Deliver and print; whether there was something for readers, of this run or an earlier one."""
        news: list[Alert] = []

        def to_readers(alerts: Sequence[Alert], attempts: Sequence[Attempt]) -> None:
            news.extend(alerts)
            if self.json:
                # What this run has decided, less what another one has printed meanwhile.
                ours = self.alerts
                if STDOUT in outlets.serving:
                    ours = [alert for alert in ours if alert.audience is Audience.OPERATORS]
                self.document({alert.uid: alert for alert in (*alerts, *ours)}.values(), attempts)
            else:
                self.program.say(*lines(alerts))

        quiet = self.quiet or self.json
        deliver_and_tell(self.program, database, outlets, at, quiet=quiet, readers=to_readers)
        self.rest(delivered=self.alerts)
        return bool(news) or self.news

    def undelivered(self) -> bool:
        """Deliver nothing; a dry run says what would be sent. Whether there is something for readers."""
        if self.json:
            self.document(self.alerts, [])
        elif self.dry_run:
            for line in lines(alert for alert in self.alerts if alert.audience is Audience.OPERATORS):
                self.program.say_error(line)
            readers = [alert for alert in self.alerts if alert.audience is Audience.READERS]
            self.program.say(*lines(readers))
        self.rest(delivered=self.alerts if self.dry_run and not self.json else ())
        return self.news

    def rest(self, *, delivered: Iterable[Alert]) -> None:
        """What is no alert: flags that closed, problems, and unless `quiet` the summary.

        `delivered` are the alerts that were told, so that a problem is not told twice.
        """
        if not self.json:
            self.program.say(*(line for report in self.reports for line in documented_lines(report)))
        if self.quiet:
            return
        if self.verbose and not self.json:
            self.program.say(*self._changes())
        self._problems({(alert.watch, alert.kind, alert.about) for alert in delivered})
        if not self.json:
            self.program.say(*standing.lines([*map(standing_of, self.reports), *self.synced.unchanged]))
            first_sight = any(report.first_sight for report in self.reports)
            at_terminal = sys.stdout.isatty() and not self.dry_run
            self.program.say(*next_steps(first_sight=first_sight, terminal=at_terminal, quiet=self.quiet))
        if self.dry_run and not self.json:
            self.program.say("dry run: nothing was written or sent")

    def _changes(self) -> Iterator[str]:
        """Every change; of several watches each under the watch's name."""
        several = len(self.reports) + len(self.synced.unchanged) > 1
        for report in self.reports:
            changes = list(change_lines(report))
            if several and changes:
                yield f"{report.watch}:"
            yield from changes

    def _problems(self, said: Collection[tuple[str, str, str]]) -> None:
        """Each problem once, although several watches of a document may have it.

        `said` are watch, kind and subject of the alerts that were told.
        """
        found = [(report.watch, problem) for report in self.reports for problem in report.problems]
        told = {p.text for watch, p in found if p.told_by and (watch, *p.told_by) in said}
        for text in dict.fromkeys(p.text for _, p in found if p.exit_code and not p.follows):
            # The summary tells of a problem that stopped nothing.
            if text not in told:
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
