"""The facts of `status`, from databases that real syncs have filled."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from builders import document, row
from synced import NOON, Watched

from db import deliveries as outbox
from db.status_facts import status
from sync.show.health import Deliveries, Status
from sync.verdict import Verdict

DAY = timedelta(days=1)
NORMAL = row("1000", "Normal")
REST = row("3000-3999", "Unassigned")
A = [NORMAL, REST]
B = [NORMAL, row("3000", "Unauthorized", date="2021-09-06"), row("3001-3999", "Unassigned")]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def cut_short(updated: str) -> bytes:
    """A document that ends too early to be well-formed."""
    return document(B, updated=updated)[:-20]


def facts(watched: Watched) -> Status:
    database = watched.database
    with database.read() as connection:
        return status(connection, "close-codes", database.where, database.path)


def test_after_a_first_sync(watched: Watched) -> None:
    watched.sync(B)
    found = facts(watched)
    assert (found.run_at, found.outcome, found.detail) == (NOON, "done", "")
    assert (found.checked_at, found.verdict, found.failures) == (NOON, Verdict.APPLIED, 0)
    assert (found.document_updated, found.from_bundle, found.older_since) == ("2026-01-01", False, None)
    assert (found.records, found.registrations, found.flagged, found.ignored) == (3, 2, 1, 0)
    assert found.to_document == ("3000",)
    assert (found.last_change, found.held, found.deliveries) == (None, (), Deliveries())
    assert [(source.name, source.read_at, source.problem) for source in found.sources] == [
        ("page", NOON, None)
    ]


def test_the_database_is_named_and_weighed(watched: Watched) -> None:
    watched.sync(B)
    found = facts(watched)
    assert (found.database, found.size) == (str(watched.path), watched.path.stat().st_size)


def test_a_watch_that_was_never_synced_has_no_facts(watched: Watched) -> None:
    watched.sync(B)
    with watched.database.read() as connection:
        found = status(connection, "another", "somewhere", None)
    assert found == Status("somewhere", None, "another")


def test_a_first_answer_that_cannot_be_used_leaves_nothing_but_that(watched: Watched) -> None:
    watched.sync(cut_short("2026-01-01"))
    found = facts(watched)
    assert (found.records, found.registrations, found.document_updated) == (0, 0, None)
    assert (found.verdict, found.checked_at) == (Verdict.QUARANTINED, None)


def test_a_failed_run_leaves_the_last_check_as_it_was(watched: Watched) -> None:
    watched.sync(B)
    for day in (1, 2):
        watched.fail(at=NOON + day * DAY)
    found = facts(watched)
    assert (found.checked_at, found.run_at, found.outcome) == (NOON, NOON + 2 * DAY, "failed")
    assert found.failures == 2
    assert "absent.xml" in found.detail


def test_a_run_that_succeeds_ends_the_failures(watched: Watched) -> None:
    watched.sync(B)
    watched.fail(at=NOON + DAY)
    watched.sync(B, at=NOON + 2 * DAY)
    found = facts(watched)
    assert (found.failures, found.checked_at, found.verdict) == (0, NOON + 2 * DAY, Verdict.UNCHANGED)


def test_a_clock_that_ran_ahead_once_does_not_make_later_checks_look_old(watched: Watched) -> None:
    watched.sync(B)
    watched.sync(B, at=NOON + 365 * DAY)
    watched.fail(at=NOON + DAY)
    watched.sync(B, at=NOON + 2 * DAY)
    assert facts(watched).checked_at == NOON + 2 * DAY


def test_the_last_change_is_the_last_of_the_watch(watched: Watched) -> None:
    watched.sync(A)
    watched.sync(B, at=NOON + DAY, updated="2026-01-02")
    change = facts(watched).last_change
    assert change is not None
    assert (change.first, change.change, change.after, change.at) == (
        3000,
        "registered",
        "Unauthorized",
        NOON + DAY,
    )


def test_older_copies_are_known_by_since_when(watched: Watched) -> None:
    watched.sync(A)
    watched.sync(B, at=NOON + DAY, updated="2026-01-02")
    watched.sync(A, at=NOON + 2 * DAY)
    found = facts(watched)
    assert (found.verdict, found.older_since) == (Verdict.OLDER, NOON + 2 * DAY)
    assert found.document_updated == "2026-01-02"


def test_a_document_that_cannot_be_read_is_held_back_once_however_many_versions_came(
    watched: Watched,
) -> None:
    watched.sync(B)
    for day in (1, 2, 3):
        watched.sync(cut_short(f"2026-01-0{day}"), at=NOON + day * DAY)
    found = facts(watched)
    (held,) = found.held
    assert (held.kind, held.since) == ("document", NOON + DAY)
    assert (found.verdict, found.checked_at) == (Verdict.QUARANTINED, NOON)


def test_a_registry_that_is_not_there_is_held_back(watched: Watched) -> None:
    watched.sync(B)
    watched.sync([], at=NOON + DAY, updated="2026-01-02")
    (held,) = facts(watched).held
    assert (held.kind, held.since) == ("registry", NOON + DAY)


def test_what_a_version_mended_is_no_longer_held_back(watched: Watched) -> None:
    watched.sync(B)
    watched.sync(cut_short("2026-01-02"), at=NOON + DAY)
    watched.sync(A, at=NOON + 2 * DAY, updated="2026-01-03")
    assert facts(watched).held == ()


def test_deliveries_that_nobody_took_wait_since_their_message(watched: Watched) -> None:
    watched.sync(A, channels=["mail"])
    watched.sync(B, at=NOON + DAY, updated="2026-01-02", channels=["mail", "chat"])
    assert facts(watched).deliveries == Deliveries(waiting=2, oldest_at=NOON + DAY)


def test_a_delivery_that_was_put_off_says_why(watched: Watched) -> None:
    watched.sync(B, channels=["mail", "chat"])
    with watched.database.write() as connection:
        deliveries = outbox.Deliveries(connection)
        (claim,) = deliveries.claim("mail", NOON)
        deliveries.put_off(claim, NOON + DAY, "550 no such user")
    assert facts(watched).deliveries == Deliveries(waiting=2, oldest_at=NOON, problem="550 no such user")


def test_a_delivery_that_was_done_is_not_counted(watched: Watched) -> None:
    watched.sync(B, channels=["mail"])
    with watched.database.write() as connection:
        deliveries = outbox.Deliveries(connection)
        deliveries.done([claim.delivery_id for claim in deliveries.claim("mail", NOON)], NOON)
    assert facts(watched).deliveries == Deliveries()


def test_a_page_that_could_not_be_read_has_a_problem(watched: Watched) -> None:
    watched.sync(B)
    watched.page.unlink()
    watched.sync(B, at=NOON + DAY)
    (source,) = facts(watched).sources
    assert source.read_at == NOON
    assert source.problem is not None
    assert "page.csv" in source.problem
