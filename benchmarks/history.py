"""Real history: what is alerted when eleven years of observations are synced, in order and in worse ways.

The floor is a plain set difference between two observations: what it would have said of 3000-3999 that is not
true. What is counted is false and missed alerts, so the figure to reach is 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import timeline
from live_syncs import LiveSyncs
from timeline import Seen

from benchmarks.figures import Figure, Measured, Unit
from benchmarks.past import folder_in_memory, new_database, observed
from sync.parse_registry.document import parse_document
from sync.records import Assignment
from sync.watches import CLOSE_CODES

HEAD = (
    "| replay | observations | alerts | false | missed | false, plain difference |",
    "| --- | --- | --- | --- | --- | --- |",
)


@dataclass(frozen=True)
class Replay:
    """What a replay said."""

    name: str
    observations: int
    alerts: int
    false: int
    missed: int
    plain: int
    """False events of a plain set difference over the same observations."""

    @property
    def figure(self) -> Figure:
        """Its false and missed alerts beside those of the plain difference."""
        wrong = self.false + self.missed
        name = f"false and missed alerts, {self.name}"
        ratio = wrong / max(self.plain, 1)
        return Figure(name, "a plain difference", Unit.EVENTS, wrong, self.plain, ratio, 0.0)

    @property
    def row(self) -> str:
        """Its line of the printed table."""
        cells = (self.name, self.observations, self.alerts, self.false, self.missed, self.plain)
        return f"| {' | '.join(map(str, cells))} |"


def measure() -> Measured:
    """A figure for each replay, and the table of what was counted."""
    done = list(replays(observed()))
    return Measured(tuple(one.figure for one in done), remarks=(*HEAD, *(one.row for one in done)))


def replays(seen: Sequence[Seen]) -> Iterator[Replay]:
    """Each way of looking at the same history."""
    yield replay("in order", seen)
    yield replay("each three times", list(timeline.tripled(seen)))
    yield replay("hourly through the weeks of flapping", list(timeline.hourly(seen)))
    cold = [replay("", seen[start:]) for start in range(len(seen))]
    yield Replay(
        f"{len(cold)} cold starts",
        sum(f.observations for f in cold),
        sum(f.alerts for f in cold),
        sum(f.false for f in cold),
        sum(f.missed for f in cold),
        sum(f.plain for f in cold),
    )


def replay(name: str, seen: Sequence[Seen]) -> Replay:
    """Sync each observation at its time, and count what was alerted."""
    with folder_in_memory() as folder:
        live = LiveSyncs(new_database(Path(folder) / "history.db"), Path(folder))
        for one in seen:
            live.sees(one.body, one.at)
        told = [values[0] for kind, values in live.told if kind == "registration"]
        others = [kind for kind, _ in live.told if kind not in {"registration", "baseline"}]
    held = codes(seen[0])
    later = frozenset().union(*(codes(one) for one in seen))
    expected = (later - held) & timeline.REGISTRATIONS.keys()
    repeated = len(told) - len(set(told))
    return Replay(
        name,
        observations=len(seen),
        alerts=len(told),
        false=len(others) + len(set(told) - expected) + repeated,
        missed=len(expected - set(told)),
        plain=plain_difference(seen) - len(expected),
    )


def plain_difference(seen: Sequence[Seen]) -> int:
    """How many codes of the watched range appear or vanish from one observation to the next."""
    sets = [codes(one) for one in seen]
    return sum(len(before ^ after) for before, after in pairwise(sets))


def codes(one: Seen) -> frozenset[int]:
    """The codes of the watched range that a version registers."""
    if one.number not in _CODES:
        registry = parse_document(one.body).registry(CLOSE_CODES.registry_id, CLOSE_CODES.bounds)
        first, last = CLOSE_CODES.watched or CLOSE_CODES.bounds
        _CODES[one.number] = frozenset(
            r.first
            for r in registry.records
            if r.content.assignment is Assignment.ASSIGNED and first <= r.first <= last
        )
    return _CODES[one.number]


_CODES: dict[int, frozenset[int]] = {}
