"""Days, durations and ages as a person types and reads them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.dates import ago, end_of, lasting, minute, read_day, read_duration, stamp, start_of
from sync.errors import UsageProblem

NOW = datetime(2026, 11, 22, 17, 24, 58, tzinfo=UTC)


def test_a_day_is_read() -> None:
    assert read_day("--at", "2022-06-01") == date(2022, 6, 1)


@given(st.dates())
def test_every_day_is_read_as_it_is_written(day: date) -> None:
    assert read_day("--at", day.isoformat()) == day


@pytest.mark.parametrize("text", ["2023-13-01", "2023-02-29", "0000-01-01"])
def test_a_day_that_there_is_not_is_refused(text: str) -> None:
    with pytest.raises(UsageProblem, match=f"--at {text}: there is no such day; a day is YYYY-MM-DD"):
        read_day("--at", text)


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2023-2-1", "2023-02", "20230201", "2023-W05-1", "2023-02-01T00:00", "\u0662023-02-01"],
)
def test_what_is_no_day_is_refused_with_one_that_is(text: str) -> None:
    with pytest.raises(UsageProblem, match="a day is YYYY-MM-DD, such as 2024-02-01"):
        read_day("--since", text)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("90m", timedelta(minutes=90)),
        ("48h", timedelta(hours=48)),
        ("2d", timedelta(days=2)),
        ("1w", timedelta(weeks=1)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, duration: timedelta) -> None:
    assert read_duration("--max-age", text) == duration


@pytest.mark.parametrize(
    "text", ["", "48", "h", "0h", "-1h", "1.5h", "48 h", "2 days", "1y", "99999999w", "\u0664\u0668h"]
)
def test_what_is_no_duration_is_refused_with_some_that_are(text: str) -> None:
    with pytest.raises(UsageProblem, match="90m, 48h, 2d, 1w"):
        read_duration("--max-age", text)


@given(st.integers(1, 9_999_999), st.sampled_from("mhdw"))
def test_a_duration_lasts_as_long_as_it_is_written(count: int, unit: str) -> None:
    duration = read_duration("--max-age", f"{count}{unit}")
    assert read_duration("--max-age", lasting(duration)) == duration


def test_a_duration_is_written_in_the_largest_unit_that_divides_it() -> None:
    hours = {hours: lasting(timedelta(hours=hours)) for hours in (1, 36, 48, 168)}
    assert hours == {1: "1h", 36: "36h", 48: "2d", 168: "1w"}


def test_a_day_ends_where_the_next_begins() -> None:
    assert end_of(date(2024, 2, 29)) == start_of(date(2024, 3, 1)) == datetime(2024, 3, 1, tzinfo=UTC)


def test_the_last_day_there_is_ends_too() -> None:
    assert end_of(date.max) > start_of(date.max)


def test_a_time_is_written_as_the_database_has_it() -> None:
    assert stamp(NOW.replace(microsecond=7)) == "2026-11-22T17:24:58Z"
    assert stamp(datetime(900, 1, 2, tzinfo=UTC)) == "0900-01-02T00:00:00Z"


def test_a_time_in_another_zone_is_written_in_utc() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=9)))
    assert (stamp(there), minute(there)) == ("2026-11-22T17:24:58Z", "2026-11-22 17:24")


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=30), "30 days ago"),
        (timedelta(days=31), "1 month ago"),
        (timedelta(days=365), "11 months ago"),
        (timedelta(days=366), "1 year ago"),
        (timedelta(days=4000), "10 years ago"),
        (timedelta(seconds=-59), "just now"),
        (timedelta(days=-365), "later than now by this clock"),
    ],
)
def test_an_age_is_told_in_its_largest_unit_rounded_down(age: timedelta, words: str) -> None:
    assert ago(NOW - age, NOW) == words
