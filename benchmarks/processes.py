"""Whole processes against a floor: what a run costs, from the interpreter's start to its end.

The floor of a sync is a bare script that imports requests, SQLAlchemy and lxml, makes the same request and
commits one row under the same pragmas; that of `--help` imports click. Both sides run by turns. CPU time is
compared, user and system, since a shared machine's clock tells more of its other guests; the median of the
pairs' ratios counts.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from builders import document, row
from loopback import LoopbackServer

ROUNDS = int(os.environ.get("IANAWATCH_BENCH_ROUNDS", "15"))
FLOOR = """
import sys
import requests, sqlalchemy
from lxml import etree
url, path, since = sys.argv[1:]
answer = requests.get(url, headers={"If-Modified-Since": since} if since else {}, timeout=10)
if answer.content:
    etree.fromstring(answer.content)
engine = sqlalchemy.create_engine(f"sqlite:///{path}")
with engine.begin() as connection:
    connection.exec_driver_sql("PRAGMA synchronous = EXTRA")
    connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS run (at TEXT)")
    connection.exec_driver_sql("INSERT INTO run VALUES ('now')")
"""
SINCE = "Wed, 10 Jun 2026 00:00:00 GMT"
PROGRAM = str(Path(sys.executable).parent / "ianawatch")
CLICK = (sys.executable, "-c", "import click")


@dataclass(frozen=True)
class Cost:
    """What one process took."""

    seconds: float
    """CPU time, user and system."""
    peak: int
    """Bytes resident at the most."""


@dataclass(frozen=True)
class Figure:
    """A row of the table: two processes, side by side."""

    name: str
    ratio: float
    most: float
    """What it may be."""
    ours: float
    """CPU seconds, or bytes."""
    floor: float


def run(command: Sequence[str], environment: Mapping[str, str]) -> Cost:
    """Run a process to its end."""
    with Path(os.devnull).open("wb") as nowhere:
        pid = os.posix_spawn(
            command[0],
            list(command),
            dict(environment),
            file_actions=[(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1)],
        )
    _, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"{' '.join(command)}: exit status {os.waitstatus_to_exitcode(status)}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def pair(
    name: str, most: float, ours: Callable[[], Cost], floor: Callable[[], Cost], *, peak: bool = False
) -> Figure:
    """Run both by turns; once each beforehand, so that neither pays for a cold cache."""
    ours()
    floor()
    pairs = [(ours(), floor()) for _ in range(ROUNDS)]
    figures = [(a.peak, b.peak) if peak else (a.seconds, b.seconds) for a, b in pairs]
    return Figure(
        name,
        median(a / b for a, b in figures),
        most,
        median(a for a, _ in figures),
        median(b for _, b in figures),
    )


def figures() -> list[Figure]:
    """Every figure of this kind."""
    with tempfile.TemporaryDirectory() as name, LoopbackServer() as server:
        bench = _Bench(Path(name), server)
        unchanged = (bench.sync, lambda: bench.floor(SINCE))
        return [
            pair("sync, unchanged (304)", 1.15, *unchanged),
            pair("peak memory of a sync", 1.3, *unchanged, peak=True),
            pair("sync, a new version", 1.5, bench.changed_sync, bench.floor),
            pair("sync, the first", 3.0, bench.first_sync, bench.floor),
            pair("--help", 1.5, lambda: bench.run(PROGRAM, "--help"), lambda: bench.run(*CLICK)),
        ]


class _Bench:
    """A server with a document, a database that knows it, and what is run against both."""

    def __init__(self, folder: Path, server: LoopbackServer) -> None:
        self._environment = {"HOME": str(folder), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        self._server = server
        self._database = folder / "ianawatch.db"
        self._floor = folder / "floor.db"
        self._version = 0
        self._serve(SINCE)

    def run(self, *command: str) -> Cost:
        return run(command, self._environment)

    def sync(self) -> Cost:
        return self.run(
            *[PROGRAM, "--database", str(self._database)],
            *["sync", "--quiet", "--source", self._server.url("/codes.xml")],
        )

    def changed_sync(self) -> Cost:
        """Each time a later version, in which one code has another name."""
        self._version += 1
        self._serve(f"Thu, 11 Jun 2026 00:{self._version // 60:02}:{self._version % 60:02} GMT")
        return self.sync()

    def first_sync(self) -> Cost:
        self._database.unlink(missing_ok=True)
        return self.sync()

    def floor(self, since: str = "") -> Cost:
        return self.run(sys.executable, "-c", FLOOR, self._server.url("/codes.xml"), str(self._floor), since)

    def _serve(self, last_modified: str) -> None:
        rows = [row(str(1000 + number), f"Code {number}") for number in range(20)]
        named = row("3000", f"Name {self._version}", date="2021-09-06")
        self._server.put(
            "/codes.xml", document([*rows, named], updated="2026-06-10"), last_modified=last_modified
        )


def main() -> None:
    """Print the table."""
    print(f"whole processes, median of {ROUNDS} pairs")
    print("| process | x its floor | at most | CPU seconds, or MB | floor |")
    print("| --- | --- | --- | --- | --- |")
    for figure in figures():
        ours, floor = (
            f"{value:.3f}" if value < 1000 else f"{value / 1e6:.0f}" for value in (figure.ours, figure.floor)
        )
        print(f"| {figure.name} | {figure.ratio:.2f} | {figure.most} | {ours} | {floor} |")


if __name__ == "__main__":
    main()
