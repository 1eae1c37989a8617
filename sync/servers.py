"""The servers of a run: one that gives no answer, or asks for patience, is asked nothing more in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sync.errors import FetchFailed, PatienceAsked, ServerNotAsked
from sync.fetch.location import is_http_url, shown


@dataclass(slots=True)
class Servers:
    """The servers that gave no answer in this run."""

    failures: dict[str, FetchFailed] = field(default_factory=dict)
    """The first failure of each, by scheme, host and port."""

    def require(self, location: str) -> None:
        """Raise what a further request to this server would meet; nothing if there is nothing to fear."""
        failure = self.failures.get(_server(location)) if is_http_url(location) else None
        if failure is None:
            return
        if failure.retry_at:
            raise PatienceAsked(shown(location), failure.retry_at)
        raise ServerNotAsked(shown(location), failure.reason)

    def failed(self, location: str, failure: FetchFailed) -> None:
        """Remember a failure that the server's other documents would meet too."""
        if is_http_url(location) and (failure.unreachable or failure.retry_at):
            self.failures.setdefault(_server(location), failure)


@dataclass(frozen=True, slots=True)
class AskedServers:
    """Those of documents and those of pages: what a page's server says never stops the registry's."""

    documents: Servers = field(default_factory=Servers)
    pages: Servers = field(default_factory=Servers)


def _server(location: str) -> str:
    parts = urlsplit(location)
    return f"{parts.scheme}://{parts.hostname}:{parts.port}"
