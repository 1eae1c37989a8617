"""Which registrations the documented tables lack."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from served import NOON, registration

from sync.decide.flags import Documented, decide_flags, is_watched
from sync.intervals import Interval
from sync.records import DocumentedTable, DocumentedValue
from sync.state import Flag

WATCHED = (3000, 3999)
UNAUTHORIZED = registration(3000, "Unauthorized")
FORBIDDEN = registration(3003, "Forbidden")


def page(*rows: int | Interval) -> DocumentedTable:
    """A page with a row for each value or range."""
    return DocumentedTable(
        tuple(DocumentedValue(*((row, row) if isinstance(row, int) else row)) for row in rows)
    )


def test_what_a_page_lacks_is_flagged() -> None:
    assert decide_flags([UNAUTHORIZED, FORBIDDEN], {"mdn": page(1000, 3000)}, WATCHED) == {
        FORBIDDEN.key: Flag(FORBIDDEN.key, ("mdn",))
    }


def test_a_row_for_a_range_documents_none_of_its_values() -> None:
    assert decide_flags([FORBIDDEN], {"mdn": page((3000, 3999), (3003, 3004))}, WATCHED)


def test_one_source_that_lacks_it_is_enough() -> None:
    tables = {"rfc": page(), "mdn": page(3000), "docs": page(3003)}
    assert decide_flags([UNAUTHORIZED], tables, WATCHED) == {
        UNAUTHORIZED.key: Flag(UNAUTHORIZED.key, ("docs", "rfc"))
    }


def test_without_a_source_that_was_read_nothing_is_flagged() -> None:
    assert decide_flags([UNAUTHORIZED], {}, WATCHED) == {}


def test_a_page_without_rows_lacks_everything() -> None:
    assert decide_flags([UNAUTHORIZED], {"mdn": page()}, WATCHED)


def test_a_missing_registration_is_still_one_and_a_withdrawn_one_is_not() -> None:
    missing = registration(3000, "Unauthorized", missing_since=NOON)
    gone = registration(3003, "Forbidden", withdrawn_at=NOON)
    assert list(decide_flags([missing, gone], {"mdn": page()}, WATCHED)) == [missing.key]


@pytest.mark.parametrize(
    ("values", "flagged"),
    [((2999, 2999), False), ((2990, 3000), True), ((3999, 5000), True), ((4000, 4000), False)],
)
def test_only_what_is_watched_is_flagged(values: Interval, *, flagged: bool) -> None:
    known = registration(values[0], "Some", last=values[1])
    assert bool(decide_flags([known], {"mdn": page()}, WATCHED)) is flagged
    assert is_watched(*values, WATCHED) is flagged
    assert is_watched(*values, None)
    assert decide_flags([known], {"mdn": page()}, None)


def test_each_watched_value_of_a_range_needs_a_row_of_its_own() -> None:
    known = registration(2990, "Some", last=3002)
    assert not decide_flags([known], {"mdn": page(3000, 3001, 3002)}, WATCHED)
    assert decide_flags([known], {"mdn": page(3000, 3002)}, WATCHED)
    assert decide_flags([known], {"mdn": page(3000, 3001, 3002)}, None)


def test_billions_of_values_are_compared_as_a_range() -> None:
    known = registration(0, "Everything", last=2**32 - 1)
    assert decide_flags([known], {"mdn": page(*range(100))}, None)


def test_the_narrowest_block_describes_a_value() -> None:
    documented = Documented(page((0, 65535), (3000, 3999), 3000, (4000, 4999)).values)
    assert documented.block_of(3000) == DocumentedValue(3000, 3999)
    assert documented.block_of(2999) == DocumentedValue(0, 65535)
    assert Documented(page(3000).values).block_of(3000) is None


@given(st.lists(st.integers(0, 20)), st.integers(0, 20), st.integers(0, 5))
def test_a_page_has_what_it_has_value_by_value(rows: list[int], first: int, more: int) -> None:
    values = set(range(first, first + more + 1))
    assert Documented(page(*rows).values).has(first, first + more) is (values <= set(rows))
