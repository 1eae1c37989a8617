"""What passes between the stages: frozen dataclasses, standard library only.

The words are IANA's and RFC 6455's. A stage hands the next one these and nothing else; how a value
is fetched, parsed or stored is the business of the stage's own module.

Times are timezone-aware UTC. Dates of IANA's are text as served (`YYYY-MM-DD`, sometimes `YYYY-MM`).
Bounds of a range are inclusive.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from sync.intervals import MAX_VALUE


class Assignment(StrEnum):
    """What a record's folded description says of its values."""

    ASSIGNED = "assigned"
    RESERVED = "reserved"
    PRIVATE_USE = "private-use"
    UNASSIGNED = "unassigned"


@dataclass(frozen=True, slots=True)
class Reference:
    """An `<xref>`: what kind of thing it names, and which."""

    kind: str
    """rfc, rfc-errata, uri, text, draft, person, registry ... as served."""
    data: str
    text: str = ""
    """The element's own text, folded; empty when it has none."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a record says of its values."""

    description: str
    """White space folded."""
    assignment: Assignment
    registered_on: str | None = None
    """The `date` attribute as served."""
    revised_on: str | None = None
    """The `updated` attribute as served."""
    references: tuple[Reference, ...] = ()
    contacts: tuple[str, ...] = ()
    """Names of people, from the document's own list."""
    extra: tuple[tuple[str, str], ...] = ()
    """Every further field, in order: (element name, folded text)."""


@dataclass(frozen=True, slots=True)
class Record:
    """One `<record>`: the values `first` to `last`, and what it says of them."""

    first: int
    last: int
    content: Content


class Fault(StrEnum):
    """What a record of a registry of numbers has only by accident, in words."""

    NO_VALUE = "it has no value"
    SEVERAL_VALUES = "it has more than one value"
    NO_NUMBER = "its value can't be read"
    TOO_LARGE = f"its value is larger than {MAX_VALUE}"
    CONTRADICTION = "it contradicts another record"


@dataclass(frozen=True, slots=True)
class SetAside:
    """A record that can't be used; the others count."""

    reason: str
    """A Fault, or any other words."""
    text: str
    """The record as served, folded; what tells it from another."""
    first: int | None = None
    last: int | None = None
    """Its values, where they can be read; None for an unreadable value."""
    value: str = field(default="", compare=False)
    """Its value as served, with which `text` begins."""


@dataclass(frozen=True, slots=True)
class RegistrySnapshot:
    """One registry as one version of its document has it."""

    registry_id: str
    title: str
    records: tuple[Record, ...]
    """By value; no two overlap."""
    set_aside: tuple[SetAside, ...] = ()
    unfit: str | None = None
    """Why no watch can begin with it: it is no registry of numbers. None: it is one."""

    @property
    def refusal(self) -> str | None:
        """The same as a verdict on the registry."""
        return self.unfit and f"the registry {self.registry_id} can't be watched as it is: {self.unfit}"


@dataclass(frozen=True, slots=True)
class DocumentedValue:
    """One row of a documented table: a single value documents it, a range only describes a block."""

    first: int
    last: int
    name: str = ""
    line: int | None = None
    """The line of the page the row begins on, from 1; None where the format has no lines."""

    @property
    def is_single(self) -> bool:
        """Whether the row documents a value rather than describing a block."""
        return self.first == self.last


@dataclass(frozen=True, slots=True)
class DocumentedTable:
    """The values that one page documents, in the page's order."""

    values: tuple[DocumentedValue, ...] = field(default=())
