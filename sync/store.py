"""Decide and store: one transaction, all or nothing.

The state that is decided on is read, and what follows from it written, under the same lock, so that two
syncs at once leave the database as one after the other would. Many documents are read at once and written at
once, in a statement for each kind of row; each is decided by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from db.registry_store import DecidedWatch, RegistryStore, StoredWatch
from db.snapshot_store import KeptVersion, KnownVersion, SnapshotStore, ids_of
from sync.decide.advance import Patience, advance
from sync.decide.observations import Run, run_of
from sync.decide.replay import quarantine_reason
from sync.observe import Served, StillServed
from sync.sights import Sight, observation_of, updated_of
from sync.state import (
    Decision,
    DocumentState,
    WatchDecision,
)
from sync.verdict import Verdict, VersionReplaced
from sync.watches import Watch

if TYPE_CHECKING:
    from sqlalchemy import Connection


_PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class Stored:
    """What was decided about a document and written."""

    document_id: int
    decision: Decision
    before: Mapping[str, StoredWatch]
    """The watches as they were."""
    dates: Mapping[str, str | None]
    """The dates as served of the document's versions, by SHA-256."""
    seen: bool = True
    """Whether there was an observation at all."""


def settle(
    connection: Connection, sights: Sequence[Sight], at: datetime, patience: Patience = _PATIENCE
) -> list[Stored]:
    """Decide what observations of documents mean for their watches, and write it; in the order given.

    No two are of one document. Raises VersionReplaced when a 304 is of a version no longer applied.
    """
    if not sights:
        return []
    registry, snapshots = RegistryStore(connection), SnapshotStore(connection)
    known = _known(registry, [(sight.url, sight.watches) for sight in sights])
    for sight, before in zip(sights, known, strict=True):
        if isinstance(sight.seen, StillServed) and sight.seen.sha256 != before.document.snapshot:
            raise VersionReplaced(sight.url)
    snapshots.keep(_kept(sights))
    versions = snapshots.versions_of(sight.url for sight in sights)
    settled = [
        _decided(sight, before, versions[sight.url], at, patience)
        for sight, before in zip(sights, known, strict=True)
    ]
    _write(connection, settled, at)
    return [_stored(one.before, one.decision, versions[one.sight.url]) for one in settled]


def as_it_was(connection: Connection, documents: Sequence[tuple[str, Sequence[Watch]]]) -> list[Stored]:
    """Of documents that were not seen, each with its watches: nothing is decided. In the order given."""
    if not documents:
        return []
    known = _known(RegistryStore(connection), documents)
    versions = SnapshotStore(connection).versions_of(url for url, _ in documents)
    return [
        _stored(before, _nothing(before), versions[url], seen=False)
        for (url, _), before in zip(documents, known, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Known:
    """A document before it is decided on."""

    document_id: int
    document: DocumentState
    watches: Mapping[str, StoredWatch]


@dataclass(frozen=True, slots=True)
class _Settled:
    """What was decided of a document, to be written."""

    sight: Sight
    before: _Known
    decision: Decision
    run: Run
    snapshot_ids: Mapping[str, int]


def _known(registry: RegistryStore, documents: Sequence[tuple[str, Sequence[Watch]]]) -> list[_Known]:
    """What is known of documents and of their watches; rows are made where there are none."""
    ids = registry.add_documents(url for url, _ in documents)
    wanted = [(id_, watch) for id_, (_, watches) in zip(ids, documents, strict=True) for watch in watches]
    registry.add_watches(wanted)
    states = registry.documents(ids)
    stored = registry.watches(ids, {watch.name: id_ for id_, watch in wanted})
    return [
        _Known(id_, states[id_], {watch.name: stored[watch.name] for watch in watches})
        for id_, (_, watches) in zip(ids, documents, strict=True)
    ]


def _stored(
    before: _Known, decision: Decision, versions: Mapping[str, KnownVersion], *, seen: bool = True
) -> Stored:
    dates = {sha256: version.updated for sha256, version in versions.items()}
    return Stored(before.document_id, decision, before.watches, dates, seen)


def _nothing(before: _Known) -> Decision:
    """The decision that leaves all as it was."""
    watches = {name: WatchDecision(watch.state) for name, watch in before.watches.items()}
    return Decision(Verdict.UNCHANGED, before.document, watches)


def _kept(sights: Iterable[Sight]) -> Iterator[KeptVersion]:
    """The versions to keep."""
    for sight in sights:
        match sight.seen:
            case Served(body=body, sha256=sha256, bundled=bundled) as seen:
                yield KeptVersion(sight.url, sha256, body, updated_of(seen), bundled)


def _decided(
    sight: Sight,
    before: _Known,
    versions: Mapping[str, KnownVersion],
    at: datetime,
    patience: Patience,
) -> _Settled:
    observation = observation_of(sight, at)
    states = {name: watch.state for name, watch in before.watches.items()}
    decision = advance(before.document, states, observation, patience)
    run = run_of(
        sight.seen.sha256,
        decision,
        at,
        reason=quarantine_reason(observation, decision),
        accept_older=sight.accept_older,
        accepted=sight.accepted,
    )
    return _Settled(sight, before, decision, run, ids_of(versions))


def _write(connection: Connection, settled: Sequence[_Settled], at: datetime) -> None:
    registry, snapshots = RegistryStore(connection), SnapshotStore(connection)
    snapshots.mark_applied(
        one.snapshot_ids[one.decision.document.snapshot]
        for one in settled
        if one.decision.document.snapshot not in {None, one.before.document.snapshot}
    )
    registry.save_documents(
        (one.before.document_id, one.decision.document, one.snapshot_ids)
        for one in settled
        if one.decision.document != one.before.document
    )
    registry.save_watches(
        (
            DecidedWatch(one.before.watches[name].id, one.before.watches[name].state, step, one.snapshot_ids)
            for one in settled
            for name, step in one.decision.watches.items()
        ),
        at,
    )
    snapshots.observe((one.before.document_id, one.run, one.snapshot_ids[one.run.sha256]) for one in settled)
    for one in settled:
        if one.decision.verdict is Verdict.QUARANTINED:
            snapshots.prune_quarantined(one.before.document_id)
