"""Events -> dots on an axis of time. Pure; positions across are shares of the axis in percent.

Registrations stand above the axis, everything else below it. What falls into the same narrow part of the axis
is stacked; where the stacks would be too high, a dot stands for several.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sync.decide.flags import is_watched
from sync.export.events import Event
from sync.intervals import Interval, spelled
from sync.state import ChangeKind

BINS = 56
"""Parts of the axis: on the narrowest screen a part is as wide as a dot."""
HIGHEST = 8
"""Dots of a stack."""
LANES = 3
"""Heights at which names stand above their stacks."""
TICKS = 12
"""Years that are marked, at most."""
WIDTH_OF_A_FIGURE = 2.4
"""Percent of the narrowest axis that one figure of a name takes."""
MOST_NAMES = 24
"""Stacks that are named; more would be no help."""
ABOVE = frozenset({ChangeKind.REGISTERED, ChangeKind.RETURNED})
_YEAR = 365.2425 * 86400


@dataclass(frozen=True, slots=True)
class Stack:
    """Events of about the same time."""

    across: float
    dots: tuple[bool, ...]
    """From the axis on: whether each stands for a watched registration."""
    said: str
    """What they are, on one line."""
    name: str = ""
    """What stands above it; empty where there is no room, or nothing that is watched."""
    lane: int = 0
    """How high that stands."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A year's beginning."""

    across: float
    year: int
    minor: bool
    """Left without its number on a narrow screen."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole picture."""

    above: tuple[Stack, ...]
    below: tuple[Stack, ...]
    counts: tuple[int, int]
    """Events above and below."""
    per_dot: int
    """Events that a dot stands for, at most."""
    ticks: tuple[Tick, ...]
    first_look: float
    """Where the database begins to see for itself."""
    first_year: int
    last_year: int

    @property
    def height(self) -> int:
        """Dots of the highest stack above the axis."""
        return max((len(stack.dots) for stack in self.above), default=0)

    @property
    def depth(self) -> int:
        """Dots of the deepest stack below it."""
        return max((len(stack.dots) for stack in self.below), default=0)


def timeline(
    events: Sequence[Event], first_look: datetime, until: datetime, watched: Interval | None
) -> Timeline | None:
    """The picture of the events up to a time; None when there is no event that has a date.

    `watched` are the values that are named, None being all.
    """
    dated = [event for event in events if event.dated]
    if not dated:
        return None
    times = [event.at for event in dated] + [until, first_look]
    axis = _Axis(min(times).year, max(times).year)
    above = [event for event in dated if event.kind in ABOVE]
    below = [event for event in dated if event.kind not in ABOVE]
    bins = [axis.bins(above), axis.bins(below)]
    highest = max(len(stack) for part in bins for stack in part)
    per_dot = -(-highest // HIGHEST)
    return Timeline(
        _named([_stack(stack, axis, per_dot, watched) for stack in bins[0]]),
        tuple(_stack(stack, axis, per_dot, watched, named=False) for stack in bins[1]),
        (len(above), len(below)),
        per_dot,
        axis.ticks(),
        axis.across(first_look),
        axis.first,
        axis.last,
    )


class _Axis:
    """From the beginning of a year to the end of a year."""

    def __init__(self, first: int, last: int) -> None:
        self.first, self.last = first, last
        self._start = datetime(first, 1, 1, tzinfo=UTC).timestamp()
        # The year 10000 has no beginning.
        self._length = (last - first + 1) * _YEAR

    def across(self, at: datetime) -> float:
        return round(min(100.0, max(0.0, (at.timestamp() - self._start) / self._length * 100)), 2)

    def bins(self, events: Iterable[Event]) -> list[list[Event]]:
        """The events of each part of the axis that has any, in order."""
        found: dict[int, list[Event]] = {}
        for event in events:
            found.setdefault(min(BINS - 1, int(self.across(event.at) / 100 * BINS)), []).append(event)
        return [found[number] for number in sorted(found)]

    def ticks(self) -> tuple[Tick, ...]:
        years = self.last - self.first + 1
        marked = range(self.first, self.last + 1, -(-years // TICKS))
        return tuple(
            Tick(round((year - self.first) / years * 100, 2), year, bool(number % 2))
            for number, year in enumerate(marked)
        )


def _stack(
    events: Sequence[Event], axis: _Axis, per_dot: int, watched: Interval | None, *, named: bool = True
) -> Stack:
    seen = [event for event in events if is_watched(event.first, event.last, watched)]
    others = len(events) - len(seen)
    dots = [True] * -(-len(seen) // per_dot) + [False] * -(-others // per_dot)
    more = f" +{len(seen) - 1}" if len(seen) > 1 else ""
    name = f"{spelled(seen[0].first, seen[0].last)}{more}" if named and seen and per_dot == 1 else ""
    middle = events[len(events) // 2]
    return Stack(axis.across(middle.at), tuple(dots), _said(events), name)


def _named(stacks: Sequence[Stack]) -> tuple[Stack, ...]:
    """The stacks, without the names that find no room: each takes the lowest lane that is free there."""
    crowded = sum(bool(stack.name) for stack in stacks) > MOST_NAMES
    ends = [float("-inf")] * LANES
    placed = []
    for stack in stacks:
        half = (len(stack.name) + 1) / 2 * WIDTH_OF_A_FIGURE
        lane = next((n for n, end in enumerate(ends) if stack.across - half >= end), None)
        if not stack.name or lane is None or crowded:
            placed.append(Stack(stack.across, stack.dots, stack.said))
        else:
            ends[lane] = stack.across + half
            placed.append(Stack(stack.across, stack.dots, stack.said, stack.name, lane))
    return tuple(placed)


def _said(events: Sequence[Event]) -> str:
    first, last = events[0], events[-1]
    if first is last:
        return f"{first.at:%Y-%m-%d}: {spelled(first.first, first.last)} {first.name}, {first.kind}"
    return f"{first.at:%Y-%m-%d} to {last.at:%Y-%m-%d}: {len(events)}"
