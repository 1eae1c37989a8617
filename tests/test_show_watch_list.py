"""A watch as a row and as a sheet: what it watches, where it comes from, what is known of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sync.answers import WatchCounts
from sync.intervals import MAX_VALUE
from sync.show.watch_list import WatchFacts, watch_json, watch_row, watch_sheet
from sync.watches import CLOSE_CODES, DocumentedSource, Role, Watch

NOW = datetime(2026, 1, 2, tzinfo=UTC)
PLAIN = Watch("plain", "/srv/a.xml", "a-1", (0, MAX_VALUE), None)
KNOWN = WatchCounts(7, 2, NOW - timedelta(hours=1))


def sheet(facts: WatchFacts) -> dict[str, list[str]]:
    return {entry.label: list(entry.lines) for entry in watch_sheet(facts, NOW).entries}


def test_a_row_has_the_figures_of_its_own_watch() -> None:
    known = {"plain": KNOWN, "other": WatchCounts(1, 0, NOW)}
    row = watch_row(PLAIN, known)
    assert (row.registrations, row.flagged, row.checked_at) == (7, 2, NOW - timedelta(hours=1))
    assert (row.range, row.documented) == (None, ())
    assert watch_row(CLOSE_CODES, known).registrations is None


def test_a_sheet_says_what_there_is() -> None:
    assert sheet(WatchFacts(PLAIN, "FILE")) == {
        "registry": ["a-1"],
        "document": ["/srv/a.xml"],
        "tells": ["each new registration"],
        "defined": ["FILE"],
        "checked": ["not yet; `ianawatch sync` checks it"],
    }


def test_a_sheet_of_everything() -> None:
    watch = replace(
        CLOSE_CODES, mirror="/srv/m.xml", in_use=(DocumentedSource("ours", "/srv/ours.csv", Role.IN_USE),)
    )
    said = sheet(WatchFacts(watch, None, KNOWN, "/srv/a.atom", "/srv/a.html"))
    assert said["document"] == [CLOSE_CODES.document, "read from /srv/m.xml"]
    assert said["page"] == [CLOSE_CODES.page]
    assert said["tells"] == ["each new registration in 3000-3999, and flags those that are not documented"]
    assert said["values"] == ["0-65535"]
    assert (said["documented"], said["in use"]) == (["bundled"], ["ours (/srv/ours.csv)"])
    assert (said["atom"], said["html"]) == (["/srv/a.atom"], ["/srv/a.html"])
    assert said["defined"] == ["it ships with ianawatch"]
    assert said["checked"] == ["2026-01-01 23:00 UTC, 1 hour ago", "7 registrations, 2 flagged"]


def test_as_data_it_has_the_row_and_more() -> None:
    facts = watch_json(WatchFacts(PLAIN, "FILE", KNOWN))
    assert facts["name"] == "plain"
    assert facts["bounds"] == f"0-{MAX_VALUE}"
    assert (facts["page"], facts["origin"], facts["atom"]) == ("/srv/a.xml", "FILE", None)
