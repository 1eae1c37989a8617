"""What is said of a value, and for how long: the words in which `truth` is told. No code of the program's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

News = tuple[str, int, str, str | None, str | None]
"""What happened, to which value, the field, before and after."""


@dataclass(frozen=True)
class Says:
    """What a row says of the values it assigns."""

    name: str
    date: str | None
    revised: str | None = None


@dataclass(frozen=True)
class Served:
    """A version of a document with one registry."""

    number: int
    updated: str | None
    rows: tuple[tuple[int, int, Says | None], ...] = ()
    """First, last, and what they are assigned to; None for unassigned."""
    unreadable: tuple[tuple[str, int | None], ...] = ()
    """Records that can't be used: the text, and the value where it can be read."""
    gone: bool = False
    """The registry is missing."""
    bundled: bool = False

    @property
    def assigned(self) -> dict[int, Says]:
        """What each value is assigned to."""
        return {value: says for first, last, says in self.rows if says for value in range(first, last + 1)}

    @property
    def hidden(self) -> set[int]:
        """Values of records that can't be used, and that no other record assigns."""
        return {value for _, value in self.unreadable if value is not None} - self.assigned.keys()


@dataclass(eq=False)
class Tenure:
    """One value's being registered, until it is withdrawn."""

    value: int
    says: Says
    group: object
    baseline: bool
    was: list[Says] = field(default_factory=list)
    """Everything that was said of it."""
    missing: list[datetime] = field(default_factory=list)
    """When a version that lacks it was observed."""
    may_go: bool = False
    """A person said that its being missing is right."""
    ended: datetime | None = None

    def once_was(self, says: Says) -> bool:
        """Whether it has, or once had, that name and that date."""
        return any((says.name, says.date) == (old.name, old.date) for old in [self.says, *self.was])

    def goes_on_as(self, says: Says) -> bool:
        """Whether its name or its date is the same, or it once was both."""
        return self.says.name == says.name or self.says.date == says.date or self.once_was(says)

    def comes_back_as(self, says: Says) -> bool:
        """The same for a withdrawn one: no date is nobody's date."""
        return self.says.name == says.name or self.once_was(says) or self.says.date == says.date is not None


@dataclass
class Expected:
    """What an observation must bring."""

    verdict: str
    news: list[News] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    unknown: set[int] = field(default_factory=set)
    """Values that an older copy assigns to something that was never recorded."""
