"""The public views for who asks them by hand: what each is, and what each of its columns holds.

docs/database.md and Datasette's pages say the same. The views themselves are made by a migration.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """A public view."""

    name: str
    says: str
    """What a row of it is."""
    columns: dict[str, str]
    """What each column holds, in order."""
    facets: tuple[str, ...] = ()
    """Columns whose few values part the rows in a useful way."""


_VALUES = {"first": "the first value", "last": "the last value, the same for a single one"}
_CODES = {
    **_VALUES,
    "description": "what IANA calls it",
    "assignment": "`assigned`, `reserved`, `private-use` or `unassigned`",
    "registered_on": "IANA's date of registration, as served",
    "revised_on": "IANA's date of revision, as served",
    "reference": "RFCs and URIs, on one line",
    "documented": "1: every documented source lists each value; 0: one lacks it; null: not assigned, or no "
    "source was read",
    "flagged": "1 while it is registered in the watched range and not documented",
    "first_seen_at": "when it was first seen, UTC",
    "withdrawn_at": "when it was withdrawn, UTC; null while it is registered",
}
_FLAGS = {
    **_VALUES,
    "description": "what IANA calls it",
    "registered_on": "IANA's date of registration, as served",
    "missing_from": "JSON list of the documented sources that lack it",
    "opened_at": "since when it is flagged, UTC",
    "ignored": "why a person decided not to document it; null: nobody did",
}
_HISTORY = {
    **_VALUES,
    "at": "when it was seen, UTC",
    "change": "`registered`, `amended`, `withdrawn` or `returned`",
    "field": "what was amended",
    "before": "what it was, or the name; null where it would name people",
    "after": "what it is, or the name; null where it would name people",
    "document_updated": "the date of the document it was seen in",
}
_WATCH = {"watch": "which registry is watched"}

VIEWS = (
    View("close_codes", "one row a value or range of the registry", _CODES, ("assignment", "flagged")),
    View("flagged_codes", "what is registered in the watched range and not documented", _FLAGS),
    View(
        "registration_history",
        "one row for each thing that happened, one for each field of an amendment",
        _HISTORY,
        ("change", "field"),
    ),
    View("registrations", "`close_codes` of every watch", _WATCH | _CODES, ("watch", "assignment")),
    View(
        "flags",
        "`flagged_codes` of every watch, closed ones too",
        {**_WATCH, **_FLAGS, "closed_at": "until when; null: it is open"},
        ("watch",),
    ),
    View("history", "`registration_history` of every watch", _WATCH | _HISTORY, ("watch", "change")),
)
