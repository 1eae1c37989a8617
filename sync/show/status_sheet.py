"""How the syncs go, in words and as data. Pure; what is trouble was decided by `health`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sync.answers import SourceRow
from sync.dates import ago, minute
from sync.intervals import spelled
from sync.show.columns import BAD, WARNING, what_changed
from sync.show.health import Status, Trouble
from sync.show.render import Entry, Sheet, counted
from sync.verdict import Verdict

_VERDICTS = {
    Verdict.UNCHANGED: "unchanged",
    Verdict.APPLIED: "a new version",
    Verdict.OLDER: "an older copy, not applied",
    Verdict.OVERDUE: "an older copy, applied",
    Verdict.QUARANTINED: "quarantined",
}
_KIB = 1024


def status_json(status: Status, troubles: Sequence[Trouble]) -> dict[str, Any]:
    """The facts by name, whether all is well, and what is not."""
    return {"healthy": not troubles, "troubles": [asdict(trouble) for trouble in troubles], **asdict(status)}


def status_sheet(status: Status, troubles: Sequence[Trouble], now: datetime) -> Sheet:
    """The facts for a person: what is not well first, what to do last."""
    entries = [
        Entry("trouble", [trouble.text for trouble in troubles], BAD),
        Entry("last check", [*_checked(status, now)]),
        Entry("registry", [*_registry(status, now)]),
        Entry("last change", [_last_change(status, now)]),
        _sources("documented", status.sources, now),
        _sources("in use", status.in_use, now),
        Entry("flagged", [_flagged(status)]),
        Entry("alerts", [alerts_line(status, now)]),
        Entry("database", [database_line(status)]),
        Entry("next", [*_next_steps(status, troubles)]),
    ]
    return Sheet(_title(status, troubles), [entry for entry in entries if entry.lines])


def _title(status: Status, troubles: Sequence[Trouble]) -> str:
    match len(troubles):
        case 0 if status.checked_at is None:
            return f"{status.watch}: not checked yet"
        case 0:
            return f"{status.watch}: all is well"
        case 1:
            return f"{status.watch}: one thing is not well"
        case count:
            return f"{status.watch}: {count} things are not well"


def _checked(status: Status, now: datetime) -> Iterator[str]:
    if status.checked_at is None:
        yield "none has succeeded yet"
    else:
        verdict = f": {_VERDICTS[status.verdict]}" if status.verdict else ""
        yield f"{_when(status.checked_at, now)}{verdict if status.run_at == status.checked_at else ''}"
    if status.run_at is not None and status.outcome != "done":
        why = f": {status.detail}" if status.detail else ""
        count = f", {status.failures} in a row" if status.failures > 1 else ""
        yield f"the last run, {_when(status.run_at, now)}: {status.outcome}{count}{why}"


def _registry(status: Status, now: datetime) -> Iterator[str]:
    if not status.records:
        yield "never read"
        return
    of = f"of {status.document_updated}, by IANA's date" if status.document_updated else "without a date"
    shipped = ", as it ships with the program" if status.from_bundle else ""
    yield f"{of}{shipped}: {status.records} records, {status.registrations} registrations"
    if status.older_since is not None:
        yield f"nothing but older copies since {_when(status.older_since, now)}"


def _last_change(status: Status, now: datetime) -> str:
    change = status.last_change
    if change is None:
        return "none since the first look" if status.records else "none"
    what = f"{spelled(change.first, change.last)} {change.change}, {change.field or what_changed(change)}"
    return f"{minute(change.at)} UTC, {ago(change.at, now)}; {what}"


def _sources(label: str, sources: Sequence[SourceRow], now: datetime) -> Entry:
    """What can't be read first."""
    ordered = sorted(sources, key=lambda source: source.problem is None)
    problems = any(source.problem for source in sources)
    return Entry(label, [_source(source, now) for source in ordered], WARNING if problems else "")


def _source(source: SourceRow, now: datetime) -> str:
    if source.read_at is None:
        return f"{source.name}, never read" + (f": {source.problem}" if source.problem else "")
    read = _when(source.read_at, now)
    return (
        f"{source.name}, not read since {read}: {source.problem}"
        if source.problem
        else f"{source.name}, read {read}"
    )


def _flagged(status: Status) -> str:
    if not status.flagged:
        return "nothing"
    ignored = f", {status.ignored} of them ignored" if status.ignored else ""
    return f"{status.flagged}{ignored}" + (f": {', '.join(status.to_document)}" if status.to_document else "")


def alerts_line(status: Status, now: datetime) -> str:
    """What of the outbox did not reach its channel."""
    found = status.deliveries
    if not found.waiting and not found.dead:
        return "none waits"
    waiting = counted(found.waiting, "delivery waits", "deliveries wait") if found.waiting else "none waits"
    oldest = f", the oldest decided {ago(found.oldest_at, now)}" if found.oldest_at else ""
    dead = f", {found.dead} given up" if found.dead else ""
    return f"{waiting}{oldest}{dead}" + (f": {found.problem}" if found.problem else "")


def database_line(status: Status) -> str:
    """Where the database is, and how large."""
    return status.database + _size(status.size)


def _size(size: int | None) -> str:
    if size is None:
        return ""
    return f" ({size / _KIB:.0f} KiB)" if size < _KIB * _KIB else f" ({size / _KIB / _KIB:.1f} MiB)"


def _next_steps(status: Status, troubles: Sequence[Trouble]) -> Iterator[str]:
    """What to do, the most pressing first; short enough for a line of a terminal."""
    steps = [trouble.remedy for trouble in troubles]
    if status.checked_at is None and not any("`ianawatch sync`" in step for step in steps):
        steps.append("`ianawatch sync` checks the registry")
    if status.older_since is not None:
        steps.append("`ianawatch sync --accept-older` takes the older copy, if it is right")
    if any(source.problem for source in (*status.sources, *status.in_use)):
        steps.append("`ianawatch config show`: are the sources' addresses still right?")
    if status.flagged > status.ignored:
        steps.append("`ianawatch flags` lists what to document, or to ignore")
    yield from dict.fromkeys(steps) or ["nothing to do"]


def _when(at: datetime, now: datetime) -> str:
    return f"{minute(at)} UTC, {ago(at, now)}"
