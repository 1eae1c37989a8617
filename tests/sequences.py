"""A sequence of days, told so that a reader sees them pass.

    A = copy("2021-09-01", {1000: ("Normal Closure", None)})
    B = copy("2021-09-08", {1000: ("Normal Closure", None), 3000: ("Unauthorized", "2021-09-06")})

    story = Story()
    story.day(0).sees(A).applied()
    story.day(1).sees(B).applied().news("registered 3000 Unauthorized")
    story.day(2).sees(A).older()
    story.day(3).not_modified()
    story.ends_with(B)

What a day brings and the story does not tell, be it news or a notice, fails the test at the next day or in
`ends_with` and `ends_with_a_person`. How a document is read and where the state is kept has no part in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from served import CODES, NOON, Table, assigned, table_of

from sync.decide.advance import advance
from sync.decide.registrations import never_recorded
from sync.intervals import spelled
from sync.records import RegistrySnapshot
from sync.state import (
    Change,
    ChangeKind,
    Decision,
    DocumentState,
    Notice,
    NoticeKind,
    Observation,
    Sighting,
    Unchanged,
    Unusable,
    Version,
    WatchState,
)
from sync.verdict import Verdict


def days(first: int, last: int) -> Iterator[int]:
    """Each day, both included."""
    return iter(range(first, last + 1))


def lines(changes: Iterable[Change]) -> list[str]:
    """Changes as a reader of the story would write them."""
    return [_line(change) for change in changes]


class Story:
    """Observes a document day by day and knows what each day brought."""

    def __init__(self, *watches: str) -> None:
        self.document = DocumentState()
        self.watches = {name: WatchState() for name in watches or (CODES,)}
        self._at = NOON
        self._decision: Decision | None = None
        self._news: list[str] = []
        self._notices: list[NoticeKind] = []
        self._named: set[Notice] = set()

    # -- what is observed ---------------------------------------------------------------------------

    def day(self, day: float, *, clock_ahead_by: timedelta = timedelta(0)) -> Story:
        """Let time pass until that day, 0 being NOON's; the clock shows a later time when it is ahead."""
        self._at = NOON + timedelta(days=day) + clock_ahead_by
        return self

    def sees(self, version: Version) -> Story:
        """A readable version is served."""
        return self._observe(Sighting(self._at, version))

    def not_modified(self) -> Story:
        """The server answers 304."""
        return self._observe(Unchanged(self._at)).unchanged()

    def cannot_read(self, reason: str) -> Story:
        """A document that can't be read is served."""
        return self._observe(Unusable(self._at, reason)).quarantined()

    # -- what a person does -------------------------------------------------------------------------

    def accepts(self, version: Version, watch: str = CODES) -> Story:
        """A person says that what was held back of a version is right."""
        return self._observe(Sighting(self._at, version, accepted=frozenset({watch})))

    def accepts_older(self, version: Version) -> Story:
        """A person says that an older copy is right."""
        return self._observe(Sighting(self._at, version, accept_older=True))

    # -- what was decided ---------------------------------------------------------------------------

    def applied(self) -> Story:
        """It was newer, or as new."""
        return self._was(Verdict.APPLIED)

    def unchanged(self) -> Story:
        """It was the version last applied."""
        return self._was(Verdict.UNCHANGED)

    def older(self) -> Story:
        """It was an older copy, and was not applied."""
        return self._was(Verdict.OLDER)

    def overdue(self) -> Story:
        """It was an older copy, and was applied."""
        return self._was(Verdict.OVERDUE)

    def quarantined(self) -> Story:
        """No watch could use it."""
        return self._was(Verdict.QUARANTINED)

    def news(self, *expected: str) -> Story:
        """What readers of the history find of this day, in order."""
        assert self._news == list(expected)
        self._news = []
        return self

    def told(self, *expected: NoticeKind) -> Story:
        """What operators hear of this day; of a registration in an older copy they hear once for ever."""
        assert self._notices == list(expected)
        self._notices = []
        return self

    # -- what is known ------------------------------------------------------------------------------

    def knows(self, table: Table, watch: str = CODES) -> Story:
        """The live registrations, those that are missing included."""
        assert table_of(self.watches[watch].registrations) == table
        return self

    def misses(self, *values: int, watch: str = CODES) -> Story:
        """The live registrations that the version last applied lacks."""
        live = [r for r in self.watches[watch].registrations if r.live]
        assert [r.first for r in live if r.missing_since] == list(values)
        return self

    def first_seen(self, value: int, watch: str = CODES) -> datetime:
        """When the live registration of a value was first seen (UTC)."""
        (found,) = (r for r in self.watches[watch].registrations if r.live and r.first <= value <= r.last)
        return found.first_seen_at

    # -- how it ends --------------------------------------------------------------------------------

    def ends_with(self, version: Version) -> None:
        """The version was applied in full: nothing waits for a day to pass or for a person."""
        self._is_told()
        assert self._decision
        assert self._decision.in_full
        assert self.document.snapshot == version.sha256
        for name, state in self.watches.items():
            served = version.registries[name]
            assert isinstance(served, RegistrySnapshot)
            assert table_of(state.registrations) == assigned(served)
            assert not list(never_recorded(state.registrations, served.records))
            assert not any(r.missing_since for r in state.registrations if r.live)

    def ends_with_a_person(self, watch: str = CODES) -> None:
        """Something is held back until a person says what is right."""
        self._is_told()
        assert self._decision
        assert not self._decision.in_full
        assert any(hold.accepted_at is None for hold in self.watches[watch].holds)

    def _observe(self, seen: Observation) -> Story:
        self._is_told()
        decision = advance(self.document, self.watches, seen)
        self._decision = decision
        self.document = decision.document
        self.watches = {name: step.state for name, step in decision.watches.items()}
        self._notices = [notice.kind for notice in decision.notices]
        for name, step in decision.watches.items():
            begin = "" if name == next(iter(self.watches)) else f"{name}: "
            self._news += [begin + line for line in lines(step.changes)]
            self._notices += [notice.kind for notice in step.notices if notice not in self._named]
            self._named |= {n for n in step.notices if n.kind is NoticeKind.UNKNOWN_IN_OLDER_COPY}
        return self

    def _was(self, verdict: Verdict) -> Story:
        assert self._decision
        assert self._decision.verdict is verdict
        return self

    def _is_told(self) -> None:
        assert (self._news, self._notices) == ([], []), "the story does not tell this"


def _line(change: Change) -> str:
    what = f"{change.kind} {spelled(change.first, change.last)}"
    if change.kind is ChangeKind.AMENDED:
        return f"{what} {change.field}: {change.before} -> {change.after}"
    return f"{what} {change.before if change.kind is ChangeKind.WITHDRAWN else change.after}"
