"""What was registered before: does it return, was it ever recorded, and what if it can't be read?"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from laying import DAY, GONE, known_as, laid, tables
from sequences import lines
from served import NOON, UNAUTHORIZED, Table, assigned, content, registration, registry, table_of

from sync.decide.registrations import Laid, never_recorded
from sync.records import Record

# -- returned ----------------------------------------------------------------------------------------


def test_a_withdrawn_one_returns_as_itself() -> None:
    gone = registration(3000, *UNAUTHORIZED, missing_since=NOON, withdrawn_at=NOON)
    after = laid([gone], {3000: ("Unauthorised", "2021-09-06")})
    assert lines(after.changes) == [
        "returned 3000 Unauthorised",
        "amended 3000 description: Unauthorized -> Unauthorised",
    ]
    (back,) = after.registrations
    assert (back.key, back.live, back.missing_since, back.endings) == (gone.key, True, None, 1)
    assert after.changes[0].ending == 1


def test_one_that_matches_wholly_returns_before_one_that_matches_by_half() -> None:
    half = registration(3000, "Unauthorized", "2024-01-01", withdrawn_at=NOON + DAY)
    whole = registration(3000, "Unauthorized", "2021-09-06", withdrawn_at=NOON)
    half = replace(half, key="half")
    after = laid([half, whole], {3000: UNAUTHORIZED})
    assert [r.key for r in after.registrations if r.live] == [whole.key]


def test_of_two_that_match_by_half_the_later_one_returns() -> None:
    first = replace(registration(3000, "A", "2021", withdrawn_at=NOON), key="first")
    second = replace(registration(3000, "B", "2022", withdrawn_at=NOON + DAY), key="second")
    assert [r.key for r in laid([first, second], {3000: ("A", "2022")}).registrations if r.live] == ["second"]
    assert [r.key for r in laid([second, first], {3000: ("A", "2022")}).registrations if r.live] == ["second"]


def test_a_withdrawn_range_returns_in_part_and_the_rest_stays_withdrawn() -> None:
    gone = registration(3000, *UNAUTHORIZED, last=3004, withdrawn_at=NOON)
    after = laid([gone], {3002: UNAUTHORIZED})
    assert lines(after.changes) == ["returned 3002 Unauthorized"]
    assert [(r.first, r.last, r.live) for r in after.registrations] == [
        (3000, 3001, False),
        (3002, 3002, True),
        (3003, 3004, False),
    ]
    assert after.registrations[1].key == gone.key


def test_parts_of_a_withdrawn_range_return_in_rows_of_their_own() -> None:
    gone = registration(3000, *UNAUTHORIZED, last=3004, missing_since=NOON, withdrawn_at=NOON)
    after = laid([gone], {3000: UNAUTHORIZED, 3002: UNAUTHORIZED})
    assert lines(after.changes) == ["returned 3000 Unauthorized", "returned 3002 Unauthorized"]
    assert [(r.first, r.last, r.live) for r in after.registrations] == [
        (3000, 3000, True),
        (3001, 3001, False),
        (3002, 3002, True),
        (3003, 3004, False),
    ]


def test_a_return_to_a_row_that_is_wider_registers_the_rest() -> None:
    gone = registration(3001, *UNAUTHORIZED, withdrawn_at=NOON)
    after = laid([gone], {(3000, 3002): UNAUTHORIZED})
    assert lines(after.changes) == [
        "returned 3001 Unauthorized",
        "registered 3000 Unauthorized",
        "registered 3002 Unauthorized",
    ]


def test_a_withdrawn_range_returns_around_what_another_takes() -> None:
    inner = registration(3002, *UNAUTHORIZED, withdrawn_at=NOON + DAY)
    outer = replace(registration(3000, *UNAUTHORIZED, last=3004, withdrawn_at=NOON), key="outer")
    after = laid([inner, outer], {(3000, 3004): UNAUTHORIZED})
    assert lines(after.changes) == [
        "returned 3002 Unauthorized",
        "returned 3000-3001 Unauthorized",
        "returned 3003-3004 Unauthorized",
    ]
    live = [(r.first, r.last) for r in after.registrations if r.live]
    assert live == [(3000, 3001), (3002, 3002), (3003, 3004)]
    assert [(r.first, r.last) for r in after.registrations if not r.live] == [(3002, 3002)]


def test_a_withdrawn_one_does_not_return_over_a_live_one() -> None:
    gone = registration(3000, *UNAUTHORIZED, withdrawn_at=NOON)
    live = registration(3000, "Unauthorized", "2023-01-01")
    assert laid([gone, replace(live, key="live")], {3000: UNAUTHORIZED}).changes[0].key == "live"


# -- set aside ---------------------------------------------------------------------------------------


def test_values_that_cannot_be_read_keep_their_last_state() -> None:
    known = known_as({3000: UNAUTHORIZED, 3001: GONE})
    assert laid(known, {}, unreadable=[(3000, 3001)]) == Laid(known, ())
    assert laid(known, {3000: ("Else", None), 3001: GONE}, unreadable=[(3000, 3000)]) == Laid(known, ())


def test_a_range_that_cannot_be_read_stays_one_whatever_else_is_said_of_parts_of_it() -> None:
    known = known_as({(3000, 3009): UNAUTHORIZED})
    assert laid(known, {(3002, 3004): GONE}, unreadable=[(2990, 3005), (3005, 3010)]) == Laid(known, ())


def test_values_that_cannot_be_read_are_not_registered() -> None:
    after = laid([], {(3000, 3004): UNAUTHORIZED}, unreadable=[(3002, 3002)])
    assert lines(after.changes) == ["registered 3000-3001 Unauthorized", "registered 3003-3004 Unauthorized"]


# -- never recorded ----------------------------------------------------------------------------------


def test_what_was_recorded_under_another_name_or_date_was_recorded() -> None:
    known = [
        registration(3000, "Unauthorised", "2021-09-06", formerly=(UNAUTHORIZED,)),
        registration(3001, *GONE, withdrawn_at=NOON),
    ]
    table: Table = {3000: UNAUTHORIZED, 3001: ("Gone", "2020-01-01")}
    assert list(never_recorded(known, registry(table).records)) == []


def test_another_registration_of_a_recorded_value_was_never_recorded() -> None:
    known = [registration(3000, *UNAUTHORIZED), registration(3001, "Gone", withdrawn_at=NOON)]
    table: Table = {3000: GONE, 3001: ("Else", None), 3002: ("Reserved", None)}
    found = list(never_recorded(known, registry(table).records))
    assert found == [Record(3000, 3000, content(*GONE)), Record(3001, 3001, content("Else"))]


def test_only_the_values_of_a_range_that_were_not_recorded_were_not() -> None:
    known = [
        registration(3001, *UNAUTHORIZED),
        registration(3003, *UNAUTHORIZED, last=3009, withdrawn_at=NOON),
    ]
    found = never_recorded(known, registry({(3000, 3004): UNAUTHORIZED}).records)
    assert [(record.first, record.last) for record in found] == [(3000, 3000), (3002, 3002)]


@given(tables, tables)
def test_everything_that_was_ever_laid_was_recorded(before: Table, after: Table) -> None:
    known = laid(known_as(before), after).registrations
    assert not list(never_recorded(known, registry(after).records))
    assert not list(never_recorded(known, registry(before).records))
    assert table_of(r for r in known if not r.missing_since) == assigned(registry(after))
