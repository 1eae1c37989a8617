"""What is held back for a person, in words: as a list, and one version of the document on a sheet.

Pure. What is held back, and why, was decided long before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sync.answers import HeldBack
from sync.dates import minute
from sync.show.columns import QUIET, WARNING
from sync.show.render import Column, Entry, Sheet

ID_LENGTH = 12
"""Characters of a version's SHA-256 that a person is shown: enough to tell it from every other."""

MEANING = {
    "document": "It can't be read, so it can't be accepted: the last good state stands until IANA mends it.",
    "registry": "Accepting says that it is right: registrations that are gone are withdrawn after a day.",
    "record": "Accepting says that the records set aside hide nothing: withdrawals go on.",
    "missing": "Accepting says that they are really gone: they are withdrawn after a day of being missing.",
}
"""By kind: what a person decides."""


def _kind(item: HeldBack) -> str:
    return f"{item.kind}, accepted" if item.accepted_at else item.kind


def _of_item(item: HeldBack) -> str:
    return QUIET if item.accepted_at else ""


HELD_BACK: tuple[Column[HeldBack], ...] = (
    Column("ID", lambda item: item.sha256[:ID_LENGTH], _of_item),
    Column("KIND", _kind, lambda item: _of_item(item) or WARNING),
    Column("SINCE (UTC)", lambda item: minute(item.since), _of_item),
    Column("REASON", lambda item: item.reason, _of_item, wraps=True, widest=140),
)


def sheet(items: Sequence[HeldBack]) -> Sheet:
    """All that is held back of one version; at least one thing."""
    first = items[0]
    dated = f"dated {first.document_updated}" if first.document_updated else "without a date that can be read"
    show = f"`ianawatch quarantine show {first.sha256[:ID_LENGTH]} --body` writes them"
    return Sheet(
        first.sha256,
        [
            Entry("version", [dated]),
            Entry("bytes", [f"kept; {show}" if first.kept else "no longer kept"]),
            *(Entry(item.kind, list(_lines(item))) for item in items),
        ],
    )


def _lines(item: HeldBack) -> Iterator[str]:
    yield item.reason
    if item.accepted_at:
        yield f"since {minute(item.since)} UTC; accepted {minute(item.accepted_at)} UTC"
    else:
        yield f"since {minute(item.since)} UTC"
        yield MEANING[item.kind]
