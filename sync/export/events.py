"""Registrations -> what happened to them, each thing once and in order. Pure.

An amendment of several fields is one event. What was registered at the first sight is an event too, dated by
IANA: whoever begins to follow a registry wants its past.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from sync.answers import ChangeRow, Life
from sync.show.people import impersonal_change
from sync.state import ChangeKind

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?")
"""A date of IANA's; some are a month."""
_TURN = (ChangeKind.WITHDRAWN, ChangeKind.RETURNED, ChangeKind.REGISTERED, ChangeKind.AMENDED)
"""Which is told first of what one version brought: of a hand-over the end."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a registration."""

    key: str
    """The registration's identity."""
    kind: ChangeKind
    first: int
    last: int
    at: datetime
    """When it was seen. Of what was there at the first sight: since when IANA says, if it does."""
    name: str
    """What it was called then; before a new name."""
    registered_on: str | None
    """IANA's date for it, then."""
    baseline: bool = False
    """It was there at the first sight."""
    dated: bool = True
    """Whether `at` says when it happened, not just when it was seen at first sight."""
    changes: tuple[ChangeRow, ...] = ()
    """What was amended, without people."""
    document_updated: str | None = None
    """The date of the version it was seen in, as served."""
    occurrence: int = 0
    """How often the very same had happened to it before."""


def events(lives: Iterable[Life]) -> list[Event]:
    """What happened, the oldest first; of the same moment by value."""
    found = [event for life in lives for event in _of(life)]
    return sorted(found, key=lambda event: (event.at, event.first, _TURN.index(event.kind), event.key))


def moment(text: str | None) -> datetime | None:
    """The beginning of a day or a month of IANA's, in UTC; None where the text is neither."""
    match = _DATE.fullmatch(text.strip()) if text else None
    if match is None:
        return None
    try:
        return datetime(int(match[1]), int(match[2]), int(match[3] or 1), tzinfo=UTC)
    except ValueError:
        return None


def _of(life: Life) -> Iterator[Event]:
    name, date = life.origin
    if life.baseline:
        registered = moment(date)
        # A date to come is no date of what was there.
        dated = registered is not None and registered <= life.first_seen_at
        yield Event(
            life.key,
            ChangeKind.REGISTERED,
            life.first,
            life.last,
            registered if registered is not None and dated else life.first_seen_at,
            name,
            date,
            baseline=True,
            dated=dated,
        )
    seen: Counter[tuple[object, ...]] = Counter()
    for (at, kind), group in groupby(life.changes, key=lambda change: (change.at, change.change)):
        rows = tuple(map(impersonal_change, group))
        amended = rows if kind == ChangeKind.AMENDED else ()
        same = (kind, *((row.field, row.before, row.after) for row in amended))
        yield Event(
            life.key,
            ChangeKind(kind),
            rows[0].first,
            rows[0].last,
            at,
            name,
            date,
            changes=amended,
            document_updated=rows[0].document_updated,
            occurrence=seen[same],
        )
        seen[same] += 1
        after = {row.field: row.after for row in amended}
        name = after.get("description") or name
        date = after.get("registered_on", date)
