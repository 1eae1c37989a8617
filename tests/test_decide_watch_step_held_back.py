"""What of a version is held back from a watch until a person or a better version comes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sequences import lines
from served import FORBIDDEN, NOON, UNAUTHORIZED, copy, document, registry, table_of
from stepping import DAY, HOUR, after, codes, step

from sync.decide.watch_step import confirm, waiting
from sync.records import SetAside
from sync.state import Hold, HoldKind, NoticeKind, WatchState


def kinds(state: WatchState) -> list[HoldKind]:
    """What is held back, accepted or not."""
    return [hold.kind for hold in state.holds]


# -- records that can't be used ----------------------------------------------------------------------


def test_a_record_set_aside_is_told_with_what_it_says() -> None:
    decision = step(after({}), copy(None, {}, aside={"30O0 Unauthorized 2021-09-06": None}))
    (notice,) = decision.notices
    assert notice.kind is NoticeKind.RECORDS_SET_ASIDE
    assert notice.text == "1 record was set aside: it can't be read (30O0 Unauthorized 2021-09-06)"


def test_many_records_set_aside_are_told_in_one_line() -> None:
    texts = {f"30O{number} {'long ' * 50}": None for number in range(9)}
    decision = step(after({}), copy(None, {}, aside=texts))
    (notice,) = decision.notices
    assert notice.text.startswith("9 records were set aside: it can't be read (30O0 long long")
    assert notice.text.endswith("[...]); ...")
    assert len(notice.text) < 1000
    assert len(decision.state.holds) == 9


def test_the_same_text_twice_is_one_record() -> None:
    twice = replace(
        registry({}), set_aside=(SetAside("it is twice", "3000 A"), SetAside("it is twice", "3000 A"))
    )
    assert len(step(after({}), document(None, codes=twice)).state.holds) == 1


def test_only_further_records_are_told() -> None:
    state = step(after({}), copy("1", {}, aside={"one": None, "two": None})).state
    fewer = step(state, copy("2", {}, aside={"two": None}))
    assert not fewer.notices
    further = step(fewer.state, copy("3", {}, aside={"two": None, "three": None}))
    assert ["(three)" in notice.text and "two" not in notice.text for notice in further.notices] == [True]


def test_records_that_a_person_accepted_stay_accepted_and_others_do_not() -> None:
    both = copy("1", {}, aside={"one": None, "two": None})
    state = confirm(step(after({}), both).state, NOON + HOUR, accepted=True).state
    assert [hold.accepted_at for hold in state.holds] == [NOON + HOUR] * 2
    assert [hold.accepted_at for hold in confirm(state, NOON + DAY, accepted=True).state.holds] == [
        NOON + HOUR
    ] * 2
    fewer = step(state, copy("2", {}, aside={"two": None})).state
    assert not waiting(fewer)
    assert waiting(step(fewer, copy("3", {}, aside={"two": None, "three": None})).state)


def test_a_registry_that_goes_missing_hides_no_record_that_could_not_be_used() -> None:
    state = step(after({}), copy("1", {}, aside={"one": None})).state
    gone = step(state, document("2", codes="it is missing")).state
    assert kinds(gone) == [HoldKind.RECORD, HoldKind.REGISTRY]
    assert kinds(confirm(gone, NOON + HOUR).state) == [HoldKind.RECORD]


def test_withdrawals_wait_while_a_record_cannot_be_used() -> None:
    state = step(after({3000: UNAUTHORIZED}), copy(None, {}, aside={"garbled": None})).state
    assert not confirm(state, NOON + 99 * DAY).changes
    accepted = confirm(state, NOON + 99 * DAY, accepted=True)
    assert lines(accepted.changes) == ["withdrawn 3000 Unauthorized"]


def test_the_wait_begins_anew_when_the_last_record_is_mended() -> None:
    state = step(after({3000: UNAUTHORIZED}), copy("1", {}, aside={"one": None, "two": None})).state
    state = step(state, copy("2", {}, aside={"two": None}), NOON + 9 * DAY).state
    assert state.registrations[0].missing_since == NOON
    state = step(state, copy("3", {}), NOON + 10 * DAY).state
    assert state.registrations[0].missing_since == NOON + 10 * DAY


def test_the_wait_goes_on_when_what_was_mended_had_been_accepted() -> None:
    state = step(after({3000: UNAUTHORIZED}), copy("1", {}, aside={"one": None})).state
    state = confirm(state, NOON + HOUR, accepted=True).state
    assert step(state, copy("2", {}), NOON + DAY).changes


def test_the_values_of_an_unusable_record_keep_their_last_state() -> None:
    state = step(after({3000: UNAUTHORIZED}), copy(None, {3003: FORBIDDEN}, aside={"3000": 3000})).state
    assert table_of(state.registrations) == {3000: UNAUTHORIZED, 3003: FORBIDDEN}
    assert not any(r.missing_since for r in state.registrations)
    by_value = {r.first: r.content.description for r in state.records}
    assert by_value == {
        0: "Unassigned",
        3000: "Unauthorized",
        3001: "Unassigned",
        3003: "Forbidden",
        3004: "Unassigned",
    }


def test_what_a_readable_record_assigns_counts_although_an_unusable_one_has_its_value() -> None:
    # As when a range reaches beyond the registry's bounds, or is served the wrong way round.
    wide = replace(
        registry({3003: FORBIDDEN}), set_aside=(SetAside("it is outside", "3001-99999", 3001, 99999),)
    )
    decision = step(after({3000: UNAUTHORIZED}), document(None, codes=wide))
    assert lines(decision.changes) == ["registered 3003 Forbidden"]


def test_at_a_first_sight_an_unusable_record_hides_its_values() -> None:
    wide = replace(registry({(3000, 3009): UNAUTHORIZED}), set_aside=(SetAside("why", "3020", 3020, 3020),))
    state = step(WatchState(), document(None, codes=wide)).state
    assert table_of(state.registrations) == {(3000, 3009): UNAUTHORIZED}
    assert not any(r.first <= 3020 <= r.last for r in state.records)


# -- many missing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "left", "waits"),
    [
        (3, 1, False),
        (4, 1, True),
        (5, 1, True),
        (14, 11, True),
        (15, 12, False),
        (100, 80, False),
        (100, 79, True),
    ],
)
def test_more_than_a_fifth_and_at_least_three_wait_for_a_person(
    known: int, left: int, *, waits: bool
) -> None:
    decision = step(after(codes(known)), copy(None, codes(left)))
    assert (HoldKind.MISSING in kinds(decision.state)) is waits
    assert [notice.kind for notice in decision.notices] == [NoticeKind.MANY_MISSING] * waits
    assert len(confirm(decision.state, NOON + DAY).changes) == (0 if waits else known - left)


def test_those_missing_since_before_count_too() -> None:
    state = after(codes(5), codes(3))
    assert not waiting(state)
    assert kinds(step(state, copy(None, codes(2)), NOON + HOUR).state) == [HoldKind.MISSING]


def test_new_ones_and_withdrawn_ones_do_not_count() -> None:
    state = confirm(after(codes(15), codes(13)), NOON + DAY).state
    many_new = copy(None, codes(10) | {4000 + n: ("New", None) for n in range(9)})
    assert kinds(step(state, many_new, NOON + 2 * DAY).state) == [HoldKind.MISSING]


def test_many_missing_are_named() -> None:
    (notice,) = step(after(codes(7)), copy(None, {})).notices
    assert notice.text == (
        "7 of 7 registrations are missing at once: "
        "3000 Code 0, 3001 Code 1, 3002 Code 2, 3003 Code 3, 3004 Code 4, ..."
    )


def test_the_same_ones_missing_are_one_hold_and_others_another() -> None:
    state = step(after(codes(9)), copy("1", codes(5))).state
    same = step(state, copy("2", codes(5) | {4000: FORBIDDEN}), NOON + HOUR)
    assert (same.notices, same.state.holds) == ((), state.holds)
    assert step(state, copy("3", codes(4)), NOON + HOUR).notices


def test_a_person_accepts_those_that_are_missing_and_no_others() -> None:
    state = confirm(step(after(codes(9)), copy("1", codes(6))).state, NOON + HOUR, accepted=True).state
    assert not waiting(state)
    more = step(state, copy("2", codes(3)), NOON + 2 * HOUR).state
    assert waiting(more)
    withdrawn = confirm(more, NOON + DAY + 2 * HOUR).changes
    assert [change.first for change in withdrawn] == [3006, 3007, 3008]


def test_those_that_a_person_accepted_do_not_make_others_many() -> None:
    state = confirm(step(after(codes(9)), copy("1", codes(6))).state, NOON + HOUR, accepted=True).state
    one_more = step(state, copy("2", codes(5)), NOON + 2 * HOUR)
    assert not one_more.notices
    assert not waiting(one_more.state)


def test_a_word_given_does_not_hold_for_the_next_time() -> None:
    state = confirm(step(after(codes(4)), copy("1", {})).state, NOON + HOUR, accepted=True).state
    back = step(state, copy("2", codes(4)), NOON + 2 * HOUR).state
    assert not waiting(back)
    assert waiting(step(back, copy("3", {}), NOON + 3 * HOUR).state)


def test_a_version_is_accepted_as_it_is_applied() -> None:
    decision = step(after(codes(4)), copy("1", {}, aside={"garbled": None}), accepted=True)
    assert [(hold.kind, hold.accepted_at) for hold in decision.state.holds] == [
        (HoldKind.RECORD, NOON),
        (HoldKind.MISSING, NOON),
    ]
    assert len(confirm(decision.state, NOON + DAY).changes) == 4


@given(st.integers(0, 30), st.integers(0, 30))
def test_the_share_is_that_of_rule_4(known: int, left: int) -> None:
    missing = max(known - left, 0)
    waits = waiting(step(after(codes(known)), copy(None, codes(left))).state)
    assert waits is (missing >= 3 and missing / max(known, 1) > 0.2)


def test_waiting_is_over_when_each_hold_is_accepted() -> None:
    hold = Hold(HoldKind.RECORD, "f", "why", "sha", NOON)
    assert waiting(WatchState(holds=(hold,)))
    assert waiting(WatchState(holds=(replace(hold, accepted_at=NOON), hold)))
    assert not waiting(WatchState(holds=(replace(hold, accepted_at=NOON),)))
