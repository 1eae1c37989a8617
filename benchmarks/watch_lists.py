"""Watches on a copy of IANA's documents: as the program's configuration, and as a floor's list. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from benchmarks.copy_of_iana import Document

_TABLE = """[[watch]]
name = "{watch.registry}"
document = "{watch.location}"
registry = "{watch.registry}"
"""


@dataclass(frozen=True, slots=True)
class Watched:
    """A registry, and where its document is."""

    location: str
    """A URL or a path, without white space."""
    registry: str


def numeric_watches(
    documents: Iterable[Document], location: Callable[[Document], str], most: int | None = None
) -> list[Watched]:
    """A watch for each registry of numbers, or for the first `most` of them; a document's stand together."""
    return list(islice(_numeric(documents, location), most))


def configuration(watches: Iterable[Watched]) -> str:
    """The program's configuration file."""
    return "\n".join(["close_codes = false\n", *(_TABLE.format(watch=watch) for watch in watches)])


def listing(watches: Iterable[Watched]) -> str:
    """A line for each: where, and which registry."""
    return "".join(f"{watch.location} {watch.registry}\n" for watch in watches)


def _numeric(documents: Iterable[Document], location: Callable[[Document], str]) -> Iterator[Watched]:
    for document in documents:
        for registry in document.registries:
            if registry.numeric:
                yield Watched(location(document), registry.id)
