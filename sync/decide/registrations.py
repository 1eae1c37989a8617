"""What became of each registration: kept, amended, handed over, missing, returned or new.

Known registrations and a registry's records are laid over each other value by value, on intervals
(docs/rules.md, rules 2 and 3). Pure; knows nothing of documents, clocks' patience or alerts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sync.decide.amendments import AMENDABLE, amendments
from sync.decide.identity import continues, new_key, pair_of, recorded_as, returns
from sync.intervals import Interval, IntervalBag, IntervalMap, merged, without
from sync.records import Assignment, Content, Record
from sync.state import Change, ChangeKind, Registration


@dataclass(frozen=True, slots=True)
class Laid:
    """Registrations after a registry's records were laid over them."""

    registrations: tuple[Registration, ...]
    changes: tuple[Change, ...]


def first_sight(records: Iterable[Record], at: datetime) -> tuple[Registration, ...]:
    """Every assigned record as a baseline registration: known from now on, and no news (rule 11)."""
    keys: set[str] = set()
    return tuple(
        _registration(r.first, r.last, r.content, at, keys, baseline=True) for r in records if _assigned(r)
    )


def lay(
    known: Sequence[Registration],
    records: Sequence[Record],
    unreadable: Sequence[Interval],
    at: datetime,
    snapshot: str,
    *,
    fields: Sequence[str] = AMENDABLE,
) -> Laid:
    """Lay `records` over the `known` registrations.

    `unreadable` are the values of records that were set aside: they keep their last state. `fields` are
    those whose change is history; others are filled in silently.
    """
    return _Overlay(known, records, merged(unreadable), at, snapshot, fields).lay()


def never_recorded(known: Sequence[Registration], records: Iterable[Record]) -> Iterator[Record]:
    """What the records assign and no registration ever recorded does (rule 1, of an older copy).

    A record is cut to the values that were never recorded with its content.
    """
    live = IntervalMap((r.first, r.last, r) for r in known if r.live)
    gone = IntervalBag((r.first, r.last, r) for r in known if not r.live)
    for record in records:
        if _assigned(record):
            values = record.first, record.last
            there = [*live.overlapping(*values), *gone.overlapping(*values)]
            recorded = [(r.first, r.last) for r in there if recorded_as(r, record.content)]
            for first, last in without(record.first, record.last, recorded):
                yield replace(record, first=first, last=last)


def withdrawn(registration: Registration, at: datetime, snapshot: str) -> tuple[Registration, Change]:
    """End a registration: the row stays."""
    ended = replace(
        registration,
        withdrawn_at=at,
        missing_since=registration.missing_since or at,
        removal_accepted=False,
        endings=registration.endings + 1,
    )
    return ended, _change(ChangeKind.WITHDRAWN, ended, at, snapshot, before=ended.content.description)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of a live registration's values with one fate."""

    first: int
    last: int
    kept: bool
    """Set aside: the last state stands."""
    content: Content | None
    """What the registry assigns the values to now; None when to nothing."""


class _Overlay:
    def __init__(
        self,
        known: Sequence[Registration],
        records: Sequence[Record],
        unreadable: list[Interval],
        at: datetime,
        snapshot: str,
        fields: Sequence[str],
    ) -> None:
        self.at = at
        self.snapshot = snapshot
        self.fields = fields
        self.blocked = IntervalMap((a, b, True) for a, b in unreadable)
        self.assigned = [r for r in records if _assigned(r)]
        self.contents = IntervalMap((r.first, r.last, r.content) for r in self.assigned)
        self.live = [r for r in known if r.live]
        self.gone = {r.key: r for r in known if not r.live}
        self.remains: list[str] = []
        """Keys of what stays withdrawn of a registration that returned in part."""
        self.owners = IntervalMap((r.first, r.last, r) for r in self.live)
        self.keys = {r.key for r in known}
        self.result: list[Registration] = []
        self.changes: list[Change] = []

    def lay(self) -> Laid:
        for registration in self.live:
            for part, piece in self._cut(registration):
                self._settle(part, piece)
        gone = IntervalBag((r.first, r.last, r.key) for r in self.gone.values())
        for record in self.assigned:
            for first, last in self._unowned(record):
                keys = [*gone.overlapping(first, last), *self.remains]
                self._register(first, last, record.content, keys)
        self.result.extend(self.gone.values())
        return Laid(
            tuple(sorted(self.result, key=lambda r: (r.first, r.first_seen_at, r.key))), tuple(self.changes)
        )

    def _cut(self, registration: Registration) -> Iterator[tuple[Registration, _Piece]]:
        """Split a registration where the fates of its values differ; it goes on in the first that stays."""
        pieces = list(self._pieces(registration))
        stay = (p for p in pieces if p.kept or (p.content and continues(registration, p.content)))
        heir = next(stay, pieces[0])
        for piece in pieces:
            yield self._part(registration, piece.first, piece.last, heir=piece is heir), piece

    def _pieces(self, registration: Registration) -> Iterator[_Piece]:
        current: _Piece | None = None
        for a, b, blocked in self.blocked.pieces(registration.first, registration.last):
            for first, last, content in [(a, b, None)] if blocked else self.contents.pieces(a, b):
                piece = _Piece(first, last, bool(blocked), content)
                if current and (current.kept, current.content) == (piece.kept, piece.content):
                    current = replace(current, last=last)
                    continue
                if current:
                    yield current
                current = piece
        if current:
            yield current

    def _settle(self, registration: Registration, piece: _Piece) -> None:
        if piece.kept:
            self.result.append(registration)
        elif piece.content is None:
            self.result.append(replace(registration, missing_since=registration.missing_since or self.at))
        elif continues(registration, piece.content):
            self.result.append(self._amend(registration, piece.content))
        else:
            ended, change = withdrawn(registration, self.at, self.snapshot)
            self.gone[ended.key] = ended
            self.changes.append(change)

    def _unowned(self, record: Record) -> list[Interval]:
        """The values of a record that no live registration continues in."""
        values = []
        for a, b in self.blocked.gaps(record.first, record.last):
            for first, last, owner in self.owners.pieces(a, b):
                if owner is None or not continues(owner, record.content):
                    values.append((first, last))
        return merged(values)

    def _register(self, first: int, last: int, content: Content, gone: Iterable[str]) -> None:
        """Give values to the withdrawn registrations they return to, and the rest to a new one.

        `gone` are the keys of what was withdrawn, all that had some of the values among them.
        """
        known = (self.gone[key] for key in gone if key in self.gone)
        candidates = [r for r in known if returns(r, content)]
        candidates.sort(key=lambda r: (r.pair == pair_of(content), r.withdrawn_at), reverse=True)
        new = [(first, last)]
        for candidate in candidates:
            back = [
                (max(a, candidate.first), min(b, candidate.last))
                for a, b in new
                if a <= candidate.last and candidate.first <= b
            ]
            self._bring_back(candidate, back, content)
            new = [left for a, b in new for left in without(a, b, back)]
        for a, b in new:
            registration = _registration(a, b, content, self.at, self.keys, baseline=False)
            self.result.append(registration)
            self.changes.append(
                _change(
                    ChangeKind.REGISTERED, registration, self.at, self.snapshot, after=content.description
                )
            )

    def _bring_back(self, registration: Registration, values: list[Interval], content: Content) -> None:
        """Register a withdrawn registration's `values` again; the rest of it stays withdrawn."""
        if not values:
            return
        del self.gone[registration.key]
        for first, last in values:
            back = self._part(registration, first, last, heir=(first, last) == values[0])
            self.changes.append(
                _change(ChangeKind.RETURNED, back, self.at, self.snapshot, after=content.description)
            )
            self.result.append(self._amend(replace(back, withdrawn_at=None), content))
        for first, last in without(registration.first, registration.last, values):
            part = self._part(registration, first, last, heir=False)
            self.gone[part.key] = part
            self.remains.append(part.key)

    def _part(self, registration: Registration, first: int, last: int, *, heir: bool) -> Registration:
        """A registration for some of another's values; one heir has its identity."""
        key = registration.key if heir else new_key(first, last, registration.origin, self.keys)
        return replace(registration, first=first, last=last, key=key)

    def _amend(self, registration: Registration, content: Content) -> Registration:
        """A registration that goes on with that content; what differs is history."""
        for field, before, after in amendments(registration.content, content, self.fields):
            self.changes.append(
                _change(
                    ChangeKind.AMENDED,
                    registration,
                    self.at,
                    self.snapshot,
                    field=field,
                    before=before,
                    after=after,
                )
            )
        formerly = registration.formerly
        if registration.pair != pair_of(content) and registration.pair not in formerly:
            formerly = (*formerly, registration.pair)
        return replace(
            registration,
            content=content,
            formerly=formerly,
            missing_since=None,
            removal_accepted=False,
        )


def _assigned(record: Record) -> bool:
    return record.content.assignment is Assignment.ASSIGNED


def _registration(
    first: int, last: int, content: Content, at: datetime, keys: set[str], *, baseline: bool
) -> Registration:
    origin = pair_of(content)
    # By place: by name, making it takes half as long again.
    return Registration(new_key(first, last, origin, keys), first, last, content, origin, at, baseline)


def _change(
    kind: ChangeKind,
    registration: Registration,
    at: datetime,
    snapshot: str,
    *,
    field: str | None = None,
    before: str | None = None,
    after: str | None = None,
) -> Change:
    return Change(
        kind=kind,
        key=registration.key,
        first=registration.first,
        last=registration.last,
        at=at,
        snapshot=snapshot,
        field=field,
        before=before,
        after=after,
        ending=registration.endings,
    )
