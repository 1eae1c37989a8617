"""One look at the registry's document: fetched and read, nothing stored, nothing decided."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from sync.errors import DocumentUnusable, RegistryUnusable
from sync.fetch.location import shown
from sync.fetched import FetchedDocument, FetchLimits, NotModified, Validators
from sync.intervals import Interval
from sync.sources import read_bundled
from sync.watches import Bundle, Watch

if TYPE_CHECKING:
    from sync.records import RegistrySnapshot


class Readable(Protocol):
    """A document that could be read."""

    @property
    def updated(self) -> str | None:
        """Its date as served; None where it has none."""

    def registry(self, registry_id: str, bounds: Interval) -> RegistrySnapshot:
        """One of its registries. Raises RegistryUnusable."""


@dataclass(frozen=True, slots=True)
class Extract:
    """What its watches need of a document, without the tree that it was read into."""

    updated: str | None
    registries: Mapping[tuple[str, Interval], RegistrySnapshot | RegistryUnusable]

    def registry(self, registry_id: str, bounds: Interval) -> RegistrySnapshot:
        """One of its registries. Raises RegistryUnusable."""
        found = self.registries[registry_id, bounds]
        if isinstance(found, RegistryUnusable):
            raise found
        return found


@dataclass(frozen=True, slots=True)
class Served:
    """A body, and what it says."""

    location: str
    """Where it was asked for."""
    body: bytes
    sha256: str
    document: Readable | str
    """What was read, or why it can't be read."""
    validators: Validators | None = None
    bundled: bool = False

    def extracted(self, watches: Iterable[Watch]) -> Served:
        """The same, with no more of the document than these watches need."""
        if isinstance(self.document, str):
            return self
        registries: dict[tuple[str, Interval], RegistrySnapshot | RegistryUnusable] = {}
        for watch in watches:
            try:
                found = self.document.registry(watch.registry_id, watch.bounds)
            except RegistryUnusable as e:
                registries[watch.registry_id, watch.bounds] = e
            else:
                registries[watch.registry_id, watch.bounds] = found
        return replace(self, document=Extract(self.document.updated, registries))


@dataclass(frozen=True, slots=True)
class StillServed:
    """304: the version the validators came with."""

    location: str
    sha256: str


def observe(
    location: str, validators: Validators | None, sha256: str | None, limits: FetchLimits, now: datetime
) -> Served | StillServed:
    """Ask for the document. `sha256` is the version the `validators` came with.

    Raises FetchFailed, and NotADocument for an answer that is no registry at all.
    """
    from sync.fetch.document import fetch  # noqa: PLC0415  # requests is slow to import, and not every command fetches

    match fetch(location, validators, limits, now=now):
        case FetchedDocument(body=body, validators=received):
            return _served(location, body, received)
        case NotModified() if sha256 is not None:
            return StillServed(location, sha256)
        case NotModified():
            msg = "fetch lets no 304 through that was not asked for"
            raise AssertionError(msg)


def bundled(bundle: Bundle) -> Served:
    """The registry's document that ships with the package."""
    return _served(bundle.document, read_bundled(bundle.document), None, ships=True)


def kept(location: str, body: bytes) -> Served:
    """A version that was served earlier, from the bytes that were kept."""
    return _served(location, body, None)


def _served(location: str, body: bytes, validators: Validators | None, *, ships: bool = False) -> Served:
    from sync.parse_registry.document import parse_document  # noqa: PLC0415  # lxml: not needed after a 304

    document: Readable | str
    try:
        document = parse_document(body, location=shown(location))
    except DocumentUnusable as e:
        document = e.reason
    return Served(location, body, hashlib.sha256(body).hexdigest(), document, validators, ships)
