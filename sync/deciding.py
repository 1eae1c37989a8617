"""One document in the deciding transaction: decided, compared, alerted, and what went wrong with it told.

The steps are those of `store`, `store_flags` and `aftermath`; here they are put in order, and it is decided
when what ships with the program stands in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from db.registry_store import RegistryStore
from db.resource_store import ResourceStore
from db.run_log import RunLog
from db.snapshot_store import SnapshotStore
from sync import observe
from sync.aftermath import keep_what_servers_said, notices_of, outcome, past_of, problems_of, verdict_of
from sync.decide.advance import Patience
from sync.fetch.location import shown
from sync.news.report import SyncReport
from sync.news.trouble import Problem
from sync.settings.model import Settings
from sync.state import Decision, DocumentState, Notice, WatchDecision
from sync.store import Stored, settle, unusable
from sync.store_flags import Concluded, conclude
from sync.verdict import Verdict
from sync.watches import Bundle, Watch

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from sync.look import Look, WatchedDocument


class Deciding:
    """Decides and writes at once; the reports and what is concluded are for the run to take."""

    def __init__(
        self,
        connection: Connection,
        settings: Settings,
        document: WatchedDocument,
        looked: Look,
        at: datetime,
        *,
        accept_older: bool,
    ) -> None:
        self._connection = connection
        self._document = document
        self._looked = looked
        self._at = at
        self.reports: list[SyncReport] = []
        """In the order of the document's watches."""
        self.concluded: list[Concluded] = []
        self._dates: dict[str | None, str | None] = {}

        patience = Patience(older_copies=settings.older_copies)
        stored, started = self._decided(patience, accept_older=accept_older)
        log = RunLog(connection, stored.document_id)
        past = past_of(connection, log, [row.id for row in stored.before.values()], looked.reads)
        notices = list(notices_of(document, looked, past, settings.failures))
        for watch in document.watches:
            problems = problems_of(document, looked, stored, watch, past, started=watch.name in started)
            self._conclude(watch, stored, notices, tuple(problems), from_bundle=watch.name in started)
            # What operators must hear of the document is told once.
            notices = []
            stored = replace(stored, decision=replace(stored.decision, notices=()))
        keep_what_servers_said(ResourceStore(connection), document, looked)
        first = next((report for report in self.reports if report.exit_code), self.reports[0])
        detail = next((problem.text for problem in first.problems), "")
        log.add(outcome(looked, stored.decision.verdict), first.exit_code, detail, at)

    def _conclude(
        self,
        watch: Watch,
        stored: Stored,
        notices: Sequence[Notice],
        problems: tuple[Problem, ...],
        *,
        from_bundle: bool,
    ) -> None:
        step = stored.decision.watches[watch.name]
        reads = self._looked.reads[watch.name]
        concluded = conclude(self._connection, watch, stored, reads, notices, self._at)
        self.concluded.append(concluded)
        compared = concluded.compared
        by_key = {r.key: r for r in step.state.registrations}
        flags = [(by_key[key], flag) for key, flag in compared.flags.items()]
        self.reports.append(
            SyncReport(
                watch=watch.name,
                location=shown(self._document.location),
                # What ships stands in for the watches that it ships for, and for no other.
                verdict=None if self._looked.failure and not from_bundle else verdict_of(stored, watch),
                document_updated=self._updated(step.state.snapshot),
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
        )

    def _updated(self, snapshot: str | None) -> str | None:
        """The date of a version as served."""
        if snapshot not in self._dates:
            self._dates[snapshot] = SnapshotStore(self._connection).updated(self._document.url, snapshot)
        return self._dates[snapshot]

    def _decided(self, patience: Patience, *, accept_older: bool) -> tuple[Stored, frozenset[str]]:
        """What was decided and written, and the names of the watches that started from what ships."""
        connection, document, seen = self._connection, self._document, self._looked.seen
        startable = {watch: watch.bundle for watch in document.watches if watch.bundle}
        if startable:
            _, taken = RegistryStore(connection).applied(document.url)
            unseen = (watch for watch in startable if document.by_default and not taken.get(watch.name))
            startable = {watch: startable[watch] for watch in unseen}
        if seen is None or self._looked.failure:
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
            self._at,
            patience=patience,
            accept_older=accept_older,
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
            begun = settle(self._connection, self._document.url, [watch], seen, self._at)
            decision = replace(begun.decision, watches={**stored.decision.watches, **begun.decision.watches})
            stored = replace(begun, decision=decision, before={**stored.before, **begun.before})
        return stored, frozenset(watch.name for watch in bundles)

    def _as_it_was(self) -> Stored:
        """No observation: nothing is decided."""
        registry = RegistryStore(self._connection)
        document_id = registry.add_document(self._document.url)
        registry.add_watches(document_id, self._document.watches)
        known = registry.watches(document_id, [watch.name for watch in self._document.watches])
        before = {watch.name: known[watch.name] for watch in self._document.watches}
        steps = {name: WatchDecision(stored.state) for name, stored in before.items()}
        decision = Decision(Verdict.UNCHANGED, DocumentState(), steps)
        return Stored(document_id, decision, before, seen=False)
