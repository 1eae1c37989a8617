"""What servers said with a URL: validators, and their wish to be left alone (docs/rules.md, rule 6)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from db import tables as t
from db.inserted import insert_all
from sync.fetch.location import as_stored
from sync.fetched import Validators

_RESOURCE = update(t.resource).where(t.resource.c.url == bindparam("of_url"))


@dataclass(frozen=True, slots=True)
class Resource:
    """What a server said with a URL."""

    last_modified: str | None = None
    etag: str | None = None
    sha256: str | None = None
    """Of the body that they came with."""
    retry_at: datetime | None = None
    """Until when it asked for patience."""

    def validators(self, url: str, sha256: str | None) -> Validators | None:
        """The validators to ask `url` with, if they came with the version `sha256` from there."""
        if sha256 is None or self.sha256 != sha256 or not (self.last_modified or self.etag):
            return None
        return Validators(url, self.last_modified, self.etag)


class ResourceStore:
    """Reads, and writes what it was told to keep, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._kept: dict[str, dict[str, Any]] = {}
        """What to keep of each URL as stored."""

    def known(self) -> dict[str, Resource]:
        """What is stored of every URL, by the URL as stored."""
        r = t.resource.c
        rows = self._connection.execute(select(r.url, r.last_modified, r.etag, r.sha256, r.retry_at))
        return {row.url: Resource(row.last_modified, row.etag, row.sha256, row.retry_at) for row in rows}

    def keep_validators(self, url: str, validators: Validators | None, sha256: str) -> None:
        """Remember what came with the version `sha256`, once it is written; None forgets."""
        self._keep(
            url,
            last_modified=validators.last_modified if validators else None,
            etag=validators.etag if validators else None,
            sha256=sha256 if validators else None,
        )

    def keep_retry_at(self, url: str, retry_at: datetime | None) -> None:
        """Remember a Retry-After, once it is written; None forgets."""
        self._keep(url, retry_at=retry_at)

    def write(self) -> None:
        """Write what is to be kept and differs from what is stored."""
        if not self._kept:
            return
        known = self.known()
        new, changed = [], []
        for url, values in self._kept.items():
            stored = known.get(url, Resource())
            wanted = replace(stored, **values)
            if wanted != stored:
                if url in known:
                    changed.append({"of_url": url, **asdict(wanted)})
                else:
                    new.append({"url": url, **asdict(wanted)})
        insert_all(self._connection, t.resource, new)
        if changed:
            self._connection.execute(_RESOURCE, changed)
        self._kept.clear()

    def _keep(self, url: str, **values: object) -> None:
        self._kept.setdefault(as_stored(url), {}).update(values)
