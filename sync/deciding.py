"""One document in the deciding transaction: decided, compared, alerted, and what went wrong with it told.

The steps are those of `store`, `store_flags` and `aftermath`; here they are put in order, and it is decided
when what ships with the program stands in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from db.known import known_documents
from db.registry_store import RegistryStore
from db.resource_store import ResourceStore
from db.run_log import RunLog
from db.snapshot_store import SnapshotStore
from sync import observe
from sync.aftermath import keep_what_servers_said, notices_of, outcome, past_of, problems_of, verdict_of
from sync.decide.advance import Patience
from sync.fetch.location import as_stored, shown
from sync.news.report import SyncReport
from sync.news.trouble import Problem
from sync.settings.model import Settings
from sync.state import Decision, DocumentState, WatchDecision
from sync.store import Stored, settle, unusable
from sync.store_flags import Concluded, conclude
from sync.verdict import Verdict
from sync.watches import Bundle, Watch

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from sync.look import Look, WatchedDocument


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a document, in the order of its watches."""

    reports: tuple[SyncReport, ...]
    concluded: tuple[Concluded, ...]


@dataclass(frozen=True, slots=True)
class Deciding:
    """A document, what the network gave of it, and the transaction in which that is decided and written."""

    connection: Connection
    settings: Settings
    document: WatchedDocument
    looked: Look
    at: datetime
    accept_older: bool

    def decide(self) -> Decided:
        """Decide and write all but the outbox."""
        document, looked = self.document, self.looked
        stored, started = self._decided()
        log = RunLog(self.connection, stored.document_id)
        past = past_of(self.connection, log, [row.id for row in stored.before.values()], looked.reads)
        notices = list(notices_of(document, looked, past, self.settings.failures))
        dates = self._dates(stored)
        reports: list[SyncReport] = []
        concluded: list[Concluded] = []
        for watch in document.watches:
            one = conclude(self.connection, watch, stored, looked.reads[watch.name], notices, self.at)
            concluded.append(one)
            begun = watch.name in started
            problems = problems_of(document, looked, stored, watch, past, started=begun)
            reports.append(self._report(watch, stored, one, dates, tuple(problems), from_bundle=begun))
            # What operators must hear of the document is told once.
            notices = []
            stored = replace(stored, decision=replace(stored.decision, notices=()))
        keep_what_servers_said(ResourceStore(self.connection), document, looked)
        first = next((report for report in reports if report.exit_code), reports[0])
        detail = next((problem.text for problem in first.problems), "")
        log.add(outcome(looked, stored.decision.verdict), first.exit_code, detail, self.at)
        return Decided(tuple(reports), tuple(concluded))

    def _report(
        self,
        watch: Watch,
        stored: Stored,
        concluded: Concluded,
        dates: Mapping[str | None, str | None],
        problems: tuple[Problem, ...],
        *,
        from_bundle: bool,
    ) -> SyncReport:
        step, compared = stored.decision.watches[watch.name], concluded.compared
        by_key = {r.key: r for r in step.state.registrations}
        flags = [(by_key[key], flag) for key, flag in compared.flags.items()]
        return SyncReport(
            watch=watch.name,
            location=shown(self.document.location),
            # What ships stands in for the watches that it ships for, and for no other.
            verdict=None if self.looked.failure and not from_bundle else verdict_of(stored, watch),
            document_updated=dates[step.state.snapshot],
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

    def _dates(self, stored: Stored) -> dict[str | None, str | None]:
        """The dates as served of the versions that count for the watches, by SHA-256."""
        snapshots = SnapshotStore(self.connection)
        versions = {step.state.snapshot for step in stored.decision.watches.values()}
        return {sha256: snapshots.updated(self.document.url, sha256) for sha256 in versions}

    def _decided(self) -> tuple[Stored, frozenset[str]]:
        """What was decided and written, and the names of the watches that started from what ships."""
        connection, document, seen = self.connection, self.document, self.looked.seen
        startable = {watch: watch.bundle for watch in document.watches if watch.bundle}
        if startable:
            known = known_documents(connection).get(as_stored(document.url))
            seen_before = {name for name, watch in known.watches.items() if watch.sha256} if known else set()
            startable = {
                watch: bundle
                for watch, bundle in startable.items()
                if document.by_default and watch.name not in seen_before
            }
        if seen is None or self.looked.failure:
            # Another sync may have reached the source meanwhile: then nothing has to stand in.
            stored = self._as_it_was()
            if seen is None or not startable:
                return stored, frozenset()
            return self._start(stored, startable)
        # The first answer is no good: there is something to go on with all the same.
        useless = {watch: bundle for watch, bundle in startable.items() if unusable(seen, watch)}
        started = self._start(self._as_it_was(), useless)[0] if useless else None
        stored = settle(
            connection,
            document.url,
            document.watches,
            seen,
            self.at,
            patience=Patience(older_copies=self.settings.older_copies),
            accept_older=self.accept_older,
        )
        if started is None:
            return stored, frozenset()
        names = frozenset(watch.name for watch in useless)
        steps = {
            name: replace(step, first_sight=step.first_sight or name in names)
            for name, step in stored.decision.watches.items()
        }
        decision = replace(stored.decision, watches=steps)
        return replace(stored, decision=decision, before={**stored.before, **started.before}), names

    def _start(self, stored: Stored, bundles: Mapping[Watch, Bundle]) -> tuple[Stored, frozenset[str]]:
        """Apply what ships with the program to the watches that it ships for."""
        for watch, bundle in bundles.items():
            seen = observe.bundled(bundle)
            begun = settle(self.connection, self.document.url, [watch], seen, self.at)
            decision = replace(begun.decision, watches={**stored.decision.watches, **begun.decision.watches})
            stored = replace(begun, decision=decision, before={**stored.before, **begun.before})
        return stored, frozenset(watch.name for watch in bundles)

    def _as_it_was(self) -> Stored:
        """No observation: nothing is decided."""
        registry = RegistryStore(self.connection)
        document_id = registry.add_document(self.document.url)
        registry.add_watches(document_id, self.document.watches)
        known = registry.watches(document_id, [watch.name for watch in self.document.watches])
        before = {watch.name: known[watch.name] for watch in self.document.watches}
        steps = {name: WatchDecision(stored.state) for name, stored in before.items()}
        decision = Decision(Verdict.UNCHANGED, DocumentState(), steps)
        return Stored(document_id, decision, before, seen=False)
