"""Which registrations do the documented tables lack? Pure.

A flag is a state: it opens, closes and may reopen (docs/rules.md, Vocabulary). A table's row for a range
describes a block and documents none of the codes in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sync.intervals import Interval, IntervalMap, merged
from sync.records import DocumentedTable, DocumentedValue
from sync.state import Flag, Registration


def decide_flags(
    registrations: Iterable[Registration],
    tables: Mapping[str, DocumentedTable],
    watched: Interval | None,
) -> dict[str, Flag]:
    """The open flags by registration key.

    `tables` are those of the documented sources that have been read, by the source's name; a source never
    yet read takes no part (rule 11). Without `watched` bounds every registration is watched.
    """
    documented = {name: Documented(table.values) for name, table in sorted(tables.items())}
    flags = {}
    for registration in registrations:
        if not (registration.live and is_watched(registration.first, registration.last, watched)):
            continue
        first, last = registration.first, registration.last
        if watched:
            first, last = max(first, watched[0]), min(last, watched[1])
        lacking = tuple(name for name, rows in documented.items() if not rows.has(first, last))
        if lacking:
            flags[registration.key] = Flag(registration.key, lacking)
    return flags


def is_watched(first: int, last: int, watched: Interval | None) -> bool:
    """Whether some of the values lie in the watched range."""
    return watched is None or (first <= watched[1] and watched[0] <= last)


class Documented:
    """A documented table, asked value by value."""

    def __init__(self, values: Sequence[DocumentedValue]) -> None:
        singles = merged((value.first, value.last) for value in values if value.is_single)
        self._singles = IntervalMap((first, last, True) for first, last in singles)
        self._blocks = [value for value in values if not value.is_single]

    def has(self, first: int, last: int) -> bool:
        """Whether each of the values has a row of its own."""
        return all(there for _, _, there in self._singles.pieces(first, last))

    def block_of(self, value: int) -> DocumentedValue | None:
        """The narrowest row for a range that covers the value, if one does."""
        covering = [row for row in self._blocks if row.first <= value <= row.last]
        return min(covering, key=lambda row: row.last - row.first, default=None)
