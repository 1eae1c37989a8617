"""Files are private, what is foreign or damaged is refused as it is, and a copy is whole."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from databases import files, held_by_another, plain_user

from db.sqlite import APPLICATION_ID, PatientConnection, connect
from db.sqlite_files import (
    PART,
    backup,
    copy_in_memory,
    create_file,
    is_there,
    refuse_damaged,
    refuse_foreign,
)
from sync.errors import CannotCreateDatabase, DatabaseLocked, DatabaseUnusable

PAGE = 4096


def database_of(path: Path, statement: str, *, application_id: int = APPLICATION_ID) -> Path:
    """A database file made by a statement."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA page_size = {PAGE}")
        connection.execute(f"PRAGMA application_id = {application_id}")
        connection.execute(statement)
    return path


def numbers(path: Path, count: int) -> Path:
    """A database of ours with a table of so many numbers; a hundred take several pages."""
    database_of(path, "CREATE TABLE number (n, text)")
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany(
            "INSERT INTO number VALUES (?, ?)", [(n, "x" * 5 * count) for n in range(1, count + 1)]
        )
        connection.commit()
    return path


@contextmanager
def reading(path: Path) -> Iterator[PatientConnection]:
    """A connection inside a transaction."""
    with closing(connect(path)) as connection:
        connection.begin(write=False)
        yield connection


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# -- making a file ----------------------------------------------------------------------------------


def test_a_new_file_and_its_folder_are_their_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "share" / "ianawatch" / "codes.db"
    create_file(path)
    assert path.read_bytes() == b""
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)


def test_a_file_that_is_there_is_let_alone(tmp_path: Path) -> None:
    path = numbers(tmp_path / "codes.db", 1)
    path.chmod(0o640)
    before = path.read_bytes()
    create_file(path)
    assert (path.read_bytes(), mode(path)) == (before, 0o640)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotCreateDatabase, match=r"codes\.db: .*; choose another place with --database"):
        create_file(tmp_path / "file" / "codes.db")


def test_a_folder_that_may_not_be_written_is_said() -> None:
    with plain_user() as folder:
        folder.chmod(0o500)
        with pytest.raises(CannotCreateDatabase, match="Permission denied; choose another place"):
            create_file(folder / "codes.db")


def test_a_folder_that_may_not_be_entered_is_said() -> None:
    with plain_user() as folder:
        folder.chmod(0o600)
        with pytest.raises(DatabaseUnusable, match="can't be reached: Permission denied"):
            is_there(folder / "codes.db")


# -- what is foreign --------------------------------------------------------------------------------


def test_an_empty_file_is_a_new_database(tmp_path: Path) -> None:
    create_file(tmp_path / "codes.db")
    with reading(tmp_path / "codes.db") as connection:
        refuse_foreign(connection, tmp_path / "codes.db")
        refuse_damaged(connection, tmp_path / "codes.db")


@pytest.mark.parametrize(
    ("statement", "application_id"),
    [("CREATE TABLE place (url)", 0), ("CREATE TABLE place (url)", 42), ("DROP TABLE IF EXISTS place", 42)],
    ids=["without an id", "with an id", "with an id and no table"],
)
def test_another_programs_database_is_refused(tmp_path: Path, statement: str, application_id: int) -> None:
    path = database_of(tmp_path / "places.db", statement, application_id=application_id)
    before = files(tmp_path)
    with reading(path) as connection, pytest.raises(DatabaseUnusable, match="another program"):
        refuse_foreign(connection, path)
    assert files(tmp_path) == before


@pytest.mark.parametrize("size", [1, 511])
def test_a_file_too_short_for_a_database_is_refused(tmp_path: Path, size: int) -> None:
    path = tmp_path / "codes.db"
    path.write_bytes(b"\0")
    with reading(path) as connection:
        # SQLite looks at the size once: the rest of the file may come while it is open.
        path.write_bytes(b"\0" * size)
        with pytest.raises(DatabaseUnusable, match="no database"):
            refuse_foreign(connection, path)


# -- what is damaged --------------------------------------------------------------------------------


def test_a_sound_database_passes(tmp_path: Path) -> None:
    path = numbers(tmp_path / "codes.db", 100)
    with reading(path) as connection:
        refuse_foreign(connection, path)
        refuse_damaged(connection, path)


def test_a_page_that_was_written_over_is_found(tmp_path: Path) -> None:
    path = numbers(tmp_path / "codes.db", 100)
    whole = path.read_bytes()
    path.write_bytes(whole[: 5 * PAGE] + b"\xa5" * PAGE + whole[6 * PAGE :])
    with reading(path) as connection, pytest.raises(DatabaseUnusable, match=r"damaged .*put a backup"):
        refuse_damaged(connection, path)


def test_an_end_that_is_missing_is_found_though_sqlite_reads_it_as_zeros(tmp_path: Path) -> None:
    path = database_of(tmp_path / "codes.db", "CREATE TABLE number AS SELECT 1 AS n")
    path.write_bytes(path.read_bytes()[: -PAGE // 2])
    with reading(path) as connection:
        assert connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        assert connection.execute("SELECT n FROM number").fetchall() != [(1,)]
        with pytest.raises(DatabaseUnusable, match="its end is missing"):
            refuse_damaged(connection, path)


# -- copies -----------------------------------------------------------------------------------------


def test_a_backup_is_complete_and_private_while_a_writer_works(tmp_path: Path) -> None:
    path = numbers(tmp_path / "codes.db", 100)
    target = tmp_path / "saved" / "codes.backup"
    with held_by_another(path, "BEGIN IMMEDIATE", "INSERT INTO number VALUES (101, '')"):
        backup(path, target)
    assert mode(target) == 0o600
    with reading(target) as connection:
        refuse_foreign(connection, target)
        refuse_damaged(connection, target)
        assert connection.execute("SELECT count(*), sum(n) FROM number").fetchone() == (100, 5050)
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_a_backup_writes_over_nothing(tmp_path: Path) -> None:
    path = numbers(tmp_path / "codes.db", 1)
    (tmp_path / "letter").write_text("Dear Ann")
    with pytest.raises(CannotCreateDatabase, match=r"letter: .*; choose another name"):
        backup(path, tmp_path / "letter")
    assert (tmp_path / "letter").read_text() == "Dear Ann"


def test_a_backup_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PatientConnection, "wait", 0.05)
    path = numbers(tmp_path / "codes.db", 1)
    with held_by_another(path, "BEGIN EXCLUSIVE"), pytest.raises(DatabaseLocked):
        backup(path, tmp_path / "codes.backup")
    assert [path.name for path in tmp_path.iterdir()] == ["codes.db"]


def test_a_backup_has_its_name_when_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, names = numbers(tmp_path / "codes.db", 100), []

    class Watched(PatientConnection):
        """A database that is looked at while it is copied."""

        def backup(self, target: sqlite3.Connection) -> None:  # type: ignore[override]  # as it is called
            names.extend(sorted(path.name for path in tmp_path.iterdir()))
            super().backup(target)

    monkeypatch.setattr("db.sqlite.PatientConnection", Watched)
    backup(path, tmp_path / "codes.backup")
    unfinished = [name for name in names if name != "codes.db"]
    assert len(unfinished) == 1
    assert unfinished[0].startswith("codes.backup.")
    assert unfinished[0].endswith(PART)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["codes.backup", "codes.db"]


def test_a_copy_in_memory_is_no_part_of_the_file(tmp_path: Path) -> None:
    path = numbers(tmp_path / "codes.db", 100)
    path.chmod(0o400)
    before, changed = files(tmp_path), path.stat().st_mtime_ns
    with closing(copy_in_memory(path)) as copy:
        copy.execute("DELETE FROM number WHERE n > 10")
        assert copy.execute("SELECT count(*) FROM number").fetchone() == (10,)
    assert (files(tmp_path), path.stat().st_mtime_ns) == (before, changed)


def test_a_copy_of_no_file_is_empty_and_makes_none(tmp_path: Path) -> None:
    with closing(copy_in_memory(tmp_path / "codes.db")) as copy:
        assert copy.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    assert list(tmp_path.iterdir()) == []


def test_a_copy_waits_for_the_lock_and_then_gives_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PatientConnection, "wait", 0.05)
    path = numbers(tmp_path / "codes.db", 1)
    with held_by_another(path, "BEGIN EXCLUSIVE"), pytest.raises(DatabaseLocked):
        copy_in_memory(path)
