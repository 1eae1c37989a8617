"""The watches in force: the one that ships, and those that the settings name, each with its sources."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from sync.codes import read_range
from sync.errors import UsageProblem, WrongConfiguration
from sync.fetch.location import shown
from sync.intervals import MAX_VALUE
from sync.watches import CLOSE_CODES, DocumentedSource, Watch

if TYPE_CHECKING:
    from sync.settings.model import Settings, WatchSettings

WIDEST = (0, MAX_VALUE)
"""The bounds of a registry of which nothing else was said."""


def names(settings: Settings) -> list[str]:
    """The watches' names, the shipped one first."""
    shipped = [CLOSE_CODES.name] if settings.close_codes else []
    return [*shipped, *(watch.name for watch in settings.watches)]


def table_of(settings: Settings, name: str) -> WatchSettings | None:
    """The watch's table; None for the one that ships, of which the settings speak outside of tables."""
    return next((table for table in settings.watches if table.name == name), None)


def watch_named(settings: Settings, name: str) -> Watch:
    """A watch in force, without the sources that the settings name for it.

    Raises UsageProblem when there is no such watch.
    """
    if name == CLOSE_CODES.name and settings.close_codes:
        return CLOSE_CODES
    if table := table_of(settings, name):
        return _watch(table)
    there = ", ".join(names(settings)) or "none"
    raise UsageProblem(f"there is no watch {name}; there is {there}")


def with_sources(settings: Settings, watch: Watch, documented: tuple[str, ...] = ()) -> Watch:
    """The watch with the sources that the settings name for it, `documented` instead where some were typed.

    Raises UsageProblem for a typed name of a page that there is not, WrongConfiguration where the settings
    have it.
    """
    return _with_sources(settings, watch, table_of(settings, watch.name), documented)


def watches(settings: Settings) -> Iterator[Watch]:
    """Every watch in force with its sources, the shipped one first; as the two functions above have each."""
    if settings.close_codes:
        yield _with_sources(settings, CLOSE_CODES, None)
    for table in settings.watches:
        yield _with_sources(settings, _watch(table), table)


def _with_sources(
    settings: Settings, watch: Watch, table: WatchSettings | None, documented: tuple[str, ...] = ()
) -> Watch:
    """The watch with the sources of its table, or of no table for the one that ships."""
    configured, in_use = (table or settings).documented, (table or settings).in_use
    watch = replace(watch, in_use=tuple(_shareable(map(watch.list_in_use, dict.fromkeys(in_use)))))
    if watch.name == CLOSE_CODES.name and settings.source:
        watch = replace(watch, mirror=settings.source)
    named = documented or configured
    if not named:
        return watch
    try:
        sources = [watch.source(name) for name in dict.fromkeys(named)]
    except UsageProblem as e:
        origin = settings.origins.get(f"watch.{watch.name}.documented" if table else "documented")
        if documented or not origin:
            raise
        raise WrongConfiguration(f"{origin}: {e}") from e
    return replace(watch, documented=tuple(_shareable(sources)))


def _watch(table: WatchSettings) -> Watch:
    bounds = read_range("bounds", table.bounds, WIDEST) if table.bounds else WIDEST
    return Watch(
        name=table.name,
        document=os.path.expanduser(table.document),  # noqa: PTH111  # it may be a URL
        registry_id=table.registry,
        bounds=bounds,
        watched=read_range("range", table.range, bounds) if table.range else None,
    )


def _shareable(sources: Iterable[DocumentedSource]) -> Iterator[DocumentedSource]:
    """The sources under names that alerts may carry: no secret of a URL in them, and no two the same."""
    taken: set[str] = set()
    for source in sources:
        masked = name = shown(source.name)
        number = 1
        while name in taken:
            number += 1
            name = f"{masked} ({number})"
        taken.add(name)
        yield replace(source, name=name)
