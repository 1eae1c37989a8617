"""Which copy of a document is this: newer, the same, or an older one? See docs/rules.md, rule 1.

IANA's servers have given an old copy and a new one in turn for weeks, and dates have a day's precision,
are sometimes wrong and sometimes ahead. Pure; knows nothing of what the copy says.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sync.state import DocumentState, Version
from sync.verdict import Verdict

AHEAD = timedelta(days=2)
"""How far ahead of the day of observation a document's date may be and still be believed."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_date(text: str | None) -> date | None:
    """Read an `<updated>` as served; None when it is no date (`2022-01-`, `2022-13-01`)."""
    if text is None or not _DATE.fullmatch(text.strip()):
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def judge(
    state: DocumentState, version: Version, at: datetime, *, patience: timedelta, accept_older: bool = False
) -> Verdict:
    """Say which copy this is, observed `at` (UTC).

    `patience` is how long nothing but older copies may come before the latest of them is applied.
    """
    if version.sha256 == state.snapshot:
        return Verdict.UNCHANGED
    if not _is_older(state, version, at):
        return Verdict.APPLIED
    if accept_older or at - _waiting_since(state, at) >= patience:
        return Verdict.OVERDUE
    return Verdict.OLDER


def after_unchanged(state: DocumentState) -> DocumentState:
    """The document's state when the version last applied was seen again."""
    return replace(state, older_since=None, quarantined_since=None)


def after_older(state: DocumentState, at: datetime) -> DocumentState:
    """The document's state when an older copy was seen and not applied."""
    return replace(state, older_since=_waiting_since(state, at), quarantined_since=None)


def after_applied(state: DocumentState, version: Version, at: datetime) -> DocumentState:
    """The document's state when a version was applied."""
    replaced = state.replaced | {state.snapshot} if state.snapshot else state.replaced
    return DocumentState(
        snapshot=version.sha256, mark=_mark_after(state, version, at), replaced=replaced - {version.sha256}
    )


def after_unusable(state: DocumentState, at: datetime) -> DocumentState:
    """The document's state when nothing of what was served could be used."""
    return replace(state, quarantined_since=min(state.quarantined_since or at, at))


def _is_older(state: DocumentState, version: Version, at: datetime) -> bool:
    if version.sha256 in state.replaced:
        return True
    day = read_date(version.updated)
    mark = _mark(state, at)
    return day is not None and mark is not None and day < mark


def _mark_after(state: DocumentState, version: Version, at: datetime) -> date | None:
    day = read_date(version.updated)
    mark = _mark(state, at)
    if day is None:
        return mark
    if day > _today(at) + AHEAD:
        return max(mark, _today(at)) if mark else _today(at)
    return day


def _mark(state: DocumentState, at: datetime) -> date | None:
    """The mark; one that a clock which ran ahead has set counts as today, so that no wait outlives it."""
    if state.mark and state.mark > _today(at) + AHEAD:
        return _today(at)
    return state.mark


def _waiting_since(state: DocumentState, at: datetime) -> datetime:
    return min(state.older_since or at, at)


def _today(at: datetime) -> date:
    return at.astimezone(UTC).date()
