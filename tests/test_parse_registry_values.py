"""How values are written: every spelling that occurs, and what becomes of the others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.intervals import MAX_VALUE
from sync.parse_registry.values import UnusableValues, parse_values

BOUNDS = (0, 65535)
ANY = (0, MAX_VALUE)

DASHES = ("-", "\u2010", "\u2011", "\u2012", "\N{EN DASH}", "\N{EM DASH}", "\N{MINUS SIGN}")
AROUND = ("", " ", "\n   ", "\N{NO-BREAK SPACE}")
VALUES = st.integers(min_value=0, max_value=MAX_VALUE)
NOTATIONS = st.sampled_from(("{:d}", "{:#x}", "0x{:X}", "0X{:x}", "{:05d}", "0x{:04X}"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1000", (1000, 1000)),
        ("0", (0, 0)),
        ("007", (7, 7)),
        ("0x10", (16, 16)),
        ("1016-3999", (1016, 3999)),
        ("1014-1014", (1014, 1014)),
        ("0x10-0x1F", (16, 31)),
        ("0-0xFF", (0, 255)),
        ("4000 - 4999", (4000, 4999)),
        ("4000\N{EN DASH}4999", (4000, 4999)),
        ("  3000\n", (3000, 3000)),
        ("0" * 5000 + "1", (1, 1)),
        ("0-65535", (0, 65535)),
    ],
)
def test_spellings_that_iana_uses(text: str, expected: tuple[int, int]) -> None:
    assert parse_values(text, BOUNDS) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", UnusableValues("it has no value")),
        (" \n ", UnusableValues("it has no value")),
        ("RSV1", UnusableValues("its value can't be read")),
        ("-5", UnusableValues("its value can't be read")),
        ("3000,3001", UnusableValues("its value can't be read")),
        ("3000-", UnusableValues("its value can't be read")),
        ("3000--3001", UnusableValues("its value can't be read")),
        ("3000-3001-3002", UnusableValues("its value can't be read")),
        ("3000 3001", UnusableValues("its value can't be read")),
        ("1_000", UnusableValues("its value can't be read")),
        ("1e3", UnusableValues("its value can't be read")),
        ("0x", UnusableValues("its value can't be read")),
        ("\N{ARABIC-INDIC DIGIT ONE}", UnusableValues("its value can't be read")),
        ("3999-3000", UnusableValues("its range is reversed", 3000, 3999)),
        ("65536", UnusableValues("its value is outside 0-65535", 65536, 65536)),
        ("4000-70000", UnusableValues("its value is outside 0-65535", 4000, 70000)),
        (f"{MAX_VALUE + 1}", UnusableValues(f"its value is larger than {MAX_VALUE}")),
        (f"0x{MAX_VALUE + 1:x}", UnusableValues(f"its value is larger than {MAX_VALUE}")),
        (f"0-{MAX_VALUE + 1}", UnusableValues(f"its value is larger than {MAX_VALUE}")),
        ("9" * 5000, UnusableValues(f"its value is larger than {MAX_VALUE}")),
        ("0x" + "f" * 5000, UnusableValues(f"its value is larger than {MAX_VALUE}")),
    ],
)
def test_what_cannot_be_used_says_why(text: str, expected: UnusableValues) -> None:
    assert parse_values(text, BOUNDS) == expected


def test_a_value_below_the_bounds_is_outside() -> None:
    expected = UnusableValues("its value is outside 1000-4999", 999, 1000)
    assert parse_values("999-1000", (1000, 4999)) == expected


def test_the_largest_value_that_can_be_stored_is_read() -> None:
    assert parse_values(f"{MAX_VALUE}", ANY) == (MAX_VALUE, MAX_VALUE)
    assert parse_values(f"{MAX_VALUE:#x}", ANY) == (MAX_VALUE, MAX_VALUE)


@given(VALUES, NOTATIONS)
def test_a_value_is_the_same_in_every_notation(value: int, notation: str) -> None:
    assert parse_values(notation.format(value), ANY) == (value, value)


@given(
    st.tuples(VALUES, VALUES).map(sorted),
    NOTATIONS,
    NOTATIONS,
    st.sampled_from(DASHES),
    st.sampled_from(AROUND),
    st.sampled_from(AROUND),
)
def test_a_range_is_the_same_in_every_spelling(
    values: list[int], first: str, last: str, dash: str, before: str, after: str
) -> None:
    text = f"{before}{first.format(values[0])}{before}{dash}{after}{last.format(values[1])}{after}"
    assert parse_values(text, ANY) == (values[0], values[1])


@given(st.text(alphabet="0123456789abcxX-\u2013 \n,+_.") | st.text())
def test_any_other_text_is_either_read_within_bounds_or_refused_with_a_reason(text: str) -> None:
    match parse_values(text, BOUNDS):
        case UnusableValues(reason):
            assert reason
        case (first, last):
            assert 0 <= first <= last <= BOUNDS[1]
