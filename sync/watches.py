"""What is watched. The one shipped watch is the only place that names its document and its range."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, urlsplit, urlunsplit

from sync.errors import UsageProblem
from sync.intervals import Interval

IANA = "https://www.iana.org/assignments/"
"""Where IANA serves its documents, each in a folder of its own name."""
IANA_LIST = "https://www.iana.org/protocols"
"""Where IANA lists them for people."""


class Role(StrEnum):
    """What the table of a source is for."""

    DOCUMENTED = "documented"
    """It documents values for others: a registration that it lacks is flagged."""
    IN_USE = "in-use"
    """It lists the codes that a project uses: a registration of one by another name is a conflict."""


@dataclass(frozen=True, slots=True)
class DocumentedSource:
    """A page with a table of a registry's values."""

    name: str
    location: str
    """A URL, a file path, or `bundled`."""
    role: Role = Role.DOCUMENTED

    @property
    def key(self) -> tuple[Role, str]:
        """What tells it from the other sources of a watch."""
        return self.role, self.name


@dataclass(frozen=True, slots=True)
class Bundle:
    """Files of the package, in `sync/bundled/`, for a first sync without a network."""

    document: str
    documented: str


@dataclass(frozen=True, slots=True)
class Watch:
    """A registry that is watched, and what it is compared with."""

    name: str
    document: str
    """The document's URL."""
    registry_id: str
    bounds: Interval
    """The values the registry can hold; a record beyond them is set aside."""
    watched: Interval | None
    """The values whose registration is alerted; None for all."""
    documented: tuple[DocumentedSource, ...] = ()
    """The sources it is compared with unless others are named."""
    in_use: tuple[DocumentedSource, ...] = ()
    """The lists of the codes that a project uses."""
    pages: tuple[DocumentedSource, ...] = ()
    """Pages that can be named by a short name."""
    bundle: Bundle | None = None
    mirror: str | None = None
    """A URL or a file path from which the document is read instead."""

    @property
    def location(self) -> str:
        """Where the document is asked for."""
        return os.path.expanduser(self.mirror or self.document)  # noqa: PTH111  # it may be a URL

    @property
    def sources(self) -> tuple[DocumentedSource, ...]:
        """Every source whose table is read and kept."""
        return (*self.documented, *self.in_use)

    @property
    def page(self) -> str:
        """Where a person reads the registry.

        IANA puts a page beside each document, the same name ending in `.xhtml`, with an anchor for each
        registry. A document from elsewhere is its own page.
        """
        try:
            parts = urlsplit(self.document)
        except ValueError:
            return self.document
        if parts.hostname != urlsplit(IANA).hostname or not parts.path.endswith(".xml"):
            return self.document
        page = f"{parts.path.removesuffix('.xml')}.xhtml"
        return urlunsplit((parts.scheme, parts.netloc, page, "", quote(self.registry_id)))

    def source(self, named: str) -> DocumentedSource:
        """The documented source a person names: by a short name, a URL or a file path.

        Raises UsageProblem for a name that is nearly a short one.
        """
        for page in (*self.documented, *self.pages):
            if named == page.name:
                return page
        family = named.partition(":")[0]
        known = [page.name for page in self.pages if page.name.partition(":")[0] == family]
        if known and "/" not in named:
            raise UsageProblem(f"{named}: there is no such page; there is {', '.join(known)}")
        return DocumentedSource(named, os.path.expanduser(named))  # noqa: PTH111  # it may be a URL

    def list_in_use(self, named: str) -> DocumentedSource:
        """The list of codes in use that a person names: by a URL or a file path."""
        return DocumentedSource(named, os.path.expanduser(named), Role.IN_USE)  # noqa: PTH111  # as above


def _mdn(repository: str, language: str) -> str:
    """The source of MDN's page on `CloseEvent.code`, as its authors write it."""
    return (
        f"https://raw.githubusercontent.com/mdn/{repository}/main/files/{language}"
        "/web/api/closeevent/code/index.md"
    )


_TRANSLATIONS = ("de", "es", "fr", "ja", "ko", "pt-br", "ru", "zh-cn", "zh-tw")
"""The languages MDN is translated into; a page that is missing in one of them is an error when it is read."""

BUNDLED = "bundled"
"""The location of the documented table that ships with the package."""

CLOSE_CODES = Watch(
    name="close-codes",
    document=f"{IANA}websocket/websocket.xml",
    registry_id="close-code-number",
    bounds=(0, 65535),
    watched=(3000, 3999),
    documented=(DocumentedSource(BUNDLED, BUNDLED),),
    pages=(
        DocumentedSource("mdn", _mdn("content", "en-us")),
        *(DocumentedSource(f"mdn:{code}", _mdn("translated-content", code)) for code in _TRANSLATIONS),
    ),
    bundle=Bundle(document="close-codes.xml", documented="close-codes.csv"),
)

SHIPPED = {CLOSE_CODES.name: CLOSE_CODES}
