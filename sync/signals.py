"""SIGTERM and Ctrl-C end a run at once: each becomes an exception, which unwinds everything.

Python drops an exception that a signal's handler raises while a weak reference's callback, or a finalizer,
happens to run: the import of a module has such callbacks. Such a signal would be lost. So what is dropped is
raised again.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

AT_A_TIME = 0.5
"""Seconds to wait at a time: a signal that comes just before a wait begins is heard when it ends."""
_SOON = 0.01
"""Seconds after which what was dropped is raised again; by then the callback has ended."""


def sleep(seconds: float) -> None:
    """Wait, and hear signals meanwhile."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, AT_A_TIME))


class Terminated(BaseException):
    """SIGTERM: nothing is left half done."""


@contextmanager
def heard() -> Iterator[None]:
    """Within, SIGTERM raises Terminated and SIGINT KeyboardInterrupt, in the main thread and without fail.

    Afterwards signals do what they did before.
    """
    dropped: list[BaseException] = []

    def terminate(signum: int, frame: FrameType | None) -> NoReturn:
        del signum, frame
        raise Terminated

    def raise_again(signum: int, frame: FrameType | None) -> None:
        del signum, frame
        if dropped:
            raise dropped.pop()

    def hook(unraisable: sys.UnraisableHookArgs) -> None:
        if isinstance(unraisable.exc_value, Terminated | KeyboardInterrupt):
            dropped.append(type(unraisable.exc_value)())
            signal.setitimer(signal.ITIMER_REAL, _SOON)
        else:
            hook_before(unraisable)

    hook_before = sys.unraisablehook
    handlers = {
        signal.SIGTERM: signal.signal(signal.SIGTERM, terminate),
        signal.SIGALRM: signal.signal(signal.SIGALRM, raise_again),
    }
    sys.unraisablehook = hook
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.unraisablehook = hook_before
        for number, handler in handlers.items():
            signal.signal(number, handler)
