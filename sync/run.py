"""One sync, from the network to the outbox. Here the steps are only put in order.

    look        observe the document, read the documented tables    network, no transaction
    settle      decide and store                                    one transaction
    conclude    flags, alerts, outbox                               the same transaction

Delivery is a pass of its own after it (`deliver`), after a failed look too. The time is the caller's.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from db.documented_store import DocumentedStore
from db.registry_store import RegistryStore
from db.run_log import Outcome, RunLog
from db.snapshot_store import SnapshotStore
from sync import observe
from sync.decide.advance import Patience
from sync.errors import Exit, FetchFailed, PassingFailure, PatienceAsked
from sync.fetch.location import is_url, shown
from sync.fetch.patience import LONGEST_PATIENCE
from sync.news import trouble
from sync.news.alerts import Audience
from sync.news.report import SyncReport
from sync.news.trouble import Past, Problem
from sync.observe import Served, StillServed
from sync.records import Validators
from sync.settings.model import Settings
from sync.sources import FailedSource, Known, Reads, ReadSource, SameSource, read_sources
from sync.state import Decision, DocumentState, Verdict, WatchDecision
from sync.store import Stored, VersionReplaced, settle, unusable
from sync.store_flags import conclude
from sync.watches import DocumentedSource, Watch

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.engine import Database


@dataclass(frozen=True, slots=True)
class Sync:
    """What a sync is given."""

    watch: Watch
    settings: Settings
    channels: Mapping[str, Collection[Audience]]
    """The channels that exist, by name, with the audiences each serves."""
    accept_older: bool = False

    @property
    def location(self) -> str:
        """Where the document is asked for."""
        return os.path.expanduser(self.settings.source or self.watch.document)  # noqa: PTH111  # may be a URL

    @property
    def by_default(self) -> bool:
        """Whether nobody named a source: then the watch may start from what ships with the program."""
        return self.location == self.watch.document


@dataclass(frozen=True, slots=True)
class _Remembered:
    """What a look needs to know."""

    seen: bool
    """Whether the watch had its first sight."""
    sha256: str | None
    """The version to ask about."""
    validators: Validators | None
    """Those that came with it, if they count."""
    retry_at: datetime | None
    sources: Mapping[DocumentedSource, Known]


@dataclass(frozen=True, slots=True)
class _Look:
    """What the network gave."""

    seen: Served | StillServed | None
    failure: PassingFailure | None
    """Why the document could not be had."""
    reads: Reads


def sync_watch(database: Database, sync: Sync, at: datetime) -> SyncReport:
    """Run one sync of a watch at the time `at` (UTC); everything but the delivery."""
    while True:
        with database.read() as connection:
            remembered = _remember(connection, sync, at)
        looked = _look(sync, remembered, at)
        try:
            with database.write() as connection:
                return _settle(connection, sync, looked, at)
        except VersionReplaced:
            # Another sync has applied a newer version since the question was asked: ask about that one.
            continue


def _remember(connection: Connection, sync: Sync, at: datetime) -> _Remembered:
    watch = sync.watch
    registry, snapshots = RegistryStore(connection), SnapshotStore(connection)
    applied, taken = registry.applied(watch.document, watch.name)
    sha256 = applied if applied == taken else None
    watch_id = registry.watch_id(watch.name)
    stored = DocumentedStore(connection).sources(watch_id) if watch_id is not None else {}
    known = {}
    for source in watch.sources:
        row, url = stored.get(source.key), source.location
        read = row.sha256 if row else None
        known[source] = Known(read)
        if is_url(url):
            retry_at = _waits_until(snapshots.retry_at(url), at)
            known[source] = Known(read, snapshots.validators(url, read), retry_at)
    return _Remembered(
        seen=taken is not None,
        sha256=sha256,
        validators=snapshots.validators(sync.location, sha256),
        retry_at=_waits_until(snapshots.retry_at(sync.location), at),
        sources=known,
    )


def _waits_until(retry_at: datetime | None, at: datetime) -> datetime | None:
    """The stored Retry-After, if it is still to come; one too far off was set by a clock that ran ahead."""
    return retry_at if retry_at and at < retry_at <= at + LONGEST_PATIENCE else None


def _look(sync: Sync, remembered: _Remembered, at: datetime) -> _Look:
    watch, limits = sync.watch, sync.settings.limits
    patience = PatienceAsked(shown(sync.location), remembered.retry_at) if remembered.retry_at else None
    reads = read_sources(watch, remembered.sources, limits, at, ask=patience is None)
    if patience:
        return _Look(None, patience, reads)
    try:
        seen = observe.observe(sync.location, remembered.validators, remembered.sha256, limits, at)
    except FetchFailed as e:
        if watch.bundle is None or remembered.seen or not sync.by_default:
            return _Look(None, e, reads)
        return _Look(observe.bundled(watch.bundle), e, reads)
    return _Look(seen, None, reads)


def _settle(connection: Connection, sync: Sync, looked: _Look, at: datetime) -> SyncReport:
    """The deciding transaction."""
    watch = sync.watch
    stored = _decided(connection, sync, looked, at)
    step, verdict = stored.decision.watches[watch.name], stored.decision.verdict
    started = step.first_sight and step.state.bundled
    log = RunLog(connection, stored.document_id)
    past = _past(connection, log, stored.before[watch.name].id, looked.reads)
    problems = tuple(_problems(sync, looked, stored, past, started=started))
    failing = trouble.notices(
        shown(sync.location), looked.failure, looked.reads, past, many=sync.settings.failures
    )
    concluded = conclude(connection, watch, stored, looked.reads, list(failing), sync.channels, at)
    _keep_what_servers_said(SnapshotStore(connection), sync, looked)
    compared = concluded.compared
    by_key = {r.key: r for r in step.state.registrations}
    flags = [(by_key[key], flag) for key, flag in compared.flags.items()]
    report = SyncReport(
        watch=watch.name,
        location=shown(sync.location),
        verdict=verdict if stored.seen else None,
        document_updated=SnapshotStore(connection).updated(watch.document, step.state.snapshot),
        from_bundle=started,
        first_sight=step.first_sight,
        records=len(step.state.records),
        registrations=sum(r.live for r in step.state.registrations),
        changes=step.changes,
        flags=tuple(sorted(flags, key=lambda flagged: flagged[0].first)),
        documented_now=compared.closed,
        sources=compared.sources,
        alerts=concluded.alerts,
        problems=problems,
        conflicts=compared.conflicts,
    )
    detail = problems[0].text if problems else ""
    log.add(_outcome(looked, verdict), report.exit_code, detail, at)
    return report


def _decided(connection: Connection, sync: Sync, looked: _Look, at: datetime) -> Stored:
    watch, seen = sync.watch, looked.seen
    _, taken = RegistryStore(connection).applied(watch.document, watch.name)
    if seen is None or (looked.failure and taken):
        # In the second case another sync has reached the source meanwhile: nothing has to stand in.
        return _as_it_was(connection, watch)
    patience = Patience(older_copies=sync.settings.older_copies)
    started = None
    if watch.bundle and sync.by_default and not taken and unusable(seen, watch):
        # The first answer is no good: there is something to go on with all the same.
        started = settle(connection, watch.document, [watch], observe.bundled(watch.bundle), at)
    stored = settle(
        connection, watch.document, [watch], seen, at, patience=patience, accept_older=sync.accept_older
    )
    if started is None:
        return stored
    step = replace(stored.decision.watches[watch.name], first_sight=True)
    decision = replace(stored.decision, watches={watch.name: step})
    return replace(stored, decision=decision, before=started.before)


def _as_it_was(connection: Connection, watch: Watch) -> Stored:
    """No observation: nothing is decided."""
    registry = RegistryStore(connection)
    document_id = registry.add_document(watch.document)
    registry.add_watch(document_id, watch)
    before = {watch.name: registry.watches(document_id)[watch.name]}
    steps = {name: WatchDecision(stored.state) for name, stored in before.items()}
    decision = Decision(Verdict.UNCHANGED, DocumentState(), steps)
    return Stored(document_id, decision, before, seen=False)


def _problems(sync: Sync, looked: _Look, stored: Stored, past: Past, *, started: bool) -> Iterator[Problem]:
    location = shown(sync.location)
    if looked.failure:
        yield trouble.of_document(location, looked.failure, started=started)
    if stored.decision.verdict is Verdict.QUARANTINED:
        document = looked.seen.document if isinstance(looked.seen, Served) else None
        unreadable = document if isinstance(document, str) else None
        holds = stored.decision.watches[sync.watch.name].state.holds
        yield trouble.of_quarantine(location, unreadable, holds)
    yield from trouble.of_sources(looked.reads, past)


def _past(connection: Connection, log: RunLog, watch_id: int, reads: Reads) -> Past:
    last = log.last()
    # The registry was checked, and something else could not be reached: a documented source.
    only_sources = last and (last.outcome, last.exit_code) == (Outcome.DONE, Exit.PASSING_FAILURE)
    failed = any(isinstance(read, FailedSource) for read in reads)
    sources = DocumentedStore(connection).sources(watch_id) if failed else {}
    return Past(
        failures=log.failures_in_a_row(),
        source_failures=last.count if last and only_sources else 0,
        source_problems={key: source.problem for key, source in sources.items()},
        sources_read={key for key, source in sources.items() if source.sha256},
    )


def _outcome(looked: _Look, verdict: Verdict) -> Outcome:
    if isinstance(looked.failure, PatienceAsked):
        return Outcome.PATIENCE
    if looked.failure:
        return Outcome.FAILED
    return Outcome.QUARANTINED if verdict is Verdict.QUARANTINED else Outcome.DONE


def _keep_what_servers_said(snapshots: SnapshotStore, sync: Sync, looked: _Look) -> None:
    """Validators of documented tables, and how long each server wants to be left alone (rule 6).

    The document's own validators were stored with its version.
    """
    for read in looked.reads:
        location = read.source.location
        if not is_url(location):
            continue
        match read:
            case ReadSource(validators=validators, sha256=sha256):
                snapshots.keep_validators(location, validators, sha256)
                snapshots.keep_retry_at(location, None)
            case SameSource():
                snapshots.keep_retry_at(location, None)
            case FailedSource(error=FetchFailed(retry_at=retry_at)):
                snapshots.keep_retry_at(location, retry_at)
    match looked.failure:
        case PatienceAsked():
            pass
        case FetchFailed(retry_at=retry_at):
            snapshots.keep_retry_at(sync.location, retry_at)
        case _:
            snapshots.keep_retry_at(sync.location, None)
