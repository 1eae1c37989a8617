"""A process that has imported the libraries, and forks: runs of the program by the thousand.

Started by `forks`, as a program of its own. A line of JSON on standard input is a run; its answer, on
standard output, is the exit code. A run is a process: it imports the program itself, has an environment, a
folder and two files for its streams, and ends like any other. Some things may be done to it from outside:

    kill_at     SIGKILL before it executes the n-th line of the program, in whatever thread
    lines       a file to which it writes, at its end, how many lines it has executed
    album       a folder for what a SIGKILL before each of its lines would have left (`Photographer`)
    rooms       files and folders (with a slash) of the program whose lines count; none: all of it
    longest     bytes of the longest file it may write: a disk that is full (RLIMIT_FSIZE)

What it leaves behind, such as a channel's command, is waited for.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import json
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from importlib import import_module
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TRACED = tuple(f"{ROOT / folder}{os.sep}" for folder in ("sync", "db", "migrations"))
"""Where the program's lines are."""
LIBRARIES = (
    "alembic.command",
    "alembic.ddl.sqlite",
    "click",
    "jinja2",
    "lxml.etree",
    "platformdirs",
    "requests",
    "sqlalchemy.dialects.sqlite",
)
_SET_CHILD_SUBREAPER = 36
"""For prctl(2), on Linux: orphans of what we started become ours."""

Trace = Callable[[FrameType, str, Any], Any]
Watcher = Callable[[int, str], None]
"""Is told the number of a line and its place, before it is executed."""


def main() -> None:
    """Fork for each line of standard input."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for library in LIBRARIES:
        import_module(library)
    gc.freeze()
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if not child:
            _run(job)
        _, status = os.waitpid(child, 0)
        with suppress(ChildProcessError):
            while True:
                os.wait()
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  # that is its answer


def _run(job: dict[str, Any]) -> None:
    for descriptor, name, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, job["out"], os.O_WRONLY | os.O_CREAT | os.O_APPEND),
        (2, job["err"], os.O_WRONLY | os.O_CREAT | os.O_APPEND),
    ):
        os.dup2(os.open(name, flags, 0o600), descriptor)
    os.environ.clear()
    os.environ.update(job["env"])
    os.chdir(job["cwd"])
    at = datetime.fromisoformat(job["at"])
    if job["longest"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (job["longest"], job["longest"]))
    watchers: list[Watcher] = []
    if job["kill_at"] is not None:
        watchers.append(_killer(job["kill_at"]))
    if job["lines"] is not None:
        watchers.append(_counter(Path(job["lines"])))
    if job["album"] is not None:
        watchers.append(Photographer(Path(job["cwd"]), Path(job["out"]), Path(job["album"])).look)
    if watchers:
        _trace(watchers, tuple(str(ROOT / room) for room in job["rooms"]) or TRACED)
    from sync.cli import main as program  # noqa: PLC0415  # its lines are counted, the first among them

    program(job["args"], clock=lambda: at)


class Photographer:
    """Takes down what is in a folder whenever that has changed, before each line of the program.

    A process that is killed leaves what it has written by then, no more and no less. So one run shows what a
    SIGKILL would leave at any of its lines. `album` gets a folder for each state, with the files, standard
    output as `out`, and as `place` the first line before which it was so.
    """

    def __init__(self, folder: Path, out: Path, album: Path) -> None:
        self._folder = folder
        self._out = out
        self._album = album
        self._open: dict[tuple[int, int], int] = {}
        self._last: dict[str, bytes] = {}
        self._seen: set[frozenset[tuple[str, bytes]]] = set()
        self._lock = threading.Lock()

    def look(self, number: int, place: str) -> None:
        """Look at the folder before a line is executed."""
        with self._lock:
            state = self._state()
            if state == self._last:
                return
            # Another thread may be writing.
            while state != (again := self._state()):
                state = again
            self._last = state
            if (known := frozenset(state.items())) not in self._seen:
                self._seen.add(known)
                self._keep(state, number, place)

    def _state(self) -> dict[str, bytes]:
        state = {}
        for path in (*self._folder.iterdir(), self._out):
            with suppress(FileNotFoundError):
                state["out" if path == self._out else path.name] = self._read(path)
        return state

    def _read(self, path: Path) -> bytes:
        found = path.stat()
        # Never closed: that would give up the locks which the program has on the file.
        key = found.st_dev, found.st_ino
        if key not in self._open:
            self._open[key] = os.open(path, os.O_RDONLY)
        return os.pread(self._open[key], found.st_size, 0)

    def _keep(self, state: dict[str, bytes], number: int, place: str) -> None:
        page = self._album / f"{number:06}"
        page.mkdir()
        for name, body in state.items():
            (page / name).write_bytes(body)
        (page / "place").write_text(place, "utf-8")


def _counter(lines: Path) -> Watcher:
    executed = 0

    def look(number: int, _place: str) -> None:
        nonlocal executed
        executed = number

    atexit.register(lambda: lines.write_text(str(executed), "utf-8"))
    return look


def _killer(kill_at: int) -> Watcher:
    def kill(number: int, place: str) -> None:
        if number == kill_at:
            os.write(2, f"{place}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)

    return kill


def _trace(watchers: list[Watcher], rooms: tuple[str, ...]) -> None:
    """Tell the watchers of each line of these files and folders, in whatever thread."""
    numbers = count(1)

    def each_line(frame: FrameType, event: str, _argument: object) -> Trace:
        if event == "line":
            number, place = next(numbers), f"{frame.f_code.co_filename}:{frame.f_lineno}"
            for watcher in watchers:
                watcher(number, place)
        return each_line

    def each_call(frame: FrameType, _event: str, _argument: object) -> Trace | None:
        return each_line if frame.f_code.co_filename.startswith(rooms) else None

    threading.settrace(each_call)
    sys.settrace(each_call)


if __name__ == "__main__":
    main()
