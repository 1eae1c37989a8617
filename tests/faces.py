"""What is known of a watch, written by hand: for tests of the public faces that need no database.

known([code(1000, "Normal Closure"), code((1001, 1999), "Unassigned")], flags=[flag(1000)])
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sync.answers import ChangeRow, CodeRow, FlagRow, Life, SourceRow
from sync.export.events import events
from sync.export.gather import Known
from sync.records import Assignment, Reference
from sync.watches import Watch

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)
"""When all was first seen, and checked."""
DAY = timedelta(days=1)
WATCH = Watch("codes", "https://www.iana.org/assignments/codes/codes.xml", "list", (0, 65535), (3000, 3999))
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)> \"'`{{ 7 * 7 }}&amp;"
    "\x00\x1b[31m\x9b\u202e\u2028\ufffe"
)
"""Text that would like to be something else."""

_ASSIGNMENTS = {
    "Unassigned": Assignment.UNASSIGNED,
    "Reserved": Assignment.RESERVED,
    "Private": Assignment.PRIVATE_USE,
}


def code(values: int | tuple[int, int], name: str, *, date: str | None = None, **more: Any) -> CodeRow:  # noqa: ANN401  # fields of the row
    """A row of the registry; the first word of its name says its assignment, as IANA's do."""
    first, last = (values, values) if isinstance(values, int) else values
    assignment = _ASSIGNMENTS.get(name.split(maxsplit=1)[0], Assignment.ASSIGNED)
    documented = True if assignment is Assignment.ASSIGNED else None
    row = CodeRow(first, last, name, assignment, date, None, "", documented, flagged=False, first_seen_at=AT)
    return replace(row, **more)


def flag(
    value: int,
    name: str = "Unauthorized",
    *,
    missing_from: tuple[str, ...] = ("mdn",),
    ignored: str | None = None,
) -> FlagRow:
    """A flagged code."""
    return FlagRow(value, value, name, "2021-09-06", missing_from, AT, ignored)


def change(
    value: int, kind: str, at: datetime, *, field: str | None = None, before: str | None, after: str | None
) -> ChangeRow:
    """A line of history."""
    return ChangeRow(value, value, at, kind, field, before, after, at.date().isoformat())


def life(
    value: int,
    name: str = "Unauthorized",
    date: str | None = "2021-09-06",
    *,
    at: datetime = AT,
    baseline: bool = False,
    then: Iterable[ChangeRow] = (),
) -> Life:
    """A registration; that it was registered is the first line of its history, unless it is a baseline."""
    registered = () if baseline else (change(value, "registered", at, before=None, after=name),)
    return Life(f"{value}-{name}", value, value, (name, date), at, baseline, (*registered, *then))


def source(name: str, location: str, **more: Any) -> SourceRow:  # noqa: ANN401  # fields of the row
    """A documented source that was read."""
    return replace(SourceRow(name, location, AT, None), **more)


def known(
    codes: Iterable[CodeRow],
    *,
    flags: Iterable[FlagRow] = (),
    lives: Iterable[Life] = (),
    references: tuple[Reference, ...] = (),
    **more: Any,  # noqa: ANN401  # fields of what is known
) -> Known:
    """What is known of WATCH, compared with one page; each code has the references."""
    rows = tuple(codes)
    facts = Known(
        watch=WATCH,
        title="Code Registry",
        document_updated="2026-01-01",
        from_bundle=False,
        checked_at=AT,
        since=AT,
        older_since=None,
        held_since=None,
        codes=rows,
        references=(references,) * len(rows),
        flags=tuple(flags),
        sources=(source("mdn", "https://example.org/mdn"),),
        events=tuple(events(lives)),
    )
    return replace(facts, **more)
