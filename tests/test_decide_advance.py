"""What one observation means for a document and for each of its watches."""

from __future__ import annotations

from datetime import date, timedelta

from sequences import lines
from served import BEFORE, CLOSED, CODES, NOON, UNAUTHORIZED, WITH_3000, copy, document, registry, table_of

from sync.decide.advance import Patience, advance
from sync.state import (
    Decision,
    DocumentState,
    HoldKind,
    NoticeKind,
    Observation,
    Sighting,
    Unchanged,
    Unusable,
    Version,
    WatchState,
)
from sync.verdict import Verdict

DAY = timedelta(days=1)
TEXTS = registry({1: ("Text", None)})


class Watched:
    """A document and its watches, observation after observation."""

    def __init__(self, *names: str, **watches: WatchState) -> None:
        self.document = DocumentState()
        self.watches = {name: WatchState() for name in names} | watches

    def after(self, seen: Observation, patience: Patience | None = None) -> Decision:
        """What the observation means; it is then part of what is known."""
        decision = (
            advance(self.document, self.watches, seen, patience)
            if patience
            else advance(self.document, self.watches, seen)
        )
        self.document = decision.document
        self.watches = {name: step.state for name, step in decision.watches.items()}
        return decision

    def sees(self, version: Version, day: float = 7, **how: bool) -> Decision:
        """What a version means, so many days after NOON."""
        accepted = frozenset(self.watches if how.get("accepted") else ())
        return self.after(
            Sighting(
                NOON + day * DAY, version, accept_older=how.get("accept_older", False), accepted=accepted
            )
        )


# -- the document -------------------------------------------------------------------------------------


def test_a_first_sight() -> None:
    watched = Watched(CODES)
    decision = watched.sees(WITH_3000)
    assert decision.verdict is Verdict.APPLIED
    assert decision.in_full
    assert decision.document == DocumentState(snapshot=WITH_3000.sha256, mark=date(2021, 9, 8))
    assert decision.watches[CODES].first_sight
    assert not decision.notices


def test_an_older_copy_changes_nothing_but_the_wait() -> None:
    watched = Watched(CODES)
    watched.sees(WITH_3000)
    before = dict(watched.watches)
    decision = watched.sees(BEFORE, 8)
    assert decision.verdict is Verdict.OLDER
    assert not decision.in_full
    assert decision.document.older_since == NOON + 8 * DAY
    assert watched.watches == before


def test_patience_is_a_setting() -> None:
    watched = Watched(CODES)
    watched.sees(WITH_3000)
    a_week = Patience(older_copies=timedelta(days=7))
    watched.after(Sighting(NOON + 8 * DAY, BEFORE), a_week)
    assert watched.after(Sighting(NOON + 14 * DAY, BEFORE), a_week).verdict is Verdict.OLDER
    assert watched.after(Sighting(NOON + 15 * DAY, BEFORE), a_week).verdict is Verdict.OVERDUE
    assert Patience().older_copies == timedelta(days=30)


def test_operators_hear_why_an_older_copy_was_applied() -> None:
    watched = Watched(CODES)
    watched.sees(WITH_3000)
    watched.sees(BEFORE, 8)
    (late,) = watched.sees(BEFORE, 38).notices
    assert (late.kind, late.subject) == (NoticeKind.OLDER_COPY_APPLIED, BEFORE.sha256)
    assert late.text == (
        "the copy dated 2021-09-01 was applied, although it is older than the one before: "
        "nothing else has come for long"
    )
    (accepted,) = watched.sees(WITH_3000, 39, accept_older=True).notices
    assert accepted.text == (
        "the copy dated 2021-09-08 was applied, although it is older than the one before: a person said so"
    )


def test_operators_hear_what_an_older_copy_lists_that_was_never_recorded() -> None:
    watched = Watched(CODES)
    watched.sees(copy("2021-09-09", {1000: ("Normal Closure", None)}))
    (notice,) = watched.sees(WITH_3000, 8).watches[CODES].notices
    assert (notice.kind, notice.subject) == (
        NoticeKind.UNKNOWN_IN_OLDER_COPY,
        "3000 Unauthorized 2021-09-06",
    )
    assert notice.text == (
        "an older copy, dated 2021-09-08, lists 3000 Unauthorized, which was never recorded; "
        "`ianawatch sync --accept-older` applies that copy"
    )


def test_a_copy_without_a_date_says_so() -> None:
    undated = copy(None, {3000: UNAUTHORIZED})
    watched = Watched(CODES)
    watched.sees(undated)
    watched.sees(BEFORE, 8)
    (notice,) = watched.sees(undated, 9, accept_older=True).notices
    assert notice.text.startswith("the copy without a date was applied")


def test_what_cannot_be_read_leaves_everything_as_it_was() -> None:
    watched = Watched(CODES)
    watched.sees(WITH_3000)
    before = dict(watched.watches)
    decision = watched.after(Unusable(NOON + 8 * DAY, "it has a DOCTYPE"))
    assert decision.verdict is Verdict.QUARANTINED
    assert not decision.in_full
    (notice,) = decision.notices
    assert (notice.kind, notice.subject, notice.text) == (
        NoticeKind.DOCUMENT_QUARANTINED,
        "",
        "it has a DOCTYPE",
    )
    assert watched.watches == before
    assert decision.document.snapshot == WITH_3000.sha256
    assert decision.document.quarantined_since == NOON + 8 * DAY
    assert not watched.after(Unusable(NOON + 9 * DAY, "a stray byte")).notices
    assert watched.sees(WITH_3000, 10).document.quarantined_since is None


def test_a_first_document_that_cannot_be_read_is_no_first_sight() -> None:
    watched = Watched(CODES)
    watched.after(Unusable(NOON, "a stray byte"))
    assert watched.after(Sighting(NOON, WITH_3000)).watches[CODES].first_sight


def test_a_304_lets_time_pass() -> None:
    watched = Watched(CODES)
    watched.sees(WITH_3000)
    without = copy("2021-09-09", {1000: ("Normal Closure", None)})
    watched.sees(without, 8)
    decision = watched.after(Unchanged(NOON + 9 * DAY))
    assert (decision.verdict, decision.in_full) == (Verdict.UNCHANGED, True)
    assert lines(decision.watches[CODES].changes) == ["withdrawn 3000 Unauthorized"]


# -- a version that waits for a person ----------------------------------------------------------------


def test_a_version_that_is_held_back_in_part_is_not_applied_in_full() -> None:
    garbled = copy("2021-09-09", {3003: UNAUTHORIZED}, aside={"garbled": None})
    watched = Watched(CODES)
    watched.sees(WITH_3000)
    decision = watched.sees(garbled, 8)
    assert (decision.verdict, decision.in_full) == (Verdict.APPLIED, False)
    assert not watched.sees(garbled, 9).in_full
    assert watched.sees(garbled, 10, accepted=True).in_full
    assert watched.sees(garbled, 11).in_full


def test_a_registry_that_no_watch_can_use_is_not_what_copies_are_compared_with() -> None:
    watched = Watched(CODES)
    watched.sees(BEFORE, 1)
    gone = document("2021-09-05", codes="it is missing")
    decision = watched.sees(gone, 5)
    assert (decision.verdict, decision.in_full) == (Verdict.QUARANTINED, False)
    assert decision.document == DocumentState(
        snapshot=BEFORE.sha256, mark=date(2021, 9, 1), quarantined_since=NOON + 5 * DAY
    )
    assert watched.sees(BEFORE, 6).verdict is Verdict.UNCHANGED
    assert watched.sees(WITH_3000, 7).in_full


def test_an_older_copy_without_the_registry_is_just_older() -> None:
    watched = Watched(CODES)
    watched.sees(WITH_3000)
    decision = watched.sees(document("2021-09-01", codes="it is missing"), 8)
    assert decision.verdict is Verdict.OLDER
    assert not decision.watches[CODES].notices
    assert not decision.watches[CODES].state.holds


def test_a_person_accepts_for_the_watches_that_were_named() -> None:
    watched = Watched(CODES, "opcodes")
    garbled = document("2021-09-08", codes=registry({}, {"a": None}), opcodes=registry({}, {"b": None}))
    watched.sees(garbled)
    decision = watched.after(Sighting(NOON + 8 * DAY, garbled, accepted=frozenset({CODES})))
    assert not decision.in_full
    accepted = {name: step.state.holds[0].accepted_at for name, step in decision.watches.items()}
    assert accepted == {CODES: NOON + 8 * DAY, "opcodes": None}


# -- several watches ----------------------------------------------------------------------------------


def test_a_registry_that_is_missing_stops_only_its_own_watch() -> None:
    watched = Watched(CODES, "opcodes")
    watched.sees(document("2021-09-08", codes=registry({3000: UNAUTHORIZED}), opcodes=TEXTS))
    one = document(
        "2021-09-09", codes="it is missing", opcodes=registry({1: ("Text", None), 2: ("Bin", None)})
    )
    decision = watched.sees(one, 8)
    assert (decision.verdict, decision.in_full) == (Verdict.APPLIED, False)
    assert lines(decision.watches["opcodes"].changes) == ["registered 2 Bin"]
    assert [hold.kind for hold in decision.watches[CODES].state.holds] == [HoldKind.REGISTRY]
    again = watched.sees(one, 9)
    assert (again.verdict, again.in_full) == (Verdict.UNCHANGED, False)
    assert not again.watches[CODES].notices
    assert table_of(again.watches[CODES].state.registrations) == {3000: UNAUTHORIZED}
    unchanged = watched.after(Unchanged(NOON + 10 * DAY))
    assert not unchanged.in_full
    assert unchanged.watches[CODES].state == again.watches[CODES].state
    accepted = watched.sees(one, 11, accepted=True)
    assert (accepted.verdict, accepted.in_full) == (Verdict.UNCHANGED, False)
    assert watched.sees(one, 12).in_full


def test_a_version_that_lacks_a_registration_is_taken_in_full_once_that_is_withdrawn() -> None:
    watched = Watched(CODES)
    watched.sees(WITH_3000, 8)
    without = document("2021-09-20", codes=registry({1000: CLOSED}))
    assert [watched.sees(without, day).in_full for day in (20, 20.5, 21)] == [False, False, True]


def test_a_watch_that_is_added_takes_its_first_sight_from_the_version_that_is_served() -> None:
    both = document("2021-09-08", codes=registry({3000: UNAUTHORIZED}), opcodes=TEXTS)
    watched = Watched(CODES)
    watched.sees(both)
    watched.watches["opcodes"] = WatchState()
    assert not watched.after(Unchanged(NOON + 8 * DAY)).in_full
    assert not watched.watches["opcodes"].seen
    assert (
        not watched.sees(document("2021-09-01", codes=registry({}), opcodes=TEXTS), 9)
        .watches["opcodes"]
        .notices
    )
    decision = watched.sees(both, 10)
    assert (decision.verdict, decision.in_full) == (Verdict.UNCHANGED, True)
    assert decision.watches["opcodes"].first_sight
    assert not decision.watches[CODES].changes
