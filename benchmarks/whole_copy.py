"""Every registry of numbers of a full copy of IANA's documents, loaded in one run.

The floor parses the same bytes with lxml and inserts the same rows with sqlite3, in one transaction under the
program's pragmas. A second floor inserts five texts a record into a table without an index. All are whole
processes that read the same files.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from benchmarks import copy_of_iana
from benchmarks.figures import Measured
from benchmarks.measure import FEW, Cost, by_turns, cpu, floor, part, peak, program
from benchmarks.watch_lists import configuration, listing, numeric_watches

_OURS, _FLOOR, _BARE = "ianawatch.db", "floor.db", "bare.db"
AGAINST = "parsing them and inserting the same rows"
BARE = "parsing them and inserting five texts a record"
_SAME = {
    "watch": "SELECT name, registry_id FROM watch",
    "snapshot": "SELECT document_url, sha256, updated, body, size, bundled, applied FROM snapshot",
    "record": """
        SELECT name, first, last, assignment, description, registered_on, revised_on, xrefs, reference,
               contacts, extra, valid_to
        FROM record JOIN watch ON watch.id = watch_id""",
    "registration": """
        SELECT name, key, first, last, description, registered_on, revised_on, xrefs, reference, contacts,
               extra, origin_name, origin_date, formerly, baseline, missing_since, removal_accepted,
               withdrawn_at, endings
        FROM registration JOIN watch ON watch.id = watch_id""",
}
"""What both must have loaded: all but the numbers of rows and the times."""


def measure() -> Measured:
    """Time and memory."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), list(copy_of_iana.documents()))
        # The floor is given the schema that the program makes.
        bench.load()
        pairs = by_turns(bench.load, bench.floor, FEW)
        bench.compare()
        bare = by_turns(bench.load, bench.bare_floor, FEW)
        reading = by_turns(bench.read, bench.floor, FEW)
        name = f"`sync`, {bench.watches:,} registries of a copy of IANA's documents"
        return Measured(
            (
                cpu(name, AGAINST, pairs, 2.0),
                cpu("of it, reading the documents into records", AGAINST, reading),
                cpu(f"{name}, a bare floor", BARE, bare),
                peak(f"{name}, memory", AGAINST, pairs),
            )
        )


class Bench:
    """The copy in a folder, and what loads it."""

    def __init__(self, home: Path, documents: Sequence[copy_of_iana.Document]) -> None:
        self._home = home
        for document in documents:
            (home / f"{document.name}.xml").write_bytes(document.body)
        watches = numeric_watches(documents, lambda document: str(home / f"{document.name}.xml"))
        (home / "config.toml").write_text(configuration(watches), "utf-8")
        (home / "list").write_text(listing(watches), "utf-8")
        self.watches = len(watches)
        self._records = sum(
            registry.records for document in documents for registry in document.registries if registry.numeric
        )

    def load(self) -> Cost:
        """A first sync of every watch."""
        database = self._fresh(_OURS)
        config = str(self._home / "config.toml")
        return program("--config", config, "--database", database, "sync", "--quiet", home=self._home)

    def floor(self) -> Cost:
        """The same rows; a sync must have made the schema."""
        schema = self._home / "schema.json"
        schema.write_text(json.dumps(self._schema()), "utf-8")
        listed, database = str(self._home / "list"), self._fresh(_FLOOR)
        return floor("same_rows", listed, str(schema), database, home=self._home)

    def bare_floor(self) -> Cost:
        """Five texts a record."""
        return floor("parse_and_insert", str(self._home / "list"), self._fresh(_BARE), home=self._home)

    def read(self) -> Cost:
        """The program's parser alone."""
        return part("read_records", str(self._home / "list"), home=self._home)

    def compare(self) -> None:
        """See that both loaded every record, into the same rows. Raises SystemExit when they did not."""
        with (
            closing(sqlite3.connect(self._home / _OURS)) as ours,
            closing(sqlite3.connect(self._home / _FLOOR)) as floor,
        ):
            for table, query in _SAME.items():
                rows = Counter(ours.execute(query))
                if table == "record" and rows.total() != self._records:
                    raise SystemExit(f"{rows.total()} records, not {self._records}")
                if rows != Counter(floor.execute(query)):
                    raise SystemExit(f"the floor has other rows in {table}")

    def _schema(self) -> list[str]:
        """The statements that make the program's tables, and their indexes."""
        with closing(sqlite3.connect(self._home / _OURS)) as connection:
            found = connection.execute(
                "SELECT sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL"
            )
            return [sql for (sql,) in found]

    def _fresh(self, name: str) -> str:
        path = self._home / name
        path.unlink(missing_ok=True)
        return str(path)
