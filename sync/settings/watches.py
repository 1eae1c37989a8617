"""The tables `[[watch]]`: each names a further registry to watch.

That the registry exists, and holds numbers, is known when its document is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sync.codes import read_range
from sync.errors import UsageProblem, WrongConfiguration
from sync.fetch.location import is_http_url, is_url, shown
from sync.intervals import MAX_VALUE
from sync.settings.model import WATCH, WatchSettings
from sync.settings.values import checked, meant
from sync.watches import SHIPPED

NEEDED = ("name", "document", "registry")


@dataclass(frozen=True, slots=True)
class Tables:
    """What the tables say, and what is wrong with those that can't be used."""

    watches: tuple[WatchSettings, ...]
    origins: Mapping[str, str]
    """Where each key came from, `watch.NAME.key`."""
    problems: tuple[WrongConfiguration, ...]


def parsed_tables(text: str, variable: str) -> Any:  # noqa: ANN401  # whatever TOML had there
    """The tables that an environment variable holds, as TOML has them inline. Raises WrongConfiguration."""
    import tomllib  # noqa: PLC0415  # only where there is such a variable

    try:
        return tomllib.loads(f"watch = {text}")["watch"]
    except tomllib.TOMLDecodeError as e:
        raise WrongConfiguration(
            f'{variable}: it is no TOML list of tables, such as [{{name = "...", document = "...", '
            f'registry = "..."}}]: {e}'
        ) from e


def watch_tables(found: Any, origin: str) -> Tables:  # noqa: ANN401  # as above
    """Read every table of `found`, which came from `origin`: a file's path or a variable's name."""
    if not isinstance(found, list) or not all(isinstance(table, dict) for table in found):
        return Tables((), {}, (WrongConfiguration(f"{origin}: watches are tables, each under [[watch]]"),))
    watches: dict[str, WatchSettings] = {}
    origins: dict[str, str] = {}
    problems: list[WrongConfiguration] = []
    for number, table in enumerate(found, 1):
        try:
            watch = _watch(table, _called(table, number), origin)
            if watch.name in watches:
                raise WrongConfiguration(f"{origin}: there are two watches {watch.name}; rename one")  # noqa: TRY301  # as any other fault of the table
        except WrongConfiguration as e:
            problems.append(e)
        else:
            watches[watch.name] = watch
            origins |= {f"watch.{watch.name}.{key}": origin for key in table}
    return Tables(tuple(watches.values()), origins, tuple(problems))


def _watch(table: Mapping[str, Any], called: str, origin: str) -> WatchSettings:
    given = {
        key: checked(f"watch.{called}.{key}", rule, table[key], origin)
        for key, rule in _known(table, called, origin)
    }
    absent = [key for key in NEEDED if not given.get(key)]
    if absent:
        raise WrongConfiguration(f"{origin}: the watch {called} needs {' and '.join(absent)}")
    watch = WatchSettings(**given)
    for fault in faults(watch):
        raise WrongConfiguration(f"{origin}: the watch {called}: {fault}")
    return watch


def _known(table: Mapping[str, Any], called: str, origin: str) -> Iterator[tuple[str, Any]]:
    for key in table:
        if key not in WATCH:
            raise WrongConfiguration(f"{origin}: a watch has no {key} (watch.{called}); {meant(key, WATCH)}")
        yield key, WATCH[key]


def faults(watch: WatchSettings) -> Iterator[str]:
    """What is wrong with a watch, seen by itself."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", watch.name):
        yield f"a watch's name is made of a-z, 0-9, ., - and _: {watch.name!r}"
    if watch.name in SHIPPED:
        yield (
            f"{watch.name} ships with ianawatch and has no table; what it is compared with stands outside of "
            "tables: documented, in_use"
        )
    if is_url(watch.document) and not is_http_url(watch.document):
        yield f"its document is no http or https URL: {shown(watch.document)}"
    if is_url(watch.document) and "#" in watch.document:
        yield "its document is a URL without a # in it; `registry` names the registry"
    if not (is_url(watch.document) or Path(watch.document).expanduser().is_absolute()):
        yield f"its document is a URL or the whole path of a file, not {watch.document}"
    widest = (0, MAX_VALUE)
    try:
        bounds = read_range("bounds", watch.bounds, widest) if watch.bounds else widest
        if watch.range:
            read_range("range", watch.range, bounds)
    except UsageProblem as e:
        yield str(e)


def _called(table: Mapping[str, Any], number: int) -> str:
    """What to call a table that may have no name."""
    name = table.get("name")
    return name if isinstance(name, str) and name else f"number {number}"
