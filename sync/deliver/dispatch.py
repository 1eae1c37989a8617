"""Outbox -> channels, after the commit: claim, send, mark (docs/rules.md, rule 7).

A letter is marked as delivered only when its channel has accepted it, so that none is lost; a repeat,
possible only when the process or the channel's answer is lost in between, has the same id. Channels work side
by side, each in a thread of its own, one letter at a time; the database is this thread's alone, which is
also the one that hears signals.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING

from db.deliveries import LONGEST_PAUSE, Claim, Deliveries
from db.delivery_state import count_waiting
from sync.deliver.attempts import Attempt
from sync.deliver.channels import STREAMS, Channel
from sync.errors import NotDelivered
from sync.signals import AT_A_TIME

if TYPE_CHECKING:
    from db.engine import Database
    from sync.news.letter import Letter

GRACE = 2.0
"""Seconds after a channel's deadline in which its sender may still say by itself what became of a letter."""
MARGIN = timedelta(minutes=1)
"""How much longer than its deadline a letter's lease is: marking it may have to wait for the lock."""
FIRST_PAUSE = timedelta(minutes=5)
"""Between the first try and the second; then twice as long each time, LONGEST_PAUSE at most."""
FAILURES_IN_A_ROW = 2
"""After so many a channel is left alone for this run: one letter may be at fault, two are the channel."""

WriteLetter = Callable[[Claim], "Letter"]


def deliver(
    database: Database,
    channels: Sequence[Channel],
    write: WriteLetter,
    clock: Callable[[], datetime],
    dead_after: timedelta,
) -> list[Attempt]:
    """Send what is due to each of the channels and mark what became of it, then give up what is too old.

    `write` makes the letter of a claim. The attempts come in the order in which they ended. What a sender
    raises that is not NotDelivered is a bug, and is raised when everything else has been sent.
    """
    with database.read() as connection:
        if not count_waiting(connection):
            return []
    attempts = _Pass(database, write, clock).run(channels)
    names = [*STREAMS, *(channel.name for channel in channels)]
    with database.write() as connection:
        dead = Deliveries(connection).bury(names, clock(), dead_after)
    return [*attempts, *(Attempt(one.channel, one.message, one.problem) for one in dead)]


@dataclass(slots=True, eq=False)
class _Line:
    """A channel at work."""

    channel: Channel
    letters: SimpleQueue[Claim] = field(default_factory=SimpleQueue)
    claim: Claim | None = None
    """What is being sent."""
    give_up_at: float = 0.0
    """When that has taken too long, by `monotonic`."""
    failures: int = 0
    """In a row."""
    started: bool = False


@dataclass(frozen=True, slots=True)
class _Result:
    line: _Line
    claim: Claim
    error: Exception | None


class _Pass:
    def __init__(self, database: Database, write: WriteLetter, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._write = write
        self._clock = clock
        self._results: SimpleQueue[_Result] = SimpleQueue()
        self._unmarked: list[_Result] = []
        self._bugs: list[Exception] = []
        self._attempts: dict[int, Attempt] = {}
        """By delivery: one that was given up may have come to an end after all."""

    def run(self, channels: Sequence[Channel]) -> list[Attempt]:
        lines = [_Line(channel) for channel in channels]
        idle = lines
        try:
            while True:
                self._claim(idle)
                busy = [line for line in lines if line.claim]
                if not busy:
                    break
                self._wait(busy)
                idle = self._mark()
        except BaseException:
            # Interrupted, or the lock was not free: what was accepted by now is marked all the same.
            self._take_waiting()
            self._mark()
            raise
        if self._bugs:
            raise self._bugs[0]
        return list(self._attempts.values())

    def _claim(self, lines: Sequence[_Line]) -> None:
        """Give each of the idle lines its next letter, if it has one."""
        if not lines:
            return
        with self._database.write() as connection:
            deliveries = Deliveries(connection)
            for line in lines:
                lease = timedelta(seconds=line.channel.deadline + GRACE) + MARGIN
                claims = deliveries.claim(line.channel.name, self._clock(), lease=lease, most=1)
                line.claim = claims[0] if claims else None
        for line in lines:
            if line.claim:
                line.give_up_at = monotonic() + line.channel.deadline + GRACE
                line.letters.put(line.claim)
                if not line.started:
                    line.started = True
                    # A daemon: one that hangs must not keep the program from ending.
                    threading.Thread(target=self._send, args=[line], daemon=True).start()

    def _send(self, line: _Line) -> None:
        """Send one letter after the other: a channel's own thread."""
        while True:
            claim = line.letters.get()
            error: Exception | None = None
            try:
                line.channel.sender(self._write(claim), timeout=line.channel.deadline)
            except Exception as e:  # noqa: BLE001  # passed on; a bug is raised at the end of the pass
                error = e
            self._results.put(_Result(line, claim, error))

    def _wait(self, busy: Sequence[_Line]) -> None:
        """Wait until something has ended or has taken too long, or a moment."""
        pause = min(line.give_up_at for line in busy) - monotonic()
        try:
            self._unmarked.append(self._results.get(timeout=max(min(pause, AT_A_TIME), 0)))
        except Empty:
            now = monotonic()
            for line in busy:
                if line.claim and line.give_up_at <= now:
                    late = NotDelivered(f"no answer within {line.channel.deadline:g} s")
                    # Its thread is still at it: nothing more is given to it.
                    line.failures = FAILURES_IN_A_ROW
                    self._unmarked.append(_Result(line, line.claim, late))
        self._take_waiting()

    def _take_waiting(self) -> None:
        while True:
            try:
                self._unmarked.append(self._results.get_nowait())
            except Empty:
                return

    def _mark(self) -> list[_Line]:
        """Write down how letters ended; the lines that can take another."""
        if not self._unmarked:
            return []
        now = self._clock()
        with self._database.write() as connection:
            deliveries = Deliveries(connection)
            attempts = [_marked(deliveries, result, now) for result in self._unmarked]
        for result, attempt in zip(self._unmarked, attempts, strict=True):
            self._attempts.pop(result.claim.delivery_id, None)
            self._attempts[result.claim.delivery_id] = attempt
        ended, self._unmarked = self._unmarked, []
        return [result.line for result in ended if self._may_go_on(result)]

    def _may_go_on(self, result: _Result) -> bool:
        line, error = result.line, result.error
        if error is not None and not isinstance(error, NotDelivered):
            self._bugs.append(error)
        line.claim = None
        line.failures = line.failures + 1 if error else 0
        return line.failures < FAILURES_IN_A_ROW


def _marked(deliveries: Deliveries, result: _Result, now: datetime) -> Attempt:
    claim = result.claim
    if result.error is None:
        deliveries.done([claim.delivery_id], now)
        return Attempt(claim.channel, claim.message)
    problem, next_at = _problem(result.error), now + pause(claim.attempts)
    deliveries.put_off(claim, next_at, problem)
    return Attempt(claim.channel, claim.message, problem, next_at)


def pause(attempts: int) -> timedelta:
    """How long to wait after that many tries, with jitter: many programs must not come back at once."""
    doublings = min(attempts - 1, 20)
    longest = min(FIRST_PAUSE * 2.0**doublings, LONGEST_PAUSE)
    return longest * random.uniform(0.5, 1)  # noqa: S311  # spreads load, guards nothing


def _problem(error: Exception) -> str:
    if isinstance(error, NotDelivered):
        return error.reason
    # Not its text, in which there may be a secret.
    return f"a bug in the program, {type(error).__name__}"
