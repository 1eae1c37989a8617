"""What one version does to one watch, and when what it lacks is withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sequences import lines
from served import BOUNDS, FORBIDDEN, NOON, UNAUTHORIZED, content, copy, document, registry
from stepping import DAY, HOUR, after, codes, step

from sync.decide.watch_step import confirm, waiting
from sync.records import Record
from sync.state import HoldKind, NoticeKind, WatchState

# -- a version that is applied -----------------------------------------------------------------------


def test_a_first_sight_is_a_baseline() -> None:
    decision = step(WatchState(), copy("2021-09-08", {3000: UNAUTHORIZED}))
    assert decision.first_sight
    assert not decision.changes
    assert not decision.notices
    assert decision.state.seen
    assert not waiting(decision.state)
    assert not step(decision.state, copy("2021-09-09", {})).first_sight


def test_the_records_in_force_are_those_that_are_served() -> None:
    seen = registry({3000: UNAUTHORIZED})
    state = step(after({}), document("2021-09-08", codes=seen)).state
    assert state.records == seen.records
    assert [(r.first, r.last) for r in state.records] == [(BOUNDS[0], 2999), (3000, 3000), (3001, BOUNDS[1])]


def test_the_first_version_after_the_bundled_one_fills_in_without_history() -> None:
    bundle = copy("2021-09-08", {3000: UNAUTHORIZED}, bundled=True)
    state = step(WatchState(), bundle).state
    assert state.bundled
    whole = replace(content(*UNAUTHORIZED, "2022-01-01"), contacts=("Ada Young",))
    live = replace(registry({}), records=(Record(3000, 3000, whole),))
    decision = step(state, document("2022-01-02", codes=live))
    assert decision.fills_bundle
    assert not decision.changes
    assert not decision.state.bundled
    assert decision.state.registrations[0].content == whole
    later = replace(registry({}), records=(Record(3000, 3000, replace(whole, contacts=())),))
    again = step(decision.state, document("2022-01-03", codes=later))
    assert not again.fills_bundle
    assert lines(again.changes) == ["amended 3000 contacts: Ada Young -> None"]


def test_what_the_bundle_has_otherwise_is_history() -> None:
    state = step(WatchState(), copy("2021-09-08", {3000: UNAUTHORIZED}, bundled=True)).state
    decision = step(state, copy("2021-09-09", {3000: ("Unauthorised", "2021-09-06"), 3003: FORBIDDEN}))
    assert lines(decision.changes) == [
        "amended 3000 description: Unauthorized -> Unauthorised",
        "registered 3003 Forbidden",
    ]


def test_a_newer_bundle_fills_in_nothing() -> None:
    state = step(WatchState(), copy("2021-09-08", {3000: UNAUTHORIZED}, bundled=True)).state
    decision = step(state, copy("2022-09-08", {3000: UNAUTHORIZED}, bundled=True))
    assert not decision.fills_bundle
    assert decision.state.bundled


# -- withdrawals -------------------------------------------------------------------------------------


def test_a_withdrawal_takes_two_observations_a_day_apart() -> None:
    state = after({3000: UNAUTHORIZED}, {})
    assert not confirm(state, NOON + DAY - timedelta(seconds=1)).changes
    decision = confirm(state, NOON + DAY)
    assert lines(decision.changes) == ["withdrawn 3000 Unauthorized"]
    assert decision.changes[0].snapshot == state.snapshot
    assert not confirm(decision.state, NOON + 2 * DAY).changes


def test_another_version_that_lacks_it_counts_as_well() -> None:
    state = after({3000: UNAUTHORIZED}, {})
    seen = copy("2021-09-09", {3003: FORBIDDEN})
    assert lines(step(state, seen, NOON + DAY).changes) == [
        "registered 3003 Forbidden",
        "withdrawn 3000 Unauthorized",
    ]


@pytest.mark.parametrize("held", [False, True])
def test_missing_since_a_later_time_is_missing_since_now(*, held: bool) -> None:
    known = codes(3)
    ahead = step(after(known), copy(None, {} if held else codes(2)), NOON + 365 * DAY).state
    assert waiting(ahead) is held
    state = confirm(ahead, NOON).state
    assert {r.missing_since for r in state.registrations} - {None} == {NOON}


# -- a registry that can't be used -------------------------------------------------------------------


def test_a_registry_that_is_missing_leaves_the_last_good_state() -> None:
    state = after({3000: UNAUTHORIZED})
    gone = document("2021-09-08", codes="the document has no registry codes")
    decision = step(state, gone, NOON + HOUR)
    assert decision.state == replace(state, holds=decision.state.holds)
    (hold,) = decision.state.holds
    assert (hold.kind, hold.reason, hold.snapshot) == (
        HoldKind.REGISTRY,
        "the document has no registry codes",
        gone.sha256,
    )
    (notice,) = decision.notices
    assert (notice.kind, notice.subject, notice.text) == (
        NoticeKind.REGISTRY_QUARANTINED,
        "",
        "the document has no registry codes",
    )
    assert waiting(decision.state)
    assert not step(decision.state, document(None, codes="it is empty"), NOON + DAY).notices


NAMES = replace(registry({3000: UNAUTHORIZED}, {"* Any": None}), unfit="it has values that are no numbers")
REFUSED = "the registry codes can't be watched as it is: it has values that are no numbers"


def test_no_watch_begins_with_a_registry_that_is_none_of_numbers() -> None:
    decision = step(WatchState(), document("2021-09-08", codes=NAMES))
    assert not decision.state.seen
    assert [(hold.kind, hold.reason) for hold in decision.state.holds] == [(HoldKind.REGISTRY, REFUSED)]
    assert [notice.kind for notice in decision.notices] == [NoticeKind.REGISTRY_QUARANTINED]
    again = step(decision.state, document("2021-09-09", codes=NAMES), NOON + DAY)
    assert not again.state.seen
    assert not again.notices


def test_it_begins_when_a_person_says_so_or_the_registry_is_mended() -> None:
    refused = step(WatchState(), document("2021-09-08", codes=NAMES)).state
    accepted = step(refused, document("2021-09-08", codes=NAMES), NOON + HOUR, accepted=True)
    assert accepted.first_sight
    assert [hold.kind for hold in accepted.state.holds] == [HoldKind.RECORD]
    assert not waiting(accepted.state)
    mended = step(refused, copy("2021-09-09", {3000: UNAUTHORIZED}), NOON + HOUR)
    assert mended.first_sight
    assert mended.state.holds == ()


def test_once_a_registry_was_seen_its_records_are_set_aside_as_ever() -> None:
    decision = step(after({3000: UNAUTHORIZED}), document("2021-09-08", codes=NAMES))
    assert [hold.kind for hold in decision.state.holds] == [HoldKind.RECORD]
    assert [notice.kind for notice in decision.notices] == [NoticeKind.RECORDS_SET_ASIDE]


def test_no_time_passes_for_what_is_missing_while_the_registry_is() -> None:
    state = after({3000: UNAUTHORIZED}, {})
    assert not step(state, document(None, codes="it is empty"), NOON + 9 * DAY).changes


def test_its_own_version_ends_an_episode_and_the_next_is_told_anew() -> None:
    gone = document("2021-09-08", codes="it is empty")
    state = step(after({3000: UNAUTHORIZED}), gone).state
    ended = confirm(state, NOON + HOUR).state
    assert not ended.holds
    assert step(ended, gone, NOON + 2 * HOUR).notices


def test_another_version_ends_an_episode() -> None:
    state = step(after({3000: UNAUTHORIZED}), document("2021-09-08", codes="it is empty")).state
    assert not step(state, copy("2021-09-09", {3000: UNAUTHORIZED})).state.holds


def test_a_person_may_say_that_a_registry_is_gone() -> None:
    gone = document("2021-09-08", codes="it is empty")
    decision = step(step(after(codes(4)), gone).state, gone, NOON + HOUR, accepted=True)
    assert decision.state.snapshot == gone.sha256
    assert decision.state.records == ()
    assert not waiting(decision.state)
    assert len(confirm(decision.state, NOON + HOUR + DAY).changes) == 4
    still = step(decision.state, document("2021-09-09", codes="it is missing"), NOON + 2 * DAY)
    assert not still.notices
    assert len(still.changes) == 4
