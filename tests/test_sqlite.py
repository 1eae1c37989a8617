"""A connection keeps its promises, waits for a lock as long as is right, and hears signals meanwhile."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path
from types import FrameType

import pytest
from databases import held_by_another, migrated

from db.sqlite import PatientConnection, connect, in_memory, is_busy, what_to_do
from sync.errors import DatabaseLocked

SOON = 0.7
"""Seconds: longer than SQLite waits by itself."""


class Terminated(Exception):
    """SIGTERM was heard."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with a table of one number."""
    path = tmp_path / "numbers.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE number (n)")
    return path


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for longer than a moment."""
    monkeypatch.setattr(PatientConnection, "wait", 0.05)


def numbers(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as connection:
        return [n for (n,) in connection.execute("SELECT n FROM number")]


def pragma(connection: sqlite3.Connection, name: str) -> object:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


# -- what every connection is -----------------------------------------------------------------------


def test_what_is_committed_survives_a_power_cut(tmp_path: Path) -> None:
    database = migrated(tmp_path)
    assert database.path
    with database.write() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, PatientConnection)
        assert pragma(driver, "journal_mode") == "delete"
        assert pragma(driver, "synchronous") == 3  # EXTRA: the journal's folder is synchronised, too
        assert pragma(driver, "foreign_keys") == 1


def test_a_file_that_is_missing_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        connect(tmp_path / "codes.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["a b.db", "what?.db", "50%.db", "%41#1.db", "é\u2028.db", "file:x?mode=memory"]
)
def test_the_file_of_that_name_is_opened(tmp_path: Path, name: str) -> None:
    with closing(sqlite3.connect(tmp_path / name)) as made:
        made.execute(f"PRAGMA user_version = {len(name)}")
    with closing(connect(tmp_path / name)) as connection:
        assert pragma(connection, "user_version") == len(name)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_relative_name_is_of_the_working_folder(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    with closing(connect(Path(path.name))) as connection:
        assert pragma(connection, "database_list") == 0


def test_a_transaction_keeps_references_unless_told_otherwise() -> None:
    with closing(in_memory()) as connection:
        for keep in (False, True):
            connection.begin(write=True, keep_references=keep)
            assert pragma(connection, "foreign_keys") == keep
            connection.commit()


# -- waiting ----------------------------------------------------------------------------------------


def test_a_writer_waits_for_the_one_before_it(path: Path) -> None:
    with held_by_another(path, "BEGIN IMMEDIATE", "INSERT INTO number VALUES (1)") as other:
        assert other.stdin
        threading.Timer(SOON, other.stdin.close).start()
        with closing(connect(path)) as connection:
            connection.begin(write=True)
            assert connection.execute("SELECT n FROM number").fetchall() == [(1,)]


def test_a_reader_waits_for_a_commit(path: Path) -> None:
    with held_by_another(path, "BEGIN EXCLUSIVE", "INSERT INTO number VALUES (1)") as other:
        assert other.stdin
        threading.Timer(SOON, other.stdin.close).start()
        with closing(connect(path)) as connection:
            connection.begin(write=False)
            assert connection.execute("SELECT n FROM number").fetchall() == [(1,)]


def test_a_commit_waits_for_readers(path: Path) -> None:
    with closing(connect(path)) as connection:
        connection.begin(write=True)
        connection.execute("INSERT INTO number VALUES (2)")
        with held_by_another(path, "BEGIN", "SELECT n FROM number") as other:
            assert other.stdin
            threading.Timer(SOON, other.stdin.close).start()
            connection.commit()
    assert numbers(path) == [2]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("write", [True, False])
def test_waiting_ends(path: Path, write: bool) -> None:
    with (
        closing(connect(path)) as connection,
        held_by_another(path, "BEGIN EXCLUSIVE"),
        pytest.raises(DatabaseLocked, match="another program holds it"),
    ):
        connection.begin(write=write)


@pytest.mark.usefixtures("impatient")
def test_opening_a_locked_file_is_a_wait_too(path: Path) -> None:
    with held_by_another(path, "BEGIN EXCLUSIVE"), pytest.raises(DatabaseLocked):
        connect(path)


@pytest.mark.usefixtures("impatient")
def test_a_commit_that_waited_in_vain_can_be_taken_back(path: Path) -> None:
    with closing(connect(path)) as connection:
        connection.begin(write=True)
        connection.execute("INSERT INTO number VALUES (2)")
        with held_by_another(path, "BEGIN", "SELECT n FROM number"), pytest.raises(DatabaseLocked):
            connection.commit()
        connection.rollback()
    assert numbers(path) == []


@pytest.mark.usefixtures("impatient")
def test_a_reader_has_one_view_from_its_beginning(path: Path) -> None:
    with closing(connect(path)) as reader, closing(connect(path)) as writer:
        reader.begin(write=False)
        writer.begin(write=True)
        writer.execute("INSERT INTO number VALUES (1)")
        with pytest.raises(DatabaseLocked):
            writer.commit()
        assert reader.execute("SELECT n FROM number").fetchall() == []


@pytest.mark.usefixtures("impatient")
def test_a_long_transaction_shuts_no_reader_out(path: Path) -> None:
    more_than_the_cache = [(b"\0" * 100_000,) for _ in range(40)]
    with closing(connect(path)) as writer, closing(connect(path)) as reader:
        writer.begin(write=True)
        writer.executemany("INSERT INTO number VALUES (?)", more_than_the_cache)
        reader.begin(write=False)
        assert reader.execute("SELECT n FROM number").fetchall() == []
        reader.rollback()
        writer.commit()


def test_what_fails_for_another_reason_fails_at_once(path: Path) -> None:
    with closing(connect(path)) as connection, pytest.raises(sqlite3.OperationalError, match="syntax"):
        connection.patiently("BEGIN SOON")


def test_a_signal_is_heard_while_waiting(path: Path) -> None:
    def hear(_number: int, _frame: FrameType | None) -> None:
        raise Terminated

    before = signal.signal(signal.SIGTERM, hear)
    began = time.monotonic()
    try:
        with closing(connect(path)) as connection, held_by_another(path, "BEGIN IMMEDIATE"):
            threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGTERM)).start()
            with pytest.raises(Terminated):
                connection.begin(write=True)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert time.monotonic() - began < PatientConnection.wait / 3


# -- what went wrong --------------------------------------------------------------------------------


def test_there_is_advice_on_a_file_and_none_on_a_bug(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError) as missing:
        connect(tmp_path / "codes.db")
    with closing(in_memory()) as connection, pytest.raises(sqlite3.OperationalError) as bug:
        connection.execute("SELECT nothing")
    with pytest.raises(sqlite3.ProgrammingError) as closed:
        connection.execute("SELECT 1")
    assert what_to_do(missing.value) == "check that it is a file, and that it and its folder may be written"
    assert what_to_do(bug.value) is None
    assert what_to_do(closed.value) is None
    assert not any(is_busy(error.value) for error in (missing, bug, closed))
