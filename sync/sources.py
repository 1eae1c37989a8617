"""Reading the tables a watch is compared with: pages, files, the bundled table, lists of codes in use."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import TYPE_CHECKING

from sync.errors import FetchFailed, NotAsked, PatienceAsked, TableUnusable
from sync.fetch.file import read_file
from sync.fetch.location import is_url, page_name, shown
from sync.fetched import FetchedDocument, FetchLimits, NotModified, Validators
from sync.servers import Servers
from sync.watches import BUNDLED, DocumentedSource, Role, Watch

if TYPE_CHECKING:
    from sync.records import DocumentedTable


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a source before it is read."""

    sha256: str | None = None
    """Of the body last read."""
    validators: Validators | None = None
    retry_at: datetime | None = None
    """Until when its server asked for patience."""


@dataclass(frozen=True, slots=True)
class ReadSource:
    """A source that was read; its table is new."""

    source: DocumentedSource
    sha256: str
    table: DocumentedTable
    validators: Validators | None


@dataclass(frozen=True, slots=True)
class SameSource:
    """A source that says what it said."""

    source: DocumentedSource


@dataclass(frozen=True, slots=True)
class FailedSource:
    """A source that could not be read; what was last read of it stands."""

    source: DocumentedSource
    error: FetchFailed | NotAsked | TableUnusable

    @property
    def problem(self) -> str:
        """One line: what is wrong, and the remedy unless it passes by itself."""
        return self.error.told()

    def told(self, otherwise: str = "") -> str:
        """The same and which source it is about; `otherwise` for a remedy where it passes by itself."""
        said = self.error.told(otherwise)
        name = "" if said.startswith(self.source.name) else f"{self.source.name}: "
        return f"{_CALLED[self.source.role]} {name}{said}"


_CALLED = {Role.DOCUMENTED: "documented source", Role.IN_USE: "list of codes in use"}


Reads = list[ReadSource | SameSource | FailedSource]
"""What became of each source of a watch."""


def read_bundled(name: str) -> bytes:
    """A file that ships with the package."""
    return (files("sync") / "bundled" / name).read_bytes()


def read_sources(
    watch: Watch,
    known: Mapping[DocumentedSource, Known],
    limits: FetchLimits,
    now: datetime,
    servers: Servers | None = None,
    *,
    ask: bool = True,
) -> Reads:
    """Read each source of the watch; one that fails stops no other.

    `servers` are those that were asked in this run. Without `ask` no server is asked: only files and the
    bundled table are read.
    """
    servers = servers or Servers()
    return [
        _read(source, watch, known.get(source, Known()), limits, now, servers)
        for source in watch.sources
        if ask or not is_url(source.location)
    ]


def _read(
    source: DocumentedSource,
    watch: Watch,
    known: Known,
    limits: FetchLimits,
    now: datetime,
    servers: Servers,
) -> ReadSource | SameSource | FailedSource:
    if known.retry_at:
        return FailedSource(source, PatienceAsked(shown(source.location), known.retry_at))
    try:
        servers.require(source.location)
        match _body(source, watch, known.validators, limits, now):
            case NotModified():
                return SameSource(source)
            case FetchedDocument(body=body, validators=validators, location=location):
                sha256 = hashlib.sha256(body).hexdigest()
                if sha256 == known.sha256:
                    return SameSource(source)
                table = _parse()(
                    body, name=page_name(location), bounds=watch.bounds, watched=watch.watched or watch.bounds
                )
                return ReadSource(source, sha256, table, validators)
    except FetchFailed as e:
        servers.failed(source.location, e)
        return FailedSource(source, e)
    except (NotAsked, TableUnusable) as e:
        return FailedSource(source, e)


def _body(
    source: DocumentedSource,
    watch: Watch,
    validators: Validators | None,
    limits: FetchLimits,
    now: datetime,
) -> FetchedDocument | NotModified:
    if source.location == BUNDLED:
        if watch.bundle is None:
            raise FetchFailed("no table ships for this watch", location=BUNDLED, remedy="name a page")
        return FetchedDocument(watch.bundle.documented, read_bundled(watch.bundle.documented))
    if not is_url(source.location):
        return read_file(source.location, limits)
    from sync.fetch.document import fetch  # noqa: PLC0415  # requests is slow to import, and a file needs none of it

    return fetch(source.location, validators, limits, now=now)


def _parse() -> Callable[..., DocumentedTable]:
    from sync.parse_documented.table import parse_documented  # noqa: PLC0415  # only when a page has changed

    return parse_documented
