"""Is all well? The facts that `status` tells, and what of them is trouble. Pure; the time is the caller's.

An open flag is no trouble: it is what the program is for. How the facts are worded is `status_sheet`'s
business.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sync.answers import ChangeRow, SourceRow
from sync.dates import ago, lasting
from sync.show.render import counted
from sync.verdict import Verdict

OVERDUE = timedelta(hours=24)
"""How long a delivery may wait before that is trouble."""


@dataclass(frozen=True, slots=True)
class Held:
    """Something that waits for a person's decision."""

    sha256: str
    """The version to look at."""
    kind: str
    """`document`, or why a registry's state waits: registry, record, missing."""
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Deliveries:
    """What of the outbox did not reach its channel."""

    waiting: int = 0
    dead: int = 0
    """Given up."""
    oldest_at: datetime | None = None
    """When the oldest message that waits was decided."""
    problem: str | None = None
    """Why the last try of one that waits, or was given up, failed."""


@dataclass(frozen=True, slots=True)
class Status:
    """What is known of how the syncs go, and of what they brought."""

    database: str
    size: int | None
    """Bytes of the file; None where the database is no file."""
    watch: str
    run_at: datetime | None = None
    """When the last run was, however it ended."""
    outcome: str | None = None
    """How it ended."""
    detail: str = ""
    """Why it failed."""
    checked_at: datetime | None = None
    """When the last run was that could check the registry."""
    verdict: Verdict | None = None
    """What the last observation was."""
    failures: int = 0
    """Runs that failed since the last that did not."""
    document_updated: str | None = None
    """The date of the version that counts, as served."""
    from_bundle: bool = False
    """That version shipped with the program."""
    older_since: datetime | None = None
    """Since when nothing but older copies were served."""
    last_change: ChangeRow | None = None
    records: int = 0
    registrations: int = 0
    """Live ones."""
    flagged: int = 0
    """Open flags, the ignored among them."""
    ignored: int = 0
    """Of these, what a person decided not to document."""
    to_document: tuple[str, ...] = ()
    """The values of the others."""
    deliveries: Deliveries = Deliveries()
    held: tuple[Held, ...] = ()
    """What no person has decided on yet."""
    sources: tuple[SourceRow, ...] = ()
    """The documented ones."""
    in_use: tuple[SourceRow, ...] = ()
    """The lists of codes in use."""


class TroubleKind(StrEnum):
    """What makes `status` exit with 1."""

    TOO_OLD = "too-old"
    FAILING = "failing"
    QUARANTINED = "quarantined"
    UNDELIVERABLE = "undeliverable"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is not well."""

    kind: TroubleKind
    text: str
    """One line: what it is."""
    remedy: str
    """What to do about it."""


def troubles(status: Status, now: datetime, *, max_age: timedelta | None, failures: int) -> list[Trouble]:
    """What is not well, the most pressing first.

    `max_age` is how old the last successful check may be, None being as old as it likes; `failures` is from
    how many failed runs in a row on the sync counts as failing.
    """
    return [
        *_held(status),
        *_failing(status, failures),
        *_too_old(status, now, max_age),
        *_undeliverable(status, now),
    ]


def _held(status: Status) -> Iterator[Trouble]:
    for held in status.held:
        short = held.sha256[:12]
        yield Trouble(
            TroubleKind.QUARANTINED,
            f"held back since {held.since:%Y-%m-%d}: {held.reason}",
            f"`ianawatch quarantine show {short}` shows what is held back",
        )


def _failing(status: Status, failures: int) -> Iterator[Trouble]:
    if status.failures >= failures:
        yield Trouble(
            TroubleKind.FAILING,
            f"{status.failures} runs in a row have failed: {status.detail}",
            "see whether the source can be reached; `ianawatch sync` tries again",
        )


def _too_old(status: Status, now: datetime, max_age: timedelta | None) -> Iterator[Trouble]:
    if max_age is None:
        return
    remedy = "see whether cron or the timer runs; `ianawatch sync` checks now"
    if status.checked_at is None:
        yield Trouble(TroubleKind.TOO_OLD, "the registry was never checked with success", remedy)
    # A check dated later than now, by a clock that ran ahead, must not hide that none came since.
    elif abs(now - status.checked_at) > max_age:
        text = f"the last successful check was {ago(status.checked_at, now)}; {lasting(max_age)} is the most"
        yield Trouble(TroubleKind.TOO_OLD, text, remedy)


def _undeliverable(status: Status, now: datetime) -> Iterator[Trouble]:
    found = status.deliveries
    why = f": {found.problem}" if found.problem else ""
    if found.dead:
        yield Trouble(
            TroubleKind.UNDELIVERABLE,
            f"{counted(found.dead, 'delivery', 'deliveries')} given up{why}",
            "`ianawatch alerts retry` sends again what was given up",
        )
    if found.oldest_at is not None and now - found.oldest_at > OVERDUE:
        waiting = counted(found.waiting, "delivery waits", "deliveries wait")
        yield Trouble(
            TroubleKind.UNDELIVERABLE,
            f"{waiting}, the oldest decided {ago(found.oldest_at, now)}{why}",
            "`ianawatch alerts --waiting` lists what waits; syncs try again",
        )
