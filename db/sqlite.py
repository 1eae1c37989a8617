"""SQLite connections: patient, durable, and clear about what went wrong.

Which files are made, refused and copied is `sqlite_files`' business.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from sync.errors import DatabaseLocked

APPLICATION_ID = 0x49574348
"""What `file` and SQLite see in the header: `IWCH`."""
LOCK_WAIT = 30.0
"""Seconds to wait for the lock."""
_DRIVER_WAIT = 0.5
"""Seconds SQLite waits by itself: no signal is heard inside that wait."""

_NO_TEXT = "Could not decode to UTF-8"
"""The driver says so, under no code of SQLite's, of bytes that were stored as text."""
_WHAT_TO_DO = {
    sqlite3.SQLITE_CANTOPEN: "check that it is a file, and that it and its folder may be written",
    sqlite3.SQLITE_CORRUPT: "put a backup in its place (docs/operating.md)",
    sqlite3.SQLITE_FULL: "make room on the disk",
    sqlite3.SQLITE_IOERR: "check the disk, and whether there is room on it",
    sqlite3.SQLITE_NOTADB: "choose another file with --database",
    sqlite3.SQLITE_PERM: "check that it and its folder may be written",
    sqlite3.SQLITE_READONLY: "check that it and its folder may be written",
    sqlite3.SQLITE_READONLY_ROLLBACK: "a run broke off halfway; the next `ianawatch sync` sets it right",
}
"""By SQLite's error code, extended or primary: what lies with the file or the disk, not with a statement."""


class PatientConnection(sqlite3.Connection):
    """A connection that waits for locks in short turns, between which signals are heard."""

    wait = LOCK_WAIT
    """Seconds after which waiting ends in DatabaseLocked."""

    def begin(self, *, write: bool, keep_references: bool = True) -> None:
        """Begin a transaction. For `write` no other can slip in between what is read and what is written.

        Without `keep_references` foreign keys are let alone: SQLite drops a table to rebuild it, which would
        delete what points to its rows.
        """
        self.execute(f"PRAGMA foreign_keys = {'ON' if keep_references else 'OFF'}")
        if write:
            self.patiently("BEGIN IMMEDIATE")
        else:
            self.execute("BEGIN")
            # That takes no lock; the first statement that reads does, and it is to be this one.
            self.patiently("PRAGMA schema_version")

    def commit(self) -> None:
        """Commit, waiting for readers that hold the file."""
        if self.in_transaction:
            self.patiently("COMMIT")

    def patiently(self, statement: str) -> None:
        """Run a statement that needs a lock. Raises DatabaseLocked when it is not free in time."""
        deadline = time.monotonic() + self.wait
        while True:
            try:
                self.execute(statement).fetchall()
            except sqlite3.OperationalError as e:
                if not is_busy(e):
                    raise
                if time.monotonic() >= deadline:
                    raise DatabaseLocked(
                        f"the database's lock was not free for {self.wait:.0f} s; another program holds it: "
                        "the next run tries again"
                    ) from e
            else:
                return


def connect(path: Path, *, read_only: bool = False) -> PatientConnection:
    """Open a file that exists. With `read_only` not even what a broken-off run left is set right."""
    connection = sqlite3.connect(
        # As a URI, in which `?`, `#` and `%` of the path are quoted: a plain name would make a missing file.
        f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}",
        uri=True,
        timeout=min(_DRIVER_WAIT, PatientConnection.wait),
        isolation_level=None,
        factory=PatientConnection,
    )
    try:
        connection.patiently("PRAGMA synchronous = EXTRA")
        # What outgrows the cache would be written before the commit, and shut readers out until then.
        connection.execute("PRAGMA cache_spill = OFF")
    except BaseException:
        connection.close()
        raise
    return connection


def in_memory() -> PatientConnection:
    """An empty database that nobody else sees."""
    return sqlite3.connect(":memory:", isolation_level=None, factory=PatientConnection)


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another program's lock was in the way."""
    return _code(error) & 0xFF == sqlite3.SQLITE_BUSY


def what_to_do(error: sqlite3.Error) -> str | None:
    """Advice on an error that the file or the disk made; None for any other, which is a bug."""
    code = _code(error)
    if _NO_TEXT in str(error):
        code = sqlite3.SQLITE_CORRUPT
    return _WHAT_TO_DO.get(code, _WHAT_TO_DO.get(code & 0xFF))


def _code(error: sqlite3.Error) -> int:
    # Errors that the driver makes by itself have no code.
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
