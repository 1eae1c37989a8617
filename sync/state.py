"""What is known between two observations: the state that is decided on, and what a decision says.

The registry's state follows from its observations alone (docs/rules.md): folding `decide.advance` over
them in order of time gives it, whether they came one by one or are all replayed. Standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from sync.records import Content, Record, RegistrySnapshot
from sync.verdict import Verdict

Pair = tuple[str, str | None]
"""The name and the registration date a registration goes, or went, by."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a document as the watches see it."""

    sha256: str
    updated: str | None
    """The document's `<updated>` as served."""
    registries: Mapping[str, RegistrySnapshot | str]
    """By watch name: its registry, or why that can't be used."""
    bundled: bool = False
    """Whether it shipped with the package instead of being served."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """304: the version last applied is still the one served."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Unusable:
    """A document that claims to be a registry and can't be read as one."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """A readable version, new or not."""

    at: datetime
    version: Version
    accept_older: bool = False
    """A person said that an older copy is right (`sync --accept-older`)."""
    accepted: frozenset[str] = frozenset()
    """Names of watches for which a person accepted what was held back (`quarantine accept`)."""


Observation = Unchanged | Unusable | Sighting
"""What one request saw."""


@dataclass(frozen=True, slots=True)
class DocumentState:
    """What is known of a document."""

    snapshot: str | None = None
    """SHA-256 of the version last applied."""
    mark: date | None = None
    """The date of the version last applied: what is older than it is not newer (rule 1)."""
    older_since: datetime | None = None
    """Since when nothing but older copies came."""
    replaced: frozenset[str] = frozenset()
    """SHA-256 of the versions that were applied once and then replaced."""
    quarantined_since: datetime | None = None
    """Since when nothing usable came: one episode, told once."""


@dataclass(frozen=True, slots=True)
class Registration:
    """A value's being assigned, from when it was registered until it is withdrawn (rule 2)."""

    key: str
    """Its identity within the watch, for ever; made from what it was first seen as."""
    first: int
    last: int
    content: Content
    """What the registry says of it, or last said."""
    origin: Pair
    """The name and date it was first seen with."""
    first_seen_at: datetime
    baseline: bool
    """Seen at the watch's first sight: not news."""
    formerly: tuple[Pair, ...] = ()
    """Names and dates it had before the present ones."""
    missing_since: datetime | None = None
    removal_accepted: bool = False
    """A person said that its being missing is right."""
    withdrawn_at: datetime | None = None
    endings: int = 0
    """How often it was withdrawn: what tells one withdrawal from the next."""

    @property
    def live(self) -> bool:
        """Whether it is registered, missing or not."""
        return self.withdrawn_at is None

    @property
    def pair(self) -> Pair:
        """Its present name and date."""
        return self.content.description, self.content.registered_on


@dataclass(frozen=True, slots=True)
class Use:
    """A code that an in-use source lists."""

    source: str
    """The source's name."""
    code: int
    name: str
    """What the project calls it; empty where the list does not say."""
    line: int | None
    """Of the list."""

    @property
    def said(self) -> str:
        """How and where, in words: `as "Session expired" in codes.csv, line 12`."""
        named = f'as "{self.name}" ' if self.name else ""
        return f"{named}in {self.source}" + (f", line {self.line}" if self.line else "")

    def __str__(self) -> str:
        """The same with the code."""
        return f"{self.code} {self.said}"


class HoldKind(StrEnum):
    """Why a registry's state waits for a person or for a better version (rule 4)."""

    REGISTRY = "registry"
    """It was missing or empty: nothing of that version was applied."""
    RECORD = "record"
    """Records were set aside: no withdrawal until they are mended or said to hide nothing."""
    MISSING = "missing"
    """Many registrations were missing at once: no withdrawal until a person says so."""


@dataclass(frozen=True, slots=True)
class Hold:
    """One thing held back, from when it was first seen until a version without it."""

    kind: HoldKind
    fingerprint: str
    """What it is about; another fingerprint is another hold, told anew."""
    reason: str
    snapshot: str
    """SHA-256 of the version it was first seen in."""
    opened_at: datetime
    accepted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WatchState:
    """What is known of a watch's registry."""

    snapshot: str | None = None
    """SHA-256 of the version last applied to this watch; None before the first sight."""
    bundled: bool = False
    """Whether that version shipped with the package."""
    registrations: tuple[Registration, ...] = ()
    """Live and withdrawn. The values of live ones are disjoint."""
    records: tuple[Record, ...] = ()
    """The records in force, by value; those of set-aside values are as they last were."""
    holds: tuple[Hold, ...] = ()

    @property
    def seen(self) -> bool:
        """Whether there was a first sight."""
        return self.snapshot is not None


class ChangeKind(StrEnum):
    """What happened to a registration."""

    REGISTERED = "registered"
    AMENDED = "amended"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a registration's history."""

    kind: ChangeKind
    key: str
    """The registration's."""
    first: int
    last: int
    at: datetime
    snapshot: str
    """SHA-256 of the version it was seen in."""
    field: str | None = None
    """Which field was amended; None for the other kinds."""
    before: str | None = None
    after: str | None = None
    """For a registration and a return the name; for a withdrawal `before` is."""
    ending: int = 0
    """Which of the registration's withdrawals this is, or takes back; 0 before the first."""


class NoticeKind(StrEnum):
    """What operators must know (rules 1, 4 and 8)."""

    DOCUMENT_QUARANTINED = "document-quarantined"
    REGISTRY_QUARANTINED = "registry-quarantined"
    RECORDS_SET_ASIDE = "records-set-aside"
    MANY_MISSING = "many-missing"
    UNKNOWN_IN_OLDER_COPY = "unknown-in-older-copy"
    OLDER_COPY_APPLIED = "older-copy-applied"
    FAILING = "failing"
    RECOVERED = "recovered"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing for operators."""

    kind: NoticeKind
    subject: str
    """What tells it from others of its kind; empty where episodes are only counted."""
    text: str
    """One line for a person."""


@dataclass(frozen=True, slots=True)
class WatchDecision:
    """A watch's state after an observation, and what changed on the way."""

    state: WatchState
    changes: tuple[Change, ...] = ()
    notices: tuple[Notice, ...] = ()
    first_sight: bool = False
    """The baseline: what is registered is not news."""
    fills_bundle: bool = False
    """The first served version after the bundled one: what that lacked is filled in without history."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What one observation means for the document and each of its watches."""

    verdict: Verdict
    document: DocumentState
    watches: Mapping[str, WatchDecision]
    notices: tuple[Notice, ...] = ()
    """Those about the document as a whole."""
    in_full: bool = True
    """Whether all of the version counts; only then its validators may be kept (rule 6)."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A registration in the watched range that a documented source lacks, while it does."""

    key: str
    """The registration's."""
    lacking: tuple[str, ...] = field(default=())
    """Names of the sources that lack it, sorted."""
