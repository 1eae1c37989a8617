"""SQLite files: made for their owner alone, refused when they are foreign or damaged, copied while in use.

A file is read through SQLite only: whoever closes a file gives up every lock that the process has on it.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from db.sqlite import APPLICATION_ID, PatientConnection, connect, in_memory
from sync.errors import CannotCreateDatabase, DatabaseUnusable

_SMALLEST = 512
"""Bytes of the smallest database that is not empty: one page."""
PART = ".part"
"""How the name of a backup ends that is not whole yet."""


def is_there(path: Path) -> bool:
    """Whether the file exists. Raises DatabaseUnusable where that can't be known."""
    try:
        return path.exists()
    except OSError as e:
        raise DatabaseUnusable(
            f"{path}: the database can't be reached: {e.strerror}; check its name and its folders' rights"
        ) from e


def create_file(path: Path) -> None:
    """Make an empty file that only its owner can read, and the folders above it; no harm if it is there.

    Raises CannotCreateDatabase.
    """
    with _creating(path, "choose another place with --database"):
        _create(path)


def refuse_foreign(connection: PatientConnection, path: Path) -> None:
    """Refuse what is no database, or another program's. Raises DatabaseUnusable."""
    # SQLite takes a file of one byte for an empty one, and would write over it.
    if 0 < path.stat().st_size < _SMALLEST:
        raise DatabaseUnusable(f"{path}: this is no database; choose another file with --database")
    (found,) = connection.execute("PRAGMA application_id").fetchone()
    (things,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if found != APPLICATION_ID and (found or things):
        raise DatabaseUnusable(
            f"{path}: this database belongs to another program; choose another file with --database"
        )


def refuse_damaged(connection: PatientConnection, path: Path) -> None:
    """Refuse a file in which there is damage: inserts would succeed and hide it. Raises DatabaseUnusable.

    Looks through the whole file. `connection` is inside a transaction: nobody changes the file meanwhile.
    """
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (page_size,) = connection.execute("PRAGMA page_size").fetchone()
    # What is missing of the last page reads as zeros, in which SQLite finds no fault.
    if path.stat().st_size < pages * page_size:
        problem = "its end is missing"
    else:
        # It cites what it finds, which may be no text.
        connection.text_factory = _as_text
        (problem,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        connection.text_factory = str
    if problem != "ok":
        raise DatabaseUnusable(
            f"{path}: the database is damaged ({' '.join(problem.split())}); nothing was written: "
            "put a backup in its place (docs/operating.md)"
        )


def contradicts_itself(path: Path) -> bool:
    """Whether rows, indexes and references do not fit together, which `quick_check` does not look for."""
    with closing(connect(path, read_only=True)) as connection:
        connection.text_factory = _as_text
        (problem,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        return problem != "ok" or connection.execute("PRAGMA foreign_key_check").fetchone() is not None


def backup(path: Path, target: Path) -> None:
    """Copy a database while others use it. Raises CannotCreateDatabase; `target` must not exist.

    Under that name there is a whole copy or nothing: until it is whole its name ends with PART.
    """
    part = target.with_name(f"{target.name}.{secrets.token_hex(4)}{PART}")
    with _creating(target, "choose another name for the backup"):
        if target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        _create(part, os.O_EXCL)
    try:
        with closing(connect(path)) as source, closing(connect(part)) as copy:
            # Inside a transaction: by itself a backup waits for the lock for ever, and hears no signal.
            source.begin(write=False)
            source.backup(copy)
        part.rename(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def copy_in_memory(path: Path) -> PatientConnection:
    """A copy that nobody else sees; an empty database when there is no file. The file is not touched.

    Raises DatabaseUnusable for a foreign or a damaged file.
    """
    copy = in_memory()
    if is_there(path):
        with closing(connect(path, read_only=True)) as source:
            source.begin(write=False)
            refuse_foreign(source, path)
            refuse_damaged(source, path)
            source.backup(copy)
    return copy


def _create(path: Path, flags: int = 0) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | flags, 0o600))


def _as_text(found: bytes) -> str:
    return found.decode(errors="backslashreplace")


@contextmanager
def _creating(path: Path, advice: str) -> Iterator[None]:
    try:
        yield
    except OSError as e:
        raise CannotCreateDatabase(f"{path}: it can't be created: {e.strerror}; {advice}") from e
