"""The documents of a run in the deciding transaction: decided, compared, alerted, and what went wrong told.

The steps are those of `stand_in` and `store`, `store_flags` and `aftermath`; here they are put in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from db.resource_store import ResourceStore
from db.run_log import Ended, RunLog
from sync.aftermath import keep_what_servers_said, notices_of, outcome, past_of, problems_of, verdict_of
from sync.decide.advance import Patience
from sync.fetch.location import shown
from sync.news.report import SyncReport
from sync.news.trouble import Past, Problem
from sync.settings.model import Settings
from sync.stand_in import Begun, settle_looks
from sync.store import Stored
from sync.store_flags import Concluded, conclude
from sync.watches import Watch

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from sync.look import Look


AT_ONCE = 100
"""Documents that are read and written together: what is known of them is in memory at once."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a document, in the order of its watches."""

    reports: tuple[SyncReport, ...]
    concluded: tuple[Concluded, ...]


@dataclass(frozen=True, slots=True)
class Deciding:
    """The transaction in which documents are decided on and written, and how."""

    connection: Connection
    settings: Settings
    at: datetime
    accept_older: bool

    def decide(self, looks: Sequence[Look]) -> Iterator[Decided]:
        """Decide and write all but the outbox, for each document in the order given; no two are one."""
        for begin in range(0, len(looks), AT_ONCE):
            yield from self._decide(looks[begin : begin + AT_ONCE])

    def _decide(self, looks: Sequence[Look]) -> list[Decided]:
        patience = Patience(older_copies=self.settings.older_copies)
        begun = settle_looks(self.connection, looks, self.at, patience, accept_older=self.accept_older)
        log = RunLog(self.connection, [one.stored.document_id for one in begun])
        resources = ResourceStore(self.connection)
        decided: list[Decided] = []
        ended: list[Ended] = []
        for look, one in zip(looks, begun, strict=True):
            decided.append(self._conclude(look, one, past_of(self.connection, log, one.stored, look.reads)))
            keep_what_servers_said(resources, look, one.stored.decision)
            ended.append(_ended(look, one.stored, decided[-1].reports))
        resources.write()
        log.add(ended, self.at)
        return decided

    def _conclude(self, look: Look, begun: Begun, past: Past) -> Decided:
        """Compare the document's watches, and say who must hear what."""
        stored = begun.stored
        notices = list(notices_of(look, past, self.settings.failures))
        reports: list[SyncReport] = []
        concluded: list[Concluded] = []
        for watch in look.document.watches:
            one = conclude(self.connection, watch, stored, look.reads[watch.name], notices, self.at)
            concluded.append(one)
            started = watch.name in begun.started
            problems = problems_of(look, stored, watch, past, started=started)
            reports.append(_report(look, watch, stored, one, tuple(problems), from_bundle=started))
            # What operators must hear of the document is told once.
            notices = []
            stored = replace(stored, decision=replace(stored.decision, notices=()))
        return Decided(tuple(reports), tuple(concluded))


def _ended(look: Look, stored: Stored, reports: Sequence[SyncReport]) -> Ended:
    """How the run ended for a document."""
    first = next((report for report in reports if report.exit_code), reports[0])
    detail = next((problem.text for problem in first.problems), "")
    return Ended(stored.document_id, outcome(look, stored.decision.verdict), first.exit_code, detail)


def _report(
    look: Look,
    watch: Watch,
    stored: Stored,
    concluded: Concluded,
    problems: tuple[Problem, ...],
    *,
    from_bundle: bool,
) -> SyncReport:
    step, compared = stored.decision.watches[watch.name], concluded.compared
    by_key = {r.key: r for r in step.state.registrations}
    flags = [(by_key[key], flag) for key, flag in compared.flags.items()]
    return SyncReport(
        watch=watch.name,
        location=shown(look.document.location),
        # What ships stands in for the watches that it ships for, and for no other.
        verdict=None if look.failure and not from_bundle else verdict_of(stored, watch),
        document_updated=stored.dates.get(step.state.snapshot or ""),
        from_bundle=from_bundle,
        first_sight=step.first_sight,
        records=len(step.state.records),
        registrations=sum(r.live for r in step.state.registrations),
        changes=step.changes,
        flags=tuple(sorted(flags, key=lambda flagged: flagged[0].first)),
        documented_now=compared.closed,
        sources=compared.sources,
        alerts=concluded.alerts,
        problems=problems,
        held_back=sum(hold.accepted_at is None for hold in step.state.holds),
        conflicts=compared.conflicts,
    )
