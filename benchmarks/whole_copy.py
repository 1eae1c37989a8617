"""Every registry of numbers of a full copy of IANA's documents, loaded in one run.

The floor parses the same bytes with lxml and inserts the rows and the bodies with sqlite3, in one transaction
under the program's pragmas. Both are whole processes that read the same files.
"""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from benchmarks import copy_of_iana
from benchmarks.figures import Measured
from benchmarks.measure import FEW, Cost, by_turns, cpu, floor, part, peak, program
from benchmarks.watch_lists import configuration, listing, numeric_watches

_OURS, _FLOOR = "ianawatch.db", "floor.db"
AGAINST = "parsing them and inserting the rows"


def measure() -> Measured:
    """Time and memory."""
    with tempfile.TemporaryDirectory() as folder:
        bench = _Bench(Path(folder))
        pairs = by_turns(bench.load, bench.floor, FEW)
        bench.compare()
        name = f"`sync`, {bench.watches:,} registries of a copy of IANA's documents"
        reading = by_turns(bench.read, bench.floor, FEW)
        return Measured(
            (
                cpu(name, AGAINST, pairs, 2.0),
                cpu("of it, reading the documents into records", AGAINST, reading),
                peak(f"{name}, memory", AGAINST, pairs),
            )
        )


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
        database = self._fresh(_OURS)
        config = str(self._home / "config.toml")
        return program("--config", config, "--database", database, "sync", "--quiet", home=self._home)

    def floor(self) -> Cost:
        return floor("parse_and_insert", str(self._home / "list"), self._fresh(_FLOOR), home=self._home)

    def read(self) -> Cost:
        return part("read_records", str(self._home / "list"), home=self._home)

    def compare(self) -> None:
        """See that both loaded every record. Raises SystemExit when one did not."""
        for name in (_OURS, _FLOOR):
            with closing(sqlite3.connect(self._home / name)) as connection:
                (records,) = connection.execute("SELECT count(*) FROM record").fetchone()
            if records != copy_of_iana.NUMERIC_RECORDS:
                raise SystemExit(f"{name} has {records} records, not {copy_of_iana.NUMERIC_RECORDS}")

    def _fresh(self, name: str) -> str:
        path = self._home / name
        path.unlink(missing_ok=True)
        return str(path)
