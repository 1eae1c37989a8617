"""One document as the network has it now, and the tables its watches are compared with. Nothing is stored.

Before it, what was stored is read: which version to ask about, and whether the server asked for patience. A
server that gives no answer, or asks for patience, is not asked again in the same run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from db.known import KnownSource, known_documents, known_sources
from db.resource_store import Resource, ResourceStore
from sync import observe
from sync.errors import FetchFailed, PassingFailure, PatienceAsked
from sync.fetch.location import as_stored, is_url, shown
from sync.fetch.patience import LONGEST_PATIENCE
from sync.fetched import FetchLimits, Validators
from sync.observe import Served, StillServed
from sync.servers import AskedServers
from sync.sources import Known, Reads, read_sources
from sync.watches import DocumentedSource, Watch

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class WatchedDocument:
    """A document, and the watches on its registries; at least one."""

    url: str
    watches: tuple[Watch, ...]

    @property
    def location(self) -> str:
        """Where it is asked for."""
        mirrored = (watch for watch in self.watches if watch.mirror)
        return next(mirrored, self.watches[0]).location

    @property
    def by_default(self) -> bool:
        """Whether nobody named a source: then a watch may start from what ships with the program."""
        return self.location == self.url


def documents(watches: Iterable[Watch]) -> tuple[WatchedDocument, ...]:
    """The documents of the watches, each once, in the order of the watches."""
    by_url: dict[str, list[Watch]] = {}
    for watch in watches:
        by_url.setdefault(watch.document, []).append(watch)
    return tuple(WatchedDocument(url, tuple(of_document)) for url, of_document in by_url.items())


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a look needs to know."""

    seen: bool
    """Whether each watch had its first sight."""
    sha256: str | None
    """The version to ask about."""
    validators: Validators | None
    """Those that came with it, if they count."""
    retry_at: datetime | None
    sources: Mapping[str, Mapping[DocumentedSource, Known]]
    """By the watch's name."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the network gave of a document."""

    document: WatchedDocument
    seen: Served | StillServed | None
    failure: PassingFailure | None
    """Why the document could not be had."""
    reads: Mapping[str, Reads]
    """What became of each source, by the watch's name."""


def remember(
    connection: Connection, documents: Iterable[WatchedDocument], at: datetime
) -> dict[str, Remembered]:
    """What is stored of each document and decides on what to ask for at the time `at` (UTC), by its URL."""
    documents = list(documents)
    known, resources = known_documents(connection), ResourceStore(connection).known()
    sourced = any(watch.sources for document in documents for watch in document.watches)
    sources = known_sources(connection) if sourced else {}
    found = {}
    for document in documents:
        stored = known.get(as_stored(document.url))
        taken = {watch: stored.watches.get(watch.name) if stored else None for watch in document.watches}
        applied = stored.sha256 if stored else None
        # A watch that has not taken what was applied needs the bytes, not a 304.
        sha256 = (
            applied if all(of_watch and of_watch.sha256 == applied for of_watch in taken.values()) else None
        )
        resource = resources.get(as_stored(document.location))
        found[document.url] = Remembered(
            seen=all(of_watch and of_watch.sha256 for of_watch in taken.values()),
            sha256=sha256,
            validators=resource.validators(document.location, sha256) if resource else None,
            retry_at=_waits_until(resource, at),
            sources={
                watch.name: _known(watch, sources.get(of_watch.id, {}) if of_watch else {}, resources, at)
                for watch, of_watch in taken.items()
            },
        )
    return found


def look(
    document: WatchedDocument,
    remembered: Remembered,
    limits: FetchLimits,
    servers: AskedServers,
    at: datetime,
) -> Look:
    """Ask for the document and read the sources of its watches."""
    location = document.location
    patience = PatienceAsked(shown(location), remembered.retry_at) if remembered.retry_at else None
    reads = {
        watch.name: read_sources(
            watch, remembered.sources.get(watch.name, {}), limits, at, servers.pages, ask=patience is None
        )
        for watch in document.watches
    }
    if patience:
        return Look(document, None, patience, reads)
    try:
        servers.documents.require(location)
        seen = observe.observe(location, remembered.validators, remembered.sha256, limits, at)
        if isinstance(seen, Served):
            seen = seen.extracted(document.watches)
    except FetchFailed as e:
        servers.documents.failed(location, e)
        bundles = [watch.bundle for watch in document.watches if watch.bundle]
        if not bundles or remembered.seen or not document.by_default:
            return Look(document, None, e, reads)
        return Look(document, observe.bundled(bundles[0]), e, reads)
    except PassingFailure as e:
        return Look(document, None, e, reads)
    return Look(document, seen, None, reads)


def _known(
    watch: Watch,
    stored: Mapping[tuple[str, str], KnownSource],
    resources: Mapping[str, Resource],
    at: datetime,
) -> dict[DocumentedSource, Known]:
    known = {}
    for source in watch.sources:
        row, url = stored.get(source.key), source.location
        read = row.sha256 if row else None
        resource = resources.get(as_stored(url)) if is_url(url) else None
        validators = resource.validators(url, read) if resource else None
        known[source] = Known(read, validators, _waits_until(resource, at))
    return known


def _waits_until(resource: Resource | None, at: datetime) -> datetime | None:
    """The stored Retry-After, if it is still to come; one too far off was set by a clock that ran ahead."""
    retry_at = resource.retry_at if resource else None
    return retry_at if retry_at and at < retry_at <= at + LONGEST_PATIENCE else None
