"""A sign of life: on a terminal, for work that takes long, gone afterwards, and in nobody's way."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.show.progress import working

ROOT = Path(__file__).resolve().parents[1]
ERASED = "\x1b[2K"
SHOWN_CURSOR = "\x1b[?25h"
TOO_LONG = 30


class Terminal:
    """A terminal that is somebody's standard error; what it was given is read as it comes."""

    def __init__(self) -> None:
        self.ours, self.theirs = os.openpty()
        self.shown = ""

    def until(self, text: str) -> None:
        """Read until the text is there."""
        while text not in self.shown:
            self.shown += os.read(self.ours, 65536).decode()

    def rest(self) -> str:
        """What was not read yet, once nobody writes any more."""
        os.close(self.theirs)
        rest = ""
        with contextlib.suppress(OSError):
            while part := os.read(self.ours, 65536):
                rest += part.decode()
        return rest


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "40")
    found = Terminal()
    yield found
    os.close(found.ours)


@contextlib.contextmanager
def standard_error(terminal: Terminal) -> Iterator[None]:
    with (
        os.fdopen(terminal.theirs, "w", encoding="utf-8", closefd=False) as stream,
        contextlib.redirect_stderr(stream),
    ):
        yield


def test_long_work_is_told_on_one_line_and_gone_afterwards(terminal: Terminal) -> None:
    with standard_error(terminal), working("asking\x9b the server" + " again" * 20, after=0):
        terminal.until("asking\\u009b the server")
    shown = terminal.shown + terminal.rest()
    assert ERASED in shown.rpartition("asking")[2]
    assert "…" in shown, "it is cut where the terminal ends"


@pytest.mark.parametrize("quiet", [False, True])
def test_short_work_and_quiet_work_show_nothing(terminal: Terminal, *, quiet: bool) -> None:
    with standard_error(terminal), working("asking", quiet=quiet, after=0 if quiet else TOO_LONG):
        pass
    assert terminal.rest() == ""


def test_a_terminal_that_can_only_print_is_shown_nothing(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    with standard_error(terminal), working("asking", after=0):
        pass
    assert terminal.rest() == ""


def test_a_pipe_is_shown_nothing() -> None:
    pipe = io.StringIO()
    before = threading.active_count()
    with contextlib.redirect_stderr(pipe), working("asking", after=0):
        assert threading.active_count() == before
    assert pipe.getvalue() == ""


def test_an_error_within_comes_out_and_the_sign_is_gone(terminal: Terminal) -> None:
    def fail() -> None:
        with standard_error(terminal), working("asking", after=0):
            terminal.until("asking")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert ERASED in (terminal.shown + terminal.rest()).rpartition("asking")[2]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_the_program_at_once_and_the_terminal_is_as_it_was(
    terminal: Terminal, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    """A sync that asks a server which accepts and never answers."""
    import socket  # noqa: PLC0415  # the server that is silent

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with subprocess.Popen(
            [sys.executable, "-m", "sync", "--database", str(tmp_path / "x.db"), "sync", "--source", url],
            cwd=ROOT,
            env={"HOME": str(tmp_path), "PATH": os.environ["PATH"], "TERM": "xterm", "COLUMNS": "80"},
            stdout=subprocess.DEVNULL,
            stderr=terminal.theirs,
        ) as process:
            terminal.until("syncing with http://127.0.0.1")
            process.send_signal(number)
            assert process.wait(TOO_LONG) == code
    assert SHOWN_CURSOR in terminal.rest()
