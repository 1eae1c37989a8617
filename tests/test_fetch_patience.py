"""What a Retry-After header asks for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.fetch.patience import LONGEST_PATIENCE, patience

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        ("120", timedelta(minutes=2)),
        (" 120 ", timedelta(minutes=2)),
        ("86400", timedelta(days=1)),
        ("86401", timedelta(days=1)),
        ("9" * 18, timedelta(days=1)),
        ("Wed, 10 Jun 2026 12:30:00 GMT", timedelta(minutes=30)),
        ("Wed, 10 Jun 2026 12:30:00 -0000", timedelta(minutes=30)),
        ("Fri, 12 Jun 2026 12:00:00 GMT", timedelta(days=1)),
        ("Fri, 31 Dec 9999 23:59:59 -2300", timedelta(days=1)),
    ],
)
def test_seconds_and_http_dates_are_understood_up_to_a_day(header: str, asked: timedelta) -> None:
    assert patience(header, NOW) == asked


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "0",
        "-5",
        "1.5",
        "٣",
        "soon",
        "9" * 5000,
        "Wed, 10 Jun 2026 12:00:00 GMT",
        "Tue, 09 Jun 2026 12:00:00 GMT",
        "Wed, 10 Jun 99999 12:00:00 GMT",
        "Wed, 10 Jun 2026 12:30:00 +9999",
    ],
)
def test_nothing_is_asked_by_what_is_absent_unreadable_or_past(header: str | None) -> None:
    assert patience(header, NOW) is None


@given(
    st.text(alphabet=st.characters(max_codepoint=255)) | st.datetimes().map("{:%a, %d %b %Y %T GMT}".format)
)
def test_no_header_breaks_it_or_asks_for_more_than_a_day(header: str) -> None:
    asked = patience(header, NOW)
    assert asked is None or timedelta() < asked <= LONGEST_PATIENCE
