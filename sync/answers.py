"""What questions to the database are answered with: rows of the public views, and what is known of one value.

Plain data, with the field names of the views; standard library only. Times are timezone-aware UTC, bounds of
a range are inclusive.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sync.records import DocumentedValue, Reference
from sync.state import Pair, Use


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A row of the view `close_codes`: a value or a range, and what the registry says of it."""

    first: int
    last: int
    description: str
    assignment: str
    registered_on: str | None
    revised_on: str | None
    reference: str
    documented: bool | None
    """None where the question makes no sense, and for a day in the past: what pages said then is not kept."""
    flagged: bool
    first_seen_at: datetime
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FlagRow:
    """A row of the view `flagged_codes`: a registration that documented sources lack."""

    first: int
    last: int
    description: str
    registered_on: str | None
    missing_from: tuple[str, ...]
    """Names of the sources that lack it."""
    opened_at: datetime
    ignored: str | None
    """Why a person decided not to document it."""
    watch: str = ""
    """The watch's name."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A row of the view `registration_history`: one thing that happened to a registration."""

    first: int
    last: int
    at: datetime
    change: str
    """registered, amended, withdrawn or returned."""
    field: str | None
    """What was amended; None for the other changes."""
    before: str | None
    after: str | None
    document_updated: str | None
    """The date of the version it was seen in, as served."""


@dataclass(frozen=True, slots=True)
class Life:
    """A registration from the beginning, and what happened to it since."""

    key: str
    """Its identity within the watch, for ever."""
    first: int
    last: int
    origin: Pair
    """The name and date it was first seen with."""
    first_seen_at: datetime
    baseline: bool
    """It was registered at the first sight: since when is not known, and no change says so."""
    changes: tuple[ChangeRow, ...] = ()
    """The oldest first."""


@dataclass(frozen=True, slots=True)
class IgnoredRow:
    """Values that a person decided not to document."""

    first: int
    last: int
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A documented source that takes part in the comparison, or will once it is read."""

    name: str
    location: str
    read_at: datetime | None
    """When its table was read; None when it never was."""
    problem: str | None
    """Why it could not be read at the last try; its table is the last good one."""


@dataclass(frozen=True, slots=True)
class WatchCounts:
    """What is known of a watch, in figures."""

    registrations: int | None
    """Those that are not withdrawn; None for a registry that was never read."""
    flagged: int | None
    """The ignored too; None as above."""
    checked_at: datetime | None
    """When a sync last had an answer about its document."""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """One thing that waits for a person, or that a person accepted and that is still served."""

    sha256: str
    """The version that accepting it would act on: the newest it was seen in."""
    kind: str
    """`document`, or a hold's kind."""
    reason: str
    since: datetime
    accepted_at: datetime | None
    document_updated: str | None
    """The date of that version as served; None where it has none, or can't be read."""
    kept: bool
    """Whether that version's bytes are still there."""
    watch: str = ""
    """The watch's name."""


@dataclass(frozen=True, slots=True)
class OnPage:
    """What a documented source says of one value."""

    source: SourceRow
    row: DocumentedValue | None
    """The row for the value alone; None: it is not documented there."""
    block: DocumentedValue | None
    """The narrowest row for a range that covers it, which documents none of its values."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A reference of a record."""

    name: str
    """As a person writes it: `RFC 6455`."""
    reference: Reference


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A registration that was withdrawn."""

    first: int
    last: int
    description: str
    registered_on: str | None
    first_seen_at: datetime
    withdrawn_at: datetime


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A record of the registry as it is served, which covers a value or lies near it."""

    first: int
    last: int
    description: str


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """Everything that is known of one value."""

    code: int
    entry: CodeRow | None
    """What is registered of it, or the range of the registry it falls in; None: no record covers it."""
    citations: tuple[Citation, ...] = ()
    contacts: tuple[str, ...] = ()
    """Names of people: personal data."""
    extra: tuple[tuple[str, str], ...] = ()
    """Every further field of its record: (element name, text)."""
    baseline: bool = False
    """It was registered at the first sight: since when is not known."""
    missing_since: datetime | None = None
    """Since when the version last applied lacks its registration."""
    formerly: tuple[Pair, ...] = ()
    """Names and dates its registration had before the present ones."""
    pages: tuple[OnPage, ...] = ()
    """What each documented source that takes part says of it."""
    uses: tuple[Use, ...] = ()
    """Where the lists of codes in use have it."""
    flag: FlagRow | None = None
    """The open flag of its registration."""
    ignored: IgnoredRow | None = None
    withdrawn: tuple[Withdrawn, ...] = ()
    """Earlier registrations of it, the oldest first."""
    history: tuple[ChangeRow, ...] = ()
    """What happened to registrations of it, the oldest first."""
    neighbours: tuple[Neighbour, ...] = ()
    """The records around it, its own among them, by value."""


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert on its way to one channel; the fields of a delivery are None where no channel serves it."""

    alert: str
    """Its id."""
    at: datetime
    """When it was decided."""
    watch: str
    kind: str
    audience: str
    text: str
    """What it says, on one line."""
    message: str | None
    """The id of the message that it is in."""
    channel: str | None
    state: str | None
    """waiting, done, dead or dropped."""
    attempts: int | None
    """How often it was tried since it was last revived."""
    next_at: datetime | None
    """From when on it is tried again; None where it is not."""
    done_at: datetime | None
    problem: str | None
    """Why the last try failed."""
