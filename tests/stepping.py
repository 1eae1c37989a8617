"""One watch, taken from version to version."""

from __future__ import annotations

from datetime import datetime, timedelta

from served import CODES, NOON, Pair, Table, copy

from sync.decide.watch_step import apply
from sync.state import Version, WatchDecision, WatchState

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def step(state: WatchState, seen: Version, at: datetime = NOON, *, accepted: bool = False) -> WatchDecision:
    """The watch after the version."""
    return apply(state, seen, CODES, at, accepted=accepted)


def after(*tables: Table) -> WatchState:
    """A watch that saw a version with each of the tables, an hour after each other, until NOON."""
    state = WatchState()
    for hours, table in enumerate(tables, start=1 - len(tables)):
        state = step(state, copy(None, table), NOON + hours * HOUR).state
    return state


def codes(count: int) -> dict[int | tuple[int, int], Pair]:
    """As many registered codes, from 3000 on."""
    return {3000 + number: (f"Code {number}", None) for number in range(count)}
