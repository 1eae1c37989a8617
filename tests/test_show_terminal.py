"""What standard output is, and what it gets for it: a real pipe, a real terminal, a poor encoding."""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from builders import row
from synced import ESCAPES, Watched

from sync.show import terminal

ROOT = Path(__file__).resolve().parents[1]
ROWS = [
    row("1000", "通常のクローズ"),
    row("3000", "Unauthorized, which is a rather long name for a code", date="2021-09-06"),
    row("3001-3999", "Unassigned"),
]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    watched = Watched(tmp_path)
    watched.sync(ROWS)
    return watched


def test_a_pipe_gets_neither_colour_nor_boxes_nor_a_closing_line(watched: Watched) -> None:
    out = watched.run("list").out
    assert "\x1b" not in out
    assert "─" not in out
    assert out.count("\n") == 1 + len(ROWS)


def test_a_pipe_stays_a_pipe_whatever_the_environment_wishes(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = watched.run("list").out
    for name, value in {"FORCE_COLOR": "1", "COLUMNS": "20", "TERM": "xterm-256color"}.items():
        monkeypatch.setenv(name, value)
    assert watched.run("list").out == expected


def test_a_terminal_gets_colour_and_a_closing_line(watched: Watched) -> None:
    shown = watched.on_colour_terminal("list", columns=80)
    assert "\x1b[33mno, flagged" in shown
    assert "close-codes: 3 rows; the registry as of 2026-01-01, last seen 10 days ago" in shown


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_without_colour_gets_none(watched: Watched, environment: dict[str, str]) -> None:
    shown = watched.on_colour_terminal("list", columns=80, environment=environment)
    assert not any(f"\x1b[{colour}m" in shown for colour in range(30, 50))
    assert "no, flagged" in shown


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 200])
def test_no_line_is_wider_than_the_terminal(watched: Watched, columns: int) -> None:
    from rich.cells import cell_len  # noqa: PLC0415  # how wide a terminal shows it

    for command in ("list", "flags", "diff", "status", "history", "show 1000", "show 3000", "alerts"):
        lines = watched.on_terminal(*command.split(), columns=columns)
        assert max(map(cell_len, lines)) <= columns


def test_a_terminal_without_colour_is_as_wide_as_it_is(watched: Watched) -> None:
    for columns in (40, 120):
        shown = watched.on_colour_terminal("list", columns=columns, environment={"TERM": "dumb"})
        assert ("REFERENCE" in shown) == (columns == 120)
        assert max(map(len, shown.splitlines())) <= columns


def test_a_narrow_terminal_cuts_no_text(watched: Watched) -> None:
    shown = " ".join(" ".join(watched.on_terminal("list", columns=20)).split())
    assert "Unauthorized, which is a rather long name for a code" in shown
    assert "no, flagged" in shown


def test_the_width_is_the_terminals_own(watched: Watched) -> None:
    """In a process of its own, at a terminal whose width only the kernel knows."""
    environment = {"HOME": str(watched.path.parent), "TERM": "xterm", "PATH": os.environ["PATH"]}
    for columns in (50, 120):
        ours, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        done = subprocess.run(
            [sys.executable, "-m", "sync", "--database", str(watched.path), "list", "--range", "3000"],
            stdin=theirs,
            stdout=theirs,
            env=environment,
            cwd=ROOT,
            check=False,
        )
        os.close(theirs)
        # A whole answer fits into what the kernel keeps for us.
        heading = ESCAPES.sub("", os.read(ours, 65536).decode()).splitlines()[0]
        os.close(ours)
        assert done.returncode == 0
        assert ("REFERENCE" in heading) == (columns == 120)


def test_what_an_encoding_lacks_is_spelled_out() -> None:
    poor = io.TextIOWrapper(io.BytesIO(), "ascii")
    with contextlib.redirect_stdout(poor):
        terminal.write("通常 closure")
    assert isinstance(poor.buffer, io.BytesIO)
    assert poor.buffer.getvalue() == b"\\u901a\\u5e38 closure\n"


def test_an_empty_answer_is_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.write("")
    assert capsys.readouterr().out == ""


def test_a_reader_that_went_away_is_no_error(watched: Watched) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    assert answered(watched, theirs, "list") == (0, "")
    assert answered(watched, theirs, "diff", "--exit-code") == (1, "")
    os.close(theirs)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_a_passing_failure(watched: Watched) -> None:
    with Path("/dev/full").open("wb") as full:
        code, said = answered(watched, full.fileno(), "list")
    assert code == 75
    reason = "standard output: the answer can't be written: No space left on device"
    assert said == f"ianawatch: {reason}; send it elsewhere\n"


def answered(watched: Watched, stdout: int, *args: str) -> tuple[int, str]:
    """The exit code and the errors of a process of its own that writes its answer there."""
    done = subprocess.run(
        [sys.executable, "-m", "sync", "--database", str(watched.path), *args],
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={"HOME": str(watched.path.parent), "PATH": os.environ["PATH"]},
        cwd=ROOT,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr
