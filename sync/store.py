"""Decide and store: one transaction, all or nothing.

The state that is decided on is read, and what follows from it written, under the same lock, so that two
syncs at once leave the database as one after the other would.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from db.registry_store import RegistryStore, StoredWatch
from db.resource_store import ResourceStore
from db.snapshot_store import SnapshotStore
from sync.decide.advance import Patience, advance
from sync.decide.observations import run_of
from sync.decide.replay import quarantine_reason
from sync.errors import RegistryUnusable
from sync.observe import Served, StillServed
from sync.state import Decision, Observation, Sighting, Unchanged, Unusable, Version
from sync.verdict import Verdict, VersionReplaced
from sync.watches import Watch

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from sync.observe import Readable
    from sync.records import RegistrySnapshot


_PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class Stored:
    """What was decided about a document and written."""

    document_id: int
    decision: Decision
    before: Mapping[str, StoredWatch]
    """The watches as they were."""
    seen: bool = True
    """Whether there was an observation at all."""


def settle(
    connection: Connection,
    url: str,
    watches: Sequence[Watch],
    seen: Served | StillServed,
    at: datetime,
    *,
    patience: Patience = _PATIENCE,
    accept_older: bool = False,
    accepted: frozenset[str] = frozenset(),
) -> Stored:
    """Decide what an observation of the document `url` means for its watches, and write it.

    Raises VersionReplaced when a 304 no longer speaks of the version last applied.
    """
    registry, snapshots = RegistryStore(connection), SnapshotStore(connection)
    document_id = registry.add_document(url)
    registry.add_watches(document_id, watches)
    document = registry.document(document_id)
    stored = registry.watches(document_id, [watch.name for watch in watches])
    before = {watch.name: stored[watch.name] for watch in watches}

    if isinstance(seen, StillServed) and seen.sha256 != document.snapshot:
        raise VersionReplaced(url)
    observation = _observation(seen, watches, at, accept_older=accept_older, accepted=accepted)
    if isinstance(seen, Served):
        snapshots.keep(url, seen.sha256, seen.body, updated_of(seen), bundled=seen.bundled)
    decision = advance(document, {name: w.state for name, w in before.items()}, observation, patience)

    ids = snapshots.ids(url)
    if decision.document.snapshot is not None and decision.document.snapshot != document.snapshot:
        snapshots.mark_applied(ids[decision.document.snapshot])
    if decision.document != document:
        registry.save_document(document_id, decision.document, ids)
    registry.save_watches(
        [(before[name].id, before[name].state, step) for name, step in decision.watches.items()], at, ids
    )
    snapshots.observe(
        document_id,
        run_of(
            seen.sha256,
            decision,
            at,
            reason=quarantine_reason(observation, decision),
            accept_older=accept_older,
            accepted=accepted,
        ),
        ids,
    )
    if decision.verdict is Verdict.QUARANTINED:
        snapshots.prune_quarantined(document_id)
    if isinstance(seen, Served) and not seen.bundled and not accepted:
        _keep_validators(ResourceStore(connection), seen, decision)
    return Stored(document_id, decision, before)


def version_of(document: Readable, watches: Sequence[Watch], sha256: str, *, bundled: bool) -> Version:
    """A document as the watches see it."""
    registries: dict[str, RegistrySnapshot | str] = {}
    for watch in watches:
        try:
            registry = document.registry(watch.registry_id, watch.bounds)
        except RegistryUnusable as e:
            registries[watch.name] = e.reason
        else:
            # The registry that ships is known to be one of numbers: what is wrong in it is an accident.
            registries[watch.name] = replace(registry, unfit=None) if watch.bundle else registry
    return Version(sha256, document.updated, registries, bundled)


def unusable(seen: Served | StillServed, watch: Watch) -> bool:
    """Whether nothing of what was served can be applied to the watch."""
    if isinstance(seen, StillServed):
        return False
    if isinstance(seen.document, str):
        return True
    version = version_of(seen.document, [watch], seen.sha256, bundled=seen.bundled)
    return isinstance(version.registries[watch.name], str)


def updated_of(seen: Served | StillServed) -> str | None:
    """The document's date as served; None where it can't be read, and after a 304."""
    if isinstance(seen, StillServed) or isinstance(seen.document, str):
        return None
    return seen.document.updated


def _observation(
    seen: Served | StillServed,
    watches: Sequence[Watch],
    at: datetime,
    *,
    accept_older: bool,
    accepted: frozenset[str],
) -> Observation:
    if isinstance(seen, StillServed):
        return Unchanged(at)
    if isinstance(seen.document, str):
        return Unusable(at, seen.document)
    version = version_of(seen.document, watches, seen.sha256, bundled=seen.bundled)
    return Sighting(at, version, accept_older, accepted)


def _keep_validators(resources: ResourceStore, seen: Served, decision: Decision) -> None:
    """Keep what came with a version that counts in full, and only that (docs/rules.md, rule 6)."""
    if seen.sha256 == decision.document.snapshot:
        resources.keep_validators(seen.location, seen.validators if decision.in_full else None, seen.sha256)
