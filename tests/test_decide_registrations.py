"""What became of each registration: known ones and a registry's records, laid over each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from laying import DAY, GONE, LATER, cut, known_as, laid, tables
from sequences import lines
from served import NOON, UNAUTHORIZED, Table, content, registration, registry, table_of

from sync.decide.amendments import IDENTIFYING
from sync.decide.registrations import Laid, first_sight, lay, withdrawn
from sync.records import Assignment, Content, Record, Reference
from sync.state import ChangeKind, Registration

# -- first sight -------------------------------------------------------------------------------------


def test_a_first_sight_knows_everything_assigned_as_a_baseline() -> None:
    known = known_as({1004: ("Reserved", None), 3000: UNAUTHORIZED, (3004, 3007): GONE})
    assert table_of(known) == {3000: UNAUTHORIZED, (3004, 3007): GONE}
    assert all(r.baseline and r.first_seen_at == NOON and r.live for r in known)
    assert [r.origin for r in known] == [UNAUTHORIZED, GONE]


def test_private_use_is_no_registration() -> None:
    private = Record(4000, 4999, Content("Reserved for Private Use", Assignment.PRIVATE_USE))
    assert first_sight([private], NOON) == ()


# -- kept, new, amended, handed over -----------------------------------------------------------------


@given(tables)
def test_the_same_again_changes_nothing(table: Table) -> None:
    known = known_as(table)
    assert laid(known, table) == Laid(known, ())


@given(tables, tables)
def test_laying_a_registry_twice_changes_nothing_more(before: Table, after: Table) -> None:
    once = laid(known_as(before), after)
    assert laid(once.registrations, after) == Laid(once.registrations, ())


def test_a_new_code_splits_the_unassigned_row_and_nothing_else() -> None:
    after = laid(known_as({3000: UNAUTHORIZED}), {3000: UNAUTHORIZED, 3003: GONE})
    assert lines(after.changes) == ["registered 3003 Gone"]
    new = after.registrations[1]
    assert (new.origin, new.first_seen_at, new.baseline) == (GONE, LATER, False)
    assert (after.changes[0].key, after.changes[0].at, after.changes[0].snapshot) == (new.key, LATER, "v2")


@given(tables, tables, st.sets(st.integers(0, 9999)), st.randoms())
def test_neither_the_order_of_rows_nor_how_the_unassigned_are_cut_matters(
    before: Table, after: Table, at: set[int], random: Random
) -> None:
    known = known_as(before)
    rows = [*registry(after).records]
    unassigned = [r for r in rows if r.content.assignment is not Assignment.ASSIGNED]
    shuffled = [*(r for r in rows if r.content.assignment is Assignment.ASSIGNED), *cut(unassigned, at)]
    random.shuffle(shuffled)
    plain = lay(known, rows, (), LATER, "v2")
    other = lay(known, shuffled, (), LATER, "v2")
    assert other.registrations == plain.registrations
    assert sorted(lines(other.changes)) == sorted(lines(plain.changes))


@given(st.sets(st.integers(3000, 3020)))
def test_an_assigned_range_that_is_cut_into_equal_parts_is_still_one(at: set[int]) -> None:
    known = known_as({(3000, 3020): UNAUTHORIZED})
    parts = cut(registry({(3000, 3020): UNAUTHORIZED}).records, at)
    assert lay(known, parts, (), LATER, "v2") == Laid(known, ())


def test_two_registrations_that_are_served_in_one_row_are_still_two() -> None:
    known = known_as({3000: UNAUTHORIZED, 3001: UNAUTHORIZED})
    assert laid(known, {(3000, 3001): UNAUTHORIZED}) == Laid(known, ())


def test_billions_of_values_are_one_registration() -> None:
    wide = Record(0, 2**32 - 1, content("Everything"))
    (known,) = first_sight([wide], NOON)
    hole = [Record(0, 2**31 - 1, wide.content), Record(2**31, 2**31, content(*GONE))]
    after = lay([known], [*hole, Record(2**31 + 1, 2**32 - 1, wide.content)], (), LATER, "v2")
    assert lines(after.changes) == [f"withdrawn {2**31} Everything", f"registered {2**31} Gone"]
    assert [r.first for r in after.registrations if r.live] == [0, 2**31, 2**31 + 1]


def test_every_field_of_a_record_is_history() -> None:
    known = known_as({3000: UNAUTHORIZED})
    now = Content(
        "Unauthorised",
        Assignment.ASSIGNED,
        registered_on="2021-09-06",
        revised_on="2022-01-01",
        references=(Reference("uri", "https://example.org/", "Spec"), Reference("rfc", "rfc6455")),
        contacts=("Ada Young",),
        extra=(("notes", "None."), ("status", "Permanent")),
    )
    after = lay(known, [Record(3000, 3000, now)], (), LATER, "v2")
    assert lines(after.changes) == [
        "amended 3000 description: Unauthorized -> Unauthorised",
        "amended 3000 revised_on: None -> 2022-01-01",
        "amended 3000 references: None -> uri:https://example.org/ (Spec); rfc:rfc6455",
        "amended 3000 contacts: None -> Ada Young",
        "amended 3000 extra: None -> notes=None.; status=Permanent",
    ]
    (amended,) = after.registrations
    assert (amended.content, amended.formerly, amended.key) == (now, (UNAUTHORIZED,), known[0].key)


def test_fields_that_are_no_history_are_filled_in_silently() -> None:
    known = known_as({3000: UNAUTHORIZED})
    now = replace(known[0].content, contacts=("Ada Young",), description="Unauthorised")
    after = lay(known, [Record(3000, 3000, now)], (), LATER, "v2", fields=IDENTIFYING)
    assert lines(after.changes) == ["amended 3000 description: Unauthorized -> Unauthorised"]
    assert after.registrations[0].content == now


def test_every_name_and_date_it_had_is_remembered_once() -> None:
    known: Sequence[Registration] = known_as({3000: ("A", "2021")})
    for pair in [("B", "2021"), ("B", "2022"), ("A", "2021"), ("A", "2022")]:
        known = laid(known, {3000: pair}).registrations
    assert known[0].formerly == (("A", "2021"), ("B", "2021"), ("B", "2022"))
    assert known[0].pair == ("A", "2022")


def test_a_hand_over_ends_one_and_begins_another() -> None:
    known = known_as({3000: UNAUTHORIZED})
    after = laid(known, {3000: GONE})
    assert lines(after.changes) == ["withdrawn 3000 Unauthorized", "registered 3000 Gone"]
    ended = next(r for r in after.registrations if not r.live)
    assert (ended.key, ended.withdrawn_at, ended.endings) == (known[0].key, LATER, 1)


def test_a_value_of_a_range_is_handed_over_and_the_others_go_on() -> None:
    known = known_as({(3000, 3004): UNAUTHORIZED})
    after = laid(known, {(3000, 3001): UNAUTHORIZED, 3002: GONE, (3003, 3004): UNAUTHORIZED})
    assert lines(after.changes) == ["withdrawn 3002 Unauthorized", "registered 3002 Gone"]
    assert table_of(after.registrations) == {
        (3000, 3001): UNAUTHORIZED,
        3002: GONE,
        (3003, 3004): UNAUTHORIZED,
    }
    assert len({r.key for r in after.registrations}) == 4


def test_two_registrations_are_handed_over_to_one() -> None:
    after = laid(known_as({3000: UNAUTHORIZED, 3001: ("Else", "2021-09-07")}), {(3000, 3001): GONE})
    assert lines(after.changes) == [
        "withdrawn 3000 Unauthorized",
        "withdrawn 3001 Else",
        "registered 3000-3001 Gone",
    ]


def test_a_row_that_grows_registers_only_the_further_values() -> None:
    after = laid(known_as({3000: UNAUTHORIZED}), {(2999, 3001): UNAUTHORIZED})
    assert lines(after.changes) == ["registered 2999 Unauthorized", "registered 3001 Unauthorized"]


# -- missing and withdrawn ---------------------------------------------------------------------------


def test_what_is_not_served_is_missing_since_the_first_time() -> None:
    known = known_as({3000: UNAUTHORIZED})
    after = laid(known, {})
    assert after == Laid((replace(known[0], missing_since=LATER),), ())
    assert lay(after.registrations, [], (), LATER + DAY, "v3") == after


@pytest.mark.parametrize("name", ["Reserved", "Unassigned"])
def test_what_leaves_assigned_is_missing(name: str) -> None:
    assert laid(known_as({3000: UNAUTHORIZED}), {3000: (name, "2021-09-06")}).registrations[0].missing_since


def test_what_is_served_again_is_not_missing_and_nobody_accepted_it() -> None:
    known = known_as({3000: UNAUTHORIZED})
    missing = replace(known[0], missing_since=NOON, removal_accepted=True)
    assert laid([missing], {3000: UNAUTHORIZED}) == Laid(known, ())


def test_a_registration_goes_on_in_the_part_that_stays() -> None:
    known = known_as({(3000, 3004): UNAUTHORIZED})
    after = laid(known, {(3002, 3004): UNAUTHORIZED})
    stays = next(r for r in after.registrations if not r.missing_since)
    assert (stays.first, stays.last, stays.key) == (3002, 3004, known[0].key)
    gone = next(r for r in after.registrations if r.missing_since)
    assert (gone.first, gone.last, gone.first_seen_at, gone.origin) == (3000, 3001, NOON, UNAUTHORIZED)
    assert gone.key != stays.key


def test_a_withdrawal_keeps_the_row_and_counts() -> None:
    missing = replace(registration(3000, *UNAUTHORIZED, missing_since=NOON), removal_accepted=True)
    ended, change = withdrawn(missing, LATER, "v2")
    assert ended == replace(missing, withdrawn_at=LATER, endings=1, removal_accepted=False)
    assert (change.kind, change.key, change.before, change.after) == (
        ChangeKind.WITHDRAWN,
        missing.key,
        "Unauthorized",
        None,
    )
    assert change.ending == 1
    assert withdrawn(ended, LATER, "v3")[1].ending == 2
