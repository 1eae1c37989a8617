"""When a registration is the same one."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from served import NOON, Pair, content, registration

from sync.decide.identity import continues, new_key, pair_of, recorded_as, returns
from sync.intervals import MAX_VALUE

LIVE = registration(3000, "Unauthorized", "2021-09-06")
UNDATED = registration(3000, "Unauthorized")
RENAMED_THEN_REDATED = registration(
    3000,
    "Unauthorised",
    "2021-09-07",
    formerly=(("Unauthorized", "2021-09-06"), ("Unauthorised", "2021-09-06")),
)

names = st.sampled_from(["Unauthorized", "Unauthorised", "Gone"])
dates = st.sampled_from(["2021-09-06", "2021-09-07", None])
pairs = st.tuples(names, dates)


@pytest.mark.parametrize(
    ("pair", "goes_on"),
    [
        (("Unauthorized", "2021-09-06"), True),
        (("Unauthorised", "2021-09-06"), True),
        (("Unauthorized", "2021-09-07"), True),
        (("Unauthorized", None), True),
        (("Unauthorised", "2021-09-07"), False),
        (("Unauthorised", None), False),
    ],
)
def test_a_live_registration_goes_on_with_its_name_or_its_date(pair: Pair, *, goes_on: bool) -> None:
    assert continues(LIVE, content(*pair)) is goes_on


def test_a_live_registration_without_a_date_goes_on_under_any_name_without_one() -> None:
    assert continues(UNDATED, content("Gone"))
    assert not continues(UNDATED, content("Gone", "2021-09-06"))


@pytest.mark.parametrize(
    ("pair", "goes_on"),
    [
        (("Unauthorized", "2021-09-06"), True),
        (("Unauthorized", "2021-09-08"), False),
        (("Gone", "2021-09-06"), False),
    ],
)
def test_both_may_change_at_once_only_to_what_both_once_were(pair: Pair, *, goes_on: bool) -> None:
    assert continues(RENAMED_THEN_REDATED, content(*pair)) is goes_on
    assert returns(RENAMED_THEN_REDATED, content(*pair)) is goes_on


@pytest.mark.parametrize(
    ("pair", "is_back"),
    [
        (("Unauthorized", "2021-09-06"), True),
        (("Gone", "2021-09-06"), True),
        (("Unauthorized", "2024-01-01"), True),
        (("Unauthorized", None), True),
        (("Gone", "2024-01-01"), False),
        (("Gone", None), False),
    ],
)
def test_a_withdrawn_one_returns_with_its_name_or_its_date(pair: Pair, *, is_back: bool) -> None:
    assert returns(LIVE, content(*pair)) is is_back


def test_no_date_is_nobodys_date() -> None:
    assert returns(UNDATED, content("Unauthorized"))
    assert not returns(UNDATED, content("Gone"))


@given(pairs, pairs)
def test_what_would_return_would_have_gone_on(one: Pair, other: Pair) -> None:
    known = registration(3000, *one)
    assert continues(known, content(*other)) or not returns(known, content(*other))


@given(pairs)
def test_every_registration_is_itself(pair: Pair) -> None:
    known = registration(3000, *pair)
    assert continues(known, known.content)
    assert returns(known, known.content)
    assert pair_of(known.content) == pair == known.pair


def test_a_withdrawn_one_was_recorded_as_what_it_would_return_as() -> None:
    withdrawn = registration(3000, "Unauthorized", withdrawn_at=NOON + timedelta(days=9))
    assert recorded_as(UNDATED, content("Gone"))
    assert not recorded_as(withdrawn, content("Gone"))


def test_the_same_registration_gets_the_same_key_in_a_restored_database() -> None:
    assert new_key(3000, 3000, ("Unauthorized", "2021-09-06"), set()) == new_key(
        3000, 3000, ("Unauthorized", "2021-09-06"), {"another"}
    )


VALUES = st.integers(0, MAX_VALUE)
ANY_TEXT = st.text(st.characters(exclude_categories=[]))


@given(VALUES, VALUES, ANY_TEXT, st.none() | ANY_TEXT, st.integers(0, 12))
def test_a_key_is_for_ever_the_digest_of_a_json_array(
    first: int, last: int, name: str, date: str | None, taken: int
) -> None:
    arrays = [[first, last, name, date], *([first, last, name, date, n] for n in range(1, taken + 1))]
    expected = [hashlib.sha256(json.dumps(array).encode()).hexdigest()[:20] for array in arrays]
    keys: set[str] = set()
    assert [new_key(first, last, (name, date), keys) for _ in arrays] == expected


@pytest.mark.parametrize(
    ("pair", "key"),
    [
        (("Unauthorized", "2021-09-06"), "df9167cf882a7ce3d3dd"),
        (('caf\N{LATIN SMALL LETTER E WITH ACUTE} "x"', None), "9eb3e65cccad348fb58f"),
    ],
)
def test_a_key_is_what_databases_have(pair: Pair, key: str) -> None:
    assert new_key(3000, 3000, pair, set()) == key


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(3, 5), pairs)))
def test_no_two_registrations_have_one_key(things: list[tuple[int, int, Pair]]) -> None:
    taken: set[str] = set()
    keys = [new_key(first, last, origin, taken) for first, last, origin in things]
    assert len(set(keys)) == len(keys)
    assert taken == set(keys)
