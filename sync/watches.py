"""What is watched. The one shipped watch is the only place that names its document and its range."""

from __future__ import annotations

import os
from dataclasses import dataclass

from sync.errors import UsageProblem
from sync.intervals import Interval


@dataclass(frozen=True, slots=True)
class DocumentedSource:
    """A page that documents values of a registry."""

    name: str
    location: str
    """A URL, a file path, or `bundled`."""


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
    pages: tuple[DocumentedSource, ...] = ()
    """Pages that can be named by a short name."""
    bundle: Bundle | None = None

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
    document="https://www.iana.org/assignments/websocket/websocket.xml",
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
