"""The decisions of every observation, made anew in the order of time. Pure.

Past versions may be added at any time (docs/rules.md, rule 12): since the state follows from the
observations alone, folding all of them gives what seeing them in order would have given. Of a run of equal
observations only the two ends are known (`observations`): what falls due inside one is seen at its last.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sync.decide.advance import Patience, advance
from sync.decide.observations import Run, brought_back, covers, joined, moments, run_of
from sync.records import Record
from sync.state import (
    Change,
    Decision,
    DocumentState,
    Hold,
    Observation,
    Registration,
    Sighting,
    Unusable,
    Version,
    WatchDecision,
    WatchState,
)
from sync.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Moment:
    """One observation to replay."""

    at: datetime
    sha256: str
    count: int = 1
    """How many observations it stands for."""
    accept_older: bool = False
    accepted: frozenset[str] = frozenset()


@dataclass(slots=True)
class WatchReplay:
    """A watch's registry after the replay, and everything that happened to it."""

    state: WatchState = field(default_factory=WatchState)
    records: list[tuple[Record, datetime, datetime | None]] = field(default_factory=list)
    """Each record with when it was first seen, and when it was seen to be otherwise."""
    holds: list[tuple[Hold, datetime | None]] = field(default_factory=list)
    """Each hold with when it was over."""
    changes: list[Change] = field(default_factory=list)

    def take(self, step: WatchDecision, at: datetime) -> None:
        """Go on to the state after a decision."""
        if step.state.records != self.state.records:
            self._take_records(step, at)
        if step.state.holds != self.state.holds:
            self._take_holds(step.state.holds, at)
        self.changes += step.changes
        self.state = step.state

    def _take_records(self, step: WatchDecision, at: datetime) -> None:
        known, now = set(self.state.records), set(step.state.records)
        new = [record for record in step.state.records if record not in known]
        replaced = {_values(record) for record in new} if step.fills_bundle else set()
        filled: dict[tuple[int, int], datetime] = {}
        kept: list[tuple[Record, datetime, datetime | None]] = []
        for record, start, end in self.records:
            if end is not None or record in now:
                kept.append((record, start, end))
            elif _values(record) in replaced:
                filled[_values(record)] = start
            else:
                kept.append((record, start, at))
        self.records = kept + [(record, filled.get(_values(record), at), None) for record in new]

    def _take_holds(self, holds: Iterable[Hold], at: datetime) -> None:
        now = {(hold.kind, hold.fingerprint): hold for hold in holds}
        for index, (hold, end) in enumerate(self.holds):
            if end is None:
                still = now.pop((hold.kind, hold.fingerprint), None)
                self.holds[index] = (still or hold, None if still else at)
        self.holds += [(hold, None) for hold in now.values()]


@dataclass(slots=True)
class Replay:
    """A document after the replay."""

    document: DocumentState
    watches: dict[str, WatchReplay]
    runs: list[Run]
    applied: set[str]
    """SHA-256 of every version that was applied."""


def in_order(runs: Iterable[Run], added: Iterable[Moment]) -> tuple[list[Moment], int]:
    """What is stored and what is added, by time; and how many of the added are really new.

    `runs` are in the order they were written. Of one time, what is stored comes first.
    """
    stored = brought_back(list(runs))
    there: dict[str, list[Run]] = {}
    for run in stored:
        there.setdefault(run.sha256, []).append(run)
    new = [
        moment
        for moment in dict.fromkeys(added)
        if not any(covers(run, moment.at) for run in there.get(moment.sha256, ()))
    ]
    known = [moment for run in stored for moment in _moments(run)]
    return sorted([*known, *new], key=lambda moment: moment.at), len(new)


def replay(
    moments_: Sequence[Moment],
    watches: Collection[str],
    version: Callable[[str], Version | str],
    patience: Patience,
) -> Replay:
    """Fold the decisions over all observations.

    `version` gives what a SHA-256 stands for: a version, or why it can't be read.
    """
    result = Replay(DocumentState(), {name: WatchReplay() for name in watches}, [], set())
    for moment in moments_:
        seen = version(moment.sha256)
        if isinstance(seen, Version) and seen.bundled and result.document.snapshot not in {None, seen.sha256}:
            # The bundled version stands in until something is served; it was never served itself.
            continue
        observation = _observation(moment, seen)
        states = {name: watch.state for name, watch in result.watches.items()}
        decision = advance(result.document, states, observation, patience)
        _take(result, decision, moment, quarantine_reason(observation, decision))
    return result


def quarantine_reason(observation: Observation, decision: Decision) -> str | None:
    """Why an observation was quarantined; None when it was not."""
    match observation:
        case Unusable(reason=reason):
            return reason
        case Sighting(version=version) if decision.verdict is Verdict.QUARANTINED:
            refused = (one if isinstance(one, str) else one.refusal for one in version.registries.values())
            return "; ".join(filter(None, refused))
        case _:
            return None


def numbered(
    before: Iterable[Registration], after: Iterable[Registration], same: Mapping[str, str]
) -> tuple[Registration, ...]:
    """The replayed registrations, their withdrawals numbered on from those that may have been alerted.

    An alert names a withdrawal by its number, for ever. One that was withdrawn keeps that number, be it for
    the withdrawal it has now or for the return that takes it back; a further one never gets it. `same` gives
    the key before of each registration that is the same one.
    """
    known = {registration.key: registration for registration in before}

    def number(new: Registration) -> int:
        old = known.get(same.get(new.key, ""))
        if old is None:
            return new.endings
        if not old.live:
            return old.endings
        return max(new.endings, old.endings + (not new.live))

    return tuple(replace(registration, endings=number(registration)) for registration in after)


def _moments(run: Run) -> Iterator[Moment]:
    for at, count in moments(run):
        yield Moment(at, run.sha256, count, run.accept_older, frozenset(run.accepted))


def _observation(moment: Moment, seen: Version | str) -> Observation:
    if isinstance(seen, str):
        return Unusable(moment.at, seen)
    return Sighting(moment.at, seen, moment.accept_older, moment.accepted)


def _take(result: Replay, decision: Decision, moment: Moment, reason: str | None) -> None:
    result.document = decision.document
    if decision.document.snapshot is not None:
        result.applied.add(decision.document.snapshot)
    for name, step in decision.watches.items():
        result.watches[name].take(step, moment.at)
    run = run_of(
        moment.sha256,
        decision,
        moment.at,
        reason=reason,
        accept_older=moment.accept_older,
        accepted=moment.accepted,
        count=moment.count,
    )
    together = joined(result.runs[-1], run) if result.runs else None
    if together is None:
        result.runs.append(run)
    else:
        result.runs[-1] = together


def _values(record: Record) -> tuple[int, int]:
    return record.first, record.last
