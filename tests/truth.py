"""What the rules say must be known, worked out value by value: what `sync.decide.advance` is compared with.

Written from docs/rules.md, rules 1 to 5 and 11, and from nothing else: dicts over a few values, lists of
what was observed when, no intervals and no code of `decide` or below it. It is slow, and plain enough to be
believed.

A registration may have several values; those that a row registered side by side are one until what is said of
them differs. Only the rule about many missing at once counts registrations, so each value knows its `group`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from tenures import Expected, Says, Served, Tenure

DAY = timedelta(days=1)


class Truth:
    """What must be known after everything that was observed so far."""

    def __init__(self, values: range, *, has_companion: bool) -> None:
        """Take the values there are; a companion is another watch of the document, whose registry is fine."""
        self.values = values
        self.has_companion = has_companion
        self.applied: list[tuple[Served, datetime]] = []
        self.older: list[datetime] = []
        """When older copies came, since the last one that was none."""
        self.cannot_be_read = False
        self.mine: Served | None = None
        """The version last applied to the watch."""
        self.live: dict[int, Tenure] = {}
        self.ended: list[Tenure] = []
        self.gone_is_told = False
        self.gone_is_accepted = False
        self.unreadable: dict[str, bool] = {}
        """The texts of records that can't be used: did a person accept it?"""
        self.many: tuple[frozenset[object], bool] | None = None
        """The registrations missing at once: did a person accept it?"""

    # -- what is observed -------------------------------------------------------------------------

    def not_modified(self, at: datetime) -> Expected:
        """304."""
        expected = Expected("unchanged")
        self.older, self.cannot_be_read = [], False
        if self.mine and self.mine.number == self.applied[-1][0].number:
            self._seen_again(at, expected, accepted=False)
        return expected

    def cannot_read(self) -> Expected:
        """A document that can't be read: told once, until something else comes."""
        told = [] if self.cannot_be_read else ["document-quarantined"]
        self.cannot_be_read = True
        return Expected("quarantined", told=told)

    def sees(
        self, served: Served, at: datetime, *, accept_older: bool = False, accepted: bool = False
    ) -> Expected:
        """Observe a readable version; `accepted` says that a person finds what it holds back right."""
        expected = Expected(self._verdict(served, at, accept_older=accept_older))
        if expected.verdict == "older":
            self.older.append(at)
            self.cannot_be_read = False
            expected.unknown = self._unknown(served)
        elif expected.verdict == "unchanged" and self.mine and self.mine.number == served.number:
            self._seen_again(at, expected, accepted=accepted)
            if not accepted:
                self.older, self.cannot_be_read = [], False
        else:
            usable = self._apply(served, at, expected, accepted=accepted)
            if not usable and not self.has_companion:
                expected.verdict = "quarantined"
                self.cannot_be_read = True
                return expected
            if expected.verdict == "overdue":
                expected.told.append("older-copy-applied")
            if expected.verdict != "unchanged":
                self.applied.append((served, at))
            if expected.verdict != "unchanged" or not accepted:
                self.older, self.cannot_be_read = [], False
        return expected

    @property
    def waits_for_a_person(self) -> bool:
        """Whether something is held back."""
        many = self.many is not None and not self.many[1]
        return self.gone_is_told or many or not all(self.unreadable.values())

    # -- which copy is it: rule 1 -----------------------------------------------------------------

    def _verdict(self, served: Served, at: datetime, *, accept_older: bool) -> str:
        numbers = [version.number for version, _ in self.applied]
        if numbers[-1:] == [served.number]:
            return "unchanged"
        mark, day = self._mark(at), _day(served)
        if served.number not in numbers and not (mark and day and day < mark):
            return "applied"
        if accept_older or at - min([*self.older, at]) >= 30 * DAY:
            return "overdue"
        return "older"

    def _mark(self, now: datetime) -> date | None:
        mark: date | None = None
        for served, at in [*self.applied, (None, now)]:
            if mark and mark > at.date() + 2 * DAY:
                mark = at.date()
            day = _day(served) if served else None
            if day and day > at.date() + 2 * DAY:
                mark = max(mark or at.date(), at.date())
            elif day:
                mark = day
        return mark

    def _unknown(self, served: Served) -> set[int]:
        if served.gone or not self.mine:
            return set()
        return {
            value
            for value, says in served.assigned.items()
            if not (value in self.live and self.live[value].goes_on_as(says))
            and not any(t.value == value and t.comes_back_as(says) for t in self.ended)
        }

    # -- what became of each value: rules 2, 3 and 11 ----------------------------------------------

    def _apply(self, served: Served, at: datetime, expected: Expected, *, accepted: bool) -> bool:
        if served.gone:
            self.gone_is_accepted = self.gone_is_accepted or accepted
            if not self.gone_is_accepted:
                if not self.gone_is_told:
                    expected.told.append("registry-quarantined")
                self.gone_is_told = True
                return False
        else:
            self.gone_is_accepted = False
        self.gone_is_told = False
        before = len({t.group for t in self.live.values()})
        if self.mine is None:
            self._register(served, set(self.values) - served.hidden, expected, baseline=True)
        else:
            fields = ["name", "date", "revised"]
            if self.mine.bundled and not served.bundled:
                fields = ["name", "date"]
            self._part_groups(served)
            free = self._go_on(served, at, expected, fields)
            free = self._come_back(served, free, expected, fields)
            self._register(served, free, expected, baseline=False)
        self.mine = served
        waited = not all(self.unreadable.values())
        self._hold_back(served, before, expected)
        if waited and all(self.unreadable.values()):
            # Only from now on can it be seen what is missing.
            for tenure in self.live.values():
                tenure.missing = [at] if tenure.missing else []
        self._seen_again(at, expected, accepted=accepted)
        return True

    def _go_on(self, served: Served, at: datetime, expected: Expected, fields: Sequence[str]) -> set[int]:
        """The values that go on; returns those that are free for others."""
        free = set(self.values) - served.hidden
        for value, tenure in list(self.live.items()):
            says = served.assigned.get(value)
            if value not in free or says is None:
                continue
            if tenure.goes_on_as(says):
                free.remove(value)
                _amend(tenure, says, expected, fields)
            else:
                self._end(tenure, at, expected)
        return free

    def _come_back(
        self, served: Served, free: Iterable[int], expected: Expected, fields: Sequence[str]
    ) -> set[int]:
        """The withdrawn ones that are registered again; returns the values that are left."""
        left = set(free)
        groups: dict[object, object] = {}
        last: tuple[int, object] | None = None
        for row, (first, end, says) in enumerate(served.rows):
            for value in range(first, end + 1):
                candidates = [t for t in self.ended if t.value == value and says and t.comes_back_as(says)]
                if value not in left or not says or not candidates:
                    last = None
                    continue
                best = max(candidates, key=lambda t: (_pair(t.says) == _pair(says), t.ended))
                self.ended.remove(best)
                if last != (row, best.group):
                    groups[row, best.group] = object()
                last = (row, best.group)
                best.ended, best.group = None, groups[last]
                self.live[value] = best
                expected.news.append(("returned", value, "", None, says.name))
                _amend(best, says, expected, fields)
                left.remove(value)
        return left

    def _register(self, served: Served, free: set[int], expected: Expected, *, baseline: bool) -> None:
        for first, last, says in served.rows:
            group = object()
            for value in range(first, last + 1):
                if value not in free:
                    group = object()
                elif says:
                    self.live[value] = Tenure(value, says, group, baseline)
                    if not baseline:
                        expected.news.append(("registered", value, "", None, says.name))

    def _part_groups(self, served: Served) -> None:
        """Values that were one registration are so no longer when different things are said of them."""
        for group in {t.group for t in self.live.values()}:
            runs: list[tuple[object, list[Tenure]]] = []
            for tenure in sorted((t for t in self.live.values() if t.group is group), key=lambda t: t.value):
                fate = "hidden" if tenure.value in served.hidden else served.assigned.get(tenure.value)
                if not runs or runs[-1][0] != fate:
                    runs.append((fate, []))
                runs[-1][1].append(tenure)
            stays = [
                run
                for run in runs
                if run[0] == "hidden" or (isinstance(run[0], Says) and run[1][0].goes_on_as(run[0]))
            ]
            for run in runs:
                if run is not (stays or runs)[0]:
                    new = object()
                    for tenure in run[1]:
                        tenure.group = new

    # -- what waits: rules 4 and 5 ----------------------------------------------------------------

    def _hold_back(self, served: Served, before: int, expected: Expected) -> None:
        texts = {text for text, _ in served.unreadable}
        if texts - self.unreadable.keys():
            expected.told.append("records-set-aside")
        self.unreadable = {text: self.unreadable.get(text, False) for text in texts}
        missing = frozenset(
            t.group
            for t in self.live.values()
            if t.value not in served.assigned
            if (t.missing or t.value not in served.hidden) and not t.may_go
        )
        if len(missing) >= 3 and len(missing) > before / 5:
            if self.many is None or self.many[0] != missing:
                expected.told.append("many-missing")
                self.many = (missing, False)
        else:
            self.many = None

    def _seen_again(self, at: datetime, expected: Expected, *, accepted: bool) -> None:
        """An observation of the version last applied: what it lacks is missing once more."""
        assert self.mine
        self.gone_is_told = False
        if accepted:
            self.unreadable = dict.fromkeys(self.unreadable, True)
            self.many = (self.many[0], True) if self.many else None
        for value, tenure in list(self.live.items()):
            if value in self.mine.assigned or (value in self.mine.hidden and not tenure.missing):
                tenure.missing.clear()
                tenure.may_go = False
                continue
            tenure.missing.append(at)
            tenure.may_go = tenure.may_go or accepted
            held = not all(self.unreadable.values()) or (self.many and not self.many[1] and not tenure.may_go)
            if at - min(tenure.missing) >= DAY and not held:
                self._end(tenure, at, expected)

    def _end(self, tenure: Tenure, at: datetime, expected: Expected) -> None:
        tenure.ended = at
        tenure.missing.clear()
        tenure.may_go = False
        self.ended.append(self.live.pop(tenure.value))
        expected.news.append(("withdrawn", tenure.value, "", tenure.says.name, None))


def _amend(tenure: Tenure, says: Says, expected: Expected, fields: Sequence[str]) -> None:
    for name in fields:
        before, after = getattr(tenure.says, name), getattr(says, name)
        if before != after:
            expected.news.append(("amended", tenure.value, name, before, after))
    tenure.was.append(tenure.says)
    tenure.says = says


def _pair(says: Says) -> tuple[str, str | None]:
    return says.name, says.date


def _day(served: Served) -> date | None:
    try:
        return date.fromisoformat((served.updated or "").strip())
    except ValueError:
        return None
