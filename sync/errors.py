"""Every error that is expected, and the exit code each ends the program with.

    IanawatchError
    ├── UsageProblem               2   an argument that can't be meant
    ├── UnusableInput             65   the document, page or table can't be used
    │   ├── DocumentUnusable           not well-formed, a DOCTYPE, another root: quarantined
    │   ├── RegistryUnusable           the registry is missing or empty: quarantined for its watches
    │   └── TableUnusable              a documented page whose table can't be used
    │       └── TableMissing           one that has none
    ├── NotDelivered              69   a channel did not accept a letter
    ├── CannotCreateDatabase      73
    ├── CannotCreateFile          73   what was asked for can't be written where it was asked for
    ├── DatabaseUnusable          74   damaged, foreign, newer than the program, or not readable
    ├── PassingFailure            75   worth trying again later
    │   ├── FetchFailed                no usable answer from the source
    │   ├── NotAsked                   no request was made, and it is no failure
    │   │   ├── PatienceAsked              inside a Retry-After
    │   │   └── ServerNotAsked             the server gave another request of this run no answer
    │   └── DatabaseLocked             the lock was not free in time
    └── WrongConfiguration        78

Expected I/O errors are wrapped where they happen (`raise ... from e`); anything else is a bug and stays
a traceback. An error's text is one line: what happened, to what, and what to do.
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum
from typing import ClassVar


class Exit(IntEnum):
    """Exit codes; those from 65 on are sysexits.h's."""

    DONE = 0
    MISSING = 1
    USAGE = 2
    UNUSABLE_INPUT = 65
    UNDELIVERED = 69
    CANNOT_CREATE = 73
    DATABASE = 74
    PASSING_FAILURE = 75
    CONFIGURATION = 78
    INTERRUPTED = 130
    TERMINATED = 143


class IanawatchError(Exception):
    """The root. `str(error)` is the line a person reads."""

    exit_code: ClassVar[Exit]

    def told(self, otherwise: str = "") -> str:  # noqa: ARG002  # for what passes by itself
        """The line, but with `otherwise` for a remedy where there is nothing to do but to try again."""
        return str(self)


class UsageProblem(IanawatchError):
    """An argument that can't be meant; the text says what would be right."""

    exit_code = Exit.USAGE


class UnusableInput(IanawatchError):
    """What was read can't be used."""

    exit_code = Exit.UNUSABLE_INPUT

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DocumentUnusable(UnusableInput):
    """A document that claims to be a registry and can't be read as one (docs/rules.md, rule 4)."""


class RegistryUnusable(UnusableInput):
    """A registry that is missing from its document, or empty. A person may accept it."""


class TableUnusable(UnusableInput):
    """A documented page whose table can't be used."""


class TableMissing(TableUnusable):
    """A page that documents no values at all: no error where many pages are looked through."""


class NotDelivered(IanawatchError):
    """A channel did not accept a letter, or nobody knows whether it did; it is tried again."""

    exit_code = Exit.UNDELIVERED

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        """One line without a secret in it: it is stored and shown."""


class CannotCreateDatabase(IanawatchError):
    """The database does not exist and can't be made."""

    exit_code = Exit.CANNOT_CREATE


class CannotCreateFile(IanawatchError):
    """A file that was asked for can't be written; whatever was there is as it was."""

    exit_code = Exit.CANNOT_CREATE


class DatabaseUnusable(IanawatchError):
    """The database is there and can't be used; nothing was written."""

    exit_code = Exit.DATABASE


class PassingFailure(IanawatchError):
    """Likely to pass by itself; the next run tries again."""

    exit_code = Exit.PASSING_FAILURE


class FetchFailed(PassingFailure):
    """No usable answer came from the source."""

    def __init__(
        self,
        reason: str,
        *,
        location: str,
        remedy: str = "",
        status: int | None = None,
        retry_at: datetime | None = None,
        unreachable: bool = False,
    ) -> None:
        self.reason = reason
        self.location = location
        self.remedy = remedy
        """What a person has to do about it; empty where it passes by itself."""
        self.status = status
        """The HTTP status, where there was an answer."""
        self.retry_at = retry_at
        """Until when the server asked for patience (UTC); None when it did not."""
        self.unreachable = unreachable
        """Whether no server answered at all."""
        after = f"after {retry_at:%Y-%m-%d %H:%M} UTC" if retry_at else "later"
        super().__init__(self.told(f"try again {after}"))

    def told(self, otherwise: str = "") -> str:
        """What happened, to what, and the remedy; `otherwise` where it passes by itself."""
        return "; ".join(filter(None, (f"{self.location}: {self.reason}", self.remedy or otherwise)))


class NotADocument(FetchFailed):
    """An answer that is no registry at all: a login page, a proxy's error."""


class NotAsked(PassingFailure):
    """No request was made, and it is no failure."""


class PatienceAsked(NotAsked):
    """The source asked to be left alone until `retry_at`; no request was made, and it is no failure."""

    def __init__(self, location: str, retry_at: datetime) -> None:
        super().__init__(
            f"{location}: the server asked for patience until {retry_at:%Y-%m-%d %H:%M} UTC; "
            "no request was made; a run after that asks again"
        )
        self.location = location
        self.retry_at = retry_at


class ServerNotAsked(NotAsked):
    """The server gave an earlier request of this run no answer; no further one was made: no failure."""

    def __init__(self, location: str, reason: str) -> None:
        super().__init__(f"{location}: the server was not asked again, since it gave no answer ({reason})")
        self.location = location
        self.reason = reason

    def told(self, otherwise: str = "") -> str:
        """The line, with `otherwise` for a remedy."""
        return f"{self}; {otherwise}" if otherwise else str(self)


class DatabaseLocked(PassingFailure):
    """Somebody else held the database's lock for the whole of the wait."""


class WrongConfiguration(IanawatchError):
    """A setting that can't be used; the text names it and where it came from."""

    exit_code = Exit.CONFIGURATION
