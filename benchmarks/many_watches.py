"""2,000 watches in one run, over HTTP: the first run, and one that finds nothing new.

The floor asks for the same documents with one session of requests and commits a row for each watch.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from loopback import LoopbackServer

from benchmarks import copy_of_iana
from benchmarks.figures import Measured
from benchmarks.measure import FEW, Cost, by_turns, cpu, floor, peak, program
from benchmarks.watch_lists import configuration, listing, numeric_watches

WATCHES = 2_000
SINCE = "Wed, 10 Jun 2026 00:00:00 GMT"
BARE = "the requests in one session, and a row each"


def measure() -> Measured:
    """The first run and an unchanged one."""
    with tempfile.TemporaryDirectory() as folder, LoopbackServer() as server:
        bench = _Bench(Path(folder), server)
        first = by_turns(bench.first_sync, bench.first_floor, FEW)
        unchanged = by_turns(bench.sync, bench.floor, FEW)
    name = f"`sync` of {WATCHES:,} watches"
    return Measured(
        (
            cpu(f"{name}, the first", BARE, first),
            cpu(f"{name}, unchanged (304)", BARE, unchanged),
            peak(f"{name}, unchanged, memory", BARE, unchanged),
        )
    )


class _Bench:
    """The copy on a server, and two databases that know it after a first run."""

    def __init__(self, home: Path, server: LoopbackServer) -> None:
        self._home = home
        self._ours, self._floor = home / "ianawatch.db", home / "floor.db"
        documents = list(copy_of_iana.documents())
        for document in documents:
            server.put(f"/{document.name}.xml", document.body, last_modified=SINCE)
        watches = numeric_watches(documents, lambda document: server.url(f"/{document.name}.xml"), WATCHES)
        (home / "config.toml").write_text(configuration(watches), "utf-8")
        (home / "list").write_text(listing(watches), "utf-8")

    def sync(self) -> Cost:
        config, database = str(self._home / "config.toml"), str(self._ours)
        return program("--config", config, "--database", database, "sync", "--quiet", home=self._home)

    def first_sync(self) -> Cost:
        self._ours.unlink(missing_ok=True)
        return self.sync()

    def floor(self) -> Cost:
        return floor("one_session", str(self._home / "list"), str(self._floor), home=self._home)

    def first_floor(self) -> Cost:
        self._floor.unlink(missing_ok=True)
        return self.floor()
