"""Past versions, added to what was seen: one transaction, all or nothing (docs/rules.md, rule 12).

How they are found is `folder`'s and `git_history`'s business, how all is decided anew `decide.replay`'s.
Here the steps are put in order, and it is said what is told of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from db.alert_outbox import AlertOutbox
from db.documented_store import DocumentedStore
from db.quarantine import held_back
from db.registry_store import RegistryStore
from db.replay_store import ReplayStore, same_registrations
from db.snapshot_store import KeptVersion, SnapshotStore, StoredSnapshot
from sync.answers import HeldBack
from sync.audience import Audience
from sync.decide.advance import Patience
from sync.decide.observations import Run
from sync.decide.replay import Moment, WatchReplay, in_order, numbered, replay
from sync.errors import DocumentUnusable, NotADocument, UsageProblem
from sync.fetched import FetchLimits
from sync.news.alerts import Alert, Told, decide_alerts
from sync.parse_registry.document import parse_document
from sync.sights import version_of
from sync.sources import read_sources
from sync.state import Change, ChangeKind, Version, WatchDecision
from sync.store_flags import Compared, compare
from sync.watches import BUNDLED, Watch

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.engine import Database
    from db.registry_store import StoredWatch
    from sync.past.folder import PastVersion
    from sync.settings.model import Settings

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""No time before this is believed: it is a mistake in a name or in an index."""


@dataclass(frozen=True, slots=True)
class Past:
    """Past versions that were read; nothing is written yet."""

    moments: tuple[Moment, ...]
    versions: Mapping[str, Version | str]
    """By SHA-256: each version, or why it can't be read."""
    bodies: Mapping[str, bytes]
    """By SHA-256."""
    no_document: int
    """How many were no registry at all (error pages, say) and are left out."""


@dataclass(frozen=True, slots=True)
class Backfilled:
    """What a backfill added."""

    read: int
    """Versions that were read."""
    no_document: int
    """Of these, those that are no registry at all: left out."""
    added: int
    """Observations that were not there yet."""
    changes: int
    """Changes in the watch's history now."""
    alerts: tuple[Alert, ...]
    held_back: tuple[HeldBack, ...]
    """What waits for a person now."""


def read_past(versions: Iterable[PastVersion], watches: Sequence[Watch], at: datetime) -> Past:
    """Read past versions of the document that these watches are on, as of the time `at` (UTC).

    Raises UsageProblem for one that was seen later than that, or impossibly early.
    """
    moments: list[Moment] = []
    read: dict[str, Version | str] = {}
    bodies: dict[str, bytes] = {}
    strangers = 0
    for past in versions:
        if not EARLIEST <= past.at <= at:
            raise UsageProblem(
                f"a version is said to be of {past.at:%Y-%m-%dT%H:%M:%SZ}, which is not in the past; "
                "correct its time or leave it out"
            )
        sha256 = hashlib.sha256(past.body).hexdigest()
        if sha256 not in read:
            try:
                read[sha256] = _version(past.body, sha256, watches)
            except NotADocument:
                strangers += 1
                continue
            bodies[sha256] = past.body
        moments.append(Moment(past.at, sha256))
    return Past(tuple(moments), read, bodies, strangers)


def backfill(
    database: Database,
    watch: Watch,
    past: Past,
    settings: Settings,
    channels: Mapping[str, Collection[Audience]],
    at: datetime,
    *,
    alerts: bool,
    beside: Sequence[Watch] = (),
) -> Backfilled:
    """Add past versions of a watch's document and decide everything anew, for this watch.

    With `alerts`, what no alert has named is alerted now. `beside` are the other watches on the document:
    a version counts for it when one of them could use it. Nothing of theirs is written.
    """
    with database.write() as connection:
        registry, snapshots = RegistryStore(connection), SnapshotStore(connection)
        (document_id,) = registry.add_documents([watch.document])
        registry.add_watches([(document_id, watch)])
        on_document = registry.watches([document_id], {watch.name: document_id})
        stored = on_document[watch.name]
        seen = [one for one in beside if one.name in on_document and on_document[one.name].state.seen]
        watches = [watch, *seen]
        runs = [run for _, run in reversed(snapshots.runs(document_id))]
        known = _known(snapshots.versions(watch.document), past, watches, runs)
        snapshots.keep(
            KeptVersion(watch.document, sha256, body, _updated(past.versions[sha256]))
            for sha256, body in past.bodies.items()
        )
        ordered, added = in_order(runs, past.moments)
        replayed = replay(
            ordered, [one.name for one in watches], known.__getitem__, Patience(settings.older_copies)
        )
        watch_replay = replayed.watches[watch.name]
        before, after = stored.state.registrations, watch_replay.state.registrations
        watch_replay.state = replace(
            watch_replay.state,
            registrations=numbered(before, after, same_registrations(before, after)),
        )

        ids = snapshots.ids(watch.document)
        store = ReplayStore(connection)
        store.rewrite_document(document_id, replayed, ids)
        store.rewrite_watch(stored.id, before, watch_replay, ids)
        snapshots.forget_observations(document_id)
        snapshots.append(document_id, replayed.runs, ids)
        snapshots.prune_quarantined(document_id)
        posted = _compare_and_post(connection, watch, stored, watch_replay, channels, at, alerts=alerts)
        store.backdate_flags(stored.id)
        waiting = tuple(item for item in held_back(connection, watch.name) if item.accepted_at is None)
    return Backfilled(
        read=len(past.moments) + past.no_document,
        no_document=past.no_document,
        added=added,
        changes=len(watch_replay.changes),
        alerts=posted,
        held_back=waiting,
    )


def _known(
    stored: Iterable[StoredSnapshot], past: Past, watches: Sequence[Watch], runs: Iterable[Run]
) -> dict[str, Version | str]:
    """What each version stands for that was seen then or is added now."""
    reasons = {run.sha256: run.reason for run in runs if run.reason}
    known = dict(past.versions)
    for row in stored:
        version: Version | str
        if row.sha256 in known:
            version = known[row.sha256]
        elif row.body is not None:
            version = _version(row.body, row.sha256, watches)
        else:
            # Only what was quarantined is pruned; a document that had a date could be read, its registry not.
            reason = reasons.get(row.sha256, "its body is no longer kept")
            version = reason if row.updated is None else _without_registries(row, watches, reason)
        known[row.sha256] = replace(version, bundled=row.bundled) if isinstance(version, Version) else version
    return known


def _updated(version: Version | str) -> str | None:
    return version.updated if isinstance(version, Version) else None


def _without_registries(row: StoredSnapshot, watches: Iterable[Watch], reason: str) -> Version:
    return Version(row.sha256, row.updated, dict.fromkeys((watch.name for watch in watches), reason))


def _compare_and_post(
    connection: Connection,
    watch: Watch,
    stored: StoredWatch,
    replayed: WatchReplay,
    channels: Mapping[str, Collection[Audience]],
    at: datetime,
    *,
    alerts: bool,
) -> tuple[Alert, ...]:
    registration_ids = RegistryStore(connection).registration_ids(stored.id)
    # Only what ships with the package may be read for the first time here: a backfill asks no server.
    local = [source for source in watch.documented if source.location == BUNDLED]
    never_read = [s for s in local if s.key not in DocumentedStore(connection).sources(stored.id)]
    reads = read_sources(replace(watch, documented=tuple(never_read), in_use=()), {}, FetchLimits(), at)
    compared = compare(connection, watch, stored, WatchDecision(replayed.state), reads, at)
    if not alerts:
        return ()
    outbox = AlertOutbox(connection)
    found = _alerts(watch, replayed, compared, outbox.told(stored.id), outbox.named(stored.id), at)
    outbox.post(
        found,
        {watch.name: stored.id},
        {(watch.name, key): id_ for key, id_ in registration_ids.items()},
        channels,
        at,
    )
    return found


def _alerts(
    watch: Watch, replayed: WatchReplay, compared: Compared, told: Told, named: Collection[str], at: datetime
) -> tuple[Alert, ...]:
    """What nobody was told of: registrations, flags of a first sight, and withdrawals as they stand."""
    registered = {change.key for change in replayed.changes if change.kind is ChangeKind.REGISTERED}
    return decide_alerts(
        watch.name,
        at,
        changes=list(_untold(replayed, told, named, at)),
        registrations=replayed.state.registrations,
        flags=compared.flags,
        baseline=[key for key in compared.flags if key not in named and key not in registered],
        notices=(),
        watched=watch.watched,
        compared=compared.sources,
        told=told,
    )


def _untold(replayed: WatchReplay, told: Told, named: Collection[str], at: datetime) -> Iterator[Change]:
    """The changes to alert, in order; a withdrawal that was taken back long ago is not among them."""
    registrations = {registration.key: registration for registration in replayed.state.registrations}
    for change in replayed.changes:
        registration = registrations[change.key]
        withdrawal = (change.key, registration.endings)
        match change.kind:
            case ChangeKind.REGISTERED if change.key not in named:
                yield change
            case ChangeKind.WITHDRAWN if change.at == registration.withdrawn_at:
                if withdrawal not in told.withdrawals:
                    yield replace(change, ending=registration.endings)
    for r in registrations.values():
        if r.live and (r.key, r.endings) in told.withdrawals:
            # It was alerted as withdrawn; seen in order, it never was or has returned.
            snapshot = replayed.state.snapshot or ""
            yield Change(
                ChangeKind.RETURNED, r.key, r.first, r.last, at, snapshot, after=r.pair[0], ending=r.endings
            )


def _version(body: bytes, sha256: str, watches: Sequence[Watch]) -> Version | str:
    try:
        return version_of(parse_document(body), watches, sha256, bundled=False)
    except DocumentUnusable as e:
        return e.reason
