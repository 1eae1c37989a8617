"""What a person names -> a document and its registries, and what to call a watch on one. Pure.

    place         a name, a page's address, a file -> the document's, and the registry where it is named
    candidates    the document's registries -> which can be watched, which are, and why the others can't be
    name_for      a watch's name, where a person gave none

Asking for the document is the command's business, which registries are none to watch `parse_registry`'s.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import unquote, urlsplit

from sync.errors import UsageProblem
from sync.fetch.location import is_http_url, is_url
from sync.fetch.location import shown as shown_location
from sync.records import Assignment, RegistrySnapshot
from sync.watches import IANA

_SHORT_NAME = re.compile(r"[A-Za-z0-9_][\w.+-]*", re.ASCII)
_HOST = urlsplit(IANA).hostname or ""
_HOSTS = (_HOST, _HOST.removeprefix("www."))
_FOLDER = urlsplit(IANA).path


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document is."""

    document: str
    """A URL, or the whole path of a file."""
    registry: str | None = None
    """The id of the registry that was named with it."""
    short_name: str | None = None
    """What IANA calls the document, where nothing more was named."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A registry of the document."""

    registry: str
    """Its id."""
    title: str
    records: int
    registrations: int
    set_aside: tuple[str, ...] = ()
    """What is wrong with those of its records that can't be used."""
    unfit: str | None = None
    """Why it can't be watched."""
    watched_as: str | None = None
    """The watch that there is."""


def place(named: str) -> Place:
    """Where the document is that a person names.

    IANA's short name of it, with `#` and a registry's id or without; the address of any of IANA's pages on
    it; the URL of the XML elsewhere; the path of a file, from here on. Raises UsageProblem.
    """
    name, _, registry = named.partition("#")
    if is_url(named):
        return _at_url(named)
    if "/" not in named and not named.endswith(".xml"):
        if not _SHORT_NAME.fullmatch(name):
            raise UsageProblem(
                f"{named!r}: that names no document; give IANA's name of one, such as http-status-codes, "
                "a URL, or the path of a file"
            )
        return Place(f"{IANA}{name}/{name}.xml", registry or None, name)
    return Place(os.path.abspath(os.path.expanduser(named)))  # noqa: PTH100, PTH111  # no file is looked at


def candidates(registries: Iterable[RegistrySnapshot], watched: Mapping[str, str]) -> tuple[Candidate, ...]:
    """The registries of a document, in its order; `watched` are the watches' names by the registry's id."""
    return tuple(
        Candidate(
            registry.registry_id,
            registry.title,
            len(registry.records) + len(registry.set_aside),
            sum(record.content.assignment is Assignment.ASSIGNED for record in registry.records),
            tuple(f"{record.reason} ({record.text})" for record in registry.set_aside),
            registry.unfit,
            watched.get(registry.registry_id),
        )
        for registry in registries
    )


def name_for(document: str, registry: str, *, alone: bool, taken: Collection[str]) -> str:
    """What to call a watch: after the document where its registry is `alone` there, else after the registry.

    Made of what a watch's name may have, and none of the `taken`.
    """
    path = urlsplit(document).path if is_url(document) else document
    wanted = (_slug(PurePath(unquote(path)).stem) if alone else "") or _slug(registry) or "registry"
    return next(name for name in _numbered(wanted) if name not in taken)


def _at_url(url: str) -> Place:
    if not is_http_url(url):
        raise UsageProblem(
            f"{shown_location(url)}: that is no http or https URL; give one, or the path of a file"
        )
    parts = urlsplit(url)
    registry = unquote(parts.fragment) or None
    document = url.partition("#")[0]
    folder, _, file = parts.path.removeprefix(_FOLDER).strip("/").partition("/")
    if parts.hostname not in _HOSTS or not parts.path.startswith(_FOLDER) or not folder:
        return Place(document, registry)
    stem, _, suffix = file.rpartition(".")
    if suffix == "csv":
        # IANA serves each registry as a table too, under the registry's id.
        return Place(f"{IANA}{folder}/{folder}.xml", registry or stem)
    return Place(f"{IANA}{folder}/{stem or folder}.xml", registry)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("-._")


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 1
    while True:
        number += 1
        yield f"{name}-{number}"
