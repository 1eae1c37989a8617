"""What was seen of a document, as the decisions take it: how its watches see the version that was served.

Pure. What an observation means is `decide`'s business, what becomes of it `store`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sync.errors import RegistryUnusable
from sync.observe import Served, StillServed
from sync.state import Observation, Sighting, Unchanged, Unusable, Version
from sync.watches import Watch

if TYPE_CHECKING:
    from sync.observe import Readable
    from sync.records import RegistrySnapshot


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen of a document, for which of its watches, and what a person said of it."""

    url: str
    """The document's."""
    watches: Sequence[Watch]
    seen: Served | StillServed
    accept_older: bool = False
    accepted: frozenset[str] = frozenset()
    """Names of watches for which a person accepted what was held back."""


def observation_of(sight: Sight, at: datetime) -> Observation:
    """What was seen at a time, as it is decided on."""
    seen = sight.seen
    if isinstance(seen, StillServed):
        return Unchanged(at)
    if isinstance(seen.document, str):
        return Unusable(at, seen.document)
    version = version_of(seen.document, sight.watches, seen.sha256, bundled=seen.bundled)
    return Sighting(at, version, sight.accept_older, sight.accepted)


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


def updated_of(seen: Served) -> str | None:
    """The document's date as served; None where it can't be read."""
    return None if isinstance(seen.document, str) else seen.document.updated
