"""Runs of the program by the thousand, some of which something happens to.

    with Forks() as forks:
        sync = Job(program, ("sync", *program.sources()))
        assert forks.run(sync, kill_at=5000).exit_code == -signal.SIGKILL

A run takes a tenth of a second: what it needs of libraries has been imported (`fork_server`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from typing import Any, Self, TypeVar

from program import AT, Program
from synced import Answer

SERVER = Path(__file__).with_name("fork_server.py")
AT_ONCE = min(os.cpu_count() or 1, 4)

Case = TypeVar("Case")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Job:
    """A command line, and what it runs in."""

    program: Program
    args: tuple[str, ...]
    at: str = AT
    """What its clock shows."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Of its environment, what is its own."""
    rooms: tuple[str, ...] = ()
    """Files and folders (with a slash) of the program whose lines count; none: all of it."""


class Forks:
    """So many runs at once, and no more."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._idle: SimpleQueue[subprocess.Popen[str]] = SimpleQueue()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Start what forks."""
        for _ in range(self._at_once):
            server = subprocess.Popen(
                [sys.executable, str(SERVER)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                # A set has the same order in each run, so that the n-th line is always the same.
                env={**os.environ, "PYTHONHASHSEED": "0", "LANG": "C.UTF-8"},
            )
            self._stack.enter_context(server)
            self._idle.put(server)
        return self

    def __exit__(self, *_: object) -> None:
        """Let it end."""
        self._stack.close()

    def run(self, job: Job, *, kill_at: int | None = None, longest: int | None = None) -> Answer:
        """Run the program, and wait until it and all that it started have ended (see `fork_server`)."""
        return self._run(job, kill_at=kill_at, longest=longest)[0]

    def lines(self, job: Job, album: Path | None = None) -> tuple[Answer, int]:
        """Run the program, and count the lines that it executes.

        `album` is a folder for what a SIGKILL before each of them would have left.
        """
        return self._run(job, count=True, album=album)

    def each(self, do: Callable[[Case], Result], cases: Iterable[Case]) -> Iterator[Result]:
        """What `do` returns for each of the cases, in their order; as many at once as there may be."""
        with ThreadPoolExecutor(self._at_once) as pool:
            yield from pool.map(do, cases)

    def _run(
        self,
        job: Job,
        *,
        kill_at: int | None = None,
        longest: int | None = None,
        count: bool = False,
        album: Path | None = None,
    ) -> tuple[Answer, int]:
        with TemporaryDirectory() as name, self._server() as server:
            out, err, lines = (Path(name, stream) for stream in ("out", "err", "lines"))
            order = {
                "args": job.args,
                "cwd": str(job.program.folder),
                "at": job.at,
                "env": job.program.environment(job.env),
                "out": str(out),
                "err": str(err),
                "kill_at": kill_at,
                "longest": longest,
                "lines": str(lines) if count else None,
                "album": str(album) if album else None,
                "rooms": job.rooms,
            }
            code = self._told(server, order)
            answer = Answer(code, out.read_text("utf-8"), err.read_text("utf-8"))
            return answer, int(lines.read_text("utf-8")) if count else 0

    @contextmanager
    def _server(self) -> Iterator[subprocess.Popen[str]]:
        server = self._idle.get()
        try:
            yield server
        finally:
            self._idle.put(server)

    @staticmethod
    def _told(server: subprocess.Popen[str], order: dict[str, Any]) -> int:
        assert server.stdin
        assert server.stdout
        server.stdin.write(f"{json.dumps(order)}\n")
        server.stdin.flush()
        return int(server.stdout.readline())
