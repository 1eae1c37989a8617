"""Is this copy newer, the same, or an older one?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from served import document

from sync.decide.copies import (
    after_applied,
    after_older,
    after_unchanged,
    after_unusable,
    judge,
    read_date,
)
from sync.state import DocumentState, Version
from sync.verdict import Verdict

DAY = timedelta(days=1)
NOON = datetime(2021, 9, 20, 12, tzinfo=UTC)
MONTH = timedelta(days=30)
KNOWN = DocumentState(snapshot="b", mark=date(2021, 9, 8), replaced=frozenset({"a"}))


def version(sha256: str, updated: str | None) -> Version:
    """A version of which only the date matters."""
    return Version(sha256, updated, document(updated).registries)


def verdict(
    state: DocumentState, seen: Version, at: datetime = NOON, *, accept_older: bool = False
) -> Verdict:
    """The verdict with a month's patience."""
    return judge(state, seen, at, patience=MONTH, accept_older=accept_older)


# -- dates --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("served", "read"),
    [
        ("2021-09-08", date(2021, 9, 8)),
        (" 2021-09-08\n", date(2021, 9, 8)),
        ("2022-01-", None),
        ("2022-13-01", None),
        ("2021-02-29", None),
        ("2021-09", None),
        ("20210908", None),
        ("2021-W36-3", None),
        ("2021-09-08T12:00:00", None),
        ("", None),
        (None, None),
    ],
)
def test_a_date_is_a_full_one_or_none(served: str | None, read: date | None) -> None:
    assert read_date(served) == read


@given(st.text())
def test_no_text_breaks_the_reading_of_a_date(served: str) -> None:
    read = read_date(served)
    assert read is None or read.year >= 1


@given(st.dates())
def test_every_date_as_iana_writes_it_is_read(day: date) -> None:
    assert read_date(day.isoformat()) == day


# -- which copy ---------------------------------------------------------------------------------------


def test_the_first_version_ever_applies() -> None:
    assert verdict(DocumentState(), version("a", "2021-09-01")) is Verdict.APPLIED
    assert verdict(DocumentState(), version("a", None)) is Verdict.APPLIED


def test_the_bytes_last_applied_are_unchanged_whatever_else_holds() -> None:
    assert verdict(KNOWN, version("b", "1999-01-01"), accept_older=True) is Verdict.UNCHANGED


@pytest.mark.parametrize(
    ("updated", "expected"),
    [
        ("2021-09-07", Verdict.OLDER),
        ("2021-09-08", Verdict.APPLIED),
        ("2021-09-09", Verdict.APPLIED),
        ("2030-01-01", Verdict.APPLIED),
        ("2022-01-", Verdict.APPLIED),
        (None, Verdict.APPLIED),
    ],
)
def test_only_a_date_before_the_mark_is_older(updated: str | None, expected: Verdict) -> None:
    assert verdict(KNOWN, version("c", updated)) is expected


@pytest.mark.parametrize("updated", ["2021-09-07", "2021-09-08", "2021-09-19", "2030-01-01", None])
def test_bytes_that_were_replaced_are_older_whatever_their_date(updated: str | None) -> None:
    assert verdict(KNOWN, version("a", updated)) is Verdict.OLDER


def test_without_a_mark_no_date_is_older() -> None:
    undated = DocumentState(snapshot="b")
    assert verdict(undated, version("c", "1999-01-01")) is Verdict.APPLIED


@pytest.mark.parametrize("sha256", ["a", "c"])
def test_after_a_month_of_nothing_else_an_older_copy_is_overdue(sha256: str) -> None:
    waiting = after_older(KNOWN, NOON)
    older = version(sha256, "2021-09-01")
    assert verdict(waiting, older, NOON + MONTH - timedelta(seconds=1)) is Verdict.OLDER
    assert verdict(waiting, older, NOON + MONTH) is Verdict.OVERDUE


def test_a_person_need_not_wait() -> None:
    assert verdict(KNOWN, version("a", "2021-09-01"), accept_older=True) is Verdict.OVERDUE
    assert verdict(KNOWN, version("c", "2021-09-09"), accept_older=True) is Verdict.APPLIED


def test_patience_is_counted_from_the_first_older_copy_on() -> None:
    state = after_older(after_older(KNOWN, NOON), NOON + 9 * DAY)
    assert state.older_since == NOON


def test_the_version_last_applied_ends_the_wait() -> None:
    state = after_unchanged(after_older(KNOWN, NOON))
    assert state == KNOWN


def test_a_wait_that_began_in_the_future_begins_now() -> None:
    waiting = after_older(KNOWN, NOON + 365 * DAY)
    assert verdict(waiting, version("a", None), NOON) is Verdict.OLDER
    assert after_older(waiting, NOON).older_since == NOON


# -- the mark -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("updated", "mark"),
    [
        ("2021-09-19", date(2021, 9, 19)),
        ("2021-09-22", date(2021, 9, 22)),
        ("2021-09-23", date(2021, 9, 20)),
        ("2022-09-20", date(2021, 9, 20)),
        ("2021-09-01", date(2021, 9, 1)),
        ("2022-01-", date(2021, 9, 8)),
        (None, date(2021, 9, 8)),
    ],
)
def test_the_mark_is_the_date_of_the_version_unless_that_is_ahead_or_unreadable(
    updated: str | None, mark: date
) -> None:
    assert after_applied(KNOWN, version("c", updated), NOON).mark == mark


def test_a_date_ahead_never_lowers_the_mark() -> None:
    tomorrow = DocumentState(snapshot="b", mark=date(2021, 9, 22))
    assert after_applied(tomorrow, version("c", "2030-01-01"), NOON).mark == date(2021, 9, 22)


def test_a_first_date_ahead_marks_the_day_of_observation() -> None:
    assert after_applied(DocumentState(), version("a", "2030-01-01"), NOON).mark == NOON.date()


@pytest.mark.parametrize(
    ("updated", "expected"), [("2021-09-19", Verdict.OLDER), ("2021-09-20", Verdict.APPLIED)]
)
def test_a_mark_in_the_future_counts_as_today(updated: str, expected: Verdict) -> None:
    ahead = DocumentState(snapshot="b", mark=date(2022, 9, 20))
    assert verdict(ahead, version("c", updated)) is expected
    assert after_applied(ahead, version("c", "2030-01-01"), NOON).mark == date(2021, 9, 20)
    assert after_applied(ahead, version("c", None), NOON).mark == date(2021, 9, 20)


def test_the_day_of_observation_is_utc() -> None:
    # 23:00 on the 17th in UTC, the 18th where the clock hangs.
    at = datetime(2021, 9, 18, 4, tzinfo=timezone(timedelta(hours=5)))
    assert after_applied(DocumentState(), version("a", "2021-09-20"), at).mark == date(2021, 9, 17)


# -- what is remembered -------------------------------------------------------------------------------


def test_what_is_replaced_is_remembered_and_what_is_applied_again_is_not() -> None:
    assert after_applied(KNOWN, version("c", None), NOON).replaced == frozenset({"a", "b"})
    state = after_applied(after_older(KNOWN, NOON), version("a", "2021-09-01"), NOON)
    assert state == DocumentState(snapshot="a", mark=date(2021, 9, 1), replaced=frozenset({"b"}))
    assert after_applied(DocumentState(), version("a", None), NOON).replaced == frozenset()


def test_a_quarantine_lasts_until_something_can_be_read() -> None:
    quarantined = after_unusable(KNOWN, NOON)
    assert quarantined.quarantined_since == NOON
    assert after_unusable(quarantined, NOON + DAY).quarantined_since == NOON
    assert after_unusable(quarantined, NOON - DAY).quarantined_since == NOON - DAY
    assert after_unchanged(quarantined).quarantined_since is None
    assert after_older(quarantined, NOON).quarantined_since is None
    assert after_applied(quarantined, version("c", None), NOON).quarantined_since is None


def test_what_cannot_be_read_does_not_end_the_wait_of_an_older_copy() -> None:
    assert after_unusable(after_older(KNOWN, NOON), NOON + DAY).older_since == NOON
