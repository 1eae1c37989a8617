"""A signal ends the program, whatever it happens to be doing."""

from __future__ import annotations

import signal
import sys
from types import FrameType

import pytest

from sync.signals import Terminated, heard


class Callback:
    """Something that a signal hits in the middle of its finalizer, which drops every exception."""

    def __init__(self, number: signal.Signals) -> None:
        self.number = number

    def __del__(self) -> None:
        """Have the signal come now."""
        signal.raise_signal(self.number)


SIGNALS = pytest.mark.parametrize(
    ("number", "expected"), [(signal.SIGTERM, Terminated), (signal.SIGINT, KeyboardInterrupt)]
)


@SIGNALS
def test_a_signal_is_an_exception(number: signal.Signals, expected: type[BaseException]) -> None:
    with pytest.raises(expected), heard():
        signal.raise_signal(number)


@SIGNALS
def test_one_that_python_drops_is_raised_again(number: signal.Signals, expected: type[BaseException]) -> None:
    def go_on() -> None:
        Callback(number)
        signal.pause()

    with pytest.raises(expected), heard():
        go_on()


def test_afterwards_everything_is_as_before() -> None:
    def mine(signum: int, frame: FrameType | None) -> None:
        del signum, frame

    before, hook = signal.signal(signal.SIGTERM, mine), sys.unraisablehook
    try:
        with heard():
            assert signal.getsignal(signal.SIGTERM) is not mine
        assert signal.getsignal(signal.SIGTERM) is mine
        assert sys.unraisablehook is hook
    finally:
        signal.signal(signal.SIGTERM, before)


def test_another_error_in_a_finalizer_is_told_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def __del__(self) -> None:
            raise ValueError

    told: list[type[BaseException] | None] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: told.append(unraisable.exc_type))
    with heard():
        Broken()
    assert told == [ValueError]
