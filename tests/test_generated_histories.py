"""Histories that hypothesis makes up: whatever is served, nothing is missed, nothing false, nothing stuck.

Upstream registers, renames, re-dates, hands over, withdraws and gives back; its documents carry right dates,
older ones, dates ahead and none; the newest copy, older ones and 304s are served. After every observation
`decide` must know what `truth` does, and say the same of what happened.

IANAWATCH_EXAMPLES multiplies the number of histories.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from tenures import Expected, News, Says, Served
from truth import Truth
from upstream import (
    COMPANION,
    VALUES,
    WATCH,
    Edit,
    Unreadable,
    days_off,
    edits,
    publish,
    unreadables,
    version_of,
)

from sync.decide.advance import advance
from sync.state import (
    ChangeKind,
    Decision,
    DocumentState,
    NoticeKind,
    Observation,
    Registration,
    Sighting,
    Unchanged,
    Unusable,
    WatchDecision,
    WatchState,
)

START = datetime(2021, 9, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CLOCK_JUMP = timedelta(days=365, minutes=7)
FIELDS = {"description": "name", "registered_on": "date", "revised_on": "revised"}
"""What the truth calls a record's fields."""

pauses = st.sampled_from([HOUR, HOUR, 12 * HOUR, DAY, 3 * DAY, 31 * DAY])
mostly_the_newest = st.sampled_from([0, 0, 0, 1, 2])


class Histories(RuleBasedStateMachine):
    """Upstream, a server of its documents, and somebody who watches them."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.table: dict[int, Says] = {}
        """What upstream assigns now."""
        self.published: list[Served] = []
        self.document = DocumentState()
        self.watches: dict[str, WatchState] = {}
        self.truth = Truth(VALUES, has_companion=False)
        self.registered: set[str] = set()
        """Keys of what was ever told as registered."""

    @initialize(edits=st.lists(edits, max_size=9), companion=st.booleans(), bundled=st.booleans())
    def begin(self, edits: list[Edit], companion: bool, bundled: bool) -> None:
        """Serve a first version; it may be the bundled one, which lacks a field, or have another watch."""
        self.watches = {name: WatchState() for name in ((WATCH, COMPANION) if companion else (WATCH,))}
        self.truth = Truth(VALUES, has_companion=companion)
        for edit in edits:
            edit.done_to(self.table)
        lacking = {value: replace(says, revised=None) for value, says in self.table.items()}
        table = lacking if bundled else self.table
        self.published = [publish(0, "2021-09-01", table, 0, bundled=bundled)]
        self._sees(self.published[0])

    # -- upstream ---------------------------------------------------------------------------------

    @rule(done=st.lists(edits, min_size=1, max_size=3), seed=st.integers(), pause=pauses)
    def upstream_publishes(self, done: list[Edit], seed: int, pause: timedelta) -> None:
        """A version with changes, served at once."""
        self._publish(done, self._date(0), seed)
        self.the_newest_is_served(pause)

    @rule(done=st.lists(edits, max_size=2), off=days_off, seed=st.integers())
    def upstream_publishes_with_a_wrong_date(self, done: list[Edit], off: int, seed: int) -> None:
        """A version that may be served later, or never."""
        self._publish(done, self._date(off), seed)

    @rule(updated=st.sampled_from(["2021-09-", "2021-13-01", None]), seed=st.integers())
    def upstream_publishes_without_a_date(self, updated: str | None, seed: int) -> None:
        """A version whose date can't be read."""
        self._publish([], updated, seed)

    @rule(texts=unreadables, done=st.lists(edits, max_size=1), seed=st.integers(), pause=pauses)
    def upstream_garbles_records(
        self, texts: Unreadable, done: list[Edit], seed: int, pause: timedelta
    ) -> None:
        """A version with records that can't be used, served at once."""
        self._publish(done, self._date(0), seed, texts)
        self.the_newest_is_served(pause)

    @rule(off=days_off)
    def upstream_loses_the_registry(self, off: int) -> None:
        """A version without the registry."""
        self.published.append(Served(len(self.published), self._date(off), gone=True))

    # -- what is served ---------------------------------------------------------------------------

    @rule(pause=pauses)
    def the_newest_is_served(self, pause: timedelta) -> None:
        """As it should be."""
        self.now += pause
        self._sees(self.published[-1])

    @rule(pause=pauses, back=st.integers(1, 5))
    def an_older_copy_is_served(self, pause: timedelta, back: int) -> None:
        """One of the last few, perhaps seen before."""
        self.now += pause
        self._sees(self._copy(back))

    @rule(back=mostly_the_newest)
    def a_copy_is_served_while_the_clock_is_ahead(self, back: int) -> None:
        """For one observation."""
        self.now += HOUR
        self._sees(self._copy(back), at=self.now + CLOCK_JUMP)

    @precondition(lambda self: self.truth.applied)
    @rule(pause=pauses)
    def the_server_answers_304(self, pause: timedelta) -> None:
        """The version last applied is the one that is served."""
        self.now += pause
        self._compare(self._observe(Unchanged(self.now)), self.truth.not_modified(self.now))

    @rule()
    def something_unreadable_is_served(self) -> None:
        """A document that is not well-formed."""
        self.now += HOUR
        self._compare(self._observe(Unusable(self.now, "a stray byte")), self.truth.cannot_read())

    # -- what a person does -----------------------------------------------------------------------

    @rule(back=mostly_the_newest)
    def a_person_accepts(self, back: int) -> None:
        """What is held back of a version."""
        self.now += HOUR
        self._sees(self._copy(back), accepted=True)

    @rule(back=mostly_the_newest)
    def a_person_accepts_an_older_copy(self, back: int) -> None:
        """Whether it is one or not."""
        self.now += HOUR
        self._sees(self._copy(back), accept_older=True)

    # -- how it ends ------------------------------------------------------------------------------

    def teardown(self) -> None:
        """A month in which only the newest version is served, then a word of a person where one is due."""
        if not self.published:
            return
        newest = self.published[-1]
        for _ in range(33):
            self.now += DAY
            self._sees(newest)
        if self.truth.waits_for_a_person:
            self._sees(newest, accepted=True)
        self.now += DAY
        decision = self._sees(newest)
        assert decision.in_full
        known = _by_value(decision.watches[WATCH].state)
        left = {value: _says(r) for value, r in known.items() if value not in newest.hidden}
        assert left == newest.assigned

    # -- the rest ---------------------------------------------------------------------------------

    def _publish(self, done: list[Edit], updated: str | None, seed: int, texts: Unreadable = ()) -> None:
        for edit in done:
            edit.done_to(self.table)
        self.published.append(publish(len(self.published), updated, self.table, seed, unreadable=texts))

    def _date(self, off: int) -> str:
        return f"{self.now + off * DAY:%Y-%m-%d}"

    def _copy(self, back: int) -> Served:
        return self.published[-1 - back % len(self.published)]

    def _sees(
        self,
        served: Served,
        *,
        at: datetime | None = None,
        accept_older: bool = False,
        accepted: bool = False,
    ) -> Decision:
        at = at or self.now
        whose = frozenset({WATCH} if accepted else ())
        decision = self._observe(Sighting(at, version_of(served, self.watches), accept_older, whose))
        self._compare(decision, self.truth.sees(served, at, accept_older=accept_older, accepted=accepted))
        return decision

    def _observe(self, seen: Observation) -> Decision:
        decision = advance(self.document, self.watches, seen)
        assert decision == advance(self.document, self.watches, seen)
        self.document = decision.document
        self.watches = {name: step.state for name, step in decision.watches.items()}
        again = advance(self.document, self.watches, seen)
        assert again.document == self.document
        assert {name: step.state for name, step in again.watches.items()} == self.watches
        assert not any(step.changes for step in again.watches.values())
        for step in decision.watches.values():
            self._check(step)
        return decision

    def _check(self, step: WatchDecision) -> None:
        """What holds after every observation, whatever it was."""
        registrations = {r.key: r for r in step.state.registrations}
        assert len(registrations) == len(step.state.registrations)
        assert all(change.key in registrations for change in step.changes)
        live = [(r.first, r.last) for r in registrations.values() if r.live]
        for spans in (sorted(live), [(r.first, r.last) for r in step.state.records]):
            assert all(one[1] < next_one[0] for one, next_one in pairwise(spans))
        told = [change.key for change in step.changes if change.kind is ChangeKind.REGISTERED]
        assert len({*told} - self.registered) == len(told)
        assert not any(registrations[key].baseline for key in told)
        self.registered.update(told)

    def _compare(self, decision: Decision, expected: Expected) -> None:
        """What was decided and what the rules say."""
        step = decision.watches[WATCH]
        assert decision.verdict == expected.verdict
        assert Counter(_news(step)) == Counter(expected.news)
        notices = [*decision.notices, *step.notices]
        in_older = [n.subject.split()[0] for n in notices if n.kind is NoticeKind.UNKNOWN_IN_OLDER_COPY]
        assert {value for text in in_older for value in _spelled(text)} == expected.unknown
        told = [n.kind for n in notices if n.kind is not NoticeKind.UNKNOWN_IN_OLDER_COPY]
        assert sorted(told) == sorted(expected.told)
        assert {
            value: (_says(r), bool(r.missing_since), r.baseline) for value, r in _by_value(step.state).items()
        } == {value: (t.says, bool(t.missing), t.baseline) for value, t in self.truth.live.items()}
        gone = [r for r in step.state.registrations if not r.live]
        assert Counter((value, _says(r)) for r in gone for value in range(r.first, r.last + 1)) == Counter(
            (t.value, t.says) for t in self.truth.ended
        )
        assert decision.in_full == (
            expected.verdict in {"applied", "overdue", "unchanged"}
            and step.state.snapshot == decision.document.snapshot
            and not self.truth.waits_for_a_person
            and not any(tenure.missing for tenure in self.truth.live.values())
        )


def _by_value(state: WatchState) -> dict[int, Registration]:
    return {value: r for r in state.registrations if r.live for value in range(r.first, r.last + 1)}


def _says(registration: Registration) -> Says:
    content = registration.content
    return Says(content.description, content.registered_on, content.revised_on)


def _news(step: WatchDecision) -> list[News]:
    return [
        (change.kind, value, FIELDS.get(change.field or "", ""), change.before, change.after)
        for change in step.changes
        for value in range(change.first, change.last + 1)
    ]


def _spelled(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=200 * int(os.environ.get("IANAWATCH_EXAMPLES", "1")),
    stateful_step_count=40,
    deadline=None,
    report_multiple_bugs=False,
)
