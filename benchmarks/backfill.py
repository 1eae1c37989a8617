"""`backfill` of the real past, against parsing the same bytes and writing the rows.

Both in this process, since what is compared is the work and not the start. The floor parses with lxml and
writes with sqlite3, in one transaction under the program's pragmas.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from live_syncs import LiveSyncs
from lxml import etree

from benchmarks.figures import Measured
from benchmarks.measure import Cost, by_turns, cpu, timed
from benchmarks.past import are_real, new_database, observed
from sync.parse_registry.record import NAMESPACE
from sync.watches import CLOSE_CODES

if TYPE_CHECKING:
    from timeline import Seen

_NAME = f"{{{NAMESPACE}}}"


def measure() -> Measured:
    """The one figure."""
    seen = observed()
    name = f"`backfill` of {len(seen)} {'real' if are_real() else 'short'} versions"
    pairs = by_turns(lambda: backfill(seen), lambda: parse_and_insert(seen))
    return Measured((cpu(name, "parsing them and inserting the rows", pairs, 4.0),))


def backfill(seen: Sequence[Seen]) -> Cost:
    """Backfill the observations into a new database."""
    with tempfile.TemporaryDirectory() as folder:
        live = LiveSyncs(new_database(Path(folder) / "backfill.db"), Path(folder))
        return timed(lambda: live.backfills([one.past for one in seen], seen[-1].at))


def parse_and_insert(seen: Sequence[Seen]) -> Cost:
    """The floor."""
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "floor.db", isolation_level=None)
        connection.execute("PRAGMA synchronous = EXTRA")
        connection.execute("CREATE TABLE record (at TEXT, value TEXT, description TEXT, date TEXT)")
        connection.execute("CREATE TABLE snapshot (at TEXT, body BLOB)")
        cost = timed(lambda: _insert(connection, seen))
        connection.close()
        return cost


def _insert(connection: sqlite3.Connection, seen: Sequence[Seen]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for one in seen:
        rows = [
            (str(one.at), r.findtext(f"{_NAME}value"), r.findtext(f"{_NAME}description"), r.get("date"))
            for registry in etree.fromstring(one.body).iter(f"{_NAME}registry")
            if registry.get("id") == CLOSE_CODES.registry_id
            for r in registry.findall(f"{_NAME}record")
        ]
        connection.executemany("INSERT INTO record VALUES (?, ?, ?, ?)", rows)
        connection.execute("INSERT INTO snapshot VALUES (?, ?)", (str(one.at), one.body))
    connection.execute("COMMIT")
