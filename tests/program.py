"""The program as a user has it: a command line in, two streams and an exit code out.

    program = Program(tmp_path)
    program.serve([row("3000", "Unauthorized", date="2021-09-06")])
    assert program.sync(at="2021-09-08T21:05:09Z").out == ...
    assert program.run("sync", "--source", "document.xml").exit_code == 0

`here` runs it in this process, `run` in one of its own, `start` leaves that one running. It has a home of its
own, nothing of the environment of whoever runs the tests, and a clock that shows `at`. IANA can't be reached:
what is https goes to a port on which nobody listens.
"""

from __future__ import annotations

import contextlib
import io
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

import pytest
from builders import Row, document
from databases import migrated
from synced import Answer

from sync.cli import main

AT = "2026-01-01T12:00:00Z"
"""What the clock shows, unless a test says otherwise."""
UNREACHABLE = "http://127.0.0.1:9"
"""The port `discard`, on which nobody has listened for decades."""
_SURROUNDINGS = ("PATH", "SYSTEMROOT", "PYTHONPATH", "COVERAGE_PROCESS_START")
"""Of the environment of whoever runs the tests."""
TOO_LONG = 60
"""Seconds after which a process hangs."""


class Program:
    """The program with a home, a database, a document and a documented table of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "ianawatch.db"
        self.document = folder / "document.xml"
        self.page = folder / "page.csv"
        self.page.write_text("code\n1000\n", "utf-8")

    def serve(self, rows: Iterable[Row], *, updated: str = "2026-01-01", people: str | None = None) -> None:
        """Have a document with these rows in the file that `sync` reads."""
        names = {"somebody": people} if people else None
        self.document.write_bytes(document(rows, updated=updated, people=names))

    def documents(self, *codes: int | str) -> None:
        """Have a page that documents these codes, and ranges of them."""
        self.page.write_text("".join(f"{line}\n" for line in ("code", *codes)), "utf-8")

    def sync(self, *args: str, at: str = AT, env: Mapping[str, str] | None = None) -> Answer:
        """`ianawatch sync`, in this process, of the document and the page that are files."""
        if not self.database.exists() and "--dry-run" not in args:
            # Made once for all tests: the migrations take longer than most of them.
            migrated(self.folder)
        return self.here("sync", *self.sources(), *args, at=at, env=env)

    def sources(self) -> list[str]:
        """The options that name the two files."""
        return ["--source", str(self.document), "--documented", str(self.page)]

    def here(
        self,
        *args: str,
        at: str = AT,
        env: Mapping[str, str] | None = None,
        encoding: str = "utf-8",
    ) -> Answer:
        """Run the program in this process; its streams have the encoding."""
        out = io.TextIOWrapper(io.BytesIO(), encoding)
        err = io.TextIOWrapper(io.BytesIO(), encoding, errors="backslashreplace")
        with pytest.MonkeyPatch.context() as patch:
            for name in set(os.environ) - set(_SURROUNDINGS):
                patch.delenv(name)
            for name, value in self.environment(env).items():
                patch.setenv(name, value)
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                try:
                    main(args, clock=lambda: datetime.fromisoformat(at))
                except SystemExit as e:
                    code = int(e.code or 0)
        return Answer(code, _written(out), _written(err))

    def run(
        self,
        *args: str,
        at: str = AT,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Answer:
        """Run the program in a process of its own."""
        with self.start(*args, at=at, env=env, cwd=cwd) as process:
            return ended(process)

    def start(
        self,
        *args: str,
        at: str = AT,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stdout: int = subprocess.PIPE,
    ) -> subprocess.Popen[str]:
        """Start the program in a process of its own, with a group of its own."""
        clock = f"lambda: datetime.fromisoformat({at!r})"
        return subprocess.Popen(
            [
                sys.executable,
                "-c",
                f"from datetime import datetime; from sync.cli import main; main(clock={clock})",
                *args,
            ],
            cwd=cwd or self.folder,
            env=self.environment(env),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment that the program runs in."""
        return {
            **{name: os.environ[name] for name in _SURROUNDINGS if name in os.environ},
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "HTTPS_PROXY": UNREACHABLE,
            "IANAWATCH_DATABASE": str(self.database),
            "IANAWATCH_RETRIES": "0",
            **(more or {}),
        }

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """What an SQLite shell would answer."""
        with contextlib.closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(query).fetchall()

    def dump(self) -> list[str]:
        """The whole database as SQL."""
        with contextlib.closing(sqlite3.connect(self.database)) as connection:
            return list(connection.iterdump())


def ended(process: subprocess.Popen[str]) -> Answer:
    """What a started program wrote, once it has ended."""
    try:
        out, err = process.communicate(timeout=TOO_LONG)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return Answer(process.returncode, out or "", err)


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode(stream.encoding)
