"""What went wrong in a run, and when operators hear of it (docs/rules.md, rules 4 and 8). Pure.

A run says each time what went wrong in it, unless it is to be quiet; operators are told once an episode. What
was wrong with the registry itself is `decide`'s business.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sync.errors import (
    Exit,
    FetchFailed,
    IanawatchError,
    NotAsked,
    PassingFailure,
    ServerNotAsked,
    TableUnusable,
)
from sync.news.message import QUARANTINED
from sync.sources import FailedSource, Reads
from sync.state import Hold, HoldKind, Notice, NoticeKind
from sync.watches import Role

DOCUMENTED = "documented sources"
"""What notices about the documented sources as a whole are about."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that went wrong and did not stop the rest."""

    text: str
    exit_code: Exit
    told_by: tuple[NoticeKind, str] | None = None
    """Kind and subject of the notice by which operators hear of it, sooner or later."""
    follows: bool = False
    """Whether it only follows from a problem of another document in the same run."""


@dataclass(frozen=True, slots=True)
class Past:
    """How the runs before this one went."""

    failures: int = 0
    """Runs in a row in which the document could not be had."""
    source_failures: int = 0
    """Runs in a row in which a documented source could not be reached."""
    source_problems: Mapping[tuple[Role, str], str | None] = field(default_factory=dict)
    """Why each source could not be read at the last try, by its key."""
    sources_read: Collection[tuple[Role, str]] = ()
    """Keys of those that were ever read."""


def of_document(location: str, failure: PassingFailure, *, started: bool) -> Problem:
    """The document could not be had; `started`: what ships with the program stands in, and all is well."""
    told_by = None if isinstance(failure, NotAsked) else (NoticeKind.FAILING, location)
    if started:
        # The summary, which tells it, says itself what the next run does.
        return Problem(failure.told(), Exit.DONE, told_by)
    follows = isinstance(failure, ServerNotAsked)
    return Problem(failure.told(_next_run(failure)), failure.exit_code, told_by, follows)


def of_quarantine(location: str, unreadable: str | None, holds: Iterable[Hold]) -> Problem:
    """What was served can't be used: the document is `unreadable`, or the registry is held back."""
    kind, reason = NoticeKind.DOCUMENT_QUARANTINED, unreadable
    if reason is None:
        kind = NoticeKind.REGISTRY_QUARANTINED
        reason = "; ".join(hold.reason for hold in holds if hold.kind is HoldKind.REGISTRY)
    return Problem(
        f"{location}: {reason}; {QUARANTINED}",
        Exit.UNUSABLE_INPUT,
        (kind, ""),
    )


def of_sources(reads: Reads, past: Past) -> Iterator[Problem]:
    """A problem for each documented source that could not be read."""
    for read in _failed(reads):
        told_by: tuple[NoticeKind, str] | None
        match read.error:
            case TableUnusable():
                told_by = NoticeKind.FAILING, read.source.name
            case FetchFailed():
                told_by = NoticeKind.FAILING, DOCUMENTED
            case NotAsked():
                told_by = None
        yield Problem(_of_source(read, past, _next_run(read.error)), read.error.exit_code, told_by)


def notices(
    location: str, failure: PassingFailure | None, reads: Reads, past: Past, *, many: int
) -> Iterator[Notice]:
    """What operators must hear now: that failures have become `many` in a row, and that they are over."""
    if isinstance(failure, NotAsked):
        return
    if failure is not None:
        if past.failures + 1 == many:
            yield _failing(location, failure.told(), many)
    elif past.failures >= many:
        text = f"{location}: reached again after {past.failures} failed runs"
        yield Notice(NoticeKind.RECOVERED, location, text)
    yield from _of_sources(reads, past, many)


def _of_sources(reads: Reads, past: Past, many: int) -> Iterator[Notice]:
    failed = list(_failed(reads))
    unreached = [read for read in failed if isinstance(read.error, FetchFailed)]
    if unreached and past.source_failures + 1 == many:
        yield _failing(DOCUMENTED, "; ".join(_of_source(read, past) for read in unreached), many)
    if not unreached and past.source_failures >= many:
        text = f"the documented sources: reached again after {past.source_failures} runs"
        yield Notice(NoticeKind.RECOVERED, DOCUMENTED, text)
    for read in failed:
        known = past.source_problems.get(read.source.key)
        if isinstance(read.error, TableUnusable) and known != read.problem:
            yield Notice(NoticeKind.FAILING, read.source.name, _of_source(read, past))


def _of_source(read: FailedSource, past: Past, otherwise: str = "") -> str:
    if read.source.key in past.sources_read:
        return f"{read.told(otherwise)}; what was last read of it stands"
    return f"{read.told(otherwise)}; it takes no part until it can be read"


def _next_run(error: IanawatchError) -> str:
    """What is said to be done about a failure that passes by itself."""
    if isinstance(error, FetchFailed) and error.retry_at:
        return f"a run after {error.retry_at:%Y-%m-%d %H:%M} UTC tries again"
    return "the next run tries again"


def _failing(subject: str, text: str, many: int) -> Notice:
    times = f"{many} runs in a row have failed" if many > 1 else "the run has failed"
    return Notice(NoticeKind.FAILING, subject, f"{text}; {times}, and the next ones try again")


def _failed(reads: Reads) -> Iterator[FailedSource]:
    return (read for read in reads if isinstance(read, FailedSource))
