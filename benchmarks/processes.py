"""What a run costs, from the interpreter's start to its end.

The floor of a sync is a bare script that imports requests, SQLAlchemy and lxml, makes the same request and
commits one row under the same pragmas; that of `--help` imports click.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from builders import document, row
from loopback import LoopbackServer

from benchmarks.figures import Measured
from benchmarks.measure import Cost, by_turns, cpu, floor, peak, program, run

SINCE = "Wed, 10 Jun 2026 00:00:00 GMT"
BARE = "a script that makes the request and commits a row"


def measure() -> Measured:
    """Every figure of this kind."""
    with tempfile.TemporaryDirectory() as name, LoopbackServer() as server:
        bench = _Bench(Path(name), server)
        unchanged = by_turns(bench.sync, lambda: bench.floor(SINCE))
        return Measured(
            (
                cpu("`sync`, unchanged (304)", BARE, unchanged, 1.15),
                peak("`sync`, unchanged, memory", BARE, unchanged, 1.3),
                cpu("`sync`, a new version", BARE, by_turns(bench.changed_sync, bench.floor), 1.5),
                cpu("`sync`, the first", BARE, by_turns(bench.first_sync, bench.floor), 3.0),
                cpu("`--help`", "a script that imports click", by_turns(bench.help, bench.click), 1.5),
            )
        )


class _Bench:
    """A server with a document, a database that knows it, and what is run against both."""

    def __init__(self, folder: Path, server: LoopbackServer) -> None:
        self._home = folder
        self._server = server
        self._database = folder / "ianawatch.db"
        self._version = 0
        self._serve(SINCE)

    def sync(self) -> Cost:
        source = self._server.url("/codes.xml")
        return program(
            *("--database", str(self._database), "sync", "--quiet", "--source", source), home=self._home
        )

    def changed_sync(self) -> Cost:
        """Each time a later version, in which one code has another name."""
        self._version += 1
        self._serve(f"Thu, 11 Jun 2026 00:{self._version // 60:02}:{self._version % 60:02} GMT")
        return self.sync()

    def first_sync(self) -> Cost:
        self._database.unlink(missing_ok=True)
        return self.sync()

    def floor(self, *since: str) -> Cost:
        database = str(self._home / "floor.db")
        return floor("one_request", self._server.url("/codes.xml"), database, *since, home=self._home)

    def help(self) -> Cost:
        return program("--help", home=self._home)

    def click(self) -> Cost:
        return run([sys.executable, "-c", "import click"], self._home)

    def _serve(self, last_modified: str) -> None:
        rows = [row(str(1000 + number), f"Code {number}") for number in range(20)]
        named = row("3000", f"Name {self._version}", date="2021-09-06")
        self._server.put(
            "/codes.xml", document([*rows, named], updated="2026-06-10"), last_modified=last_modified
        )
