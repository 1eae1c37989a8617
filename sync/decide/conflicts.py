"""Which codes that a project uses has IANA given to somebody else? Pure.

A project lists its codes with names of its own. A code that is registered by the same name is the project's
own registration, or one it follows; by another name it is somebody else's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sync.intervals import Interval, IntervalMap
from sync.records import DocumentedTable
from sync.state import Registration, Use

_NO_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Conflict:
    """A registration of codes that an in-use source lists by other names."""

    registration: Registration
    source: str
    """The source's name."""
    uses: tuple[Use, ...]
    """By value; more than one where a range is registered."""


def decide_conflicts(
    registrations: Iterable[Registration],
    tables: Mapping[str, DocumentedTable],
    watched: Interval | None,
) -> tuple[Conflict, ...]:
    """The conflicts by value, then by source.

    `tables` are those of the in-use sources that have been read, by the source's name. A row for a range
    lists no code. Without `watched` bounds every registration is watched.
    """
    if not tables:
        return ()
    live = IntervalMap((r.first, r.last, r) for r in registrations if r.live)
    found: dict[tuple[str, str], Conflict] = {}
    for source, table in tables.items():
        for row in sorted(table.values, key=lambda value: value.first):
            if not row.is_single or not (watched is None or watched[0] <= row.first <= watched[1]):
                continue
            registration = next(live.overlapping(row.first, row.first), None)
            if registration is None or same_name(registration.content.description, row.name):
                continue
            known = found.get((registration.key, source), Conflict(registration, source, ()))
            use = Use(source, row.first, row.name, row.line)
            found[registration.key, source] = Conflict(registration, source, (*known.uses, use))
    return tuple(sorted(found.values(), key=lambda conflict: (conflict.registration.first, conflict.source)))


def same_name(registered: str, used: str) -> bool:
    """Whether two names are the same but for case, white space and punctuation; no name is like no other."""
    return bool(_folded(used)) and _folded(registered) == _folded(used)


def _folded(name: str) -> str:
    return _NO_LETTER.sub("", unicodedata.normalize("NFKC", name).casefold())
