"""How the syncs of several watches go, on one screen. Pure; of one watch `status_sheet` tells more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sync.dates import ago, minute
from sync.intervals import spelled
from sync.show.columns import BAD, what_changed
from sync.show.health import Status, Trouble
from sync.show.render import Entry, Sheet
from sync.show.status_sheet import alerts_line, database_line, status_json

_NAMED = 5
"""How many watches, or troubles, are named before it breaks off."""


def overview_json(statuses: Sequence[Status], troubles: Mapping[str, Sequence[Trouble]]) -> dict[str, Any]:
    """The facts of each watch as `status --watch` has them, and whether all is well with all."""
    return {
        "healthy": not any(troubles.values()),
        "watches": [status_json(status, troubles[status.watch]) for status in statuses],
    }


def overview(statuses: Sequence[Status], troubles: Mapping[str, Sequence[Trouble]], now: datetime) -> Sheet:
    """The watches together: what is not well first, what to do last. `troubles` are by watch."""
    entries = [
        Entry("trouble", _broken_off(list(_troubles(statuses, troubles))), BAD),
        Entry("last check", [*_checked(statuses, now)]),
        Entry("registries", [_registries(statuses)]),
        Entry("last change", [_last_change(statuses, now)]),
        Entry("flagged", [_flagged(statuses)]),
        Entry("alerts", [alerts_line(statuses[0], now)]),
        Entry("database", [database_line(statuses[0])]),
        Entry("next", [*_next_steps(statuses, troubles)]),
    ]
    return Sheet(_title(statuses, troubles), [entry for entry in entries if entry.lines])


def _title(statuses: Sequence[Status], troubles: Mapping[str, Sequence[Trouble]]) -> str:
    unwell = sum(bool(troubles[status.watch]) for status in statuses)
    if not unwell:
        return f"{len(statuses)} watches: all is well"
    return f"{unwell} of {len(statuses)} watches: something is not well"


def _troubles(statuses: Sequence[Status], troubles: Mapping[str, Sequence[Trouble]]) -> Iterator[str]:
    """What is wrong with all of them alike, such as a delivery that waits, is said once."""
    watches: dict[str, list[str]] = {}
    for status in statuses:
        for trouble in troubles[status.watch]:
            watches.setdefault(trouble.text, []).append(status.watch)
    for text, names in watches.items():
        yield text if len(names) == len(statuses) else f"{', '.join(_broken_off(names))}: {text}"


def _checked(statuses: Sequence[Status], now: datetime) -> Iterator[str]:
    never = [status.watch for status in statuses if status.checked_at is None]
    found = [(status.checked_at, status.watch) for status in statuses if status.checked_at]
    if found:
        last, (oldest, watch) = max(found)[0], min(found)
        yield f"{minute(last)} UTC, {ago(last, now)}"
        if minute(oldest) != minute(last):
            yield f"the longest ago: {watch}, {minute(oldest)} UTC, {ago(oldest, now)}"
    if never:
        yield f"never with success: {', '.join(_broken_off(never))}"


def _registries(statuses: Sequence[Status]) -> str:
    read = [status for status in statuses if status.records]
    registrations = sum(status.registrations for status in read)
    return f"{len(read)} of {len(statuses)} are known: {registrations:,} registrations"


def _last_change(statuses: Sequence[Status], now: datetime) -> str:
    changes = [(status.last_change.at, status) for status in statuses if status.last_change]
    if not changes:
        return "none since the first look"
    status = max(changes, key=lambda changed: changed[0])[1]
    change = status.last_change
    assert change is not None  # noqa: S101  # those without were left out above
    what = f"{spelled(change.first, change.last)} {change.change}, {change.field or what_changed(change)}"
    return f"{minute(change.at)} UTC, {ago(change.at, now)}; {status.watch}: {what}"


def _flagged(statuses: Sequence[Status]) -> str:
    flagged = [f"{status.watch} {status.flagged}" for status in statuses if status.flagged]
    return "; ".join(_broken_off(flagged)) or "nothing"


def _next_steps(statuses: Sequence[Status], troubles: Mapping[str, Sequence[Trouble]]) -> Iterator[str]:
    remedies = dict.fromkeys(trouble.remedy for status in statuses for trouble in troubles[status.watch])
    unwell = [status.watch for status in statuses if troubles[status.watch]]
    if unwell:
        yield from _broken_off(list(remedies))
        yield f"`ianawatch status --watch {unwell[0]}` tells more"
    elif any(status.checked_at is None for status in statuses):
        yield "`ianawatch sync` checks the registries"
    else:
        yield "nothing to do"


def _broken_off(things: Sequence[str]) -> list[str]:
    return [*things[:_NAMED], *(["..."] if len(things) > _NAMED else [])]
