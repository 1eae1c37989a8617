"""How the syncs go, as a person and as a program reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sync.answers import ChangeRow, SourceRow
from sync.show.columns import BAD, WARNING
from sync.show.health import Deliveries, Status, Trouble, TroubleKind
from sync.show.status_sheet import status_json, status_sheet
from sync.state import Verdict

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
        "deliveries": ["none waits"],
        "database": ["/var/lib/ianawatch.db (200 KiB)"],
    }


def test_lists_of_codes_in_use_are_told_like_pages() -> None:
    read = SourceRow("ours.csv", "ours.csv", NOW - HOUR, "ours.csv: no table")
    never = SourceRow("theirs.csv", "theirs.csv", None, "theirs.csv: can't be read")
    status = replace(STATUS, in_use=(read, never))
    assert said(status)["in use"] == [
        "ours.csv, read 2026-01-10 11:00 UTC, 1 hour ago; not since then: ours.csv: no table",
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


def test_trouble_comes_first_with_what_to_do_and_stands_out() -> None:
    first = status_sheet(STATUS, [TROUBLE], NOW).entries[0]
    assert (first.label, [*first.lines], first.style) == ("trouble", [TROUBLE.text, TROUBLE.remedy], BAD)


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
        "deliveries": ["none waits"],
        "database": ["x.db"],
        "next": ["run `ianawatch sync`"],
    }


def test_a_registry_that_ships_with_the_program_is_told_to_be_that() -> None:
    assert said(replace(STATUS, from_bundle=True))["registry"] == [
        "of 2026-01-01, by IANA's date, as it ships with the program: 24 records, 18 registrations"
    ]


def test_older_copies_are_told_with_what_to_do() -> None:
    status = replace(STATUS, older_since=NOW - 48 * HOUR)
    assert said(status)["registry"][1] == "nothing but older copies since 2026-01-08 12:00 UTC, 2 days ago"
    assert said(status)["next"] == ["if the older copy is right, run `ianawatch sync --accept-older`"]


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
    assert said(status)["documented"] == [
        "mdn, read 2026-01-09 12:00 UTC, 1 day ago; not since then: 404",
        "other, never read: connection refused",
    ]
    styles = {entry.label: entry.style for entry in status_sheet(status, [], NOW).entries}
    assert styles["documented"] == WARNING


@pytest.mark.parametrize(
    ("flagged", "ignored", "words", "told_what_to_do"),
    [
        (0, 0, "nothing", False),
        (3, 0, "3", True),
        (3, 1, "3, 1 of them ignored", True),
        (2, 2, "2, 2 of them ignored", False),
    ],
)
def test_flags_are_counted_and_the_ignored_among_them(
    flagged: int, ignored: int, words: str, *, told_what_to_do: bool
) -> None:
    found = said(replace(STATUS, flagged=flagged, ignored=ignored))
    assert found["flagged"] == [words]
    assert ("next" in found) == told_what_to_do


def test_deliveries_are_counted() -> None:
    assert said(replace(STATUS, deliveries=Deliveries(waiting=2, dead=1)))["deliveries"] == [
        "2 waiting, 1 given up"
    ]


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
