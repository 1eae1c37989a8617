"""The registry against other tables, code by code: what one side lacks, and what both call differently. Pure.

What is missing from a table is what `flags` flags; which of it a person decided to ignore is told beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from sync.answers import IgnoredRow
from sync.decide.conflicts import decide_conflicts
from sync.decide.flags import Documented, decide_flags
from sync.intervals import Interval, IntervalMap, merged, spelled
from sync.records import Assignment, DocumentedTable, Record
from sync.state import Registration, Use


class DifferenceKind(StrEnum):
    """Which side lacks it, or that they disagree."""

    MISSING = "missing"
    """Registered in the watched range, and at least one source does not document it."""
    UNREGISTERED = "unregistered"
    """Documented as a code of its own in the watched range, and not registered."""
    CONFLICT = "conflict"
    """Registered in the watched range, and in use by another name."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A value, or a range that is registered as one, on which the two sides differ."""

    first: int
    last: int
    description: str
    """The registry's name; of what is not registered the page's."""
    registered_on: str | None
    assignment: Assignment | None
    """What the registry says of it; None where it has no record."""
    difference: DifferenceKind
    missing_from: tuple[str, ...]
    """Names of the sources that lack it, sorted."""
    documented_in: tuple[str, ...]
    """Names of the sources that have it, sorted."""
    blocks: tuple[str | None, ...]
    """For each that lacks it, the narrowest row for a range there that covers it, such as `1016-2999`."""
    ignored: str | None
    """Why a person decided that it is fine."""
    in_use: tuple[Use, ...] = ()
    """For a conflict: its codes that are in use by other names, and where."""

    @property
    def is_missing(self) -> bool:
        """Whether it ought to be documented and is not; what is ignored counts as fine (rule 13)."""
        return self.difference is DifferenceKind.MISSING and self.ignored is None

    @property
    def is_conflict(self) -> bool:
        """Whether somebody else's code is in use; what is ignored counts as fine, as above."""
        return self.difference is DifferenceKind.CONFLICT and self.ignored is None


def differences(
    registrations: Iterable[Registration],
    records: Iterable[Record],
    tables: Mapping[str, DocumentedTable],
    watched: Interval,
    ignored: Sequence[IgnoredRow],
    in_use: Mapping[str, DocumentedTable] = MappingProxyType({}),
) -> list[Difference]:
    """The differences in the watched range, by value.

    `tables` are those of the documented sources, `in_use` those that list codes in use, by the source's name.
    """
    live = [registration for registration in registrations if registration.live]
    found = [
        *_missing(live, tables, watched, ignored),
        *_unregistered(live, records, tables, watched, ignored),
        *_conflicts(live, in_use, watched, ignored),
    ]
    return sorted(found, key=lambda difference: (difference.first, difference.last))


def _missing(
    live: Sequence[Registration],
    tables: Mapping[str, DocumentedTable],
    watched: Interval,
    ignored: Sequence[IgnoredRow],
) -> Iterable[Difference]:
    pages = {name: Documented(table.values) for name, table in sorted(tables.items())}
    flags = decide_flags(live, tables, watched)
    for registration in live:
        if registration.key not in flags:
            continue
        first, last = registration.first, registration.last
        lacking = flags[registration.key].lacking
        blocks = [pages[name].block_of(first) for name in lacking]
        yield Difference(
            first=first,
            last=last,
            description=registration.content.description,
            registered_on=registration.content.registered_on,
            assignment=Assignment.ASSIGNED,
            difference=DifferenceKind.MISSING,
            missing_from=lacking,
            documented_in=tuple(name for name in pages if name not in lacking),
            blocks=tuple(spelled(block.first, block.last) if block else None for block in blocks),
            ignored=_why_ignored(first, last, ignored),
        )


def _conflicts(
    live: Sequence[Registration],
    in_use: Mapping[str, DocumentedTable],
    watched: Interval,
    ignored: Sequence[IgnoredRow],
) -> Iterable[Difference]:
    for conflict in decide_conflicts(live, in_use, watched):
        registration = conflict.registration
        first, last = registration.first, registration.last
        yield Difference(
            first=first,
            last=last,
            description=registration.content.description,
            registered_on=registration.content.registered_on,
            assignment=Assignment.ASSIGNED,
            difference=DifferenceKind.CONFLICT,
            missing_from=(),
            documented_in=(),
            blocks=(),
            ignored=_why_ignored(first, last, ignored),
            in_use=conflict.uses,
        )


def _why_ignored(first: int, last: int, ignored: Sequence[IgnoredRow]) -> str | None:
    return next((row.reason for row in ignored if row.first <= first and last <= row.last), None)


def _unregistered(
    live: Sequence[Registration],
    records: Iterable[Record],
    tables: Mapping[str, DocumentedTable],
    watched: Interval,
    ignored: Sequence[IgnoredRow],
) -> Iterable[Difference]:
    registered = IntervalMap((*span, True) for span in merged((r.first, r.last) for r in live))
    assignments = IntervalMap((r.first, r.last, r.content.assignment) for r in records)
    rows: dict[int, dict[str, str]] = {}
    for name, table in sorted(tables.items()):
        for value in table.values:
            if value.is_single and watched[0] <= value.first <= watched[1]:
                rows.setdefault(value.first, {}).setdefault(name, value.name)
    for code, names in rows.items():
        if next(registered.overlapping(code, code), False):
            continue
        yield Difference(
            first=code,
            last=code,
            description=next(filter(None, names.values()), ""),
            registered_on=None,
            assignment=next(assignments.overlapping(code, code), None),
            difference=DifferenceKind.UNREGISTERED,
            missing_from=(),
            documented_in=tuple(names),
            blocks=(),
            ignored=_why_ignored(code, code, ignored),
        )
