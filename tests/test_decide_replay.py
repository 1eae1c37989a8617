"""Deciding everything anew: what is kept of the observations is enough, and each comes in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from served import CLOSED, CODES, FIVE, FORBIDDEN, TIMEOUT, UNAUTHORIZED, copy, document, registration

from sync.decide.advance import Patience, advance
from sync.decide.observations import Run, joined, run_of
from sync.decide.replay import Moment, Replay, WatchReplay, in_order, numbered, quarantine_reason, replay
from sync.state import (
    ChangeKind,
    DocumentState,
    HoldKind,
    Observation,
    Registration,
    Sighting,
    Unusable,
    Version,
    WatchState,
)
from sync.verdict import Verdict

START = datetime(2021, 9, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

VERSIONS: dict[str, Version | str] = {
    version.sha256: version
    for version in (
        copy("2021-09-01", {1000: CLOSED}),
        copy("2021-09-03", {1000: CLOSED, 3000: UNAUTHORIZED}),
        copy("2021-09-03", {1000: CLOSED, 3000: ("Unauthorised", "2021-09-06")}),
        copy("2021-09-05", {1000: CLOSED, 3003: FORBIDDEN}),
        copy("2021-09-07", FIVE),
        copy("2021-09-09", {1000: CLOSED, 3008: TIMEOUT}),
        copy("2021-10-09", {1000: CLOSED, 3000: ("Gone", "2021-10-08")}),
        copy("2022-09-09", FIVE),
        copy("2021-09-", {1000: CLOSED, 3000: UNAUTHORIZED}, aside={"30O3 Forbidden": None}),
        copy("2021-09-11", {1000: CLOSED}, aside={"3000 Unauthorized": 3000}),
        document("2021-09-13", codes="it is missing"),
    )
} | {"stray": "a stray byte", "attribute": "a duplicate attribute"}
READABLE = [sha256 for sha256, version in VERSIONS.items() if isinstance(version, Version)]


@dataclass(frozen=True, slots=True)
class Looked:
    """One observation, and how long after the one before."""

    pause: timedelta
    sha256: str
    accept_older: bool = False
    accepted: frozenset[str] = frozenset()


histories = st.lists(
    st.builds(
        Looked,
        st.sampled_from([HOUR, HOUR, HOUR, DAY, 3 * DAY, 31 * DAY]),
        st.sampled_from([*READABLE, *READABLE, "stray", "attribute"]),
        st.sampled_from([False, False, False, True]),
        st.sampled_from([frozenset(), frozenset(), frozenset(), frozenset({CODES})]),
    ).flatmap(lambda one: st.sampled_from([[one], [one], [one] * 3])),
    max_size=25,
).map(lambda parts: [one for part in parts for one in part])
"""What is served, often again and again, and what a person says of it."""


class Seen:
    """The same observations one by one, as syncs would decide them."""

    def __init__(self, history: Sequence[Looked]) -> None:
        self.document = DocumentState()
        self.state = WatchState()
        self.runs: list[Run] = []
        self.states: list[tuple[datetime, WatchState]] = []
        self.changes: list[object] = []
        at = START
        for looked in history:
            at += looked.pause
            self._observe(looked, at)
            self.states.append((at, self.state))

    def _observe(self, looked: Looked, at: datetime) -> None:
        version = VERSIONS[looked.sha256]
        seen: Observation = (
            Unusable(at, version)
            if isinstance(version, str)
            else Sighting(at, version, looked.accept_older, looked.accepted)
        )
        decision = advance(self.document, {CODES: self.state}, seen)
        self.document, self.state = decision.document, decision.watches[CODES].state
        self.changes += decision.watches[CODES].changes
        new = run_of(
            looked.sha256,
            decision,
            at,
            reason=quarantine_reason(seen, decision),
            accept_older=looked.accept_older,
            accepted=looked.accepted,
        )
        together = joined(self.runs[-1], new) if self.runs else None
        self.runs = [*self.runs[:-1], together] if together else [*self.runs, new]


def anew(moments: Sequence[Moment], patience: Patience | None = None) -> Replay:
    """A replay of one watch."""
    return replay(moments, [CODES], VERSIONS.__getitem__, patience or Patience())


def moment(day: float, sha256: str) -> Moment:
    """An observation so many days after the start."""
    return Moment(START + day * DAY, sha256)


def in_force(replayed: WatchReplay, at: datetime) -> set[object]:
    """The records that were in force at a time."""
    return {r for r, start, end in replayed.records if start <= at and (end is None or at < end)}


# -- what is kept is enough ---------------------------------------------------------------------------


@given(histories)
@settings(max_examples=150)
def test_the_ends_of_the_runs_give_what_all_observations_gave(history: list[Looked]) -> None:
    seen = Seen(history)
    replayed = anew(in_order(seen.runs, [])[0])
    watch = replayed.watches[CODES]
    assert replayed.document == seen.document
    assert watch.state == seen.state
    assert watch.changes == seen.changes
    assert [replace(run, eventful=False) for run in replayed.runs] == [
        replace(run, eventful=False) for run in seen.runs
    ]
    for at, state in seen.states:
        assert in_force(watch, at) == set(state.records)
        held = {
            hold.fingerprint for hold, end in watch.holds if hold.opened_at <= at and (not end or at < end)
        }
        assert held == {hold.fingerprint for hold in state.holds}


@given(histories, st.data())
@settings(max_examples=50)
def test_what_is_added_later_comes_in_its_place(history: list[Looked], data: st.DataObject) -> None:
    seen = Seen(history)
    moments = in_order(seen.runs, [])[0]
    # A past version comes without a person's word.
    plain = [one for one in moments if not (one.accept_older or one.accepted)]
    later = data.draw(st.sets(st.sampled_from(plain)) if plain else st.just(set()))
    first = anew([one for one in moments if one not in later])
    # What is in the middle of a run is not known any more when something is added there.
    assume(all(run.count <= 2 or run in seen.runs for run in first.runs))
    again, added = in_order(first.runs, [replace(one, count=1) for one in later])
    assert added <= len(later)
    assert anew(again).watches[CODES].state == seen.state


# -- the order ----------------------------------------------------------------------------------------


def test_what_is_added_is_sorted_in_and_what_is_stored_comes_first() -> None:
    stored = [Run("b", Verdict.APPLIED, START + DAY, START + 3 * DAY, 7)]
    added = [moment(3, "c"), moment(2, "c"), moment(0, "a")]
    ordered, new = in_order(stored, added)
    assert [(one.sha256, (one.at - START) / DAY, one.count) for one in ordered] == [
        ("a", 0, 1),
        ("b", 1, 1),
        ("c", 2, 1),
        ("b", 3, 6),
        ("c", 3, 1),
    ]
    assert new == 3


def test_what_is_there_is_not_added_again() -> None:
    stored = [Run("b", Verdict.APPLIED, START + DAY, START + 3 * DAY, 7)]
    ordered, new = in_order(stored, [moment(1, "b"), moment(2, "b"), moment(3, "b"), moment(4, "b")])
    assert (len(ordered), new) == (3, 1)


def test_the_same_twice_is_added_once() -> None:
    assert in_order([], [moment(0, "a"), moment(0, "a"), moment(0, "b")])[1] == 2


def test_both_ends_of_a_run_have_the_person_s_word_that_it_came_with() -> None:
    stored = [Run("a", Verdict.OVERDUE, START, START + DAY, 2, accept_older=True, accepted=(CODES,))]
    assert [(one.accept_older, one.accepted) for one in in_order(stored, [])[0]] == [
        (True, frozenset({CODES}))
    ] * 2


def test_a_clock_that_ran_ahead_does_not_change_the_order() -> None:
    ahead = [
        Run("a", Verdict.APPLIED, START + 365 * DAY, START + 365 * DAY),
        Run("b", Verdict.APPLIED, START + DAY, START + DAY),
    ]
    assert [one.sha256 for one in in_order(ahead, [moment(2, "c")])[0]] == ["a", "b", "c"]


# -- in its place -------------------------------------------------------------------------------------

BEFORE = copy("2021-09-01", {1000: CLOSED}).sha256
WITH_3000 = copy("2021-09-03", {1000: CLOSED, 3000: UNAUTHORIZED}).sha256
ALL_FIVE = copy("2021-09-07", FIVE).sha256


def test_a_version_that_cannot_be_read_is_quarantined_in_its_place() -> None:
    replayed = anew([moment(0, BEFORE), moment(1, "stray"), moment(2, WITH_3000)])
    assert [(run.verdict, run.reason) for run in replayed.runs] == [
        (Verdict.APPLIED, None),
        (Verdict.QUARANTINED, "a stray byte"),
        (Verdict.APPLIED, None),
    ]
    assert replayed.document.quarantined_since is None
    assert replayed.applied == {BEFORE, WITH_3000}


def test_a_withdrawal_that_falls_due_inside_a_run_is_seen_at_its_last() -> None:
    run = Run(BEFORE, Verdict.UNCHANGED, START + 10 * DAY, START + 20 * DAY, 241)
    older = copy("2021-08-30", {1000: CLOSED, 3000: UNAUTHORIZED})
    versions = {**VERSIONS, older.sha256: older}
    ordered, _ = in_order([run], [moment(0, older.sha256)])
    (change,) = replay(ordered, [CODES], versions.__getitem__, Patience()).watches[CODES].changes
    assert (change.kind, change.at) == (ChangeKind.WITHDRAWN, START + 20 * DAY)


def test_the_patience_with_older_copies_is_the_setting_s() -> None:
    history = [moment(0, WITH_3000), moment(1, BEFORE), moment(6, BEFORE)]
    assert [run.verdict for run in anew(history).runs] == [Verdict.APPLIED, Verdict.OLDER]
    hasty = anew(history, Patience(older_copies=5 * DAY))
    assert [run.verdict for run in hasty.runs] == [Verdict.APPLIED, Verdict.OLDER, Verdict.OVERDUE]


def test_the_same_fault_twice_is_two_holds() -> None:
    garbled = copy("2021-09-11", {1000: CLOSED}, aside={"3000 Unauthorized": 3000})
    mended = copy("2021-10-09", {1000: CLOSED, 3000: ("Gone", "2021-10-08")})
    again = copy("2021-11-09", {1000: CLOSED}, aside={"3000 Unauthorized": 3000})
    versions = {version.sha256: version for version in (garbled, mended, again)}
    history = [moment(0, garbled.sha256), moment(30, mended.sha256), moment(60, again.sha256)]
    watch = replay(history, [CODES], versions.__getitem__, Patience()).watches[CODES]
    assert [((hold.opened_at - START).days, end and (end - START).days) for hold, end in watch.holds] == [
        (0, 30),
        (60, None),
    ]


def test_a_registry_held_back_is_so_until_a_version_has_it_again() -> None:
    gone = document("2021-09-13", codes="it is missing").sha256
    watch = anew([moment(0, BEFORE), moment(20, gone), moment(21, gone), moment(22, BEFORE)]).watches[CODES]
    assert [
        (hold.kind, (hold.opened_at - START).days, end and (end - START).days) for hold, end in watch.holds
    ] == [(HoldKind.REGISTRY, 20, 22)]


# -- the bundled version ------------------------------------------------------------------------------

BUNDLE = copy("2021-09-07", FIVE, bundled=True)


def with_bundle(*moments: Moment) -> Replay:
    """A replay in which one version is the bundled one."""
    versions = {**VERSIONS, BUNDLE.sha256: BUNDLE}
    return replay(moments, [CODES], versions.__getitem__, Patience())


def test_the_bundled_version_counts_when_nothing_was_served_before_it() -> None:
    replayed = with_bundle(moment(10, BUNDLE.sha256), moment(11, ALL_FIVE))
    assert replayed.applied == {BUNDLE.sha256, ALL_FIVE}
    # The served version fills in what the bundle lacks: the records are in force since the bundle was.
    assert {start for _, start, _ in replayed.watches[CODES].records} == {START + 10 * DAY}


def test_the_bundled_version_was_never_served_when_something_else_was() -> None:
    replayed = with_bundle(moment(0, BEFORE), moment(10, BUNDLE.sha256), moment(11, ALL_FIVE))
    assert replayed.applied == {BEFORE, ALL_FIVE}
    assert [run.sha256 for run in replayed.runs] == [BEFORE, ALL_FIVE]


def test_the_bundled_version_counts_after_what_could_not_be_read() -> None:
    replayed = with_bundle(moment(9, "stray"), moment(10, BUNDLE.sha256))
    assert replayed.applied == {BUNDLE.sha256}


# -- the numbers of withdrawals -----------------------------------------------------------------------


def gone(endings: int, *, live: bool = False, key: str = "a") -> Registration:
    """A registration that was withdrawn so many times; live again or not."""
    ended = registration(3000, "Gone", withdrawn_at=None if live else START + endings * DAY)
    return replace(ended, key=key, endings=endings)


def test_a_new_registration_has_the_number_it_has() -> None:
    (after,) = numbered([], [gone(1)], {})
    assert after.endings == 1


def test_a_withdrawal_keeps_its_number_when_earlier_ones_come_to_light() -> None:
    (after,) = numbered([gone(1)], [gone(3)], {"a": "a"})
    assert after.endings == 1


def test_a_withdrawal_that_never_was_keeps_its_number_for_its_return() -> None:
    (after,) = numbered([gone(2)], [gone(0, live=True, key="b")], {"b": "a"})
    assert (after.endings, after.live) == (2, True)


def test_a_withdrawal_that_comes_to_light_gets_a_number_that_none_had() -> None:
    (after,) = numbered([gone(2, live=True)], [gone(1)], {"a": "a"})
    assert after.endings == 3


def test_a_live_registration_never_counts_back() -> None:
    before_and_after = [(gone(old, live=True), gone(new, live=True)) for old, new in ((2, 0), (0, 2))]
    assert [numbered([old], [new], {"a": "a"})[0].endings for old, new in before_and_after] == [2, 2]
