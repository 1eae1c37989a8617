"""Everything a database knows, to compare two of them.

`everything` leaves out the numbers of rows and what was sent to whom: for two histories. `rows_and_schema` is
the file as it is: for a run that was disturbed, and one that was not.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from functools import cache
from pathlib import Path

from sqlalchemy import text

from db.engine import Database
from db.upgrade import upgrade

Rows = Counter[tuple[object, ...]]
Dump = dict[str, list[tuple[object, ...]]]
_OF_A_TRY = {"attempts", "done_at", "next_at"}
"""What a delivery says of how often it was tried: a sync that was disturbed has tried, too."""

_QUERIES = {
    "document": """
        SELECT url, sha256, mark, older_since, quarantined_since
        FROM document LEFT JOIN snapshot ON snapshot.id = snapshot_id""",
    "watch": "SELECT name, sha256 FROM watch LEFT JOIN snapshot ON snapshot.id = watch.snapshot_id",
    "snapshot": "SELECT sha256, updated, size, bundled, applied, body IS NULL FROM snapshot",
    "observation": """
        SELECT sha256, verdict, first_at, last_at, count, reason, accept_older, accepted
        FROM observation JOIN snapshot ON snapshot.id = snapshot_id""",
    "registration": """
        SELECT key, first, last, description, registered_on, revised_on, xrefs, contacts, extra, origin_name,
               origin_date, formerly, first_seen_at, baseline, missing_since, removal_accepted, withdrawn_at,
               endings
        FROM registration""",
    "record": """
        SELECT first, last, assignment, description, registered_on, revised_on, xrefs, contacts, extra,
               valid_from, valid_to
        FROM record""",
    "change": """
        SELECT key, sha256, at, kind, change.first, change.last, field, before, after
        FROM change JOIN registration ON registration.id = registration_id
        JOIN snapshot ON snapshot.id = change.snapshot_id""",
    "hold": """
        SELECT sha256, kind, fingerprint, reason, opened_at, accepted_at, closed_at
        FROM hold JOIN snapshot ON snapshot.id = snapshot_id""",
    "flag": """
        SELECT key, missing_from, opened_at, closed_at
        FROM flag JOIN registration ON registration.id = registration_id""",
}


def everything(database: Database) -> dict[str, Rows]:
    """Each table's rows, in no order."""
    with database.read() as connection:
        return {
            name: Counter(tuple(row) for row in connection.execute(text(query)))
            for name, query in _QUERIES.items()
        }


def rows_and_schema(path: Path) -> Dump:
    """Every row of every table, numbers and times included, and the schema as the table of no name.

    How often a delivery was tried is left out.
    """
    with closing(sqlite3.connect(path)) as connection:
        schema = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()
        dump: Dump = {"": schema}
        for name in [name for kind, name, _ in schema if kind == "table"]:
            columns = [column for _, column, *_ in connection.execute(f"PRAGMA table_info({name})")]
            if name == "delivery":
                columns = [column for column in columns if column not in _OF_A_TRY]
            query = f"SELECT {', '.join(columns)} FROM {name} ORDER BY rowid"  # noqa: S608  # our own names
            dump[name] = connection.execute(query).fetchall()
    return dump


def new_database(path: Path) -> Database:
    """An empty database file with the schema of the migrations."""
    path.write_bytes(empty())
    return Database.open(str(path))


def database_in_memory() -> Database:
    """The same without a file, for histories of hundreds of syncs."""
    with tempfile.NamedTemporaryFile(suffix=".db") as file:
        file.write(empty())
        file.flush()
        return Database.rehearse(file.name)


@cache
def empty() -> bytes:
    """The bytes of such a file; made once, since that takes longer than most tests."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        upgrade(Database.create(str(path)))
        return path.read_bytes()
