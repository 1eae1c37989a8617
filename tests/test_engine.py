"""A database is opened, or refused and left as it is; a rehearsal and a backup leave it so, too."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from databases import (
    add_document,
    break_off,
    documents,
    files,
    held_by_another,
    migrated,
    plain_user,
    rehearsed,
)
from sqlalchemy import insert

from db import tables as t
from db.engine import Database
from db.sqlite import APPLICATION_ID, PatientConnection
from db.upgrade import upgrade
from sync.errors import (
    CannotCreateDatabase,
    DatabaseLocked,
    DatabaseUnusable,
    Exit,
    UsageProblem,
    WrongConfiguration,
)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for longer than a moment."""
    monkeypatch.setattr(PatientConnection, "wait", 0.05)


def written_over(whole: bytes) -> bytes:
    """With a page in the middle that says nothing."""
    page = 4096
    middle = len(whole) // page // 2 * page
    return whole[:middle] + b"\xa5" * page + whole[middle + page :]


# -- what is opened ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a b.db", "what?.db", "50%.db", "a#1.db", "%41.db"])
def test_the_file_of_that_name_is_the_database(tmp_path: Path, name: str) -> None:
    upgrade(Database.create(str(tmp_path / name)))
    add_document(Database.open(str(tmp_path / name)), "a")
    assert documents(Database.rehearse(str(tmp_path / name))) == ["a"]
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_url_names_the_same_file(tmp_path: Path) -> None:
    add_document(migrated(tmp_path), "a")
    assert documents(Database.open(f"sqlite:///{tmp_path}/ianawatch.db")) == ["a"]


def test_a_new_database_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "share" / "codes.db"
    database = Database.create(str(path))
    assert (database.where, database.path, path.read_bytes()) == (str(path), path, b"")
    assert path.stat().st_mode & 0o077 == path.parent.stat().st_mode & 0o077 == 0


def test_what_must_exist_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match=r"no database yet; `ianawatch sync` makes it"):
        Database.open(str(tmp_path / "codes.db"))
    assert files(tmp_path) == {}


def test_a_database_left_in_wal_mode_is_one_file_again(tmp_path: Path) -> None:
    database = migrated(tmp_path)
    assert database.path
    with closing(sqlite3.connect(database.path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    add_document(Database.create(str(database.path)), "a")
    assert [path.name for path in tmp_path.iterdir()] == [database.path.name]
    with closing(sqlite3.connect(database.path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


# -- what is refused, and stays as it was -------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda _: b"x", "no database; choose another file"),
        (lambda _: b"Dear Ann,\n" * 500, "not a database; choose another file"),
        (lambda whole: whole[:100], "malformed; put a backup in its place"),
        (lambda whole: whole[:2000], "malformed; put a backup in its place"),
        (lambda whole: whole[: len(whole) // 2], "malformed; put a backup in its place"),
        (lambda whole: whole[:-1], "put a backup in its place"),
        (written_over, "damaged .*; nothing was written: put a backup"),
    ],
    ids=[
        "one byte",
        "a letter",
        "a hundred bytes",
        "no page",
        "half",
        "all but a byte",
        "a page written over",
    ],
)
def test_what_is_damaged_is_refused(tmp_path: Path, spoil: Callable[[bytes], bytes], says: str) -> None:
    path = migrated(tmp_path).path
    assert path
    path.write_bytes(spoil(path.read_bytes()))
    before = files(tmp_path)
    for refuse in (
        Database.create,
        Database.rehearse,
        lambda where: Database.open(where, damaged_too=True),
    ):
        with pytest.raises(DatabaseUnusable, match=says) as caught:
            refuse(str(path))
        assert caught.value.exit_code == Exit.DATABASE
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)
    assert files(tmp_path) == before


@pytest.mark.parametrize("way_in", [Database.create, Database.open, Database.rehearse])
def test_another_programs_database_is_refused(tmp_path: Path, way_in: Callable[[str], Database]) -> None:
    path = tmp_path / "places.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE place (url)")
    before = files(tmp_path)
    with pytest.raises(DatabaseUnusable, match="belongs to another program"):
        way_in(str(path))
    assert files(tmp_path) == before


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="check that it is a file"):
        Database.create(str(tmp_path))


def test_a_folder_that_may_not_be_written_is_said_before_anything_else(tmp_path: Path) -> None:
    migrated(tmp_path)  # What is needed is loaded before root's rights are gone.
    with plain_user() as folder:
        folder.chmod(0o500)
        with pytest.raises(CannotCreateDatabase, match="Permission denied") as caught:
            Database.create(str(folder / "codes.db"))
    assert caught.value.exit_code == Exit.CANNOT_CREATE


@pytest.mark.parametrize("rights", [(0o400, 0o700), (0o600, 0o500)], ids=["file", "folder"])
def test_what_may_not_be_written_can_be_read_and_says_so_when_it_is_written(rights: tuple[int, int]) -> None:
    documents(rehearsed())  # What is needed is loaded before root's rights are gone.
    with plain_user() as folder:
        path = folder / "codes.db"
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute("CREATE TABLE document (url)")
        path.chmod(rights[0])
        folder.chmod(rights[1])
        database = Database.create(str(path))
        assert documents(database) == []
        with pytest.raises(DatabaseUnusable, match="check that it and its folder may be written"):
            add_document(database, "a")


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("way_in", [Database.create, Database.open, Database.rehearse])
def test_a_locked_database_is_not_called_unusable(tmp_path: Path, way_in: Callable[[str], Database]) -> None:
    path = migrated(tmp_path).path
    assert path
    with held_by_another(path, "BEGIN EXCLUSIVE"), pytest.raises(DatabaseLocked) as caught:
        way_in(str(path))
    assert caught.value.exit_code == Exit.PASSING_FAILURE


# -- rehearsals -------------------------------------------------------------------------------------


def test_a_rehearsal_never_touches_the_file(tmp_path: Path) -> None:
    database = migrated(tmp_path)
    assert database.path
    add_document(database, "a")
    before, changed = files(tmp_path), database.path.stat().st_mtime_ns
    rehearsal = Database.rehearse(str(database.path))
    add_document(rehearsal, "b")
    assert documents(rehearsal) == ["a", "b"]
    assert (files(tmp_path), database.path.stat().st_mtime_ns) == (before, changed)
    assert (rehearsal.path, rehearsal.where) == (None, f"a copy of {database.path} in memory")


def test_a_rehearsal_makes_no_file(tmp_path: Path) -> None:
    rehearsal = Database.rehearse(str(tmp_path / "new" / "codes.db"))
    upgrade(rehearsal)
    add_document(rehearsal, "a")
    assert documents(rehearsal) == ["a"]
    assert list(tmp_path.iterdir()) == []


def test_what_a_broken_off_run_left_is_set_right_by_a_sync_and_not_by_a_rehearsal(tmp_path: Path) -> None:
    database = migrated(tmp_path)
    assert database.path
    add_document(database, "a")
    break_off(database.path)
    before = files(tmp_path)
    assert len(before) == 2, "the journal is there"
    with pytest.raises(DatabaseUnusable, match="the next `ianawatch sync` sets it right"):
        Database.rehearse(str(database.path))
    assert files(tmp_path) == before
    assert documents(Database.create(str(database.path))) == ["a"]
    assert len(files(tmp_path)) == 1


# -- backups ----------------------------------------------------------------------------------------


def test_a_backup_can_be_put_in_the_databases_place(tmp_path: Path) -> None:
    database = migrated(tmp_path)
    assert database.path
    add_document(database, "a")
    with database.write() as connection:
        connection.execute(insert(t.document).values(url="b"))
        database.backup(tmp_path / "codes.backup")
    (tmp_path / "codes.backup").replace(database.path)
    restored = Database.create(str(database.path))
    assert upgrade(restored) is None
    assert documents(restored) == ["a"]


def test_only_a_file_is_backed_up(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="pg_dump"):
        rehearsed().backup(tmp_path / "codes.backup")


# -- servers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("way_in", [Database.create, Database.open])
@pytest.mark.parametrize("url", ["nosuch://db/codes", "postgresql+nosuch://db/codes"])
def test_a_driver_that_is_not_there_is_said(way_in: Callable[[str], Database], url: str) -> None:
    with pytest.raises(WrongConfiguration, match="driver is not installed"):
        way_in(url)


def test_a_dry_run_needs_a_file() -> None:
    with pytest.raises(UsageProblem, match=r"ann:\*\*\*@db/codes: --dry-run") as caught:
        Database.rehearse("postgresql://ann:secret@db/codes")
    assert "secret" not in str(caught.value)
