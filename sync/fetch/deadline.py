"""A deadline for work that can't be interrupted from inside: a name lookup, a header that trickles in.

Knows threads; what the work is does not belong here.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Event, Thread
from time import monotonic
from typing import TypeVar

from sync.signals import AT_A_TIME

T = TypeVar("T")


class DeadlinePassed(Exception):
    """The work did not end in time. It was left behind, and its result will not be heard."""


def within(seconds: float, work: Callable[[Event], T]) -> T:
    """What `work` returns or raises, or DeadlinePassed after `seconds`.

    The work runs in a thread of its own, and the caller waits for it in a way that hears signals at once,
    even while a name is looked up, which nothing can interrupt. A caller who leaves, by the deadline or by
    a signal, sets the event that `work` is given: it should end when it can. Until then the thread lingers,
    and does not keep the program from ending.
    """
    abandoned = Event()
    result: Future[T] = Future()

    def run() -> None:
        try:
            result.set_result(work(abandoned))
        except BaseException as e:  # noqa: BLE001 - raised again in the caller's thread, whatever it is
            result.set_exception(e)

    try:
        Thread(target=run, name="fetch", daemon=True).start()
        until = monotonic() + seconds
        while not wait([result], timeout=max(min(until - monotonic(), AT_A_TIME), 0)).done:
            if monotonic() >= until:
                raise DeadlinePassed
        return result.result()
    finally:
        abandoned.set()
