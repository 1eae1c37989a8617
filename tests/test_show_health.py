"""What of the facts is trouble, and what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.answers import SourceRow
from sync.show.health import Deliveries, Held, Status, TroubleKind, troubles

NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FINE = Status(
    "ianawatch.db", 1024, "close-codes", run_at=NOW - HOUR, outcome="done", checked_at=NOW - HOUR, records=3
)


def kinds(status: Status, *, max_age: timedelta | None = None, failures: int = 3) -> list[TroubleKind]:
    return [trouble.kind for trouble in troubles(status, NOW, max_age=max_age, failures=failures)]


def test_all_is_well() -> None:
    assert kinds(FINE, max_age=48 * HOUR) == []


def test_flags_older_copies_and_a_page_that_cannot_be_read_are_no_trouble() -> None:
    source = SourceRow("mdn", "https://example.org/", None, "connection refused")
    assert kinds(replace(FINE, flagged=3, older_since=NOW - 20 * 24 * HOUR, sources=(source,))) == []


@pytest.mark.parametrize(
    ("age", "found"),
    [
        (timedelta(0), []),
        (48 * HOUR, []),
        (48 * HOUR + timedelta(seconds=1), [TroubleKind.TOO_OLD]),
        (-48 * HOUR, []),
        (-48 * HOUR - timedelta(seconds=1), [TroubleKind.TOO_OLD]),
    ],
)
def test_a_check_is_too_old_beyond_the_age_that_was_asked_for(
    age: timedelta, found: list[TroubleKind]
) -> None:
    assert kinds(replace(FINE, checked_at=NOW - age), max_age=48 * HOUR) == found


def test_never_checked_is_too_old_for_any_age() -> None:
    assert kinds(replace(FINE, checked_at=None), max_age=5200 * 7 * 24 * HOUR) == [TroubleKind.TOO_OLD]


@given(st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2050, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # the zone stands beside it
def test_without_an_age_no_check_is_too_old(checked_at: datetime | None) -> None:
    assert kinds(replace(FINE, checked_at=checked_at)) == []


@pytest.mark.parametrize(
    ("failed", "found"), [(0, []), (2, []), (3, [TroubleKind.FAILING]), (9, [TroubleKind.FAILING])]
)
def test_failures_are_trouble_from_the_number_that_is_set(failed: int, found: list[TroubleKind]) -> None:
    assert kinds(replace(FINE, failures=failed, detail="refused"), failures=3) == found


def test_whatever_waits_for_a_person_is_trouble_and_says_how_to_look_at_it() -> None:
    held = (
        Held("a" * 64, "document", "not well-formed", NOW),
        Held("b" * 64, "missing", "4 of 5 are gone", NOW),
    )
    found = troubles(replace(FINE, held=held), NOW, max_age=None, failures=3)
    assert [trouble.kind for trouble in found] == [TroubleKind.QUARANTINED] * 2
    assert found[0].text == "held back since 2026-01-10: not well-formed"
    assert found[0].remedy == "`ianawatch quarantine show aaaaaaaaaaaa` shows what is held back"


@pytest.mark.parametrize(
    ("deliveries", "found"),
    [
        (Deliveries(), []),
        (Deliveries(waiting=1, oldest_at=NOW - 24 * HOUR), []),
        (Deliveries(waiting=1, oldest_at=NOW - 25 * HOUR), [TroubleKind.UNDELIVERABLE]),
        (Deliveries(dead=1), [TroubleKind.UNDELIVERABLE]),
        (Deliveries(waiting=2, dead=1, oldest_at=NOW - 25 * HOUR), [TroubleKind.UNDELIVERABLE] * 2),
    ],
)
def test_a_delivery_is_trouble_when_it_was_given_up_or_waits_for_more_than_a_day(
    deliveries: Deliveries, found: list[TroubleKind]
) -> None:
    assert kinds(replace(FINE, deliveries=deliveries)) == found


def test_trouble_is_told_in_words() -> None:
    status = replace(
        FINE,
        failures=3,
        detail="https://example.org/: connection refused",
        checked_at=NOW - 72 * HOUR,
        deliveries=Deliveries(waiting=2, dead=1, oldest_at=NOW - 30 * HOUR, problem="550 no such user"),
    )
    assert [trouble.text for trouble in troubles(status, NOW, max_age=48 * HOUR, failures=3)] == [
        "3 runs in a row have failed: https://example.org/: connection refused",
        "the last successful check was 3 days ago; 2d is the most",
        "1 delivery given up: 550 no such user",
        "2 deliveries wait, the oldest decided 1 day ago: 550 no such user",
    ]
