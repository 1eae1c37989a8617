"""How the syncs go, as a person and as a program reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sync.answers import ChangeRow, SourceRow
from sync.show.columns import BAD, WARNING
from sync.show.health import Deliveries, Status, Trouble, TroubleKind
from sync.show.status_sheet import status_json, status_sheet
from sync.verdict import Verdict

NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
STATUS = Status(
    database="/var/lib/ianawatch.db",
    size=200 * 1024,
    watch="close-codes",
    run_at=NOW - 3 * HOUR,
    outcome="done",
    checked_at=NOW - 3 * HOUR,
    verdict=Verdict.UNCHANGED,
    document_updated="2026-01-01",
    records=24,
    registrations=18,
    sources=(SourceRow("mdn", "https://example.org/", NOW - 24 * HOUR, None),),
)
TROUBLE = Trouble(TroubleKind.FAILING, "3 runs in a row have failed: refused", "try again")


def said(status: Status, *troubles: Trouble) -> dict[str, list[str]]:
    """What the sheet says, by label."""
    return {entry.label: [*entry.lines] for entry in status_sheet(status, troubles, NOW).entries}


def test_one_screen_says_how_things_are() -> None:
    assert said(STATUS) == {
        "last check": ["2026-01-10 09:00 UTC, 3 hours ago: unchanged"],
        "registry": ["of 2026-01-01, by IANA's date: 24 records, 18 registrations"],
        "last change": ["none since the first look"],
        "documented": ["mdn, read 2026-01-09 12:00 UTC, 1 day ago"],
        "flagged": ["nothing"],
        "alerts": ["none waits"],
        "database": ["/var/lib/ianawatch.db (200 KiB)"],
        "next": ["nothing to do"],
    }


def test_lists_of_codes_in_use_are_told_like_pages() -> None:
    read = SourceRow("ours.csv", "ours.csv", NOW - HOUR, "ours.csv: no table")
    never = SourceRow("theirs.csv", "theirs.csv", None, "theirs.csv: can't be read")
    status = replace(STATUS, in_use=(read, never))
    assert said(status)["in use"] == [
        "ours.csv, not read since 2026-01-10 11:00 UTC, 1 hour ago: ours.csv: no table",
        "theirs.csv, never read: theirs.csv: can't be read",
    ]
    styles = {entry.label: entry.style for entry in status_sheet(status, (), NOW).entries}
    assert (styles["documented"], styles["in use"]) == ("", WARNING)
    assert status_json(status, ())["in_use"][0]["name"] == "ours.csv"


@pytest.mark.parametrize(
    ("troubles", "title"),
    [
        ((), "close-codes: all is well"),
        ((TROUBLE,), "close-codes: one thing is not well"),
        ((TROUBLE, TROUBLE), "close-codes: 2 things are not well"),
    ],
)
def test_the_title_says_whether_all_is_well(troubles: tuple[Trouble, ...], title: str) -> None:
    assert status_sheet(STATUS, troubles, NOW).title == title


def test_trouble_comes_first_and_stands_out_and_what_to_do_comes_last_once() -> None:
    first, *_, last = status_sheet(STATUS, [TROUBLE, TROUBLE], NOW).entries
    assert (first.label, [*first.lines], first.style) == ("trouble", [TROUBLE.text] * 2, BAD)
    assert (last.label, [*last.lines]) == ("next", [TROUBLE.remedy])


def test_a_registry_that_was_never_checked_is_not_called_well() -> None:
    backfilled = replace(STATUS, run_at=None, outcome=None, checked_at=None, verdict=None)
    assert status_sheet(backfilled, (), NOW).title == "close-codes: not checked yet"
    assert said(backfilled)["next"] == ["`ianawatch sync` checks the registry"]


def test_a_run_that_failed_is_told_beside_the_last_check() -> None:
    status = replace(STATUS, run_at=NOW - HOUR, outcome="failed", failures=2, detail="connection refused")
    assert said(status)["last check"] == [
        "2026-01-10 09:00 UTC, 3 hours ago",
        "the last run, 2026-01-10 11:00 UTC, 1 hour ago: failed, 2 in a row: connection refused",
    ]


def test_before_the_first_sync_the_next_step_is_one() -> None:
    assert said(Status("x.db", None, "close-codes")) == {
        "last check": ["none has succeeded yet"],
        "registry": ["never read"],
        "last change": ["none"],
        "flagged": ["nothing"],
        "alerts": ["none waits"],
        "database": ["x.db"],
        "next": ["`ianawatch sync` checks the registry"],
    }


def test_a_registry_that_ships_with_the_program_is_told_to_be_that() -> None:
    assert said(replace(STATUS, from_bundle=True))["registry"] == [
        "of 2026-01-01, by IANA's date, as it ships with the program: 24 records, 18 registrations"
    ]


def test_older_copies_are_told_with_what_to_do() -> None:
    status = replace(STATUS, older_since=NOW - 48 * HOUR)
    assert said(status)["registry"][1] == "nothing but older copies since 2026-01-08 12:00 UTC, 2 days ago"
    assert said(status)["next"] == ["`ianawatch sync --accept-older` takes the older copy, if it is right"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("registered", None, "Timeout"), "3008 registered, Timeout"),
        (("amended", "references", "rfc:rfc1"), "3008 amended, references"),
    ],
)
def test_the_last_change_is_told_in_short(change: tuple[str, str | None, str], words: str) -> None:
    kind, field, after = change
    row = ChangeRow(3008, 3008, NOW - 24 * HOUR, kind, field, None, after, "2026-01-09")
    assert said(replace(STATUS, last_change=row))["last change"] == [
        f"2026-01-09 12:00 UTC, 1 day ago; {words}"
    ]


def test_a_page_that_could_not_be_read_again_is_told_and_stands_out() -> None:
    sources = (replace(STATUS.sources[0], problem="404"), SourceRow("other", "x", None, "connection refused"))
    status = replace(STATUS, sources=sources)
    assert said(status)["next"] == ["`ianawatch config show`: are the sources' addresses still right?"]
    assert said(status)["documented"] == [
        "mdn, not read since 2026-01-09 12:00 UTC, 1 day ago: 404",
        "other, never read: connection refused",
    ]
    styles = {entry.label: entry.style for entry in status_sheet(status, [], NOW).entries}
    assert styles["documented"] == WARNING


@pytest.mark.parametrize(
    ("flagged", "ignored", "to_document", "words", "told_what_to_do"),
    [
        (0, 0, (), "nothing", False),
        (2, 0, ("3000", "3001-3009"), "2: 3000, 3001-3009", True),
        (3, 1, ("3000", "3003"), "3, 1 of them ignored: 3000, 3003", True),
        (2, 2, (), "2, 2 of them ignored", False),
    ],
)
def test_flags_are_counted_the_ignored_among_them_and_the_others_named(
    flagged: int, ignored: int, to_document: tuple[str, ...], words: str, *, told_what_to_do: bool
) -> None:
    found = said(replace(STATUS, flagged=flagged, ignored=ignored, to_document=to_document))
    assert found["flagged"] == [words]
    assert ("`ianawatch flags` lists what to document, or to ignore" in found["next"]) == told_what_to_do


@pytest.mark.parametrize(
    ("deliveries", "words"),
    [
        (Deliveries(dead=1, problem="refused"), "none waits, 1 given up: refused"),
        (Deliveries(waiting=1, oldest_at=NOW - HOUR), "1 delivery waits, the oldest decided 1 hour ago"),
        (
            Deliveries(waiting=2, dead=1, oldest_at=NOW - 2 * HOUR, problem="mailbox full"),
            "2 deliveries wait, the oldest decided 2 hours ago, 1 given up: mailbox full",
        ),
    ],
)
def test_alerts_that_wait_are_counted_with_why(deliveries: Deliveries, words: str) -> None:
    assert said(replace(STATUS, deliveries=deliveries))["alerts"] == [words]


def test_what_cannot_be_read_is_told_before_what_can() -> None:
    broken = SourceRow("z", "z", None, "404")
    assert said(replace(STATUS, sources=(*STATUS.sources, broken)))["documented"][0] == "z, never read: 404"


@pytest.mark.parametrize(
    ("size", "words"), [(4096, "4 KiB"), (1024 * 1024, "1.0 MiB"), (25 * 1024 * 1024, "25.0 MiB")]
)
def test_the_size_is_told_in_a_fitting_unit(size: int, words: str) -> None:
    assert said(replace(STATUS, size=size))["database"] == [f"/var/lib/ianawatch.db ({words})"]


def test_as_data_every_fact_has_its_name() -> None:
    data = status_json(STATUS, [TROUBLE])
    assert data["healthy"] is False
    assert data["troubles"] == [
        {"kind": "failing", "text": "3 runs in a row have failed: refused", "remedy": "try again"}
    ]
    assert (data["checked_at"], data["records"], data["sources"][0]["name"]) == (STATUS.checked_at, 24, "mdn")
    assert status_json(STATUS, [])["healthy"] is True
