"""Codes and ranges as a person types them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.codes import read_code, read_range
from sync.errors import UsageProblem
from sync.intervals import spelled

BOUNDS = (0, 65535)


@given(st.integers(*BOUNDS))
def test_every_code_within_the_bounds_is_read(code: int) -> None:
    assert read_code(str(code), BOUNDS) == code


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "",
        "-1",
        "1e3",
        "0x10",
        "3000-3999",
        "1000.0",
        "\uff11\uff10\uff10\uff10",
        pytest.param("9" * 5000, id="5,000 digits"),
    ],
)
def test_what_is_no_code_is_refused_with_what_is(text: str) -> None:
    with pytest.raises(UsageProblem, match="that is no code; a code is a number from 0 to 65535"):
        read_code(text, BOUNDS)


@pytest.mark.parametrize(("text", "bounds"), [("70000", BOUNDS), ("65536", BOUNDS), ("999", (1000, 4999))])
def test_a_code_beyond_the_bounds_is_refused_with_the_bounds(text: str, bounds: tuple[int, int]) -> None:
    with pytest.raises(UsageProblem, match=f"{text}: there is no such code.*{bounds[0]} to {bounds[1]}"):
        read_code(text, bounds)


@given(st.tuples(st.integers(*BOUNDS), st.integers(*BOUNDS)).map(sorted))
def test_every_range_is_read_as_iana_writes_it(values: list[int]) -> None:
    first, last = values
    assert read_range("--range", spelled(first, last), BOUNDS) == (first, last)


@pytest.mark.parametrize("text", ["3000-3999", " 3000 - 3999 ", "3000\u20133999"])
def test_a_range_may_be_copied_from_a_page(text: str) -> None:
    assert read_range("--range", text, BOUNDS) == (3000, 3999)


def test_a_range_that_ends_before_it_begins_is_refused_the_right_way_round() -> None:
    with pytest.raises(UsageProblem, match=r"--range 3999-3000: .*; 3000-3999 would do"):
        read_range("--range", "3999-3000", BOUNDS)


@pytest.mark.parametrize(
    "text", ["", "-", "3000-", "-3999", "3000-3500-3999", "a-b", "3000..3999", "3000,3999"]
)
def test_what_is_no_range_is_refused_with_one_that_is(text: str) -> None:
    with pytest.raises(UsageProblem, match=r"that is no range; .* such as 0-65535"):
        read_range("--range", text, BOUNDS)


def test_a_range_beyond_the_bounds_is_refused_with_the_bounds() -> None:
    with pytest.raises(UsageProblem, match="codes go from 0 to 65535"):
        read_range("--range", "3000-70000", BOUNDS)
