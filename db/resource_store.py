"""What servers said with a URL: validators, and their wish to be left alone (docs/rules.md, rule 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from db import tables as t
from sync.fetch.location import as_stored
from sync.fetched import Validators

_RESOURCE = select(t.resource).where(t.resource.c.url == bindparam("of_url"))


@dataclass(frozen=True, slots=True)
class Resource:
    """What a server said with a URL."""

    last_modified: str | None
    etag: str | None
    sha256: str | None
    """Of the body that they came with."""
    retry_at: datetime | None
    """Until when it asked for patience."""

    def validators(self, url: str, sha256: str | None) -> Validators | None:
        """The validators to ask `url` with, if they came with the version `sha256` from there."""
        if sha256 is None or self.sha256 != sha256 or not (self.last_modified or self.etag):
            return None
        return Validators(url, self.last_modified, self.etag)


class ResourceStore:
    """Reads and writes within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def known(self) -> dict[str, Resource]:
        """Of every URL, by the URL as stored."""
        r = t.resource.c
        rows = self._connection.execute(select(r.url, r.last_modified, r.etag, r.sha256, r.retry_at))
        return {row.url: Resource(row.last_modified, row.etag, row.sha256, row.retry_at) for row in rows}

    def keep_validators(self, url: str, validators: Validators | None, sha256: str) -> None:
        """Remember what came with the version `sha256`; None forgets."""
        self._keep(
            url,
            last_modified=validators.last_modified if validators else None,
            etag=validators.etag if validators else None,
            sha256=sha256 if validators else None,
        )

    def keep_retry_at(self, url: str, retry_at: datetime | None) -> None:
        """Remember a Retry-After; None forgets."""
        self._keep(url, retry_at=retry_at)

    def _keep(self, url: str, **values: object) -> None:
        known = self._connection.execute(_RESOURCE, {"of_url": as_stored(url)}).mappings().first()
        if known is None:
            if any(value is not None for value in values.values()):
                self._connection.execute(insert(t.resource).values(url=as_stored(url), **values))
        elif any(known[name] != value for name, value in values.items()):
            self._connection.execute(
                update(t.resource).where(t.resource.c.id == known["id"]).values(**values)
            )
