"""Every registry of numbers of a full copy of IANA's documents, loaded in one run.

The floor parses the same bytes with lxml and inserts the rows and the bodies with sqlite3, in one transaction
under the program's pragmas. Both are whole processes that read the same files.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks import copy_of_iana
from benchmarks.figures import Measured
from benchmarks.measure import FEW, Cost, by_turns, cpu, floor, peak, program
from benchmarks.watch_lists import configuration, listing, numeric_watches

AGAINST = "parsing them and inserting the rows"


def measure() -> Measured:
    """Time and memory."""
    with tempfile.TemporaryDirectory() as folder:
        bench = _Bench(Path(folder))
        pairs = by_turns(bench.load, bench.floor, FEW)
        name = f"`sync`, {bench.watches:,} registries of a copy of IANA's documents"
        return Measured((cpu(name, AGAINST, pairs, 2.0), peak(f"{name}, memory", AGAINST, pairs)))


class _Bench:
    """The copy in a folder, and what loads it."""

    def __init__(self, home: Path) -> None:
        self._home = home
        documents = list(copy_of_iana.documents())
        for document in documents:
            (home / f"{document.name}.xml").write_bytes(document.body)
        watches = numeric_watches(documents, lambda document: str(home / f"{document.name}.xml"))
        (home / "config.toml").write_text(configuration(watches), "utf-8")
        (home / "list").write_text(listing(watches), "utf-8")
        self.watches = len(watches)

    def load(self) -> Cost:
        database = self._fresh("ianawatch.db")
        config = str(self._home / "config.toml")
        return program("--config", config, "--database", database, "sync", "--quiet", home=self._home)

    def floor(self) -> Cost:
        return floor("parse_and_insert", str(self._home / "list"), self._fresh("floor.db"), home=self._home)

    def _fresh(self, name: str) -> str:
        path = self._home / name
        path.unlink(missing_ok=True)
        return str(path)
