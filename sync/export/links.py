"""Where what the registry names can be read. Only http and https become links (docs/rules.md, rule 10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from db.content_columns import reference_text
from sync.answers import Citation, SourceRow
from sync.fetch.location import is_http_url, shown
from sync.records import Reference
from sync.show.code_sheet import url_of
from sync.watches import Watch

_PERSON = "person"


@dataclass(frozen=True, slots=True)
class Link:
    """A name, and where it leads."""

    name: str
    url: str | None
    """None: nowhere."""


def registry_page(watch: Watch) -> str | None:
    """The page that shows the registry to people; None where it is no URL, or one with a secret in it."""
    # Beyond the anchor, which is IANA's.
    address = watch.page.partition("#")[0]
    return _public(watch.page) if shown(address) == address else None


def cited(references: Iterable[Reference]) -> tuple[Link, ...]:
    """The references without the people."""
    return tuple(_cited(r) for r in references if r.kind != _PERSON)


def source_page(source: SourceRow) -> Link:
    """A documented source; its location is given away only where it is a URL without a secret in it."""
    secret = shown(source.location) != source.location
    return Link(source.name, None if secret else _public(source.location))


def _cited(reference: Reference) -> Link:
    name = reference_text(reference)
    url = _public(url_of(Citation(name, reference)))
    # Where a link leads is seen by following it; its host says what it is.
    return Link(urlsplit(url).hostname or name if url == name else name, url)


def _public(url: str | None) -> str | None:
    return url if url is not None and is_http_url(url) else None
