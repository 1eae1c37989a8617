"""Pages against a registry, without a database: what `ianawatch check` finds on each."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sync.answers import IgnoredRow
from sync.decide.flags import Documented
from sync.decide.registrations import first_sight
from sync.intervals import Interval, spelled
from sync.records import DocumentedTable, RegistrySnapshot
from sync.show.differences import Difference, DifferenceKind, differences

_NO_TIME = datetime.fromtimestamp(0, UTC)
"""A check knows no times: none of its answers has one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A code on which a page and the registry differ."""

    code: str
    """A value, or a range that is registered as one."""
    name: str
    """The registry's name; of what is not registered the page's."""
    line: int | None
    """Where on the page: its own row, the row for the block that covers it, or the table's first row."""
    block: str | None = None
    """The row for a range that covers it, and documents none of its values."""
    used_as: str | None = None
    """For a code in use, the project's name for it."""


@dataclass(frozen=True, slots=True)
class CheckedPage:
    """What a check found on one page."""

    file: str
    missing: tuple[Finding, ...] = ()
    """Registered, and not documented."""
    unregistered: tuple[Finding, ...] = ()
    """Documented as a code of its own, and not registered."""
    conflicts: tuple[Finding, ...] = ()
    """In use, and registered by another name."""
    ignored: tuple[Finding, ...] = ()
    """On which page and registry differ, in any of these ways, and that is fine."""


def check_page(
    file: str,
    table: DocumentedTable,
    registry: RegistrySnapshot,
    watched: Interval,
    ignored: Collection[Interval],
) -> CheckedPage:
    """Compare a page's table with the registry, in the watched range."""
    registrations = first_sight(registry.records, _NO_TIME)
    found = differences(registrations, registry.records, {file: table}, watched, _ignored(ignored))
    counted = [d for d in found if d.ignored is None]
    return CheckedPage(
        file,
        missing=_findings((d for d in counted if d.difference is DifferenceKind.MISSING), table),
        unregistered=_findings((d for d in counted if d.difference is DifferenceKind.UNREGISTERED), table),
        ignored=_findings((d for d in found if d.ignored is not None), table),
    )


def check_list(
    file: str,
    table: DocumentedTable,
    registry: RegistrySnapshot,
    watched: Interval,
    ignored: Collection[Interval],
) -> CheckedPage:
    """Compare a list of codes in use with the registry: any code may be in it, and nothing is missing."""
    registrations = first_sight(registry.records, _NO_TIME)
    conflicts: list[Finding] = []
    fine: list[Finding] = []
    for d in differences(registrations, registry.records, {}, watched, _ignored(ignored), {file: table}):
        registered = d.description if d.first == d.last else f"{d.description} ({spelled(d.first, d.last)})"
        found = [Finding(str(use.code), registered, use.line, used_as=use.name) for use in d.in_use]
        (conflicts if d.is_conflict else fine).extend(found)
    return CheckedPage(file, conflicts=tuple(conflicts), ignored=tuple(fine))


def _ignored(values: Collection[Interval]) -> list[IgnoredRow]:
    return [IgnoredRow(first, last, "", _NO_TIME) for first, last in values]


def _findings(found: Iterable[Difference], table: DocumentedTable) -> tuple[Finding, ...]:
    return tuple(_finding(difference, table) for difference in found)


def _finding(difference: Difference, table: DocumentedTable) -> Finding:
    code = spelled(difference.first, difference.last)
    own = [v for v in table.values if v.is_single and v.first == difference.first]
    if own:
        return Finding(code, difference.description, own[0].line)
    block = Documented(table.values).block_of(difference.first)
    if block is not None:
        return Finding(code, difference.description, block.line, spelled(block.first, block.last))
    return Finding(code, difference.description, table.values[0].line if table.values else None)
